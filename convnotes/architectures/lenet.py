"""The first convolutional networks trained by back-propagation: digits of ZIP codes (1989) and of cheques (1998)."""

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import (
    Conv2d,
    Flatten,
    Linear,
    RadialBasis,
    Sequential,
    Subsampling2d,
    TableConv2d,
    Tanh,
    UnitBias,
)

# The paper says that each map of H2 reads eight of the twelve maps of H1 and does not say which. Here: eight in a row,
# starting one further each time, round and round. The counts do not depend on the choice.
H2_TABLE = tuple(tuple(sorted((first + step) % 12 for step in range(8))) for first in range(12))

# Table I of LeCun et al. 1998: which maps of S2 each of the sixteen maps of C3 reads.
C3_TABLE = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)


def zipcode1989() -> Sequential:
    """The network of 1989: two convolutions of stride 2 that share weights but not biases, two dense layers."""
    h1 = Sequential(conv=Conv2d(1, 12, 5, stride=2, padding=2, bias=False), bias=UnitBias(12, 8, 8), act=Tanh())
    h2 = Sequential(conv=TableConv2d(12, H2_TABLE, 5, 2, 2, bias=False), bias=UnitBias(12, 4, 4), act=Tanh())
    h3 = Sequential(flatten=Flatten(), linear=Linear(192, 30), act=Tanh())
    return Sequential(
        features=Sequential(h1=h1, h2=h2),
        head=Sequential(h3=h3, output=Sequential(linear=Linear(30, 10), act=Tanh())),
    )


def lenet5() -> Sequential:
    """LeNet-5: convolution and subsampling in turn; C5 is a convolution that happens to cover all of S4."""
    features = Sequential(
        c1=Sequential(conv=Conv2d(1, 6, 5), act=Tanh()),
        s2=Sequential(pool=Subsampling2d(6, 2), act=Tanh()),
        c3=Sequential(conv=TableConv2d(6, C3_TABLE, 5), act=Tanh()),
        s4=Sequential(pool=Subsampling2d(16, 2), act=Tanh()),
        c5=Sequential(conv=Conv2d(16, 120, 5), act=Tanh()),
    )
    f6 = Sequential(linear=Linear(120, 84), act=Tanh())
    return Sequential(features=features, head=Sequential(flatten=Flatten(), f6=f6, output=RadialBasis(84, 10)))


ZIPCODE1989 = Architecture(
    name="zipcode1989",
    title="ZIP code network",
    family="LeNet",
    year=1989,
    source="lecun1989",
    variant="Every unit has a bias of its own, also within a map. Which 8 of the 12 first maps a second map reads is "
    "not published; eight neighbouring ones are taken here. The border, −1 in the paper, counts as padding.",
    contribution="Learned the kernels instead of designing them: shared local weights, trained by back-propagation "
    "straight from pixels, read digits from United States mail.",
    descent=Descent("ZIP code net", (), "kernels learned by back-propagation", column=1),
    input=(1, 16, 16),
    build=zipcode1989,
    printed=(
        Printed("parameters", "9760", "section 3.3", seen="quoted"),
        Printed("connections", "64,660", "section 3.3", seen="quoted"),
        Printed("connections", "19,968", "section 3.2, H1", part="features.h1", seen="quoted"),
        Printed("parameters", "1068", "section 3.2, H1", part="features.h1", seen="quoted"),
        Printed("connections", "38,592", "section 3.2, H2", part="features.h2", seen="quoted"),
        Printed("parameters", "2592", "section 3.2, H2", part="features.h2", seen="quoted"),
        Printed("connections", "5790", "section 3.2, H3", part="head.h3", seen="quoted"),
        Printed("parameters", "310", "section 3.2, output", part="head.output", seen="quoted"),
        Printed(
            "units", "1256", "section 3.3", seen="quoted", differs="the paper counts the 256 pixels as units as well"
        ),
    ),
    results=(Result("test error", "5.0 %", "2,007 digits of US mail, raw", "lecun1989", "quoted"),),
)

LENET5 = Architecture(
    name="lenet5",
    title="LeNet-5",
    family="LeNet",
    year=1998,
    source="lecun1998",
    variant="As published: C3 reads the maps that table I lists, pooling has a learned coefficient and bias per map, "
    "the output is the distance to ten fixed codes. The usual rewriting with dense layers has 61,706 parameters. "
    "The paper scales its hyperbolic tangent.",
    contribution="Convolution, subsampling and dense layers in the order that AlexNet and VGG kept, trained as one "
    "piece; machines read bank cheques with it.",
    descent=Descent(
        "LeNet-5", ("ZIP code net",), "subsampling between convolutions, at the size of a product", column=1
    ),
    input=(1, 32, 32),
    build=lenet5,
    printed=(
        Printed("parameters", "60,000", "section II.B", seen="quoted"),
        Printed("connections", "340,908", "section II.B", seen="quoted"),
        Printed("parameters", "156", "section II.B, C1", part="features.c1", seen="quoted"),
        Printed("connections", "122,304", "section II.B, C1", part="features.c1", seen="quoted"),
        Printed("parameters", "12", "section II.B, S2", part="features.s2", seen="quoted"),
        Printed("connections", "5,880", "section II.B, S2", part="features.s2", seen="quoted"),
        Printed("parameters", "1,516", "section II.B, C3", part="features.c3", seen="quoted"),
        Printed("connections", "151,600", "section II.B, C3", part="features.c3", seen="quoted"),
        Printed("parameters", "32", "section II.B, S4", part="features.s4", seen="quoted"),
        Printed("connections", "2,000", "section II.B, S4", part="features.s4", seen="quoted"),
        Printed("connections", "48,120", "section II.B, C5", part="features.c5", seen="quoted"),
        Printed("parameters", "10,164", "section II.B, F6", part="head.f6", seen="quoted"),
    ),
    results=(
        Result("test error", "0.95 %", "MNIST test set, 60,000 training digits undistorted", "lecun1998", "quoted"),
        Result("test error", "0.8 %", "MNIST test set, with distorted digits added in training", "lecun1998", "quoted"),
    ),
)
