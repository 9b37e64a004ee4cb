"""Why, on networks: what they can read, shortcuts, what the bets are, what a picture of a unit shows, other numbers."""

from __future__ import annotations

from itertools import pairwise

from convnotes.architectures import find
from convnotes.conv import output_size
from convnotes.exercises.choice import choice
from convnotes.exercises.draws import Draws, Redraw
from convnotes.exercises.exercise import Kind, Problem
from convnotes.shapes import output_shape

NETWORKS = ("alexnet", "vgg11", "vgg16", "resnet18", "resnet50", "mobilenet-v1", "densenet121", "googlenet")


def other_size(draws: Draws) -> Problem:
    """Whether a network can read a photograph of another size."""
    name, side = draws.pick(NETWORKS), draws.pick((160, 192, 256, 288, 320, 384, 448))
    about = find(name)
    last = output_shape(about.features, (3, side, side))
    if last == output_shape(about.features, about.input):
        raise Redraw  # rounded down to the usual size: then even a flattened map fits
    try:
        output_shape(about.network, (3, side, side))
        fits = True
    except ValueError:
        fits = False
    why = f"Its last map is then {last[1]}×{last[2]}. " + (
        "A global average makes one number of each channel, whatever the size."
        if fits
        else "Its first dense layer has a weight for each number of a map of another size."
    )
    options = {
        "True": ("Yes: before its dense layer each channel is averaged to one number.", why),
        "False": ("No: its first dense layer reads a flattened map of one size only.", why),
        "any": ("Yes: convolutions read maps of any size, and so does the network.",
                f"{why} The dense layer decides, not the convolutions."),
        "field": ("No: its receptive fields were made for one size.",
                  f"{why} Fields that reach beyond the picture read padding."),
    }  # fmt: skip
    return choice(
        {"network": name, "side": side},
        f"{about.title}, as published, is fed photographs of {side}×{side} instead of its usual size. Can it give an "
        "answer, and why?",
        options,
        str(fits),
    )


def which_shortcut(draws: Draws) -> Problem:
    """The shortcut that a block needs."""
    a = draws.pick((64, 128, 256))
    b, s = draws.pick((a, a, 2 * a, 4 * a)), draws.pick((1, 1, 2))
    side = draws.pick((28, 56))
    codes = {"plain": None, "fits": (a, b, s), "stride": (a, b, 3 - s), "channels": (a, a, 2)}
    right = "plain" if (a, 1) == (b, s) else "fits"
    strided = "and one of its layers has stride 2" if s == 2 else "all at stride 1"
    shape = f"The block turns ({a}, {side}, {side}) into ({b}, {side // s}, {side // s})."
    told = {
        "plain": "Input and output can be added as they are, and nothing has fewer weights than nothing."
        if right == "plain" else "The two cannot be added: their shapes differ.",
        "fits": "Its output has that shape too, so the two can be added."
        if right == "fits" else "It fits, but it has weights, and none are needed.",
        "stride": f"It writes maps of {side // (3 - s)}×{side // (3 - s)}.",
        "channels": f"It writes {a} channels of {side // 2}×{side // 2}.",
    }  # fmt: skip
    options = {
        code: (
            "The input as it is." if layer is None else f"`Conv2d({layer[0]}, {layer[1]}, 1, stride={layer[2]})`",
            f"{shape} {told[code]}",
        )
        for code, layer in codes.items()
    }
    if codes["channels"] in (codes["fits"], codes["stride"]):
        del options["channels"]
        codes.pop("channels")
    return choice(
        {"in_channels": a, "out_channels": b, "stride": s, "side": side, "shortcuts": codes},
        f"A residual block leads from {a} channels to {b}, {strided}. Its input has maps of {side}×{side}. "
        "Which shortcut can be added to what its layers write, with the fewest weights?",
        options,
        right,
    )


CHANGES = {
    "all": "the pixels of all pictures are shuffled, all in the same way",
    "each": "the pixels of each picture are shuffled, each in a way of its own",
    "channels": "the colour channels of all pictures are exchanged, all in the same way",
}


def still_learned(draws: Draws) -> Problem:
    """Whether some weights give the same outputs on changed pictures."""
    dense, change = draws.pick((True, False)), draws.pick(tuple(CHANGES))
    side, outputs = draws.pick((8, 16, 28, 32, 64)), draws.pick((4, 8, 16))
    layer = f"a dense layer with {outputs} outputs" if dense else f"a convolution of 3×3 with {outputs} kernels"
    right = "own" if change == "each" else "True" if dense or change == "channels" else "near"
    why = {
        "own": "The layer has the same weights for all pictures, and each would need others.",
        "True": "Give each weight to the place where its number has gone."
        if change == "all"
        else "Exchange the slices of the kernels, or the weights of the channels, in the same way.",
        "near": "What a kernel read in one window is now scattered over the whole picture.",
    }[right]
    options = {
        "True": ("Yes: its weights can be rearranged in the same way.", why),
        "near": ("No: it would have to read cells that lie far apart, and its windows are small.", why),
        "own": ("No: it would need other weights for each picture.", why),
        "training": (
            "Yes: with enough pictures any layer learns it.",
            f"{why} What no weights give, none are learned.",
        ),
    }
    return choice(
        {"dense": dense, "change": change, "side": side, "outputs": outputs},
        f"Pictures of {side}×{side} in three colours are read by {layer}. Now {CHANGES[change]}. Are there weights "
        "with which a layer of the same kind writes, for each changed picture, what this one wrote for the old?",
        options,
        right,
    )


def which_layer(draws: Draws) -> Problem:
    """Which kind of layer has so many weights."""
    c, o, k, side = draws.pick((1, 3, 8)), draws.pick((4, 16, 32)), draws.pick((3, 5)), draws.pick((16, 28, 32))
    places, window = side * side, k * k * c
    counts = {"dense": c * places * o * places, "local": window * o * places, "shared": window * o, "depth": k * k * o}
    right = draws.pick(("dense", "local", "shared"))
    if c == 1:
        counts.pop("depth")
    told = {
        "dense": f"Each of ${o}·{places}$ outputs would read all of ${c}·{places}$ inputs: {counts['dense']:,}.",
        "local": f"Each of ${o}·{places}$ outputs would have ${window}$ weights of its own: {counts['local']:,}.",
        "shared": f"{o} kernels of ${window}$ weights: {counts['shared']:,}.",
        "depth": f"{o} kernels of ${k * k}$ weights: {k * k * o:,}.",
    }
    said = {
        "dense": "Neither local nor shared: each output reads the whole input with weights of its own.",
        "local": f"Local, not shared: each output reads a window of {k}×{k}, with weights of its own.",
        "shared": f"Local and shared: the same kernels of {k}×{k} are used at every place.",
        "depth": f"Local and shared, and each kernel of {k}×{k} reads one channel only.",
    }
    return choice(
        {"channels": c, "outputs": o, "kernel_size": k, "side": side, "weights": counts[right]},
        f"A layer reads {c} {'channel' if c == 1 else 'channels'} of {side}×{side} and writes {o} of the same size. It "
        f"has {counts[right]:,} weights, without biases. Which layer is it?",
        {code: (said[code], told[code]) for code in counts},
        right,
    )


def square_counts(draws: Draws) -> Problem:
    """Whether a grey square can change an answer."""
    side, k = draws.pick((96, 128, 160)), draws.pick((8, 12, 16))
    first = draws.whole(20, side // 2)
    last = first + draws.whole(10, side // 3)
    at = draws.whole(0, side - k)
    meets = at <= last and at + k > first
    if at + k in range(first - 8, first - 3) or not (first - 2 * k < at < last + 2 * k):
        raise Redraw
    why = f"The square covers the rows {at} to {at + k - 1}, the unit reads the rows {first} to {last}."
    options = {
        "may": ("It may: part of the square, at least, lies in what the unit reads.",
                f"{why} Whether it does, and how much, depends on the picture and the weights."),
        "no": ("It cannot: the square lies wholly outside of what the unit reads.", why),
        "must": ("It must: something that the unit reads is covered.",
                 f"{why} Covered cells may weigh little, or have been grey before." if meets else why),
        "little": ("It does, a little: pixels near the field count too.", f"{why} A pixel outside counts for nothing."),
    }  # fmt: skip
    return choice(
        {"at": at, "patch": k, "first": first, "last": last},
        f"Of a picture of {side} rows, counted from 0, a unit reads the rows {first} to {last}, and all columns. A "
        f"grey square of {k}×{k} is laid on the picture, its upper edge at row {at}. Does the unit's answer change?",
        options,
        "may" if meets else "no",
    )


def kernel_picture(draws: Draws) -> Problem:
    """Whether a kernel can be shown as a picture."""
    colour, layer = draws.pick((True, False)), draws.pick((1, 1, 2, 3))
    widths = [3 if colour else 1, *(draws.pick((3, 8, 16, 32, 64)) for _ in range(3))]
    k = draws.pick((3, 5, 7, 11))
    right = ("colour" if colour else "grey") if layer == 1 else "no"
    a = widths[layer - 1]
    why = (
        f"The first layer multiplies the pixels: {'red, green and blue' if colour else 'one number each'}."
        if layer == 1
        else f"Its {a} input channels are written by the layer before it. They are no colours."
    )
    options = {
        "colour": ("Yes, in colour: its three slices are red, green and blue.", why),
        "grey": ("Yes, in grey: it has one slice, which multiplies the picture's brightness.", why),
        "no": ("No: its slices multiply channels of another layer.", why),
        "small": (f"No: {k}×{k} is too small for a picture.", f"{why} A small picture is one too."),
    }
    listed = ", ".join(f"`Conv2d({i}, {o}, {k})`" for i, o in pairwise(widths))
    return choice(
        {"colour": colour, "layer": layer, "widths": widths},
        f"A network reads {'colour' if colour else 'grey'} photographs with the layers {listed}. Can a kernel of layer "
        f"{layer} be shown as a small picture of what it looks for, and why?",
        options,
        right,
    )


STATE = "the running means and variances of its norms"
CHANGED = {  # what has changed: what it says, and why
    "head": "The weights of the new head, and nothing else.",
    "head, norms": f"The weights of the new head, and {STATE}.",
    "all": f"All weights, but not {STATE}.",
    "all, norms": f"All weights, and {STATE}.",
    "error": "Nothing: it stops with an error, since no weight has a gradient.",
}


def what_learns(draws: Draws) -> Problem:
    """What of a network a training changes."""
    classes, features = draws.whole(2, 40), draws.pick((512, 1280, 2048))
    freezes, training = draws.pick(("first", "first", "last", "no")), draws.pick((True, False))
    given = draws.pick(("head", "all"))
    freeze, head = "for w in net.parameters(): w.requires_grad_(False)", f"net.fc = Linear({features}, {classes})"
    lines = [head] if freezes == "no" else [freeze, head] if freezes == "first" else [head, freeze]
    learns = "net.parameters()" if given == "all" else "net.fc.parameters()"
    mode = "net.train()" if training else "net.eval()"
    if freezes == "last":
        right, why = "error", "The head is frozen with the rest: `backward` finds nothing that has a gradient."
    else:
        right = "all" if freezes == "no" and given == "all" else "head"
        why = {
            "no": f"Nothing is frozen, and the optimiser has {'all weights' if given == 'all' else 'the head alone'}.",
            "first": "The head is put in after the freezing, so its weights alone have gradients.",
        }[freezes]
        why += f" {'Training mode moves' if training else 'Evaluation mode keeps'} the means and variances of norms."
        right += ", norms" if training else ""
    code = "\n".join(f"    {line}" for line in [*lines, f"optimizer = SGD({learns}, lr=0.01)", mode])
    options = {name: (said, why) for name, said in CHANGED.items()}
    return choice(
        {"features": features, "classes": classes, "freezes": freezes, "training": training, "given": given},
        f"A trained network with batch norms, `net`, is prepared like this:\n\n{code}\n\nThen a loss is computed, its "
        "`backward` is called, and `optimizer.step()`. What has changed, and why?",
        options,
        right,
    )


CAUSES = ("flops", "biases", "input", "unpadded")


def two_tools(draws: Draws) -> Problem:
    """Why two tools differ on one layer."""
    k, a, b = 3, draws.pick((16, 32, 64)), draws.pick((32, 64, 128))
    side, right = draws.pick((28, 56, 112)), draws.pick(CAUSES)
    places = output_size(side, k, padding=1) ** 2
    mine = places * k * k * a * b
    found = {
        "flops": 2 * mine,
        "biases": mine + places * b,
        "input": 4 * mine,
        "unpadded": output_size(side, k) ** 2 * k * k * a * b,
    }
    said = {
        "flops": "It counts FLOPs: a multiplication and an addition for each MAC.",
        "biases": "It counts the biases too, one addition for each number that is written.",
        "input": "It was given a map of twice the side.",
        "unpadded": "It leaves out the padding and counts only windows that lie wholly on the map.",
    }
    options = {
        code: (said[code], f"That would give {number:,}{', as it says' if code == right else ''}.")
        for code, number in found.items()
    }
    return choice(
        {"in_channels": a, "out_channels": b, "side": side, "told": found[right]},
        f"For `Conv2d({a}, {b}, 3, padding=1)` on maps of {side}×{side} you count {mine:,} MACs. A tool says "
        f"{found[right]:,}. Which of these explains the difference?",
        options,
        right,
    )


MOVES = {  # what is done to a bottleneck: what changes, and why
    "later": ("both", "its stride of 2 is moved from its first 1×1 to its 3×3",
              "A stride is no weight. The first 1×1 writes four times the places, and a step of the 3×3 is half as "
              "long."),
    "earlier": ("both", "its stride of 2 is moved from its 3×3 to its first 1×1",
                "A stride is no weight. The first 1×1 writes a quarter of the places, and a step of the 3×3 is twice "
                "as long."),
    "bias": ("parameters", "each of its convolutions gets a bias",
             "A bias is a parameter. It is added, not multiplied, and reads no further cell."),
    "dilation": ("field", "its 3×3 gets a dilation and a padding of 2 instead of 1",
                 "The nine weights stay and so does the size of the map, but they lie further apart."),
    "padding": ("macs", "its 3×3 loses its padding",
                "The kernels stay the same and read as far as before; the map becomes smaller, so there are fewer "
                "places."),
}  # fmt: skip


def what_changes(draws: Draws) -> Problem:
    """What changes when a bottleneck is changed."""
    c, side, move = draws.pick((256, 512, 1024)), draws.pick((14, 28, 56)), draws.pick(tuple(MOVES))
    right, done, why = MOVES[move]
    strided = ", with stride 2 in one of them" if move in ("later", "earlier") else ", all with stride 1"
    options = {
        "both": ("The MACs and the receptive field, not the parameters.", why),
        "macs": ("The MACs only.", why),
        "field": ("The receptive field only.", why),
        "parameters": ("The parameters only.", why),
    }
    return choice(
        {"channels": c, "side": side, "move": move},
        f"A bottleneck of a ResNet, 1×1, 3×3, 1×1{strided}, reads {c} channels of {side}×{side} and has a quarter as "
        f"many inside. Now {done}. Which of its numbers change: parameters, MACs (without biases), receptive field?",
        options,
        right,
    )


ARCHITECTURES, BIAS, FEATURES, TRANSFER, NUMBERS = (
    "architectures", "inductive-bias", "feature-visualization", "transfer-learning", "why-numbers-differ",
)  # fmt: skip
KINDS = (
    Kind("other-size", ARCHITECTURES, "why", "A photograph of another size", other_size,
         "architectures/index.md#ex-smallest-image"),
    Kind("which-shortcut", ARCHITECTURES, "why", "Which shortcut fits", which_shortcut,
         "architectures/resnet.md#projection"),
    Kind("still-learned", BIAS, "why", "Are there weights for it", still_learned, f"{BIAS}.md#ex-same-output"),
    Kind("which-layer", BIAS, "why", "Local, shared, or neither", which_layer, f"{BIAS}.md#ex-same-output"),
    Kind("square-counts", FEATURES, "why", "Can the square change it", square_counts, f"{FEATURES}.md#ex-occlusion"),
    Kind("kernel-picture", FEATURES, "why", "Can a kernel be shown", kernel_picture, f"{FEATURES}.md#the-first-layer"),
    Kind("what-learns", TRANSFER, "why", "Which weights learn", what_learns, f"{TRANSFER}.md#ex-new-head"),
    Kind("two-tools", NUMBERS, "why", "Two tools, two numbers", two_tools, f"{NUMBERS}.md#padding"),
    Kind("what-changes", NUMBERS, "why", "A block that is altered", what_changes, f"{NUMBERS}.md#variant"),
)  # fmt: skip
