"""The figures of the chapter on normalisation against PyTorch, and what the chapter says in both modes."""

import pytest
import torch
from torch import nn

from convnotes.exhibits import normalization
from tests.test_exhibits import rows

NORMS = {
    "batch": nn.BatchNorm2d(6),
    "layer": nn.LayerNorm([6, 2, 2]),
    "instance": nn.InstanceNorm2d(6),
    "group": nn.GroupNorm(2, 6),
}


@pytest.mark.parametrize("kind", normalization.KINDS)
def test_maps_that_share_a_mean_are_those_that_move_each_other(kind: str) -> None:
    """A map is poked; the maps whose output changes are those of its set, in PyTorch's own layer."""
    x = torch.randn(3, 6, 2, 2, generator=torch.Generator().manual_seed(0))
    for shared in normalization._shared(kind):
        image, channel = sorted(shared)[0]
        poked = x.clone()
        poked[image, channel, 0, 0] += 5
        moved = (NORMS[kind](poked) - NORMS[kind](x)).abs().amax((2, 3)) > 1e-6
        assert {(n, c) for n, c in torch.nonzero(moved).tolist()} == shared


def test_the_table_counts_what_is_drawn() -> None:
    for kind, means, maps, numbers in rows(normalization.axes):
        sets = normalization._shared(str(kind))
        assert len(sets) == means and {len(shared) for shared in sets} == {maps} and numbers == 4 * int(str(maps))


def test_the_running_mean_is_pytorchs() -> None:
    norm = nn.BatchNorm2d(1, dtype=torch.float64)
    assert norm.running_mean is not None
    for _, batch, running in normalization._means():
        norm(torch.tensor([batch - 1, batch + 1], dtype=torch.float64).reshape(2, 1, 1, 1))
        assert norm.running_mean.item() == pytest.approx(running)
    found = normalization._means()
    assert next(step for step, _, running in found if running > normalization.MEAN / 2) == 6
    assert max(abs(running - normalization.MEAN) for step, _, running in found if step > 20) < 0.8


def test_the_start_fades_as_the_chapter_says() -> None:
    assert [min(t for t in range(99) if 0.9**t < share) for share in (0.5, 0.01)] == [7, 44]


def test_training_depends_on_the_company_and_evaluation_does_not() -> None:
    norm, x = nn.BatchNorm2d(1), torch.tensor([5.0, 7.0, 9.0]).reshape(3, 1, 1, 1)
    assert norm(x)[1].item() == pytest.approx(0, abs=1e-6)
    before = norm.running_mean.clone()  # type: ignore[union-attr]
    norm.eval()
    assert torch.allclose(norm(x)[1:2], norm(x[1:2])) and torch.equal(norm.running_mean, before)  # type: ignore[arg-type]


def test_doubled_weights_change_nothing_after_a_batch_norm() -> None:
    conv, x = nn.Conv2d(3, 8, 3, bias=False).double(), torch.randn(4, 3, 9, 9).double()
    norm = nn.BatchNorm2d(8, eps=1e-15).double()
    before = norm(conv(x))
    with torch.no_grad():
        conv.weight.mul_(2)
    assert torch.allclose(norm(conv(x)), before)


def test_scale_and_shift_can_give_the_input_back() -> None:
    norm, x = nn.BatchNorm2d(1).double(), torch.randn(8, 1, 3, 3).double()
    with torch.no_grad():
        norm.weight.fill_((x.var(unbiased=False) + norm.eps).sqrt())
        norm.bias.fill_(x.mean())
    assert torch.allclose(norm(x), x)


def test_one_group_is_layer_norm_and_a_group_per_channel_is_instance_norm() -> None:
    x = torch.randn(3, 6, 4, 4)
    assert torch.allclose(nn.GroupNorm(1, 6)(x), nn.LayerNorm([6, 4, 4])(x), atol=1e-5)
    assert torch.allclose(nn.GroupNorm(6, 6)(x), nn.InstanceNorm2d(6)(x), atol=1e-5)


def test_folding_is_what_pytorch_fuses() -> None:
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    conv, norm = nn.Conv2d(3, 8, 3).eval(), nn.BatchNorm2d(8)
    norm(3 + torch.randn(4, 8, 5, 5))
    fused = fuse_conv_bn_eval(conv, norm.eval())
    assert norm.running_var is not None and norm.running_mean is not None and conv.bias is not None
    factor = norm.weight / (norm.running_var + norm.eps).sqrt()
    assert torch.allclose(fused.weight, conv.weight * factor[:, None, None, None], atol=1e-6)
    assert torch.allclose(fused.bias, (conv.bias - norm.running_mean) * factor + norm.bias, atol=1e-6)
