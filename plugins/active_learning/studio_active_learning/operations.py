"""The operations that choose pictures to label, and that hold a choice against chance."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from studio.api.engine import (
    Curve,
    DatasetVersion,
    Features,
    LabelQueue,
    LabelSet,
    LearningStudy,
    ModelVersion,
    Picked,
    Strategy,
)
from studio.api.operations import Params, WorkContext, operation
from studio.errors import BadInput

_BOOTSTRAPS = 2000
_WAVERING = ("bald",)
"""Strategies that ask a network several times over."""


class QueueParams(Params):
    """How the queue is chosen."""

    strategy: Strategy = Field("margin", description="What makes a picture worth labelling.")
    size: int = Field(100, ge=1, le=100_000, description="How many pictures to choose.")
    control: float = Field(
        0.1, ge=0.05, le=0.5, description="Share drawn at random, to hold the choice against."
    )
    draws: int = Field(16, ge=2, le=100, description="How often BALD asks with dropout at work.")


class StudyParams(Params):
    """How the study is made."""

    strategy: Strategy = Field("margin", description="The strategy held against chance.")
    start: int = Field(20, ge=2, le=10_000, description="Labels at the beginning, at random.")
    batch: int = Field(20, ge=1, le=10_000, description="Labels added in each round.")
    rounds: int = Field(8, ge=1, le=50, description="How many rounds.")
    repetitions: int = Field(5, ge=3, le=50, description="How often all is repeated.")
    draws: int = Field(16, ge=2, le=100, description="How often BALD asks with dropout at work.")


@operation(
    "active.queue",
    version=1,
    title="Choose pictures to label next",
    room="label",
    accelerated=True,
)
def label_queue(
    ctx: WorkContext, model: ModelVersion, labels: LabelSet, *, params: QueueParams
) -> LabelQueue:
    """Order the pictures without labels by what a model would learn from them."""
    # What learns takes seconds to load; the window only reads what stands above.
    from studio_active_learning.strategies import choose

    items = list(labels.read(ctx.store))
    candidates = np.flatnonzero([not item.shapes for item in items])
    if not len(candidates):
        raise BadInput(
            "Every picture carries a label, so there is none to choose.", "Import more pictures."
        )
    draws = params.draws if params.strategy in _WAVERING else 0
    features = ctx.engine.features(ctx, model, [item.media for item in items], draws)
    size = min(params.size, len(candidates))
    control = min(max(1, round(size * params.control)), size)
    chance = np.random.default_rng(ctx.seed)
    drawn = chance.permutation(candidates)[:control]
    rest = np.setdiff1d(candidates, drawn)
    choice = choose(params.strategy, features, rest, size - control, ctx.seed)
    # The control arm stands among the others at random places, so that no one can tell it apart.
    arms = ["control"] * control + ["chosen"] * len(choice.rows)
    places = sorted(chance.permutation(size)[:control].tolist())
    chosen, controls = iter(choice.rows.tolist()), iter(drawn.tolist())
    order = [next(controls) if at in places else next(chosen) for at in range(len(arms))]
    picked = []
    for at, row in enumerate(order):
        score = float(choice.scores[row])
        picked.append(
            Picked(
                media=items[row].media.id,
                name=items[row].media.name,
                arm="control" if at in places else "chosen",
                score=None if np.isnan(score) else score,
            )
        )
    return LabelQueue(strategy=params.strategy, pool=len(candidates), pictures=tuple(picked))


def check(
    params: StudyParams,
    model: ModelVersion | None = None,
    dataset: DatasetVersion | None = None,
) -> Sequence[str]:
    """Say what would go wrong."""
    del dataset
    if params.strategy == "random":
        return ["Chance held against chance says nothing; choose a strategy."]
    if model is not None and model.task != "classification":
        return ["The study is made for classifiers; this model is a detector."]
    return []


@operation(
    "active.study",
    version=1,
    title="Hold a strategy against chance",
    room="label",
    check=check,
    accelerated=True,
)
def learning_study(
    ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, *, params: StudyParams
) -> LearningStudy:
    """Label known pictures again in the order of a strategy, and in that of chance."""
    from studio_active_learning.probes import learning_curve

    trainable, x_train, y_train = _known(ctx, model, dataset, "train", params)
    _, x_test, y_test = _known(ctx, model, dataset, "test", params)
    sizes = _sizes(params, len(y_train))
    strategies: tuple[Strategy, Strategy] = (params.strategy, "random")
    rows: dict[Strategy, list[tuple[float, ...]]] = {one: [] for one in strategies}
    done, all_ = 0, params.repetitions * len(strategies)
    for repetition in range(params.repetitions):
        for strategy in strategies:
            seed = ctx.seed * 1000 + repetition
            bench = (trainable, x_train, y_train, x_test, y_test)
            rows[strategy].append(learning_curve(strategy, sizes, seed, *bench))
            done += 1
            ctx.progress(done, all_, "curves")
    ours, chance = (np.array(rows[one]) for one in strategies)
    gains = ours.mean(1) - chance.mean(1)
    return LearningStudy(
        strategy=params.strategy,
        sizes=tuple(sizes),
        curves=tuple(Curve(strategy=one, accuracy=tuple(rows[one])) for one in strategies),
        gain=float(gains.mean()),
        interval=_interval(gains, ctx.seed),
        saved=_saved(sizes, ours.mean(0), chance.mean(0)),
    )


def _known(
    ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, split: str, params: StudyParams
) -> tuple[Features, NDArray[np.float64], NDArray[np.int64]]:
    """Return features and truth of the pictures of a split that carry one known tag."""
    numbers = {label.id: at for at, label in enumerate(model.label_schema.labels)}
    entries, truth = [], []
    for entry in dataset.read(ctx.store, split):
        tags = [numbers[tag] for tag in entry.item.tags if tag in numbers]
        if len(tags) == 1:
            entries.append(entry.item.media)
            truth.append(tags[0])
    if len(set(truth)) < 2:
        raise BadInput(
            f"The split “{split}” has too few labelled pictures for a study.",
            "Make a dataset version with pictures of two labels or more in each split.",
        )
    draws = params.draws if params.strategy in _WAVERING else 0
    features = ctx.engine.features(ctx, model, entries, draws)
    return features, features.embeddings.astype(np.float64), np.array(truth)


def _sizes(params: StudyParams, most: int) -> list[int]:
    wanted = [params.start + round_ * params.batch for round_ in range(params.rounds + 1)]
    sizes = [size for size in wanted if size <= most]
    if len(sizes) < 2:
        raise BadInput(
            f"The split “train” has {most:,} labelled pictures, too few for these rounds.",
            "Choose a smaller beginning or smaller batches.",
        )
    return sizes


def _interval(gains: NDArray[np.float64], seed: int) -> tuple[float, float]:
    chance = np.random.default_rng(seed)
    means = chance.choice(gains, (_BOOTSTRAPS, len(gains))).mean(1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def _saved(
    sizes: Sequence[int], ours: NDArray[np.float64], chance: NDArray[np.float64]
) -> float | None:
    enough = np.flatnonzero(ours >= chance[-1])
    return float(1 - sizes[enough[0]] / sizes[-1]) if len(enough) else None
