"""A torch model from `FILE.py:NAME`, or one sentence about why there is none."""

from __future__ import annotations

import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from convnotes.tracing.errors import TraceError, first_sentence
from convnotes.tracing.places import place


def load(spec: str) -> Any:
    """The module named by `FILE.py:NAME`: itself, or made by calling a class or factory without arguments.

    NAME may be left out where the file defines a single class of module.

    >>> load("nowhere.py:Net")
    Traceback (most recent call last):
        ...
    convnotes.tracing.TraceError: no file 'nowhere.py': give FILE.py:NAME, the path of a Python file and a name in it
    """
    path, _, name = spec.rpartition(":") if ".py:" in spec else (spec, "", "")
    file = Path(path)
    if not file.is_file():
        raise TraceError(f"no file {path!r}: give FILE.py:NAME, the path of a Python file and a name in it")
    module = execute(file)
    return built(found(module, name, file), name or "the model", file)


def execute(file: Path) -> ModuleType:
    """The file run as a module, its own folder importable."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise TraceError(f"{file} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    sys.path.insert(0, str(file.parent.resolve()))
    try:
        spec.loader.exec_module(module)
    except SystemExit as error:
        raise TraceError(f"{file.name} ended by itself (sys.exit) when it was run") from error
    except SyntaxError as error:
        raise TraceError(f"{Path(error.filename or file).name}, line {error.lineno}: {error.msg}") from error
    except Exception as error:
        raise TraceError(f"{file.name} {raised(error)}") from error
    finally:
        sys.path.remove(str(file.parent.resolve()))
    return module


def raised(error: BaseException) -> str:
    """Type, first line and place of an exception.

    >>> raised(ValueError("no\\nwhy"))
    'raised ValueError: no'
    """
    line = place(error)
    text = f"{type(error).__name__}: {first_sentence(error)}" if str(error).strip() else type(error).__name__
    return f"raised {text}" + (f" ({line})" if line else "")


def found(module: ModuleType, name: str, file: Path) -> Any:
    """The object of that name, dots allowed."""
    models = [n for n, v in vars(module).items() if _is_own_model(v, module, nn.Module)]
    if not name:
        if len(models) == 1:
            return getattr(module, models[0])
        raise TraceError(f"{file.name} has {_listed(models)}: say which as {file.name}:NAME")
    here: Any = module
    for part in name.split("."):
        if not hasattr(here, part):
            raise TraceError(f"{file.name} has no {name!r}; it has {_listed(models)}")
        here = getattr(here, part)
    return here


def _is_own_model(value: Any, module: ModuleType, base: type) -> bool:
    if isinstance(value, base):
        return True
    return isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__


def _listed(names: list[str]) -> str:
    return "the models " + ", ".join(names) if names else "no model"


def built(value: Any, name: str, file: Path) -> Any:
    """A module, made by calling `value` where it is a class or a factory."""
    if isinstance(value, nn.Module):
        return value
    if not callable(value):
        raise TraceError(f"{name} in {file.name} is {_kind(value)}, expected a torch.nn.Module, its class or a factory")
    needed = _needed(value)
    if needed:
        raise TraceError(
            f"{name} in {file.name} needs {', '.join(needed)}: write a function without arguments that calls it"
        )
    try:
        model = value()
    except (Exception, SystemExit) as error:
        raise TraceError(f"{name}() in {file.name} {raised(error)}") from error
    if not isinstance(model, nn.Module):
        raise TraceError(f"{name}() in {file.name} returned {_kind(model)}, expected a torch.nn.Module")
    return model


def _kind(value: Any) -> str:
    return "None" if value is None else f"of type {type(value).__name__}"


def _needed(value: Any) -> list[str]:
    """Names of the arguments that have no default."""
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return []
    free = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [p.name for p in parameters if p.default is p.empty and p.kind not in free]
