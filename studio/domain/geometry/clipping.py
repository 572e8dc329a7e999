"""Keeping a geometry on its picture."""

from __future__ import annotations

from collections.abc import Iterable

from studio.domain.geometry.kinds import (
    Box,
    Geometry,
    Mask,
    Point,
    Points,
    Polygon,
    Polyline,
    Ring,
)
from studio.domain.geometry.masks import mask_of, pixels_of


def clipped(geometry: Geometry, width: int, height: int) -> tuple[Geometry, float]:
    """Pull all points onto a picture, and cut a mask to it.

    Turned boxes, ellipses, circles, cuboids, skeletons and curves stay as they are: pulled in they
    would no longer be what they are, and they may reach beyond the edge.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright picture.
    width, height : int, px
        Of the picture.

    Returns
    -------
    geometry : Geometry
        Inside.
    by : float, px
        How far the outermost point was pulled.
    """

    def inside(point: Point) -> Point:
        return min(max(point[0], 0.0), float(width)), min(max(point[1], 0.0), float(height))

    def pulled(points: Iterable[Point]) -> Ring:
        return tuple(map(inside, points))

    match geometry:
        case Box(x0, y0, x1, y1):
            (a, b), (c, d) = pulled(((x0, y0), (x1, y1)))
            return Box(a, b, c, d), _farthest(((x0, y0), (x1, y1)), ((a, b), (c, d)))
        case Polygon(rings):
            fitted = Polygon(tuple(map(pulled, rings)))
            pairs = zip(rings, fitted.rings, strict=True)
            return fitted, max((_farthest(a, b) for a, b in pairs), default=0.0)
        case Polyline(points):
            return Polyline(pulled(points)), _farthest(points, pulled(points))
        case Points(points):
            return Points(pulled(points)), _farthest(points, pulled(points))
        case Mask():
            return _cut(geometry, width, height)
        case _:
            return geometry, 0.0


def _farthest(before: Ring, after: Ring) -> float:
    pairs = zip(before, after, strict=True)
    return max((max(abs(a - c), abs(b - d)) for (a, b), (c, d) in pairs), default=0.0)


def _cut(mask: Mask, width: int, height: int) -> tuple[Mask, float]:
    over = max(
        -mask.left, -mask.top, mask.left + mask.width - width, mask.top + mask.height - height, 0
    )
    if not over:
        return mask, 0.0
    x0, y0 = max(0, -mask.left), max(0, -mask.top)
    x1, y1 = max(x0, width - mask.left), max(y0, height - mask.top)
    return mask_of(pixels_of(mask)[y0:y1, x0:x1], mask.left + x0, mask.top + y0), float(over)
