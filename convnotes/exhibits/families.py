"""The families of the published networks, as the chapters have them."""

from convnotes.architectures import Architecture

FAMILIES = {
    "lenet": "LeNet", "alexnet": "AlexNet", "vgg": "VGG", "googlenet": "GoogLeNet", "resnet": "ResNet",
    "mobilenet": "MobileNet", "efficientnet": "EfficientNet", "convnext": "ConvNeXt",
}  # fmt: skip
TOP5 = "top-5 error"


def family(architecture: Architecture) -> str:
    """The stem of the page that a network is on.

    >>> from convnotes.architectures import find
    >>> family(find("resnet50-v1.5")), family(find("zipcode1989"))
    ('resnet', 'lenet')
    """
    return next((stem for stem in FAMILIES if architecture.name.startswith(stem)), "lenet")
