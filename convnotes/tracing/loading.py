"""A torch model from `FILE.py:NAME` or `package.module:NAME`, or one sentence about why there is none."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

from torch import nn

from convnotes.tracing.errors import TraceError, first_sentence
from convnotes.tracing.places import place

FORMS = "FILE.py:NAME or package.module:NAME"
SAVED = {".bin", ".ckpt", ".h5", ".npz", ".onnx", ".pkl", ".pt", ".pt2", ".pth", ".safetensors"}
"""Endings of files that hold numbers, and no forward in Python."""


def load(spec: str) -> Any:
    """The module named by `FILE.py:NAME` or `package.module:NAME`: itself, or made by calling a class or factory.

    NAME may have arguments and attributes, as `Net(depth=3).backbone`; it may be left out where the file defines a
    single class of module. The working directory can be imported from, and a file in a package is a part of it.

    >>> load("nowhere.py:Net")
    Traceback (most recent call last):
        ...
    convnotes.tracing.TraceError: no file 'nowhere.py': give FILE.py:NAME, the path of a Python file and a name in it
    """
    _importable(Path.cwd())
    place, _, name = _divided(spec)
    if Path(place).suffix.lower() in SAVED:
        holds = f"{Path(place).name} holds saved numbers, as a state dict does, and no forward"
        raise TraceError(f"{holds}: name the code of the model, {FORMS}")
    if place.endswith(".py") or "/" in place or "\\" in place:
        file = Path(place)
        if not file.is_file():
            raise TraceError(f"no file {place!r}: give FILE.py:NAME, the path of a Python file and a name in it")
        module, told = execute(file), file.name
    else:
        module, told = imported(place), place
    return built(found(module, name, told), name or "the model", told)


def _divided(spec: str) -> tuple[str, str, str]:
    """Place and name: parted at the first colon but that of a drive of Windows.

    >>> _divided("net.py:Net(x={1: 2})"), _divided("C:\\\\net.py")
    (('net.py', ':', 'Net(x={1: 2})'), ('C:\\\\net.py', '', ''))
    """
    drive = 2 if re.match(r"[A-Za-z]:[\\/]", spec) else 0
    place, colon, name = spec[drive:].partition(":")
    return spec[:drive] + place, colon, name


def _importable(folder: Path) -> None:
    """Put a folder before all others that are imported from, for as long as the program runs."""
    if str(folder.resolve()) not in sys.path:
        sys.path.insert(0, str(folder.resolve()))


def imported(name: str) -> ModuleType:
    """The module of that dotted name."""
    with _told(f"importing {name}"):
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if error.name is not None and f"{name}.".startswith(f"{error.name}."):
                raise TraceError(f"no module {error.name!r} can be imported from {Path.cwd()}: give {FORMS}") from error
            raise


def execute(file: Path) -> ModuleType:
    """The file run as a module, its own folder importable; as a part of its package where it is in one."""
    parts, folder = [file.stem], file.resolve().parent
    while (folder / "__init__.py").is_file():
        parts, folder = [folder.name, *parts], folder.parent
    _importable(folder)
    with _told(file.name):
        if len(parts) > 1:
            return importlib.import_module(".".join(parts).removesuffix(".__init__"))
        try:
            return _run(file)
        except ImportError as error:
            if "no known parent package" not in str(error):
                raise
            _importable(folder.parent)  # a package without __init__.py
            return importlib.import_module(f"{folder.name}.{file.stem}")


def _run(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise TraceError(f"{file} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Whatever goes wrong while a file is run, as one sentence about it."""
    try:
        yield
    except SystemExit as error:
        raise TraceError(f"{name} ended by itself (sys.exit) when it was run") from error
    except SyntaxError as error:
        raise TraceError(f"{Path(error.filename or name).name}, line {error.lineno}: {error.msg}") from error
    except TraceError:
        raise
    except Exception as error:
        raise TraceError(f"{name} {raised(error)}") from error


def raised(error: BaseException) -> str:
    """Type, first line and place of an exception.

    >>> raised(ValueError("no\\nwhy"))
    'raised ValueError: no'
    """
    line = place(error)
    text = f"{type(error).__name__}: {first_sentence(error)}" if str(error).strip() else type(error).__name__
    return f"raised {text}" + (f" ({line})" if line else "")


def found(module: ModuleType, name: str, told: str) -> Any:
    """The object of that name, with arguments and attributes allowed."""
    models = [n for n, v in vars(module).items() if _is_own_model(v, module, nn.Module)]
    if not name:
        if len(models) == 1:
            return getattr(module, models[0])
        raise TraceError(f"{told} has {_listed(models)}: say which as {told}:NAME")
    try:
        tree = ast.parse(name, mode="eval").body
    except SyntaxError:
        raise TraceError(f"a model is NAME, NAME(argument=value) or NAME.attribute, got {name!r}") from None
    return _value(tree, module, told, models)


def _value(node: ast.expr, module: ModuleType, told: str, models: list[str]) -> Any:
    """What a name, an attribute or a call stands for."""
    text = ast.unparse(node)
    if isinstance(node, ast.Name):
        if not hasattr(module, text):
            raise TraceError(f"{told} has no {text!r}; it has {_listed(models)}")
        return getattr(module, text)
    if isinstance(node, ast.Attribute):
        owner = _value(node.value, module, told, models)
        if not hasattr(owner, node.attr) and not isinstance(owner, (nn.Module, ModuleType)) and callable(owner):
            owner = built(owner, ast.unparse(node.value), told)  # of what the class makes
        if not hasattr(owner, node.attr):
            has = [n for n, _ in owner.named_children()] if isinstance(owner, nn.Module) else models
            raise TraceError(
                f"{ast.unparse(node.value)} in {told} has no {node.attr!r}; it has {', '.join(has) or 'no modules'}"
            )
        return getattr(owner, node.attr)
    if isinstance(node, ast.Call):
        made = _value(node.func, module, told, models)
        return _called(partial(_call, made, node, module), text, told)
    raise TraceError(f"a model is NAME, NAME(argument=value) or NAME.attribute, got {text!r}")


def _call(made: Any, node: ast.Call, module: ModuleType) -> Any:
    """Call with the arguments of a text, which may use the names of the module."""
    names = {"__made": made} | vars(module)
    call = ast.Expression(ast.Call(ast.Name("__made", ast.Load()), node.args, node.keywords))
    return eval(compile(ast.fix_missing_locations(call), "<command line>", "eval"), names)


def _called(make: Callable[[], Any], text: str, told: str) -> Any:
    try:
        return make()
    except (Exception, SystemExit) as error:
        raise TraceError(f"{text} in {told} {raised(error)}") from error


def _is_own_model(value: Any, module: ModuleType, base: type) -> bool:
    if isinstance(value, base):
        return True
    return isinstance(value, type) and issubclass(value, base) and value.__module__ == module.__name__


def _listed(names: list[str]) -> str:
    return "the models " + ", ".join(names) if names else "no model"


def built(value: Any, name: str, told: str) -> Any:
    """A module, made by calling `value` where it is a class or a factory."""
    if isinstance(value, nn.Module):
        return value
    if not callable(value):
        hint = ": a state dict has no forward" if isinstance(value, dict) else ""
        raise TraceError(
            f"{name} in {told} is {_kind(value)}, expected a torch.nn.Module, its class or a factory{hint}"
        )
    needed = _needed(value)
    if needed:
        like = ", ".join(f"{n}=…" for n in needed)
        raise TraceError(f"{name} in {told} needs {', '.join(needed)}: give them as '{name}({like})'")
    model = _called(value, f"{name}()", told)
    if not isinstance(model, nn.Module):
        raise TraceError(f"{name}() in {told} returned {_kind(model)}, expected a torch.nn.Module")
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
