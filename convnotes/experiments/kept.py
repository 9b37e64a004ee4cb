"""The networks whose weights are kept, ready to be asked; and the same networks before training, as controls."""

from zlib import decompress

import torch
from torch import Tensor, nn

from convnotes.experiments import exemplar, lenet5, results, transfer_features, weights
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.mnist import Digits, centred, grey
from convnotes.experiments.networks import Pooling, colour_network, digit_network, walk_network
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

    >>> images, _ = first_digits()
    >>> digit()(images[:5]).argmax(1).tolist()
    [7, 2, 1, 0, 4]
    """
    with seeded(0):
        net = build(digit_network(pooling))
        blur(net)
    if trained:
        net.load_state_dict(weights.load(f"digits-{pooling}"))
    return net.eval()


def walk() -> nn.Module:
    """The network of the walk, in evaluation mode; it takes digits (N, 1, 28, 28) from 0 to 1.

    Its weights are kept as float16 and computed with as float32, here as in the page.

    >>> images, labels = samples()
    >>> walk()(images[:10]).argmax(1).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    net = build(walk_network())
    net.load_state_dict(weights.load("walk"))
    return net.eval()


def lenet() -> nn.Module:
    """LeNet-5 trained on MNIST, in evaluation mode: distances to ten codes, for what `lenet5.prepared` gives.

    >>> images, labels = samples()
    >>> lenet()(lenet5.prepared(images[:10])).argmin(1).tolist()
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    net = lenet5.network(0)
    net.load_state_dict(weights.load("lenet5"))
    return net.eval()


def samples() -> tuple[Tensor, Tensor]:
    """Twenty test digits of MNIST and their labels: one of each class, then one of each that the walk misreads.

    The images, by Y. LeCun, C. Cortes and C. J. C. Burges, are licensed under CC BY-SA 3.0.

    >>> images, labels = samples()
    >>> images.shape, labels.tolist()[-3:]
    (torch.Size([20, 1, 28, 28]), [7, 8, 9])
    """
    kept = weights.load("walk-samples")
    return grey(kept["images"]), kept["labels"]


def few_digits() -> Digits:
    """The first 1,000 training and the first 1,000 test digits of MNIST.

    The images, by Y. LeCun, C. Cortes and C. J. C. Burges, are licensed under CC BY-SA 3.0.

    >>> data = few_digits()
    >>> data.images.shape, data.labels[:5].tolist()
    (torch.Size([1000, 1, 28, 28]), [5, 0, 4, 1, 9])
    """
    kept = weights.load("few-digits")
    pixels = torch.frombuffer(bytearray(decompress(kept["packed"].numpy().tobytes())), dtype=torch.uint8)
    images, labels = grey(pixels.reshape(-1, 28, 28)), kept["labels"].long()
    half = len(labels) // 2
    return Digits(images[:half], labels[:half], images[half:], labels[half:])


def first_digits(canvas: int = 40) -> tuple[Tensor, Tensor]:
    """The first hundred test digits of MNIST in the middle of a square of `canvas` pixels, and their labels.

    >>> images, labels = first_digits()
    >>> images.shape, labels[:5].tolist()
    (torch.Size([100, 1, 40, 40]), [7, 2, 1, 0, 4])
    """
    data = few_digits()
    return centred(data.test_images[:100], canvas), data.test_labels[:100]


def garment_features() -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """What EfficientNet-Lite0 makes of garments on photographs: features and labels to train on, and to test.

    >>> [tuple(part.shape) for part in garment_features()]
    [(200, 1280), (200,), (200, 1280), (200,)]
    """
    train, test = (transfer_features.unpacked(row) for row in results.load("transfer_features")["rows"])
    return *train, *test


def garment_pictures() -> tuple[Tensor, Tensor]:
    """The same garments at 32 pixels, from 0 to 1, saved with small losses: those to train on, and those to test.

    >>> [tuple(part.shape) for part in garment_pictures()]
    [(200, 3, 32, 32), (200, 3, 32, 32)]
    """
    train, test = map(transfer_features.pictures, results.load("transfer_features")["rows"])
    return train, test
