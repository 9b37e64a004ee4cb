"""Citations: one record, five forms that parse, and the same text at a terminal as on the page."""

import json
import re
import shutil
from dataclasses import replace
from datetime import date
from html import unescape

import bibtexparser
import jsonschema
import pytest
import yaml
from bibtexparser.middlewares import LatexDecodingMiddleware

from convnotes.citing import record
from convnotes.citing.formats import FORMS, NAMES, Reference, citation
from convnotes.cli import main
from convnotes.notes.addresses import PUBLISHED
from convnotes.notes.page import ROOT
from convnotes.notes.record import CFF, give, give_repository, made
from convnotes.site.cite import control
from convnotes.words.latex import latex

DAY = date(2026, 11, 22)
LOCAL = replace(record.work(), address="", released="")
RELEASED = replace(record.work(), address="https://example.org/a_b/0.1.0/", released="2026-10-05")
CITED = [None, *record.examples().values()]
each = pytest.mark.parametrize("cited", CITED, ids=lambda one: one.anchor if one else "notes")
both = pytest.mark.parametrize("work", [LOCAL, RELEASED], ids=["local", "released"])


def parsed(text: str, *, decoded: bool = False) -> dict[str, str]:
    """The fields of the one entry of a bibliography."""
    library = bibtexparser.parse_string(
        text, append_middleware=[LatexDecodingMiddleware(keep_math_mode=False)] if decoded else []
    )
    assert not library.failed_blocks and len(library.entries) == 1, text
    entry = library.entries[0]
    return {"type": entry.entry_type, "key": entry.key, **{name: str(f.value) for name, f in entry.fields_dict.items()}}


def straight(text: str) -> str:
    return re.sub("[“”]", '"', re.sub("[‘’`]", "'", text))


@both
@each
@pytest.mark.parametrize("form", ["bibtex", "biblatex"])
def test_bibliographies_parse_and_say_what_is_cited(form, work, cited):
    text = citation(form, Reference(work, cited, DAY))
    assert text.isascii()
    plain, shown = parsed(text), parsed(text, decoded=True)
    title = cited.title if cited else work.title
    assert straight(shown["title"].strip("{}")) == straight(title)
    assert shown["author"].strip("{}") == work.author and plain["author"].startswith("{")  # one name, not two
    assert work.version in text and DAY.isoformat() in text
    assert plain["key"] == (f"convnotes-{cited.anchor}" if cited else "convnotes")
    url = work.address + (cited.place if cited else "") if work.address else ""
    assert (url in text) if url else ("Local copy" in plain["note"])
    if form == "biblatex":
        assert plain["type"] == ("online" if url else "misc")
        assert (plain.get("url", ""), plain.get("date", "")) == (url, work.released)
    else:
        assert plain["year"] == (work.released[:4] or "n.d.")
    if cited:
        assert latex(cited.chapter) in text


@both
@each
def test_csl_json_has_what_processors_need(work, cited):
    (item,) = json.loads(citation("csl-json", Reference(work, cited, DAY)))
    assert item["id"] and item["type"] == ("webpage" if cited else "software")
    assert item["title"] == (cited.title if cited else work.title)
    assert item["author"] == [{"literal": "convnotes contributors"}]
    assert item["accessed"] == {"date-parts": [[2026, 11, 22]]} and list(item)[-1] == "accessed"
    assert item["version"] == work.version
    assert item.get("URL", "") == (Reference(work, cited, DAY).url)
    assert item.get("issued") == ({"date-parts": [[2026, 10, 5]]} if work.released else None)
    assert all(isinstance(item.get(name, ""), str) for name in ("container-title", "section", "genre", "URL", "note"))


@both
@each
def test_text_forms_are_one_line_that_names_everything(work, cited):
    for form in ("apa", "plain"):
        text = citation(form, Reference(work, cited, DAY))
        assert text.count("\n") == 1 and work.author in text and work.title in text and work.version in text
        assert Reference(work, cited, DAY).url in text and ("ocal copy" in text) == (not work.address)
        if cited:
            assert all(part in text for part in (cited.title, cited.chapter, cited.anchor))


def test_exact_texts():
    stem = Reference(RELEASED, record.find("ex-three-3x3"), DAY)
    assert citation("bibtex", stem) == (
        "@misc{convnotes-ex-three-3x3,\n"
        "  author       = {{convnotes contributors}},\n"
        "  title        = {{Three 3$\\times$3 against one 7$\\times$7}},\n"
        "  year         = {2026},\n"
        "  howpublished = {Worked example in \\emph{convnotes, notes on convolutional networks}, "
        "chapter ``Receptive field'', version 0.1.0},\n"
        "  note         = {\\url{https://example.org/a_b/0.1.0/receptive-field/#ex-three-3x3}, accessed 2026-11-22},\n"
        "}\n"
    )
    assert citation("apa", stem) == (
        "convnotes contributors. (2026). Three 3×3 against one 7×7 [Worked example ex-three-3x3]. In convnotes, notes "
        "on convolutional networks (Version 0.1.0, chapter “Receptive field”). Retrieved November 22, 2026, from "
        "https://example.org/a_b/0.1.0/receptive-field/#ex-three-3x3\n"
    )


@both
@each
def test_the_page_offers_the_text_of_the_terminal(work, cited):
    reference = Reference(work, cited, DAY)
    shown = [unescape(re.sub(r"<[^>]+>", "", text)) for text in re.findall(r"<pre>.*?</pre>", control(reference), re.S)]
    assert shown == [citation(form, reference).rstrip("\n") for form in FORMS]
    assert re.findall("<em>(.*?)</em>", control(reference)) == [work.title]  # in APA, as its manual asks
    days = re.findall(r'<time datetime="2026-11-22" data-form="(.*?)">(.*?)</time>', control(reference))
    assert days == [(form, reference.day(form)) for form in FORMS] and FORMS.keys() == NAMES.keys()


def run(capsys, *argv):
    try:
        status = main(argv)
    except SystemExit as stop:
        status = stop.code
    return status, *capsys.readouterr()


def test_at_a_terminal(capsys):
    for form in FORMS:
        for cited in CITED:
            named = [cited.anchor] if cited else []
            expected = citation(form, Reference(record.work(), cited, DAY))
            assert run(capsys, "cite", *named, "--format", form, "--accessed", "2026-11-22") == (0, expected, "")
    assert date.today().isoformat() in run(capsys, "cite")[1]
    status, listed, _ = run(capsys, "cite", "--list")
    assert status == 0 and [line.split()[0] for line in listed.splitlines()] == list(record.examples())


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["ex-imagenet-stam"], "'ex-imagenet-stam'; did you mean ex-imagenet-stem?"),
        (["EX-ImageNet-Stem"], "'EX-ImageNet-Stem'; did you mean ex-imagenet-stem?"),
        ([""], "''; convnotes cite --list names them all"),
        (["ex-lenet"], "'ex-lenet'; did you mean ex-lenet5-connections or ex-lenet5-pooling?"),
        (["dragons"], "'dragons'; convnotes cite --list names them all"),
        (["--list", "ex-1d-toy"], "--list names all examples and takes none, got 'ex-1d-toy': leave one of them out"),
        (["ex-imagenet-stem", "--accessed", "2026-11-31"], "'2026-11-31' is no day: give one such as 2026-11-22"),
        (["ex-imagenet-stem", "--format", "mla"], "invalid choice: 'mla'"),
    ],
)
def test_what_cannot_be_cited(capsys, given, said):
    status, out, err = run(capsys, "cite", *given)
    assert (status, out) == (2, "") and said in err


def test_citation_cff_is_valid():
    schema = json.loads((ROOT / "tests/data/cff-1.2.0.schema.json").read_text("utf-8"))
    about = yaml.load(CFF.read_text("utf-8"), yaml.BaseLoader)  # every scalar a text, as the schema has days
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.Draft7Validator.FORMAT_CHECKER)
    assert [error.message for error in validator.iter_errors(about)] == []
    assert list(validator.iter_errors({**about, "version": []})) and list(
        validator.iter_errors({**about, "colour": ""})
    )


def test_everything_that_names_the_version_agrees():
    about = yaml.safe_load(CFF.read_text("utf-8"))
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    assert f'\nversion = "{about["version"]}"\n' in project
    assert f'authors = [{{ name = "{about["authors"][0]["name"]}" }}]' in project
    latest = re.search(r"^## (\S+) – (.*)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.M)
    assert latest, "CHANGELOG.md has no '## version – day'"
    assert latest.groups() == (about["version"], str(about.get("date-released", "unreleased")))


def test_each_licence_stands_whole_in_a_file_of_its_own():
    """So that a forge knows both, and nothing offers the text under the licence of the code."""
    mit, cc = ((ROOT / name).read_text("utf-8").split() for name in ("LICENSE", "LICENSE-CC-BY-4.0"))
    assert mit[:3] == ["MIT", "License", "Copyright"] and mit[-2:] == ["THE", "SOFTWARE."] and len(mit) == 169
    assert cc[:5] == ["Creative", "Commons", "Attribution", "4.0", "International"] and len(cc) == 2550
    about = yaml.safe_load(CFF.read_text("utf-8"))
    assert about["license"] == record.work().licence == "CC-BY-4.0"


def test_the_repository_is_the_same_wherever_it_is_named(tmp_path):
    def named(root):
        about = yaml.safe_load((root / "CITATION.cff").read_text("utf-8")).get("repository-code", "")
        setting = re.search(r'^  repository: "(.*)"$', (root / "mkdocs.yml").read_text("utf-8"), re.M)[1]
        issues = re.findall(r"\[Open an issue\]\((.*)/issues\)", (root / "README.md").read_text("utf-8"))
        return {about, setting, *(issues or [""])}

    assert len(named(ROOT)) == 1
    names = ("CITATION.cff", "mkdocs.yml", "README.md")
    for name in names:
        shutil.copy(ROOT / name, tmp_path)
    give_repository("", tmp_path)
    before = [(tmp_path / name).read_text("utf-8") for name in names]
    for address in ("https://example.org/a/b", "https://example.org/c"):
        give_repository(address, tmp_path)
        assert named(tmp_path) == {address}
    give_repository("", tmp_path)
    assert [(tmp_path / name).read_text("utf-8") for name in names] == before
    with pytest.raises(SystemExit, match="without a slash at its end"):
        give_repository("https://example.org/a/", tmp_path)


def test_an_address_is_given_to_citation_cff_and_the_record(tmp_path, monkeypatch):
    copy = tmp_path / "CITATION.cff"
    copy.write_text(CFF.read_text("utf-8"), "utf-8")
    monkeypatch.setattr("convnotes.notes.record.CFF", copy)
    for address in ("https://example.org/0.1.0/", "https://example.org/notes/0.1.0/"):
        give(address)
        assert yaml.safe_load(copy.read_text("utf-8"))["url"] == address
        assert json.loads(made())["work"]["address"] == address
    with pytest.raises(SystemExit, match="give one that ends in a slash"):
        give("https://example.org/0.1.0")


def test_examples_that_were_published_can_be_cited():
    published = {line.partition("#")[2] for line in PUBLISHED.read_text("utf-8").splitlines()}
    assert {anchor for anchor in published if anchor.startswith("ex-")} == set(record.examples())
