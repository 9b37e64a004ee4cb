"""The networks whose weights are kept, ready to be asked; and the same networks before training, as controls."""

from torch import nn

from convnotes.experiments import exemplar, weights
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.networks import Pooling, colour_network, digit_network
from convnotes.experiments.training import blur

RECIPE = exemplar.Recipe()


def colour() -> nn.Module:
    """The trained colour network, in evaluation mode."""
    net = build(colour_network(RECIPE.classes))
    net.load_state_dict(weights.load("colour"))
    return net.eval()


def colour_initial(seed: int = RECIPE.seed) -> nn.Module:
    """The colour network before training: what it started from, or another draw."""
    return exemplar.initial(exemplar.Recipe(seed=seed)).eval()


def digit(pooling: Pooling = "max", trained: bool = True) -> nn.Module:
    """The digit network, in evaluation mode; untrained, its normalisation does nothing.

    >>> digit()(__import__("torch").zeros(1, 1, 24, 24)).shape
    torch.Size([1, 10])
    """
    with seeded(0):
        net = build(digit_network(pooling))
        blur(net)
    if trained:
        net.load_state_dict(weights.load(f"digits-{pooling}"))
    return net.eval()
