"""Measurements that take too long for a build: `NAME.json`, with its recipe, versions and command.

A result also keeps a fingerprint of what the code that measured it computes. Once that has changed, `load` refuses the
result until `scripts/train` has measured again: a kept number is never silently an old one.
"""

import json
import re
from hashlib import sha256
from pathlib import Path
from typing import Any

from convnotes import store
from convnotes.experiments.fingerprint import digest, reached
from convnotes.experiments.weights import FOLDER as WEIGHTS
from convnotes.experiments.weights import versions

READS = ("convnotes/experiments/results/*.json",)
FOLDER = Path(__file__).parent


def load(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """The result kept under `name`, measured by the code as it is now.

    >>> load("degradation")["recipe"]["steps"]
    [300, 900, 2700]
    >>> load("toy")
    Traceback (most recent call last):
    FileNotFoundError: there is no result convnotes/experiments/results/toy.json; scripts/train toy makes it
    """
    stated = f"convnotes/experiments/results/{name}.json"
    try:
        kept: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        whole, current = kept["sha256"] == _digest(kept), kept["fingerprint"] == fingerprint(name)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no result {stated}; scripts/train {name} makes it") from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise ValueError(f"{stated} is damaged; scripts/train {name} measures it again") from None
    if not whole:
        raise ValueError(f"{stated} is damaged; scripts/train {name} measures it again")
    if not current:
        raise ValueError(f"{stated} was measured by other code than {name}.py has now; scripts/train {name} renews it")
    return kept


def made(name: str) -> str:
    """How a result was made, as the note of an exhibit says it.

    >>> made("degradation").partition(" 2")[0]
    'Made by scripts/train degradation with torch'
    """
    kept = load(name)
    return f"Made by {kept['command']} with torch {kept['versions']['torch'].partition('+')[0]}."


def save(name: str, result: dict[str, Any], folder: Path = FOLDER) -> None:
    """Keep `result` under `name`, with the versions, the fingerprint of the code, and a checksum."""
    kept = {**result, "versions": versions(), "fingerprint": fingerprint(name)}
    kept = json.loads(json.dumps(kept))
    rows = ",\n  ".join(json.dumps(row) for row in kept.pop("rows"))
    head = json.dumps(kept, indent=1, ensure_ascii=False)
    kept["rows"] = json.loads(f"[{rows}]")
    text = f'{head[:-2]},\n "sha256": "{_digest(kept)}",\n "rows": [\n  {rows}\n ]\n}}\n'
    (folder / f"{name}.json").write_text(text, encoding="utf-8")


def fingerprint(name: str) -> str:
    """A digest of what the module `name` computes with all that it reaches, and of the weights that it reads."""
    path = store.module_path(f"convnotes.experiments.{name}")
    if path is None:
        raise FileNotFoundError(f"there is no module convnotes/experiments/{name}.py")
    definitions = reached(path)
    parts = [digest(path)]
    if any(file.parent == WEIGHTS for file, _ in definitions):
        parts += [sha256(file.read_bytes()).hexdigest() for file in _named("\n".join(definitions.values()))]
    return sha256("\n".join(parts).encode()).hexdigest()


def _named(code: str) -> list[Path]:
    """The kept weights that `code`, a syntax tree as text, names: by a string, or by the beginning of an f-string."""
    names = set(re.findall(r"Constant\(value='([^']+)'\)", code))
    beginnings = tuple(re.findall(r"JoinedStr\(values=\[Constant\(value='([^']+)'\)", code))
    files = sorted(WEIGHTS.glob("*.safetensors"))
    return [file for file in files if file.stem in names or file.stem.startswith(beginnings)]


def _digest(kept: dict[str, Any]) -> str:
    return sha256(json.dumps({k: v for k, v in kept.items() if k != "sha256"}, sort_keys=True).encode()).hexdigest()
