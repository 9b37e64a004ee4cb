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
# Two convolutions, a pooling, and again: a very small network in the style of VGG, though with batch norm, which VGG
# itself did not have. First we work out shapes, parameters and fields of each layer on paper. Then we train the
# network on the 1,797 handwritten digits of scikit-learn (8×8 pixels, CC BY 4.0). This page was run when the notes
# were built.

# %%
import torch

from convnotes.cost import macs, parameters
from convnotes.experiments.build import build
from convnotes.experiments.determinism import seeded
from convnotes.experiments.digits import digits, shifted
from convnotes.experiments.training import Schedule, accuracy, fit
from convnotes.layers import AdaptiveMaxPool2d, BatchNorm2d, Conv2d, Flatten, Linear, MaxPool2d, ReLU, Sequential
from convnotes.receptive_field import growth
from convnotes.shapes import layer_shapes


# %%
def conv(before, after):
    return [Conv2d(before, after, 3, padding=1, bias=False), BatchNorm2d(after), ReLU()]


tree = Sequential(
    *conv(1, 8), *conv(8, 8), MaxPool2d(2),
    *conv(8, 16), *conv(16, 16), MaxPool2d(2),
    *conv(16, 32), AdaptiveMaxPool2d(1), Flatten(), Linear(32, 10),
)  # fmt: skip

# %% [markdown]
# ## On paper
#
# There are no weights yet: shapes and fields follow from the layers alone.

# %%
shape = (1, 24, 24)
for row, (_, layer, field) in zip(layer_shapes(tree, shape), growth(tree, shape), strict=True):
    if type(layer).__name__ in ("Conv2d", "MaxPool2d", "Linear"):
        seen = "all" if field.whole else f"{field.size[0]}, stride {field.stride[0]}"
        print(f"{type(layer).__name__:9} {row.output!s:13} {parameters(layer):5} parameters   field {seen}")
print("in all", parameters(tree), "parameters,", macs(tree, shape), "MACs")

# %% [markdown]
# ## Trained
#
# Now the same layers as a PyTorch module. It must have as many parameters as we counted.

# %%
data = digits(canvas=24)
with seeded(0):
    net = build(tree)
    assert sum(p.numel() for p in net.parameters()) == parameters(tree)
    losses = fit(net, data.images, data.labels, Schedule(steps=250), seed=0)
right = accuracy(net, data.test_images, data.test_labels)
print(f"loss {losses[0]:.2f} -> {losses[-1]:.2f}; {right:.1%} of {len(data.test_labels)} other digits right")
assert right > 0.95

# %% [markdown]
# ## Moved
#
# A digit of 16 pixels is in the middle of a canvas of 24, so it can move by 4 without leaving it. The last maps have
# stride 4, and the maximum over them does not depend on the place, so after a move by 4 only the border can make a
# difference. Moves by 1, 2 and 3 pixels could change the answers, since they fall between the strides and no digit
# was moved in training. In this network the accuracy hardly changes: a few digits more or less out of 397 may be
# chance. In the chapter on aliasing the same moves do change many answers of a network with strided convolutions.

# %%
for by in range(5):
    moved = accuracy(net, shifted(data.test_images, 0, by), data.test_labels)
    print(f"moved right by {by}: {moved:.1%}")

# %% [markdown]
# ## Which digits does it confuse?

# %%
with torch.no_grad():
    guesses = net(data.test_images).argmax(1)
wrong = [(int(a), int(b)) for a, b in zip(data.test_labels, guesses, strict=True) if a != b]
print("(digit, taken for):", wrong)

# %% [markdown]
# ## Try
#
# Replace the first `MaxPool2d(2)` by `stride=2` in the convolution before it. Which rows of the table on paper
# change? What happens to digits that have moved?
