"""Random layers and networks, valid or not, and torch's verdict on them."""

from collections.abc import Callable
from functools import cache
from typing import Any

import hypothesis.strategies as st
import torch

from convnotes.layers import (
    AvgPool2d,
    Conv2d,
    Dropout,
    Identity,
    Layer,
    MaxPool2d,
    Parallel,
    ReLU,
    Residual,
    Sequential,
)

torch.set_num_threads(1)  # maps this small only wait for a second thread


@cache
def pairs(least: int, most: int) -> st.SearchStrategy[Any]:
    """An int or a pair of ints."""
    one = st.integers(least, most)
    return one | st.tuples(one, one)


def verdict(function: Callable[[], Any]) -> Any:
    """What `function` returns, or 'refused'. torch says no with any of three exceptions."""
    try:
        return function()
    except (ValueError, TypeError, RuntimeError):
        return "refused"


def torch_shape(make: Callable[[], torch.nn.Module], shape: tuple[int, ...]) -> Any:
    """The shape that a torch module gives, without the batch axis, or 'refused'; an empty map counts as refused."""
    got = verdict(lambda: tuple(make()(torch.zeros(1, *shape)).shape[1:]))
    return got if got != "refused" and all(got) else "refused"


@st.composite
def stacks(draw: st.DrawFn, channels: int = 2, depth: int = 3, stride: int = 3) -> Layer:
    """A network from `channels` to `channels` whose branches can be joined: those keep the size."""
    return Sequential(*(draw(_part(channels, depth, stride)) for _ in range(draw(st.integers(1, 3)))))


@cache
def _part(channels: int, depth: int, stride: int) -> st.SearchStrategy[Layer]:
    simple = [_conv(channels, stride), _pool(stride), _same(channels), st.sampled_from([ReLU(), Identity(), Dropout()])]
    if depth == 0:
        return st.one_of(simple)
    inner = st.one_of(_same(channels), _keeping(channels, depth - 1))
    return st.one_of(*simple, _keeping(channels, depth - 1), st.builds(Residual, inner, inner))


@cache
def _keeping(channels: int, depth: int) -> st.SearchStrategy[Layer]:
    """Branches and stacks that keep height and width."""
    part = _same(channels) if depth <= 0 else st.one_of(_same(channels), _keeping(channels, depth - 1))
    parallel = st.builds(lambda a, b: Sequential(Parallel(a, b), Conv2d(2 * channels, channels, 1)), part, part)
    return st.one_of(st.builds(Residual, part, part | st.just(Identity())), parallel, st.builds(Sequential, part, part))


@cache
def _same(channels: int) -> st.SearchStrategy[Layer]:
    sizes = {"kernel_size": pairs(1, 4), "dilation": pairs(1, 2)}
    return st.builds(Conv2d, st.just(channels), st.just(channels), padding=st.just("same"), **sizes)


@cache
def _conv(channels: int, stride: int) -> st.SearchStrategy[Layer]:
    sizes = {"kernel_size": pairs(1, 4), "stride": pairs(1, stride), "padding": pairs(0, 2), "dilation": pairs(1, 2)}
    return st.builds(Conv2d, st.just(channels), st.just(channels), groups=st.sampled_from([1, channels]), **sizes)


@cache
@st.composite
def _pool(draw: st.DrawFn, stride: int) -> Layer:
    kernel = draw(st.integers(1, 3))
    sizes = {"stride": draw(st.none() | pairs(1, stride)), "padding": draw(pairs(0, kernel // 2))}
    if draw(st.booleans()):
        return AvgPool2d(kernel, **sizes, ceil_mode=draw(st.booleans()))
    return MaxPool2d(kernel, **sizes, dilation=draw(pairs(1, 2)), ceil_mode=draw(st.booleans()))
