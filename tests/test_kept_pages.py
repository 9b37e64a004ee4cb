"""Pages that are kept while the notes are served: what readers get is what a build from nothing gives."""

import json
from pathlib import Path

import pytest

from tests import small

CHAPTER = """---
description: Why would one keep a page?
able:
  - say when a page is made again
---

# A chapter

A figure and a [link](b.md#told).

```exhibit
receptive_field.five_3x3
```
"""
PAGES = {
    "index.md": "# Start\n\nSee [what is told](b.md#told), and [a chapter](a.md).\n",
    "a.md": CHAPTER,
    "b.md": "---\ndescription: x\nable: [read]\nneeds: [a.md]\n---\n\n# B\n\n## Told { #told }\n\nOne thing.\n",
}
# Serves without a server: builds, and after each edit builds again in one process, as `mkdocs serve` does. What a build
# from nothing gives after each comes first, from a fork of the process, in which nothing has been built yet.
SERVE = """
import json, os, shutil, sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config
import mkdocs.structure.pages as pages

rendered, render = [], pages.Page.render
def noted(page, config, files):
    if page.markdown:
        rendered.append(page.file.src_uri)
    return render(page, config, files)
pages.Page.render = noted

def serve(first=False):
    config = load_config("mkdocs.yml", site_dir="site")
    if first:
        config.plugins.on_startup(command="serve", dirty=False)
    build(config, serve_url="http://127.0.0.1:8000/")

def write(files):
    for name, text in files.items():
        Path("docs", name).write_text(text, encoding="utf-8")

given, *edits = json.loads(sys.argv[1])
for number, edit in enumerate(edits):
    write(edit)
    if not (fork := os.fork()):
        serve(first=True)
        shutil.copytree("site", f"fresh-{number}")
        os._exit(0)
    assert os.waitpid(fork, 0)[1] == 0
write(given)
serve(first=True)
for number, edit in enumerate(edits):
    rendered.clear()
    write(edit)
    serve()
    shutil.copytree("site", f"served-{number}")
    print(json.dumps(rendered))
"""
# each after those before it, with the pages that are made again
EDITS = {
    "text": ({"b.md": PAGES["b.md"] + "\nOne more sentence.\n"}, ["b.md"]),
    "exhibit": ({"a.md": CHAPTER.replace("five_3x3", "stride_growth")}, ["a.md"]),
    "front matter": (
        {"a.md": CHAPTER.replace("say when", "tell when")},
        ["index.md", "a.md", "b.md"],
    ),  # others show it
    "nothing": ({}, []),
}


def contents(site: Path) -> dict[str, str]:
    return {
        str(path.relative_to(site)): path.read_text(encoding="utf-8")
        for path in sorted(site.rglob("*"))
        if path.suffix in (".html", ".json")
    }


def test_what_is_served_after_an_edit_is_what_is_built(tmp_path: Path) -> None:
    small.write(tmp_path, PAGES)
    done = small.run(tmp_path, "python", "-c", SERVE, json.dumps([PAGES, *(edit for edit, _ in EDITS.values())]))
    assert done.returncode == 0, done.stderr
    for number, (name, (_, again)) in enumerate(EDITS.items()):
        assert json.loads(done.stdout.splitlines()[number]) == again, name
        served = contents(tmp_path / f"served-{number}")
        assert served == contents(tmp_path / f"fresh-{number}"), name
        assert any("One" in text for file, text in served.items() if file.endswith("search_index.json"))


@pytest.mark.parametrize(
    ("module", "told"),
    [
        ("exhibits/receptive_field.py", "convnotes/exhibits/receptive_field.py, line 3: invalid syntax"),
        ("drawing/kinds.py", "SyntaxError: invalid syntax (kinds.py, line 3)"),
    ],
)
def test_a_slip_in_what_an_exhibit_uses_is_told_and_serving_goes_on(tmp_path: Path, module: str, told: str) -> None:
    slip = f"""
    import ast
    parse = ast.parse
    def slip(source, file="", **more):
        if str(file).endswith("convnotes/{module}"):
            raise SyntaxError("invalid syntax", (Path(file).name, 3, 1, "def"))
        return parse(source, file, **more)
    ast.parse = slip
    build(config"""
    small.write(tmp_path, PAGES)
    empty = str(tmp_path / "cache")  # or the module, known by its text, is not parsed
    done = small.run(
        tmp_path, "python", "-c", SERVE.replace("\n    build(config", slip), json.dumps([PAGES]), CONVNOTES_CACHE=empty
    )
    assert done.returncode == 0, done.stderr
    assert f"docs/a.md:12: exhibit receptive_field.five_3x3: {told}" in done.stderr
