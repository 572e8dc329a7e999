"""Labels of things on pictures that look wrong, held against what a model finds there.

The three kinds of error are those of ObjectLab (U. Tkachenko, A. Thyagarajan and J. Mueller,
“ObjectLab: Automated Diagnosis of Mislabeled Images in Object Detection Data”, 2023). Each drawn
thing is held against the answers it overlaps; with p for how sure an answer is and o for the
overlap of the two boxes,

- a thing under another name than its answer is swapped:          score 1 − p · o,
- a thing of its answer's name that overlaps little lies badly:   score 1 − p · (1 − o),
- an answer that overlaps no drawn thing by half was overlooked:  score 1 − p · (1 − o).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from studio.api.artefacts import AnnotatedMedia, LabelId, LabelSet, Shape
from studio.api.engine import ModelPackage
from studio.api.operations import WorkContext
from studio.api.quality import Box, LabelErrors, Suspect, bounds, overlaps
from studio.errors import BadInput

_TOUCHES = 0.1
"""Less overlap does not make an answer a thing's."""
_SAME = 0.5
"""From this overlap on an answer and a drawn thing are one."""
_GOOD = 0.8
"""From this overlap on nobody moves a box."""
_WRONG = 0.5
"""Labels that fit worse are probably wrong."""


class Answer(NamedTuple):
    """What a model found on a picture."""

    label: LabelId
    score: float
    box: Box


def ranking(
    ctx: WorkContext, labels: LabelSet, package: ModelPackage, sure: float, most: int
) -> LabelErrors:
    """Rank what was drawn, and what was not, the most suspect first.

    Parameters
    ----------
    ctx : WorkContext
        Holds the pictures, and is told the progress.
    labels : LabelSet
        Pictures that carry anything are judged.
    package : ModelPackage
        A detector; best one that has not learned from these pictures.
    sure : float
        Answers that are less sure accuse nobody, 0..1.
    most : int
        Length of the ranking.

    Raises
    ------
    BadInput
        If the package finds no things, or nothing is drawn.
    """
    if package.task != "detection":
        raise BadInput("This package names pictures; it finds no things.", "Choose a detector.")
    items = [item for item in labels.read(ctx.store) if _drawn(item)]
    if not items:
        raise BadInput("No picture carries a shape that could be judged.", "Label some first.")
    said = ctx.engine.predict(ctx, package, [item.media for item in items])
    ours = {label.name: label.id for label in labels.label_schema.labels}
    names = {label.id: ours.get(label.name) for label in said.label_schema.labels}
    suspects: list[Suspect] = []
    looked = 0
    for item, verdict in zip(items, said.read(ctx.store), strict=True):
        answers = [
            Answer(label, one.score, Box(*one.box))
            for one in verdict.detections
            if one.score >= sure and (label := names[one.label]) is not None
        ]
        looked += len(_drawn(item))
        suspects.extend(judged(item, answers))
    suspects.sort(key=lambda one: (one.score, one.name))
    return LabelErrors(
        method="detections",
        label_schema=labels.label_schema,
        looked=looked,
        estimated=sum(one.score < _WRONG for one in suspects),
        suspects=tuple(suspects[:most]),
    )


def judged(item: AnnotatedMedia, answers: Sequence[Answer]) -> Iterator[Suspect]:
    """Walk over what looks wrong on one picture.

    Parameters
    ----------
    item : AnnotatedMedia
        With what was drawn.
    answers : sequence of Answer
        Those that are sure enough.
    """
    drawn = _drawn(item)
    around = [box for shape in drawn if (box := bounds(shape.geometry)) is not None]
    overlap = overlaps(around, [one.box for one in answers])
    theirs: dict[int, tuple[Shape, float]] = {}
    for row, column in _best(overlap, drawn, answers):
        theirs[column] = drawn[row], float(overlap[row, column])
    for column, answer in enumerate(answers):
        nearest = float(overlap[:, column].max()) if len(drawn) else 0.0
        shape, shared = theirs.get(column, (None, nearest))
        common = {
            "media": item.media.id,
            "name": item.media.name,
            "suggested": answer.label,
            "place": (answer.box.x0, answer.box.y0, answer.box.x1, answer.box.y1),
        }
        if shape is not None and shape.label != answer.label and shared >= _SAME:
            yield Suspect(
                kind="swapped", score=1 - answer.score * shared, shape=shape.id,
                given=shape.label, **common,
            )  # fmt: skip
        elif shape is not None and shape.label == answer.label and shared < _GOOD:
            yield Suspect(
                kind="badly_located", score=1 - answer.score * (1 - shared), shape=shape.id,
                given=shape.label, **common,
            )  # fmt: skip
        elif nearest < _SAME and (shape is None or shape.label != answer.label):
            yield Suspect(kind="overlooked", score=1 - answer.score * (1 - nearest), **common)


def _best(
    overlap: NDArray[np.float64], drawn: Sequence[Shape], answers: Sequence[Answer]
) -> list[tuple[int, int]]:
    """Give each drawn thing at most one answer, so that all overlap most; names break ties."""
    if not overlap.size:
        return []
    same = np.array([[shape.label == one.label for one in answers] for shape in drawn])
    worth = np.where(overlap >= _TOUCHES, overlap + 0.1 * same, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    return [(r, c) for r, c in zip(rows.tolist(), columns.tolist(), strict=True) if worth[r, c]]


def _drawn(item: AnnotatedMedia) -> list[Shape]:
    return [shape for shape in item.shapes if bounds(shape.geometry) is not None]
