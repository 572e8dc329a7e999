"""Where on a picture a thing lies, for any kind of geometry."""

from __future__ import annotations

import numpy as np

from studio.api.trackers import BoolArray, Geometry, bounds, strands

_WIDE = 9
"""Lines and points are taken with so much around them, px."""


def region_of(geometry: Geometry, size: tuple[int, int]) -> BoolArray:
    """Return (H, W) bool: the inside of a shape, or what lies around lines and points.

    Parameters
    ----------
    geometry : Geometry
        In px of the picture.
    size : tuple of int, px
        Width and height of the picture.
    """
    import cv2

    found = np.zeros((size[1], size[0]), np.uint8)
    closed = [line.points for line in strands(geometry) if line.closed]
    if closed:
        rings = [np.round(np.asarray(ring) - 0.5).astype(np.int32) for ring in closed]
        cv2.fillPoly(found, rings, 1)
    else:
        for line in strands(geometry):
            points = np.round(np.asarray(line.points) - 0.5).astype(np.int32)
            cv2.polylines(found, [points], isClosed=False, color=1, thickness=_WIDE)
            for x, y in points.tolist():
                cv2.circle(found, (x, y), _WIDE, 1, -1)
    if not found.any() and (box := bounds(geometry)) is not None:
        x0, y0 = max(0, int(box.x0) - _WIDE), max(0, int(box.y0) - _WIDE)
        found[y0 : max(0, int(box.y1) + _WIDE + 1), x0 : max(0, int(box.x1) + _WIDE + 1)] = 1
    return np.asarray(found, np.bool_)
