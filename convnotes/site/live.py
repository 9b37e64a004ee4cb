"""Puts the files that run sessions in the page into .cache/live/<digest>, and prints that folder.

Python for the browser is an npm package; the notes' own wheel is built from the working tree.
"""

import gzip
import json
import shutil
import subprocess
import sys
import tarfile
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache" / "live"
PYODIDE = "314.0.7"
CHECKSUM = "66b7949e5a0cba2250b586d7e368bf12fb482800748d182c4618254b685ffaa0"  # SHA-256 of the archive
FILES = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python_stdlib.zip", "pyodide-lock.json"]


def main() -> None:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary)
        files = [*python(), wheel(folder)]
        described = json.dumps({"pyodide": PYODIDE, "wheel": files[-1].name, "megabytes": megabytes(files)})
        digest = sha256(described.encode() + b"".join(path.read_bytes() for path in files)).hexdigest()[:12]
        if not (CACHE / digest / "live.json").is_file():
            (CACHE / digest).mkdir(parents=True, exist_ok=True)
            for path in files:
                shutil.copy(path, CACHE / digest)
            (CACHE / digest / "live.json").write_text(described, encoding="utf-8")
    print(CACHE / digest)


def megabytes(files: list[Path]) -> float:
    """What a reader fetches, compressed."""
    return round(sum(len(gzip.compress(path.read_bytes())) for path in files) / 1e6, 1)


def python() -> list[Path]:
    """Python for the browser; fetched once for each version."""
    archive = CACHE / f"pyodide-{PYODIDE}.tgz"
    if not archive.is_file():
        CACHE.mkdir(parents=True, exist_ok=True)
        if not shutil.which("npm"):
            sys.exit("--live needs npm, which brings Python for the browser: install Node.js, or build without --live.")
        run("npm", "pack", "--silent", f"pyodide@{PYODIDE}", "--pack-destination", str(CACHE))
    if (found := sha256(archive.read_bytes()).hexdigest()) != CHECKSUM:
        archive.unlink()
        sys.exit(f"pyodide {PYODIDE} is not the package that it was: SHA-256 {found}, expected {CHECKSUM}.")
    folder = CACHE / f"pyodide-{PYODIDE}"
    with tarfile.open(archive) as packed:
        for name in FILES:
            if not (folder / name).is_file():
                member = packed.getmember(f"package/{name}")
                member.name = name
                packed.extract(member, folder, filter="data")
    return [folder / name for name in FILES]


def wheel(folder: Path) -> Path:
    """The package as it stands in the working tree, built from a copy: what was built here before leaves no trace."""
    source = folder / "source"
    shutil.copytree(ROOT / "convnotes", source / "convnotes", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE", "LICENSE-CC-BY-4.0", "NOTICE"):
        shutil.copy(ROOT / name, source)
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(source))
    return next(folder.glob("*.whl"))


def run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"--live needs {' '.join(command[:3])}, which failed:\n{done.stderr.strip()}")


if __name__ == "__main__":
    main()
