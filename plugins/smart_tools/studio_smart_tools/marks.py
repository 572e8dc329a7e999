"""Strokes of the hand as pixels."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import BoolArray, FloatArray, Point, Scribble, filled

_PARTS = 16
"""OpenCV draws with so many parts of a px."""
_SHIFT = 4


def drawn(strokes: Iterable[Scribble], size: tuple[int, int]) -> NDArray[np.int32]:
    """Draw strokes one over the other.

    Parameters
    ----------
    strokes : iterable of Scribble
        In px of the window.
    size : tuple of int, px
        Width and height of the window.

    Returns
    -------
    (H, W) int32
        0 where no stroke went, else the label of the last one and 1: outside is 1, label 1 is 2.
    """
    marks = np.zeros((size[1], size[0]), np.int32)
    for stroke in strokes:
        marks[stroked(stroke, size)] = stroke.label + 1
    return marks


def stroked(stroke: Scribble, size: tuple[int, int]) -> BoolArray:
    """Return the pixels that one stroke covers, at least one where it was made in the window."""
    import cv2

    layer = np.zeros((size[1], size[0]), np.uint8)
    points = np.asarray(stroke.points, np.float64).reshape(-1, 2)
    fixed = np.round((points - 0.5) * _PARTS).astype(np.int32)
    thick = max(1, round(2 * stroke.radius))
    cv2.polylines(layer, [fixed.reshape(-1, 1, 2)], False, 1, thick, cv2.LINE_8, _SHIFT)
    for point in points:
        x, y = pixel_of((float(point[0]), float(point[1])), size)
        layer[y, x] = 1
    return layer.astype(np.bool_)


def pixel_of(point: Point, size: tuple[int, int]) -> tuple[int, int]:
    """Return column and row of the pixel at a point, the nearest one in the window."""
    return (
        min(max(int(np.floor(point[0])), 0), size[0] - 1),
        min(max(int(np.floor(point[1])), 0), size[1] - 1),
    )


def inside(rings: Iterable[FloatArray], size: tuple[int, int]) -> BoolArray:
    """Return the pixels inside rings, by the even-odd rule."""
    return filled(rings, *size)
