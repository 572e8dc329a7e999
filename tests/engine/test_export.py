"""The package that leaves: reproducible, verified, and loud where it is not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import onnx
import pytest
import torch

from studio.domain.artefacts import put_artefact
from studio.domain.datasets import DatasetVersion
from studio.domain.models import ModelVersion
from studio.domain.packaging import ModelPackage
from studio.engine import export as exporting
from studio.engine import networks
from studio.engine.evaluate import evaluate
from studio.engine.export import TOLERANCE, compare, export, to_onnx
from studio.engine.package_runner import open_session
from studio.engine.whole_network import WholeNetwork, run
from tests.fakes.small_world import Context, Plugins, dataset, model

torch.set_num_threads(1)
TASKS = ("classification", "detection")


class Exported(NamedTuple):
    """A package with what it was made from."""

    ctx: Context
    model: ModelVersion
    data: DatasetVersion
    package: ModelPackage


@pytest.fixture(scope="module", params=TASKS)
def exported(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Exported:
    ctx = Context(tmp_path_factory.mktemp("exported"))
    trained, data = model(ctx, request.param), dataset(ctx)
    package = export(ctx, Plugins(), trained, data, {"name": "Cells", "verify_on": "val+test"})
    return Exported(ctx, trained, data, package)


def test_a_package_agrees_with_torch_on_every_picture(exported: Exported) -> None:
    ctx, _, _, package = exported
    assert package.agreement.verified
    assert package.agreement.pictures == 26
    assert package.agreement.tolerance == TOLERANCE
    assert ctx.told[-1] == (26, 26)
    assert any("Verified" in text for _, text in ctx.logs)


def test_figures_of_the_package_are_those_of_the_evaluation(exported: Exported) -> None:
    ctx, trained, data, package = exported
    report = evaluate(ctx, Plugins(), trained, data, "test")
    assert package.figures == pytest.approx(report.figures, abs=1e-6)


def test_the_same_model_gives_the_same_package(exported: Exported, tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    again = export(ctx, Plugins(), model(ctx, exported.model.task), dataset(ctx), {"name": "Cells"})
    assert put_artefact(ctx.store, again) == put_artefact(exported.ctx.store, exported.package)


@pytest.mark.parametrize(("task", "opset"), [("classification", 20), ("detection", 18)])
def test_the_network_runs_at_any_batch_size_and_says_nothing_of_its_maker(
    tmp_path: Path, task: str, opset: int
) -> None:
    ctx = Context(tmp_path)
    trained = model(ctx, task)
    network = networks.load(ctx.store, trained, Plugins())
    whole = WholeNetwork(network, trained.input, trained.task).eval()
    data = to_onnx(whole, trained.input, trained.task, opset)
    session = open_session(data, "cpu")
    shape = (trained.input.height, trained.input.width, trained.input.channels)
    for size in (1, 2, 7):
        batch = np.random.default_rng(size).integers(0, 256, (size, *shape)).astype(np.uint8)
        for ours, theirs in zip(
            run(whole, batch), session.run(None, {"pixels": batch}), strict=True
        ):
            assert ours == pytest.approx(theirs, abs=1e-4)
    written = onnx.load_from_string(data)
    assert written.opset_import[0].version == opset
    assert b"site-packages" not in data
    assert b".py" not in data
    assert not any(node.doc_string or node.metadata_props for node in written.graph.node)


def test_a_network_that_says_something_else_is_not_verified_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ctx = Context(tmp_path)
    trained = model(ctx, "classification")
    other = networks.load(ctx.store, model(ctx, "classification", seed=99), Plugins())
    wrong = to_onnx(
        WholeNetwork(other, trained.input, trained.task).eval(), trained.input, trained.task
    )
    monkeypatch.setattr(exporting, "to_onnx", lambda *_: wrong)
    package = export(ctx, Plugins(), trained, dataset(ctx), {})
    assert not package.agreement.verified
    assert any(level == "warning" and "NOT VERIFIED" in text for level, text in ctx.logs)
    contract = json.loads(ctx.store.get(package.files["contract.json"]))
    assert contract["agreement"]["verified"] is False
    assert b"NOT VERIFIED" in ctx.store.get(package.files["MODEL_CARD.md"])


def test_without_pictures_nothing_is_verified(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx, val=0, test=0)
    package = export(ctx, Plugins(), model(ctx, "classification"), data, {})
    assert not package.agreement.verified
    assert "selftest/pixels.npy" in package.files


def test_scores_that_are_no_numbers_agree_with_nothing() -> None:
    good = np.array([[0.2, 0.8]], np.float32)
    bad = np.array([[np.nan, 0.8]], np.float32)
    found = compare([good], [bad], 0.5)
    assert (found.agreeing, found.largest_difference) == (0, 1.0)


def test_a_detection_that_moved_or_vanished_is_a_disagreement() -> None:
    boxes = np.array([[[0, 0, 10, 10], [20, 20, 40, 40]]], np.float32)
    scores = np.array([[[0.9], [0.6]]], np.float32)
    assert compare([boxes, scores], [boxes, scores], 0.5).agreeing == 1
    assert compare([boxes, scores], [boxes + 1.5, scores], 0.5).agreeing == 0
    assert compare([boxes, scores], [boxes, scores * [[[1], [0]]]], 0.5).agreeing == 0
    assert compare([boxes, scores], [boxes, scores + 1e-6], float(scores[0, 1, 0])).agreeing == 1


def test_the_card_tells_the_facts(exported: Exported) -> None:
    card = exported.ctx.store.get(exported.package.files["MODEL_CARD.md"]).decode()
    assert card.startswith("# Cells\n")
    assert "| test | 20 |" in card
    assert ("| AP50 |" in card) == (exported.model.task == "detection")
    assert "round, square, never" in card
    assert "Fewer than ten examples" in card
