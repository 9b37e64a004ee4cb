"""Which sessions can be run in the page: those that print what they say where there is nothing but Python."""

import json
import subprocess
import sys

import pytest
from markdown import Markdown

from convnotes.notes.page import ROOT, Page, pages
from convnotes.site.sessions import SHOWN, runnable, typed

BARE = """
import doctest, json, sys
sys.path.insert(0, sys.argv[1])
pages = json.load(sys.stdin)
for page, sessions in pages.items():
    names = {"__name__": "__main__"}
    for session in sessions:
        test = doctest.DocTestParser().get_doctest(session, names, page, page, 0)
        test.globs = names  # a test keeps a copy: these go on from one to the next
        doctest.DocTestRunner(verbose=False).run(test, clear_globs=False)
"""


def sessions(page: Page) -> list[str]:
    return [fence.text for fence in page.fences if fence.kind == "pycon"]


def test_sessions_that_can_be_run_need_nothing_but_python() -> None:
    found = {}
    for page in pages():
        flags = runnable(map(typed, sessions(page)))
        found[page.name] = [text for text, flag in zip(sessions(page), flags, strict=True) if flag]
    command = [sys.executable, "-I", "-S", "-c", BARE, str(ROOT)]
    done = subprocess.run(command, input=json.dumps(found), capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("", "")
    assert sum(map(len, found.values())) > 100 and len(found["pooling.md"]) < 3 and not found["your-model.md"]


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        (["from convnotes.conv import output_size", "output_size(7, 3)"], [True, True]),
        (["from convnotes.correlate import correlate2d", "correlate2d", "1 + 1"], [False, False, True]),
        (["from convnotes import cost", "from convnotes import trace", "import convnotes"], [True, False, False]),
        (["import torch.nn as nn", "nn = 3", "def f():\n    return nn", "f()"], [False, True, True, True]),
        (["import numpy as np", "def f(n):\n    return np.ones(n)", "f(3)"], [False, False, False]),
        (["import sqlite3", "from math import pi", "from nowhere import x"], [False, True, False]),
    ],
)
def test_what_can_be_run(page: list[str], expected: list[bool]) -> None:
    assert list(runnable(iter(page))) == expected


PAGE = "```pycon\n>>> import numpy\n```\n\n!!! note\n\n    ```pycon\n    >>> 1 + 1\n    2\n    ```\n"


def test_sessions_are_marked_where_the_build_has_the_files(monkeypatch: pytest.MonkeyPatch) -> None:
    md = Markdown(extensions=["convnotes.site", "admonition", "pymdownx.highlight"],
                  extension_configs={"pymdownx.highlight": {"pygments_lang_class": True}})  # fmt: skip
    plain = md.convert(PAGE)
    assert plain.count(SHOWN) == 2 and "data-live" not in plain
    monkeypatch.setenv("CONVNOTES_LIVE", "/some/where/0123abcd")
    marked = md.reset().convert(PAGE)
    assert marked.count("data-live") == 1
    assert f'{SHOWN} data-live="assets/live/0123abcd/"><pre><span></span><code><span class="gp">' in marked
    assert marked.replace(' data-live="assets/live/0123abcd/"', "") == plain
    assert "data-live" not in md.reset().convert("As docstrings have it:\n\n>>> 1 + 1\n2\n")
