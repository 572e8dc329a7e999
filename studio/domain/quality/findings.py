"""What was found about labels, as things that are kept."""

from __future__ import annotations

from typing import ClassVar, Literal, TypeAlias

from studio.domain.artefacts import Artefact, Value
from studio.domain.labels import LabelId, LabelSchema, ShapeId
from studio.domain.media import MediaId

SuspectKind: TypeAlias = Literal["picture", "swapped", "badly_located", "overlooked"]
"""A picture under a wrong name, a shape under a wrong name, a shape that lies beside its thing, and
a thing that nobody drew."""


class Suspect(Value):
    """One label that looks wrong."""

    media: MediaId
    name: str
    """Of the picture."""
    kind: SuspectKind
    score: float
    """How well the label fits, 0..1; the least is the most suspect."""
    shape: ShapeId | None = None
    """The label in question; None where one is missing."""
    given: LabelId | None = None
    suggested: LabelId | None = None
    place: tuple[float, float, float, float] | None = None
    """Where the model sees the thing: x0, y0, x1, y1 in px of the upright picture."""


class LabelErrors(Artefact):
    """Labels in the order in which a person should look at them again."""

    kind: ClassVar[str] = "label-errors"
    noun: ClassVar[str] = "a ranking of label errors"

    method: Literal["features", "pixels", "detections"]
    """What was asked: a model's sight out of fold, plain pixels out of fold, or a package."""
    label_schema: LabelSchema
    looked: int
    """Labels that were looked at."""
    estimated: int
    """How many of these are probably wrong; the first so many of the ranking, as a rule."""
    suspects: tuple[Suspect, ...]
    """The most suspect first."""


class Twin(Value):
    """One picture of a group that look alike."""

    media: MediaId
    name: str
    bits: int
    """In how many of 64 bits its hash differs from that of the first of its group."""


class DuplicateGroups(Artefact):
    """Pictures that look alike, by perceptual hash."""

    kind: ClassVar[str] = "duplicates"
    noun: ClassVar[str] = "groups of near duplicates"

    bits: int
    """Hashes of direct neighbours in a group differ in no more bits."""
    pictures: int
    """Pictures that were looked at."""
    passed_over: int
    """Pictures too flat to be told apart, or not readable."""
    groups: tuple[tuple[Twin, ...], ...]
    """The largest first; within a group in the order of the project."""


class AnnotatorQueue(Artefact):
    """Pictures that one person labels apart from the others, checks mixed among them."""

    kind: ClassVar[str] = "annotator-queue"
    noun: ClassVar[str] = "a queue of an annotator"

    annotator: str
    pictures: tuple[MediaId, ...]
    """In the order in which they are labelled."""
    checks: tuple[MediaId, ...] = ()
    """Those whose truth is known; never shown to who labels."""
