"""Figures held against scikit-learn and pycocotools."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

from studio.domain.artefacts import put_artefact
from studio.domain.datasets import DatasetVersion, SplitPlan
from studio.engine.coco_metrics import NAMES, Said, Truth, coco_figures, hits
from studio.engine.evaluate import classification, evaluate
from studio.errors import BadInput, Cancelled
from tests.fakes.small_world import SCHEMA, Context, Plugins, dataset, item, model

torch.set_num_threads(1)


@given(st.integers(0, 10_000), st.integers(1, 60))
@settings(max_examples=15, deadline=None)
def test_figures_of_classification_are_those_of_scikit_learn(seed: int, count: int) -> None:
    rng = np.random.default_rng(seed)
    ctx = Context(Path())
    entries = [item(ctx, number, "test") for number in rng.integers(0, 8, count)]
    scores = rng.dirichlet(np.ones(3), count)
    found = classification(SCHEMA, entries, scores)
    truth = [SCHEMA.index(entry.item.tags[0]) for entry in entries]
    predicted = scores.argmax(1)
    assert found.confusion.tolist() == confusion_matrix(truth, predicted, labels=range(3)).tolist()
    assert found.figures["accuracy"] == np.mean(np.array(truth) == predicted)
    macro = precision_recall_fscore_support(truth, predicted, average="macro", zero_division=0)
    each = precision_recall_fscore_support(
        truth, predicted, average=None, labels=range(3), zero_division=np.nan
    )
    for place, name in enumerate(("precision", "recall", "f1")):
        assert found.figures[name] == pytest.approx(macro[place], abs=1e-12)
        for label in range(3):
            ours = getattr(found.labels[label], name)
            theirs = each[place][label]
            if not np.isnan(theirs) and ours is not None:
                assert ours == pytest.approx(theirs, abs=1e-12)


def scene(seed: int, pictures: int, labels: int, sloppy: float) -> tuple[list[Truth], list[Said]]:
    rng = np.random.default_rng(seed)
    truths, said = [], []
    for _ in range(pictures):
        count = int(rng.integers(0, 9))
        corner = rng.uniform(0, 400, (count, 2))
        boxes = np.concatenate([corner, corner + rng.uniform(4, 200, (count, 2))], 1)
        kinds = rng.integers(0, labels, count)
        truths.append(Truth(640, 640, boxes, kinds))
        kept = rng.random(count) < 0.8
        near = boxes[kept] + rng.normal(0, sloppy, (int(kept.sum()), 4))
        near[:, 2:] = np.maximum(near[:, 2:], near[:, :2] + 1)
        extra = np.tile(np.array([[5.0, 5.0, 60.0, 50.0]]), (int(rng.integers(0, 3)), 1))
        found = np.concatenate([near, extra])
        other = rng.integers(0, labels, len(found))
        guess = np.where(
            rng.random(len(found)) < 0.8, np.r_[kinds[kept], other[len(near) :]], other
        )
        scores = np.sort(rng.random(len(found)))[::-1]
        said.append(Said(found, scores, guess))
    return truths, said


def by_hand(
    truths: list[Truth], said: list[Said], labels: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """COCO's documents, written without a line of the studio."""
    annotations = []
    for number, truth in enumerate(truths):
        rows = zip(truth.boxes.tolist(), truth.labels.tolist(), strict=True)
        for (x0, y0, x1, y1), label in rows:
            annotations.append(
                {
                    "id": 1 + len(annotations), "image_id": number, "category_id": label,
                    "bbox": [x0, y0, x1 - x0, y1 - y0], "area": (x1 - x0) * (y1 - y0),
                    "iscrowd": 0,
                }
            )  # fmt: skip
    results = []
    for number, one in enumerate(said):
        found = zip(one.boxes.tolist(), one.scores.tolist(), one.labels.tolist(), strict=True)
        for (x0, y0, x1, y1), score, label in found:
            where = {"image_id": number, "bbox": [x0, y0, x1 - x0, y1 - y0]}
            results.append({**where, "category_id": label, "score": score})
    pictures = [{"id": n, "width": 640, "height": 640} for n in range(len(truths))]
    kinds = [{"id": n, "name": str(n)} for n in range(labels)]
    return {"images": pictures, "annotations": annotations, "categories": kinds}, results


def reference(truths: list[Truth], said: list[Said], labels: int) -> tuple[list[float], np.ndarray]:
    from pycocotools.coco import COCO
    from pycocotools.cocoeval import COCOeval

    truth, results = by_hand(truths, said, labels)
    with contextlib.redirect_stdout(io.StringIO()):
        annotated = COCO()
        annotated.dataset = {"info": {}, **truth}
        annotated.createIndex()
        evaluation = COCOeval(annotated, annotated.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return list(evaluation.stats), evaluation.eval["precision"][:, :, :, 0, -1]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.filterwarnings("ignore::DeprecationWarning:pycocotools")
def test_the_twelve_figures_are_those_of_pycocotools(seed: int) -> None:
    labels = 2 + seed
    truths, said = scene(seed, 25, labels, sloppy=3.0 + 4 * seed)
    ours = coco_figures(truths, said, labels)
    stats, precision = reference(truths, said, labels)
    for name, theirs in zip(NAMES, stats, strict=True):
        mine = ours.figures[name]
        assert (mine is None) == (theirs < 0)
        assert mine is None or abs(mine - theirs) <= 1e-9
    for label in range(labels):
        known = precision[:, :, label][precision[:, :, label] > -1]
        mine = ours.average_precision[label]
        assert (mine is None) == (known.size == 0)
        assert mine is None or abs(mine - known.mean()) <= 1e-9


def test_a_label_that_never_occurs_has_no_figure() -> None:
    truths, said = scene(1, 10, 2, 2.0)
    found = coco_figures(truths, said, 4)
    assert found.average_precision[2:] == [None, None]
    assert found.figures["AP"] is not None


def test_without_detections_figures_are_zero_and_without_truth_they_are_none() -> None:
    truths, said = scene(2, 5, 2, 2.0)
    silent = [Said(np.zeros((0, 4)), np.zeros(0), np.zeros(0, np.int64)) for _ in said]
    empty = [Truth(640, 640, np.zeros((0, 4)), np.zeros(0, np.int64)) for _ in said]
    assert coco_figures(truths, silent, 2).figures["AP"] == 0
    assert set(coco_figures(empty, said, 2).figures.values()) == {None}


def test_objects_are_paired_with_their_own_label_first_and_then_across() -> None:
    box = np.array([[0.0, 0, 10, 10], [0.0, 0, 10, 9]])
    truth = Truth(50, 50, np.vstack([box[:1], [[30.0, 30, 40, 40]]]), np.array([0, 1]))
    found = Said(box, np.array([0.9, 0.8]), np.array([1, 0]))
    assert sorted(hits(truth, found), key=str) == sorted([(None, 1), (0, 0), (1, None)], key=str)
    confused = Said(box[:1], np.array([0.9]), np.array([1]))
    assert (0, 1) in hits(truth, confused)


@pytest.mark.parametrize("task", ["classification", "detection"])
def test_equal_runs_give_equal_reports(tmp_path: Path, task: str) -> None:
    digests = []
    for _ in range(2):
        ctx = Context(tmp_path)
        report = evaluate(ctx, Plugins(), model(ctx, task), dataset(ctx), "test")
        digests.append(put_artefact(ctx.store, report))
        assert report.pictures == 20
        assert len(list(report.read(ctx.store))) == 20
        assert ctx.told[-1] == (20, 20)
    assert digests[0] == digests[1]


def test_a_detection_report_counts_every_object_once(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    data = dataset(ctx)
    report = evaluate(ctx, Plugins(), model(ctx, "detection"), data, "test")
    table = np.array(report.confusion)
    objects = sum(len(e.item.shapes) - 1 for e in data.read(ctx.store, "test"))
    assert table.shape == (4, 4)
    assert table[:3].sum() == objects
    verdicts = list(report.read(ctx.store))
    assert table[:, :3].sum() == sum(len(verdict.detections) for verdict in verdicts)
    assert sum(len(verdict.hits) for verdict in verdicts) == table.sum()
    assert all(0 <= d.box[0] <= d.box[2] <= 60 for v in verdicts for d in v.detections)


def test_pictures_without_a_known_tag_are_passed_over_and_said(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    items = [item(ctx, 1, "test"), item(ctx, 2, "test", tagged=False)]
    data = DatasetVersion.write(ctx.store, SCHEMA, SplitPlan(), items)
    assert evaluate(ctx, Plugins(), model(ctx, "classification"), data, "test").pictures == 1
    assert any("passed over" in text for _, text in ctx.logs)


def test_an_empty_split_is_refused_with_what_to_do(tmp_path: Path) -> None:
    ctx = Context(tmp_path)
    with pytest.raises(BadInput, match="holds no picture"):
        evaluate(ctx, Plugins(), model(ctx, "classification"), dataset(ctx, test=0), "test")


def test_it_can_be_cancelled(tmp_path: Path) -> None:
    ctx = Context(tmp_path, cancel_after=1)
    with pytest.raises(Cancelled):
        evaluate(ctx, Plugins(), model(ctx, "detection"), dataset(ctx), "test")
