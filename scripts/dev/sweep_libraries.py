"""Networks of public libraries, which nobody here wrote; versions stand in sweep.txt.

Every entry is (name, a function that builds it with random weights, input size, more arguments of its forward).
"""

import inspect
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from typing import Any

import torch
from torch import nn

Entry = tuple[str, Callable[[], nn.Module], tuple[int, ...], tuple[Any, ...]]


def plain_torchvision() -> None:
    """Import torchvision without its compiled operations, which no network here uses, where they do not load."""
    registered = torch.library.register_fake

    def lenient(op: Any, *args: Any, **kwargs: Any) -> Any:
        ours = isinstance(op, str) and op.startswith("torchvision::") and not hasattr(torch.ops.torchvision, op[13:])
        return (lambda function: function) if ours else registered(op, *args, **kwargs)

    torch.library.register_fake = lenient
    try:
        import_module("torchvision")
    finally:
        torch.library.register_fake = registered


def torchvision() -> Iterator[Entry]:
    """Classifiers, segmenters, networks for video; detectors take lists of images and do not come."""
    import torchvision.models as m

    odd = {"inception_v3": (3, 299, 299), "s3d": (3, 16, 224, 224)} | dict.fromkeys(("vit_h_14",), (3, 224, 224))
    for name in m.list_models(module=m):
        yield name, partial(m.get_model, name, weights=None, **_heads(name)), odd.get(name, (3, 224, 224)), ()
    for name in m.list_models(module=m.segmentation):
        yield name, partial(m.get_model, name, weights=None, weights_backbone=None), (3, 224, 224), ()
    for name in m.list_models(module=m.video):
        side = 224 if name[0] in "ms" and name != "mc3_18" else 112
        yield name, partial(m.get_model, name, weights=None), (3, 16, side, side), ()


def _heads(name: str) -> dict[str, Any]:
    return {"init_weights": False} if name in ("googlenet", "inception_v3") else {}


def timm() -> Iterator[Entry]:
    """Every architecture, at the input size that timm names for it."""
    from timm import create_model, get_pretrained_cfg, list_models

    for name in list_models():
        config = get_pretrained_cfg(name)
        size = tuple(config.input_size) if config else (3, 224, 224)
        yield name, partial(create_model, name, pretrained=False), size, ()


def pytorchcv() -> Iterator[Entry]:
    """Every network that it lists."""
    from pytorchcv.model_provider import _models

    for name, make in _models.items():
        yield name, partial(make, pretrained=False), _pytorchcv_size(name), ()


def _pytorchcv_size(name: str) -> tuple[int, ...]:
    side = 32 if "cifar" in name or "svhn" in name else 299 if "inception" in name or name == "xception" else 224
    return (1 if name.endswith("mnist") else 3, side, side)


def segmentation_models_pytorch() -> Iterator[Entry]:
    """Every decoder over encoders of several kinds."""
    import segmentation_models_pytorch as smp

    for encoder in ("resnet18", "efficientnet-b0", "mobilenet_v2", "densenet121", "timm-regnetx_002", "mit_b0"):
        for name, decoder in smp.MODEL_ARCHITECTURES_MAPPING.items():
            over = encoder if name != "dpt" else "tu-vit_tiny_patch16_224"
            if name != "dpt" or encoder == "resnet18":
                yield f"{name} over {over}", partial(decoder, over, encoder_weights=None), (3, 224, 224), ()


def transformers() -> Iterator[Entry]:
    """Backbones of every kind by their default configuration, and codecs of sound."""
    import transformers as t

    for name in sorted(n for n in dir(t) if n.endswith("Backbone")):
        kind = getattr(t, name)
        config = getattr(kind, "config_class", None)
        if config is not None and name not in ("AutoBackbone", "TimmBackbone"):
            yield name, partial(_configured, kind, config), (3, 224, 224), ()
    for name in ("MobileNetV1", "MobileNetV2", "MobileViT", "MobileViTV2", "PoolFormer", "Segformer", "Cvt", "Levit",
                 "EfficientNet", "RegNet", "ViT", "GLPN", "Swin2SR", "ViTMSN", "PvtModel", "IJepa"):  # fmt: skip
        kind = getattr(t, name if name.endswith("Model") else f"{name}Model", None)
        if kind is not None:
            yield name, partial(_configured, kind, kind.config_class), (3, 224, 224), ()
    for name in ("EncodecModel", "DacModel", "MimiModel"):
        kind = getattr(t, name)
        yield f"{name}.encoder", partial(_encoder, kind), (1, 8000), ()


def _configured(kind: Any, config: Any) -> nn.Module:
    return kind(config())


def _encoder(kind: Any) -> nn.Module:
    return kind(kind.config_class()).encoder


def diffusers() -> Iterator[Entry]:
    """Autoencoders and denoisers, by small or default configurations."""
    import diffusers as d

    down, up = ("DownEncoderBlock2D",) * 3, ("UpDecoderBlock2D",) * 3
    deep = {"down_block_types": down, "up_block_types": up, "block_out_channels": (32, 64, 64)}
    yield "AutoencoderKL", partial(d.AutoencoderKL, **deep), (3, 64, 64), ()
    yield "VQModel", partial(d.VQModel, **deep), (3, 64, 64), ()
    yield "AutoencoderTiny", d.AutoencoderTiny, (3, 64, 64), ()
    yield "UNet2DModel", partial(d.UNet2DModel, block_out_channels=(32, 64, 64, 64)), (3, 64, 64), (1,)
    yield "AutoencoderOobleck", d.AutoencoderOobleck, (2, 8192), ()


def efficientnet_pytorch() -> Iterator[Entry]:
    """B0 to B6."""
    from efficientnet_pytorch import EfficientNet

    for b in range(7):
        side = EfficientNet.get_image_size(f"efficientnet-b{b}")
        yield f"b{b}", partial(EfficientNet.from_name, f"efficientnet-b{b}"), (3, side, side), ()


def resnest() -> Iterator[Entry]:
    """Its four ImageNet networks."""
    import resnest.torch as r

    for name in ("resnest50", "resnest101", "resnest200", "resnest269"):
        yield name, partial(getattr(r, name), pretrained=False), (3, 224, 224), ()


def ultralytics() -> Iterator[Entry]:
    """Every network that it describes, in its smallest scale."""
    from pathlib import Path

    import ultralytics as u
    from ultralytics.nn import tasks

    kinds = {"cls": tasks.ClassificationModel, "seg": tasks.SegmentationModel, "pose": tasks.PoseModel,
             "obb": tasks.OBBModel}  # fmt: skip
    for path in sorted((Path(u.__file__).parent / "cfg/models").rglob("yolo*.yaml")):
        if not any(word in path.stem for word in ("rtdetr", "world", "yoloe", "depth", "sem")):
            kind = next((k for word, k in kinds.items() if f"-{word}" in path.stem), tasks.DetectionModel)
            yield path.stem, partial(kind, path.name, verbose=False), (3, 256, 256), ()


def vit_pytorch() -> Iterator[Entry]:
    """Mixtures of convolution and attention."""

    def made(module: str, name: str, **given: Any) -> Entry:
        kind = getattr(import_module(f"vit_pytorch.{module}"), name)
        return name, partial(kind, **given), (3, 224, 224), ()

    plain = {"image_size": 224, "num_classes": 10, "dim": 64, "depth": 2, "heads": 2, "mlp_dim": 64}
    yield made("vit", "ViT", patch_size=16, **plain)
    yield made("simple_vit", "SimpleViT", patch_size=16, **plain)
    yield made("deepvit", "DeepViT", patch_size=16, **plain)
    yield made("cct", "CCT", img_size=224, num_layers=2, num_heads=2, mlp_ratio=1.0, num_classes=10)
    yield made("cvt", "CvT", num_classes=10)
    yield made("twins_svt", "TwinsSVT", num_classes=10)
    yield made("crossformer", "CrossFormer", num_classes=10)
    yield made("max_vit", "MaxViT", num_classes=10, dim=32, depth=(1, 1), dim_head=16)
    yield made("mobile_vit", "MobileViT", image_size=(256, 256), dims=[96, 120, 144], num_classes=10,
               channels=[16, 32, 48, 48, 64, 64, 80, 80, 96, 96, 384])  # fmt: skip


def dynamic_network_architectures() -> Iterator[Entry]:
    """The U-Nets of nnU-Net, flat and solid, with the norms that it plans."""
    from dynamic_network_architectures.architectures.unet import PlainConvUNet, ResidualEncoderUNet

    given = {"input_channels": 1, "n_stages": 4, "features_per_stage": (16, 32, 64, 64), "strides": (1, 2, 2, 2),
             "kernel_sizes": 3, "num_classes": 2, "n_conv_per_stage_decoder": 2, "conv_bias": True,
             "nonlin": nn.LeakyReLU, "deep_supervision": False}  # fmt: skip
    for conv, size in ((nn.Conv2d, (1, 128, 128)), (nn.Conv3d, (1, 48, 48, 48))):
        axes = len(size) - 1
        for norm in (getattr(nn, f"BatchNorm{axes}d"), getattr(nn, f"InstanceNorm{axes}d")):
            one = given | {"conv_op": conv, "norm_op": norm, "norm_op_kwargs": {"affine": True}}
            name = f"{axes}-d, {norm.__name__}"
            yield f"PlainConvUNet, {name}", partial(PlainConvUNet, n_conv_per_stage=2, **one), size, ()
            yield f"ResidualEncoderUNet, {name}", partial(ResidualEncoderUNet, n_blocks_per_stage=2, **one), size, ()


def pretrainedmodels() -> Iterator[Entry]:
    """Every network of the list, those that torchvision has as well left out."""
    import pretrainedmodels as p
    from pretrainedmodels.models import torchvision_models

    for name in p.model_names:
        if not hasattr(torchvision_models, name):
            side = 331 if name.endswith("large") or name.startswith("polynet") else 299 if "ception" in name else 224
            yield name, partial(getattr(p, name), num_classes=1000, pretrained=None), (3, side, side), ()


def antialiased_cnns() -> Iterator[Entry]:
    """Networks with a blur before each step."""
    import antialiased_cnns as a

    for name in ("alexnet", "vgg11", "vgg16_bn", "resnet18", "resnet50", "resnext50_32x4d", "wide_resnet50_2",
                 "densenet121", "densenet169", "mobilenet_v2"):  # fmt: skip
        yield name, partial(getattr(a, name), pretrained=False), (3, 224, 224), ()


def kymatio() -> Iterator[Entry]:
    """Scattering transforms, of sound and of pictures."""
    from kymatio.scattering1d.frontend.torch_frontend import ScatteringTorch1D
    from kymatio.scattering2d.frontend.torch_frontend import ScatteringTorch2D

    for depth in (1, 2):
        given = {"J": 4, "max_order": depth}
        yield f"1-d, order {depth}", partial(ScatteringTorch1D, shape=2048, Q=8, **given), (1, 2048), ()
        yield f"2-d, order {depth}", partial(ScatteringTorch2D, shape=(64, 64), J=3, max_order=depth), (1, 64, 64), ()


def pytorchvideo() -> Iterator[Entry]:
    """Networks for video; those that take a list of two do not come."""
    import pytorchvideo.models.hub as h

    for name, frames, side in (("slow_r50", 8, 224), ("c2d_r50", 8, 224), ("i3d_r50", 8, 224), ("csn_r101", 32, 224),
                               ("r2plus1d_r50", 16, 224), ("x3d_xs", 4, 182), ("x3d_s", 13, 182), ("x3d_m", 16, 224),
                               ("x3d_l", 16, 312), ("efficient_x3d_xs", 4, 160), ("efficient_x3d_s", 13, 160),
                               ("mvit_base_16x4", 16, 224)):  # fmt: skip
        yield name, partial(getattr(h, name), pretrained=False), (3, frames, side, side), ()


def open_clip() -> Iterator[Entry]:
    """The half of each small model that reads pictures."""
    import open_clip as o

    for name in ("RN50", "RN101", "RN50x4", "RN50x16", "ViT-S-32", "ViT-S-16", "ViT-M-16", "ViT-B-32", "ViT-B-16",
                 "convnext_tiny", "convnext_small", "convnext_base", "MobileCLIP-S1", "ViTamin-S", "EVA02-B-16",
                 "coca_ViT-B-32", "ViT-B-16-SigLIP", "PE-Core-T-16-384", "PE-Core-B-16"):  # fmt: skip
        side = o.get_model_config(name)["vision_cfg"]["image_size"]
        yield name, partial(_seeing, name), (3, side, side), ()


def _seeing(name: str) -> nn.Module:
    from open_clip import create_model

    seeing: nn.Module = create_model(name, pretrained=None).visual
    return seeing


def kornia() -> Iterator[Entry]:
    """Descriptors of patches, detectors of edges and of keypoints."""
    import kornia.feature as f
    from kornia.models.dexined import DexiNed

    for name, kind in (("HardNet", f.HardNet), ("HardNet8", f.HardNet8), ("HyNet", f.HyNet), ("SOSNet", f.SOSNet),
                       ("TFeat", f.TFeat)):  # fmt: skip
        yield name, partial(kind, pretrained=False), (1, 32, 32), ()
    yield "SIFTDescriptor", partial(f.SIFTDescriptor, 41), (1, 41, 41), ()
    yield "DexiNed", partial(DexiNed, pretrained=False), (3, 128, 128), ()
    yield "DISK's U-Net", lambda: f.DISK().unet, (3, 128, 128), ()
    yield "KeyNet", partial(f.KeyNet, pretrained=False), (1, 96, 96), ()


def super_image() -> Iterator[Entry]:
    """Networks that enlarge pictures, by their default configurations."""
    import super_image as s

    for name in ("Edsr", "Msrn", "A2n", "Pan", "Carn", "Rcan", "Drln", "Mdsr", "Han", "Awsrn", "Ddbpn", "Rnan"):
        kind, config = getattr(s, f"{name}Model", None), getattr(s, f"{name}Config", None)
        if kind is not None:
            yield name, partial(_scaled, kind, config), (3, 48, 48), ()


def _scaled(kind: Any, config: Any) -> nn.Module:
    made: nn.Module = kind(config(scale=2))
    return made


def pytorch3dunet() -> Iterator[Entry]:
    """U-Nets, plain and residual, flat and solid."""
    from pytorch3dunet.unet3d import model as m

    for name, size in (("UNet2D", (1, 128, 128)), ("ResidualUNet2D", (1, 128, 128)), ("UNet3D", (1, 32, 64, 64)),
                       ("ResidualUNet3D", (1, 32, 64, 64)), ("ResidualUNetSE3D", (1, 32, 64, 64))):  # fmt: skip
        for order in ("gcr", "cbr"):  # group norm in front; batch norm behind
            given = {"in_channels": 1, "out_channels": 2, "f_maps": 16, "layer_order": order, "num_levels": 4}
            yield f"{name}, {order}", partial(getattr(m, name), **given), size, ()


def pytorch_tcn() -> Iterator[Entry]:
    """Causal and other chains of dilated convolutions, for sequences."""
    from pytorch_tcn import TCN

    given = {"num_inputs": 4, "num_channels": [16, 16, 16, 16], "kernel_size": 3}
    for name, more in (
        ("causal", {}), ("centred", {"causal": False}), ("skips", {"use_skip_connections": True}),
        ("gates", {"use_gate": True}), ("batch norm", {"use_norm": "batch_norm"}),
        ("layer norm", {"use_norm": "layer_norm"}),
    ):  # fmt: skip
        yield name, partial(TCN, **given, **more), (4, 256), ()


def facenet_pytorch() -> Iterator[Entry]:
    """The network for faces, and the three that find them."""
    from facenet_pytorch import InceptionResnetV1
    from facenet_pytorch.models import mtcnn as m

    yield "InceptionResnetV1", partial(InceptionResnetV1, pretrained=None), (3, 160, 160), ()
    for name, side in (("PNet", 60), ("RNet", 24), ("ONet", 48)):
        yield name, partial(getattr(m, name), pretrained=False), (3, side, side), ()


def nnAudio() -> Iterator[Entry]:  # the name of the library
    """Spectrograms as convolutions, with windows that do not change."""
    import nnAudio.features as f

    for name, given in (
        ("STFT", {"n_fft": 512, "hop_length": 128}), ("MelSpectrogram", {"n_fft": 512, "hop_length": 128}),
        ("MFCC", {"n_fft": 512, "hop_length": 128}), ("Gammatonegram", {"n_fft": 512, "hop_length": 128}),
        ("CQT1992v2", {"fmin": 220, "n_bins": 60}), ("CQT2010v2", {"fmin": 220, "n_bins": 60}),
        ("VQT", {"fmin": 220, "n_bins": 60}),
    ):  # fmt: skip
        yield name, partial(getattr(f, name), sr=16000, verbose=False, **given), (1, 16000), ()


def uformer_pytorch() -> Iterator[Entry]:
    """A U-Net whose blocks attend within windows."""
    from uformer_pytorch import Uformer

    given = {"stages": 3, "num_blocks": 1, "window_size": 16, "dim_head": 16, "heads": 2}
    yield "Uformer", partial(Uformer, dim=16, **given), (3, 128, 128), ()


def x_unet() -> Iterator[Entry]:
    """U-Nets in U-Nets."""
    from x_unet import XUnet

    given = {"num_self_attn_per_stage": (0, 0, 1), "nested_unet_depths": (2, 1, 0)}
    yield "XUnet", partial(XUnet, dim=32, dim_mults=(1, 2, 4), num_blocks_per_stage=(1, 1, 1), **given), (3, 64, 64), ()


LIBRARIES = {
    name: function
    for name, function in list(globals().items())
    if inspect.isgeneratorfunction(function) and function.__module__ == __name__
}
