"""Walking a network: its leaves, and the one traversal behind every analysis."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeAlias, TypeVar, cast

from convnotes.layers import Combinator, Layer, Sequential, check_layer

State = TypeVar("State")
Walk: TypeAlias = "Generator[Walk[State], Any, State]"


def leaves(layer: Layer) -> Iterator[Layer]:
    """The layers of a tree that are no combinators, in order.

    >>> from convnotes.layers import Conv2d, ReLU, Residual
    >>> [type(leaf).__name__ for leaf in leaves(Sequential(Conv2d(8, 8, 1), Residual(ReLU())))]
    ['Conv2d', 'ReLU', 'Identity']
    """
    check_layer("network", layer)
    left = [layer]
    while left:
        layer = left.pop()
        if isinstance(layer, Combinator):
            left += (part for _, part in reversed(layer.children))
        else:
            yield layer


def thread(
    layer: Layer,
    state: State,
    step: Callable[[Layer, State], State],
    join: Callable[[Combinator, list[State]], State],
    visit: Callable[[str, Layer, State, State], None] | None = None,
) -> State:
    """`state` after it has run through the tree: the one traversal that every analysis shares.

    `step` takes it through a layer, `join` merges what comes out of the branches of a `Residual` or `Parallel`, and
    `visit` is shown each layer with its dotted name and the states before and after it. An error names the layer where
    it arose.
    """

    def walk(layer: Layer, state: State, name: str) -> Walk[State]:
        ends = []
        for inner, part in layer.children if isinstance(layer, Combinator) else ():
            end = yield walk(part, state, f"{name}.{inner}" if name else inner)
            if isinstance(layer, Sequential):
                state = end
            else:
                ends.append(end)
        if isinstance(layer, Sequential):
            return state
        try:
            after = join(layer, ends) if isinstance(layer, Combinator) else step(layer, state)
        except (ValueError, TypeError) as error:
            kind = type(layer).__name__
            raise type(error)(f"{name} ({kind}): {error}" if name else f"{kind}: {error}") from None
        if visit and not isinstance(layer, Combinator):
            visit(name, layer, state, after)
        return after

    check_layer("network", layer)
    return _called(walk(layer, state, ""))


def _called(walk: Walk[State]) -> State:
    """What a walk returns. It yields the walks that it needs, so that no depth of a tree exhausts Python's stack."""
    walks = [walk]
    answer = None
    while walks:
        try:
            walks.append(walks[-1].send(answer))
            answer = None
        except StopIteration as done:
            walks.pop()
            answer = done.value
    return cast(State, answer)
