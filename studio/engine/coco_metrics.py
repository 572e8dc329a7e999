"""Figures of detection: the twelve of COCO, and who was matched with whom at IoU 0.5.

The COCO figures are those of the reference evaluation (Lin et al. 2014, cocoapi), computed by
faster-coco-eval; tests hold them against pycocotools.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import box_iou

NAMES = ("AP", "AP50", "AP75", "APs", "APm", "APl", "AR1", "AR10", "AR100", "ARs", "ARm", "ARl")
"""In the order of the reference: average precision and recall, all, by IoU and by size."""

MATCH_IOU = 0.5


class Truth(NamedTuple):
    """What is on one picture."""

    width: int
    height: int
    boxes: NDArray[np.float64]
    """(M, 4), x0, y0, x1, y1, px of the upright picture."""
    labels: NDArray[np.int64]
    """(M,), numbers from 0."""


class Said(NamedTuple):
    """What was found on one picture, highest score first."""

    boxes: NDArray[np.float64]
    """(D, 4), as in `Truth`."""
    scores: NDArray[np.float64]
    """(D,), in 0..1."""
    labels: NDArray[np.int64]
    """(D,), numbers from 0."""


class CocoFigures(NamedTuple):
    """The figures of one evaluation, each in 0..1 or None where nothing of the kind occurs."""

    figures: dict[str, float | None]
    """By the names in `NAMES`."""
    average_precision: list[float | None]
    """AP of each label over IoU 0.50:0.95."""


def documents(
    truths: Sequence[Truth], said: Sequence[Said], labels: int
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write truth and detections as COCO's two documents; pictures and labels count from 1."""
    images = [
        {"id": number, "width": truth.width, "height": truth.height}
        for number, truth in enumerate(truths, 1)
    ]
    annotations: list[dict[str, Any]] = []
    results: list[dict[str, Any]] = []
    for number, (truth, found) in enumerate(zip(truths, said, strict=True), 1):
        for box, label in zip(truth.boxes, truth.labels, strict=True):
            sides = _sides(box)
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": int(label) + 1,
                    "bbox": sides,
                    "area": sides[2] * sides[3],
                    "iscrowd": 0,
                }
            )
        for box, score, label in zip(found.boxes, found.scores, found.labels, strict=True):
            results.append(
                {
                    "image_id": number,
                    "category_id": int(label) + 1,
                    "bbox": _sides(box),
                    "score": float(score),
                }
            )
    kinds = [{"id": number, "name": str(number)} for number in range(1, labels + 1)]
    # The evaluation reads both headings, though it uses neither.
    head: dict[str, Any] = {"info": {}, "licenses": []}
    return {**head, "images": images, "annotations": annotations, "categories": kinds}, results


def _sides(box: NDArray[np.float64]) -> list[float]:
    x0, y0, x1, y1 = map(float, box)
    return [x0, y0, x1 - x0, y1 - y0]


def coco_figures(truths: Sequence[Truth], said: Sequence[Said], labels: int) -> CocoFigures:
    """Compute the twelve figures of COCO and the AP of each label.

    Parameters
    ----------
    truths, said : sequences of equal length
        By picture.
    labels : int
        How many labels there are; those that never occur in truth get None.
    """
    truth, results = documents(truths, said, labels)
    if not truth["annotations"]:
        return CocoFigures(dict.fromkeys(NAMES), [None] * labels)
    if not results:
        return _nothing_found(truths, labels)
    from faster_coco_eval import COCO, COCOeval_faster

    with contextlib.redirect_stdout(io.StringIO()):
        annotated = COCO(truth)
        evaluation = COCOeval_faster(annotated, annotated.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = np.asarray(evaluation.eval["precision"])[:, :, :, 0, -1]
    each = [_mean(precision[:, :, number]) for number in range(labels)]
    stats = [float(value) for value in evaluation.stats[:12]]
    named = zip(NAMES, stats, strict=True)
    return CocoFigures({name: value if value >= 0 else None for name, value in named}, each)


def _mean(values: NDArray[np.float64]) -> float | None:
    known = values[values > -1]
    return float(known.mean()) if known.size else None


_SIZES = {"s": (0.0, 32.0**2), "m": (32.0**2, 96.0**2), "l": (96.0**2, 1e10)}


def _nothing_found(truths: Sequence[Truth], labels: int) -> CocoFigures:
    """Without a detection, every figure that has a meaning is 0."""
    areas = [_sides(box)[2] * _sides(box)[3] for truth in truths for box in truth.boxes]
    figures: dict[str, float | None] = {}
    for name in NAMES:
        span = _SIZES.get(name[-1])
        meant = span is None or any(span[0] <= area <= span[1] for area in areas)
        figures[name] = 0.0 if meant else None
    seen = {int(label) for truth in truths for label in truth.labels}
    return CocoFigures(figures, [0.0 if label in seen else None for label in range(labels)])


def hits(truth: Truth, found: Said) -> list[tuple[int | None, int | None]]:
    """Pair what is there with what was found, at IoU 0.5 or more.

    Detections, the surest first, take the best free object of their own label; what is left over
    on both sides is then paired across labels by overlap: those are confusions.

    Returns
    -------
    list of (truth, found)
        Numbers of labels; None for an object that was missed or a detection that was invented.
    """
    overlap = box_iou(found.boxes, truth.boxes)
    own = overlap * (found.labels[:, None] == truth.labels[None, :])
    partner: dict[int, int] = {}
    free = np.ones(len(truth.labels), bool)
    for place in np.argsort(-found.scores, kind="stable"):
        rivals = np.where(free, own[place], 0.0)
        best = int(rivals.argmax()) if rivals.size else -1
        if best >= 0 and rivals[best] >= MATCH_IOU:
            partner[int(place)] = best
            free[best] = False
    for place, best in _by_overlap(overlap):
        if place not in partner and free[best]:
            partner[place] = best
            free[best] = False
    pairs: list[tuple[int | None, int | None]] = []
    for place, label in enumerate(found.labels):
        there = int(truth.labels[partner[place]]) if place in partner else None
        pairs.append((there, int(label)))
    missed = [(int(label), None) for label in truth.labels[free]]
    return pairs + missed


def _by_overlap(overlap: NDArray[np.float64]) -> list[tuple[int, int]]:
    places, objects = np.nonzero(overlap >= MATCH_IOU)
    order = np.argsort(-overlap[places, objects], kind="stable")
    return [(int(places[one]), int(objects[one])) for one in order]


def confusion_of(
    pairs: Sequence[Sequence[tuple[int | None, int | None]]], labels: int
) -> NDArray[np.int64]:
    """Count pairs of all pictures.

    Returns
    -------
    (K + 1, K + 1) int64
        Rows are truth (the last one: invented), columns prediction (the last one: missed).
    """
    table = np.zeros((labels + 1, labels + 1), np.int64)
    for one in pairs:
        for truth, found in one:
            table[labels if truth is None else truth, labels if found is None else found] += 1
    return table
