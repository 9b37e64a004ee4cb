"""Both ways out: the sources built strictly by Material's successor and by the maintained fork of MkDocs.

Each in a virtual environment of its own under .cache/portability, from a copy of the files that git knows. Page by
page, exhibits, formulas, sessions, openings, citations and headings must be those of MkDocs' build, and so must be
every download. Zensical runs no hooks and no notebooks: it has no labs, and `python -m convnotes.site` writes what a
hook would.
"""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

ROOT = Path(__file__).parents[2]
HOME = ROOT / ".cache/portability"
NOTES = HOME / "notes"
ENGINES = {  # what to install, what of ours to leave out, how to build
    "zensical": ("zensical==0.0.73", {"mkdocs", "mkdocs-material", "mkdocs-jupyter"}, ["build", "--strict"]),
    "properdocs": ("properdocs==1.6.7", set[str](), ["build", "--strict", "--quiet", "--config-file", "mkdocs.yml"]),
}
LABS = re.compile(r"labs/.+/index\.html")
HELD = {
    "exhibits": r'data-exhibit="(.*?)"',
    "formulas": r"(<math )",
    "sessions": r"(language-pycon)",
    "openings": r'(class="cn-opening")',
    "citations": r'(class="cn-cite")',
    "headings": r'<h[1-6] id="(.*?)"',
}


def main(chosen: list[str]) -> int:
    copy_sources()
    reference = build([sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"])[0]
    shutil.rmtree(HOME / "mkdocs", ignore_errors=True)
    expected = reference.rename(HOME / "mkdocs")
    print(
        "| built by | seconds | pages | " + " | ".join(HELD) + " | differences |\n|---" + "|---" * (len(HELD) + 3) + "|"
    )
    found = 0
    for engine in chosen or ENGINES:
        package, _, options = ENGINES[engine]
        python = environment(engine)
        site, seconds = build([str(python.with_name(engine)), *options])
        if engine == "zensical":
            subprocess.run(
                [python, "-m", "convnotes.site", site], cwd=NOTES, env=settings(), check=True, stdout=subprocess.DEVNULL
            )
        differing = sorted(differences(expected, site, labs=engine != "zensical"))
        counted = sum((held(page) for page in pages(site).values()), Counter[tuple[str, str]]())
        numbers = [sum(n for (kind, _), n in counted.items() if kind == wanted) for wanted in HELD]
        cells = [package, f"{seconds:.0f}", len(pages(site)), *numbers, len(differing) or "none"]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
        print("\n".join(differing), file=sys.stderr)
        found += len(differing)
    return int(found > 0)


def copy_sources() -> None:
    shutil.rmtree(NOTES, ignore_errors=True)
    known = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, known.split("\0")):
        if (ROOT / name).exists():
            (NOTES / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, NOTES / name)


def environment(engine: str) -> Path:
    """The Python of an engine's environment, which is made if it is not there."""
    package, without, _ = ENGINES[engine]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = [*project["dependencies"], *extra("docs", project["optional-dependencies"])]
    wanted = [text for text in needed if re.split(r"[\[<>=!~ ]", text)[0] not in without]
    folder = HOME / f"venv-{engine}"
    stamp, asked = folder / "installed.txt", "\n".join([package, *wanted, (ROOT / "constraints.txt").read_text()])
    if not stamp.is_file() or stamp.read_text() != asked:
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "--constraint", ROOT / "constraints.txt", package, *wanted], check=True)
        stamp.write_text(asked)
    return folder / "bin/python"


def extra(name: str, extras: dict[str, list[str]]) -> Iterator[str]:
    """What an extra asks for, without names of other extras of ours."""
    for text in extras[name]:
        ours = re.fullmatch(r"convnotes\[(.+)\]", text)
        yield from extra(ours[1], extras) if ours else [text]


def settings() -> dict[str, str]:
    cache = {"CONVNOTES_CACHE": str(ROOT / ".cache/convnotes"), "PYTHONPATH": str(NOTES)}
    return os.environ | cache | {"DISABLE_MKDOCS_2_WARNING": "true", "NO_MKDOCS_2_WARNING": "1"}


def build(command: list[str]) -> tuple[Path, float]:
    """The built site, and the seconds that it took."""
    shutil.rmtree(NOTES / "site", ignore_errors=True)
    start = perf_counter()
    done = subprocess.run(command, cwd=NOTES, env=settings(), capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    return NOTES / "site", perf_counter() - start


def pages(site: Path) -> dict[str, Path]:
    return {path.relative_to(site).as_posix(): path for path in site.rglob("index.html")}


def held(page: Path) -> Counter[tuple[str, str]]:
    text = page.read_text(encoding="utf-8")
    return Counter((kind, found) for kind, pattern in HELD.items() for found in re.findall(pattern, text))


def differences(expected: Path, site: Path, labs: bool) -> Iterator[str]:
    wanted = {name: page for name, page in pages(expected).items() if labs or not LABS.fullmatch(name)}
    built = pages(site)
    for name, page in wanted.items():
        before, after = held(page), held(built[name]) if name in built else Counter[tuple[str, str]]()
        yield from (f"{name}: lost {count} of {kind}: {what}" for (kind, what), count in (before - after).items())
        yield from (f"{name}: gained {count} of {kind}: {what}" for (kind, what), count in (after - before).items())
    for file in [*expected.glob("assets/exhibits/*"), expected / "feed.xml"]:
        other = site / file.relative_to(expected)
        if not other.is_file() or other.read_bytes() != file.read_bytes():
            yield f"{file.relative_to(expected)}: another file, or none"


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
