"""The built site by the rules of HTML, as the W3C's checker reads them.

The checker is a Java archive that npm fetches once, 30 MB, into .cache/vnu. Without java or npm, or without a network
the first time, the test is skipped and says so.
"""

import base64
import json
import re
import shutil
import subprocess
import tarfile
from hashlib import sha512
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = "vnu-jar@26.9.27"
# its sha512, as npm states it
DIGEST = "TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxBexLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="
THEME = (  # faults of the theme's own templates, at the version in constraints.txt
    r"Bad value “” for attribute “tabindex” on element “label”: The empty string is not a valid integer\.",
    r"Attribute “autocomplete” is only allowed when the input type is .*",
)


# MathML 4, which says how a formula is read aloud; the checker knows MathML 3
ALOUD = (r"Attribute “(intent|arg)” not allowed on element “m\w+” at this point\.",)


@pytest.fixture(scope="session")
def checker() -> list[str]:
    """The command that runs it."""
    folder = ROOT / ".cache/vnu"
    jar = folder / "package/build/dist/vnu.jar"
    for needed in ("java", "npm"):
        if shutil.which(needed) is None and not (needed == "npm" and jar.is_file()):
            pytest.skip(f"no {needed} on the PATH: the checker of HTML needs java, and npm to be fetched")
    if not jar.is_file():
        folder.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(["npm", "pack", "--silent", PACKAGE], cwd=folder, capture_output=True, text=True)
        if done.returncode:
            pytest.skip(f"npm could not fetch {PACKAGE}: {done.stderr.strip()[-200:]}")
        archive = folder / done.stdout.split()[-1]
        assert base64.b64encode(sha512(archive.read_bytes()).digest()).decode() == DIGEST, f"{archive.name} is another"
        with tarfile.open(archive) as opened:
            opened.extractall(folder, filter="data")
        archive.unlink()
    # for a run of seconds Java's second compiler is most of the work; the first alone needs more room for its calls
    brief = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss4m"]
    return ["java", *brief, "-jar", str(jar), "--format", "json", "--errors-only", "--skip-non-html"]


def faults(checker: list[str], *paths: Path) -> list[str]:
    """What is wrong beyond what is the theme's, or newer than the checker."""
    done = subprocess.run([*checker, *map(str, paths)], capture_output=True, text=True)
    told = [message for message in json.loads(done.stderr)["messages"] if message["type"] == "error"]
    own = [message for message in told if not any(re.fullmatch(known, message["message"]) for known in THEME + ALOUD)]
    return [f"{message['url'].partition(':')[2]}:{message['lastLine']}: {message['message']}" for message in own]


def test_pages_keep_to_the_rules_of_html(built_site: Path, checker: list[str]) -> None:
    assert faults(checker, built_site) == []


def test_the_checker_finds_a_fault(tmp_path: Path, checker: list[str]) -> None:
    page = tmp_path / "index.html"
    page.write_text('<!doctype html><html lang="en"><title>x</title><p id="a">x<p id="a">y<figure><tr></figure>')
    assert any("Duplicate ID" in fault for fault in faults(checker, page))
