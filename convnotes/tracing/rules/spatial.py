"""Rules of operations that slide a window: convolution, pooling, padding, resizing, unfold and fold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import torch

from convnotes.tracing import axis_tables
from convnotes.tracing.rules.registry import Call, Unruled, rule
from convnotes.tracing.sizes import per_axis
from convnotes.tracing.spans import LIMIT, PAIRS, Array, Span, merge, mix, reduce, spread, union, unpacked


def along(span: Span, tables: Sequence[axis_tables.Table], ndim: int) -> Span:
    """The span with the last len(tables) dimensions gathered, each by its table; they become the spatial ones."""
    first = ndim - len(tables)
    axes = len(span.shift)
    for q, t in enumerate(tables):
        if t.empties and all(v.shape[q - len(tables)] == 1 for v in span.arrays):
            span = span.map(partial(_opened, axis=q - len(tables), n=t.n))  # else no array could tell who reads nothing
        if span.layout is not None and first + q not in span.layout:
            t = axis_tables.inner(t)  # only the ends of the map are a border, not those of its channels
        span = span.map(partial(axis_tables.gather, axis=q - len(tables), t=t))
    return span.at(tuple(range(first, ndim)) if axes == len(tables) else span.layout)


def _opened(v: Array, axis: int, n: int) -> Array:
    return np.repeat(v, n, axis)


def _sizes(call: Call, axes: int) -> list[tuple[int, int]]:
    return list(zip(call.x.shape[-axes:], call.shape[-axes:], strict=True))


def channels(span: Span, groups: int, c_in: int, c_out: int, axis: int) -> Span:
    """Channels mixed within each group; counts as a choice of path, not as a window."""
    if groups == c_in == c_out:
        return span
    if groups == 1:
        return replace(span.map(lambda v: mix(v, axis + 1)), runs=None)
    span = unpacked(span)

    def one(v: Array) -> Array:
        at = axis + 1
        if v.shape[at] == 1:
            return v
        split = v.reshape(*v.shape[:at], groups, c_in // groups, *v.shape[at + 1 :])
        return np.repeat(mix(split, at + 1).squeeze(at + 1), c_out // groups, at)

    return span.map(one)


@rule("convolution", "_convolution", "convolution_overrideable", "mkldnn_convolution")
def convolution(call: Call) -> Span:
    """Convolution of any number of axes, grouped, dilated or transposed."""
    a = call.args
    if call.memory.span(a["weight"]) is not None or call.memory.span(a["bias"]) is not None:
        raise Unruled
    kernel = a["weight"].shape[2:]
    axes = len(kernel)
    batched = call.x.dim() - axes - 2
    span = channels(call.tracked("input", packed=True), a.get("groups", 1), call.x.shape[1], call.shape[1], 1 + batched)
    make = axis_tables.transposed if a.get("transposed") else axis_tables.window
    how = zip(*(per_axis(a[k], axes) for k in ("stride", "padding", "dilation")), strict=True)
    tables = [make(n, m, k, s, p, d) for (n, m), k, (s, p, d) in zip(_sizes(call, axes), kernel, how, strict=True)]
    return along(span, tables, len(call.shape))


def _pool(axes: int) -> Callable[[Call], Any]:
    def one(call: Call) -> Any:
        a = call.args
        kernel = per_axis(a["kernel_size"], axes)
        stride = per_axis(a["stride"] or kernel, axes)
        how = zip(kernel, stride, per_axis(a["padding"], axes), per_axis(a.get("dilation", 1), axes), strict=True)
        tables = [
            axis_tables.window(n, m, k, s, p, d) for (n, m), (k, s, p, d) in zip(_sizes(call, axes), how, strict=True)
        ]
        span = along(call.only(packed=True), tables, len(call.shape))
        return span if isinstance(call.out, torch.Tensor) else [span] * len(call.out)

    return one


def _adaptive(axes: int) -> Callable[[Call], Any]:
    def one(call: Call) -> Any:
        ndim = call.x.dim()
        sizes = _sizes(call, axes)
        over_all = [ndim - axes + q for q, (n, m) in enumerate(sizes) if m == 1 < n]
        span = reduce(call.only(packed=True), over_all, ndim)
        tables = [axis_tables.adaptive(1 if m == 1 < n else n, m) for n, m in sizes]
        span = along(span, tables, ndim)
        return span if isinstance(call.out, torch.Tensor) else [span] * len(call.out)

    return one


for _axes in (1, 2, 3):
    rule(f"max_pool{_axes}d", f"max_pool{_axes}d_with_indices", f"avg_pool{_axes}d")(_pool(_axes))
    rule(f"adaptive_avg_pool{_axes}d", f"_adaptive_avg_pool{_axes}d", f"adaptive_max_pool{_axes}d")(_adaptive(_axes))


@rule("fractional_max_pool2d", "fractional_max_pool3d")
def fractional_max_pool(call: Call) -> list[Span]:
    """Windows at random places: all the places that they may take, flagged as a bound."""
    axes = len(call.args["output_size"])
    kernel = per_axis(call.args["kernel_size"], axes)
    tables = [axis_tables.fractional(n, m, k) for (n, m), k in zip(_sizes(call, axes), kernel, strict=True)]
    return [along(call.only("self"), tables, len(call.shape)).flag(call.name)] * 2


@rule("max_unpool2d", "max_unpool3d")
def max_unpool(call: Call) -> Span:
    """Elements put at computed places: each output may be any element of its channel, hence a bound."""
    ndim = len(call.shape)
    axes = tuple(range(ndim - len(call.args["output_size"]), ndim))
    spans = [call.memory.span(call.args[k]) for k in ("self", "indices")]
    return union([s and reduce(s, axes, ndim) for s in spans], ndim).at(axes).flag(call.name)


def _pads(call: Call, mode: str) -> Span:
    amounts = call.args["pad" if mode == "constant" else "padding"]
    tables = []
    for i in range(len(amounts) // 2 - 1, -1, -1):
        n = call.x.shape[-1 - i]
        tables.append(axis_tables.pad(n, amounts[2 * i], amounts[2 * i + 1], mode))
    span = call.only(packed=len(tables) < len(call.shape) - 1)
    return along(span, tables, len(call.shape)).at(span.layout)


@rule("constant_pad_nd")
def constant_pad(call: Call) -> Span:
    """Padding with a constant, or cropping where the amount is negative."""
    return _pads(call, "constant")


@rule("reflection_pad1d", "reflection_pad2d", "reflection_pad3d")
def reflection_pad(call: Call) -> Span:
    """Padding with the mirrored input."""
    return _pads(call, "reflect")


@rule("replication_pad1d", "replication_pad2d", "replication_pad3d")
def replication_pad(call: Call) -> Span:
    """Padding with the nearest element."""
    return _pads(call, "edge")


def _scales(call: Call, axes: int) -> list[float | None]:
    a = call.args
    names = {1: ["scales"], 2: ["scales_h", "scales_w"], 3: ["scales_d", "scales_h", "scales_w"]}[axes]
    return [a.get(name) for name in names]


def _resize(axes: int, make: Callable[[int, int, float | None, bool], axis_tables.Table]) -> Callable[[Call], Span]:
    def one(call: Call) -> Span:
        corners = bool(call.args.get("align_corners", False))
        tables = [make(n, m, s, corners) for (n, m), s in zip(_sizes(call, axes), _scales(call, axes), strict=True)]
        return along(call.only(packed=True), tables, len(call.shape))

    return one


for _axes, _linear in ((1, "linear1d"), (2, "bilinear2d"), (3, "trilinear3d")):
    rule(f"_upsample_nearest_exact{_axes}d")(_resize(_axes, lambda n, m, s, _: axis_tables.nearest(n, m, s, True)))
    rule(f"upsample_{_linear}")(_resize(_axes, axis_tables.linear))
rule("upsample_nearest1d")(_resize(1, lambda n, m, s, _: axis_tables.nearest(n, m, s)))


@rule("upsample_nearest2d", "upsample_nearest3d")
def nearest(call: Call) -> Span:
    """Nearest-neighbour resizing; a bound where kernels of torch differ."""
    sizes, axes = _sizes(call, len(call.args["output_size"])), len(call.args["output_size"])
    found = [axis_tables.either_nearest(n, m, s) for (n, m), s in zip(sizes, _scales(call, axes), strict=True)]
    span = along(call.only(packed=True), [t for t, _ in found], len(call.shape))
    return span.flag(call.name) if any(bound for _, bound in found) else span


rule("upsample_bicubic2d")(_resize(2, axis_tables.cubic))
rule("_upsample_bilinear2d_aa")(_resize(2, lambda n, m, s, c: axis_tables.antialiased(n, m, s, c, 1)))
rule("_upsample_bicubic2d_aa")(_resize(2, lambda n, m, s, c: axis_tables.antialiased(n, m, s, c, 2)))


def _columns(call: Call, image: Sequence[int]) -> list[tuple[int, int, int, int, int]]:
    """Per axis: windows, kernel, stride, padding, dilation of an unfold or a fold of an image of that size."""
    a = call.args
    how = zip(*(a[k] for k in ("kernel_size", "stride", "padding", "dilation")), strict=True)
    return [((n + 2 * p - d * (k - 1) - 1) // s + 1, k, s, p, d) for n, (k, s, p, d) in zip(image, how, strict=True)]


@rule("im2col")
def im2col(call: Call) -> Span:
    """`unfold`: (N, C, H, W) → (N, C·k·k, windows), one position per tap and window."""
    image = call.x.shape[-2:]
    (ho, kh, *h), (wo, kw, *w) = _columns(call, image)
    tables = [axis_tables.unfolded(image[0], ho, kh, *h), axis_tables.unfolded(image[1], wo, kw, *w)]
    c = call.x.shape[-3]
    if c * kh * kw * ho * wo > PAIRS:
        raise Unruled

    def one(v: Array) -> Array:
        v = np.broadcast_to(v, (*v.shape[:-3], c, *image))
        for axis, t in zip((-2, -1), tables, strict=True):
            v = axis_tables.gather(v, axis, t)
        v = np.moveaxis(v.reshape(*v.shape[:-2], kh, ho, kw, wo), -3, -2)
        return v.reshape(*v.shape[:-5], c * kh * kw, ho * wo)

    return spread(call.only().map(one).at(None))  # a tap in the padding reads nothing, along either axis


@rule("col2im")
def col2im(call: Call) -> Span:
    """`fold`: (N, C·k·k, windows) → (N, C, H, W), overlapping windows added."""
    image = call.args["output_size"]
    (ho, kh, *h), (wo, kw, *w) = _columns(call, image)
    tables = [axis_tables.folded(ho, image[0], kh, *h), axis_tables.folded(wo, image[1], kw, *w)]
    c = call.shape[-3]
    if c * kh * kw * ho * wo > LIMIT:
        raise Unruled

    def one(v: Array) -> Array:
        v = np.broadcast_to(v, (*v.shape[:-2], c * kh * kw, ho * wo))
        v = v.reshape(*v.shape[:-2], c, kh, kw, ho, wo)
        v = np.moveaxis(v, -2, -3).reshape(*v.shape[:-4], kh * ho, kw * wo)
        for axis, t in zip((-2, -1), tables, strict=True):
            v = axis_tables.gather(v, axis, t)
        return v

    return spread(call.only()).map(one).at(tuple(range(len(call.shape) - 2, len(call.shape))))


@rule("grid_sampler", "grid_sampler_2d", "grid_sampler_3d")
def grid_sampler(call: Call) -> Span:
    """Sampling at computed places: each output may read any input position, and its own entry of the grid."""
    ndim = len(call.shape)
    spans = []
    image = call.memory.span(call.args["input"])
    if image is not None:
        spans.append(reduce(image, range(2, ndim), ndim))
    grid = call.memory.span(call.args["grid"])
    if grid is not None:
        last_first = reduce(grid, [ndim - 1], ndim).map(lambda v: np.moveaxis(v, -1, 2))
        spans.append(last_first.at(None))
    return union(spans, ndim).flag(call.name)


@rule("glu")
def glu(call: Call) -> Span:
    """Gated linear unit: the two halves of one dimension, element by element."""
    d, half = call.dim(), call.shape[call.dim()]

    def one(v: Array) -> Array:
        if v.shape[d + 1] == 1:
            return v
        a, b = np.split(v, [half], d + 1)
        return merge(a, b)

    return call.tracked().map(one)
