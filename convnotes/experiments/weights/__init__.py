"""The weights that are kept: `NAME.safetensors`, with `NAME.json` saying how they came about and what they sum to.

`scripts/train` makes every one of them again. All of them together stay below 2 MB.
"""

from __future__ import annotations

import json
import platform
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import Tensor

READS = ("convnotes/experiments/weights/*.json", "convnotes/experiments/weights/*.safetensors")
FOLDER = Path(__file__).parent


def load(name: str, folder: Path = FOLDER) -> dict[str, Tensor]:
    """The state dict kept under `name`, once its checksum has been compared.

    >>> load("colour")["conv1.weight"].shape
    torch.Size([40, 3, 11, 11])
    >>> load("colours")
    Traceback (most recent call last):
    FileNotFoundError: there is no convnotes/experiments/weights/colours.safetensors; scripts/train makes it
    """
    from safetensors import SafetensorError
    from safetensors.torch import load as parse

    said = card(name, folder)
    try:
        content = (folder / f"{name}.safetensors").read_bytes()
    except FileNotFoundError:
        raise _missing(name) from None
    if sha256(content).hexdigest() != said["sha256"]:
        raise _damaged(name, "safetensors")
    try:
        tensors: dict[str, Tensor] = parse(content)
    except SafetensorError:
        raise _damaged(name, "safetensors") from None
    return tensors


def card(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """What is stated of the weights `name`: seed, data, licences, recipe, metrics, versions, checksum."""
    try:
        said: dict[str, Any] = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        said["sha256"]
    except FileNotFoundError:
        raise _missing(name) from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise _damaged(name, "json") from None
    return said


def made(name: str) -> str:
    """How weights were made, as the note of an exhibit says it.

    >>> made("colour").partition(" 2")[0]
    'Weights made by scripts/train colour with torch'
    """
    stated = card(name)
    return f"Weights made by {stated['command']} with torch {stated['versions']['torch'].partition('+')[0]}."


def save(name: str, tensors: dict[str, Tensor], said: dict[str, Any], folder: Path = FOLDER) -> None:
    """Keep `tensors` under `name`, beside what `said` states, the versions and the checksum."""
    from safetensors.torch import save as serialise

    content = serialise({key: value.contiguous() for key, value in tensors.items()})
    stated = {**said, "versions": versions(), "sha256": sha256(content).hexdigest()}
    (folder / f"{name}.safetensors").write_bytes(content)
    (folder / f"{name}.json").write_text(json.dumps(stated, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def versions() -> dict[str, str]:
    """The versions that a measured number may depend on."""
    libraries = ("torch", "numpy", "scikit-learn", "scikit-image")
    return {"python": platform.python_version(), **{library: version(library) for library in libraries}}


def _missing(name: str) -> FileNotFoundError:
    return FileNotFoundError(f"there is no convnotes/experiments/weights/{name}.safetensors; scripts/train makes it")


def _damaged(name: str, kind: str) -> ValueError:
    return ValueError(f"convnotes/experiments/weights/{name}.{kind} is damaged; scripts/train {name} makes it again")
