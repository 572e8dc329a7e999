"""Formats: how labelled pictures come in and go out.

A format is a class without state; the plugin names it in its contributions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple, Protocol

from studio.domain.geometry import (
    GEOMETRY_KINDS,
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Joint,
    Knot,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
    Tag,
    area,
    bounds,
    clipped,
    fault,
    mask_of,
    mask_rings,
    nested,
    pixels_of,
)
from studio.domain.geometry.converting import converted
from studio.domain.geometry.regions import joined, pieces
from studio.domain.labels import (
    AnnotatedMedia,
    AttributeSpec,
    AttributeValue,
    Label,
    LabelSchema,
    Shape,
    SkeletonSpec,
    extended,
)
from studio.domain.media import MediaItem, Problem
from studio.errors import UnreadableLabels

__all__ = [
    "GEOMETRY_KINDS",
    "AnnotatedMedia",
    "AttributeSpec",
    "AttributeValue",
    "Bezier",
    "Box",
    "Circle",
    "Cuboid",
    "Drawn",
    "Ellipse",
    "Format",
    "Found",
    "Geometry",
    "Joint",
    "Knot",
    "Label",
    "LabelSchema",
    "Mask",
    "MediaItem",
    "Points",
    "Polygon",
    "Polyline",
    "Problem",
    "RotatedBox",
    "Shape",
    "Skeleton",
    "SkeletonSpec",
    "Source",
    "Tag",
    "UnreadableLabels",
    "Written",
    "area",
    "bounds",
    "clipped",
    "converted",
    "extended",
    "fault",
    "joined",
    "mask_of",
    "mask_rings",
    "nested",
    "pieces",
    "pixels_of",
]


class Drawn(NamedTuple):
    """A shape as a file gives it: with the label's name, before the project gave it an id."""

    label: str
    geometry: Geometry
    attributes: dict[str, AttributeValue] = {}
    group: str = ""
    """Shapes of one picture with the same group belong together; empty for none."""
    score: float | None = None
    """How sure a model was, 0..1."""
    author: str = ""
    """Who drew it."""
    locked: bool = False


class Source(NamedTuple):
    """Where a picture's bytes are; read late, off the GUI thread, and only once."""

    name: str
    """Path relative to the imported folder, with `/`; unique in one import."""
    read: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Found:
    """One picture that a format found, with what is drawn on it."""

    source: Source
    drawn: Sequence[Drawn] = ()
    group: str = ""
    """What must stay in one split."""
    size: tuple[int, int] | None = None
    """Width and height in px that the labels claim; a picture of another size is reported."""


@dataclass(slots=True)
class Written:
    """Files that a format wrote.

    Attributes
    ----------
    files : dict of str to bytes
        By relative path, with `/`; annotation files only, pictures are copied by the caller.
    lost : list of str
        Sentences about what the format could not say.
    pictures : str
        Folder for the pictures inside the export, relative, with `/`; empty for the root.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)
    pictures: str = ""


class Format(Protocol):
    """One way to keep labelled pictures on disk."""

    name: str
    """Short and lower case: `voc`."""
    title: str
    """For people: “Pascal VOC”."""
    reads: bool
    writes: bool
    geometries: frozenset[str]
    """Kinds of geometry that survive a round trip."""

    def recognises(self, path: Path) -> float:
        """Tell how surely a file or folder is of this format, in 0..1; looks at few files only."""

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures found; what cannot be taken goes to `problems`, never raises for
        one bad picture or shape.

        Raises
        ------
        UnreadableLabels
            If the whole input is not of this format.
        """

    def label_order(self, path: Path) -> Sequence[str]:
        """Return label names in the order the format fixes (YOLO numbers them); else empty."""

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write annotations of pictures whose shapes carry labels of the schema."""
