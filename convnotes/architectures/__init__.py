"""Published networks, every layer written down, with the numbers that their papers print."""

from difflib import get_close_matches

from convnotes.architectures._architecture import Architecture, Printed, Result
from convnotes.architectures.alexnet import ALEXNET, ALEXNET_OWT
from convnotes.architectures.convnext import CONVNEXT_TINY
from convnotes.architectures.efficientnet import EFFICIENTNETS
from convnotes.architectures.googlenet import GOOGLENET
from convnotes.architectures.lenet import LENET5, ZIPCODE1989
from convnotes.architectures.mobilenet import MOBILENET_V1, MOBILENET_V1_025, MOBILENET_V1_05, MOBILENET_V1_075
from convnotes.architectures.resnet import (
    RESNET18,
    RESNET34,
    RESNET50,
    RESNET50_V1_5,
    RESNET101,
    RESNET101_V1_5,
    RESNET152,
    RESNET152_V1_5,
)
from convnotes.architectures.vgg import VGG11, VGG13, VGG16, VGG19

__all__ = ["TIMELINE", "Architecture", "Printed", "Result", "find"]

TIMELINE: tuple[Architecture, ...] = (
    ZIPCODE1989,
    LENET5,
    ALEXNET,
    ALEXNET_OWT,
    VGG11,
    VGG13,
    VGG16,
    VGG19,
    GOOGLENET,
    RESNET18,
    RESNET34,
    RESNET50,
    RESNET101,
    RESNET152,
    RESNET50_V1_5,
    RESNET101_V1_5,
    RESNET152_V1_5,
    MOBILENET_V1,
    MOBILENET_V1_075,
    MOBILENET_V1_05,
    MOBILENET_V1_025,
    *EFFICIENTNETS,
    CONVNEXT_TINY,
)


def find(name: str) -> Architecture:
    """The architecture called `name`, as on the command line.

    >>> find("resnet50-v1.5").title
    'ResNet-50 v1.5'
    >>> find("resnet5O")
    Traceback (most recent call last):
    LookupError: no architecture 'resnet5O'; near: resnet50, resnet152, resnet34; every name: convnotes ledger --list
    """
    named = {architecture.name: architecture for architecture in TIMELINE}
    if name not in named:
        near = get_close_matches(name, named, cutoff=0.5)
        said = f"; near: {', '.join(near)}" if near else ""
        raise LookupError(f"no architecture {name!r}{said}; every name: convnotes ledger --list")
    return named[name]
