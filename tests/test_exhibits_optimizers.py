"""The figure of the chapter on optimisers, walked again by torch, and what is said about its three walks."""

import pytest
import torch

from convnotes.exhibits import optimizers
from tests.test_exhibits import rows, shapes


def walk(optimizer, **settings):
    """The places and losses after steps 0, 6, 12, 18 and 24, by an optimiser of torch."""
    place = torch.tensor([-9.0, 1.5], dtype=torch.float64, requires_grad=True)
    stepper, found = optimizer([place], **settings), []
    for step in range(25):
        loss = (place[0] ** 2 + 20 * place[1] ** 2) / 2
        if step % 6 == 0:
            found.append([step, *place.tolist(), loss.item()])
        stepper.zero_grad()
        loss.backward()
        stepper.step()
    return found


WALKS = {
    "plain descent": walk(torch.optim.SGD, lr=0.09),
    "with momentum": walk(torch.optim.SGD, lr=0.09, momentum=0.7),
    "Adam": walk(torch.optim.Adam, lr=0.5),
}


def test_valley_is_walked_as_torch_walks() -> None:
    shown = {name: [row[1:] for row in rows(optimizers.valley) if row[0] == name] for name in WALKS}
    for name, steps in WALKS.items():
        assert shown[name] == [pytest.approx(step, abs=6e-4) for step in steps], name
    assert len(shapes(optimizers.valley(), "circle")) == 3 * 25


def test_which_walk_ends_lowest_depends_on_the_rate() -> None:
    better, ends = walk(torch.optim.Adam, lr=0.45)[-1][-1], {name: steps[-1][-1] for name, steps in WALKS.items()}
    assert better < ends["with momentum"] < ends["plain descent"] < ends["Adam"]
    usual = walk(torch.optim.SGD, lr=0.09, momentum=0.9)[-1][-1]
    assert usual > ends["Adam"]
    told = f"Adam with 0.45 would end at a loss of {better:.3f}, momentum 0.9 at {usual:.3f}."
    assert told in optimizers.valley().data.note
