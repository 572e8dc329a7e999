"""Labels of pictures that look wrong, by confident learning.

C. Northcutt, L. Jiang and I. Chuang, “Confident Learning: Estimating Uncertainty in Dataset
Labels”, JAIR 70, 2021; cleanlab does the arithmetic. Each picture is judged by a linear classifier
that has not seen it: on what a model sees of pictures, or without a model on plain pixels.
"""

from __future__ import annotations

import warnings
from typing import NamedTuple

import numpy as np
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_label_quality_scores
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from studio.api.artefacts import LabelId, LabelSet, MediaItem, ShapeId
from studio.api.engine import ModelVersion
from studio.api.operations import WorkContext
from studio.api.pictures import small_pixels_of
from studio.api.quality import LabelErrors, Suspect
from studio.errors import BadInput, NotFound, UnreadableFilm, UnreadableImage

_SIDE = 32
_EASE = 0.01
"""Held short: a classifier that can bend follows the wrong labels too."""
_FEWEST = 2
"""Labels on fewer pictures cannot be judged."""


class Given(NamedTuple):
    """Pictures that carry one label each."""

    media: list[MediaItem]
    shapes: list[ShapeId]
    labels: list[LabelId]


def ranking(
    ctx: WorkContext, labels: LabelSet, model: ModelVersion | None, folds: int, most: int
) -> LabelErrors:
    """Rank the labels of pictures, the most suspect first.

    Parameters
    ----------
    ctx : WorkContext
        Holds the pictures, and is told the progress.
    labels : LabelSet
        Pictures that carry exactly one tag are judged.
    model : ModelVersion or None
        Whose sight is used; None for plain pixels.
    folds : int
        Into how many parts pictures are dealt.
    most : int
        Length of the ranking.

    Raises
    ------
    BadInput
        If there are not two labels on two such pictures each.
    """
    given = _given(labels, ctx)
    rows = _sight(ctx, given.media, model)
    readable = np.isfinite(rows).all(1)
    names, numbers = np.unique(np.array(given.labels, np.str_), return_inverse=True)
    often = np.bincount(numbers[readable], minlength=len(names)) >= _FEWEST
    kept = np.flatnonzero(readable & often[numbers])
    if len(np.unique(numbers[kept])) < 2:
        raise BadInput(
            "There are no two labels that stand on two pictures each.",
            "Only pictures with exactly one label of their own are judged: tag more of them.",
        )
    names, codes = np.unique(np.array(given.labels, np.str_)[kept], return_inverse=True)
    sure = out_of_fold(ctx, rows[kept], codes, folds)
    scores, wrong = judged(codes, sure)
    order = np.lexsort((scores, ~wrong))[:most]
    suspects = []
    for at in order.tolist():
        row = int(kept[at])
        suspects.append(
            Suspect(
                media=given.media[row].id,
                name=given.media[row].name,
                kind="picture",
                score=float(scores[at]),
                shape=given.shapes[row],
                given=given.labels[row],
                suggested=LabelId(str(names[_other(sure[at], int(codes[at]))])),
            )
        )
    return LabelErrors(
        method="pixels" if model is None else "features",
        label_schema=labels.label_schema,
        looked=len(kept),
        estimated=int(wrong.sum()),
        suspects=tuple(suspects),
    )


def judged(
    codes: NDArray[np.intp], sure: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return how well each label fits, 0..1, and which are probably wrong.

    Parameters
    ----------
    codes : (N,) intp
        Given labels.
    sure : (N, K) float64
        Probabilities from classifiers that have not seen the picture.
    """
    scores = get_label_quality_scores(codes, sure, method="normalized_margin")
    wrong = find_label_issues(codes, sure, filter_by="prune_by_noise_rate", n_jobs=1)
    return np.asarray(scores, np.float64), np.asarray(wrong, np.bool_)


def out_of_fold(
    ctx: WorkContext, rows: NDArray[np.float64], codes: NDArray[np.intp], folds: int
) -> NDArray[np.float64]:
    """Return how sure classifiers are of each label that have not seen the picture, (N, K)."""
    parts = min(folds, int(np.bincount(codes).min()))
    sure = np.zeros((len(rows), int(codes.max()) + 1))
    dealing = StratifiedKFold(parts, shuffle=True, random_state=ctx.seed % 2**32)
    # Threads cost more than they bring with so few rows; a classifier need not settle wholly.
    with warnings.catch_warnings(), threadpool_limits(1):
        warnings.simplefilter("ignore", ConvergenceWarning)
        for done, (known, asked) in enumerate(dealing.split(rows, codes), 1):
            probe = make_pipeline(StandardScaler(), LogisticRegression(max_iter=200, C=_EASE))
            probe.fit(rows[known], codes[known])
            sure[np.ix_(asked, probe.classes_)] = probe.predict_proba(rows[asked])
            ctx.progress(done, parts, "parts")
    return sure


def _given(labels: LabelSet, ctx: WorkContext) -> Given:
    found = Given([], [], [])
    for item in labels.read(ctx.store):
        tags = [shape for shape in item.shapes if shape.kind == "tag"]
        if len(tags) == 1:
            found.media.append(item.media)
            found.shapes.append(tags[0].id)
            found.labels.append(tags[0].label)
    return found


def _sight(
    ctx: WorkContext, media: list[MediaItem], model: ModelVersion | None
) -> NDArray[np.float64]:
    """Return one row a picture; not a number where it cannot be read."""
    if model is not None:
        return ctx.engine.features(ctx, model, media).embeddings.astype(np.float64)
    rows = []
    for done, item in enumerate(media, 1):
        rows.append(_plain(ctx, item))
        ctx.progress(done, len(media), "pictures")
    return np.array(rows).reshape(len(rows), -1)


def _plain(ctx: WorkContext, item: MediaItem) -> NDArray[np.float64]:
    """Return edges by direction and coarse colours of a picture."""
    import cv2
    from skimage.feature import hog

    try:
        pixels = small_pixels_of(ctx.store, item, 2 * _SIDE)
    except (UnreadableImage, UnreadableFilm, NotFound):
        pixels = np.zeros((_SIDE, _SIDE, 3), np.uint8)
        broken = True
    else:
        broken = False
    square = cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    grey = cv2.cvtColor(square, cv2.COLOR_RGB2GRAY)
    edges = hog(grey, orientations=8, pixels_per_cell=(8, 8), cells_per_block=(2, 2))
    colours = cv2.resize(square, (6, 6), interpolation=cv2.INTER_AREA).ravel() / 255
    row: NDArray[np.float64] = np.concatenate([edges, colours]).astype(np.float64)
    return np.full_like(row, np.nan) if broken else row


def _other(sure: NDArray[np.float64], given: int) -> int:
    """Return the likeliest label that is not the given one."""
    others = sure.copy()
    others[given] = -1.0
    return int(others.argmax())
