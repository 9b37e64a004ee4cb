"""Exercises: right by an independent route, wrong answers wrong, sheets the same everywhere, formats that parse."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from base64 import b64decode
from dataclasses import replace
from fractions import Fraction
from functools import cache
from html.parser import HTMLParser
from itertools import combinations
from xml.etree import ElementTree

import pytest
from markdown import Markdown

from convnotes.architectures import find as network
from convnotes.citing.record import work
from convnotes.cli import main
from convnotes.exercises.answers import key, read, single, written
from convnotes.exercises.catalogue import CHAPTERS, KINDS, find, sheet
from convnotes.exercises.exercise import LEVELS, Mistake, different, exercise
from convnotes.exercises.formats import FORMS, answer, below, record, write
from convnotes.exercises.qti import qti
from convnotes.words.markup import HTML, LATEX, MD, MOODLE, TEXT, line
from convnotes.words.markup import write as marked
from tests.several_solvers import SEVERAL_SOLVERS
from tests.solvers import SOLVERS as NUMBERS
from tests.why_solvers import WHY_SOLVERS

SEEDS = 1000
SOLVERS = {**NUMBERS, **WHY_SOLVERS, **SEVERAL_SOLVERS}
each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
PLAIN = [kind for kind in KINDS if kind.level != "explain"]
EVERY = sheet(42, count=len(KINDS))


@cache
def problems(kind):
    """A thousand problems of a kind."""
    return [exercise(kind, seed).problem for seed in range(SEEDS)]


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.name)
def test_a_thousand_seeds_are_right_by_another_route(kind):
    for seed, problem in enumerate(problems(kind)):
        assert SOLVERS[kind.name](**problem.given) == problem.answer, (seed, problem.given)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind.level == "explain"], ids=lambda kind: kind.name)
def test_a_thousand_wrong_answers_are_wrong_and_explained_by_one_option_only(kind):
    """The number shown is what the mistake named gives, and no other option gives it."""
    base = find({"bottleneck-mistake": "bottleneck-weights"}.get(kind.name, kind.name.removesuffix("-mistake")))
    for seed, problem in enumerate(problems(kind)):
        given = dict(problem.given)
        shown = given.pop("shown")
        assert shown != SOLVERS[base.name](**given), (seed, given)
        assert all(f"given {written(shown)}." not in mistake.why for mistake in problem.mistakes), seed
        assert written(shown) in problem.prompt


@each_kind
def test_a_thousand_solutions_end_at_the_answer_and_no_mistake_gives_it(kind):
    for seed, problem in enumerate(problems(kind)):
        last, answer = line(problem.steps[-1], TEXT), line(written(problem.answer), TEXT)
        assert re.search(rf"(?<![\d,]){re.escape(answer)}$", last), (seed, last, answer)
        wrong = [key(mistake.answer) for mistake in problem.mistakes]
        if problem.reasons:
            assert problem.reasons.keys() == set(problem.answer) and all(problem.reasons.values())
            assert len({*problem.answer, *wrong}) == len(problem.answer) + len(wrong) == 5 and len(wrong) >= 2, seed
        else:
            assert len({key(problem.answer), *wrong}) == len(wrong) + 1 >= 3, seed
            assert all(type(mistake.answer) is type(problem.answer) for mistake in problem.mistakes), seed
        assert all(mistake.why and mistake.why[-1] in ".`)$" for mistake in problem.mistakes)


WRONG = [  # what somebody did, of the kind, as a change to what is given or to the right answer
    ("output-size", "left out the padding", {"padding": 0}, None),
    ("output-size", "ignored the dilation", {"dilation": 1}, None),
    ("output-size", "left out the stride", {"stride": 1}, None),
    ("output-size", "left out the + 1", {}, lambda right: right - 1),
    ("same-padding", "ignored the dilation", {"dilation": 1}, None),
    ("conv-parameters", "left out the biases", {"bias": False}, None),
    ("conv-macs", "counted FLOPs", {}, lambda right: 2 * right),
    ("conv-macs", "left out the padding", {"padding": 0}, None),
    ("conv-macs", "left out the input channels", {"in_channels": 1}, None),
    ("map-memory", "counted one image", {"batch": 1}, None),
    ("map-memory", "counted bits", {}, lambda right: 8 * right),
    ("ceil-mode", "left out the padding", {"padding": 0}, None),
    ("depth-for-field", "ignored the dilation", {"dilation": 1}, None),
    ("mixed-pixel", "left out the biases", {"bias": [0, 0]}, None),
    ("grouped-weights", "ignored the groups", {"groups": 1}, None),
    ("separable-share", "turned the fraction over", {}, lambda right: 1 / right),
    ("folded-norm", "forgot the mean", {"mean": 0}, None),
    ("folded-norm", "forgot the standard deviation", {"std": 1}, None),
    ("folded-norm", "forgot the shift", {"shift": 0}, None),
]


@pytest.mark.parametrize(("name", "did", "change", "then"), WRONG)
def test_mistakes_give_what_they_are_said_to_give(name, did, change, then):
    found = 0
    for problem in problems(find(name))[:200]:
        for mistake in problem.mistakes:
            if mistake.did == did:
                wrong = SOLVERS[name](**{**problem.given, **change})
                assert mistake.answer == (then(wrong) if then else wrong), problem.given
                found += 1
    assert found > 20


def test_fields_without_jumps_or_dilation():
    for problem in problems(find("field-size"))[:300]:
        told = {mistake.did: mistake.answer for mistake in problem.mistakes}
        layers = problem.given["layers"]
        for did, changed in (
            ("left out the jumps", [(k, 1, p, d) for k, s, p, d in layers]),
            ("ignored the dilation", [(k, s, p, 1) for k, s, p, d in layers]),
        ):
            if did in told:
                assert told[did] == SOLVERS["field-size"](changed)


@each_kind
def test_equations_in_solutions_hold(kind):
    """Every `a = b` whose sides are numbers only is computed."""
    for seed in range(100):
        for step in exercise(kind, seed).problem.steps:
            for formula in re.findall(r"\$([^$]*)\$", step):
                values = {value for side in formula.split("=") if (value := _value(side)) is not None}
                assert len(values) <= 1, (seed, formula)


def _value(side: str) -> Fraction | None:
    text = re.sub(r"(?<=\d),(?=\d{3})", "", side).replace("·", "*").replace("−", "-")
    text = text.replace("²", "**2").replace("^", "**").replace("⌊", "floor(").replace("⌈", "ceil(")
    text = re.sub("[⌋⌉]", ")", text)
    if re.search(r"[A-Za-zγσμβη≤]", text.replace("floor", "").replace("ceil", "")):
        return None
    text = re.sub(r"\d+(?:\.\d+)?", lambda m: f"F({m[0]!r})", text)
    text = re.sub(r"\*\*F\('(\d+)'\)", r"**\1", text)
    names = {"F": Fraction, "floor": lambda x: Fraction(x.__floor__()), "ceil": lambda x: Fraction(x.__ceil__())}
    return eval(text, names)


def test_every_chapter_has_all_levels_and_every_kind_a_solver():
    for chapter in CHAPTERS:
        assert {kind.level for kind in KINDS if kind.chapter == chapter} == set(LEVELS), chapter
    assert set(SOLVERS) == {kind.name for kind in PLAIN}
    assert len({kind.name for kind in KINDS}) == len(KINDS)


def test_a_version_gives_the_same_sheet_for_a_seed():
    """Pinned: a sheet that was handed out can be made again. A change here is one that readers must be told of."""
    got = [(e.kind.name, key(e.problem.answer)) for e in sheet(2026, count=6).exercises]
    assert got == PINNED
    assert write(sheet(5), "json") == write(sheet(5), "json") != write(sheet(6), "json")


PINNED = [
    ("matrix-rows", "False: the outputs at the border read fewer cells of the input."),
    ("jump", "4"),
    (
        "field-claims",
        "the fields of neighbouring units overlap,with one cell more of padding in layer 3 its fiel"
        "d would have the same size,with another stride in the last layer its field would have the "
        "same size",
    ),
    ("momentum-step", "-8,13"),
    ("stamped-values", "-8,12,4,-4"),
    ("mask-overlap", "4/39"),
]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"seed": float("nan")}, "seed must be an integer, got nan"),
        ({"seed": "7"}, "seed must be an integer, got '7'"),
        ({"seed": 1, "count": True}, "count must be an integer, got True"),
        ({"seed": 1, "count": 2.5}, "count must be an integer, got 2.5"),
    ],
)
def test_a_sheet_is_named_by_whole_numbers(arguments, message):
    with pytest.raises(TypeError) as caught:
        sheet(**arguments)
    assert str(caught.value) == message


def test_variants_differ():
    for kind in KINDS:
        drawn = different(kind, 1, 12)
        assert len({e.identity for e in drawn}) == 12, kind.name
        assert different(kind, 1, 3) == drawn[:3] and drawn[0] == exercise(kind, 1)


def test_a_kind_that_has_no_more_repeats_itself():
    drawn = different(find("width-growth"), 1, 30)
    assert len(drawn) == 30 == len({e.index for e in drawn}) and len({e.problem.prompt for e in drawn}) == 16


def test_a_longer_sheet_repeats_kinds_with_other_numbers():
    made = sheet(3, "pooling", "design", count=4)
    assert [e.kind.name for e in made.exercises] == ["poolings-to-size"] * 4
    assert len({e.problem.prompt for e in made.exercises}) == 4


@pytest.mark.parametrize("name", ["vgg16", "resnet18", "resnet50", "mobilenet-v1"])
def test_networks_are_what_the_exercises_say(name):
    from convnotes.exercises.architectures import CHANNELS
    from convnotes.shapes import output_shape

    assert output_shape(network(name).features, (3, 224, 224)) == (CHANNELS[name], 7, 7)


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("3,211,264", "whole", "3211264"), ("3 211 264", "whole", "3211264"),
        ("3\u202f211\u202f264", "whole", "3211264"),
        (" = 7 ", "whole", "7"), ("−7", "whole", "-7"), ("7.0", "whole", "7"), ("7.5", "whole", None),
        ("3,21", "whole", None), ("3,211 264", "whole", None), ("0,125", "whole", None), ("", "whole", None),
        ("1.000", "whole", None), ("-12.000", "whole", None), ("1234.000", "whole", "1234"), ("1.00", "whole", "1"),
        ("1.000", "fraction", None), ("1,125", "fraction", None), ("1.125", "fraction", "9/8"),
        ("1,000", "whole", "1000"),
        ("007", "whole", "7"), ("3'211'264", "whole", "3211264"), ("7 cells", "whole", None), ("7" * 70, "whole", None),
        ("22/49", "fraction", "22/49"), ("44 / 98", "fraction", "22/49"), ("-1/3", "fraction", "-1/3"),
        (".5", "fraction", "1/2"), ("0.50", "fraction", "1/2"), ("50%", "fraction", "1/2"), ("1/0", "fraction", None),
        ("1/2/3", "fraction", None), ("-.5", "fraction", "-1/2"), ("1,024/25", "fraction", "1024/25"),
        ("55×55", "tuple", "55,55"), ("55 x 55", "tuple", "55,55"), ("(55,55)", "tuple", "55,55"),
        ("[1, 2, 3]", "tuple", "1,2,3"), ("1 2 3", "tuple", "1,2,3"), ("1,024×7×7", "tuple", "1024,7,7"),
        ("−3, 3", "tuple", "-3,3"), ("1;2", "tuple", "1,2"), ("1,,2", "tuple", None), ("a,b", "tuple", None),
        ("5", "tuple", "5"), ("", "tuple", None), ("-0", "whole", "0"), ("--3", "whole", None),
    ],
)  # fmt: skip
def test_typed_answers_are_read_exactly(text, form, expected):
    assert read(text, form) == expected


def test_answers_are_checked_and_mistakes_named():
    found = exercise(find("conv-macs"), 1)
    answer, mistake = found.problem.answer, found.problem.mistakes[0]
    assert found.check(f"{answer:,}") == found.check(str(answer)) == ""
    assert found.check(str(mistake.answer)) == "It looks as if you counted FLOPs. " + mistake.why
    assert (
        found.check("12")
        == "'12' is not the answer, and none of the usual mistakes. A first step: " + found.problem.steps[0]
    )
    assert found.check(f"{answer:,} MACs") == ""
    assert found.options == []
    choice = exercise(find("published-first"), 1)
    assert sorted(choice.options) == sorted({str(choice.problem.answer), *(m.answer for m in choice.problem.mistakes)})
    assert choice.check(choice.problem.answer) == "" != choice.check(choice.problem.mistakes[0].answer)


def test_every_whole_answer_reads_back():
    for found in EVERY.exercises:
        if not found.options:
            assert read(written(found.problem.answer), found.form) == key(found.problem.answer), found.kind.name


# Formats


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("solutions", [False, True])
def test_the_seed_and_the_command_stand_on_every_sheet(form, solutions):
    text = write(EVERY, form, solutions=solutions)
    assert "seed 42" in text or '"seed": 42' in text
    assert f"convnotes {work().version}" in text or f'"version": "{work().version}"' in text
    assert f"convnotes exercises --seed 42 --count {len(KINDS)}" in text.replace("{-}{-}", "--")
    assert text.endswith("\n")


def test_without_solutions_no_answer_is_told():
    made = sheet(8, count=30)
    for form in ("text", "md", "html", "latex", "json"):
        text = write(made, form)
        for found in made.exercises:
            if found.form == "whole" and found.problem.answer > 9999:
                assert written(found.problem.answer) not in text, (form, found.kind.name)
        assert "Usual mistakes" not in text and '"answer"' not in text


def other_way_round(found):
    """The same question with the same options, as if others of them were right."""
    right = [mistake.answer for mistake in found.problem.mistakes][: len(found.right)]
    wrong = [Mistake(option, "", "") for option in found.options if option not in right]
    answer = tuple(right) if found.form == "several" else right[0]
    return replace(found, problem=replace(found.problem, answer=answer, mistakes=wrong))


@each_kind
def test_data_without_solutions_tell_what_a_printed_sheet_tells(kind):
    """Nothing in them depends on which options are right but the order of these, and that puts them anywhere."""
    places = []
    for seed in range(200):
        found = exercise(kind, seed)
        problem, picture = found.problem, found.problem.picture
        printed = {"question": marked(problem.prompt, MD), "options": [marked(option, MD) for option in found.options]}
        source = {"kind": kind.name, "index": 0, "title": kind.title, "chapter": kind.chapter, "level": kind.level}
        shown = {"picture": {"svg": picture.drawing.standalone(), "words": picture.words}} if picture else {}
        told = record(found, solutions=False)
        assert told == {**source, "form": found.form, "unit": problem.unit, **printed, **shown}
        if found.options:
            other = record(other_way_round(found), solutions=False)
            assert {**other, "options": sorted(other["options"])} == {**told, "options": sorted(told["options"])}
            places += [(found.options.index(option), len(found.options)) for option in found.right]
    if places and not problem.in_order:
        first, last = sum(at == 0 for at, _ in places), sum(at == of - 1 for at, of in places)
        assert 0.5 < first / last < 2 and first + last < 0.8 * len(places)


def test_json_parses_back():
    data = json.loads(write(EVERY, "json", solutions=True))
    assert data["seed"] == 42 and len(data["exercises"]) == len(KINDS)
    for told, found in zip(data["exercises"], EVERY.exercises, strict=True):
        assert exercise(find(told["kind"]), data["seed"], told["index"]) == found and told["level"] == found.kind.level
        assert told["question"] == marked(found.problem.prompt, MD)
        assert told["options"] == [marked(option, MD) for option in found.options]
        if not found.options:
            assert read(told["answer"], told["form"]) == key(found.problem.answer)
        else:
            right = [marked(option, MD) for option in found.right]
            assert told["answer"] == (right if found.form == "several" else right[0])
        wrong = [marked(mistake.feedback, MD) for mistake in found.problem.mistakes]
        assert [mistake["reason"] for mistake in told["mistakes"]] == wrong and told["solution"]


class Outline(HTMLParser):
    """What is open, and what was seen."""

    def __init__(self):
        super().__init__()
        self.open, self.seen = [], []

    def handle_starttag(self, tag, attrs):
        self.seen.append(tag)
        if tag not in ("meta", "img"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("solutions", [False, True])
def test_html_is_a_complete_page(solutions):
    text = write(EVERY, "html", solutions=solutions)
    outline = Outline()
    outline.feed(text)
    assert outline.open == [] and text.startswith('<!DOCTYPE html>\n<html lang="en">')
    assert outline.seen.count("h1") == 1 and outline.seen.count("h2") == outline.seen.count("section") == len(KINDS)
    assert {"title", "main", "math", "code", "pre"} <= set(outline.seen)
    assert "http" not in text and "$" not in text


def test_markdown_renders():
    text = write(EVERY, "md", solutions=True)
    html = Markdown(extensions=["pymdownx.arithmatex"]).convert(text)
    assert html.count("<h2>") == len(KINDS) and html.count("<h1>") == 1
    assert text.count("$") % 2 == 0 and "<pre><code>" in html and "<li>" in html


# The marks in percent that Moodle offers, and by default refuses others: question_bank::fraction_options_full.
MOODLE_KNOWS = {0, 100, 90, 83.33333, 80, 75, 70, 66.66667, 60, 50, 40, 33.33333, 30, 25, 20, 16.66667, 14.28571, 12.5}


def reread(question):
    """The exercise that a question of Moodle is, found again from what it says: its text, what to choose from."""
    name, seed, index = question.findtext("idnumber").rsplit("-", 2)
    found = exercise(find(name), int(seed), int(index))
    picture = found.problem.picture
    text = question.findtext("questiontext/text")
    assert text.startswith(marked(found.problem.prompt, MOODLE).removesuffix("</p>")) and (
        not picture or "<img" in text
    )
    if found.options:
        options = [answer.findtext("text") for answer in question.findall("answer")]
        assert sorted(options) == sorted(line(option, MOODLE) for option in found.options)
    return found


def asks_in_moodle_for_several(question, found):
    """The right options share the points, the wrong ones take them away, and each has its reason."""
    answers = question.findall("answer")
    options = {line(option, MOODLE): option for option in found.options}
    shares = {options[one.findtext("text")]: float(one.get("fraction")) for one in answers}
    assert question.findtext("single") == "false" and shares.keys() == set(found.options)
    wrong = {mistake.answer: mistake.feedback for mistake in found.problem.mistakes}
    assert {option for option, share in shares.items() if share > 0} == set(found.problem.answer)
    assert {option for option, share in shares.items() if share < 0} == set(wrong)
    assert abs(sum(share for share in shares.values() if share > 0) - 100) < 1e-3
    assert abs(sum(share for share in shares.values() if share < 0) + 100) < 1e-3
    for one in answers:
        option = options[one.findtext("text")]
        assert one.findtext("feedback/text") == marked({**found.problem.reasons, **wrong}[option], MOODLE)
    assert "share the points equally" in question.findtext("questiontext/text")


def test_moodle_is_a_quiz():
    root = ElementTree.fromstring(write(EVERY, "moodle"))
    category, *questions = root.findall("question")
    assert root.tag == "quiz" and category.get("type") == "category" and "seed 42" in category.findtext("category/text")
    assert len(questions) == len(KINDS) == len({question.findtext("idnumber") for question in questions})
    for question, found in zip(questions, EVERY.exercises, strict=True):
        for needed in ("name/text", "questiontext/text", "generalfeedback/text", "defaultgrade", "hidden"):
            assert question.findtext(needed), (found.kind.name, needed)
        answers = question.findall("answer")
        assert all(abs(float(answer.get("fraction"))) in MOODLE_KNOWS for answer in answers)
        assert reread(question) == found
        if found.form == "several":
            asks_in_moodle_for_several(question, found)
            continue
        right = [answer.findtext("text") for answer in answers if answer.get("fraction") == "100"]
        wrong = [answer.findtext("text") for answer in answers if answer.get("fraction") == "0"]
        assert right and len(right) + len(wrong) == len(answers) and not set(right) & set(wrong)
        said = {answer.findtext("text"): answer.findtext("feedback/text") for answer in answers}
        assert all(said.values())
        for mistake in found.problem.mistakes:
            if found.options:
                texts = [line(mistake.answer, MOODLE)]
            else:
                texts = [one for one in wrong if read(one, found.form, found.problem.unit) == key(mistake.answer)]
            assert texts and {said[text] for text in texts} == {marked(mistake.feedback, MOODLE)}
        match question.get("type"):
            case "numerical":
                assert [int(text) for text in right] == [found.problem.answer]
                assert all(answer.findtext("tolerance") == "0" for answer in answers)
                unit = found.problem.unit
                units = {u.findtext("unit_name"): u.findtext("multiplier") for u in question.findall("units/unit")}
                assert units == ({unit: "1", single(unit): "1"} if unit else {})
                # in numbers of Moodle: a unit may be typed behind the number, and is not graded; or there is none
                shown = (question.findtext("showunits"), question.findtext("unitgradingtype"))
                assert shown == (("0", "0") if unit else (None, None))
            case "shortanswer":
                unit = found.problem.unit
                assert {read(text, found.form, unit) for text in right} == {key(found.problem.answer)}
                assert any(text.endswith(f" {unit}") for text in right) or not unit
                assert question.findtext("usecase") == "0" and not any("*" in text for text in right + wrong)
            case "multichoice":
                assert question.findtext("single") == "true" and right == [line(found.problem.answer, MOODLE)]
            case other:
                raise AssertionError(other)
        ElementTree.fromstring(f"<div>{question.findtext('questiontext/text')}</div>")


@pytest.mark.parametrize("solutions", [False, True])
def test_latex_is_a_complete_document(solutions, tmp_path):
    text = write(EVERY, "latex", solutions=solutions)
    opened = re.findall(r"\\(begin|end)\{(\w+)\}", text)
    stack = []
    for what, name in opened:
        if what == "begin":
            stack.append(name)
        else:
            assert stack.pop() == name
    assert stack == [] and opened[0] == ("begin", "document") and opened[-1] == ("end", "document")
    bare = re.sub(r"\\begin\{verbatim\}.*?\\end\{verbatim\}", "", text, flags=re.S)
    assert bare.replace(r"\{", "").count("{") == bare.replace(r"\}", "").count("}")
    assert bare.replace(r"\$", "").count("$") % 2 == 0 and text.isascii()
    assert not re.search(r"(?<![\\{])[&#%]", bare)
    if shutil.which("pdflatex"):
        (tmp_path / "sheet.tex").write_text(text, encoding="utf-8")
        run = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "sheet.tex"]
        done = subprocess.run(run, cwd=tmp_path, capture_output=True, text=True, errors="replace")
        assert done.returncode == 0, done.stdout[-2000:]


def test_all_markup_is_taken_up():
    """No mark is left over in any format."""
    for kind in KINDS:
        problem = exercise(kind, 3).problem
        for source in (problem.prompt, *problem.steps, *(mistake.feedback for mistake in problem.mistakes)):
            for way in (TEXT, HTML, MOODLE):
                out = marked(source, way)
                assert "$" not in out and "**" not in out and "`" not in out, out
            ElementTree.fromstring(f"<div>{marked(source, HTML)}</div>")
            assert "`" not in marked(source, LATEX)


@each_kind
def test_all_markup_of_a_solution_is_taken_up(kind):
    """Its answer too, which is strong and, of a choice, may hold code and formulas."""
    for seed in range(40):
        found = exercise(kind, seed)
        source = "\n\n".join([found.problem.prompt, *below(found, solutions=True)])
        for way in (TEXT, HTML, MOODLE):
            assert not re.search(r"[$`]|[*]{2}", marked(source, way)), seed
        assert r"\$" not in marked(source, LATEX) and "`" not in marked(source, LATEX), seed


# Pictures

PICTURED = [kind for kind in KINDS if exercise(kind, 1).problem.picture]
LISTS = re.compile(r"(?:cells|its cells) (\d+(?:, \d+)* and \d+)")


def numbers(text):
    return [int(number) for number in re.findall(r"\d+", text)]


def heard(name, words):
    """What a question gives, taken from the words of its picture alone."""
    if name == "picture-to-kernel":
        image, signs = re.findall(r": ([^:.]*)\.", words)
        sign = {"+": 1, "−": -1, "0": 0}
        return {
            "image": [[int(value) for value in row.split()] for row in image.split(";")],
            "signs": [[sign[value] for value in row.split()] for row in signs.split(";")],
        }
    lists = [numbers(found) for found in LISTS.findall(words)]
    if name == "read-field":
        return {"reads": [lists[:2], lists[2:]]}
    cells = numbers(words.partition(" cells")[0])[0]
    dashed = re.search(r"with (\d+) dashed", words)
    each = int(dashed[1]) if dashed else 0
    return {"cells": cells + 2 * each, "dashed": each, "windows": lists}


@pytest.mark.parametrize("kind", PICTURED, ids=lambda kind: kind.name)
def test_a_picture_can_be_answered_by_its_words_and_they_do_not_tell_the_answer(kind):
    assert len(PICTURED) == 3
    for problem in problems(kind)[:300]:
        words = problem.picture.words
        more = {"options": problem.given["options"]} if "options" in problem.given else {}
        assert SOLVERS[kind.name](**heard(kind.name, words), **more) == problem.answer, words
        # a number may be that of a cell which a window reads, but is nowhere said to be a size
        told = f"{problem.answer} cells" if isinstance(problem.answer, int) else written(problem.answer)
        assert told not in words
        assert not re.search("stride|kernel|dilation|padding", words)


def test_pictures_are_in_every_format():
    made = sheet(3, kind=[kind.name for kind in PICTURED])
    shown = [e.problem.picture for e in made.exercises]
    assert len(shown) == 3 and len({picture.data for picture in shown}) == 3
    for picture in shown:
        assert ElementTree.fromstring(picture.drawing.standalone()).tag.endswith("}svg")
    text, page, tex = (write(made, form) for form in ("text", "html", "latex"))
    data = json.loads(write(made, "json"))["exercises"]
    package = zipfile.ZipFile(io.BytesIO(qti(made)))
    manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
    resources = [one for one in manifest.iter() if one.tag.endswith("}resource")]
    listed = {one.get("href"): {file.get("href") for file in one} for one in resources}
    questions = ElementTree.fromstring(write(made, "moodle")).findall("question")[1:]
    for number, (picture, told, question) in enumerate(zip(shown, data, questions, strict=True), 1):
        svg = picture.drawing.standalone()
        assert f"Picture: {picture.words}" in text and f"![{picture.words}]({picture.data})" in write(made, "md")
        assert f'<img src="{picture.data}" alt="{picture.words}">' in page
        assert line(f"**Picture, in words:** {picture.words}", LATEX) in tex
        assert told["picture"] == {"svg": svg, "words": picture.words}
        asked = question.find("questiontext")
        html = ElementTree.fromstring(f"<div>{asked.findtext('text')}</div>")
        (img,), (file,) = html.findall(".//img"), asked.findall("file")
        assert img.get("src") == f"@@PLUGINFILE@@{file.get('path')}{file.get('name')}"
        assert img.get("alt") == picture.words and file.get("encoding") == "base64"
        assert b64decode(file.text, validate=True).decode() == svg
        (img,) = ElementTree.fromstring(package.read(f"e{number}.xml")).iter(f"{Q}img")
        assert img.get("alt") == picture.words and package.read(img.get("src")).decode() == svg
        assert img.get("src") in listed[f"e{number}.xml"]


# The command


def run(capsys, *argv):
    try:
        status = main(["exercises", *argv])
    except SystemExit as stop:
        status = stop.code
    out, err = capsys.readouterr()
    return status, out, err


def test_the_command_makes_sheets(capsys):
    status, out, err = run(capsys, "--seed", "42", "--chapter", "receptive-field", "--count", "3")
    assert (status, err) == (0, "") and out.count("(Receptive field, ") == 3
    assert run(capsys, "--seed", "42", "--chapter", "receptive-field", "--count", "3")[1] == out
    told = run(capsys, "--seed", "42", "--chapter", "receptive-field", "--count", "3", "--solutions")[1]
    assert told.count("Answer: ") == 3
    assert run(capsys, "--seed", "-7", "--level", "design")[1].count(", design)") == 10
    assert run(capsys, "--seed", str(10**40), "--format", "json", "--count", "1")[0] == 0


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("--chapter", "receptive-feild"), "convnotes: no chapter 'receptive-feild'; near: receptive-field"),
        (("--chapter", "Receptive field"), "convnotes: no chapter 'Receptive field'; near: receptive-field"),
        (("--chapter", "zzz"), "convnotes: no chapter 'zzz'; there are convolution, convolution-as-a-matrix, cost, "),
        (("--level", "recal"), "convnotes: no level 'recal'; near: recall"),
        (("--count", "0"), "convnotes: count must be at least 1, got 0"),
        (("--count", "-3"), "convnotes: count must be at least 1, got -3"),
        (("--seed", "4.2"), "'4.2' is no seed: give a whole number, such as 42"),
        (("--count", "many"), "invalid int value: 'many'"),
        (("--format", "pdf"), "invalid choice: 'pdf'"),
    ],
)
def test_what_is_wrong_is_said(capsys, argv, said):
    status, out, err = run(capsys, "--seed", "1", *argv)
    assert (status, out) == (2, "") and said in err


def test_what_is_kept_in_a_file_is_utf_8_on_every_system():
    """Sheets say so in their head; Python would write what the system is set to."""
    called = [sys.executable, "-m", "convnotes", "exercises", "--seed", "42", "--format", "moodle"]
    done = subprocess.run(called, env={**os.environ, "PYTHONIOENCODING": "cp1252"}, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == write(sheet(42), "moodle")


def test_a_seed_is_wanted(capsys):
    status, _, err = run(capsys)
    assert status == 2 and "--seed" in err


# Sheets for grading

KEY = b"a key that nobody guesses"


def test_without_its_key_a_sheet_cannot_be_made_again():
    """Another key, or none, draws other exercises; and no format tells what the key drew."""
    made = sheet(42, count=20, key=KEY)
    asked = [e.problem.prompt for e in made.exercises]
    assert asked == [e.problem.prompt for e in sheet(42, count=20, key=KEY).exercises]
    for other in (sheet(42, count=20), sheet(42, count=20, key=KEY + b"!"), sheet(43, count=20, key=KEY)):
        assert len({*asked} & {e.problem.prompt for e in other.exercises}) < 5
    secret = str(made.exercises[0].seed)
    for form in FORMS:
        text = write(made, form, solutions=True)
        assert secret not in text and "convnotes exercises" not in text and "42" in text
        assert KEY.decode() not in text
    package = qti(made)
    assert all(secret.encode() not in zipfile.ZipFile(io.BytesIO(package)).read(n) for n in names_in(package))


def test_students_of_one_key_get_different_sheets():
    drawn = [sheet(1, count=10, key=KEY, student=name) for name in ("Ada", "Grace")]
    asked = [{e.problem.prompt for e in made.exercises} for made in drawn]
    assert len(asked[0] & asked[1]) < 3


def test_chapters_and_kinds_are_chosen():
    made = sheet(4, ["pooling", "cost"], count=30)
    assert {e.kind.chapter for e in made.exercises} == {"pooling", "cost"}
    assert "--chapter pooling --chapter cost" in made.command
    named = sheet(4, kind=["jump", "conv-macs"])
    assert sorted(e.kind.name for e in named.exercises) == ["conv-macs", "jump"]
    assert main(named.command.split()[1:]) == 0
    with pytest.raises(ValueError, match="none of the kinds jump is of the chapters and the level asked for"):
        sheet(4, "pooling", kind=["jump"])


@pytest.mark.parametrize("form", ["text", "md", "latex", "html"])
def test_title_points_and_student_stand_on_the_sheet(form):
    made = replace(sheet(42, count=3), title="Week 2 <home>", points=4, student="Ada Lovelace")
    text = write(made, form, solutions=True).replace("{", "").replace("}", "")
    for said in ("Solutions: Week 2", "For Ada Lovelace.", "12 points in all.", "4 points)"):
        assert said in text, said
    assert "<home>" not in text or form in ("text", "md")
    if form == "text":
        assert "--title 'Week 2 <home>' --points 4" in text


@pytest.fixture
def key_file(tmp_path):
    path = tmp_path / "key"
    path.write_bytes(KEY + b"\n")
    return str(path)


def test_a_class_gets_its_sheets(capsys, tmp_path, key_file):
    """Thirty students: sheets out, answers apart, and the answers are those of the sheets."""
    names = [f"Student {n}" for n in range(28)] + ["Zoë O’Brien", "李 明"]
    listed, into = tmp_path / "names.txt", tmp_path / "week2"
    listed.write_text("\ufeff" + "\n\n".join(names) + "\n", encoding="utf-8")
    argv = ("--seed", "2", "--key", key_file, "--students", str(listed), "--into", str(into), "--count", "4")
    status, out, err = run(capsys, *argv, "--format", "json", "--points", "2")
    assert (status, err) == (0, "") and out.startswith("30 sheets in ")
    sheets = {path.name: json.loads(path.read_text("utf-8")) for path in (into / "sheets").iterdir()}
    solved = {path.name: json.loads(path.read_text("utf-8")) for path in (into / "answers").iterdir()}
    assert len(sheets) == 30 and sheets.keys() == solved.keys() and "zoe-obrien.json" in sheets
    table = (into / "answers.csv").read_text(encoding="utf-8").splitlines()
    rows = {row[0]: row[1:] for row in csv.reader(table)}
    assert set(rows) == {"student", *names}
    for name, found in sheets.items():
        assert [e["question"] for e in found["exercises"]] == [e["question"] for e in solved[name]["exercises"]]
        assert all("answer" not in e for e in found["exercises"]) and found["points"] == 2
        again = sheet(2, count=4, key=KEY, student=found["student"])
        for told, e in zip(rows[found["student"]], again.exercises, strict=True):
            assert told == (e.letters if e.options else line(answer(e), TEXT))
    status, _, err = run(capsys, *argv)
    assert status == 2 and "is there already and not empty" in err


@pytest.mark.parametrize(
    ("key", "names", "more", "said"),
    [
        (b"", "Ada", (), "holds 0 bytes, which can be guessed"),
        (b"  \n", "Ada", (), "holds 0 bytes"),
        (b"short", "Ada", (), "holds 5 bytes"),
        (None, "Ada", (), "is a folder: give a file"),
        (KEY, "Ada\nGrace\nAda\n", (), "holds 'Ada' twice"),
        (KEY, "Ada\nada\n", (), "holds 'Ada' and 'ada', which would get one file"),
        (KEY, "\n \n", (), "holds no names"),
        (KEY, None, (), "is a folder: give a file with one name a line"),
        (KEY, "Ada", ("--format", "moodle"), "not as moodle, which holds the answers"),
        (KEY, "Ada", ("--points", "0"), "--points must be at least 1, got 0"),
        (KEY, "Ada", ("--kind", "jmup"), "no kind 'jmup'; near: jump"),
        (KEY, "Ada", ("--into", "names/x"), "names/x cannot be written: Not a directory"),
    ],
)
def test_bad_keys_and_lists_are_said_and_nothing_is_written(capsys, tmp_path, monkeypatch, key, names, more, said):
    monkeypatch.chdir(tmp_path)
    for name, content in (("key", key), ("names", names)):
        if content is None:
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    into = tmp_path / "out"
    argv = ("--key", str(tmp_path / "key"), "--students", str(tmp_path / "names"), "--into", str(into))
    status, out, err = run(capsys, "--seed", "1", *argv, *more)
    assert (status, out) == (2, "") and said in err and len(err.splitlines()) == 1 and not into.exists()


def handed_out(tmp_path, key_file, capsys, *more):
    """Three students with their sheets: the arguments that made them, and the table of answers."""
    listed, into = tmp_path / "names.txt", tmp_path / "week"
    listed.write_text("Ada\nGrace\nZoë O’Brien\n", encoding="utf-8")
    argv = ("--seed", "5", "--key", key_file, "--students", str(listed), *more)
    assert run(capsys, *argv, "--into", str(into))[0] == 0
    return argv, list(csv.reader((into / "answers.csv").read_text("utf-8").splitlines()))


def marks(capsys, tmp_path, argv, rows, delimiter=","):
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    (tmp_path / "given.csv").write_text("\ufeff" + out.getvalue(), encoding="utf-8")
    status, told, err = run(capsys, *argv, "--mark", str(tmp_path / "given.csv"))
    assert (status, err) == (0, "")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(told))}


def test_what_is_handed_in_is_marked(capsys, tmp_path, key_file):
    """The answers themselves get all points; a usual mistake its reason; who hands in nothing gets none."""
    argv, rows = handed_out(tmp_path, key_file, capsys, "--count", str(len(KINDS)), "--points", "2")
    every = str(2 * len(KINDS))
    for delimiter in ",;":
        for row in marks(capsys, tmp_path, argv, rows, delimiter).values():
            assert (row["points"], row["of"], row["said"]) == (every, every, ""), row["said"]
    made = sheet(5, count=len(KINDS), key=KEY, student="Ada").exercises
    place, found = next((at, e) for at, e in enumerate(made, 1) if e.form == "whole")
    rows[1][place] = str(found.problem.mistakes[0].answer)
    choice = next(at for at, e in enumerate(made, 1) if e.form == "choice")
    rows[1][choice] = f"({rows[1][choice].upper()})"
    rows[2][1:4] = ["", "I do not know", "z"]
    del rows[3]
    told = marks(capsys, tmp_path, argv, rows)
    assert told["Ada"]["points"] == str(2 * len(KINDS) - 2) and told["Ada"][str(place)] == "0"
    assert told["Ada"]["said"] == f"{place}: {line(found.problem.mistakes[0].feedback, TEXT)}"
    assert told["Grace"]["said"].startswith("1: no answer 2: 'I do not know' is not the answer")
    assert told["Zoë O’Brien"]["points"] == "0" and told["Zoë O’Brien"]["of"] == every


def test_a_part_of_several_right_options_earns_a_part(capsys, tmp_path):
    """What each choice earns is told, to a hundredth; letters are read as one writes them, and nothing else is."""
    made = sheet(4, kind=["keeps-size"], count=2).exercises
    first, second = ([e.letter(option) for option in e.right] for e in made)
    wrong = [made[0].letter(mistake.answer) for mistake in made[0].problem.mistakes]
    rows = [
        ["name", "1", "2"],
        ["all", " and ".join(first), "".join(second).upper()],
        ["part", first[0], f"({second[0]}), ({second[1]})"],
        ["mixed", ", ".join([*first, wrong[0]]), "abcde"],
        ["words", "the first", ""],
    ]
    argv = ("--seed", "4", "--kind", "keeps-size", "--count", "2", "--points", "4")
    told = marks(capsys, tmp_path, argv, rows)
    assert [told["all"][name] for name in ("1", "2", "points", "said")] == ["4", "4", "8", ""]
    r, w = len(first), len(wrong)
    part, mixed = Fraction(4, r), 4 - Fraction(4, w)
    assert told["part"]["1"] == f"{float(part):.2f}".removesuffix(".00")
    assert told["part"]["said"].startswith(f"1: Chosen: 1 of the {r} right options, 0 of the {w} wrong ones. 1/{r} of")
    assert told["mixed"]["1"] == f"{float(mixed):.2f}".removesuffix(".00") and told["mixed"]["2"] == "0"
    slip = made[0].problem.mistakes[0]
    assert f"({wrong[0]}) is wrong: {line(slip.feedback, TEXT)}" in told["mixed"]["said"]
    assert told["words"]["points"] == "0"
    said = "1: 'the first' does not read as letters of the options, such as a e 2: no answer"
    assert told["words"]["said"] == said


@pytest.mark.parametrize("delimiter", [",", ";", "\t"], ids=["commas", "semicolons", "tabs"])
@pytest.mark.parametrize("title", ["student", "Name, first and last, as on the list"])
def test_tables_are_read_as_spreadsheets_write_them(capsys, tmp_path, key_file, delimiter, title):
    """Blank rows and columns change nothing, nor does what separates the columns."""
    argv, (head, *rows) = handed_out(tmp_path, key_file, capsys, "--count", "6")
    answered = marks(capsys, tmp_path, argv, [head, *rows])
    blank = [[], [""] * 7, [" "] * 9]
    table = [*blank, [title, *head[1:], "", ""], *blank, *([*row, "", " "] for row in rows), *blank]
    assert marks(capsys, tmp_path, argv, table, delimiter) == answered
    assert [row["points"] for row in answered.values()] == ["6"] * 3
    rows[0][-1] = ""  # an answer that is left out is none, not an empty column
    assert marks(capsys, tmp_path, argv, table[:4] + rows, delimiter)["Ada"]["said"] == "6: no answer"


def test_one_sheet_for_all_is_marked_too(capsys, tmp_path):
    only = sheet(4, "pooling", count=1).exercises[0]
    right = only.letters if only.options else answer(only)
    rows = [["name", "answer"], ["Ada", right], ["Grace", "0"]]
    told = marks(capsys, tmp_path, ("--seed", "4", "--chapter", "pooling", "--count", "1"), rows)
    assert [row["points"] for row in told.values()] == ["1", "0"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "holds no answers: give a heading, then a line for each student"),
        ("student,1,2\n", "holds no answers"),
        ("student,1,2\nAda,1,2\nAda,1,2\n", "has answers of 'Ada' twice: keep one line"),
        ("student,1,2\nBob,1,2\n", "has answers of 'Bob', who is not in the list of students"),
        ("student,1,2\nAda,1\n", "has 1 answers of 'Ada', but the sheet has 2 exercises"),
        ("student,1,2\n,1,2\n", "has answers without a name in line 2: write it in the first column"),
        ("student;1;2\n;;\nAda;1;2\n ;3;\n", "has answers without a name in line 4"),
        ("Ada,1,2\nGrace,1,2\n", "has no heading: its first line has answers of 'Ada'"),
        ("student,1,2\nAda,1,2,,3\n", "has 4 answers of 'Ada', but the sheet has 2 exercises"),
        (f'student,1,2\nAda,"1{" " * 200_000}\n', "cannot be read as a table: field larger than field limit (131072)"),
        (b"student,1,2\nAda,\xff,2\n", "is not in UTF-8: save it as such"),
        (None, "cannot be read"),
    ],
)
def test_tables_that_cannot_be_marked_are_said(capsys, tmp_path, key_file, text, said):
    argv, _ = handed_out(tmp_path, key_file, capsys, "--count", "2")
    if text is not None:
        (tmp_path / "given.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
    status, out, err = run(capsys, *argv, "--mark", str(tmp_path / "given.csv"))
    assert (status, out) == (2, "") and said in err and len(err.splitlines()) == 1


def test_students_want_a_key(capsys, tmp_path):
    status, _, err = run(capsys, "--seed", "1", "--students", "names", "--into", "out")
    assert status == 2 and "--students, --into and --key go together" in err
    status, _, err = run(capsys, "--seed", "1", "--key", str(tmp_path / "none"))
    assert status == 2 and "cannot be read: No such file or directory" in err


# QTI

Q = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"


def names_in(package):
    return zipfile.ZipFile(io.BytesIO(package)).namelist()


def marked_several(item, given):
    """Score and feedback of some options, by the item's own rules."""
    response = item.find(f"{Q}responseDeclaration")
    right = {value.text for value in response.findall(f"{Q}correctResponse/{Q}value")}
    mapping = response.find(f"{Q}mapping")
    worth = {entry.get("mapKey"): float(entry.get("mappedValue")) for entry in mapping}
    score = sum(worth[one] for one in given)
    whole, told = item.find(f"{Q}responseProcessing")
    assert whole.find(f"{Q}responseIf/{Q}match/{Q}correct") is not None and told[0].get("identifier") == "RESPONSE"
    if set(given) == right:
        score = float(whole.findtext(f"{Q}responseIf/{Q}setOutcomeValue/{Q}baseValue"))
    low, high = float(mapping.get("lowerBound")), float(mapping.get("upperBound"))
    said = {one.get("identifier"): "".join(one.itertext()) for one in item.findall(f"{Q}modalFeedback")}
    return min(high, max(low, score)), [said[one] for one in given]


def asks_for_several(item, found, named):
    """Every choice of options earns in the item what it earns on a sheet, and each is answered with its reason."""
    assert item.find(f"{Q}responseDeclaration").get("cardinality") == "multiple"
    assert item.find(f".//{Q}choiceInteraction").get("maxChoices") == "0"
    why = {**found.problem.reasons, **{mistake.answer: mistake.feedback for mistake in found.problem.mistakes}}
    for size in range(1, len(found.options) + 1):
        for chosen in combinations(found.options, size):
            score, said = marked_several(item, [named[option] for option in chosen])
            assert abs(score - 3 * found.earned("".join(map(found.letter, chosen)))) < 1e-9
            for option, text in zip(chosen, said, strict=True):
                yes = ": yes." if option in found.right else ": no."
                plain = "".join(ElementTree.fromstring(f"<p>{line(why[option], HTML)}</p>").itertext())
                assert yes in text and text.endswith(plain), option


def marked_by(item, given):
    """Score and feedback of an answer, by the item's own rules."""
    condition = item.find(f"{Q}responseProcessing/{Q}responseCondition")
    for branch in condition:
        if branch.tag == f"{Q}responseElse" or given in [v.text for v in branch.findall(f".//{Q}match/{Q}baseValue")]:
            told = {one.get("identifier"): one[0].text for one in branch.findall(f"{Q}setOutcomeValue")}
            return float(told.get("SCORE", 0)), told["FEEDBACK"]
    return 0.0, ""


def with_unit(item, found):
    """Answers with their unit earn what they earn in the page, and mistakes are known."""
    for given in (found.problem.answer, *(mistake.answer for mistake in found.problem.mistakes)):
        plain = [key(given), f"{given:,}"] if found.form == "whole" else [written(given).replace("−", "-")]
        unit = found.problem.unit
        words = [unit, unit.lower(), *([single(unit)] if given == 1 else [])]
        for text in (f"{number} {word}" for number in plain for word in words):
            score, code = marked_by(item, text)
            assert score == 3 * found.earned(text) and code not in ("", "other"), text


def test_a_qti_package_asks_and_marks_the_same():
    made = replace(EVERY, points=3)
    package = zipfile.ZipFile(io.BytesIO(qti(made)))
    assert qti(made) == qti(made)
    manifest = ElementTree.fromstring(package.read("imsmanifest.xml"))
    inside = {one.get("href") for one in manifest.iter() if one.tag.endswith("}file")}
    assert inside | {"imsmanifest.xml"} == set(package.namelist())
    test = ElementTree.fromstring(package.read("test.xml"))
    items = [ElementTree.fromstring(package.read(ref.get("href"))) for ref in test.iter(f"{Q}assessmentItemRef")]
    assert len(items) == len(KINDS)
    for item, found in zip(items, made.exercises, strict=True):
        body, problem = item.find(f"{Q}itemBody"), found.problem
        text = re.sub(r"\s+", "", "".join(body.itertext()))
        assert text.startswith(re.sub(r"\s+", "", "".join(ElementTree.fromstring(
            f"<div>{marked(problem.prompt, HTML)}</div>").itertext())))  # fmt: skip
        feedback = {one.get("identifier") for one in item.findall(f"{Q}modalFeedback")}
        choices = {"".join(c.itertext()): c.get("identifier") for c in body.iter(f"{Q}simpleChoice")}
        plain = {"".join(ElementTree.fromstring(f"<p>{line(o, HTML)}</p>").itertext()): o for o in found.options}
        named = {plain[text]: name for text, name in choices.items()}

        if found.form == "several":
            asks_for_several(item, found, named)
            continue

        def typed(answer, named=named):
            return named[answer] if named else key(answer)

        assert marked_by(item, typed(problem.answer)) == (3.0, "right")
        assert item.findtext(f"{Q}responseDeclaration/{Q}correctResponse/{Q}value")
        if found.form == "whole":
            assert marked_by(item, f"{problem.answer:,}") == (3.0, "right")
        if problem.unit:
            with_unit(item, found)
        for mistake in problem.mistakes:
            score, code = marked_by(item, typed(mistake.answer))
            assert score == 0 and code.startswith("wrong") and code in feedback
        assert marked_by(item, "nothing of this")[0] == 0
        identifiers = [one.get("identifier") for one in item.findall(f"{Q}modalFeedback")]
        assert len(identifiers) == len(set(identifiers))


def test_qti_goes_to_a_file():
    called = [sys.executable, "-m", "convnotes", "exercises", "--seed", "42", "--format", "qti"]
    done = subprocess.run(called, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout == qti(sheet(42))
