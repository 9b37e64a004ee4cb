"""Networks of medical imaging, which nobody here wrote, traced and checked against themselves; one to three axes."""

import pytest
import torch

from convnotes.tracing import trace, verify

PLAIN = {"in_channels": 1, "out_channels": 2, "spatial_dims": 2}
SOLID = PLAIN | {"spatial_dims": 3}
UNET = {"channels": (4, 8, 8), "strides": (2, 2), "norm": "batch"}
BASIC = {"features": (4, 4, 4, 8, 8, 4)}
DENSE = {"init_features": 8, "growth_rate": 4, "block_config": (2, 3)}
RESNET = {"layers": [1, 1, 1, 1], "block_inplanes": [4, 4, 8, 8], "n_input_channels": 1}
SLIM = {"blocks_down": (1, 1), "blocks_bottleneck": 1, "blocks_up": (1, 1)}
ATTENTION = {"hidden_size": 8, "mlp_dim": 8, "num_heads": 2, "spatial_dims": 2}

CASES = {
    "AttentionUnet": (lambda nets: nets.AttentionUnet(**PLAIN, channels=(4, 8), strides=(2,)), (1, 32, 32)),
    "AutoEncoder": (lambda nets: nets.AutoEncoder(**PLAIN, channels=(4, 8), strides=(2, 2)), (1, 24, 24)),
    "BasicUNet": (lambda nets: nets.BasicUNet(**PLAIN, **BASIC, norm="batch"), (1, 32, 32)),
    "BasicUNet, instance norm": (lambda nets: nets.BasicUNet(**PLAIN, **BASIC), (1, 32, 32)),
    "BasicUNetPlusPlus": (lambda nets: nets.BasicUNetPlusPlus(**PLAIN, **BASIC, norm="batch"), (1, 32, 32)),
    "DenseNet, 1-d": (lambda nets: nets.DenseNet(1, 1, 2, **DENSE), (1, 96)),
    "Discriminator": (lambda nets: nets.Discriminator((1, 32, 32), (4, 8), (2, 2)), (1, 32, 32)),
    "DynUNet": (
        lambda nets: nets.DynUNet(**PLAIN, kernel_size=[3, 3, 3], strides=[1, 2, 2], upsample_kernel_size=[2, 2],
                             filters=[4, 8, 8], norm_name="batch"), (1, 32, 32)),
    "LocalNet": (lambda nets: nets.LocalNet(**PLAIN, num_channel_initial=4, extract_levels=(0, 1)), (1, 32, 32)),
    "MedNeXt": (lambda nets: nets.MedNeXt(**PLAIN, init_filters=4, **SLIM), (1, 32, 32)),
    "PatchDiscriminator": (lambda nets: nets.PatchDiscriminator(2, 4, 1, num_layers_d=2), (1, 48, 48)),
    "Quicknat": (lambda nets: nets.Quicknat(num_classes=2, num_channels=1, num_filters=4), (1, 32, 32)),
    "ResNet, 1-d": (lambda nets: nets.ResNet("basic", spatial_dims=1, **RESNET), (1, 128)),
    "ResNet, bottleneck": (lambda nets: nets.ResNet("bottleneck", spatial_dims=2, **RESNET), (1, 64, 64)),
    "ResNet, 3-d, shortcuts padded": (
        lambda nets: nets.ResNet("basic", spatial_dims=3, shortcut_type="A", **RESNET), (1, 16, 16, 16)),
    "SegResNet": (lambda nets: nets.SegResNet(**PLAIN, init_filters=4, norm="batch"), (1, 32, 32)),
    "SegResNetDS": (
        lambda nets: nets.SegResNetDS(**PLAIN, init_filters=4, norm="batch", blocks_down=(1, 1)), (1, 32, 32)),
    "SwinUNETR": (lambda nets: nets.SwinUNETR(1, 2, feature_size=12, spatial_dims=2, depths=(1, 1, 1, 1)), (1, 64, 64)),
    "UNet": (lambda nets: nets.UNet(**PLAIN, **UNET, num_res_units=2), (1, 40, 40)),
    "UNet, 3-d": (lambda nets: nets.UNet(**SOLID, **UNET), (1, 12, 12, 12)),
    "ViT": (lambda nets: nets.ViT(1, (32, 32), (8, 8), num_layers=2, **ATTENTION), (1, 32, 32)),
    "VoxelMorphUNet": (
        lambda nets: nets.VoxelMorphUNet(spatial_dims=2, in_channels=2, unet_out_channels=4, channels=(4, 4, 4, 4),
                                    final_conv_channels=(4, 4)), (2, 32, 32)),
}  # fmt: skip
BOUNDS = {"Quicknat": ("max_unpool2d",)}


@pytest.mark.filterwarnings("ignore")  # what they warn of is theirs to mend
@pytest.mark.parametrize("name", CASES)
def test_the_network_itself_agrees(name):
    torch.manual_seed(0)
    make, size = CASES[name]
    model = make(pytest.importorskip("monai.networks.nets"))  # seconds, which other processes need not spend
    report = trace(model, size)
    assert sorted({bound for row in report for bound in row.bounds}) == sorted(BOUNDS.get(name, ()))
    assert report.parameters == sum(p.numel() for p in model.parameters())
    found = verify(model, size)
    assert found.passed and found.checks, found
