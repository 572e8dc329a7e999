"""The operations that choose pictures to label, and that hold a choice against chance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, field_validator

from studio.api.engine import (
    Curve,
    DatasetVersion,
    LabelQueue,
    LabelSet,
    LearningStudy,
    ModelVersion,
    Picked,
    Split,
    Strategy,
)
from studio.api.operations import JsonObject, Params, WorkContext, operation
from studio.errors import BadInput

if TYPE_CHECKING:
    from studio_active_learning.probes import Known

_SPLITS: tuple[Split, Split] = ("train", "test")
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
    others: tuple[Strategy, ...] = Field(
        (), description="More strategies to hold against chance; names with commas between."
    )
    start: int = Field(20, ge=2, le=10_000, description="Labels at the beginning, at random.")
    batch: int = Field(20, ge=1, le=10_000, description="Labels added in each round.")
    rounds: int = Field(8, ge=1, le=50, description="How many rounds.")
    repetitions: int = Field(5, ge=3, le=50, description="How often all is repeated.")

    @field_validator("others", mode="before")
    @classmethod
    def _parted(cls, given: object) -> object:
        if isinstance(given, str):
            return tuple(part.strip() for part in given.split(",") if part.strip())
        return given

    @property
    def strategies(self) -> tuple[Strategy, ...]:
        """Each strategy once, the first one first, without chance."""
        return tuple(dict.fromkeys(one for one in (self.strategy, *self.others) if one != "random"))


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
    scores = choice.scores
    if np.isfinite(scores[choice.rows]).any():
        # Pictures of chance have their score too: its lack would tell the arm.
        scores[drawn] = choose(params.strategy, features, drawn, control, ctx.seed).scores[drawn]
    # The control arm stands among the others at random places, so that no one can tell it apart.
    places = set(chance.permutation(size)[:control].tolist())
    chosen, controls = iter(choice.rows.tolist()), iter(drawn.tolist())
    order = [next(controls) if at in places else next(chosen) for at in range(size)]
    picked = [
        Picked(
            media=items[row].media.id,
            name=items[row].media.name,
            arm="control" if at in places else "chosen",
            score=None if np.isnan(scores[row]) else float(scores[row]),
        )
        for at, row in enumerate(order)
    ]
    return LabelQueue(strategy=params.strategy, pool=len(candidates), pictures=tuple(picked))


def check(
    params: StudyParams,
    model: ModelVersion | None = None,
    dataset: DatasetVersion | None = None,
) -> Sequence[str]:
    """Say what would go wrong."""
    del dataset, model
    if not params.strategies:
        return ["Chance held against chance says nothing; choose a strategy."]
    return []


def _without_draws(params: JsonObject) -> JsonObject:
    # BALD asks probes on labels drawn anew, and no network with dropout any more.
    return {name: value for name, value in params.items() if name != "draws"}


@operation(
    "active.study",
    version=2,
    title="Hold strategies against chance",
    room="label",
    check=check,
    accelerated=True,
    migrations={1: _without_draws},
)
def learning_study(
    ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, *, params: StudyParams
) -> LearningStudy:
    """Label known pictures again in the order of each strategy, and in that of chance."""
    from studio_active_learning.probes import learning_curve
    from studio_active_learning.truth import measure_of

    if not params.strategies:
        raise BadInput("Chance held against chance says nothing.", "Choose a strategy.")
    measure = measure_of(model)
    pool, test = (_known(ctx, model, dataset, split) for split in _SPLITS)
    sizes = _sizes(params, len(pool.seen))
    strategies: tuple[Strategy, ...] = (*params.strategies, "random")
    rows: dict[Strategy, list[tuple[float, ...]]] = {one: [] for one in strategies}
    done, all_ = 0, params.repetitions * len(strategies)
    for repetition in range(params.repetitions):
        for strategy in strategies:
            seed = ctx.seed * 1000 + repetition
            rows[strategy].append(learning_curve(strategy, sizes, seed, pool, test, measure))
            done += 1
            ctx.progress(done, all_, "curves")
    chance = np.array(rows["random"])
    curves = [_held(one, np.array(rows[one]), chance, sizes) for one in strategies]
    first = curves[0]
    assert first.gain is not None
    assert first.interval is not None
    return LearningStudy(
        strategy=first.strategy,
        sizes=tuple(sizes),
        curves=tuple(curves),
        gain=first.gain,
        interval=first.interval,
        saved=first.saved,
        measure=measure,
    )


def _held(
    strategy: Strategy,
    ours: NDArray[np.float64],
    chance: NDArray[np.float64],
    sizes: Sequence[int],
) -> Curve:
    """Return the curve of a strategy with what it gains over chance."""
    found = Curve(strategy=strategy, accuracy=tuple(map(tuple, ours.tolist())))
    if strategy == "random":
        return found
    gains = ours.mean(1) - chance.mean(1)
    return found.model_copy(
        update={
            "gain": float(gains.mean()),
            "interval": _interval(gains),
            "saved": _saved(sizes, ours.mean(0), chance.mean(0)),
        }
    )


def _known(ctx: WorkContext, model: ModelVersion, dataset: DatasetVersion, split: Split) -> Known:
    """Return what is known of the pictures of a split."""
    from studio_active_learning.truth import differing, labelled, measure_of, seen

    media, truth = labelled(model, (entry.item for entry in dataset.read(ctx.store, split)))
    if not differing(truth, measure_of(model)):
        raise BadInput(
            f"The split “{split}” has too few labelled pictures for a study.",
            "Make a dataset version with pictures of two labels or more in each split.",
        )
    return seen(ctx, model, media, truth)[0]


def _sizes(params: StudyParams, most: int) -> list[int]:
    wanted = [params.start + round_ * params.batch for round_ in range(params.rounds + 1)]
    sizes = [size for size in wanted if size <= most]
    if len(sizes) < 2:
        raise BadInput(
            f"The split “train” has {most:,} labelled pictures, too few for these rounds.",
            "Choose a smaller beginning or smaller batches.",
        )
    return sizes


def _interval(gains: NDArray[np.float64]) -> tuple[float, float]:
    """Return the 95 % interval of the mean by Student's t: few repetitions are told as few."""
    from scipy.stats import t

    reach = t.ppf(0.975, len(gains) - 1) * gains.std(ddof=1) / np.sqrt(len(gains))
    return float(gains.mean() - reach), float(gains.mean() + reach)


def _saved(
    sizes: Sequence[int], ours: NDArray[np.float64], chance: NDArray[np.float64]
) -> float | None:
    enough = np.flatnonzero(ours >= chance[-1])
    return float(1 - sizes[enough[0]] / sizes[-1]) if len(enough) else None
