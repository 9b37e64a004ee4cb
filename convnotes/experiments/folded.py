"""A network in evaluation mode that takes less time: its normalisation is done on the weights, not on every number."""

from copy import deepcopy
from itertools import pairwise

from torch import Tensor, nn
from torch.nn import functional

from convnotes.experiments.lite0 import Capped, trained, untrained


class Folded(nn.Module):
    """A convolution without bias and the normalisation after it, by the mean and the variance that it has kept.

    Together that is a convolution with other weights. Both keep their own parameters, which get the same gradients.
    """

    def __init__(self, conv: nn.Conv2d, norm: nn.BatchNorm2d) -> None:
        super().__init__()
        self.conv, self.norm = conv, norm

    def forward(self, x: Tensor) -> Tensor:
        """What the normalisation gives after the convolution."""
        conv, norm = self.conv, self.norm
        assert norm.running_mean is not None and norm.running_var is not None
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        weight, bias = conv.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale
        return functional.conv2d(x, weight, bias, conv.stride, conv.padding, conv.dilation, conv.groups)


def folded(net: nn.Module) -> nn.Module:
    """A copy of a network of `lite0`, each convolution and its normalisation as one, the activation in place.

    It stays in evaluation mode, whatever `train` says.
    """
    net = deepcopy(net).eval()
    for parent in list(net.modules()):
        for (name, part), (after, norm) in pairwise(list(parent.named_children())):
            if isinstance(part, nn.Conv2d) and part.bias is None and isinstance(norm, nn.BatchNorm2d):
                setattr(parent, name, Folded(part, norm))
                setattr(parent, after, nn.Identity())
        for name, part in parent.named_children():
            if isinstance(part, Capped):
                setattr(parent, name, nn.ReLU6(inplace=True))
    return net


def network(draw: int | None) -> nn.Module:
    """The folded network of `lite0` with its published weights; or with random ones, which `draw` is the seed of."""
    return folded(trained() if draw is None else untrained(draw))
