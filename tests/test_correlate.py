"""The readable numpy reference against torch."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import assume, example, given, settings
from torch.nn import functional

from convnotes import conv
from convnotes.correlate import correlate2d, max_pool2d, translate
from tests.strategies import pairs, verdict

SIZES = {"stride": pairs(1, 3), "dilation": pairs(1, 2)}


def numbers(shape, dtype, seed=0):
    """Integers from −9 to 9, which every type adds without rounding."""
    return np.random.default_rng(seed).integers(-9, 10, shape).astype(dtype)


@pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel:UserWarning")
@settings(max_examples=60)
@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    kernel_size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    channels=st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2)),
    padding=pairs(0, 2) | st.sampled_from(["same", "valid"]),
    dtype=st.sampled_from(["float64", "float32", "int64", "int32"]),
    **SIZES,
)
def test_correlate2d_is_conv2d(size, kernel_size, channels, padding, dtype, stride, dilation):
    per_group, out_per_group, groups = channels
    stride = 1 if padding == "same" else stride
    image = numbers((per_group * groups, *size), dtype)
    kernel = numbers((out_per_group * groups, per_group, *kernel_size), dtype, seed=1)
    arguments = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    maps, weight = (torch.tensor(array, dtype=torch.float64) for array in (image[None], kernel))
    theirs = verdict(lambda: functional.conv2d(maps, weight, **arguments)[0].numpy())
    ours = verdict(lambda: correlate2d(image, kernel, **arguments))
    assert type(ours) is type(theirs)
    assert np.array_equal(ours, theirs)


@settings(max_examples=60)
@given(
    size=st.tuples(st.integers(1, 9), st.integers(1, 9)),
    kernel_size=st.tuples(st.integers(1, 4), st.integers(1, 4)),
    padding=pairs(0, 2),
    ceil_mode=st.booleans(),
    dtype=st.sampled_from(["float64", "int64", "int32", "uint8"]),
    **SIZES,
)
def test_max_pool2d_is_torchs(size, kernel_size, padding, ceil_mode, dtype, stride, dilation):
    image = numbers((2, *size), dtype)
    arguments = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    theirs = verdict(lambda: functional.max_pool2d(torch.tensor(image)[None], kernel_size, **arguments)[0].numpy())
    ours = verdict(lambda: max_pool2d(image, kernel_size, **arguments))
    assert type(ours) is type(theirs)
    assert np.array_equal(ours, theirs)


@given(st.tuples(st.integers(1, 4), st.integers(1, 4)), st.tuples(st.integers(-5, 5), st.integers(-5, 5)))
@example((2, 3), (0, 0))
@example((2, 3), (-2, 3))
def test_translate_is_roll_or_pad(size, shift):
    image = numbers((2, *size), "int64")
    down, right = shift
    assert np.array_equal(translate(image, shift, "circular"), torch.roll(torch.tensor(image), shift, (-2, -1)))
    assume(abs(down) <= size[0] and abs(right) <= size[1])  # torch refuses to crop more than there is
    cropped = functional.pad(torch.tensor(image), (right, -right, down, -down))
    assert np.array_equal(translate(image, shift), cropped)


def test_a_shift_beyond_the_border_leaves_nothing():
    assert not translate(np.ones((2, 2)), (5, -7)).any()


def test_translate_copies():
    image = np.ones((2, 2))
    translate(image, (1, 0))
    assert image.all()


def test_small_integers_do_not_overflow():
    pixels = np.full((3, 3), 255, np.uint8)
    assert correlate2d(pixels, np.full((3, 3), 255, np.uint8)).item() == 9 * 255 * 255
    assert correlate2d(np.ones((2, 2), bool), np.ones((2, 2), bool)).item() == 4


def test_two_axes_stand_for_one_channel_and_no_output_channel_is_lost():
    image, kernel = numbers((4, 5), "int64"), numbers((6, 1, 3, 3), "int64")
    assert np.array_equal(correlate2d(image, kernel), correlate2d(image[None], kernel))
    assert correlate2d(image[None], kernel[0, 0]).shape == (1, 2, 3)
    assert correlate2d(image, kernel[0, 0]).shape == (2, 3)


@pytest.mark.parametrize("dtype", [bool, np.uint8, np.int8, np.float16])
def test_padding_never_wins_a_maximum(dtype):
    low = np.full((3, 3), np.iinfo(dtype).min if np.issubdtype(dtype, np.integer) else 0, dtype)
    pooled = max_pool2d(low, 2, padding=1)
    assert pooled.dtype == dtype and (pooled == low[0, 0]).all()


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: correlate2d([1, 2], [[1]]), ValueError,
         "image must have axes (height, width) or (channels, height, width), got shape (2,)"),
        (lambda: correlate2d([[1]], [1]), ValueError,
         "kernel must have axes (height, width) or (out_channels, in_channels, height, width), got shape (1,)"),
        (lambda: correlate2d([[1j]], [[1]]), TypeError, "image must hold real numbers, got dtype complex128"),
        (lambda: max_pool2d([["a"]], 1), TypeError, "image must hold real numbers, got dtype <U1"),
        (lambda: correlate2d([[1]], [[1]], groups=0), ValueError, "groups must be at least 1, got 0"),
        (lambda: correlate2d([[1]], [[1, 1]]), ValueError,
         "kernel_size=2 with dilation=1 spans 2 cells, but the input has 1 (size 1, padding 0 + 0)"),
        (lambda: correlate2d(np.ones((2, 3, 3)), np.ones((3, 1, 1, 1)), groups=2), ValueError,
         "out_channels=3 is not divisible by groups=2"),
        (lambda: max_pool2d([[1]], 1, padding="same"), ValueError,
         "padding of a pooling layer must be an integer or a pair, got 'same'"),
        (lambda: translate([1, 2], (0, 1)), ValueError, "image must have axes (…, height, width), got shape (2,)"),
        (lambda: translate([[1]], 1), ValueError, "shift must be a pair (down, right), got 1"),
        (lambda: translate([[1]], (0, 0.5)), TypeError, "shift must be an integer, got 0.5"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message


def test_output_size_is_the_size_of_the_output():
    assert correlate2d(np.ones((1, 224)), np.ones((1, 7)), stride=(1, 2), padding=(0, 3)).shape[1] == conv.output_size(
        224, 7, 2, 3
    )
