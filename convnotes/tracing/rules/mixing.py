"""Rules of operations that read whole dimensions: reductions, normalisation, matrix products, attention."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import numpy as np
import torch

from convnotes.tracing.rules.registry import Call, Result, local, rule
from convnotes.tracing.rules.shapes import empty, permuted
from convnotes.tracing.rules.spatial import channels
from convnotes.tracing.spans import BORDER, GLOBAL, Array, Span, reduce, union


def _dims(call: Call) -> list[int]:
    ndim = call.x.dim()
    dims = call.args.get("dim", call.args.get("dims"))
    if dims is None or dims == []:
        return list(range(ndim))
    return [d % ndim for d in ([dims] if isinstance(dims, int) else dims)] if ndim else []


@rule("mean", "sum", "amax", "amin", "max", "min", "var", "std", "any", "all", "prod", "argmax", "argmin", "norm",
      "linalg_vector_norm", "logsumexp", "median", "nanmean", "nansum", "nanmedian", "var_mean", "std_mean", "aminmax",
      "count_nonzero", "kthvalue", "mode")  # fmt: skip
def reduction(call: Call) -> Span | list[Span]:
    """One number from whole dimensions."""
    if len([t for t in call.inputs if call.memory.span(t) is not None]) > 1:
        return local(call)  # torch.max(a, b) is elementwise
    span = reduce(call.only(), _dims(call), call.x.dim(), keep=bool(call.args.get("keepdim", False)))
    return span if isinstance(call.out, torch.Tensor) else [span] * len(call.out)


@rule("_softmax", "_log_softmax", "_safe_softmax", "softmax", "log_softmax", "sort", "topk", "argsort", "fft_fft",
      "_fft_c2c", "_fft_r2c", "_fft_c2r")  # fmt: skip
def along_dimension(call: Call) -> Span | list[Span]:
    """Every element of a dimension from all of them."""
    dims = call.args.get("dim", call.args.get("dims", -1))
    span = reduce(call.only(), [dims] if isinstance(dims, int) else dims, call.x.dim())
    return span if isinstance(call.out, torch.Tensor) else [span] * len(call.out)


def _first(call: Call, span: Span) -> Result:
    """The span for the first result; the others are statistics."""
    return span if isinstance(call.out, torch.Tensor) else [span, *[None] * (len(call.out) - 1)]


@rule("renorm")
def renorm(call: Call) -> Span:
    """Every slice along a dimension by the norm of all its elements."""
    ndim = call.x.dim()
    return reduce(call.only(), set(range(ndim)) - {call.dim()}, ndim)


@rule("cumsum", "cumprod", "logcumsumexp", "_logcumsumexp", "cummax", "cummin")
def cumulative(call: Call) -> Span | list[Span]:
    """Each element from those before it and itself."""
    axis = call.dim() + 1

    def one(v: Array) -> Array:
        if v.shape[axis] == 1:
            return v
        out = np.minimum.accumulate(v, axis)
        if v.dtype != np.int8:
            out[BORDER] = GLOBAL
        return out

    span = call.only().map(one)
    return span if isinstance(call.out, torch.Tensor) else [span] * len(call.out)


@rule("native_batch_norm", "_native_batch_norm_legit", "_native_batch_norm_legit_no_training", "cudnn_batch_norm",
      "_batch_norm_with_update", "miopen_batch_norm", "batch_norm")  # fmt: skip
def batch_norm(call: Call) -> Result:
    """Local with running statistics; with those of the batch, as instance norm has them, the whole map of a channel."""
    ndim = call.x.dim()
    training = bool(call.args.get("training", call.args.get("train", False)))
    if call.args.get("running_mean", True) is None:
        training = True
    span = call.only(packed=True)
    if training:
        span = reduce(span, [0, *range(2, ndim)], ndim)
    return _first(call, span)


@rule("native_layer_norm", "layer_norm", "rms_norm", "_fused_rms_norm")
def layer_norm(call: Call) -> Result:
    """The last dimensions, all of them."""
    ndim = call.x.dim()
    return _first(call, reduce(call.only(), range(ndim - len(call.args["normalized_shape"]), ndim), ndim))


@rule("native_group_norm", "group_norm")
def group_norm(call: Call) -> Result:
    """The channels of a group over the whole map."""
    ndim = call.x.dim()
    span = reduce(call.only(), range(2, ndim), ndim)
    groups = call.args["group"] if "group" in call.args else call.args["num_groups"]
    return _first(call, channels(span, groups, call.x.shape[1], call.x.shape[1], 1))


def product(a: Span | None, b: Span | None, dims: tuple[int, int], ndim: int) -> list[Span]:
    """Spans of the two factors of a matrix product, each over the dimension that is summed."""
    left = [] if a is None else [reduce(a, [-1], dims[0]).at(_matrix_layout(a, dims[0]))]
    right = [] if b is None else [reduce(b, [-2], dims[1]).at(None)]
    return left + right


def _matrix_layout(a: Span, ndim: int) -> tuple[int, ...] | None:
    return a.layout if a.layout is not None and ndim - 1 not in a.layout else None


@rule("mm", "bmm", "addmm", "baddbmm", "_addmm_activation")
def matmul(call: Call) -> Span:
    """Matrix product: a row of the first, a column of the second."""
    ndim, a = len(call.shape), call.args
    names = {"addmm": ("mat1", "mat2"), "_addmm_activation": ("mat1", "mat2"), "baddbmm": ("batch1", "batch2")}
    first, second = names.get(call.name, ("self", "mat2"))
    left, right = call.memory.span(a[first]), call.memory.span(a[second])
    spans = product(left, right, (a[first].dim(), a[second].dim()), ndim)
    added = call.memory.span(a["self"]) if first != "self" else None
    return union([*spans, added], ndim)


@rule("mv", "addmv")
def matrix_vector(call: Call) -> Span:
    """Matrix by vector: a row of the first, all of the second."""
    first, second = ("mat", "vec") if call.name == "addmv" else ("self", "vec")
    matrix, vector = call.memory.span(call.args[first]), call.memory.span(call.args[second])
    spans = [
        matrix and reduce(matrix, [1], 2, keep=False),
        vector and reduce(vector, [0], 1),
        call.memory.span(call.args["self"]) if call.name == "addmv" else None,
    ]
    return union(spans, 1)


@rule("dot", "vdot")
def dot(call: Call) -> Span:
    """All of both."""
    spans = (call.memory.span(t) for t in call.inputs)
    return union([s and reduce(s, [0], 1, keep=False) for s in spans], 0)


@rule("addr")
def addr(call: Call) -> Span:
    """A number of each vector for every pair."""
    a = call.args
    rows, columns = call.memory.span(a["vec1"]), call.memory.span(a["vec2"])
    rows = rows and rows.map(lambda v: v[..., None])
    return union([call.memory.span(a["self"]), rows and rows.at(None), columns and columns.at(None)], 2)


@rule("addbmm")
def addbmm(call: Call) -> Span:
    """The sum of a batch of matrix products."""
    a = call.args
    left, right = call.memory.span(a["batch1"]), call.memory.span(a["batch2"])
    spans = [reduce(s, [0], 3, keep=False) for s in product(left, right, (3, 3), 3)]
    return union([call.memory.span(a["self"]), *spans], 2)


@rule("_cdist_forward", "_euclidean_dist")
def distances(call: Call) -> Span:
    """Each row of the first to each row of the second."""
    first, second = call.args["x1"], call.args["x2"]
    right, ndim = call.memory.span(second), second.dim()
    turned = right and permuted(right, [*range(ndim - 2), ndim - 1, ndim - 2])
    return union(product(call.memory.span(first), turned, (first.dim(), ndim), len(call.shape)), len(call.shape))


@rule("_trilinear")
def trilinear(call: Call) -> Span:
    """The product of three tensors, each with dimensions added so that they fit, summed over some: `nn.Bilinear`."""
    spans, ndim = [], call.args["i1"].dim() + len(call.args["expand1"])
    for factor, expand in (("i1", "expand1"), ("i2", "expand2"), ("i3", "expand3")):
        span, added = call.memory.span(call.args[factor]), [d + 1 for d in call.args[expand]]
        if span is not None:
            wide = span.map(partial(np.expand_dims, axis=tuple(added))).at(None)
            spans.append(reduce(wide, call.args["sumdim"], ndim, keep=False))
    return union(spans, len(call.shape))


@rule("_scaled_dot_product_flash_attention", "_scaled_dot_product_flash_attention_for_cpu",
      "_scaled_dot_product_efficient_attention", "_scaled_dot_product_attention_math",
      "_scaled_dot_product_cudnn_attention",
      "_scaled_dot_product_fused_attention_overrideable", "scaled_dot_product_attention")  # fmt: skip
def attention(call: Call) -> Result:
    """Each query row from itself and all keys and values; a mask makes that a bound."""
    a, ndim = call.args, len(call.shape)
    query, key, value = (call.memory.span(a[k]) for k in ("query", "key", "value"))
    spans = [] if query is None else [reduce(query, [-1], ndim)]
    spans += [] if key is None else [reduce(key, [-1, -2], ndim)]
    spans += [] if value is None else [reduce(value, [-2], ndim)]
    span = union(spans, ndim).at(None)
    if a.get("is_causal") or a.get("attn_mask") is not None or a.get("attn_bias") is not None:
        span = span.flag(call.name)
    return _first(call, span)


@rule("masked_fill")
def masked_fill(call: Call) -> Span:
    """Elementwise; entries that a fixed mask overwrites are still counted, hence a bound."""
    return local(call).flag(call.name)


@rule("native_dropout", "dropout")
def dropout(call: Call) -> Sequence[Span] | Span:
    """Elementwise."""
    span = local(call)
    return span if isinstance(call.out, torch.Tensor) else [span] * len(call.out)


# Elementwise operations that torch does not tag as such.
rule("_to_copy", "_prelu_kernel", "prelu", "rrelu_with_noise", "bernoulli", "complex", "polar", "contiguous", "to",
     "hardswish", "mish", "fake_quantize_per_tensor_affine", "nan_to_num", "log_sigmoid_forward",
     "rrelu", "type_as", "float_power", "threshold", "clone", "relu6", "logit", "frac")(local)  # fmt: skip


@rule("copy", "fill", "zero")
def overwrite(call: Call) -> Span:
    """A tensor overwritten: it reads what the source reads, and nothing of what it was."""
    own = call.tracked("self") if call.memory.span(call.args["self"]) else None
    source = call.args.get("src", call.args.get("value"))
    new = call.memory.span(source)
    like = new or own
    assert like is not None
    return union([new or empty(like, len(call.shape))], len(call.shape)).at((own or like).layout)
