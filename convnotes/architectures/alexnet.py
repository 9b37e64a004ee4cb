"""AlexNet: the network of 2012, in two groups, and its author's single tower of 2014."""

from convnotes.architectures._architecture import Architecture, Descent, Printed, Result
from convnotes.layers import Conv2d, Dropout, Flatten, Linear, LocalResponseNorm, MaxPool2d, ReLU, Sequential

_NORM = LocalResponseNorm(5, alpha=5e-4, beta=0.75, k=2)  # the paper's α = 10⁻⁴ is not divided by n = 5


def alexnet() -> Sequential:
    """Five convolutions, three dense layers; conv2, conv4 and conv5 in two groups, one for each GPU."""
    features = Sequential(
        conv1=Conv2d(3, 96, 11, stride=4),
        relu1=ReLU(),
        norm1=_NORM,
        pool1=MaxPool2d(3, stride=2),
        conv2=Conv2d(96, 256, 5, padding=2, groups=2),
        relu2=ReLU(),
        norm2=_NORM,
        pool2=MaxPool2d(3, stride=2),
        conv3=Conv2d(256, 384, 3, padding=1),
        relu3=ReLU(),
        conv4=Conv2d(384, 384, 3, padding=1, groups=2),
        relu4=ReLU(),
        conv5=Conv2d(384, 256, 3, padding=1, groups=2),
        relu5=ReLU(),
        pool5=MaxPool2d(3, stride=2),
    )
    return Sequential(features=features, head=_head())


def alexnet_owt() -> Sequential:
    """The single tower: fewer kernels, no groups, no response normalisation."""
    features = Sequential(
        conv1=Conv2d(3, 64, 11, stride=4, padding=2),
        relu1=ReLU(),
        pool1=MaxPool2d(3, stride=2),
        conv2=Conv2d(64, 192, 5, padding=2),
        relu2=ReLU(),
        pool2=MaxPool2d(3, stride=2),
        conv3=Conv2d(192, 384, 3, padding=1),
        relu3=ReLU(),
        conv4=Conv2d(384, 256, 3, padding=1),
        relu4=ReLU(),
        conv5=Conv2d(256, 256, 3, padding=1),
        relu5=ReLU(),
        pool5=MaxPool2d(3, stride=2),
    )
    return Sequential(features=features, head=_head())


def _head() -> Sequential:
    return Sequential(
        flatten=Flatten(),
        fc6=Linear(256 * 6 * 6, 4096),
        relu6=ReLU(),
        drop6=Dropout(),
        fc7=Linear(4096, 4096),
        relu7=ReLU(),
        drop7=Dropout(),
        fc8=Linear(4096, 1000),
    )


_NEURONS = "figure 2, neurons of the layers"

ALEXNET = Architecture(
    name="alexnet",
    title="AlexNet",
    family="AlexNet",
    year=2012,
    source="krizhevsky2012",
    variant="The two groups of 2012. The input is 227: the paper prints 224, which a kernel of 11 with stride 4 and no "
    "padding does not turn into the 55 × 55 map that it draws.",
    contribution="Put together what had been tried apart, rectifiers, dropout, augmentation and two graphics cards, at "
    "the size of ImageNet, and won the challenge of 2012 by more than ten points.",
    descent=Descent("AlexNet", ("LeNet-5",), "ReLU, dropout and two graphics cards at the size of ImageNet", column=1),
    input=(3, 227, 227),
    build=alexnet,
    printed=(
        Printed("parameters", "60 million", "abstract", differs="60.97 million, which the abstract cuts off"),
        Printed("units", "650,000", "abstract", differs="659,272, which the abstract cuts off"),
        Printed("depth", "8", "section 3.5"),
        Printed(
            "units",
            "253,440",
            _NEURONS,
            part="features.conv1",
            differs="a map of 55 × 55 with 96 channels has 290,400; 253,440 is 55 × 48 × 96",
        ),
        Printed("units", "186,624", _NEURONS, part="features.conv2"),
        Printed("units", "64,896", _NEURONS, part="features.conv3"),
        Printed("units", "64,896", _NEURONS, part="features.conv4"),
        Printed("units", "43,264", _NEURONS, part="features.conv5"),
        Printed(
            "macs",
            "720",
            "table 9, million",
            10**6,
            source="howard2017",
            differs="724 million at input 227, printed to two digits",
        ),
    ),
    results=(
        Result(
            "top-5 error",
            "15.3 %",
            "ILSVRC-2012 test set, seven networks averaged, two of them pretrained on more data",
            "krizhevsky2012",
        ),
        Result("top-5 error", "16.4 %", "ILSVRC-2012 test set, five networks averaged", "krizhevsky2012", "quoted"),
        Result("top-5 error", "18.2 %", "ImageNet validation set, one network, ten crops", "krizhevsky2012", "quoted"),
    ),
)

ALEXNET_OWT = Architecture(
    name="alexnet-owt",
    title="AlexNet, one tower",
    family="AlexNet",
    year=2014,
    source="krizhevsky2014",
    variant="The kernels of the author's configuration for one GPU (64, 192, 384, 256, 256), in the form that "
    "libraries ship: padding 2 before the first layer where he rounds sizes up, and no response normalisation.",
    contribution="The same idea slimmed to a single card, written while studying how to spread training over many; it "
    "is what most code calls AlexNet.",
    input=(3, 224, 224),
    build=alexnet_owt,
    printed=(
        Printed("parameters", "61,100,840", "torchvision, alexnet", source="torchvision", seen="quoted"),
        Printed("macs", "0.714", "torchvision, alexnet, GFLOPS", 10**9, source="torchvision", seen="quoted"),
    ),
    results=(Result("top-5 error", "20.9 %", "ImageNet validation set, one crop", "torchvision", "quoted"),),
)
