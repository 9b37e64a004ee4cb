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
# # Measure a receptive field
#
# The package computes receptive fields from kernel sizes, strides and paddings. Here two experiments find the same
# fields without any of that: one looks at gradients, the other at pixels that are not a number. This page was run
# when the notes were built.

# %%
import torch
from torch import nn

from convnotes.experiments.build import build
from convnotes.layers import Conv2d, MaxPool2d, ReLU, Residual, Sequential
from convnotes.receptive_field import receptive_field

torch.manual_seed(0)
tree = Sequential(
    Conv2d(1, 4, 5, stride=2, padding=2), ReLU(), MaxPool2d(3, stride=2, padding=1), Conv2d(4, 4, 3, padding=1), ReLU()
)
field = receptive_field(tree)
print(field)

# %% [markdown]
# ## Listening to gradients
#
# If you change a pixel a little, does the unit change? The derivative answers that for all pixels at once. But two
# things make a derivative zero by chance: a maximum depends only on its largest value, and a ReLU that writes zero on
# nothing. So we measure on a copy that has the same connections, but positive weights, no ReLU, and means in place of
# maxima.


# %%
def loud(module):
    """The module with the same wiring, in which every path carries a positive signal."""
    if isinstance(module, nn.MaxPool2d):
        return nn.AvgPool2d(module.kernel_size, module.stride, module.padding)
    if isinstance(module, nn.ReLU):
        return nn.Identity()
    for name, child in module.named_children():
        setattr(module, name, loud(child))
    for parameter in module.parameters(recurse=False):
        parameter.data.abs_().add_(0.1)
    return module


def heard(net, size, row, column):
    """First and last row and column whose pixels move the unit at (row, column)."""
    x = torch.ones(1, 1, size, size, requires_grad=True)
    net(x)[0, 0, row, column].backward()
    rows, columns = x.grad[0, 0].nonzero(as_tuple=True)
    return (rows.min().item(), rows.max().item()), (columns.min().item(), columns.max().item())


net = loud(build(tree))
print("heard:  ", heard(net, 64, 8, 5))
rows, columns = field.region(8, 5)
print("derived:", (rows[0], rows[-1]), (columns[0], columns[-1]))
assert heard(net, 64, 8, 5) == ((rows[0], rows[-1]), (columns[0], columns[-1]))

# %% [markdown]
# ## Poisoning pixels
#
# A pixel that is *not a number* (NaN) makes every sum that reads it not a number. Put one into a picture and see
# whether the unit becomes NaN. That needs no derivative, and one run for each column is enough.

# %%
with torch.no_grad():
    ill = []
    for pixel in range(64):
        x = torch.ones(1, 1, 64, 64)
        x[..., pixel] = float("nan")
        if net(x)[0, 0, 8, 5].isnan():
            ill.append(pixel)
print("poisoned by columns", ill[0], "to", ill[-1])
assert ill == list(columns)

# %% [markdown]
# ## A shorter path changes nothing
#
# A skip connection adds a shorter path. The field reaches from the first to the last pixel of all paths, so the skip
# leaves it as it was.

# %%
block = Sequential(Residual(Sequential(Conv2d(1, 1, 3, padding=1), Conv2d(1, 1, 3, padding=1))))
print("derived:", receptive_field(block).size, " heard:", heard(loud(build(block)), 32, 16, 16))

# %% [markdown]
# ## Try
#
# Give the last convolution `dilation=3, padding=3` and print `ill`: three pixels are missing, twice. Why are none
# missing with `dilation=2, padding=2`? (Before that layer a unit sees 9 pixels, and the taps are 12 or 8 pixels
# apart.)
