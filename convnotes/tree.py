"""Walking a network: its leaves, and the one traversal behind every analysis."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from convnotes.layers import Combinator, Sequential, check_layer
from convnotes.window import Layer

State = TypeVar("State")


def leaves(layer: Layer) -> Iterator[Layer]:
    """The layers of a tree that are no combinators, in order.

    >>> from convnotes.layers import Conv2d, ReLU, Residual
    >>> [type(leaf).__name__ for leaf in leaves(Sequential(Conv2d(8, 8, 1), Residual(ReLU())))]
    ['Conv2d', 'ReLU', 'Identity']
    """
    check_layer("network", layer)
    if isinstance(layer, Combinator):
        for _, part in layer.children:
            yield from leaves(part)
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

    def walk(layer: Layer, state: State, name: str) -> State:
        if isinstance(layer, Sequential):
            for part_name, part in layer.children:
                state = walk(part, state, f"{name}.{part_name}" if name else part_name)
            return state
        if isinstance(layer, Combinator):
            ends = [walk(part, state, f"{name}.{inner}" if name else inner) for inner, part in layer.children]
        try:
            after = join(layer, ends) if isinstance(layer, Combinator) else step(layer, state)
        except (ValueError, TypeError) as error:
            kind = type(layer).__name__
            raise type(error)(f"{name} ({kind}): {error}" if name else f"{kind}: {error}") from None
        if visit and not isinstance(layer, Combinator):
            visit(name, layer, state, after)
        return after

    check_layer("network", layer)
    return walk(layer, state, "")
