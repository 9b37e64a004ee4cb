"""Results on meta tensors against those that torch computes: shape, strides and type, operation by operation."""

from contextlib import suppress
from itertools import product

import pytest
import torch
import torch.nn.functional as F
from torch.utils._python_dispatch import TorchDispatchMode

from convnotes.tracing import meta_shapes
from convnotes.tracing.engine import tensors_in
from convnotes.tracing.meta_run import written_by
from convnotes.tracing.rules import bind, short_name
from convnotes.tracing.sizes import SIZES, named
from tests.tracing_nets import CASES


def on_meta(value):
    if isinstance(value, torch.Tensor):
        return torch.empty_strided(value.shape, value.stride(), dtype=value.dtype, device="meta")
    return type(value)(map(on_meta, value)) if isinstance(value, (list, tuple)) else value


def told(value):
    """Shape, type and the strides that matter."""
    strides = [s for n, s in zip(value.shape, value.stride(), strict=True) if n > 1]
    return tuple(value.shape), value.dtype, strides


class Compared(TorchDispatchMode):
    """Runs every operation and compares its results with those made of shapes. seen: names of those that were made."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    @classmethod
    def _should_skip_dynamo(cls):
        return False

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        given = {k: on_meta(v) for k, v in bind(func, args, kwargs or {}).items()}
        made = meta_shapes.result(short_name(func), given, tensors_in(given.values()), written_by(func))
        out = func(*args, **(kwargs or {}))
        if made is not None:
            self.seen.add(short_name(func))
            statistics = "_norm" in short_name(func)  # beside the result; no forward uses them
            made, real = tensors_in([made]), tensors_in([out])
            assert len(made) == len(real)
            for a, b in list(zip(made, real, strict=True))[: 1 if statistics else None]:
                assert told(a) == told(b), (func, told(a), told(b), [told(t) for t in tensors_in(given.values())])
        return out


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel")
@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name)
def test_whole_networks(case):
    model = case.make().eval()
    with torch.no_grad(), Compared():
        model(torch.rand(1, *case.size))


def layouts():
    """A tensor of 2 × 4 × 6 × 6 in every order and with every gap that a network may make, and two that broadcast."""
    x = torch.rand(2, 4, 6, 6) + 0.1
    return {
        "contiguous": x,
        "channels last": x.contiguous(memory_format=torch.channels_last),
        "transposed": x.mT,
        "permuted": torch.rand(6, 2, 6, 4).permute(1, 3, 0, 2),
        "cropped": torch.rand(2, 4, 8, 7)[:, :, 1:-1, 1:],
        "every second": torch.rand(2, 4, 12, 6)[:, :, ::2],
        "expanded": torch.rand(2, 1, 6, 6).expand(2, 4, 6, 6),
        "half of the channels": torch.rand(2, 8, 6, 6)[:, 4:],
        "per channel": torch.rand(4, 1, 1),
        "a map": torch.rand(6, 6).mT,
        "a number": torch.tensor(0.5, dtype=torch.float64),
    }


NUMBERS = {"clamp": (0.2, 0.8), "clamp_max": (0.5,), "clamp_min": (0.5,), "fill": (0.5,), "full_like": (0.5,)}
NUMBERS["threshold"] = (0.5, 0.1)
BINARY = named("add div eq ge gt le lt maximum minimum mul ne pow rsub sub _prelu_kernel")
TERNARY = {"addcdiv", "addcmul", "lerp"}
MASKED = {"where": lambda x, y: (y > 0.5, x, y), "masked_fill": lambda x, y: (x, y > 0.5, 0.5)}


def arguments(name):
    """The arguments to try an elementwise operation with: layouts, and layouts against layouts."""
    tensors = list(layouts().values())
    few = tensors[:4] + tensors[-3:]
    if name in MASKED:
        return [MASKED[name](x, y) for x, y in product(tensors, few)]
    if name in TERNARY:
        return [(x, y, x) for x, y in product(tensors, few)]
    if name in BINARY:
        return list(product(tensors, few)) + [(x, 0.5) for x in tensors]
    return [(x, *NUMBERS.get(name, ())) for x in tensors]


@pytest.mark.parametrize("name", sorted(meta_shapes.SAME_TYPE | meta_shapes.COMPARISONS))
def test_elementwise_operations_in_every_layout(name):
    compared = Compared()
    functions = [getattr(torch.ops.aten, n) for n in (name, f"{name}_") if hasattr(torch.ops.aten, n)]
    for func, args in product(functions, arguments(name)):
        with torch.no_grad(), compared, suppress(RuntimeError, TypeError):  # torch refuses what does not go together
            func(*args)
    assert name in compared.seen, compared.seen


V, T, Q = torch.rand(2, 4, 9), torch.rand(2, 5, 4), torch.rand(2, 4, 6, 6, 6)
W = torch.rand(4, 4, 3, 3)
BATCH = [torch.rand(4) for _ in range(4)]
SAMPLES = {
    "convolution": [
        lambda x: F.conv2d(x, W, BATCH[0], 2, (1, 0), (1, 2)),
        lambda x: F.conv2d(x, W[:, :1], groups=4),
        lambda x: F.conv_transpose2d(x, W[:, :2], stride=2, padding=1, output_padding=1, groups=2),
        lambda x: F.conv1d(x[..., 0], W[:, :, 0], padding=2),
        lambda x: F.conv_transpose3d(Q, torch.rand(4, 2, 1, 2, 3), stride=(1, 2, 3)),
        lambda x: (F.unfold(x, 3, 2, 1, 2), F.unfold(x, (2, 3), stride=(1, 2))),
    ],
    "pooling": [
        lambda x: F.max_pool2d(x, 3, 2, 1, ceil_mode=True),
        lambda x: F.max_pool2d(x, (2, 1), dilation=2),
        lambda x: F.avg_pool2d(x, 3, 2, 1, ceil_mode=True),
        lambda x: (F.avg_pool1d(V, 2), F.max_pool1d(V, 2), F.max_pool3d(Q, 2), F.avg_pool3d(Q, 3, 2)),
        lambda x: (F.adaptive_avg_pool2d(x, (3, 2)), F.adaptive_max_pool2d(x, 2), F.adaptive_max_pool3d(Q, 2)),
        lambda x: (F.adaptive_avg_pool1d(V, 2), F.adaptive_avg_pool3d(Q, 2), F.adaptive_max_pool1d(V, 2)),
    ],
    "resizing": [
        lambda x: [
            F.interpolate(x, scale_factor=1.5, mode=m) for m in ("nearest", "nearest-exact", "bilinear", "bicubic")
        ],
        lambda x: [F.interpolate(x, (3, 4), mode=m, antialias=True) for m in ("bilinear", "bicubic")],
        lambda x: [F.interpolate(V, 5, mode=m) for m in ("nearest", "nearest-exact", "linear")],
        lambda x: [F.interpolate(Q, 5, mode=m) for m in ("nearest", "nearest-exact", "trilinear")],
    ],
    "padding": [
        lambda x, m=m: [F.pad(x, (1, 2, 2, 0), m), F.pad(V, (2, 1), m), F.pad(Q, (1, 2) * 3, m)]
        for m in ("reflect", "replicate")
    ],
    "normalisation": [
        lambda x: F.batch_norm(x, *BATCH),
        lambda x: F.batch_norm(x, *BATCH[:2], training=True),
        lambda x: (F.group_norm(x, 2, *BATCH[:2]), F.layer_norm(x, x.shape[2:]), F.instance_norm(x)),
    ],
    "reductions": [
        lambda x: [f((2, 3), keepdim=k) for f in (x.mean, x.sum, x.amax, x.amin, x.var, x.std) for k in (True, False)],
        lambda x: (x.sum(), x.mean(1), F.normalize(x), torch.linalg.vector_norm(x, dim=2)),
        lambda x: (x.softmax(1), x.log_softmax(-1), x.cumsum(2), x.roll(1, 2), x.flip(2, 3)),
    ],
    "joining": [
        lambda x: (
            torch.cat([x, x], 1),
            torch.cat([x.mT, x], -1),
            torch.stack([x, x], 1),
            torch.stack([x, x.mT], -1),
        ),
        lambda x: (x.repeat(1, 2, 1, 1), x.repeat(3, 1, 1, 1, 2), F.glu(x, 1), F.glu(x)),
        lambda x: (F.pixel_shuffle(x, 2), F.pixel_unshuffle(x, 2), F.channel_shuffle(x, 2)),
    ],
    "products": [
        lambda x: (F.linear(T, W[0, 0, 0].repeat(5, 2)[:, :4], torch.rand(5)), T @ T.mT, torch.mm(T[0], T[1].T)),
        lambda x: (x @ x.mT, torch.baddbmm(torch.rand(5), T, T.mT), torch.addmm(torch.rand(5, 5), T[0], T[1].T)),
    ],
}


def test_every_operation_with_a_size():
    compared = Compared()
    for sample, x in product([s for family in SAMPLES.values() for s in family], list(layouts().values())[:8]):
        with torch.no_grad(), compared:
            sample(x)
    assert set(SIZES) - compared.seen == set()
