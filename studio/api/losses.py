"""What a format cannot say: told before anything is written, and turned into what it can say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from studio.domain.geometry import (
    Geometry,
    GeometryKind,
    Mask,
    Polygon,
    Skeleton,
    nested,
)
from studio.domain.geometry.converting import converted
from studio.domain.geometry.regions import pieces
from studio.domain.labels import AnnotatedMedia, LabelSchema, Shape, ShapeId

__all__ = ["Keeps", "Loss", "adapted", "keeps_of", "losses"]

_INSTEAD: dict[GeometryKind, tuple[GeometryKind, ...]] = {
    "box": ("polygon", "rotated_box"),
    "rotated_box": ("polygon", "mask", "box"),
    "polygon": ("mask", "rotated_box", "box"),
    "ellipse": ("polygon", "mask", "rotated_box", "box"),
    "circle": ("ellipse", "polygon", "mask", "box"),
    "bezier": ("polygon", "mask", "polyline", "box"),
    "mask": ("polygon", "rotated_box", "box"),
    "polyline": ("box",),
    "cuboid": ("polygon", "mask", "box"),
    "skeleton": ("points", "box"),
    "points": ("box",),
    "tag": (),
}
"""For each kind those that stand in for it, the nearest first."""

Attributes = Literal["none", "known", "any"]


@dataclass(frozen=True, slots=True)
class Keeps:
    """What a format can say, so that it is the same after writing and reading it."""

    geometries: frozenset[str]
    holes: bool = False
    """Holes in polygons."""
    parts: bool = False
    """Several parts of one polygon."""
    attributes: Attributes = "none"
    known: frozenset[str] = frozenset()
    """Names of the attributes that are kept where only known ones are."""
    groups: bool = False
    scores: bool = False
    """How sure a model was."""
    hidden_joints: bool = False
    """Whether a joint of a skeleton can be there and not be seen."""
    label_facts: bool = False
    """Colours, parents, attributes and joints of labels."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Something that a format cannot say."""

    what: str
    """In words, without a number: “holes in polygons are filled”."""
    count: int
    """How often."""
    example: str
    """Name of a picture where it happens."""

    def __str__(self) -> str:
        return (
            f"{self.what[:1].upper()}{self.what[1:]}: {self.count:,}, for example on {self.example}"
        )


def keeps_of(form: object) -> Keeps:
    """Return what a format keeps; one that says nothing of it keeps its kinds of geometry alone."""
    said = getattr(form, "keeps", None)
    return said if isinstance(said, Keeps) else Keeps(frozenset(getattr(form, "geometries", ())))


def losses(keeps: Keeps, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> list[Loss]:
    """Say what would be lost, without writing anything.

    Parameters
    ----------
    keeps : Keeps
        Of the format.
    schema : LabelSchema
        Of the project.
    items : sequence of AnnotatedMedia
        What would be written.

    Returns
    -------
    list of Loss
        The most frequent first; empty if reading what was written gives the same again.
    """
    found: dict[str, tuple[int, str]] = {}
    for item in items:
        for shape in item.shapes:
            size = item.media.width, item.media.height
            for what in _lost(keeps, shape, size):
                count, example = found.get(what, (0, item.media.name))
                found[what] = count + 1, example
    told = [Loss(what, count, example) for what, (count, example) in found.items()]
    facts = sum(bool(label.parent or label.attributes or label.skeleton) for label in schema.labels)
    if facts and not keeps.label_facts:
        told.append(
            Loss("parents, attributes and joints of labels are left out", facts, "the labels")
        )
    return sorted(told, key=lambda loss: -loss.count)


def adapted(keeps: Keeps, items: Sequence[AnnotatedMedia]) -> Iterator[AnnotatedMedia]:
    """Turn shapes into kinds that the format has; those that cannot be turned are left out."""
    for item in items:
        size = item.media.width, item.media.height
        shapes = [one for shape in item.shapes for one in _adapted(keeps, shape, size)]
        yield item.model_copy(update={"shapes": tuple(shapes)})


def _lost(keeps: Keeps, shape: Shape, size: tuple[int, int]) -> Iterator[str]:
    geometry = _instead(keeps, shape.geometry, size)
    kind = _words(shape.kind)
    if geometry is None:
        yield f"{kind} are left out"
        return
    if geometry.kind != shape.kind:
        yield f"{kind} become {_words(geometry.kind)}"
    holes, parts = _holes_and_parts(geometry)
    if holes and not keeps.holes:
        yield "holes in polygons are filled"
    if parts > 1 and not keeps.parts:
        yield "polygons with several parts become one polygon a part"
    hidden = isinstance(geometry, Skeleton) and any(j.visibility == 1 for j in geometry.joints)
    if hidden and not keeps.hidden_joints:
        yield "hidden joints count as seen"
    lost = set(shape.attributes)
    if keeps.attributes == "any":
        lost = set()
    elif keeps.attributes == "known":
        lost -= keeps.known
    if lost:
        yield "attributes are left out"
    if shape.score is not None and not keeps.scores:
        yield "scores are left out"
    if shape.group and not keeps.groups:
        yield "groups are left out"


def _adapted(keeps: Keeps, shape: Shape, size: tuple[int, int]) -> Iterator[Shape]:
    geometry = _instead(keeps, shape.geometry, size)
    if geometry is None:
        return
    for number, part in enumerate(_parted(keeps, geometry)):
        if part is shape.geometry:
            yield shape
        else:
            id_ = f"{shape.id}-{number}" if number else shape.id
            yield shape.model_copy(update={"geometry": part, "id": ShapeId(id_)})


def _parted(keeps: Keeps, geometry: Geometry) -> list[Geometry]:
    """Take holes off that cannot be kept, and parts from each other."""
    holes, parts = _holes_and_parts(geometry)
    if not isinstance(geometry, Polygon):
        return [geometry]
    if holes and not keeps.holes:
        rings = tuple(ring for ring, depth in nested(geometry.rings) if depth % 2 == 0)
        geometry = Polygon(rings)
    if parts > 1 and not keeps.parts:
        return [*pieces(geometry)] if keeps.holes else [Polygon((r,)) for r in geometry.rings]
    return [geometry]


def _instead(keeps: Keeps, geometry: Geometry, size: tuple[int, int]) -> Geometry | None:
    """Return the geometry, or the nearest that the format has; None if there is none."""
    # A mask says what such a polygon says, where the format has masks.
    if "mask" in keeps.geometries and _too_rich(keeps, geometry):
        return converted(geometry, "mask", size)
    if geometry.kind in keeps.geometries:
        return geometry
    for kind in _INSTEAD[geometry.kind]:
        if kind in keeps.geometries:
            found = converted(geometry, kind, size)
            if found is not None and not (isinstance(found, Mask) and not found.width):
                return found
    return None


def _holes_and_parts(geometry: Geometry) -> tuple[int, int]:
    if not isinstance(geometry, Polygon) or len(geometry.rings) < 2:
        return 0, 1
    depths = [depth % 2 for _, depth in nested(geometry.rings)]
    return depths.count(1), depths.count(0)


def _too_rich(keeps: Keeps, geometry: Geometry) -> bool:
    holes, parts = _holes_and_parts(geometry)
    return (holes > 0 and not keeps.holes) or (parts > 1 and not keeps.parts)


def _words(kind: GeometryKind) -> str:
    plain = {
        "box": "boxes", "rotated_box": "rotated boxes", "bezier": "curves", "points": "points",
        "tag": "labels of whole pictures",
    }  # fmt: skip
    return plain.get(kind, f"{kind}s")
