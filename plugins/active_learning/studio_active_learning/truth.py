"""Labelled pictures as a study takes them: what a network sees of them, and what they carry."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.api.engine import Features, Measure, MediaItem, ModelVersion
from studio.api.formats import AnnotatedMedia
from studio.api.operations import WorkContext
from studio_active_learning.probes import Known


def measure_of(model: ModelVersion) -> Measure:
    """Return what is measured for a model's task."""
    return "accuracy" if model.task == "classification" else "map"


def labelled(
    model: ModelVersion, items: Iterable[AnnotatedMedia]
) -> tuple[list[MediaItem], NDArray[np.bool_]]:
    """Return the pictures that a study can take, with their labels, (N, L) bool.

    Of a classifier those with exactly one known tag; of a detector those with any known shape.
    """
    numbers = {label.id: at for at, label in enumerate(model.label_schema.labels)}
    media: list[MediaItem] = []
    rows: list[NDArray[np.bool_]] = []
    for item in items:
        names = item.tags if model.task == "classification" else [s.label for s in item.shapes]
        found = {numbers[name] for name in names if name in numbers}
        if not found or (model.task == "classification" and len(found) > 1):
            continue
        row = np.zeros(len(numbers), np.bool_)
        row[list(found)] = True
        media.append(item.media)
        rows.append(row)
    truth = np.stack(rows) if rows else np.zeros((0, len(numbers)), np.bool_)
    return media, truth


def seen(
    ctx: WorkContext, model: ModelVersion, media: Sequence[MediaItem], truth: NDArray[np.bool_]
) -> tuple[Known, Features]:
    """Return pictures as the network sees them, and all that it says of them."""
    features = ctx.engine.features(ctx, model, media)
    return Known(features.embeddings.astype(np.float64), truth), features


def differing(truth: NDArray[np.bool_], measure: Measure) -> bool:
    """Tell whether there is anything to tell apart among labels."""
    if not len(truth):
        return False
    if measure == "accuracy":
        return len(np.unique(truth.argmax(1))) > 1
    return bool((truth.any(0) & ~truth.all(0)).any())


def wrong(said: NDArray[np.float32], truth: NDArray[np.bool_], measure: Measure) -> float:
    """Return the share of pictures on which a network is wrong; nan without pictures.

    Of a detector a picture counts where a label is said with a score of one half or more that is
    not there, or is there and not said.
    """
    if not len(truth):
        return float("nan")
    if measure == "accuracy":
        return float(np.mean(said.argmax(1) != truth.argmax(1)))
    return float(np.mean(((said >= 0.5) != truth).any(1)))
