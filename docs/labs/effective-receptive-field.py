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
# # Effective receptive field
#
# How much does each pixel of a field count? We measure it by the protocol of Luo et al., on random stacks and on a
# network that you write. This page was run when the notes were built.

# %%
import matplotlib.pyplot as plt
import torch
from torch import nn

from convnotes.experiments.effective_receptive_field import gradient, luo2016
from convnotes.experiments.random_stacks import Stack, luo

# %% [markdown]
# ## Theory
#
# With independent random weights, each layer adds (k² − 1)/12, times the squares of the stride so far and of the
# dilation, to the variance of the squared derivative. `Stack.sigma` is that formula, `luo` the measurement over
# twenty random networks.

# %%
for stack in (Stack(5), Stack(10), Stack(20), Stack(10, dilation=2), Stack(10, kernel_size=5)):
    found = luo(stack).sigma
    print(
        f"{stack.depth:2} layers, k={stack.kernel_size}, d={stack.dilation}: field {stack.field:2}, "
        f"predicted {stack.sigma:.2f}, measured {found.mean:.2f} [{found.low:.2f}, {found.high:.2f}]"
    )

# %% [markdown]
# ## A network that you write
#
# Write the network yourself and leave the rest to the package. For each of twenty random networks `gradient` gives
# the derivative of the middle unit for a random picture, and `luo2016` averages the squares.


# %%
def once(depth):
    layers = [nn.Conv2d(8 if i else 1, 8, 3, bias=False) for i in range(depth)]
    x = torch.randn(1, 1, 2 * depth + 1, 2 * depth + 1)
    return gradient(nn.Sequential(*layers), x, torch.randn(1, 8))


torch.manual_seed(1)
found = luo2016([once(20) for _ in range(20)])
print(f"measured {found.sigma.mean:.2f}, theory {(2 * 20 / 3) ** 0.5:.2f}")
assert abs(found.sigma.mean - (2 * 20 / 3) ** 0.5) < 0.5

# %%
fig, axes = plt.subplots(1, 2, figsize=(6, 2.8), dpi=80)
axes[0].imshow(found.map, cmap="magma")
axes[0].set_title("mean |derivative|")
axes[1].plot(found.map.mean(0) / found.map.mean(0).max())
axes[1].set_title("along a row")
fig.tight_layout()
# Picture: left a round bright spot in a dark square of 41 pixels; right its mean along a row, a bell.

# %% [markdown]
# ## Skips
#
# The same twenty layers, but each adds its input to its output. The theoretical field is the same, the effective one
# is not.

# %%
for skip in (False, True):
    found = luo(Stack(20, skip=skip)).sigma
    print("with skips" if skip else "plain     ", f"{found.mean:.2f}")

# %% [markdown]
# ## Try
#
# Put your own network into `once`, up to the layer that interests you. You can also use your own pictures instead of
# noise; if you do, say so beside the number.
