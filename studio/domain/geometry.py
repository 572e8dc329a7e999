"""Shapes on an image, as plain values, in pixels of the upright picture.

The origin is the outer corner of the top-left pixel, x runs right, y runs down, so that an image of
`width` columns spans 0..width. Pixel centres lie at half-integers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: left, top, right and bottom edge, px."""

    x0: float
    y0: float
    x1: float
    y1: float
    kind: Literal["box"] = "box"

    @classmethod
    def spanning(cls, a: Point, b: Point) -> Box:
        """Return the box that has `a` and `b` as opposite corners, in whatever order."""
        return cls(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))

    @property
    def width(self) -> float:
        """Horizontal extent, px."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent, px."""
        return self.y1 - self.y0

    @property
    def area(self) -> float:
        """Extent, px²; 0 where the box is inside out."""
        return max(0.0, self.width) * max(0.0, self.height)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A region bounded by rings of points, px; the first ring is the outline, the others are holes.

    Rings are open (the first point is not repeated) and filled by the even-odd rule.
    """

    rings: tuple[tuple[Point, ...], ...]
    kind: Literal["polygon"] = "polygon"


@dataclass(frozen=True, slots=True)
class Tag:
    """A statement about the whole image; it has no place in it."""

    kind: Literal["tag"] = "tag"


Geometry: TypeAlias = Box | Polygon | Tag


def bounds(geometry: Geometry) -> Box | None:
    """Return the smallest box around a geometry, or None for a tag.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright image.

    Returns
    -------
    Box or None
        In the same frame.
    """
    match geometry:
        case Box():
            return geometry
        case Polygon(rings):
            xs = [x for ring in rings for x, _ in ring]
            ys = [y for ring in rings for _, y in ring]
            return Box(min(xs), min(ys), max(xs), max(ys)) if xs else Box(0, 0, 0, 0)
        case Tag():
            return None


def moved(geometry: Geometry, dx: float, dy: float) -> Geometry:
    """Return the geometry shifted by (`dx`, `dy`) px."""
    match geometry:
        case Box(x0, y0, x1, y1):
            return Box(x0 + dx, y0 + dy, x1 + dx, y1 + dy)
        case Polygon(rings):
            return Polygon(tuple(tuple((x + dx, y + dy) for x, y in ring) for ring in rings))
        case Tag():
            return geometry


def ring_area(ring: tuple[Point, ...]) -> float:
    """Return the area inside one ring by the shoelace formula, px², never negative."""
    total = 0.0
    for (x0, y0), (x1, y1) in zip(ring, ring[1:] + ring[:1], strict=True):
        total += x0 * y1 - x1 * y0
    return abs(total) / 2


def area(geometry: Geometry) -> float:
    """Return the area of a geometry, px²: outline minus holes; 0 for a tag."""
    match geometry:
        case Box():
            return geometry.area
        case Polygon(rings):
            return ring_area(rings[0]) - sum(map(ring_area, rings[1:])) if rings else 0.0
        case Tag():
            return 0.0


def fault(geometry: Geometry, width_px: int, height_px: int) -> str | None:
    """Say why a geometry cannot stand on an image, or None if it can.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright image.
    width_px, height_px : int
        Size of the upright image.

    Returns
    -------
    str or None
        One sentence without the full stop, for a report.
    """
    box = bounds(geometry)
    if box is None:
        return None
    edges = (box.x0, box.y0, box.x1, box.y1)
    if not all(map(math.isfinite, edges)):
        return "a coordinate is not a finite number"
    if box.width <= 0 or box.height <= 0:
        return f"it has no area ({box.width:g} × {box.height:g} px)"
    if isinstance(geometry, Polygon) and any(len(ring) < 3 for ring in geometry.rings):
        return "a polygon needs at least three points"
    tolerance = 1.0
    if min(box.x0, box.y0) < -tolerance or box.x1 > width_px + tolerance:
        return f"it reaches outside the image of {width_px} × {height_px} px"
    if box.y1 > height_px + tolerance:
        return f"it reaches outside the image of {width_px} × {height_px} px"
    return None


def contains(geometry: Geometry, point: Point) -> bool:
    """Tell whether a point lies inside a geometry (even-odd rule); never inside a tag."""
    x, y = point
    match geometry:
        case Box(x0, y0, x1, y1):
            return x0 <= x <= x1 and y0 <= y <= y1
        case Polygon(rings):
            inside = False
            for ring in rings:
                for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
                    if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
                        inside = not inside
            return inside
        case Tag():
            return False


def box_iou(a: FloatArray, b: FloatArray) -> FloatArray:
    """Overlap of every box in `a` with every box in `b`.

    Parameters
    ----------
    a : (N, 4) float64, px
        Boxes as x0, y0, x1, y1 in image pixels, origin top-left.
    b : (M, 4) float64, px
        Same convention.

    Returns
    -------
    (N, M) float64, unitless in [0, 1]
        Intersection over union; 0 where either box has no area.
    """
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    overlap = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    area_a = np.prod(np.clip(a[:, 2:] - a[:, :2], 0, None), axis=1)
    area_b = np.prod(np.clip(b[:, 2:] - b[:, :2], 0, None), axis=1)
    union = area_a[:, None] + area_b[None, :] - overlap
    ratio: FloatArray = np.divide(overlap, union, out=np.zeros_like(overlap), where=union > 0)
    return ratio
