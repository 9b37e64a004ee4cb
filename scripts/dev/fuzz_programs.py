# ruff: noqa: E501  (each operation stands on a line of its own)
"""Random programs of torch operations, each a few lines of Python on values v0, v1, …, for fuzz.py."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import CodeType
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

LARGEST = 600
"""Most elements of a value."""
TRIES = 40

Draw = random.Random
Make = Callable[[Draw, list[torch.Tensor], "Program"], str]


@dataclass
class Program:
    """Lines of a forward, and the shapes of its constants. size: of the input, without the batch."""

    size: tuple[int, ...]
    lines: list[str] = field(default_factory=list)
    weights: list[tuple[int, ...]] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)

    def weight(self, *shape: int) -> str:
        """The name of a new parameter."""
        self.weights.append(shape)
        return f"p[{len(self.weights) - 1}]"

    def code(self) -> str:
        """A function `forward` of parameters and input that gives the last value."""
        body = "".join(f"    {line}\n" for line in self.lines)
        return f"def forward(p, v0):\n{body}    return v{len(self.lines)}\n"

    def __str__(self) -> str:
        """The program, to be read."""
        return f"# input {self.size}, parameters {self.weights}\n{self.code()}"


class Net(nn.Module):
    """A program as a module; every parameter is drawn anew from its place in the program."""

    def __init__(self, program: Program) -> None:
        super().__init__()
        self.p = nn.ParameterList()
        for i, shape in enumerate(program.weights):
            self.p.append(parameter(i, shape))
        self.body = compiled(program.code())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Run the program."""
        out: torch.Tensor = self.body(self.p, x)
        return out


@lru_cache(4096)
def parameter(i: int, shape: tuple[int, ...]) -> nn.Parameter:
    """The parameter at a place in a program; no line writes into one."""
    noise = torch.Generator().manual_seed(100 + i)
    return nn.Parameter(torch.rand(shape, generator=noise, dtype=torch.float64) - 0.4)


def helpers() -> dict[str, Any]:
    """The names that a line may use beside values and parameters."""
    return {"torch": torch, "F": F, "np": np, "recur": recur, "loop": loop, "steps": steps}


def compiled(code: str) -> Callable[..., Any]:
    """The function `forward` of a text."""
    names = helpers()
    exec(compile(code, "program.py", "exec"), names)
    made: Callable[..., Any] = names["forward"]
    return made


def loop(v: torch.Tensor, d: int, times: int) -> torch.Tensor:
    """A few rounds."""
    for _ in range(times):
        v = torch.sin(v) + v.roll(1, d)
    return v


def steps(v: torch.Tensor, d: int) -> torch.Tensor:
    """A recurrence written by hand."""
    state, out = v.select(d, 0) * 0, []
    for i in range(v.shape[d]):
        state = state * 0.5 + v.select(d, i)
        out.append(state)
    return torch.stack(out, d)


def recur(kind: str, x: torch.Tensor, weights: list[torch.Tensor], both: bool) -> torch.Tensor:
    """A recurrent layer of torch on (time, batch, features)."""
    hidden = weights[1].shape[1]
    state = torch.zeros(1 + both, x.shape[1], hidden, dtype=x.dtype)
    given = (state, state) if kind == "lstm" else state
    out: torch.Tensor = getattr(torch, kind)(x, given, weights, False, 1, 0.0, False, both, False)[0]
    return out


ONE = {  # name: template; those with a star choose
    "slice": "V.narrow({d}, {j}, {n} - {j} - {k})",
    "step": "V[..., {j}::{k}]",
    "crop": "V[:, :, {j}:-{k}]",
    "select": "V.select({d}, {j})",
    "transpose": "V.transpose({d}, {e})",
    "reverse": "V.permute(*range(V.dim())[::-1])",
    "flip": "V.flip({d})",
    "roll": "V.roll({s}, {d})",
    "flatten": "V.flatten({d})",
    "rows": "V.reshape(V.shape[0], -1)",
    "halves": "V.unflatten({d}, (-1, {k}))",
    "pairs": "V.reshape(*V.shape[:-1], -1, {k})",
    "unsqueeze": "V.unsqueeze({d})",
    "squeeze": "V.squeeze()",
    "expand": "V.unsqueeze({d}).expand(*V.shape[:{d}], {k}, *V.shape[{d}:])",
    "windows": "V.unfold({d}, {k}, {k})",
    "overlapping windows": "V.unfold({d}, 3, {k})",
    "diagonal": "V.diagonal({s}, -2, -1)",
    "chunk": "V.chunk(2, {d})[{j} % 2]",
    "split": "V.split({k}, {d})[-1]",
    "unbind": "torch.stack(V.unbind({d}), {e})",
    "swap": "V.movedim({d}, {e})",
    "strided": "V.as_strided((V.numel() // 2, 2), (1, 1))",
    "transposed copy": "V.mT.contiguous()",
    "complex": "torch.view_as_real(torch.view_as_complex(V.unflatten(-1, (-1, 2)).contiguous()))",
    "sum": "V.sum({d})",
    "mean": "V.mean({d}, keepdim=True)",
    "total": "V.mean()",
    "product": "V.prod({d})",
    "spread": "V.std({d})",
    "normed": "V / (V.norm(dim={d}, keepdim=True) + 1)",
    "softmax": "V.softmax({d})",
    "log sum": "V.logsumexp({d}, keepdim=True)",
    "running sum": "V.cumsum({d})",
    "centred": "V - V.mean({d}, keepdim=True)",
    "scaled": "V * 1.5 + 0.25",
    "sine": "torch.sin(V)",
    "sigmoid": "torch.sigmoid(V)",
    "square": "V ** 2",
    "squared": "V * V",
    "copy": "V.clone()",
    "deep copy": "__import__('copy').deepcopy(V)",
    "pad": "F.pad(V, ({j}, {k}))",
    "pad both": "F.pad(V, ({k}, {j}, {j}, {k}))",
    "cut": "F.pad(V, (-{j}, {k}))",
    "reflect": "F.pad(V, ({j}, {k}), mode='reflect')",
    "replicate": "F.pad(V, ({k}, {j}), mode='replicate')",
    "circular": "F.pad(V, ({k}, {j}), mode='circular')",
    "average": "F.avg_pool2d(V, ({k}, 2), ({j} + 1, {k}))",
    "average along": "F.avg_pool1d(V, {k}, {j} + 1, ceil_mode=True)",
    "adaptive": "F.adaptive_avg_pool1d(V, {k})",
    "adaptive map": "F.adaptive_avg_pool2d(V, ({k}, 2))",
    "nearest": "F.interpolate(V, scale_factor={k} * 0.75 + 0.3)",
    "nearest exact": "F.interpolate(V, scale_factor={k} + 0.4, mode='nearest-exact')",
    "columns": "F.unfold(V, ({k}, 2), padding={j}, stride={k})",
    "columns and back": "F.fold(F.unfold(V, 2), V.shape[2:], 2)",
    "shuffle": "F.pixel_shuffle(V.repeat(1, 4, 1, 1), 2)",
    "unshuffle": "F.pixel_unshuffle(V[..., : V.shape[-2] // 2 * 2, : V.shape[-1] // 2 * 2], 2)",
    "repeat": "V.repeat(*[1] * (V.dim() - 1), {k})",
    "tile": "V.tile({k}, 1)",
    "interleave": "V.repeat_interleave({k}, {d})",
    "index": "V.index_select({d}, torch.tensor([{j}, 0, {j}]))",
    "list": "V[:, [0, {j} % V.shape[1]]]",
    "arange": "V[..., torch.arange(V.shape[-1] - 1, -1, -{k})]",
    "two lists": "V[:, [0, -1], [{j}, 0]]",
    "array": "V[:, np.array([0, -1, 0])]",
    "norm of layers": "F.layer_norm(V, V.shape[-1:])",
    "norm of groups": "F.group_norm(V, 1)",
    "norm of instances": "F.instance_norm(V)",
    "fourier": "torch.fft.rfft(V, dim={d}).abs()",
    "fourier and back": "torch.fft.irfft(torch.fft.rfft(V, dim={d}), dim={d})",
    "triangle": "torch.tril(V)",
    "self attention": "F.scaled_dot_product_attention(V, V, V)",
    "causal attention": "F.scaled_dot_product_attention(V, V, V, is_causal=True)",
    "gram": "V @ V.mT",
    "einsum of itself": "torch.einsum('...ij,...kj->...ik', V, V)",
    "distances": "torch.cdist(V, V)",
    "outer": "torch.outer(V.flatten()[:4], V.flatten()[-3:])",
    "dot": "torch.dot(V.flatten()[:4], V.flatten()[-4:])",
    "loop": "loop(V, {d}, {k})",
    "loop over steps": "steps(V, {d})",
    "sum of a list": "sum(V.unbind({d}))",
    "relu*": "F.relu(V - 0.3)",
    "clamp*": "V.clamp(0.2, 0.6)",
    "sign*": "torch.where(V > 0.4, V, -V)",
    "maximum*": "V.amax({d}, keepdim=True)",
    "maximum and place*": "V.max({d})[0]",
    "median*": "V.median({d})[0]",
    "running maximum*": "V.cummax({d})[0]",
    "sort*": "V.sort({d})[0]",
    "largest*": "V.topk({k}, {d})[0]",
    "place*": "V.argmax({d}).to(V.dtype)",
    "rank*": "V.argsort({d}).to(V.dtype)",
    "pool*": "F.max_pool2d(V, ({k}, 2), {j} + 1)",
    "pool along*": "F.max_pool1d(V, {k} + 1, {j} + 1, ceil_mode=True)",
    "unpool*": "F.max_unpool1d(*F.max_pool1d(V, 2, return_indices=True), 2)",
    "rounded*": "torch.round(V * 3)",
    "hot*": "F.one_hot(V.argmax({d}), V.shape[{d}]).to(V.dtype)",
    "gather*": "V.gather({d}, V.argsort({d}))",
    "along*": "torch.take_along_dim(V, V.argmax({d}, keepdim=True), {d})",
    "quantile*": "torch.quantile(V, 0.3, dim={d})",
    "histogram*": "torch.histc(V, 4)",
    "bins*": "torch.bucketize(V, torch.linspace(0, 1, 4, dtype=V.dtype)).to(V.dtype)",
    "filled*": "V.masked_fill(V > 0.5, 0.1)",
    "compared*": "(V > V.roll(1, {d})).to(V.dtype)",
    "scatter*": "torch.zeros_like(V).scatter_add({d}, V.argsort({d}), V)",
    "numpy*": "torch.from_numpy(V.numpy() * 2)",
    "numpy sort*": "torch.from_numpy(np.sort(np.asarray(V), {d}))",
    "list of Python*": "torch.tensor(V.tolist(), dtype=V.dtype)",
    "item*": "V * V.flatten()[{j}].item()",
    "item of all*": "V / (1 + V.abs().max().item())",
    "float*": "V + float(V.mean())",
    "branch*": "torch.sin(V) if bool(V.sum() > 2) else torch.cos(V)",
    "other branch*": "V if V.flatten()[0] > 0.5 else v0",
    "where it is*": "V.narrow({d}, int(V.flatten()[:2].argmax()), V.shape[{d}] - 1)",
    "how many*": "V * (1 + len(torch.nonzero(V > 0.5)))",
    "masked*": "V + V[V > 0.4].sum()",
    "masked shape*": "V + V[V > 0.4].shape[0]",
    "unique*": "V * torch.unique((V * 3).round()).shape[0]",
    "text*": "V * float(f'{{V.mean():.4f}}')",
    "old constructor*": "V * torch.Tensor([V.mean()]).to(V.dtype)",
    "list of numbers*": "V * torch.tensor([V.sum(), V.mean()], dtype=V.dtype)[0]",
    "range of items*": "sum(V * i for i in range(1 + int(V.mean() > 0.5)))",
    "sorted numbers*": "V + sorted(V.flatten()[:3])[0]",
    "equal*": "V + torch.equal(V, V.round())",
    "memory*": "V + sum(V.flatten()[-2:].clone().untyped_storage().tolist()) % 7",
    "pickled*": "__import__('pickle').loads(__import__('pickle').dumps(V))",
}

OPERATIONS: dict[str, Make] = {}
CHOOSES: set[str] = set()
"""Operations that choose or clip, so that NaN and dependence part; their names end in a star below."""


def enter(name: str, make: Make) -> None:
    """Enter an operation under its name."""
    OPERATIONS[name.rstrip("*")] = make
    if name.endswith("*"):
        CHOOSES.add(name.rstrip("*"))


def pick(r: Draw, values: list[torch.Tensor], ndim: int | None = None) -> int:
    """The number of a value, the newer the likelier; IndexError where none fits."""
    good = [i for i, v in enumerate(values) if v.dim() and v.is_floating_point() and ndim in (None, v.dim())]
    return good[-1] if r.random() < 0.6 else r.choice(good)


def dim(r: Draw, v: torch.Tensor) -> int:
    """A dimension, mostly not the batch."""
    return r.randrange(1 if v.dim() > 1 and r.random() < 0.9 else 0, v.dim())


def one(template: str) -> Make:
    """An operation of one value V; d and e are dimensions, n the length along d, and j, k, s small numbers."""

    def make(r: Draw, values: list[torch.Tensor], program: Program) -> str:
        i = pick(r, values)
        v, d = values[i], dim(r, values[i])
        small = {"j": r.randint(0, 2), "k": r.randint(1, 3), "s": r.choice([-2, -1, 1, 2])}
        return template.format(d=d, e=dim(r, v), n=v.shape[d], **small).replace("V", f"v{i}")

    return make


def two(template: str) -> Make:
    """An operation of two values V and W, cut to the shape that both have."""

    def make(r: Draw, values: list[torch.Tensor], program: Program) -> str:
        i = pick(r, values)
        j = pick(r, values, values[i].dim())
        shape = [min(n, m) for n, m in zip(values[i].shape, values[j].shape, strict=True)]
        at = ", ".join(f":{n}" for n in shape)
        return (
            template.format(d=dim(r, values[i]), k=r.randint(1, 2))
            .replace("V", f"v{i}[{at}]")
            .replace("W", f"v{j}[{at}]")
        )

    return make


def written(template: str) -> Make:
    """A statement that writes into value X, or into a view of it, from a value V of the same number of dimensions."""

    def make(r: Draw, values: list[torch.Tensor], program: Program) -> str:
        i = pick(r, values)
        j = pick(r, values, values[i].dim())
        shape = [min(n, m) for n, m in zip(values[i].shape, values[j].shape, strict=True)]
        at = ", ".join(f":{n}" for n in shape)
        target = f"v{i}" if i else "v0.clone()"
        text = template.format(d=dim(r, values[i]), k=r.randint(1, 2), j=r.randint(0, 1))
        text = text.replace("AT", at).replace("V", f"v{j}")
        return (
            f"{target}; "
            + text.replace("X", f"v{len(program.lines) + 1}")
            + f"; v{len(program.lines) + 1} = "
            + r.choice([f"v{len(program.lines) + 1}", f"v{i} * 1", f"v{len(program.lines) + 1} * 1"])
        )

    return make


TWO = {
    "add": "V + W", "subtract": "V - W", "multiply": "V * W", "divide": "V / (W.abs() + 1)", "mixed": "torch.lerp(V, W, 0.3)",
    "side by side": "torch.cat([V, W], {d})", "stacked": "torch.stack([V, W], {d})", "product": "V @ W.mT",
    "einsum": "torch.einsum('...i,...i->...', V, W)", "einsum of all": "torch.einsum('...ij,...kj->...ik', V, W)",
    "attention": "F.scaled_dot_product_attention(V, W, W)", "distance": "torch.cdist(V, W)",
    "added product": "torch.addcmul(V, V, W, value=0.5)", "outer sum": "V.unsqueeze(-1) + W.unsqueeze(-2)",
    "outer product": "V.unsqueeze(-1) * W.unsqueeze(-2)", "dot of rows": "(V * W).sum(-1)", "hypot": "torch.hypot(V, W)",
    "larger*": "torch.maximum(V, W)", "chosen*": "torch.where(V > W, V, W)", "compared values*": "(V > W).to(V.dtype)",
    "gate": "V * torch.sigmoid(W.mean({d}, keepdim=True))", "put*": "V.masked_scatter(V > 0.5, W)",
    "gathered*": "V.gather({d}, W.argsort({d}))", "block diagonal": "torch.block_diag(V.flatten(0, -2), W.flatten(0, -2))",
    "kron": "torch.kron(V, W)", "cosine": "F.cosine_similarity(V, W, dim={d})", "vector": "V.flatten(0, -2) @ W.flatten()[: V.shape[-1]]",
}  # fmt: skip
WRITES = {
    "write": "X[AT] = V[AT]", "write a step": "X[..., ::2] = V[..., : (X.shape[-1] + 1) // 2]",
    "write a row": "X.select({d}, {j}).copy_(V.select({d}, 0))", "add in place": "X[AT] += V[AT] * 0.5",
    "scale in place": "X[..., {k}:] *= 0.5", "sine in place": "X.sin_()", "fill": "X[..., :{k}] = 0.25",
    "write through a view": "X.transpose({d}, -1)[..., {j}:].mul_(V.sum() * 0.1)", "write flat": "X.view(-1)[{k}:].add_(V.mean())",
    "write on the diagonal": "X.diagonal({j}, -2, -1).mul_(V.mean())", "add to windows": "X.unfold({d}, 2, 2).add_(V.sum() * 0.1)",
    "zero": "X.narrow({d}, {j}, {k}).zero_()", "put by index": "X.index_copy_({d}, torch.tensor([{j}]), V.narrow({d}, 0, 1))",
    "put by numbers": "X[:, torch.tensor([0])] = V[:, :1]", "masked write*": "X[X > 0.5] = 0.1", "put values*": "X.masked_fill_(X > 0.6, 0.2)",
    "write of a number*": "X[..., {j}] = float(V.mean())", "numpy write*": "X.detach().numpy().__setitem__((..., {j}), np.asarray(V).mean())",
    "shared with numpy*": "a = X.numpy(); X[AT] = V[AT]; a *= 2", "out of numpy*": "X.copy_(torch.from_numpy(np.asarray(X) + 1))",
}  # fmt: skip


def weighted(kind: str) -> Make:
    """An operation of one value and new parameters."""

    def make(r: Draw, values: list[torch.Tensor], program: Program) -> str:
        axes = r.choice([1, 2])
        i = pick(r, values, axes + 2 if kind.startswith("conv") else None)
        v = values[i]
        c, k = v.shape[1] if v.dim() > 1 else 1, [r.randint(1, 3) for _ in range(axes)]
        p, q, s = r.randint(0, 2), r.randint(1, 2), r.randint(1, 2)
        w = program.weight
        return {
            "convolution": lambda: f"F.conv{axes}d(v{i}, {w(2, c, *k)}, padding={p}, stride={s}, dilation={q})",
            "convolution by channel": lambda: f"F.conv{axes}d(v{i}, {w(c, 1, *k)}, {w(c)}, groups={c}, padding={p})",
            "convolution back": lambda: f"F.conv_transpose{axes}d(v{i}, {w(c, 2, *k)}, stride={s}, dilation={q})",
            "linear": lambda: f"F.linear(v{i}, {w(3, v.shape[-1])}, {w(3)})",
            "linear of channels": lambda: f"torch.einsum('bc...,oc->bo...', v{i}, {w(2, c)})",
            "by a vector": lambda: f"v{i} @ {w(v.shape[-1])}",
            "by a matrix": lambda: f"{w(3, v.shape[-2] if v.dim() > 1 else 1)} @ v{i}",
            "bilinear": lambda: f"F.bilinear(v{i}, v{i}, {w(2, v.shape[-1], v.shape[-1])})",
            "added vector": lambda: f"torch.addmv({w(v[..., 0].numel())}, v{i}.flatten(0, -2), {w(v.shape[-1])})",
            "batch sum": lambda: f"torch.addbmm({w(v.shape[-2], 2)}, v{i}.flatten(0, -3), {w(v[..., 0, 0].numel(), v.shape[-1], 2)})",
            "rank one": lambda: f"torch.addr({w(3, v.numel())}, {w(3)}, v{i}.flatten())",
            "positions": lambda: f"v{i} + {w(*v.shape[1:])}",
            "norm of the batch": lambda: f"F.batch_norm(v{i}, {w(c)} * 0, {w(c)} ** 2 + 1)",
            "sampled*": lambda: f"F.grid_sample(v{i}, {w(1, 3, 3, 2)})",
            "recurrent": lambda: _recurrent(r, i, v, program),
        }[kind]()  # fmt: skip

    return make


def _recurrent(r: Draw, i: int, v: torch.Tensor, program: Program) -> str:
    kind, both, n = r.choice(["lstm", "gru", "rnn_tanh"]), r.random() < 0.5, {"lstm": 8, "gru": 6, "rnn_tanh": 2}
    shapes = [(n[kind], v.shape[-1]), (n[kind], 2)] * (1 + both)
    weights = ", ".join(program.weight(*shape) for shape in shapes)
    return f"recur('{kind}', v{i}.flatten(0, -3).transpose(0, 1), [{weights}], {both})"


for _table, _made in ((ONE, one), (TWO, two), (WRITES, written)):
    for _name, _template in _table.items():
        enter(_name, _made(_template))
for _name in ("convolution", "convolution by channel", "convolution back", "linear", "linear of channels", "by a vector",
              "by a matrix", "bilinear", "added vector", "batch sum", "rank one", "positions", "norm of the batch",
              "sampled*", "recurrent"):  # fmt: skip
    enter(_name, weighted(_name))


def drawn(seed: int) -> Program:
    """The program of a seed: lines that torch takes, one after the other."""
    r = Draw(seed)
    size = (2, r.randint(5, 9), r.randint(5, 8)) if r.random() < 0.6 else (2, r.randint(7, 14))
    program, wanted = Program(size), r.randint(1, 7)
    running, names = Running(program), sorted(OPERATIONS)
    favoured = [n for n in names if n.startswith("convolution")]
    for _ in range(TRIES):
        if len(program.lines) == wanted:
            break
        name, kept = r.choice(favoured if r.random() < 0.25 else names), len(program.weights)
        try:
            program.lines.append(f"v{len(program.lines) + 1} = {OPERATIONS[name](r, running.values, program)}")
            running.step()
            program.kinds.append(name)
        except Exception:  # torch refuses the line, or nothing fits it
            del program.weights[kept:]
            program.lines = program.lines[: len(program.kinds)]
            running = Running(program)  # the line may have written into some value before it failed
    return program


class Running:
    """The values of a program that grows line by line. ValueError where one is none, or too large to be compared."""

    def __init__(self, program: Program) -> None:
        self.program, self.names = program, helpers()
        self.names |= {"v0": picture(program.size), "p": []}
        with torch.no_grad():
            for i, line in enumerate(program.lines):
                self._run(i, line)

    @property
    def values(self) -> list[torch.Tensor]:
        """v0, v1, … as they are now."""
        return [self.names[f"v{i}"] for i in range(len(self.program.lines) + 1)]

    def step(self) -> None:
        """Run the last line, and look at all values: it may have written into any."""
        with torch.no_grad():
            self._run(len(self.program.lines) - 1, self.program.lines[-1])
            for v in self.values:
                if not isinstance(v, torch.Tensor) or v.dtype != torch.float64 or not 0 < v.numel() <= LARGEST:
                    raise ValueError
                if not bool(v.isfinite().all()):
                    raise ValueError

    def _run(self, i: int, line: str) -> None:
        weights = self.program.weights
        self.names["p"] += [parameter(k, weights[k]) for k in range(len(self.names["p"]), len(weights))]
        exec(_code(line), self.names)


@lru_cache(4096)
def _code(line: str) -> CodeType:
    return compile(line, "program.py", "exec")


def picture(size: tuple[int, ...]) -> torch.Tensor:
    """The input that a trace on the CPU takes too."""
    return torch.rand((1, *size), generator=torch.Generator().manual_seed(0)).to(torch.float64)
