"""What follows the network, in numpy alone: from raw outputs to labels and boxes.

The text of this module is pasted into the runner of every package, so that what is measured here is
what runs there; it must import nothing but numpy and the standard library.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

CANDIDATE_THRESHOLD = 0.05
"""Scores at or below are no candidates at all."""
OVERLAP = 0.5
"""Of two boxes of one label that overlap more, the weaker goes."""
MOST_CANDIDATES = 1000
"""Candidates of one picture that enter the suppression."""
MOST_DETECTIONS = 300
"""Detections of one picture that leave it."""


class Found(NamedTuple):
    """Detections of one picture, highest score first."""

    boxes: np.ndarray[Any, Any]
    """(D, 4) float32, x0, y0, x1, y1."""
    scores: np.ndarray[Any, Any]
    """(D,) float32, in 0..1."""
    labels: np.ndarray[Any, Any]
    """(D,) int64, numbers of labels from 0."""


def softmax(logits: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Turn logits into probabilities along the last axis, without overflow."""
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    shares: np.ndarray[Any, Any] = raised / raised.sum(axis=-1, keepdims=True)
    return shares


def top(scores: np.ndarray[Any, Any], count: int) -> np.ndarray[Any, Any]:
    """Return the places of the `count` highest scores, highest first; of equals the first one.

    Parameters
    ----------
    scores : (N,) float
        Any range.
    count : int
        At least 0; more than N gives all.

    Returns
    -------
    (min(N, count),) int64
    """
    return np.argsort(-scores, kind="stable")[:count]


def overlaps(boxes: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return intersection over union of every box with every other.

    Parameters
    ----------
    boxes : (N, 4) float32
        As x0, y0, x1, y1.

    Returns
    -------
    (N, N) float32, in 0..1
        0 where two boxes have no area together.
    """
    corner = np.maximum(boxes[:, None, :2], boxes[None, :, :2])
    opposite = np.minimum(boxes[:, None, 2:], boxes[None, :, 2:])
    sides = np.clip(opposite - corner, 0, None)
    shared = sides[..., 0] * sides[..., 1]
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    union = areas[:, None] + areas[None, :] - shared
    ratio: np.ndarray[Any, Any] = np.divide(
        shared, union, out=np.zeros_like(shared), where=union > 0
    )
    return ratio


def suppress(
    boxes: np.ndarray[Any, Any],
    scores: np.ndarray[Any, Any],
    labels: np.ndarray[Any, Any],
    overlap: float,
) -> np.ndarray[Any, Any]:
    """Keep the best of boxes that lie on one thing: greedy non-maximum suppression by label.

    Parameters
    ----------
    boxes : (N, 4) float32
        As x0, y0, x1, y1.
    scores : (N,) float32
        The higher, the sooner kept; of equals the first one.
    labels : (N,) int64
        Boxes of different labels do not touch each other.
    overlap : float
        A box that overlaps a kept one by more than this goes; 0..1.

    Returns
    -------
    (M,) int64
        Places of the kept boxes, highest score first.
    """
    order = top(scores, len(scores))
    together = labels[order][:, None] == labels[order][None, :]
    rivals = (overlaps(boxes[order]).astype(np.float64) > overlap) & together
    alive = np.ones(len(order), bool)
    for place in range(len(order)):
        if alive[place]:
            alive[place + 1 :] &= ~rivals[place, place + 1 :]
    kept: np.ndarray[Any, Any] = order[alive]
    return kept


def detect(
    boxes: np.ndarray[Any, Any],
    scores: np.ndarray[Any, Any],
    threshold: float = CANDIDATE_THRESHOLD,
    overlap: float = OVERLAP,
    candidates: int = MOST_CANDIDATES,
    most: int = MOST_DETECTIONS,
) -> Found:
    """Turn the dense outputs of a detector for one picture into detections.

    Parameters
    ----------
    boxes : (A, 4) float32
        As x0, y0, x1, y1.
    scores : (A, K) float32
        Of each label, in 0..1; scores that are not numbers count as none.
    threshold : float
        Scores at or below are passed over.
    overlap, candidates, most : float, int, int
        See the constants of this module.

    Returns
    -------
    Found
        In the frame of the given boxes.
    """
    places, labels = np.nonzero(scores > np.float64(threshold))
    chosen = scores[places, labels]
    best = top(chosen, candidates)
    places, labels, chosen = places[best], labels[best], chosen[best]
    around = boxes[places]
    kept = suppress(around, chosen, labels, overlap)[:most]
    return Found(around[kept], chosen[kept], labels[kept].astype(np.int64))


def back_to_picture(
    boxes: np.ndarray[Any, Any],
    picture: tuple[int, int],
    fitted: tuple[int, int],
) -> np.ndarray[Any, Any]:
    """Undo the fitting of a picture into the model's input.

    Parameters
    ----------
    boxes : (N, 4) float
        As x0, y0, x1, y1, px of the model's input.
    picture : (int, int), px
        Columns and rows of the upright picture.
    fitted : (int, int), px
        Columns and rows it took inside the input, from the top left corner.

    Returns
    -------
    (N, 4) float64
        px of the upright picture, cut at its edges.
    """
    width, height = picture
    scale = np.array([width / fitted[0], height / fitted[1]] * 2)
    limits = np.array([width, height] * 2, np.float64)
    back: np.ndarray[Any, Any] = np.clip(boxes.astype(np.float64) * scale, 0, limits)
    return back
