"""Leaving keyframes out: those that lie where the way between their neighbours passes anyhow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from studio.domain.geometry import Box, FloatArray, Geometry, RotatedBox, bounds, strands
from studio.domain.geometry.interpolating import between
from studio.domain.tracks import Keyframe


def thinned(keyframes: Sequence[Keyframe], tolerance: float) -> list[Keyframe]:
    """Return as few keyframes as say the same.

    Parameters
    ----------
    keyframes : sequence of Keyframe
        By frame; the first and the last always stay.
    tolerance : float, px
        So far may a thing lie beside where it was, on the frames of those that are left out.

    Returns
    -------
    list of Keyframe
        Some of the given ones.
    """
    kept = {0, len(keyframes) - 1}
    open_ = [(0, len(keyframes) - 1)]
    while open_:
        first, last = open_.pop()
        worst, where = tolerance, -1
        for number in range(first + 1, last):
            off = _beside(keyframes[first], keyframes[last], keyframes[number])
            if off > worst:
                worst, where = off, number
        if where >= 0:
            kept.add(where)
            open_ += [(first, where), (where, last)]
    return [keyframes[number] for number in sorted(kept) if number >= 0]


def _beside(first: Keyframe, last: Keyframe, here: Keyframe) -> float:
    share = (here.frame - first.frame) / (last.frame - first.frame)
    return apart(between(first.geometry, last.geometry, share), here.geometry)


def apart(a: Geometry, b: Geometry) -> float:
    """Return how far the points of two geometries lie apart at the most, px.

    Infinite if they are not of one kind; those of different numbers of points are compared by the
    boxes around them.
    """
    if a.kind != b.kind:
        return float("inf")
    one, other = _points(a), _points(b)
    if one.shape != other.shape:
        one, other = _corners(bounds(a)), _corners(bounds(b))
    if not one.size:
        return 0.0 if a == b else float("inf")
    return float(np.hypot(*(one - other).T).max())


def _points(geometry: Geometry) -> FloatArray:
    if isinstance(geometry, RotatedBox):
        return np.asarray(geometry.corners, np.float64)
    lines = [line.points for line in strands(geometry)]
    return np.concatenate(lines) if lines else np.zeros((0, 2))


def _corners(box: Box | None) -> FloatArray:
    if box is None:
        return np.zeros((0, 2))
    return np.array([[box.x0, box.y0], [box.x1, box.y1]])
