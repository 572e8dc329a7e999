"""Every architecture that ships can be built, run, saved and filled again."""

from __future__ import annotations

import pytest
import torch

from studio.api.engine import Architecture
from studio.engine import networks
from studio.paths import builtin_plugins
from studio.services.plugin_host import PluginHost

HOST = PluginHost([builtin_plugins()], installed=False)
ALL = HOST.architectures()


@pytest.mark.parametrize("one", ALL, ids=[one.name for one in ALL])
def test_it_gives_what_its_task_promises(one: Architecture) -> None:
    torch.manual_seed(0)
    network = networks.build(one, 3, one.input).eval()
    pixels = torch.rand(2, one.input.channels, one.input.height, one.input.width)
    with torch.no_grad():
        said = network(pixels)
    if one.task == "classification":
        assert said.shape == (2, 3)
        return
    boxes, scores = said
    assert boxes.shape[:2] == scores.shape[:2]
    assert boxes.shape[2] == 4
    assert scores.shape[2] == 3
    assert 0 <= float(scores.min()) <= float(scores.max()) <= 1
    assert bool((boxes[..., 2:] >= boxes[..., :2]).all())


def test_weights_are_written_in_one_way_and_read_back() -> None:
    one = HOST.architecture("small_cnn")
    torch.manual_seed(0)
    first, second = (networks.build(one, 3, one.input) for _ in range(2))
    written = networks.weights_of(first)
    assert networks.weights_of(first) == written
    assert networks.weights_of(second) != written
    networks.fill(second, written)
    assert networks.weights_of(second) == written
