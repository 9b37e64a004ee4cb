"""What layers are built from: pairs `(height, width)`, one axis of a sliding window, the base of every layer."""

from dataclasses import dataclass, fields
from functools import cached_property, lru_cache
from typing import Literal

from convnotes import conv

Pair = tuple[int, int]
IntOrPair = int | Pair


def pair(name: str, value: object, least: int = 1) -> Pair:
    """`value` as `(height, width)`, each an int of at least `least`.

    >>> pair("kernel_size", 3), pair("kernel_size", (1, 7))
    ((3, 3), (1, 7))
    >>> pair("kernel_size", (3, 3, 3))
    Traceback (most recent call last):
    ValueError: kernel_size must be an integer or a pair (height, width), got (3, 3, 3)
    """
    if not isinstance(value, (tuple, list)):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(f"{name} must be an integer or a pair (height, width), got {tuple(value)!r}")
    return conv.integer(name, value[0], least), conv.integer(name, value[1], least)


@dataclass(frozen=True)
class Window:
    """One axis of a sliding window: what `conv.output_size` needs, with padding as `(before, after)`."""

    kernel_size: int
    stride: int = 1
    padding: Pair = (0, 0)
    dilation: int = 1
    ceil_mode: bool = False

    @cached_property
    def span(self) -> int:
        """Cells from the first tap to the last."""
        return conv.effective_kernel_size(self.kernel_size, self.dilation)

    def output_size(self, size: int) -> int:
        """Output cells for `size` input cells."""
        return _output_size(self, size)


@lru_cache(4096)  # deep networks ask the same of the same windows hundreds of times
def _output_size(window: Window, size: int) -> int:
    return conv.output_size(size, window.kernel_size, window.stride, window.padding, window.dilation, window.ceil_mode)


class Layer:
    """Base of every layer. `repr` shows what differs from the defaults."""

    def __repr__(self) -> str:
        shown = [
            f"{field.name}={value!r}"
            for field in fields(self)  # type: ignore[arg-type]  # every subclass is a dataclass
            if (value := getattr(self, field.name)) != field.default
        ]
        return f"{type(self).__name__}({', '.join(shown)})"

    def _keep(self, name: str, least: int = 1) -> None:
        """Check the size called `name`; keep a pair of equals as one int, so that equal layers compare equal."""
        height, width = pair(name, getattr(self, name), least)
        object.__setattr__(self, name, height if height == width else (height, width))

    def _count(self, *names: str) -> None:
        """Check the counts called `names`; keep them as ints of Python, whose products do not overflow."""
        for name in names:
            object.__setattr__(self, name, conv.integer(name, getattr(self, name)))

    def _flag(self, *names: str) -> None:
        for name in names:
            conv.flag(name, getattr(self, name))


class Windowed(Layer):
    """A layer that slides one window along each axis; `windows` holds them, height first."""

    kernel_size: IntOrPair
    stride: IntOrPair | None
    padding: IntOrPair | Literal["same", "valid"]

    def __post_init__(self) -> None:
        self._keep("kernel_size")
        if self.stride is not None:
            self._keep("stride")
        if hasattr(self, "dilation"):
            self._keep("dilation")
        if not isinstance(self.padding, str):
            self._keep("padding", 0)
        elif self.padding not in ("same", "valid"):
            raise ValueError(f"padding must be an integer, a pair, 'same' or 'valid', got {self.padding!r}")
        elif self.padding == "same" and self.stride != 1:
            raise ValueError(f"padding='same' needs stride=1, got stride={self.stride}; give the padding as a number")

    @cached_property
    def windows(self) -> tuple[Window, Window]:
        """The window along the height and the one along the width."""
        kernels = pair("kernel_size", self.kernel_size)
        strides = kernels if self.stride is None else pair("stride", self.stride)
        dilations = pair("dilation", getattr(self, "dilation", 1))
        ceil = getattr(self, "ceil_mode", False)
        pads = [self._sides(axis, k, d) for axis, (k, d) in enumerate(zip(kernels, dilations, strict=True))]
        first, second = map(Window, kernels, strides, pads, dilations, (ceil, ceil))
        return first, second

    def _sides(self, axis: int, kernel_size: int, dilation: int) -> Pair:
        if self.padding == "same":
            return conv.same_padding(kernel_size, dilation)
        amount = 0 if self.padding == "valid" else pair("padding", self.padding, 0)[axis]
        return amount, amount


class Channelled(Windowed):
    """A windowed layer with weights: base of the convolutions."""

    in_channels: int
    out_channels: int
    groups: int
    bias: bool

    def __post_init__(self) -> None:
        self._count("in_channels", "out_channels", "groups")
        self._flag("bias")
        self._keep("stride")  # never None, as a pooling's may be
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % self.groups:
                raise ValueError(f"{name}={getattr(self, name)} is not divisible by groups={self.groups}")
        super().__post_init__()


class Pool(Windowed):
    """A windowed layer without weights: base of the poolings with a fixed window."""

    ceil_mode: bool

    def __post_init__(self) -> None:
        if isinstance(self.padding, str):
            raise ValueError(f"padding of a pooling layer must be an integer or a pair, got {self.padding!r}")
        self._flag("ceil_mode")
        super().__post_init__()
        for window in self.windows:
            if window.padding[0] > window.kernel_size // 2:
                raise ValueError(
                    f"padding={window.padding[0]} is more than half of kernel_size={window.kernel_size}: "
                    "a window could lie in the padding alone"
                )
