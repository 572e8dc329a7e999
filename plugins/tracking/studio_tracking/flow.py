"""Following by optical flow: many points of a thing, of which those that agree say where it went.

Points are followed from frame to frame by pyramidal Lucas-Kanade flow, and back again; those that
do not come back to where they began are dropped (Z. Kalal, K. Mikolajczyk, J. Matas, “Forward-
backward error”, ICPR 2010). The move of the thing is the similarity that most of the others share.
"""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from studio.api.trackers import (
    BoolArray,
    Box,
    Followed,
    Geometry,
    Pixels,
    Similarity,
    Tracker,
    bounds,
    placed,
)
from studio_tracking.looks import GreyArray, LookArray, alike, grey_of, inside, look
from studio_tracking.regions import region_of

PointArray = NDArray[np.float32]
_MOST = 240
"""Points that are followed at once."""
_FEWEST = 4
_BACK_PX = 0.7
"""A point that comes back no nearer than this was not followed."""
_OFF_PX = 1.5
"""A point further off the common move than this does not agree with it."""
_LEAST_ALIKE = 0.35
"""What looks less like the thing is something before it."""
_LEARN = 0.1
"""How fast the look is learned anew from frame to frame."""


class FlowTracker(Tracker):
    """Follows the texture of a thing as it moves, turns and comes nearer."""

    id: ClassVar[str] = "flow"
    title: ClassVar[str] = "Optical flow"
    hint: ClassVar[str] = "Follows texture; good for things that turn or come nearer."

    def begin(self, pixels: Pixels, geometry: Geometry) -> None:
        """Find points that can be followed."""
        self._grey = grey_of(pixels)
        self._first, self._moved = geometry, Similarity()
        self._box = bounds(geometry) or Box(0, 0, 1, 1)
        self._look: LookArray = look(self._grey, self._box, self._moved)
        self._points = _points(self._grey, geometry)
        self._wanted = len(self._points)

    def next(self, pixels: Pixels) -> Followed | None:
        """Follow the points, and let them say where the thing went."""
        grey = grey_of(pixels)
        if len(self._points) < _FEWEST or grey.shape != self._grey.shape:
            return None
        there, good = _followed(self._grey, grey, self._points)
        step, agreed = _common(self._points[good], there[good])
        if step is None:
            return None
        self._moved = _after(self._moved, step)
        geometry = placed(self._first, self._moved)
        now = bounds(geometry)
        size = grey.shape[1], grey.shape[0]
        seen = look(grey, self._box, self._moved)
        likeness = alike(seen, self._look)
        if now is None or inside(now, size) < 0.2 or likeness < _LEAST_ALIKE:
            return None
        self._look = self._look + np.float32(_LEARN) * (seen - self._look)
        self._grey = grey
        self._points = there[good][agreed]
        share = len(self._points) / max(1, self._wanted)
        if share < 0.6:
            self._points = _points(grey, geometry)
            self._wanted = max(len(self._points), 1)
        return Followed(geometry, float(np.clip(likeness, 0, 1)) * min(1.0, 0.5 + share / 2))


def _points(grey: GreyArray, geometry: Geometry) -> PointArray:
    """Return (N, 2) corners on a thing, px as the picture counts them."""
    import cv2

    mask = region_of(geometry, (grey.shape[1], grey.shape[0]))
    area = int(mask.sum())
    if not area:
        return np.zeros((0, 2), np.float32)
    # Corners on the very edge are half of what lies behind, and stay with it.
    edge = int(min(5.0, 0.08 * np.sqrt(area)))
    inner = cv2.erode(mask.astype(np.uint8), np.ones((2 * edge + 1, 2 * edge + 1), np.uint8))
    mask = inner > 0 if inner.sum() > area / 4 else mask
    apart = max(2.0, np.sqrt(area / _MOST) * 0.6)
    found = cv2.goodFeaturesToTrack(
        grey, _MOST, 0.01, apart, mask=mask.astype(np.uint8) * 255, blockSize=5
    )
    if found is None:
        return np.zeros((0, 2), np.float32)
    return np.asarray(found, np.float32).reshape(-1, 2)


def _followed(old: GreyArray, new: GreyArray, points: PointArray) -> tuple[PointArray, BoolArray]:
    """Return where (N, 2) points went, and which of them came back from there."""
    import cv2

    how = {
        "winSize": (15, 15),
        "maxLevel": 4,
        "criteria": (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 30, 0.01),
    }
    there, found, _ = cv2.calcOpticalFlowPyrLK(old, new, points, None, **how)  # type: ignore[call-overload]
    back, again, _ = cv2.calcOpticalFlowPyrLK(new, old, there, None, **how)  # type: ignore[call-overload]
    went = np.asarray(there, np.float32)
    error = np.hypot(*(np.asarray(back, np.float32) - points).T)
    found_both = (np.asarray(found).ravel() > 0) & (np.asarray(again).ravel() > 0)
    return went, np.asarray(found_both & (error < _BACK_PX), np.bool_)


def _common(old: PointArray, new: PointArray) -> tuple[Similarity | None, BoolArray]:
    """Return the similarity that most points share, and which do; None where too few agree."""
    import cv2

    none: BoolArray = np.zeros(len(old), np.bool_)
    if len(old) < _FEWEST:
        return None, none
    # Pixel middles lie at halves in the frame of the project, at wholes in that of the library.
    cv2.setRNGSeed(0)
    matrix, agreed = cv2.estimateAffinePartial2D(
        old + 0.5, new + 0.5, method=cv2.RANSAC, ransacReprojThreshold=_OFF_PX, maxIters=500,
        confidence=0.995, refineIters=20,
    )  # fmt: skip
    if matrix is None or not np.isfinite(matrix).all():
        return None, none
    kept: BoolArray = np.asarray(agreed).ravel() > 0
    step = Similarity(*map(float, (matrix[0, 0], matrix[1, 0], matrix[0, 2], matrix[1, 2])))
    if kept.sum() < _FEWEST or kept.mean() < 0.3 or not 0.7 < step.scale < 1.4:
        return None, none
    return step, kept


def _after(first: Similarity, then: Similarity) -> Similarity:
    """Return one move that does what two do one after the other."""
    dx, dy = then.of((first.dx, first.dy))
    return Similarity(
        then.a * first.a - then.b * first.b, then.b * first.a + then.a * first.b, dx, dy
    )
