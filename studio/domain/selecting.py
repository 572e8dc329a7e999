"""Active learning: which pictures to label next, and whether choosing them pays at all."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from studio.domain.artefacts import Artefact, Value
from studio.domain.media import MediaId

Strategy: TypeAlias = Literal[
    "entropy", "margin", "least_confident", "bald", "core_set", "badge", "random"
]
Arm: TypeAlias = Literal["chosen", "control"]
Measure: TypeAlias = Literal["accuracy", "map"]
"""Of a classifier how many pictures it names right; of a detector how well it says which labels
occur on a picture, as the mean over labels of average precision."""


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
    """One row a repetition, one column for each size; the `Measure` of the study, 0..1."""
    gain: float | None = None
    """Mean over all sizes and repetitions, less that of chance; None of chance itself."""
    interval: tuple[float, float] | None = None
    """95 % interval of the gain over the repetitions, by Student's t."""
    saved: float | None = None
    """Share of the labels that chance needs for its last figure and the strategy does not; None
    where it does not reach it."""

    @property
    def proven(self) -> bool:
        """Whether the whole interval of the gain lies above zero."""
        return self.interval is not None and self.interval[0] > 0


class LearningStudy(Artefact):
    """Strategies against chance, over pictures whose labels are known already."""

    kind: ClassVar[str] = "learning-study"
    noun: ClassVar[str] = "a study of active learning"

    strategy: Strategy
    """The first one."""
    sizes: tuple[int, ...]
    """Labels given, in order."""
    curves: tuple[Curve, ...]
    """That of each strategy, and last that of chance."""
    gain: float
    """That of the first strategy."""
    interval: tuple[float, float]
    """95 % interval of the gain over the repetitions, by Student's t."""
    saved: float | None
    """Share of the labels that chance needs for its last accuracy and the strategy does not; None
    where the strategy does not reach it."""
    measure: Measure = "accuracy"


class ArmReport(Artefact):
    """What the pictures of a queue taught that a strategy chose, and what those of chance did."""

    kind: ClassVar[str] = "arm-report"
    noun: ClassVar[str] = "a comparison of a queue with chance"

    strategy: Strategy
    measure: Measure
    base: int
    """Labelled pictures that both arms begin with."""
    sizes: tuple[int, ...]
    """Pictures of the arm that were learned from besides, in order, from 0."""
    curves: tuple[Curve, ...]
    """That of the strategy, and that of chance; a row is one drawing with replacement of the
    pictures of the arm and of those it is measured on."""
    gain: float
    """Mean over all sizes above 0, less that of the control arm."""
    interval: tuple[float, float]
    """95 % interval of the gain over the drawings."""
    labelled: tuple[int, int]
    """Pictures of the queue with labels so far: chosen, control."""
    surprised: tuple[float, float]
    """Share of these on which the model that chose them was wrong: chosen, control; 0..1."""

    @property
    def proven(self) -> bool:
        """Whether the whole interval of the gain lies above zero."""
        return self.interval[0] > 0
