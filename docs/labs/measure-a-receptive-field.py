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
# fields without any of that: one listens to gradients, the other poisons pixels. This page was run when the notes were
# built.

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
# Nudge a pixel: does the unit move? The derivative answers for all pixels at once. Two things would fool it: a maximum
# listens to its winner only, and a dead ReLU to nobody. So the copy that we ask has positive weights, no ReLU, and
# means in place of maxima: the same wiring, with nothing that can be silent by chance.


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
# A pixel that is *not a number* makes every sum that touches it not a number. Put one into a picture and see which
# units fall ill. That needs no derivative, and one run for each pixel along a row is enough.

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
# ## A branch changes nothing outside the hull
#
# A skip connection adds a shorter path. The field is the hull of all paths, so the skip leaves it as it was.

# %%
block = Sequential(Residual(Sequential(Conv2d(1, 1, 3, padding=1), Conv2d(1, 1, 3, padding=1))))
print("derived:", receptive_field(block).size, " heard:", heard(loud(build(block)), 32, 16, 16))

# %% [markdown]
# ## Try
#
# Put a `dilation=2` into the last convolution. Which pixels inside the field are not heard at all?
