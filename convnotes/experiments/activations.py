"""What each layer of a network writes."""

from torch import Tensor, nn


def activations(net: nn.Module, x: Tensor, upto: str = "") -> dict[str, Tensor]:
    """The output of each part of a `Sequential` for `x`, by name, the input being `""`; up to the part `upto`.

    >>> import torch
    >>> net = nn.Sequential(nn.ReLU(), nn.Flatten())
    >>> {name: tuple(map.shape) for name, map in activations(net, torch.ones(1, 2, 3, 3)).items()}
    {'': (1, 2, 3, 3), '0': (1, 2, 3, 3), '1': (1, 18)}
    >>> activations(net, torch.ones(1, 2, 3, 3), upto="conv1")
    Traceback (most recent call last):
    ValueError: the network has no part 'conv1'; its parts are 0, 1
    """
    parts = dict(net.named_children())
    if upto and upto not in parts:
        raise ValueError(f"the network has no part {upto!r}; its parts are {', '.join(parts)}")
    maps = {"": x}
    for name, part in parts.items():
        x = maps[name] = part(x)
        if name == upto:
            break
    return maps
