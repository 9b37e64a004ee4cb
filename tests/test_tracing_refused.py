# ruff: noqa: E501  (the sentences stand on one line each)
"""A model that torch refuses on the CPU is refused by a trace: a table of calls, with torch on the CPU as oracle."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from convnotes.tracing import TraceError, strict, trace
from tests.tracing_calls import CALLS

LINES = [line.strip() for family in CALLS.values() for line in family.strip().splitlines()]
SIZE = (4, 9, 9)
OLD = torch.__version__.startswith("2.6.")  # gives an empty map where newer ones refuse


class Called(nn.Module):
    """A network of one call, given as text."""

    def __init__(self, call, order=lambda x: x):
        super().__init__()
        self.call, self.order = call, order

    def forward(self, x):
        def ones(*shape, d=None):
            return torch.ones(shape, device=x.device, dtype=d)

        known = {"torch": torch, "F": F, "nn": nn, "w": ones, "F64": torch.float64, "I64": torch.int64}
        return eval(self.call, known | {"x": self.order(x)})


def on_cpu(model):
    """Shape of the result, or None where torch refuses."""
    try:
        with torch.no_grad():
            return tuple(model(torch.rand(1, *SIZE) + 0.5).shape)
    except Exception:
        return None


ORDERS = {"in order": lambda x: x, "transposed": lambda x: x.mT.contiguous().mT}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("call", LINES)
def test_what_torch_takes_and_what_it_refuses(call, order):
    model = Called(call, ORDERS[order])
    expected = on_cpu(model)
    if expected is not None:
        assert trace(model, SIZE).rows[-1].shape == expected
        return
    said = r"^Called fails at input 4×9×9" + r"|^convolution has no elements at this input" * OLD
    with pytest.raises(TraceError, match=said) as raised:
        trace(model, SIZE)
    assert "\n" not in str(raised.value)


LARGE = [
    "F.avg_pool2d(x, 2, divisor_override=0)",
    "F.avg_pool2d(x[None], 2)",
    "F.conv2d(x, w(4, 4, 3, 3, d=F64))",
    "F.interpolate(x.long(), scale_factor=2, mode='bilinear')",
    "F.layer_norm(x, (500,), w(500, d=F64))",
    "torch.where(x, x, x)",
    "x.softmax(4)",
    "x[:, [4]]",
    "x.as_strided((9, 9), (1 << 20, 9))",
]


@pytest.mark.parametrize("call", LARGE)
def test_large_maps_are_refused_all_the_same(call):
    with pytest.raises(TraceError, match=r"^Called fails at input 4×600×500"):
        trace(Called(call), (4, 600, 500))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        ("F.conv2d(x, w(4, 4, 3, 3), dilation=0)", "convolution of 1×4×9×9 and 4×4×3×3: dilation must be at least 1, got (0, 0)"),
        ("F.conv2d(x, w(6, 1, 3, 3), groups=4)",
         "convolution of 1×4×9×9 and 6×1×3×3: a weight of shape (6, 1, 3, 3) cannot be divided into 4 groups"),
        ("F.conv2d(x, w(4, 4, 3, 3), w(5))",
         "convolution of 1×4×9×9 and 4×4×3×3 and 5: the bias must have shape (4,), one number for each channel, got (5,)"),
        ("F.conv2d(x, w(4, 4, 3, 3, d=F64))",
         "convolution of 1×4×9×9 and 4×4×3×3: tensors of the types float32 and float64 meet, expected one type"),
        ("F.conv2d(x, w(4, 3, 3, 3))", "convolution, which got 4 channels and expects 3"),
        ("F.conv_transpose2d(x, w(3, 4, 3, 3))", "convolution, which got 4 channels and expects 3"),
        ("nn.ConvTranspose2d(4, 2, 3, 2, output_padding=2).to(x.device)(x)",
         "convolution of 1×4×9×9 and 4×2×3×3 and 2: output_padding must be smaller than stride=2 or dilation=1, got 2"),
        ("x.as_strided((9, 9), (90, 9))",
         "as_strided of 1×4×9×9: shape (9, 9) with strides (90, 9) reaches beyond the tensor's memory"),
        ("F.avg_pool2d(x, 2, divisor_override=0)", "avg_pool2d of 1×4×9×9: divisor must be not zero"),
    ],
)  # fmt: skip
def test_the_sentence(call, sentence):
    with pytest.raises(TraceError) as raised:
        trace(Called(call), SIZE)
    assert str(raised.value).removeprefix("Called fails at input 4×9×9, at ").split(" (test_")[0] == sentence


def test_what_only_another_device_has_is_not_refused():
    half = nn.Sequential(nn.Conv2d(4, 4, 3), nn.GELU(), nn.GroupNorm(2, 4), nn.Softmax(1), nn.AvgPool2d(2)).half()
    assert trace(half, SIZE).rows[-1].shape == (1, 4, 3, 3)
    norms = nn.Sequential(
        nn.BatchNorm2d(4), nn.LayerNorm(9)
    )  # in float32 beside a narrower input, as in mixed training
    assert trace(nn.Sequential(nn.Conv2d(4, 4, 1).half(), norms), SIZE).rows[-1].shape == (1, 4, 9, 9)
    call = "torch.ops.aten._scaled_dot_product_efficient_attention(x, x, x, None, False)[0]"
    assert trace(Called(call), SIZE).rows[-1].shape == (1, 4, 9, 9)
    assert trace(Called("torch.linalg.inv(x)"), SIZE).rows[-1].shape == (1, 4, 9, 9)


def test_a_call_that_was_taken_is_made_once(monkeypatch):
    model = nn.Sequential(nn.Conv2d(4, 4, 3), nn.ReLU(), nn.MaxPool2d(2))
    trace(model, SIZE)
    monkeypatch.setattr(strict, "_try", None)
    trace(model, SIZE)
