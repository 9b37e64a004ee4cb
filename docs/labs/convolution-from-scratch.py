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
# # Convolution from scratch
#
# A convolution is two loops over places and one sum over a window. This page was run when the notes were built: below
# each piece of code is what it printed. You can download the script at the foot of the page and change it.

# %%
import numpy as np

from convnotes.conv import output_size
from convnotes.correlate import correlate2d

# %% [markdown]
# ## One channel
#
# We take an image of 6×6 with an edge down its middle, and a kernel that subtracts the left column from the right.

# %%
image = np.zeros((6, 6), dtype=int)
image[:, 3:] = 1
kernel = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
print(image)

# %% [markdown]
# How often does the window fit? `output_size` is the formula of the chapter. At place `(i, j)` the window starts at
# row `i * stride` and column `j * stride`.


# %%
def slide(image, kernel, stride=1, padding=0):
    padded = np.pad(image, padding)
    k = len(kernel)
    rows, columns = (output_size(n, k, stride, padding) for n in image.shape)
    out = np.zeros((rows, columns), dtype=image.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            window = padded[top : top + k, left : left + k]
            out[i, j] = (window * kernel).sum()
    return out


print(slide(image, kernel))

# %% [markdown]
# Only where the window lies across the edge is the output not zero.
#
# ## Stride and padding
#
# The same loops with padding and longer strides. The formula gives the shape every time.

# %%
for stride, padding in [(1, 0), (1, 1), (2, 0), (2, 1)]:
    out = slide(image, kernel, stride, padding)
    print(f"stride {stride}, padding {padding}: {out.shape}")

# %% [markdown]
# ## Several channels
#
# A real layer reads all channels of its input and writes one map per filter. So the sum has one more axis, and there
# is one more loop around it.


# %%
def conv2d(maps, weight, stride=1, padding=0):
    def one_map(kernels):
        return sum(slide(channel, kernel, stride, padding) for channel, kernel in zip(maps, kernels, strict=True))

    return np.stack([one_map(kernels) for kernels in weight])


rng = np.random.default_rng(0)
maps = rng.integers(-5, 5, (3, 8, 8))
weight = rng.integers(-2, 3, (4, 3, 3, 3))
ours = conv2d(maps, weight, stride=2, padding=1)
print(maps.shape, "->", ours.shape)

# %% [markdown]
# ## Does it agree with the package?
#
# With integers there is no rounding, so the two must agree in every number.

# %%
theirs = correlate2d(maps, weight, stride=2, padding=1)
assert (ours == theirs).all()
print("equal in all", ours.size, "numbers")
