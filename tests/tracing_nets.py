"""Hand-written networks of all the kinds that tracing must get right; small, so that brute force is quick."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import nn


@dataclass(frozen=True)
class Case:
    """A network, the input to trace it at, and what is known about it."""

    name: str
    make: Callable[[], nn.Module]
    size: tuple[int, ...]
    exact: bool = True
    device: str = "meta"
    nan: bool = True  # False where a tap of weight zero turns NaN into NaN: the gradient decides there


class Fn(nn.Module):
    """A network written as one function of its layers."""

    def __init__(self, function, **layers):
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            setattr(self, name, layer)

    def forward(self, x):
        return self.function(self, x)


def conv(i, o, k=3, **kw):
    return nn.Conv2d(i, o, k, **kw)


class Residual(nn.Module):
    def __init__(self, i, o, stride=1):
        super().__init__()
        self.a, self.b = conv(i, o, stride=stride, padding=1), conv(o, o, padding=1)
        self.skip = conv(i, o, 1, stride=stride) if stride > 1 or i != o else nn.Identity()
        self.norm, self.act = nn.BatchNorm2d(o), nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.b(self.act(self.norm(self.a(x))))
        y += self.skip(x)
        return self.act(y)


class SE(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.a, self.b = conv(c, 2, 1), conv(2, c, 1)

    def forward(self, x):
        s = F.adaptive_avg_pool2d(x, 1)
        return x * torch.sigmoid(self.b(F.relu(self.a(s))))


class Inception(nn.Module):
    def __init__(self):
        super().__init__()
        self.a, self.b, self.c = conv(2, 2, 1), conv(2, 2, 3, padding=1), conv(2, 2, 5, padding=2)
        self.pool, self.out = nn.MaxPool2d(3, 1, 1), conv(8, 4, 3, stride=2)

    def forward(self, x):
        return self.out(torch.cat([self.a(x), self.b(x), self.c(x), self.pool(x)], 1))


class UNet(nn.Module):
    def __init__(self, up="deconv", pad=1):
        super().__init__()
        self.pad = pad
        self.d1, self.d2, self.mid = conv(2, 4, padding=pad), conv(4, 4, padding=pad), conv(4, 4, padding=pad)
        if up == "deconv":
            self.u2, self.u1 = nn.ConvTranspose2d(4, 4, 2, 2), nn.ConvTranspose2d(4, 4, 2, 2)
        else:
            self.u2 = self.u1 = nn.Upsample(scale_factor=2, mode=up)
        self.e2, self.e1 = conv(8, 4, padding=pad), conv(8, 2, padding=pad)

    def crop(self, skip, like):
        i, j = ((a - b) // 2 for a, b in zip(skip.shape[2:], like.shape[2:], strict=True))
        return skip[:, :, i : i + like.shape[2], j : j + like.shape[3]]

    def forward(self, x):
        a = F.relu(self.d1(x))
        b = F.relu(self.d2(F.max_pool2d(a, 2)))
        u = self.u2(self.mid(F.max_pool2d(b, 2)))
        u = self.u1(self.e2(torch.cat([self.crop(b, u), u], 1)))
        return self.e1(torch.cat([self.crop(a, u), u], 1))


class ViT(nn.Module):
    def __init__(self):
        super().__init__()
        self.patch, self.pos = conv(2, 8, 4, stride=4), nn.Parameter(torch.rand(1, 16, 8))
        self.norm, self.attn = nn.LayerNorm(8), nn.MultiheadAttention(8, 2, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(8, 16), nn.GELU(), nn.Linear(16, 8))

    def forward(self, x):
        t = self.patch(x).flatten(2).transpose(1, 2) + self.pos
        n = self.norm(t)
        t = t + self.attn(n, n, n, need_weights=False)[0]
        return (t + self.mlp(t)).mean(1)


class ConvNeXtBlock(nn.Module):
    def __init__(self, c=4):
        super().__init__()
        self.dw, self.norm = conv(c, c, 7, padding=3, groups=c), nn.LayerNorm(c)
        self.up, self.down, self.gamma = nn.Linear(c, 8), nn.Linear(8, c), nn.Parameter(torch.rand(c))

    def forward(self, x):
        y = self.norm(self.dw(x).permute(0, 2, 3, 1))
        y = self.gamma * self.down(F.gelu(self.up(y)))
        return x + y.permute(0, 3, 1, 2)


class WindowAttention(nn.Module):
    """Attention inside 4×4 windows, shifted by two, as Swin has it."""

    def __init__(self, shift=2):
        super().__init__()
        self.shift, self.embed, self.qkv = shift, conv(2, 4, 2, stride=2), nn.Linear(4, 12)

    def forward(self, x):
        x = self.embed(x).permute(0, 2, 3, 1)
        x = torch.roll(x, (-self.shift, -self.shift), (1, 2))
        b, h, w, c = x.shape
        t = x.view(b, h // 4, 4, w // 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(-1, 16, c)
        q, k, v = self.qkv(t).chunk(3, -1)
        t = (q @ k.transpose(1, 2)).softmax(-1) @ v
        x = t.view(b, h // 4, w // 4, 4, 4, c).permute(0, 1, 3, 2, 4, 5).reshape(b, h, w, c)
        return torch.roll(x, (self.shift, self.shift), (1, 2)).permute(0, 3, 1, 2)


def circular_by_hand(self, x):
    y = x.new_zeros(x.shape[0], x.shape[1], x.shape[2] + 2, x.shape[3])
    y[:, :, 1:-1] = x
    y[:, :, 0], y[:, :, -1] = x[:, :, -1], x[:, :, 0]
    return self.a(y)


def interleave(self, x):
    y = torch.zeros(x.shape[0], 2, 2 * x.shape[2], x.shape[3], dtype=x.dtype, device=x.device)
    y[:, :, ::2], y[:, :, 1::2] = self.a(x), self.b(x)
    return self.c(y)


def channel_shuffle(self, x):
    y = torch.cat([self.a(x), x], 1)
    n, c, h, w = y.shape
    y = y.view(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)
    return self.b(y)


def lstm_rows(self, x):
    y = self.a(x).mean(3).transpose(1, 2)
    return self.rnn(y)[0]


def dilated_unfold(self, x):
    cols = F.unfold(x, 3, dilation=2, padding=2, stride=2)
    y = self.mix(cols.transpose(1, 2)).transpose(1, 2)
    return self.out(y.reshape(x.shape[0], 4, 8, 8))


def chain(*layers):
    return lambda: nn.Sequential(*(layer() for layer in layers))


C, R = conv, nn.ReLU
CASES = [
    Case(
        "vgg",
        lambda: nn.Sequential(
            C(2, 4, padding=1),
            R(),
            C(4, 4, padding=1),
            R(),
            nn.MaxPool2d(2, 2),
            C(4, 4, padding=1),
            R(),
            nn.MaxPool2d(2, 2),
            nn.Flatten(),
            nn.Linear(64, 3),
        ),
        (2, 16, 16),
    ),
    Case(
        "alexnet",
        lambda: nn.Sequential(C(2, 4, 7, stride=3, padding=2), R(), nn.MaxPool2d(3, 2), C(4, 4, 5, padding=2)),
        (2, 40, 37),
    ),
    Case(
        "resnet",
        lambda: nn.Sequential(
            C(2, 4, 7, stride=2, padding=3), nn.MaxPool2d(3, 2, 1), Residual(4, 4), Residual(4, 6, 2)
        ),
        (2, 40, 40),
    ),
    Case(
        "dilated",
        lambda: nn.Sequential(C(2, 2, dilation=2, padding=2), C(2, 2, dilation=4, padding=4), C(2, 2, stride=2)),
        (2, 33, 29),
    ),
    Case("gridding", lambda: nn.Sequential(*(C(2, 2, dilation=2) for _ in range(3))), (2, 24, 24)),
    Case(
        "rectangular",
        lambda: nn.Sequential(
            C(2, 2, (1, 7), padding=(0, 3)), C(2, 2, (5, 1), stride=(2, 1)), nn.AvgPool2d((3, 1), (1, 2))
        ),
        (2, 23, 31),
    ),
    Case(
        "ceil mode",
        lambda: nn.Sequential(nn.MaxPool2d(3, 2, ceil_mode=True), C(2, 2), nn.AvgPool2d(2, 2, ceil_mode=True)),
        (2, 20, 23),
    ),
    Case("dilated pool", lambda: nn.Sequential(nn.MaxPool2d(3, 1, dilation=2, padding=1), C(2, 2, 2)), (2, 15, 15)),
    Case(
        "same, even kernel", lambda: nn.Sequential(C(2, 2, 4, padding="same"), C(2, 2, 2, padding="same")), (2, 15, 16)
    ),
    Case("grouped", lambda: nn.Sequential(C(4, 4, groups=2), C(4, 4, groups=4, stride=2), C(4, 2, 1)), (4, 19, 19)),
    Case(
        "groups after cat",
        lambda: Fn(
            lambda s, x: s.b(torch.cat([s.a(x)[:, :, 1:-1, 1:-1], x[:, :, 2:-2, 2:-2]], 1)),
            a=C(2, 2),
            b=C(4, 4, groups=2),
        ),
        (2, 14, 15),
    ),
    Case(
        "depthwise after cat",
        lambda: Fn(
            lambda s, x: s.b(torch.cat([s.a(x), x], 1)), a=C(2, 2, 5, padding=2), b=C(4, 4, groups=4, padding=1)
        ),
        (2, 14, 15),
    ),
    Case(
        "transposed",
        lambda: nn.Sequential(C(2, 2, stride=2), nn.ConvTranspose2d(2, 2, 3, 2, 1, output_padding=1)),
        (2, 17, 18),
    ),
    Case(
        "transposed, grouped and dilated",
        lambda: nn.Sequential(nn.ConvTranspose2d(4, 4, 3, 3, 1, groups=2, dilation=2), C(4, 2)),
        (4, 8, 9),
    ),
    Case("transposed with gaps", lambda: nn.Sequential(nn.ConvTranspose2d(2, 2, 2, 4), C(2, 2, 3)), (2, 6, 7)),
    Case("inception", Inception, (2, 17, 17)),
    Case("squeeze and excitation", lambda: nn.Sequential(C(2, 4), SE(4), C(4, 2)), (2, 12, 13)),
    Case("u-net", UNet, (2, 24, 24)),
    Case("u-net, valid", lambda: UNet(pad=0), (2, 44, 44)),
    Case("u-net, nearest", lambda: UNet("nearest"), (2, 24, 20)),
    Case("u-net, bilinear", lambda: UNet("bilinear"), (2, 16, 12), nan=False),
    Case(
        "bilinear to a size",
        lambda: Fn(lambda s, x: F.interpolate(s.a(x), (23, 11), mode="bilinear"), a=C(2, 2)),
        (2, 12, 15),
        nan=False,
    ),
    Case(
        "bilinear, corners",
        lambda: Fn(lambda s, x: F.interpolate(s.a(x), (19, 28), mode="bilinear", align_corners=True), a=C(2, 2)),
        (2, 12, 12),
        nan=False,
    ),
    Case(
        "bicubic",
        lambda: Fn(lambda s, x: s.b(F.interpolate(s.a(x), scale_factor=2, mode="bicubic")), a=C(2, 2), b=C(2, 2)),
        (2, 12, 13),
        nan=False,
    ),
    Case(
        "bicubic to a size",
        lambda: Fn(lambda s, x: F.interpolate(x, (9, 31), mode="bicubic"), a=C(2, 2)),
        (2, 12, 13),
        nan=False,
    ),
    Case(
        "antialiased",
        lambda: Fn(lambda s, x: F.interpolate(s.a(x), (5, 7), mode="bilinear", antialias=True), a=C(2, 2)),
        (2, 18, 17),
        nan=False,
    ),
    Case(
        "antialiased bicubic",
        lambda: Fn(lambda s, x: F.interpolate(x, (5, 7), mode="bicubic", antialias=True)),
        (2, 18, 17),
        nan=False,
    ),
    Case("nearest to a size", lambda: Fn(lambda s, x: F.interpolate(x, (7, 25), mode="nearest")), (2, 10, 11)),
    Case(
        "nearest-exact",
        lambda: Fn(lambda s, x: F.interpolate(s.a(x), (7, 25), mode="nearest-exact"), a=C(2, 2)),
        (2, 10, 11),
    ),
    Case(
        "nearest by a factor", lambda: Fn(lambda s, x: F.interpolate(s.a(x), scale_factor=1.7), a=C(2, 2)), (2, 10, 11)
    ),
    Case("pixel shuffle", lambda: nn.Sequential(C(2, 8), nn.PixelShuffle(2), C(2, 2)), (2, 9, 10)),
    Case(
        "pixel shuffle after cat",
        lambda: Fn(lambda s, x: F.pixel_shuffle(torch.cat([s.a(x), x], 1), 2), a=C(2, 2, padding=1)),
        (2, 9, 10),
    ),
    Case("pixel unshuffle", lambda: nn.Sequential(nn.PixelUnshuffle(2), C(8, 2), nn.PixelShuffle(1)), (2, 12, 10)),
    Case("channel shuffle", lambda: Fn(channel_shuffle, a=C(2, 2, padding=1), b=C(4, 4, groups=2)), (2, 9, 9)),
    Case("roll", lambda: Fn(lambda s, x: s.b(torch.roll(s.a(x), (3, -2), (2, 3))), a=C(2, 2), b=C(2, 2)), (2, 13, 14)),
    Case("flip", lambda: Fn(lambda s, x: s.b(s.a(x).flip(3)), a=C(2, 2, stride=2), b=C(2, 2)), (2, 13, 16)),
    Case(
        "index select",
        lambda: Fn(lambda s, x: s.a(x.index_select(2, torch.tensor([5, 1, 9, 9, 2, 0], device=x.device))), a=C(2, 2)),
        (2, 13, 9),
    ),
    Case(
        "index with tensors", lambda: Fn(lambda s, x: s.a(x[:, :, torch.arange(10, -1, -2), :]), a=C(2, 2)), (2, 13, 9)
    ),
    Case(
        "fold",
        lambda: Fn(
            lambda s, x: s.b(F.fold(F.unfold(s.a(x), 3, stride=2, padding=1), (12, 11), 3, stride=2, padding=1)),
            a=C(2, 2),
            b=C(2, 2),
        ),
        (2, 14, 13),
    ),
    Case("unfold as a convolution", lambda: Fn(dilated_unfold, mix=nn.Linear(18, 4), out=C(4, 2)), (2, 16, 16)),
    Case(
        "Tensor.unfold",
        lambda: Fn(lambda s, x: s.a(x).unfold(2, 3, 2).unfold(3, 2, 1).sum((-1, -2)), a=C(2, 2)),
        (2, 13, 12),
    ),
    Case("circular padding", lambda: nn.Sequential(C(2, 2, padding=1, padding_mode="circular"), C(2, 2)), (2, 10, 11)),
    Case(
        "reflection padding",
        lambda: nn.Sequential(C(2, 2, 5, padding=2, padding_mode="reflect"), C(2, 2, stride=2)),
        (2, 12, 11),
    ),
    Case("replication padding", lambda: nn.Sequential(nn.ReplicationPad2d((1, 2, 3, 0)), C(2, 2)), (2, 9, 11)),
    Case("zero padding, cropping", lambda: nn.Sequential(nn.ZeroPad2d((1, -2, -1, 3)), C(2, 2)), (2, 12, 12)),
    Case("circular by hand", lambda: Fn(circular_by_hand, a=C(2, 2)), (2, 9, 10)),
    Case(
        "slice assignment", lambda: Fn(interleave, a=C(2, 2, padding=1), b=C(2, 2, 5, padding=2), c=C(2, 2)), (2, 9, 10)
    ),
    Case("instance norm", lambda: nn.Sequential(C(2, 4), nn.InstanceNorm2d(4, affine=True), C(4, 2)), (2, 10, 11)),
    Case("group norm", lambda: nn.Sequential(C(2, 4), nn.GroupNorm(2, 4), C(4, 2)), (2, 10, 11)),
    Case("batch norm", lambda: nn.Sequential(C(2, 4), nn.BatchNorm2d(4), C(4, 2)), (2, 10, 11)),
    Case("convnext", lambda: nn.Sequential(C(2, 4, 4, stride=4), ConvNeXtBlock()), (2, 40, 44)),
    Case("vision transformer", ViT, (2, 16, 16)),
    Case("window attention", WindowAttention, (2, 32, 16)),
    Case("adaptive average", lambda: nn.Sequential(C(2, 2), nn.AdaptiveAvgPool2d((4, 3))), (2, 13, 12)),
    Case(
        "average of a map with channels last",
        lambda: Fn(
            lambda s, x: s.b(F.adaptive_avg_pool2d(s.a(x.permute(0, 2, 3, 1)).permute(0, 3, 1, 2), 1)),
            a=nn.Linear(2, 4),
            b=C(4, 2, 1),
        ),
        (2, 6, 7),
    ),
    Case(
        "densely connected",
        lambda: Fn(
            lambda s, x: s.c(torch.cat([x, y := s.a(x), s.b(torch.cat([x, y], 1))[:, 1:4]], 1)[:, 1:6]),
            a=C(2, 3, padding=1),
            b=C(5, 6, 5, padding=2, groups=1),
            c=nn.Sequential(nn.BatchNorm2d(5), nn.MaxPool2d(2), C(5, 4, groups=1)),
        ),
        (2, 12, 13),
    ),
    Case(
        "runs of channels, added and split",
        lambda: Fn(
            lambda s, x: torch.cat(
                [s.c(torch.cat([s.a(x), x], 1)) + torch.cat([x, s.b(x)], 1)[:, :5], s.b(x)[:, :1]], 1
            ),
            a=C(2, 3, padding=1),
            b=C(2, 4, 5, padding=2),
            c=C(5, 5, padding=1, groups=5),
        ),
        (2, 11, 10),
    ),
    Case("adaptive maximum", lambda: nn.Sequential(C(2, 2), nn.AdaptiveMaxPool2d((4, 1)), nn.Flatten()), (2, 13, 12)),
    Case(
        "running products and maxima",
        lambda: Fn(lambda s, x: s.b(s.a(x).cumprod(2) + x.cummax(3).values[:, :, 1:-1, 1:-1]), a=C(2, 2), b=C(2, 2)),
        (2, 9, 10),
    ),
    Case(
        "renormalised rows", lambda: Fn(lambda s, x: torch.renorm(s.a(x), 2, 2, 0.1), a=C(2, 2)), (2, 9, 10), nan=False
    ),
    Case("lp pool", lambda: nn.Sequential(C(2, 2), nn.LPPool2d(2, 3, 2)), (2, 13, 12)),
    Case(
        "misaligned branches",
        lambda: Fn(lambda s, x: s.a(x) + s.b(x), a=C(2, 2, 2, stride=2), b=C(2, 2, 1, stride=2)),
        (2, 16, 16),
    ),
    Case("gated", lambda: Fn(lambda s, x: F.glu(torch.cat([s.a(x), x], 1), 1), a=C(2, 2, padding=1)), (2, 8, 9)),
    Case(
        "mean of rows",
        lambda: Fn(lambda s, x: s.b(s.a(x).mean(3, keepdim=True)), a=C(2, 2), b=C(2, 2, (3, 1))),
        (2, 12, 9),
    ),
    Case(
        "distances between two maps",
        lambda: Fn(lambda s, x: torch.cdist(s.a(x), x[:, :, 2:-1, 1:-1]), a=C(2, 2)),
        (2, 7, 8),
        nan=False,
    ),
    Case(
        "distances between rows",
        lambda: Fn(lambda s, x: torch.cdist(s.a(x).flatten(2).mT, x.flatten(2).mT[0], p=1.0), a=C(2, 2)),
        (2, 5, 4),
        nan=False,
    ),
    Case(
        "distances between many rows",
        lambda: Fn(lambda s, x: torch.cdist(s.a(x), x[..., 1:-1]), a=C(2, 2)),
        (2, 29, 6),
        nan=False,
    ),
    Case(
        "bilinear of a unit and its mirror image",
        lambda: Fn(
            lambda s, x: s.b(x.permute(0, 2, 3, 1), s.a(x).flip(3).permute(0, 2, 3, 1)).permute(0, 3, 1, 2),
            a=C(2, 3, padding=1),
            b=nn.Bilinear(2, 3, 4),
        ),
        (2, 6, 7),
    ),
    Case("softmax over space", lambda: Fn(lambda s, x: s.a(x).softmax(2), a=C(2, 2)), (2, 7, 8)),
    Case("cumulative sum", lambda: Fn(lambda s, x: s.a(x).cumsum(3), a=C(2, 2)), (2, 7, 8)),
    Case("recurrent", lambda: Fn(lstm_rows, a=C(2, 3), rnn=nn.GRU(3, 4, batch_first=True)), (2, 8, 7)),
    Case(
        "units in the padding alone",
        lambda: Fn(lambda s, x: s.a(x)[:, :, :-2, :-2] + x, a=C(2, 2, 1, padding=1)),
        (2, 9, 10),
    ),
    Case(
        "padding of a map that reads everything",
        lambda: nn.Sequential(nn.GroupNorm(1, 2), nn.ZeroPad2d(1), nn.ConvTranspose2d(2, 2, 1, 2)),
        (2, 6, 7),
    ),
    Case(
        "einsum",
        lambda: Fn(lambda s, x: torch.einsum("nchw,dc->ndhw", s.a(x), s.w.weight), a=C(2, 2), w=nn.Linear(2, 3)),
        (2, 8, 9),
    ),
    Case(
        "stack and unbind",
        lambda: Fn(
            lambda s, x: torch.stack([s.a(x), s.b(x)], 1).amax(1).unbind(1)[0],
            a=C(2, 2, padding=1),
            b=C(2, 2, 5, padding=2),
        ),
        (2, 9, 9),
    ),
    Case(
        "complex and back",
        lambda: Fn(
            lambda s, x: torch.view_as_real_copy(
                torch.view_as_complex(s.a(x).unflatten(1, (2, 2)).movedim(2, -1).contiguous())
            ),
            a=C(2, 4),
        ),
        (2, 8, 8),
        nan=False,
    ),
    Case("triangles", lambda: Fn(lambda s, x: s.b(s.a(x).tril(1) + s.a(x).triu(3)), a=C(2, 2), b=C(2, 2)), (2, 9, 10)),
    Case(
        "quarter turns",
        lambda: Fn(
            lambda s, x: s.b(s.a(x).rot90(1, (2, 3)) + s.a(x).rot90(-1, (2, 3)) + s.c(x.rot90(2, (2, 3)).mT)),
            a=C(2, 2),
            b=C(2, 2, 2),
            c=C(2, 2),
        ),
        (2, 9, 10),
    ),
    Case("repeat", lambda: Fn(lambda s, x: s.a(x.repeat(1, 2, 2, 1)), a=C(4, 2)), (2, 6, 7)),
    Case(
        "split",
        lambda: Fn(lambda s, x: torch.cat([s.a(p) for p in x.chunk(2, 3)], 3), a=C(2, 2, padding=1)),
        (2, 8, 10),
    ),
    Case(
        "1-d",
        lambda: nn.Sequential(nn.Conv1d(2, 4, 5, stride=2, padding=2), nn.MaxPool1d(2), nn.ConvTranspose1d(4, 2, 4, 2)),
        (2, 37),
    ),
    Case(
        "1-d, causal",
        lambda: Fn(
            lambda s, x: s.b(F.pad(s.a(F.pad(x, (2, 0))), (4, 0))),
            a=nn.Conv1d(2, 2, 3),
            b=nn.Conv1d(2, 2, 3, dilation=2),
        ),
        (2, 21),
    ),
    Case(
        "1-d, upsampled",
        lambda: nn.Sequential(nn.Conv1d(2, 2, 3), nn.Upsample(scale_factor=3), nn.AvgPool1d(2)),
        (2, 12),
    ),
    Case(
        "3-d",
        lambda: nn.Sequential(nn.Conv3d(2, 2, (1, 3, 2), stride=(2, 1, 1)), nn.MaxPool3d(2), nn.Conv3d(2, 2, 2)),
        (2, 9, 12, 8),
    ),
    Case(
        "3-d, transposed",
        lambda: nn.Sequential(nn.Conv3d(2, 2, 2, 2), nn.ConvTranspose3d(2, 2, 2, 2), nn.BatchNorm3d(2)),
        (2, 6, 7, 8),
    ),
    Case(
        "3-d, nearest",
        lambda: nn.Sequential(nn.Conv3d(2, 2, 2), nn.Upsample(scale_factor=2), nn.AdaptiveAvgPool3d(3)),
        (2, 6, 5, 4),
    ),
    Case(
        "fractional max pool",
        lambda: nn.Sequential(C(2, 2), nn.FractionalMaxPool2d(2, (5, 6))),
        (2, 13, 14),
        exact=False,
    ),
    Case(
        "grid sample",
        lambda: Fn(
            lambda s, x: F.grid_sample(s.a(x), s.b(x).permute(0, 2, 3, 1), align_corners=False), a=C(2, 2), b=C(2, 2)
        ),
        (2, 9, 10),
        exact=False,
    ),
    Case(
        "masked attention",
        lambda: Fn(
            lambda s, x: F.scaled_dot_product_attention(
                *[s.a(x).flatten(2).transpose(1, 2)[:, None]] * 3, is_causal=True
            ),
            a=C(2, 2),
        ),
        (2, 6, 6),
        exact=False,
    ),
]
