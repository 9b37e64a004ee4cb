"""The scripts without their pictures: equal to Python case by case, and Python equal to brute force."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from convnotes.citing.record import page_address
from convnotes.notes.exhibit import find
from convnotes.notes.page import pages
from convnotes.site.exhibits import files
from tests.browser.conftest import opener
from tests.browser.widgets import ENTRIES, Entry

ROOT = Path(__file__).parent.parent.parent
GOLDEN = Path(__file__).parent / "golden"
BAD = ("", "banana", "3--3", "-", "_", "<img src=x onerror=alert(1)>", "３", "3\n", " 3", "3.5", "%00", "null",
       "__proto__", "constructor", "3-3-3_u-1", "3" * 400, "9" * 5000, "x_e", "toString", "pool_g1234.123.1234.1234",
       "🐈", "conv_w12.3", "3;alert(1)", "../../etc", "100-3", "3s100", "3d100")  # fmt: skip
CORES = list({entry.name: entry for entry in ENTRIES}.values())  # some are on several pages
each = pytest.mark.parametrize("entry", CORES, ids=lambda entry: entry.name)


def states(entry: Entry, count: int, seed: int) -> list[str]:
    rng = Random(seed)
    return [entry.random(rng) for _ in range(count)]


def cases(entry: Entry) -> list[Any]:
    """What the golden file holds: [state, its shortest form, words said, what the core must compute]."""
    found = []
    for state in [*entry.fixed, *states(entry, 24, seed=1)]:
        value, words = entry.python.parse(state)
        found.append([state, entry.python.form(value), words, entry.golden(state)])
    return found


def written(entry: Entry) -> str:
    return (
        "[\n"
        + ",\n".join(json.dumps(case, ensure_ascii=False, separators=(",", ":")) for case in cases(entry))
        + "\n]\n"
    )


def test_no_template_stands_in_another() -> None:
    """What makes the scripts lean takes the inner one for the end of the outer, and drops spaces of the rest."""
    nested = re.compile(r"\$\{(?:[^{}`]|\{[^{}]*\})*`")
    assert nested.search("`a ${b ? `${c} d` : e} f`") and not nested.search("`a ${b} ${[{ c }]} d`")
    scripts = sorted((ROOT / "docs/assets").rglob("*.js"))
    assert [path.name for path in scripts if nested.search(path.read_text(encoding="utf-8"))] == []


def test_every_interactive_of_the_pages_is_tried() -> None:
    """They are found in the pages; one without an entry in widgets.py would escape all tests of this folder."""
    found = set()
    for page in pages():
        widgets = [name for name in page.exhibits if find(name).interactive]
        made = (re.search(r'data-widget="([^"]+)"', files(name)["html"]) for name in widgets)
        found |= {(widget[1], page_address(page.name)) for widget in made if widget}
    assert found == {(entry.name, entry.page) for entry in ENTRIES}


@each
def test_the_golden_file_is_what_python_says(entry: Entry) -> None:
    kept = (GOLDEN / f"{entry.name}.json").read_text(encoding="utf-8")
    assert kept == written(entry), (
        f"tests/browser/golden/{entry.name}.json is of before a change; if that is meant, as with a new network, "
        "make it again: .venv/bin/python -m tests.browser.test_cores"
    )


@each
def test_python_agrees_with_brute_force(entry: Entry) -> None:
    for state in [*entry.fixed, *states(entry, 30, seed=2)]:
        entry.oracle(state)


@each
def test_a_state_and_its_shortest_form_are_the_same(entry: Entry) -> None:
    for state in [*entry.fixed, *states(entry, 300, seed=3)]:
        value, _ = entry.python.parse(state)
        again, words = entry.python.parse(entry.python.form(value))
        assert again == value and not words, state
    assert not any(entry.python.parse(bad) for bad in BAD)


PLAY = """async ({ page, element, core, replay, cases, bad, grammar, source, mutants }) => {
  const html = new DOMParser().parseFromString(await (await fetch(page)).text(), "text/html");
  const given = html.querySelector(element).dataset.given, play = eval(replay);
  const same = (a, b) => typeof a === "number" && typeof b === "number" && !(Number.isInteger(a) && Number.isInteger(b))
    ? Math.abs(a - b) <= 1e-6
    : a && b && typeof a === "object" && typeof b === "object"
      ? Object.keys(a).length === Object.keys(b).length && Object.keys(a).every((key) => same(a[key], b[key]))
      : a === b;
  async function* faults(core) {
    const data = JSON.parse(given), golden = JSON.parse(cases); // its own, for a mutant may write into them
    if (core.GRAMMAR !== grammar) yield "the grammars differ";
    for (const [state, form, words, expected] of golden) {
      const read = core.parse(state, data);
      if (!read) { yield `${state}: not read`; continue; }
      if (core.format(read.value, data) !== form) yield `${state}: ${core.format(read.value, data)}, not ${form}`;
      if (!same(read.words, words)) yield `${state}: ${read.words}, not ${words}`;
      const got = await play(core, read.value, data);
      if (!same(got, expected)) yield `${state}: ${JSON.stringify(got)}`;
    }
    for (const text of bad) if (core.parse(text, data)) yield `${text}: read`;
  }
  if (!mutants) {
    const found = [];
    for await (const fault of faults(await import(core))) found.push(fault);
    return found;
  }
  const killed = async (text) => { // by its first fault, or by an error
    const url = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    try {
      for await (const _ of faults(await import(url))) return true;
    } catch {
      return true;
    } finally {
      URL.revokeObjectURL(url);
    }
  };
  const here = source.replaceAll(' from "./', ` from "${location.origin}/assets/cn/`), alive = [];
  if (await killed(here)) return ["the core itself"]; // or all would be killed, by whatever is wrong here
  for (const [line, changed] of mutants) if (!(await killed(here.replace(line, () => changed)))) alive.push(line);
  return alive;
}"""


@pytest.fixture(scope="module")
def plain(chromium: Browser, address: str) -> Iterator[Page]:
    """A page without an interactive: all that a core gets is handed to it."""
    with opener(chromium, address) as open_:
        yield open_("notation/")


def played(page: Page, entry: Entry, **mutated: object) -> list[str]:
    """What differs between the core and the golden file; or those of its mutants that do not differ."""
    given = {
        "page": f"/{entry.page}", "element": entry.element, "core": f"/assets/cn/{entry.core}", "replay": entry.replay,
        "cases": (GOLDEN / f"{entry.name}.json").read_text(encoding="utf-8"), "bad": BAD,
        "grammar": entry.python.GRAMMAR,
    }  # fmt: skip
    found: list[str] = page.evaluate(PLAY, given | mutated)
    return found


@each
def test_the_core_replays_the_golden_file(entry: Entry, plain: Page) -> None:
    assert played(plain, entry) == []


@each
def test_every_mutant_of_the_core_is_killed(entry: Entry, plain: Page) -> None:
    source = (ROOT / "docs/assets/cn" / entry.core).read_text(encoding="utf-8")
    for line, _ in entry.mutants:
        assert source.count(line) == 1, f"{line!r} stands {source.count(line)} times in {entry.core}"
    assert played(plain, entry, source=source, mutants=entry.mutants) == []


if __name__ == "__main__":
    for entry in CORES:
        (GOLDEN / f"{entry.name}.json").write_text(written(entry), encoding="utf-8")
