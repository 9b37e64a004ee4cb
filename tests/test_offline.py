"""What a built site gets for reading it without a network."""

import json
import re
from pathlib import Path

from convnotes.site.offline import write_offline

HEAD = """<link rel="canonical" href="https://notes.example/"><link rel="icon" href="favicon.png">
<link rel="stylesheet" href="a.css"><script src="a.js"></script><script type="module" src="assets/cn/b.js"></script>
<script src="https://elsewhere.example/c.js"></script><link rel="next" href="cost/">"""


def small(site: Path) -> Path:
    """A site with all that is completed."""
    texts = {"index.html": HEAD, "sw.js": "// worker", "assets/offline/folder.js": "// folder",
             "assets/cn/b.js": 'import "./c.js"; // </script>',
             "search/search_index.json": '{"config": {"rest": true}, "docs": [1]}',
             "search/rest.json": '{"docs": [2]}',
             "assets/javascripts/workers/search.js": "work()"}  # fmt: skip
    for name, text in texts.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)
    return site


def test_the_worker_knows_its_version_and_what_every_page_needs(tmp_path: Path) -> None:
    write_offline(small(tmp_path), kept=True)
    text = (tmp_path / "sw.js").read_text()
    assert json.loads(re.search(r"const CORE = (.*);", text)[1]) == [
        "./",
        "favicon.png",
        "a.css",
        "a.js",
        "assets/cn/b.js",
    ]
    version = re.search(r'const VERSION = "(\w{12})"', text)[1]
    (small(tmp_path) / "index.html").write_text(HEAD + "a correction")
    write_offline(tmp_path, kept=True)
    assert version not in (tmp_path / "sw.js").read_text()


def test_a_folder_holds_its_scripts_and_its_index_as_a_script(tmp_path: Path) -> None:
    write_offline(small(tmp_path), kept=True)
    text = (tmp_path / "assets/offline/folder.js").read_text()
    held = re.match(r"const modules = (.*), workers = (.*);\n// folder", text)
    assert json.loads(held[1]) == {"b.js": 'import "./c.js"; // </script>'}
    assert json.loads(held[2]) == {"search.js": "work()"}
    assert (tmp_path / "search/search_index.js").read_text() == 'var __index = {"config":{"rest":false},"docs":[1,2]}'


def test_notes_that_keep_nothing_end_what_was_kept(tmp_path: Path) -> None:
    write_offline(small(tmp_path), kept=False)
    text = (tmp_path / "sw.js").read_text()
    assert "registration.unregister()" in text and "fetch" not in text and "worker" not in text


def test_the_live_folder_is_named_and_no_part_of_the_version(tmp_path: Path, monkeypatch) -> None:
    write_offline(small(tmp_path), kept=True)
    bare = (tmp_path / "sw.js").read_text()
    small(tmp_path)
    (tmp_path / "search/search_index.js").unlink()
    (tmp_path / "assets/live/0123").mkdir(parents=True)
    (tmp_path / "assets/live/0123/python.wasm").write_text("much")
    monkeypatch.setenv("CONVNOTES_LIVE", "/made/0123")
    write_offline(tmp_path, kept=True)
    assert (tmp_path / "sw.js").read_text() == bare.replace('LIVE = ""', 'LIVE = "/assets/live/0123/"')
