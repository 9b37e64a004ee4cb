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
# # Mini-VGG
#
# VGG has no kernel larger than 3×3. Where others put one 5×5 convolution, it puts two 3×3, one after the other. What
# does that save, and what does it change? We build a very small network in both ways, compare them on paper, and then
# train them on a thousand handwritten digits of [MNIST](../../references/#lecun1998b). (Both have batch norm, which VGG
# itself did not have.) This page was run when the notes were built.

# %%
import matplotlib.pyplot as plt
import torch

from convnotes.cost import macs, parameters
from convnotes.experiments import kept
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.intervals import interval
from convnotes.experiments.training import Schedule, accuracy, fit
from convnotes.layers import AdaptiveMaxPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from convnotes.receptive_field import growth
from convnotes.shapes import layer_shapes


# %%
def conv(before, after, kernel_size):
    return [Conv2d(before, after, kernel_size, padding=kernel_size // 2, bias=False), BatchNorm2d(after), ReLU()]


def two(channels):
    return [*conv(channels, channels, 3), *conv(channels, channels, 3)]


def one(channels):
    return conv(channels, channels, 5)


def network(block, channels=16):
    return Sequential(
        *conv(1, channels, 3), MaxPool2d(2),
        *block(channels), MaxPool2d(2),
        *block(channels),
        AdaptiveMaxPool2d(1), Flatten(), Linear(channels, 10),
    )  # fmt: skip


trees = {"two 3×3": network(two), "one 5×5": network(one)}

# %% [markdown]
# ## On paper
#
# There are no weights yet: shapes, parameters and fields follow from the layers alone. Call the pair, or the one 5×5 in
# its place, a block. Compare the field after each block.

# %%
shape = (1, 28, 28)
for name, tree in trees.items():
    print(f"{name:10}{'shape':9}{'weights':>8}{'field':>6}")
    for row, (_, layer, field) in zip(layer_shapes(tree, shape), growth(tree, shape), strict=True):
        if isinstance(layer, Conv2d | MaxPool2d):
            after = "×".join(map(str, row.output))
            print(f"{type(layer).__name__:10}{after:9}{parameters(layer):8,}{field.size[0]:6}")
    print(f"in all {parameters(tree):,} parameters\nand {macs(tree, shape):,} MACs", end="\n\n")

# %% [markdown]
# After each block both see equally far. With C channels before and after, two 3×3 convolutions have 2·9·C² = 18·C²
# weights and one 5×5 has 25·C². So the pair saves 28 % of the weights and 28 % of the multiplications. It also has one
# ReLU more, in its middle. Why is the first layer a single 3×3 in both? Where few channels come in, two 3×3 have *more*
# weights than one 5×5:

# %%
for before in (1, 4, 16):
    pair, single = (parameters(Sequential(*layers)) for layers in (
        [Conv2d(before, 16, 3, bias=False), Conv2d(16, 16, 3, bias=False)], [Conv2d(before, 16, 5, bias=False)],
    ))  # fmt: skip
    print(f"{before:2} to 16 channels: {pair:,} or {single:,}")

# %% [markdown]
# ## Trained
#
# Now the same layers as PyTorch modules. We train each from five seeds, which draw the initial weights and the batches.
# The first 1,000 training digits of MNIST are for training, the first 1,000 test digits for testing; they come with the
# package. (Images: Y. LeCun, C. Cortes, C. J. C. Burges, CC BY-SA 3.0.) Which network will read more digits?

# %%
data = kept.few_digits()


def trained(tree, seed):
    with seeded(seed):
        net = build(tree)
        fit(net, data.images, data.labels, Schedule(steps=200), seed)
    return net


nets = {name: [trained(tree, seed) for seed in range(5)] for name, tree in trees.items()}
right = {name: [100 * accuracy(net, data.test_images, data.test_labels) for net in nets[name]] for name in nets}
means = {name: interval(found) for name, found in right.items()}
more = interval([a - b for a, b in zip(*right.values(), strict=True)])
for name, tree in trees.items():
    print(name, *(f"{found:.1f}" for found in right[name]), f"\n  mean {means[name]:.1f} % right")
    assert sum(p.numel() for p in nets[name][0].parameters()) == parameters(tree)
    assert means[name].mean > 90
print(f"two 3×3 minus one 5×5: {more:.1f} points")

# %% [markdown]
# What follows ± is half of the 95 % interval. If the interval of the difference contains 0, these five seeds do not
# show which network is better. That does not make them equal: it would take more seeds, or more digits, to see a
# smaller difference. On ImageNet, with deeper networks, the authors of VGG did see one: with a 5×5 convolution in place
# of each pair, the error was 7 % higher ([Simonyan & Zisserman, section 4.1](../../references/#simonyan2015)).
#
# ## Which digits does it confuse?
#
# The first ten mistakes of one of the networks with pairs: what was drawn, and what it was taken for.

# %%
with torch.no_grad():
    guesses = nets["two 3×3"][0](data.test_images).argmax(1)
wrong = (guesses != data.test_labels).nonzero().flatten()[:10].tolist()
fig, axes = plt.subplots(1, len(wrong), figsize=(7.5, 1.1), dpi=80)
for axis, place in zip(axes, wrong, strict=True):
    axis.imshow(data.test_images[place, 0], cmap="gray_r")
    axis.set_title(f"{data.test_labels[place]} → {guesses[place]}", fontsize=9)
    axis.axis("off")
# Picture: ten handwritten digits in a row; above each the digit that was meant and what it was taken for.

# %% [markdown]
# ## Try
#
# - Leave out the ReLU and the batch norm in the middle of the pair. Except at the border, the two convolutions then do
#   what a single 5×5 could do. Does the network still read as many digits?
# - Replace the first `MaxPool2d(2)` by `stride=2` in the convolution before it. Which rows on paper change?
# - Train with 100 digits, or with twice as many channels. Does the interval of the difference contain 0
#   then?
