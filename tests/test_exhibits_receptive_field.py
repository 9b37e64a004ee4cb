"""The figures of the chapter on the receptive field, by tap-by-tap walks, and what the chapter says about them."""

from collections import Counter
from itertools import product
from math import isclose

import numpy as np
import pytest

from convnotes.architectures import find
from convnotes.exhibits import receptive_field
from convnotes.exhibits.interactive import rf_grower, walk
from convnotes.exhibits.interactive.rf_grower import photo
from convnotes.layers import Conv2d, Layer, MaxPool2d, Sequential
from convnotes.receptive_field import growth
from convnotes.receptive_field import receptive_field as field_of
from tests.test_exhibits import corners, levels, middle, number, read, rows, shapes, texts


def test_cone_three_3x3_against_7x7() -> None:
    figure = receptive_field.cone_three_3x3_against_7x7()
    half = figure.svg.width / 2
    lit = shapes(figure, "rect", "f-see")
    assert levels(rect for rect in lit if middle(rect) < half) == [3, 5, 7]
    assert levels(rect for rect in lit if middle(rect) > half) == [7]
    units = shapes(figure, "rect", "f-win")
    assert levels(units) == [2]
    assert all(number(unit, "y") < number(rect, "y") for unit in units for rect in lit)  # the cone opens downwards
    assert rows(receptive_field.cone_three_3x3_against_7x7) == [
        ["three 3×3", "1 ← 3 ← 5 ← 7", 3 * 9, 3], ["one 7×7", "1 ← 7", 49, 1],
    ]  # fmt: skip
    assert {"27 C² weights, 3 ReLUs", "49 C² weights, 1 ReLU"} <= set(texts(figure))


def test_five_3x3() -> None:
    assert rows(receptive_field.five_3x3) == [
        ["input", None, 1], ["layer 1", "1 + 2", 3], ["layer 2", "3 + 2", 5],
        ["layer 3", "5 + 2", 7], ["layer 4", "7 + 2", 9], ["layer 5", "9 + 2", 11],
    ]  # fmt: skip


def test_stride_growth() -> None:
    stacks = [
        [(3, 1, 0, 1)] * 8,
        [(3, 1, 0, 1), (3, 2, 0, 1)] * 4,
        [(3, 2, 0, 1)] * 8,
        [(3, 1, 0, 2**n) for n in range(8)],
    ]
    for depth, *sizes in rows(receptive_field.stride_growth):
        cells = [read({0}, *stack[: int(str(depth))]) for stack in stacks]
        assert sizes == [max(read) - min(read) + 1 for read in cells]
        assert all(len(read) == size for read, size in zip(cells, sizes, strict=True))  # no holes
    assert rows(receptive_field.stride_growth)[-1] == [8, 17, 61, 511, 511]


def test_what_one_unit_reads() -> None:
    figure = receptive_field.what_one_unit_reads()
    layers = ((3, 1, 1, 1), (2, 2, 0, 1), (3, 1, 1, 1))
    names = ("input", "after the 3×3", "after the pooling", "output")
    for unit, name, first, last, count in rows(receptive_field.what_one_unit_reads):
        cells = read({int(str(unit))}, *layers[names.index(str(name)) :])
        assert (first, last, count) == (min(cells), max(cells), len(cells))
    assert {"unit 1: 8 cells", "unit 2: 8 cells", "2 apart"} <= set(texts(figure))
    bottom = max(number(rect, "y") for rect in shapes(figure, "rect", "f-cell"))
    source = sorted(number(r, "x") for r in shapes(figure, "rect", "f-cell") if number(r, "y") == bottom)
    assert len(source) == 12
    for role, cells in (("f-see", (-1, 6)), ("f-win", (1, 8))):
        last = max(shapes(figure, "path", role), key=lambda path: max(y for _, y in corners(path)))
        edges = sorted(x for x, y in corners(last))
        assert isclose(edges[0], source[0] + 24 * cells[0], abs_tol=2)
        assert isclose(edges[-1], source[0] + 24 * (cells[1] + 1), abs_tol=2)


def walked(variant: str) -> list[int]:
    """The fields at the ends of ResNet-50's stages; where the stride is, is written out here by hand."""
    layers, found = [(7, 2, 3, 1), (3, 2, 1, 1)], []
    for stage, blocks in enumerate((3, 4, 6, 3)):
        for block in range(blocks):
            one = 2 if variant == "v1" and stage and block == 0 else 1
            first, last = stage > 0 and block == 0, stage < 3 and block == blocks - 1
            three = 2 if (variant == "v1.5" and first) or (variant == "slim" and last) else 1
            layers += [(1, one, 0, 1), (3, three, 1, 1), (1, 1, 0, 1)]
        cells = read({0}, *layers)
        found.append(max(cells) - min(cells) + 1)
    return found


@pytest.mark.parametrize(
    ("column", "variant", "ends"),
    [(1, "v1", [35, 99, 291, 483]), (2, "slim", [35, 99, 291, 483]), (3, "v1.5", [35, 91, 267, 427])],
)
def test_resnet50_variants(column: int, variant: str, ends: list[int]) -> None:
    assert [row[column] for row in rows(receptive_field.resnet50_variants)] == walked(variant) == ends


def test_the_three_recursions_are_those_of_a_walk() -> None:
    layers = ((3, 1, 1, 1), (3, 1, 1, 1), (2, 2, 0, 1))
    for depth, (_, *told) in enumerate(rows(receptive_field.three_recursions)):
        cells, next_cells = (sorted(read({unit}, *layers[:depth])) for unit in (0, 1))
        found = [cells[-1] - cells[0] + 1, next_cells[0] - cells[0], cells[0]]
        assert [int(str(text).rpartition("= ")[2].replace("\u2212", "-")) for text in told] == found


def test_half_a_pixel() -> None:
    assert [row[1] for row in rows(receptive_field.half_a_pixel)] == [0.5, 0.0]
    first = {role: middle(shapes(receptive_field.half_a_pixel(), "rect", role)[0]) for role in ("f-see", "f-out")}
    cells = shapes(receptive_field.half_a_pixel(), "rect", "f-cell")
    pixel = middle(cells[1]) - middle(cells[0])
    assert isclose(first["f-see"] - first["f-out"], pixel / 2)


def test_what_fits_is_drawn_in_true_proportion() -> None:
    figure = receptive_field.what_fits()
    frames = [number(rect, "width") for rect in shapes(figure, "rect", "s-win")]
    picture = number(shapes(figure, "image")[0], "width")
    assert [round(224 * frame / picture) for frame in frames] == [3, 11, 49, 212, 427]
    for cell, inside, share in rows(receptive_field.what_fits):
        size = int(str(cell))
        seen = [sum(0 <= at < 224 for at in range(place - size // 2, place - size // 2 + size)) for place in (88, 72)]
        assert inside == seen[0] * seen[1] and share == seen[0] * seen[1] / size**2


def test_a_window_of_11_holds_the_loop_of_the_6_and_the_crossing_of_the_4() -> None:
    """The 6 encloses dark pixels, all within the window; in the 4's both lines leave the window on three sides."""
    images, labels = walk.samples()
    assert (labels[6], labels[4]) == (6, 4)
    six, four = (images[digit] > 0.25 * 255 for digit in (6, 4))
    seen = np.zeros((28, 28), bool)
    seen[0] = True
    for _ in range(200):  # the dark pixels that are reached from the edge
        wide = np.pad(seen, 1)
        seen = ~six & (seen | wide[:-2, 1:-1] | wide[2:, 1:-1] | wide[1:-1, :-2] | wide[1:-1, 2:])
    enclosed = np.argwhere(~six & ~seen)
    assert len(enclosed) > 20 and (abs(enclosed - receptive_field.LOOP) <= 5).all()
    row, column = receptive_field.CROSSING
    window = four[row - 5 : row + 6, column - 5 : column + 6]
    assert all(side.any() for side in (window[0], window[-1], window[:, 0])) and not window[:, -1].any()
    shares = [f"{share:.0%}" for *_, share in rows(receptive_field.lecture_windows)]
    assert shares[2:4] == ["39%", "22%"]


def test_the_photograph_is_small() -> None:
    assert len(photo()) * 3 / 4 < 20_000


def test_the_grower_begins_with_resnet18_on_the_photograph() -> None:
    widget = receptive_field.grower()
    chosen = rf_grower.as_given(rf_grower.parse, widget.state, "3")
    fields = [field for _, _, field in growth(find("resnet18").network)]
    assert [field for field in fields if field == growth(rf_grower.network(chosen))[-1][2]]
    (picture,), (frame,) = shapes(widget.still, "image"), shapes(widget.still, "rect", "s-win")
    scale = number(picture, "width") / 224
    first, last = 99, 125  # the 27 pixels around 112 = 28 · 4
    for axis in "xy":
        assert isclose(number(frame, axis) - number(picture, axis), first * scale, abs_tol=0.1)
    assert isclose(number(frame, "width"), (last - first + 1) * scale, abs_tol=0.1)
    assert {"27×27 pixels", "27 of 224", "11 of 112", "1 of 56"} <= set(texts(widget.still))


def test_a_stride_larger_than_its_kernel_skips_pixels() -> None:
    """As the self-check says: the span is 4, the set is {0, 3}."""
    assert read({0}, (1, 3, 0, 1), (2, 1, 0, 1)) == {0, 3}


def test_308_is_the_field_doubled_at_each_pooling() -> None:
    field = 1
    for depth in (2, 2, 3, 3, 3):
        field = 2 * (field + 2 * depth)
    assert field == 308


def test_paths_through_three_3x3() -> None:
    figure = receptive_field.paths_through_three_3x3()
    for depth in (1, 2, 3):
        paths = Counter(map(sum, product((-1, 0, 1), repeat=depth)))
        shown = {row[0]: row[depth] for row in figure.data.rows if row[depth] is not None}
        assert shown == paths
    counts = [row[3] for row in figure.data.rows]
    assert counts == [1, 3, 6, 7, 6, 3, 1]
    bars = [rect for rect in shapes(figure, "rect", "f-see") if number(rect, "width") == 36]
    heights = [number(bar, "height") for bar in bars]
    assert [round(27 * height / sum(heights)) for height in heights] == counts
    assert [text for text in texts(figure) if "%" in text] == [
        "3.7%",
        "11.1%",
        "22.2%",
        "25.9%",
        "22.2%",
        "11.1%",
        "3.7%",
    ]


def test_vgg16_by_hand_is_the_field_of_the_package() -> None:
    after = [int(str(row[-1]).rpartition("= ")[2]) for row in receptive_field.vgg16_by_hand().rows]
    layers: list[Layer] = []
    found = []
    for depth in (2, 2, 3, 3, 3):
        layers += [Conv2d(1, 1, 3, padding=1)] * depth + [MaxPool2d(2)]
        found.append(field_of(Sequential(*layers)).size[0])
    assert after == found
