"""Prediction in the studio, by the runner's own code."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from studio.engine.evaluate import evaluate
from studio.engine.export import export
from studio.engine.predict import predict
from studio.errors import BadInput, Cancelled, Damaged
from tests.fakes.small_world import Context, Plugins, dataset, model

torch.set_num_threads(1)


@pytest.mark.parametrize("task", ["classification", "detection"])
def test_predictions_are_what_the_evaluation_saw(tmp_path: Path, task: str) -> None:
    ctx = Context(tmp_path)
    trained, data = model(ctx, task), dataset(ctx)
    package = export(ctx, Plugins(), trained, data, {})
    media = [entry.item.media for entry in data.read(ctx.store, "test")]
    found = predict(ctx, package, media)
    assert found.provider.endswith("ExecutionProvider")
    report = evaluate(ctx, Plugins(), trained, data, "test")
    for said, seen in zip(found.read(ctx.store), report.read(ctx.store), strict=True):
        assert said.media == seen.media
        assert said.predicted == seen.predicted
        assert said.score == pytest.approx(seen.score, abs=1e-4)
        for ours, theirs in zip(said.detections, seen.detections, strict=True):
            assert ours.label == theirs.label
            assert ours.box == pytest.approx(theirs.box, abs=1e-2)


def test_wrong_input_is_answered(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx)
    package = export(ctx, Plugins(), model(ctx, "classification"), data, {})
    with pytest.raises(BadInput, match="no pictures"):
        predict(ctx, package, [])
    media = [entry.item.media for entry in data.read(ctx.store, "test")]
    with pytest.raises(Damaged, match="lacks"):
        predict(ctx, package.model_copy(update={"files": {}}), media)
    ctx._cancel_after = 1
    with pytest.raises(Cancelled):
        predict(ctx, package, media)
