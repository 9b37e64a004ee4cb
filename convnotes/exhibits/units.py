"""The units that networks repeat: each function here is one, which `architectures.unit` draws by its name.

It gives the layers to draw: those that are to be compared under their titles, or branches from one input to one output.
"""

from collections.abc import Callable, Mapping

from convnotes.architectures.convnext import block
from convnotes.architectures.densenet import dense_layer
from convnotes.architectures.efficientnet import mbconv as widened
from convnotes.architectures.googlenet import MODULES
from convnotes.architectures.googlenet import inception as branched
from convnotes.architectures.mobilenet import inverted_residual, mobilenet
from convnotes.architectures.resnet import basic, bottleneck
from convnotes.architectures.resnet import grouped as divided
from convnotes.layers import Layer, Parallel

Unit = Mapping[str, Layer] | Parallel


def residual() -> Unit:
    """The two blocks of the paper."""
    return {"basic": basic(64, 64, 1), "bottleneck": bottleneck(256, 64, 1)}


def strided() -> Unit:
    """The first block of a stage, in two variants."""
    return {"as published": bottleneck(256, 128, 2), "v1.5": bottleneck(256, 128, 2, stride_on=3)}


def grouped() -> Unit:
    """A bottleneck, and the same in groups."""
    return {"bottleneck": bottleneck(256, 64, 1), "ResNeXt": divided(256, 64, 1)}


def inception() -> Unit:
    """The first module of GoogLeNet."""
    return branched(*MODULES["inception_3a"])


def separable() -> Unit:
    """A convolution over space and one over channels."""
    return {"separable": dict(dict(mobilenet().children)["features"].children)["block7"]}  # type: ignore[attr-defined]


def inverted() -> Unit:
    """A bottleneck, and the same inside out."""
    return {"bottleneck (ResNet)": bottleneck(256, 64, 1), "inverted (V2)": inverted_residual(24, 24)}


def mbconv() -> Unit:
    """An inverted block with a gate."""
    return {"MBConv": widened(40, 40, 6, 5, 1)}


def dense() -> Unit:
    """What a layer adds to the maps before it."""
    return dense_layer(256)


def convnext() -> Unit:
    """A block of the first stage."""
    return {"ConvNeXt": block(96)}


UNITS: dict[str, Callable[[], Unit]] = {
    name: made for name, made in list(globals().items()) if getattr(made, "__annotations__", {}).get("return") == Unit
}


def layers(kind: str) -> Unit:
    """The layers of the unit called `kind`.

    >>> layers("nosuch")
    Traceback (most recent call last):
    ValueError: no unit 'nosuch'; convnotes/exhibits/units.py has residual, strided, grouped, inception, separable, \
inverted, mbconv, dense, convnext
    """
    if kind not in UNITS:
        raise ValueError(f"no unit {kind!r}; convnotes/exhibits/units.py has {', '.join(UNITS)}")
    return UNITS[kind]()
