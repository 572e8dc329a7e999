"""Every architecture keeps its contract: what goes in, what comes out, what can be learnt."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torchvision.models.detection.image_list import ImageList

from studio.api.engine import Architecture, InputSpec
from studio.engine import networks
from studio.paths import builtin_plugins
from studio.services.plugin_host import PluginHost

HOST = PluginHost([builtin_plugins()], installed=False)
CLASSIFIERS = [one.name for one in HOST.architectures("classification")]
DETECTORS = [one.name for one in HOST.architectures("detection")]


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    yield
    torch.set_num_threads(before)


def sized(architecture: Architecture, width: int, height: int) -> InputSpec:
    return architecture.input.model_copy(update={"width": width, "height": height})


def build(name: str, width: int, height: int, labels: int = 3) -> tuple[nn.Module, torch.Tensor]:
    architecture = HOST.architecture(name)
    spec = sized(architecture, width, height)
    network = networks.build(architecture, labels, spec)
    return network, torch.rand(2, spec.channels, height, width)


def test_the_promised_architectures_are_there() -> None:
    assert {"small_cnn", "resnet18", "mobilenet_v3_small", "mobilenet_v3_large"} <= {*CLASSIFIERS}
    assert {"efficientnet_b0", "convnext_tiny"} <= {*CLASSIFIERS}
    assert {"fcos_small", "fcos_resnet18"} <= {*DETECTORS}


@pytest.mark.parametrize("name", CLASSIFIERS)
def test_a_classifier_gives_a_logit_for_each_label_and_learns_in_every_weight(name: str) -> None:
    network, pixels = build(name, 64, 48)
    logits = network.train()(pixels)
    assert logits.shape == (2, 3)
    logits.square().sum().backward()
    assert all(p.grad is not None for p in network.parameters())
    state = networks.weights_of(network)
    twin, _ = build(name, 64, 48)
    networks.fill(twin, state)
    with torch.no_grad():
        assert torch.equal(network.eval()(pixels), twin.eval()(pixels))


@settings(max_examples=20, deadline=None)
@given(width=st.integers(8, 70), height=st.integers(8, 70), labels=st.integers(1, 12))
def test_the_small_cnn_takes_any_size(width: int, height: int, labels: int) -> None:
    network, pixels = build("small_cnn", width, height, labels)
    assert network(pixels).shape == (2, labels)


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_gives_a_fixed_number_of_boxes_in_px_and_scores(name: str) -> None:
    network, pixels = build(name, 96, 64)
    with torch.no_grad():
        boxes, scores = network.eval()(pixels)
        fewer, _ = network(pixels[:1])
    assert boxes.shape[:2] == scores.shape[:2]
    assert boxes.shape[2] == 4
    assert scores.shape[2] == 3
    assert fewer.shape[1] == boxes.shape[1]
    assert boxes.dtype == scores.dtype == torch.float32
    assert float(scores.min()) >= 0
    assert float(scores.max()) <= 1


@pytest.mark.parametrize("name", DETECTORS)
def test_a_detector_decodes_as_torchvision_does(name: str) -> None:
    network, pixels = build(name, 96, 64)
    network.eval()
    with torch.no_grad():
        boxes, _ = network(pixels)
        maps = list(network.backbone(pixels).values())
        rules = network._rules[0]
        anchors = rules.anchor_generator(ImageList(pixels, [(64, 96)] * 2), maps)[0]
        regression = network.head(maps)["bbox_regression"]
    expected = torch.stack([rules.box_coder.decode(one, anchors) for one in regression])
    assert torch.allclose(boxes, expected, atol=1e-4)


@pytest.mark.parametrize("name", DETECTORS)
@pytest.mark.parametrize("drawn", [0, 1, 3])
def test_a_detectors_losses_are_finite_whatever_is_drawn(name: str, drawn: int) -> None:
    network, pixels = build(name, 96, 64)
    corners = torch.rand(drawn, 2) * 30
    boxes = torch.cat([corners, corners + 20], 1)
    targets = [
        {"boxes": boxes, "labels": torch.arange(drawn) % 3},
        {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)},
    ]
    losses = network.train().training_losses(pixels, targets)
    total = torch.stack(list(losses.values())).sum()
    assert torch.isfinite(total)
    total.backward()
    gradients = [p.grad for p in network.parameters() if p.grad is not None]
    assert all(bool(torch.isfinite(one).all()) for one in gradients)


def test_the_small_detector_learns_one_picture_by_heart() -> None:
    network, pixels = build("fcos_small", 96, 64)
    truth = torch.tensor([[8.0, 10, 34, 40], [50, 20, 90, 60]])
    targets = [{"boxes": truth, "labels": torch.tensor([0, 2])}] * 2
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3)
    for _ in range(120):
        optimiser.zero_grad()
        torch.stack(list(network.training_losses(pixels, targets).values())).sum().backward()
        optimiser.step()
    with torch.no_grad():
        boxes, scores = network.eval()(pixels)
    for box, label in zip(truth, (0, 2), strict=True):
        best = int(scores[0, :, label].argmax())
        assert float(scores[0, best, label]) > 0.5
        assert torch.allclose(boxes[0, best], box, atol=4)
