"""The unit that networks since 2015 repeat."""

from convnotes.layers import BatchNorm2d, Conv2d, Identity, Layer, ReLU, Sequential

RELU = ReLU()


def conv_norm(
    in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, groups: int = 1, activation: Layer = RELU
) -> Sequential:
    """Convolution without bias, batch norm, activation; padded so that stride 1 keeps the size."""
    padding = kernel_size // 2
    conv = Conv2d(in_channels, out_channels, kernel_size, stride, padding, groups=groups, bias=False)
    if isinstance(activation, Identity):
        return Sequential(conv=conv, norm=BatchNorm2d(out_channels))
    return Sequential(conv=conv, norm=BatchNorm2d(out_channels), act=activation)
