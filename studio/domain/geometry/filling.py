"""Which pixels lie inside a geometry."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from studio.domain.geometry.kinds import BoolArray, Box, FloatArray, Geometry, Mask
from studio.domain.geometry.masks import mask_of, pixels_of
from studio.domain.geometry.measure import bounds
from studio.domain.geometry.outlines import strands

_FINE = 0.05
"""How far the edge of a curve may be missed, px: far less than what decides about a pixel."""


def filled(rings: Iterable[FloatArray], width: int, height: int) -> BoolArray:
    """Say of each pixel whether its centre lies inside rings, by the even-odd rule.

    Parameters
    ----------
    rings : iterable of (N, 2) float64
        Closed lines, px.
    width, height : int, px
        Of the window, whose top left corner is the origin.

    Returns
    -------
    (height, width) bool
        True inside. A centre on a line counts to the right of it, so that regions that share a
        border share no pixel.
    """
    flips = np.zeros((height, width + 1), np.uint8)
    for ring in rings:
        for rows, columns in _crossings(ring, width, height):
            np.add.at(flips, (rows, columns), 1)
    inside: BoolArray = np.cumsum(flips[:, :width], axis=1, dtype=np.uint8) % 2 == 1
    return inside


def _crossings(
    ring: FloatArray, width: int, height: int
) -> Iterable[tuple[np.ndarray, np.ndarray]]:
    """Give for each edge the rows it crosses and the first column to the right of the crossing."""
    for (ax, ay), (bx, by) in zip(ring.tolist(), np.roll(ring, -1, 0).tolist(), strict=True):
        if ay == by:
            continue
        first = max(0, math.ceil(min(ay, by) - 0.5))
        # A centre at the height of the lower end belongs to the edge that goes on from there.
        last = min(height, math.ceil(max(ay, by) - 0.5))
        if first >= last:
            continue
        rows = np.arange(first, last)
        x = ax + (rows + 0.5 - ay) * ((bx - ax) / (by - ay))
        yield rows, np.clip(np.ceil(x - 0.5), 0, width).astype(np.intp)


def as_mask(geometry: Geometry, width: int, height: int) -> Mask:
    """Return the pixels of a picture whose centres lie inside a geometry.

    Parameters
    ----------
    geometry : Geometry
        In px of the upright picture.
    width, height : int, px
        Of the picture; what lies beyond is cut off.

    Returns
    -------
    Mask
        Empty for lines, points and tags.
    """
    if isinstance(geometry, Mask):
        return geometry
    box = bounds(geometry)
    rings = [points for points, closed in strands(geometry, _FINE) if closed]
    if box is None or not rings:
        return Mask(0, 0, 0, 0, ())
    x0, y0 = max(0, math.floor(box.x0)), max(0, math.floor(box.y0))
    x1, y1 = min(width, math.ceil(box.x1)), min(height, math.ceil(box.y1))
    if x0 >= x1 or y0 >= y1:
        return Mask(0, 0, 0, 0, ())
    corner = np.array((x0, y0), np.float64)
    return mask_of(filled([ring - corner for ring in rings], x1 - x0, y1 - y0), x0, y0)


def window_of(mask: Mask, window: Box) -> BoolArray:
    """Return the part of a mask that a window of whole pixels shows.

    Parameters
    ----------
    mask : Mask
        Any.
    window : Box
        With whole-numbered edges, px of the picture.

    Returns
    -------
    (window.height, window.width) bool
        True inside the mask.
    """
    x0, y0, x1, y1 = (round(edge) for edge in (window.x0, window.y0, window.x1, window.y1))
    shown = np.zeros((y1 - y0, x1 - x0), np.bool_)
    left, top = max(x0, mask.left), max(y0, mask.top)
    right, bottom = min(x1, mask.left + mask.width), min(y1, mask.top + mask.height)
    if left < right and top < bottom:
        cut = pixels_of(mask)[top - mask.top : bottom - mask.top]
        cut = cut[:, left - mask.left : right - mask.left]
        shown[top - y0 : bottom - y0, left - x0 : right - x0] = cut
    return shown
