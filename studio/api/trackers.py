"""Trackers: what finds a thing again on the next frame of a film, and what joins findings up.

A `Tracker` is made anew for each thing it follows. It runs off the GUI thread, and where it says
the thing went is proposed: a person looks at it before it counts.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from studio.api.images import Pixels
from studio.domain.geometry import (
    BoolArray,
    Box,
    FloatArray,
    Geometry,
    GeometryKind,
    Point,
    bounds,
    box_iou,
    strands,
)
from studio.domain.geometry.placing import Similarity, placed

__all__ = [
    "SOLID",
    "BoolArray",
    "Box",
    "FloatArray",
    "Followed",
    "Geometry",
    "GeometryKind",
    "Linker",
    "Pixels",
    "Point",
    "Seen",
    "Similarity",
    "Tracker",
    "bounds",
    "box_iou",
    "placed",
    "strands",
]

SOLID: frozenset[GeometryKind] = frozenset(
    {"box", "rotated_box", "polygon", "polyline", "points", "ellipse", "circle", "cuboid",
     "skeleton", "bezier"}
)  # fmt: skip
"""Kinds of geometry that can be moved, turned and resized as a whole."""


@dataclass(frozen=True, slots=True)
class Followed:
    """Where a thing went."""

    geometry: Geometry
    score: float
    """How sure that is, 0..1."""


class Tracker(ABC):
    """Base of the trackers; a subclass sets the class variables and writes both methods."""

    id: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str]
    """For whom it is good, one sentence."""
    kinds: ClassVar[frozenset[GeometryKind]] = SOLID
    """What it can follow."""

    @abstractmethod
    def begin(self, pixels: Pixels, geometry: Geometry) -> None:
        """Look at the thing that will be followed.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            RGB.
        geometry : Geometry
            Where it is, px.
        """

    @abstractmethod
    def next(self, pixels: Pixels) -> Followed | None:
        """Find it again on the frame that follows.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            RGB.

        Returns
        -------
        Followed or None
            None if it is lost; it is not asked again then.
        """


@dataclass(frozen=True, slots=True)
class Seen:
    """One thing that was found on one frame."""

    frame: int
    number: int
    """Tells it from the others on its frame."""
    box: Box
    label: str
    score: float


class Linker(ABC):
    """Base of what joins findings on single frames up to tracks."""

    id: ClassVar[str]
    title: ClassVar[str]
    hint: ClassVar[str]

    @abstractmethod
    def link(self, seen: Sequence[Seen]) -> Sequence[Sequence[Seen]]:
        """Say which findings are of one thing.

        Parameters
        ----------
        seen : sequence of Seen
            In any order; frames need not be neighbours.

        Returns
        -------
        sequence of sequence of Seen
            One for each thing, by frame, each frame once; each finding in at most one.
        """
