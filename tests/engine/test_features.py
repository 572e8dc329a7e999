"""How a network sees pictures, held against the network itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from studio.engine import networks
from studio.engine.features import features
from studio.engine.whole_network import WholeNetwork, batches
from studio.errors import BadInput
from tests.fakes.small_world import Context, Plugins, dataset, model

torch.set_num_threads(1)


def test_embeddings_lead_to_the_probabilities(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx)
    known = model(ctx, "classification")
    pictures = [entry.item.media for entry in data.read(ctx.store)]
    found = features(ctx, Plugins(), known, pictures)
    network = networks.load(ctx.store, known, Plugins()).eval()
    head = [module for module in network.modules() if isinstance(module, nn.Linear)][-1]
    with torch.no_grad():
        said = torch.softmax(head(torch.from_numpy(found.embeddings)), 1).numpy()
    assert np.allclose(said, found.probabilities, atol=1e-5)
    assert found.draws.shape == (0, len(pictures), len(known.label_schema.labels))
    whole = WholeNetwork(network, known.input, known.task).eval()
    ((_, batch),) = batches(ctx.store, pictures[:1], known.input, 1)
    with torch.no_grad():
        assert np.allclose(
            whole(torch.from_numpy(batch)).numpy(), found.probabilities[:1], atol=1e-5
        )


def test_a_detector_says_the_highest_score_of_each_label(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx)
    known = model(ctx, "detection")
    pictures = [entry.item.media for entry in data.read(ctx.store)]
    found = features(ctx, Plugins(), known, pictures)
    assert found.probabilities.shape == (len(pictures), len(known.label_schema.labels))
    assert ((found.probabilities >= 0) & (found.probabilities <= 1)).all()
    assert len(found.embeddings) == len(pictures)


def test_answers_of_a_network_without_dropout_do_not_waver(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx)
    pictures = [entry.item.media for entry in data.read(ctx.store)]
    with pytest.raises(BadInput, match="no dropout"):
        features(ctx, Plugins(), model(ctx, "classification"), pictures, draws=3)
    with pytest.raises(BadInput, match="no pictures"):
        features(ctx, Plugins(), model(ctx, "classification"), [])
