"""Active learning: which pictures to label next, and whether choosing them pays at all."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from studio.domain.artefacts import Artefact, Value
from studio.domain.media import MediaId

Strategy: TypeAlias = Literal[
    "entropy", "margin", "least_confident", "bald", "core_set", "badge", "random"
]
Arm: TypeAlias = Literal["chosen", "control"]


class Picked(Value):
    """One picture of a queue."""

    media: MediaId
    name: str
    arm: Arm
    """Whether the strategy chose it, or chance for the control arm."""
    score: float | None = None
    """How unsure the model is of it, in the strategy's own unit; None where there is none."""


class LabelQueue(Artefact):
    """Pictures to label next, in order, with a control arm drawn at random among them."""

    kind: ClassVar[str] = "label-queue"
    noun: ClassVar[str] = "a queue of pictures to label"

    strategy: Strategy
    pool: int
    """How many pictures it was chosen from."""
    pictures: tuple[Picked, ...]


class Curve(Value):
    """How good a model gets with more labels chosen one way."""

    strategy: Strategy
    accuracy: tuple[tuple[float, ...], ...]
    """One row a repetition, one column for each size of `LearningStudy.sizes`; 0..1."""


class LearningStudy(Artefact):
    """A strategy against chance, over pictures whose labels are known already."""

    kind: ClassVar[str] = "learning-study"
    noun: ClassVar[str] = "a study of active learning"

    strategy: Strategy
    sizes: tuple[int, ...]
    """Labels given, in order."""
    curves: tuple[Curve, ...]
    """That of the strategy, and that of chance."""
    gain: float
    """Mean accuracy over all sizes, less that of chance."""
    interval: tuple[float, float]
    """95 % interval of the gain over the repetitions, by bootstrap."""
    saved: float | None
    """Share of the labels that chance needs for its last accuracy and the strategy does not; None
    where the strategy does not reach it."""
