"""A copy of the user's model to run: same structure, evaluation mode, its numbers left behind or copied."""

from __future__ import annotations

import copy
import sys
import warnings
from collections import OrderedDict
from collections.abc import Collection, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import torch
from torch import nn
from torch.nn.modules import module as registry
from torch.nn.parameter import is_lazy

from convnotes.tracing.errors import TraceError, first_sentence

DEEPEST = 2000  # levels of modules in modules; Python's own stack has room for as many
USUAL = 50  # levels that fit the usual limit
FRAMES = 10  # calls from one level to the next: of a copy six, of a forward with hooks four
HOOKS = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")


def model_copy(model: nn.Module, device: str, stand_ins: dict[int, torch.Tensor] | None = None) -> nn.Module:
    """The copy in evaluation mode. On device meta, parameters and floating-point buffers carry no numbers.

    stand_ins: what takes the place of tensors of the model, by their identity.
    Integer, boolean and infinite buffers keep theirs, for they may be indices and masks. Hooks that are not part of the
    model stay behind, see `uncalled`. Nothing of `model` is written, now or later.
    """
    _check_kind(model)
    memo = _tensors(model, device, stand_ins or {})
    try:
        _leave_hooks(model, memo)
        return copy.deepcopy(model, memo).eval()
    except (Exception, SystemExit) as error:
        raise TraceError(
            f"{type(model).__name__} cannot be copied ({first_sentence(error)}), and only a copy is traced"
        ) from error


def _check_kind(model: nn.Module) -> None:
    """Refuse what has no modules to follow, or no parameters yet."""
    name = type(model).__name__
    if any(isinstance(m, torch.jit.ScriptModule) for m in model.modules()):
        raise TraceError(f"{name} is compiled by torch.jit, which hides its operations: trace what it was made from")
    if packed := next((n or name for n, m in model.named_modules() if _is_quantised(m)), ""):
        raise TraceError(f"{packed} is quantised, which hides its weights: trace the model as it was before that")
    if any(is_lazy(p) for p in (*model.parameters(), *model.buffers())):
        raise TraceError(f"{name} has lazy modules without parameters yet: run it once, then trace it")


def _is_quantised(module: nn.Module) -> bool:
    """Whether a module is one of torch's that hold packed integers; those of training with rounding are not, nor is
    the sum of a network that is made to be quantised later."""
    parts, name = type(module).__module__.split("."), type(module).__name__
    return parts[0] == "torch" and "quantized" in parts and not name.endswith("FloatFunctional")


def _tensors(model: nn.Module, device: str, stand_ins: dict[int, torch.Tensor]) -> dict[int, Any]:
    """What stands in the copy for tensors of the model, by their identity."""
    memo: dict[int, Any] = {}
    for t in (v for m in model.modules() for v in vars(m).values() if isinstance(v, torch.Tensor) and not v.is_leaf):
        memo[id(t)] = t.detach().to(
            device, copy=True
        )  # what a hook computes anew in each forward; torch copies only leaves
    for t in (v for v in (*model.parameters(), *model.buffers()) if id(v) not in stand_ins):
        if device == "meta" and (t.is_floating_point() or t.is_complex()) and not _is_mask(t):
            memo[id(t)] = _empty(t)
        elif t.device.type == "meta" and device != "meta":
            raise TraceError(
                "the model's parameters lie on the meta device, and its forward needs numbers: load it on the CPU"
            )
        elif t.device.type not in ("cpu", "meta"):
            memo[id(t)] = same_kind(t.detach().cpu(), t)
    return memo | stand_ins


def _leave_hooks(model: nn.Module, memo: dict[int, Any]) -> None:
    """Enter dictionaries of the modules in the memo: those of hooks without strangers, and empty ones, to save time."""
    modules, kept = set(model.modules()), []
    for name, value in ((n, v) for m in modules for n, v in vars(m).items() if type(v) in (dict, OrderedDict)):
        if not value:
            memo[id(value)] = type(value)()
        elif name in HOOKS and any(is_stranger(hook, modules) for hook in value.values()):
            memo[id(value)] = OrderedDict()
            kept.append((memo[id(value)], {k: hook for k, hook in value.items() if not is_stranger(hook, modules)}))
    for new, hooks in kept:
        new.update(copy.deepcopy(hooks, memo))


def uncalled(model: nn.Module) -> str:
    """How many forward hooks tracing does not call, and why, as half a sentence; empty where there are none.

    A hook may write anywhere, so only those are called that belong to the model: methods of its own modules, and what
    torch puts there itself, such as weight normalisation and pruning.
    """
    modules = set(model.modules())
    hooks = (hook for m in modules for name in HOOKS[:2] for hook in getattr(m, name).values())
    count = sum(is_stranger(hook, modules) for hook in hooks)
    are = "hook is" if count == 1 else "hooks are"
    return f"{count} forward {are} not called, for a hook may write anywhere" if count else ""


def is_stranger(hook: Any, modules: Collection[nn.Module]) -> bool:
    """Whether a hook is neither torch's own nor a method of one of the modules."""
    owner = getattr(hook, "__self__", None)
    return not (owner in modules if isinstance(owner, nn.Module) else type(hook).__module__.startswith("torch."))


def _is_mask(t: torch.Tensor) -> bool:
    return not isinstance(t, nn.Parameter) and t.device.type == "cpu" and bool(t.isinf().any())


def _empty(t: torch.Tensor) -> torch.Tensor:
    return same_kind(torch.empty_strided(t.size(), t.stride(), dtype=t.dtype, device="meta"), t)


def same_kind(new: torch.Tensor, old: torch.Tensor) -> torch.Tensor:
    """A parameter where the old tensor is one."""
    return nn.Parameter(new, old.requires_grad) if isinstance(old, nn.Parameter) else new


@contextmanager
def deep(model: nn.Module) -> Iterator[None]:
    """Room on Python's stack for a model whose modules stand in each other hundreds of levels deep, for a while.

    Torch calls, copies and lists modules from within each other. Raises TraceError above `DEEPEST` levels.
    """
    limit, levels = sys.getrecursionlimit(), _levels(model)
    if levels > DEEPEST:
        raise TraceError(f"{type(model).__name__} has modules in modules more than {DEEPEST} levels deep")
    sys.setrecursionlimit(max(limit, limit + FRAMES * (levels - USUAL)))
    try:
        yield
    finally:
        sys.setrecursionlimit(limit)


def _levels(model: nn.Module) -> int:
    """How many levels of modules there are below the model, counted no further than one beyond `DEEPEST`."""
    level, levels = {model}, 0
    while level and levels <= DEEPEST:
        level = {part for module in level for part in module._modules.values() if part is not None}
        levels += bool(level)
    return levels


def _eager() -> AbstractContextManager[Any]:
    """What was compiled is run as it is written, where anything was; else the compiler, slow to import, stays away."""
    return torch.compiler.set_stance("force_eager") if "torch._dynamo" in sys.modules else nullcontext()


@contextmanager
def quiet() -> Iterator[None]:
    """Torch's global state set for a while and set back: no fused attention, no global hooks, random state kept."""
    fused, state = torch.backends.mha.get_fastpath_enabled(), torch.get_rng_state()
    hooks = [(d, dict(d)) for d in (registry._global_forward_hooks, registry._global_forward_pre_hooks)]
    torch.backends.mha.set_fastpath_enabled(False)
    for everywhere, _ in hooks:
        everywhere.clear()
    try:
        with warnings.catch_warnings(), _eager():
            warnings.simplefilter("ignore")  # the model's own run shows them, once
            yield
    finally:
        torch.backends.mha.set_fastpath_enabled(fused)
        torch.set_rng_state(state)
        for everywhere, those in hooks:
            everywhere.update(those)
