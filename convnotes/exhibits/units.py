"""The units that networks repeat, drawn from their layers."""

from convnotes.architectures import find
from convnotes.architectures.convnext import block
from convnotes.architectures.densenet import dense_layer
from convnotes.architectures.efficientnet import mbconv as widened
from convnotes.architectures.googlenet import MODULES
from convnotes.architectures.googlenet import inception as branched
from convnotes.architectures.mobilenet import inverted_residual
from convnotes.architectures.resnet import basic, bottleneck
from convnotes.architectures.resnet import grouped as divided
from convnotes.drawing.kinds import Figure
from convnotes.exhibits.blocks import joined, side_by_side


def residual() -> Figure:
    """ResNet's two blocks: two 3×3 at full width, or a 3×3 at a quarter of it between two 1×1. Both have a shortcut.

    Two columns of boxes, one for each layer with its kernel and channels, from the input below to a sum above.
    """
    return side_by_side({"basic": basic(64, 64, 1), "bottleneck": bottleneck(256, 64, 1)})


def strided() -> Figure:
    """The first block of a stage halves the map: on its first 1×1 as published, on its 3×3 in v1.5.

    Two columns of three boxes, the shortcut beside each a 1×1 with stride 2. They differ in the place of one stride.
    """
    return side_by_side({"as published": bottleneck(256, 128, 2), "v1.5": bottleneck(256, 128, 2, stride_on=3)})


def grouped() -> Figure:
    """ResNet's bottleneck, and ResNeXt's: twice as wide in the middle, where the 3×3 is in 32 groups.

    Two columns of three boxes, from the input below to a sum above, with the channels of each layer.
    """
    return side_by_side({"bottleneck": bottleneck(256, 64, 1), "ResNeXt": divided(256, 64, 1)})


def inception() -> Figure:
    """GoogLeNet's first module: four branches read the same 192 maps. A 1×1 thins what the 3×3 and the 5×5 read.

    Four columns of boxes between one input below and one output above, where their channels are concatenated.
    """
    return joined(branched(*MODULES["inception_3a"]))


def separable() -> Figure:
    """A layer of MobileNet in two steps: a depthwise 3×3 looks at each map alone, then a 1×1 mixes the maps.

    A column of two boxes, from the input below to the output above: a 3×3 that keeps the number of channels, and a 1×1
    that may change it.
    """
    return side_by_side({"separable": find("mobilenet-v1").part("features.block7")[0]})


def inverted() -> Figure:
    """ResNet's bottleneck is wide outside and narrow inside. MobileNetV2's block is the other way round.

    Two columns of three boxes, from the input below to a sum above, with the channels of each layer.
    """
    return side_by_side({"bottleneck (ResNet)": bottleneck(256, 64, 1), "inverted (V2)": inverted_residual(24, 24)})


def mbconv() -> Figure:
    """A block of EfficientNet: widen six times, look at each map alone, weigh the maps by a gate, narrow again.

    A column of four boxes, from the input below to a sum above; the third is the gate.
    """
    return side_by_side({"MBConv": widened(40, 40, 6, 5, 1)})


def dense() -> Figure:
    """A layer of a dense block, here the fifth of the second block: it reads 256 maps and lays 32 beside them.

    Two columns between one input below and one output above: the maps as they are, and a 1×1 with a 3×3 above it.
    """
    return joined(dense_layer(256))


def convnext() -> Figure:
    """A ConvNeXt block: a depthwise 7×7, a 1×1 to four times the channels, one back. A shortcut leads around all three.

    A column of three boxes, from the input below to a sum above.
    """
    return side_by_side({"ConvNeXt": block(96)})
