"""Gradients against torch's autograd, against finite differences, and transposed convolution against its definition."""

import hypothesis.strategies as st
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from torch.nn import functional

from convnotes.correlate import correlate2d, max_pool2d
from convnotes.gradients import (
    avg_pool2d_gradient,
    bias_gradient,
    conv_transpose2d,
    input_gradient,
    kernel_gradient,
    max_pool2d_gradient,
)
from tests.strategies import pairs, verdict

SIZES = {"size": st.tuples(st.integers(1, 8), st.integers(1, 8)),
         "kernel_size": st.tuples(st.integers(1, 4), st.integers(1, 4)),
         "stride": pairs(1, 3), "padding": pairs(0, 2), "dilation": pairs(1, 2)}  # fmt: skip
CHANNELS = st.tuples(st.integers(1, 2), st.integers(1, 2), st.integers(1, 2))


def numbers(shape, seed=0):
    """Integers from −9 to 9, which are added without rounding."""
    return np.random.default_rng(seed).integers(-9, 10, shape)


def tensors(*arrays):
    return [torch.tensor(array, dtype=torch.float64, requires_grad=True) for array in arrays]


@settings(max_examples=60)
@given(channels=CHANNELS, **SIZES)
def test_gradients_of_a_convolution_are_autograds(size, kernel_size, stride, padding, dilation, channels):
    per_group, out_per_group, groups = channels
    image, kernel = numbers((per_group * groups, *size)), numbers((out_per_group * groups, per_group, *kernel_size), 1)
    how = {"stride": stride, "padding": padding, "dilation": dilation, "groups": groups}
    x, w, b = tensors(image, kernel, np.zeros(len(kernel)))
    out = verdict(lambda: functional.conv2d(x[None], w, b, **how)[0])
    if isinstance(out, str):
        return
    sent = numbers(out.shape, 2)
    out.backward(torch.tensor(sent, dtype=torch.float64))
    assert np.array_equal(input_gradient(sent, kernel, size, **how), x.grad)
    assert np.array_equal(kernel_gradient(sent, image, kernel_size, **how), w.grad)
    assert np.array_equal(bias_gradient(sent), b.grad)
    # the adjoint identity: ⟨A x, y⟩ = ⟨x, Aᵀ y⟩
    assert (correlate2d(image, kernel, **how) * sent).sum() == (image * input_gradient(sent, kernel, size, **how)).sum()


@settings(max_examples=40)
@given(ceil_mode=st.booleans(), ties=st.booleans(), **SIZES)
def test_gradients_of_poolings_are_autograds(size, kernel_size, stride, padding, dilation, ceil_mode, ties):
    shape = (2, *size)
    image = numbers(shape) // 6 if ties else np.random.default_rng(3).permutation(np.prod(shape)).reshape(shape)
    how = {"stride": stride, "padding": padding, "dilation": dilation, "ceil_mode": ceil_mode}
    (x,) = tensors(image)
    out = verdict(lambda: functional.max_pool2d(x[None], kernel_size, **how)[0])
    if isinstance(out, str):
        return
    sent = numbers(out.shape, 2)
    out.backward(torch.tensor(sent, dtype=torch.float64))
    assert np.array_equal(max_pool2d_gradient(sent, image, kernel_size, **how), x.grad)


@settings(max_examples=40)
@given(**{name: SIZES[name] for name in ("size", "kernel_size", "stride", "padding")})
def test_gradients_of_average_pooling_are_autograds(size, kernel_size, stride, padding):
    (x,) = tensors(numbers((2, *size)))
    out = verdict(lambda: functional.avg_pool2d(x[None], kernel_size, stride, padding)[0])
    if isinstance(out, str):
        return
    sent = numbers(out.shape, 2)
    out.backward(torch.tensor(sent, dtype=torch.float64))
    assert np.allclose(avg_pool2d_gradient(sent, size, kernel_size, stride, padding), x.grad, rtol=1e-12, atol=1e-12)


@settings(max_examples=60)
@given(channels=CHANNELS, output_padding=pairs(0, 2), **SIZES)
def test_transposed_convolution_is_torchs(size, kernel_size, stride, padding, dilation, output_padding, channels):
    per_group, out_per_group, groups = channels
    image, kernel = numbers((per_group * groups, *size)), numbers((per_group * groups, out_per_group, *kernel_size), 1)
    how = {"stride": stride, "padding": padding, "output_padding": output_padding, "dilation": dilation}
    maps, weight = tensors(image, kernel)
    theirs = verdict(lambda: functional.conv_transpose2d(maps[None], weight, groups=groups, **how)[0].detach().numpy())
    ours = verdict(lambda: conv_transpose2d(image, kernel, groups=groups, **how))
    if not isinstance(theirs, str) and not theirs.size:
        theirs = "refused"  # torch gives an empty map
    assert type(ours) is type(theirs)
    assert np.array_equal(ours, theirs)


def differences(loss, at):
    """The slope of `loss` along every number of `at`; exact where the loss is linear."""
    steps = np.eye(at.size, dtype=int).reshape(at.size, *at.shape)
    return np.array([loss(at + step) - loss(at) for step in steps]).reshape(at.shape)


def test_gradients_are_finite_differences():
    image, kernel = numbers((2, 5, 6)), numbers((3, 2, 2, 3), 1)
    how = {"stride": (2, 1), "padding": 1, "dilation": (1, 2)}
    sent = numbers(correlate2d(image, kernel, **how).shape, 2)
    slopes = differences(lambda x: (correlate2d(x, kernel, **how) * sent).sum(), image)
    assert np.array_equal(input_gradient(sent, kernel, (5, 6), **how), slopes)
    slopes = differences(lambda w: (correlate2d(image, w, **how) * sent).sum(), kernel)
    assert np.array_equal(kernel_gradient(sent, image, (2, 3), **how), slopes)
    far = 10 * np.random.default_rng(4).permutation(30).reshape(5, 6)  # no step makes another cell win
    sent = numbers((4, 5), 5)
    slopes = differences(lambda x: (max_pool2d(x, 2, stride=1) * sent).sum(), far)
    assert np.array_equal(max_pool2d_gradient(sent, far, 2, stride=1), slopes)


def test_transposed_convolution_is_the_way_back_used_forward():
    sent, kernel = numbers((3, 4, 4)), numbers((3, 2, 3, 3), 1)
    assert np.array_equal(conv_transpose2d(sent, kernel, 2, 1, 1), input_gradient(sent, kernel, (8, 8), 2, 1))


def test_transposed_convolution_is_a_convolution_of_the_spread_input_with_the_flipped_kernel():
    image, kernel, s, p = numbers((3, 3)), numbers((4, 4), 1), 2, 1
    spread = np.zeros((5, 5), dtype=int)
    spread[::s, ::s] = image
    flipped = kernel[::-1, ::-1]
    assert np.array_equal(conv_transpose2d(image, kernel, s, p), correlate2d(spread, flipped, padding=4 - 1 - p))


@pytest.mark.parametrize(("low", "kind"), [(0, np.uint8), (False, bool), (-128, np.int8), (-np.inf, float)])
def test_padding_takes_no_gradient_even_where_all_cells_are_as_low_as_can_be(low, kind):
    image, sent = np.full((1, 5, 5), low, kind), numbers((1, 3, 3)).astype(float)
    leaf = torch.tensor(image.astype(float), requires_grad=True)
    torch.nn.functional.max_pool2d(leaf, 3, 2, 1).backward(torch.tensor(sent))
    assert np.array_equal(max_pool2d_gradient(sent, image, 3, 2, 1), leaf.grad.numpy())


def test_two_axes_stand_for_one_channel():
    one, kernel = numbers((2, 3)), numbers((2, 2), 1)
    assert input_gradient(one, kernel, (3, 4)).shape == (3, 4)
    assert kernel_gradient(one, numbers((3, 4)), 2).shape == (2, 2)
    assert conv_transpose2d(one[None], kernel).shape == (1, 3, 4)
    assert avg_pool2d_gradient(one, (4, 6), 2).shape == max_pool2d_gradient(one, numbers((4, 6)), 2).shape == (4, 6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: input_gradient(np.ones((2, 1, 1)), np.ones((3, 1, 1, 1)), (1, 1)),
         "the layer has 3 output channels, but output_gradient has 2"),
        (lambda: max_pool2d_gradient(np.ones((2, 1, 1)), np.ones((3, 2, 2)), 2),
         "the layer has 3 output channels, but output_gradient has 2"),
        (lambda: conv_transpose2d(np.ones((2, 1, 1)), np.ones((3, 1, 1, 1))),
         "kernel has 3 input channels, so the image must have as many, got 2"),
        (lambda: conv_transpose2d([[1]], [[1]], output_padding=1),
         "output_padding must be smaller than stride=1 or dilation=1, got 1"),
        (lambda: input_gradient(np.ones((3, 1, 1)), np.ones((3, 1, 1, 1)), (1, 1), groups=2),
         "out_channels=3 is not divisible by groups=2"),
        (lambda: kernel_gradient([[1j]], [[1]], 1), "output_gradient must hold real numbers, got dtype complex128"),
    ],
)  # fmt: skip
def test_bad_input_is_refused(call, message):
    with pytest.raises((ValueError, TypeError)) as caught:
        call()
    assert str(caught.value) == message
