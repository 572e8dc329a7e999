"""Following by a template: the look of a thing is searched for around where it was.

The template is learned anew only where it can still be found with the first look: without this
check every small error stays in the template, and it wanders off the thing (I. Matthews, T.
Ishikawa, S. Baker, “The template update problem”, PAMI 2004).
"""

from __future__ import annotations

from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.api.trackers import (
    Box,
    Followed,
    Geometry,
    Pixels,
    Similarity,
    Tracker,
    bounds,
    placed,
)
from studio_tracking.looks import GreyArray, grey_of

_SCALES = (1.0, 0.985, 1.015)
"""How much smaller or larger the thing may be than on the frame before."""
_REACH = 0.75
"""How far around the thing is searched, in its sizes."""
_LEAST_REACH = 16
_DEAREST = 96
"""Longer sides are searched at a smaller size, px."""
_LOST = 0.55
_SURE = 0.8
"""From this correlation on the template may be learned anew."""
_WANDERED_PX = 1.0
"""So far the first look may lie beside the latest, before the latest is given up, px."""


class _Hit(NamedTuple):
    score: float
    x: float
    y: float
    scale: float


class TemplateTracker(Tracker):
    """Searches for the look of a thing around where it was."""

    id: ClassVar[str] = "template"
    title: ClassVar[str] = "Template"
    hint: ClassVar[str] = "Searches for the same look; good for small things that do not turn."

    def begin(self, pixels: Pixels, geometry: Geometry) -> None:
        """Keep the look of the thing."""
        grey = grey_of(pixels)
        box = bounds(geometry) or Box(0, 0, 1, 1)
        self._first_geometry, self._box = geometry, box
        self._size = max(box.width, 4.0), max(box.height, 4.0)
        self._share = min(1.0, _DEAREST / max(self._size))
        self._centre, self._scale = box.centre, 1.0
        self._speed = (0.0, 0.0)
        self._first = self._latest = self._cut(grey, 1.0)

    def next(self, pixels: Pixels) -> Followed | None:
        """Search where it went on to, and around."""
        grey = grey_of(pixels)
        guess = self._centre[0] + self._speed[0], self._centre[1] + self._speed[1]
        best = self._search(grey, self._latest, guess, self._scale)
        if best.score < _LOST or not self._seen(best, grey):
            return None
        near = (best.x, best.y)
        close = _LEAST_REACH / 4
        checks = [self._search(grey, self._first, near, self._scale * by, close) for by in _SCALES]
        check = max(checks, key=lambda hit: hit.score)
        wandered = np.hypot(check.x - best.x, check.y - best.y)
        if check.score > _LOST:
            # The first look says where it is, and how large: errors do not add up.
            best = check._replace(score=max(check.score, best.score))
        old = self._centre
        self._centre, self._scale = (best.x, best.y), best.scale
        self._speed = self._centre[0] - old[0], self._centre[1] - old[1]
        if best.score > _SURE and (check.score <= _LOST or wandered <= _WANDERED_PX):
            self._latest = self._cut(grey, self._scale)
        x, y = self._box.centre
        by = Similarity(self._scale, 0.0, best.x - self._scale * x, best.y - self._scale * y)
        return Followed(placed(self._first_geometry, by), float(np.clip(best.score, 0, 1)))

    def _seen(self, hit: _Hit, grey: GreyArray) -> bool:
        return 0 <= hit.x <= grey.shape[1] and 0 <= hit.y <= grey.shape[0]

    def _cut(self, grey: GreyArray, scale: float) -> NDArray[np.uint8]:
        """Return the look of the thing at the size at which it is searched."""
        wide, high = (max(4, round(side * self._share)) for side in self._size)
        return _patch(grey, self._centre, (wide, high), scale / self._share)

    def _search(
        self,
        grey: GreyArray,
        look: NDArray[np.uint8],
        centre: tuple[float, float],
        scale: float,
        reach: float = 0.0,
    ) -> _Hit:
        """Return where a look is found best around a place."""
        import cv2

        high, wide = look.shape
        step = scale / self._share
        far = reach or max(_LEAST_REACH, _REACH * max(self._size))
        around = max(2, round(far / step))
        field = _patch(grey, centre, (wide + 2 * around, high + 2 * around), step)
        found = cv2.matchTemplate(field, look, cv2.TM_CCOEFF_NORMED)
        found = np.nan_to_num(found, posinf=-1.0, neginf=-1.0)
        _, score, _, (left, top) = cv2.minMaxLoc(found)
        across = left + _peak(found[top], left) - around
        down = top + _peak(found[:, left], top) - around
        return _Hit(float(score), centre[0] + across * step, centre[1] + down * step, scale)


def _patch(
    grey: GreyArray, centre: tuple[float, float], size: tuple[int, int], step: float
) -> NDArray[np.uint8]:
    """Sample a part of a picture about a place, one sample each `step` px."""
    import cv2

    wide, high = size
    left = centre[0] - 0.5 - (wide - 1) / 2 * step
    top = centre[1] - 0.5 - (high - 1) / 2 * step
    matrix = np.array([[step, 0.0, left], [0.0, step, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    seen = cv2.warpAffine(grey, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(seen, np.uint8)


def _peak(row: NDArray[np.floating], at: int) -> float:
    """Return how far beside the largest of a row the top of a parabola lies, −0.5..0.5."""
    if not 0 < at < len(row) - 1:
        return 0.0
    before, here, after = (float(row[at + by]) for by in (-1, 0, 1))
    bend = before - 2 * here + after
    return float(np.clip(0.5 * (before - after) / bend, -0.5, 0.5)) if bend < -1e-9 else 0.0
