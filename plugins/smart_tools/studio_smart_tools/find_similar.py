"""Finding again: where else on the picture the chosen shape would fit."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import (
    Answer,
    Assistant,
    BoolArray,
    Box,
    FloatArray,
    Gesture,
    Hand,
    Option,
    Region,
    Window,
    box_iou,
)
from studio_smart_tools.marks import inside

_SIZES = (0.8, 1.0, 1.25)
_OVERLAP = 0.3
"""Two finds that overlap more are one."""
_LEAST = 6
"""A thing smaller than this on the window has no looks to go by, px."""
_MOST = 500
_MOST_TRIED = 20_000


class _Template(NamedTuple):
    pixels: NDArray[np.float32]
    mask: NDArray[np.float32]
    placed: FloatArray
    """(2, 3): the way from the window to the template."""


class _Find(NamedTuple):
    score: float
    box: Box
    placed: FloatArray


class FindSimilar(Assistant):
    """Normalised cross-correlation inside the shape, turned and in sizes, best finds first."""

    id = "find_similar"
    title = "Find similar"
    icon = "zoom-scan"
    hint = "Click a shape, or press Enter for the chosen one · Enter proposes what was found"
    gesture: ClassVar[Gesture] = "shape"
    side = 1024
    whole = True
    options = (
        Option("least", "Least score", 0.6, 0.3, 0.95, 0.05),
        Option("turns", "Directions tried", 1.0, 1.0, 16.0, 1.0),
        Option("sizes", "Try other sizes too", 0.0),
    )

    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return where the shape would fit, but for its own place."""
        del prepared
        if not hand.rings:
            return Answer(words="Choose a shape that bounds a region.")
        box = _bounds(hand.rings)
        if min(box.width, box.height) < _LEAST:
            return Answer(words="The shape is too small on this picture to be looked for.")
        own = [_Find(1.0, box, np.eye(2, 3))]
        kept = own.copy()
        for find in sorted(_finds(window, hand, box), key=lambda find: -find.score):
            if not (box_iou(_edges([find]), _edges(kept)) > _OVERLAP).any():
                kept.append(find)
            if len(kept) > _MOST:
                break
        regions = tuple(Region(placed=one.placed, score=one.score) for one in kept[1:])
        count = len(regions)
        words = f"{count:,} similar places were found." if count else "Nothing similar was found."
        return Answer(regions, words=words)


def _edges(finds: list[_Find]) -> FloatArray:
    boxes = [(find.box.x0, find.box.y0, find.box.x1, find.box.y1) for find in finds]
    return np.array(boxes, np.float64)


def _bounds(rings: tuple[FloatArray, ...]) -> Box:
    points = np.concatenate(rings)
    (x0, y0), (x1, y1) = points.min(0).tolist(), points.max(0).tolist()
    return Box(x0, y0, x1, y1)


def _finds(window: Window, hand: Hand, box: Box) -> Iterator[_Find]:
    import cv2

    least = hand.options.get("least", 0.6)
    picture = cv2.cvtColor(window.pixels, cv2.COLOR_RGB2LAB).astype(np.float32)
    mask = inside(hand.rings, window.size)
    turns = max(1, round(hand.options.get("turns", 1.0)))
    sizes = _SIZES if hand.options.get("sizes") else (1.0,)
    for turn in range(turns):
        for size in sizes:
            way = turn * 2 * math.pi / turns
            template = _template(picture, mask, box, way, size)
            if template is None:
                continue
            scores = _scores(picture, template)
            for x, y, score in _peaks(scores, least):
                high, wide = template.mask.shape
                placed = template.placed.copy()
                placed[:, 2] += (x, y)
                yield _Find(score, Box(x, y, x + wide, y + high), placed)


def _template(
    picture: NDArray[np.float32], mask: BoolArray, box: Box, turn: float, size: float
) -> _Template | None:
    """Return the thing turned and in another size, in a window just around it."""
    import cv2

    cos, sin = math.cos(turn) * size, math.sin(turn) * size
    wide = math.ceil(abs(cos) * box.width + abs(sin) * box.height)
    high = math.ceil(abs(sin) * box.width + abs(cos) * box.height)
    if wide < _LEAST or high < _LEAST or wide >= picture.shape[1] or high >= picture.shape[0]:
        return None
    turned = np.array([[cos, -sin], [sin, cos]])
    if turn == 0 and size == 1:
        # Whole px keep the template sharp.
        corner = np.array((math.floor(box.x0), math.floor(box.y0)))
        placed = np.column_stack((turned, -corner))
    else:
        placed = np.column_stack((turned, (wide / 2, high / 2) - turned @ box.centre))
    # OpenCV counts from the centre of the first pixel.
    centred = placed.copy()
    centred[:, 2] += turned @ (0.5, 0.5) - 0.5
    to = wide, high
    shown = cv2.warpAffine(picture, centred, to, flags=cv2.INTER_AREA)
    shape = cv2.warpAffine(mask.astype(np.float32), centred, to, flags=cv2.INTER_LINEAR)
    held = (shape > 0.5).astype(np.float32)
    if held.sum() < _LEAST**2 / 2:
        return None
    return _Template(shown, held, placed)


def _scores(picture: NDArray[np.float32], template: _Template) -> NDArray[np.float32]:
    import cv2

    mask = np.repeat(template.mask[:, :, None], 3, axis=2)
    found = cv2.matchTemplate(picture, template.pixels, cv2.TM_CCOEFF_NORMED, mask=mask)
    # Over a place of one colour there is nothing to correlate with.
    return np.nan_to_num(found, nan=0.0, posinf=0.0, neginf=0.0).clip(-1.0, 1.0)


def _peaks(scores: NDArray[np.float32], least: float) -> Iterator[tuple[int, int, float]]:
    import cv2

    highest = cv2.dilate(scores, np.ones((5, 5), np.uint8))
    ys, xs = np.nonzero((scores >= highest) & (scores >= least))
    order = np.argsort(-scores[ys, xs], kind="stable")[:_MOST_TRIED]
    for at in order.tolist():
        yield int(xs[at]), int(ys[at]), float(scores[ys[at], xs[at]])
