"""The operation that says what the arms of a queue taught, once they are labelled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from studio.api.engine import (
    ArmReport,
    Curve,
    DatasetVersion,
    LabelQueue,
    LabelSet,
    Measure,
    MediaItem,
    ModelVersion,
)
from studio.api.operations import Params, WorkContext, operation
from studio.errors import BadInput

if TYPE_CHECKING:
    from studio_active_learning.probes import Known

_STEPS = 5
_LEAST = 3
"""Fewer labelled pictures of an arm say nothing."""


_Part: TypeAlias = tuple[list[MediaItem], NDArray[np.bool_]]
"""Pictures, and which labels each carries, (N, L)."""


class ArmParams(Params):
    """How the arms are compared."""

    drawings: int = Field(
        30, ge=10, le=1000, description="How often pictures are drawn with replacement."
    )


@operation(
    "active.compare",
    version=1,
    title="Compare a queue with chance",
    room="label",
    accelerated=True,
)
def compare_arms(
    ctx: WorkContext,
    model: ModelVersion,
    dataset: DatasetVersion,
    labels: LabelSet,
    queue: LabelQueue,
    *,
    params: ArmParams,
) -> ArmReport:
    """Teach what was labelled of each arm, and measure both on the test split."""
    # What learns takes seconds to load; the window only reads what stands above.
    from studio_active_learning.truth import differing, measure_of, seen, wrong

    measure = measure_of(model)
    parts = _parts(ctx, model, dataset, labels, queue)
    _need(parts, differing(parts[1][1], measure))
    media = [item for some, _ in parts for item in some]
    all_, features = seen(ctx, model, media, np.concatenate([truth for _, truth in parts]))
    rows = np.split(np.arange(len(media)), np.cumsum([len(some) for some, _ in parts])[:-1])
    base, test, chosen, control = (all_.rows(row) for row in rows)
    most = min(len(chosen.seen), len(control.seen))
    sizes = sorted({round(most * step / _STEPS) for step in range(_STEPS + 1)})
    curves = _drawn(ctx, (base, test), (chosen, control), sizes, params.drawings, measure)
    gains = (curves[0] - curves[1])[:, 1:].mean(1)
    low, high = np.percentile(gains, (2.5, 97.5))
    seen_in = zip(rows[2:], (chosen, control), strict=True)
    surprised = [wrong(features.probabilities[row], one.truth, measure) for row, one in seen_in]
    return ArmReport(
        strategy=queue.strategy,
        measure=measure,
        base=len(base.seen),
        sizes=tuple(sizes),
        curves=tuple(
            Curve(strategy=one, accuracy=tuple(map(tuple, found.tolist())))
            for one, found in zip((queue.strategy, "random"), curves, strict=True)
        ),
        gain=float(gains.mean()),
        interval=(float(low), float(high)),
        labelled=(len(chosen.seen), len(control.seen)),
        surprised=(surprised[0], surprised[1]),
    )


def _parts(
    ctx: WorkContext,
    model: ModelVersion,
    dataset: DatasetVersion,
    labels: LabelSet,
    queue: LabelQueue,
) -> list[_Part]:
    """Return what both arms begin with, what is measured on, and the two arms."""
    from studio_active_learning.truth import labelled

    arm_of = {one.media: one.arm for one in queue.pictures}
    entries = [one for one in dataset.read(ctx.store) if one.item.media.id not in arm_of]
    now = [item for item in labels.read(ctx.store) if item.media.id in arm_of]
    return [
        *(
            labelled(model, (one.item for one in entries if one.split == split))
            for split in ("train", "test")
        ),
        *(
            labelled(model, (one for one in now if arm_of[one.media.id] == arm))
            for arm in ("chosen", "control")
        ),
    ]


def _need(parts: Sequence[_Part], can_be_measured: bool) -> None:
    base, _, chosen, control = (len(some) for some, _ in parts)
    if min(chosen, control) < _LEAST:
        raise BadInput(
            "Too few pictures of the queue are labelled to compare its arms.",
            "Label more of the queue; the pictures of chance stand among the others.",
        )
    if not base or not can_be_measured:
        raise BadInput(
            "The dataset version has no test split with two labels or more to measure on.",
            "Make a dataset version with a test split from pictures outside of the queue.",
        )


def _drawn(
    ctx: WorkContext,
    ground: tuple[Known, Known],
    arms: tuple[Known, Known],
    sizes: Sequence[int],
    drawings: int,
    measure: Measure,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return one row a drawing and one column a size for each arm."""
    from studio_active_learning.probes import learned, worth

    base, test = ground
    found = np.zeros((2, drawings, len(sizes)))
    for drawing in range(drawings):
        chance = np.random.default_rng((ctx.seed, drawing))
        # Both arms are measured on the same pictures of a drawing.
        asked = test.rows(chance.integers(0, len(test.seen), len(test.seen)))
        orders = [chance.integers(0, len(arm.seen), sizes[-1]) for arm in arms]
        for at, size in enumerate(sizes):
            for number, (arm, order) in enumerate(zip(arms, orders, strict=True)):
                if not size and number:
                    found[1, drawing, at] = found[0, drawing, at]
                    continue
                known = base.with_more(arm.rows(order[:size])) if size else base
                said = learned(known, asked.seen, measure)
                found[number, drawing, at] = worth(said, asked.truth, measure)
        ctx.progress(drawing + 1, drawings, "drawings")
    return found[0], found[1]
