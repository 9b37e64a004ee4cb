"""Integers along one axis, against brute force."""

import hypothesis.strategies as st
import pytest
from hypothesis import given

from convnotes import conv

SIDES = st.tuples(st.integers(0, 4), st.integers(0, 4))
AXIS = {
    "size": st.integers(1, 16),
    "kernel_size": st.integers(1, 5),
    "stride": st.integers(1, 5),
    "padding": st.integers(0, 4) | SIDES,
    "dilation": st.integers(1, 3),
}


def windows(size, kernel_size, stride, padding, dilation, ceil_mode):
    """Cells of the padded axis that each window reads, found by sliding it until it leaves."""
    before, after = conv.sides(padding)
    end = size + before + after
    overhang = stride if ceil_mode else 1  # cells by which a window must stay below
    found = []
    for start in range(0, end + stride, stride):
        cells = [start + dilation * tap for tap in range(kernel_size)]
        if cells[-1] - (end - 1) < overhang:
            found.append(cells)
    if ceil_mode and found and found[-1][0] >= size + before:
        found.pop()  # it would see nothing but the padding after the input
    return found


@given(**AXIS, ceil_mode=st.booleans())
def test_output_size_counts_the_windows(size, kernel_size, stride, padding, dilation, ceil_mode):
    found = windows(size, kernel_size, stride, padding, dilation, ceil_mode)
    arguments = (size, kernel_size, stride, padding, dilation, ceil_mode)
    if found:
        assert conv.output_size(*arguments) == len(found)
    else:
        with pytest.raises(ValueError, match="spans"):
            conv.output_size(*arguments)


@given(**AXIS, ceil_mode=st.booleans())
def test_unused_counts_the_padded_cells_outside_all_windows(size, kernel_size, stride, padding, dilation, ceil_mode):
    found = windows(size, kernel_size, stride, padding, dilation, ceil_mode)
    if found:
        read = {cell for window in found for cell in window}
        unread = [cell for cell in range(size + sum(conv.sides(padding))) if cell not in read]
        assert conv.unused(size, kernel_size, stride, padding, dilation, ceil_mode) == len(unread)


def test_unused_cells_of_a_huge_input_are_counted_without_listing_them():
    """10¹⁸ cells fit no memory. Far from the borders each 12 cells more leave as many more unread."""
    assert conv.unused(10**18, kernel_size=1, stride=10**9) == 10**18 - 10**9
    assert conv.unused(10**18, kernel_size=10**17, stride=3) == (10**18 - 10**17) % 3
    few, many = (conv.unused(size, 5, stride=12, padding=1, dilation=8) for size in (999, 999 + 12 * 10**15))
    assert many - few == 10**15 * (few - conv.unused(999 - 12 * 10, 5, stride=12, padding=1, dilation=8)) // 10


@given(AXIS["size"], AXIS["kernel_size"], AXIS["stride"], AXIS["padding"], AXIS["dilation"], st.integers(0, 4))
def test_transposed_output_size_undoes_output_size(size, kernel_size, stride, padding, dilation, extra):
    """A convolution takes what its transpose gives back to the size it came from."""
    if extra >= stride:
        extra = 0
    try:
        wide = conv.transposed_output_size(size, kernel_size, stride, padding, extra, dilation)
    except ValueError as error:
        assert "leaves no output" in str(error)
    else:
        assert conv.output_size(wide, kernel_size, stride, padding, dilation) == size


@given(AXIS["size"], AXIS["kernel_size"], AXIS["dilation"])
def test_same_padding_keeps_the_size(size, kernel_size, dilation):
    before, after = conv.same_padding(kernel_size, dilation)
    assert conv.output_size(size, kernel_size, padding=(before, after), dilation=dilation) == size
    assert after - before in (0, 1)


def test_the_smallest_output_is_one_cell_and_defaults_are_those_of_torch():
    assert conv.transposed_output_size(1, 3, padding=1) == 1
    assert conv.unused(5, 2) == 0 and conv.unused(7, 3, dilation=3) == 4 and conv.unused(9, 1, stride=4) == 6


def test_a_list_is_as_good_a_pair_as_a_tuple():
    assert conv.sides([1, 2]) == (1, 2)


def test_integers_of_other_libraries_are_integers():
    numpy = pytest.importorskip("numpy")
    assert type(conv.output_size(numpy.int64(8), numpy.int8(3))) is int
    assert conv.transposed_output_size(112, 7, 2, 3, output_padding=numpy.int8(1)) == 224
    small = map(numpy.int8, (120, 3, 1, 100, 100))
    assert conv.unused(*small) == conv.unused(120, 3, 1, 100, 100)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv.output_size(0, 1), ValueError, "size must be at least 1, got 0"),
        (lambda: conv.output_size(-3, 1), ValueError, "size must be at least 1, got -3"),
        (lambda: conv.output_size("8", 1), TypeError, "size must be an integer, got '8'"),
        (lambda: conv.output_size(8, None), TypeError, "kernel_size must be an integer, got None"),
        (lambda: conv.output_size(8, 3.0), TypeError, "kernel_size must be an integer, got 3.0"),
        (lambda: conv.output_size(8, 3, True), TypeError, "stride must be an integer, got True"),
        (lambda: conv.output_size(8, 3, padding=-1), ValueError, "padding must be at least 0, got -1"),
        (lambda: conv.output_size(8, 3, padding=(0, -1)), ValueError, "padding must be at least 0, got -1"),
        (lambda: conv.number("alpha", float("-inf")), ValueError, "alpha must be a finite number, got -inf"),
        (lambda: conv.output_size(8, 3, ceil_mode=1), TypeError, "ceil_mode must be True or False, got 1"),
        (
            lambda: conv.output_size(8, 3, padding=(1, 2, 3)),
            ValueError,
            "padding must be an integer or a pair (before, after), got (1, 2, 3)",
        ),
        (
            lambda: conv.transposed_output_size(1, 2, padding=1),
            ValueError,
            "padding 1 + 1 leaves no output: it would have 0 cells",
        ),
        (
            lambda: conv.transposed_output_size(1, 2, output_padding=-1),
            ValueError,
            "output_padding must be at least 0, got -1",
        ),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error) as caught:
        call()
    assert str(caught.value) == message
