"""What Python asks of a tensor while a model runs: on which device it lies, and its numbers.

Between the operations that a trace follows, a forward is Python. Where it reads the numbers of a tensor, it may do with
them what it likes, out of sight: from there on everything may depend on all that was read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.overrides import TorchFunctionMode

from convnotes.tracing.recurrent import RECURRENT
from convnotes.tracing.sizes import named

MEMORY = named("__dlpack__ __reduce_ex__ _typed_storage data_ptr storage typed_storage untyped_storage")
"""Methods that give the memory of a tensor to Python, which on meta there is none of."""
READERS = MEMORY | named("""
    __array__ __bool__ __complex__ __contains__ __float__ __format__ __index__ __int__ __repr__ item numpy tolist
""")
"""Methods that give the numbers of a tensor, or its memory, to Python."""
MAKERS = named("as_tensor asarray new_tensor tensor")
"""Functions that read the numbers of the tensors in a list."""
DEVICE: dict[str, Any] = {"device": torch.device("cpu"), "is_cpu": True, "is_meta": False}
"""What a tensor on meta says of its device: the model is to run as it does on the CPU."""


class Python(TorchFunctionMode):
    """Tells `read` which tensors Python reads the numbers of; leaves recurrent layers to `recurrent`."""

    def __init__(
        self, read: Callable[[list[torch.Tensor]], None], recurrent: Callable[[Any, Sequence[Any]], Any]
    ) -> None:
        super().__init__()
        self.read, self.recurrent = read, recurrent

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: dict[str, Any] | None = None) -> Any:
        """Run one torch function."""
        name = getattr(func, "__name__", "")
        if name == "__get__":
            asked = getattr(func.__self__, "__name__", "")
            if asked in DEVICE and args[0].device.type == "meta":
                return DEVICE[asked]
        elif name in READERS:
            self._note(name, args)
        elif name in MAKERS:
            self.read(_inside([v for v in (*args, *(kwargs or {}).values()) if isinstance(v, (list, tuple))]))
        elif name in ("__getitem__", "__setitem__"):
            args = (args[0], _indices(args[1]), *args[2:])
        elif name in RECURRENT and not kwargs:
            return self.recurrent(func, args)
        elif name == "__deepcopy__":
            return args[1].setdefault(id(args[0]), args[0].clone())  # torch copies the memory, which is not followed
        try:
            return func(*args, **(kwargs or {}))
        except (RuntimeError, ValueError) as error:
            if "device" not in str(error) or not any(t.device.type == "meta" for t in _inside(args)):
                raise
            return func(*map(_on_meta, args), **{k: _on_meta(v) for k, v in (kwargs or {}).items()})

    def _note(self, name: str, args: Any) -> None:
        if name in MEMORY and args[0].device.type == "meta":
            raise NotImplementedError(f"{name} asks for the memory of a tensor on the meta device")
        self.read([t for t in args if isinstance(t, torch.Tensor)])


def _on_meta(value: Any) -> Any:
    """A constant that lies on the CPU, as it is to, among tensors on meta."""
    cpu = isinstance(value, torch.Tensor) and value.device.type != "meta"
    return torch.empty_like(value, device="meta") if cpu else value


def _indices(index: Any) -> Any:
    """An index with tensors in place of lists of numbers, which torch would put on the indexed tensor's device."""
    if isinstance(index, tuple):
        return tuple(_indices(list(i) if isinstance(i, tuple) else i) for i in index)
    if isinstance(index, np.ndarray) and index.ndim and index.dtype.kind in "iub":
        return torch.from_numpy(index)
    flat = isinstance(index, list) and index and all(isinstance(i, (int, np.integer)) for i in index)
    return torch.tensor(index) if flat else index


def _inside(values: Any) -> list[torch.Tensor]:
    """Tensors in lists in lists."""
    if isinstance(values, torch.Tensor):
        return [values]
    return [t for v in values for t in _inside(v)] if isinstance(values, (list, tuple)) else []
