"""Grad-CAM held against captum."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from captum.attr import LayerGradCam
from torch import nn
from torchvision.models import mobilenet_v3_small, resnet18

from studio.api.images import decode
from studio.engine.gradcam import explain, grad_cam, last_spatial_layer, layer, pictures_of
from studio.errors import BadInput, Cancelled, NotFound
from tests.fakes.small_world import SCHEMA, Context, Plugins, dataset, model

torch.set_num_threads(1)


def networks() -> list[tuple[str, nn.Module]]:
    torch.manual_seed(0)
    return [("resnet18", resnet18(num_classes=5)), ("mobile", mobilenet_v3_small(num_classes=5))]


@pytest.mark.parametrize(("name", "network"), networks())
@pytest.mark.parametrize("target", [None, 2])
def test_maps_are_those_of_captum(name: str, network: nn.Module, target: int | None) -> None:
    network = network.eval()
    inputs = torch.randn(3, 3, 96, 96)
    explained = layer(network, last_spatial_layer(network, inputs[:1]))
    ours = grad_cam(network, inputs, explained, target)
    wanted = network(inputs).argmax(1) if target is None else torch.full((3,), target)
    theirs = LayerGradCam(network, explained).attribute(inputs, wanted)
    assert torch.equal(ours.labels, wanted)
    torch.testing.assert_close(ours.heat, theirs[:, 0].detach(), atol=1e-6, rtol=0)


def test_maps_of_a_layer_whose_gradient_differs_from_place_to_place_are_those_of_captum() -> None:
    network = networks()[0][1].eval()
    inputs = torch.randn(2, 3, 96, 96)
    ours = grad_cam(network, inputs, network.layer2, 1)
    theirs = LayerGradCam(network, network.layer2).attribute(inputs, 1)
    torch.testing.assert_close(ours.heat, theirs[:, 0].detach(), atol=1e-6, rtol=0)


def test_the_last_layer_with_two_dimensions_is_found() -> None:
    assert last_spatial_layer(resnet18().eval(), torch.zeros(1, 3, 64, 64)) == "layer4"


def test_a_network_without_places_is_refused() -> None:
    flat = nn.Sequential(nn.Flatten(), nn.Linear(12, 2))
    with pytest.raises(BadInput, match="two dimensions"):
        last_spatial_layer(flat, torch.zeros(1, 3, 2, 2))


def test_explaining_leaves_the_network_as_it_was() -> None:
    network = resnet18(num_classes=2).eval()
    network.conv1.weight.requires_grad_(False)
    before = [parameter.requires_grad for parameter in network.parameters()]
    grad_cam(network, torch.randn(1, 3, 64, 64), network.layer4)
    assert [parameter.requires_grad for parameter in network.parameters()] == before
    assert not network.layer4._forward_hooks
    assert all(parameter.grad is None for parameter in network.parameters())


def test_the_strongest_place_is_white_and_what_speaks_against_is_black() -> None:
    heat = torch.tensor([[[0.0, 2.0], [0.0, 0.0]], [[-1.0, -2.0], [-3.0, -1.0]]])
    shades = pictures_of(heat, 8, 8)
    assert shades.shape == (2, 8, 8)
    assert shades[0].max() == 255
    assert shades[0, 0, 7] == 255
    assert not shades[1].any()


def test_every_picture_gets_a_map_of_the_input_size(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx)
    pictures = [entry.item.media for entry in data.read(ctx.store, "test")]
    found = explain(ctx, Plugins(), model(ctx, "classification"), pictures, "square")
    assert [one.media for one in found.maps] == pictures
    assert {one.label for one in found.maps} == {SCHEMA.labels[1].id}
    assert all(0 <= one.score <= 1 for one in found.maps)
    assert decode(ctx.store.get(found.maps[0].heat)).shape == (16, 24, 3)
    assert ctx.told[-1] == (20, 20)
    assert np.ptp(decode(ctx.store.get(found.maps[0].heat))) > 0


def test_detectors_unknown_labels_and_cancelling_are_answered(tmp_path: Path) -> None:
    ctx = Context(tmp_path, cancel_after=1)
    pictures = [entry.item.media for entry in dataset(ctx).read(ctx.store)]
    with pytest.raises(BadInput, match="classifiers"):
        explain(ctx, Plugins(), model(ctx, "detection"), pictures, "")
    with pytest.raises(NotFound, match="no label"):
        explain(ctx, Plugins(), model(ctx, "classification"), pictures, "unheard of")
    with pytest.raises(Cancelled):
        explain(ctx, Plugins(), model(ctx, "classification"), pictures, "")
