"""What training keeps: from shapes alone, in a real run, and by torchinfo, for ten networks at a batch of two.

Stores what it found in convnotes/exhibits/your_model_memory.json, which the chapter on your own model shows.
"""

import json
import time
import warnings
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import torch
from monai.networks import nets
from torch import nn

from convnotes.tracing import memory
from convnotes.tracing.examples import UNet, resnet50, vgg16

warnings.simplefilter("ignore")
STORED = Path(__file__).parents[2] / "convnotes/exhibits/your_model_memory.json"
BATCH = 2
NETWORKS: dict[str, tuple[Callable[[], nn.Module], tuple[int, ...]]] = {
    "ResNet-50": (resnet50, (3, 224, 224)),
    "VGG-16": (vgg16, (3, 224, 224)),
    "U-Net of these notes": (lambda: UNet(16), (3, 140, 140)),
    "DenseNet-121": (lambda: nets.DenseNet121(2, 3, 10), (3, 96, 96)),
    "EfficientNet-B0": (lambda: nets.EfficientNetBN("efficientnet-b0", pretrained=False), (3, 96, 96)),
    "SE-ResNet-50": (lambda: nets.SEResNet50(spatial_dims=2, in_channels=3, num_classes=10), (3, 96, 96)),
    "Attention U-Net": (lambda: nets.AttentionUnet(2, 1, 2, (8, 16, 32), (2, 2)), (1, 96, 96)),
    "SegResNet in 3D": (lambda: nets.SegResNet(spatial_dims=3), (1, 32, 32, 32)),
    "Swin-UNETR": (lambda: nets.SwinUNETR(in_channels=1, out_channels=2, spatial_dims=2), (1, 96, 96)),
    "ViT, 16×16 patches": (
        lambda: nets.ViT(in_channels=3, img_size=96, patch_size=16, spatial_dims=2, classification=True),
        (3, 96, 96),
    ),
}


def torchinfo_size(model: nn.Module, size: tuple[int, ...]) -> int:
    """What torchinfo calls the forward/backward pass size, in bytes."""
    from torchinfo import summary

    return int(summary(model, (BATCH, *size), verbose=0, device="cpu", mode="train").total_output_bytes)


def rows() -> Iterator[tuple[str, str, str]]:
    """What was measured, the figure, and the goal."""
    found = []
    for name, (make, size) in NETWORKS.items():
        torch.manual_seed(0)
        model = make()
        begin = time.process_time()
        shapes = memory(model, size, batch=BATCH)
        seconds = time.process_time() - begin
        real = memory(model, size, batch=BATCH, device="cpu")
        found.append([name, list(size), shapes.saved, real.saved, torchinfo_size(model, size), round(seconds, 2)])
        yield f"{name}: kept for the way back", f"{shapes.saved:,} bytes in {seconds:.2f} s", f"{real.saved:,}"
    versions = {name: version(name) for name in ("torch", "torchinfo", "monai")}
    stored = {"date": time.strftime("%Y-%m-%d"), "batch": BATCH, "versions": versions, "networks": found}
    STORED.write_text(json.dumps(stored, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    for line in rows():
        print(*line, sep=" | ")
