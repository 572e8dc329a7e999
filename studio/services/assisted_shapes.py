"""Windows of a picture for assistants, and what they found as geometries of the picture."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import Learner, PixelSource, Region, Window
from studio.domain.geometry import (
    BoolArray,
    Box,
    FloatArray,
    Geometry,
    Polygon,
    clipped,
    mask_of,
    mask_rings,
    ring_area,
)
from studio.domain.geometry.regions import simplified
from studio.domain.media import MediaItem
from studio.errors import Cancelled

_LOOSE = 0.75
"""How far the outline of a mask may be straightened, px of the window: less than a stair."""
_CRUMB = 4.0
"""Parts and holes of fewer px of the window are left out."""


def window_on(
    source: PixelSource, levels: int, item: MediaItem, area: Box, side: int, coarse: float = 1.0
) -> Window:
    """Cut a window out of a picture, from the level that shows it no larger than wanted.

    Parameters
    ----------
    source : PixelSource
        The picture.
    levels : int
        How many it has.
    item : MediaItem
        Its size.
    area : Box
        The part, px of the picture; what lies outside of it is cut off.
    side : int, px
        Longest side of the window.
    coarse : float
        Px of the picture for one of the window, at the least.
    """
    x0, y0 = max(0.0, area.x0), max(0.0, area.y0)
    x1, y1 = min(float(item.width), area.x1), min(float(item.height), area.y1)
    scale = max(1.0, coarse, (x1 - x0) / side, (y1 - y0) / side)
    level = min(levels - 1, math.floor(math.log2(scale)))
    high = 2**level
    wide, tall = item.width // high, item.height // high
    left, top = min(math.floor(x0 / high), wide - 1), min(math.floor(y0 / high), tall - 1)
    right = min(wide, max(left + 1, math.ceil(x1 / high)))
    bottom = min(tall, max(top + 1, math.ceil(y1 / high)))
    pixels = source.read(level, left, top, right, bottom)
    return _resized(pixels, left * high, top * high, high, side)


def _resized(pixels: NDArray[np.uint8], left: float, top: float, scale: float, side: int) -> Window:
    import cv2

    longest = max(pixels.shape[:2])
    if longest > side:
        share = side / longest
        size = max(1, round(pixels.shape[1] * share)), max(1, round(pixels.shape[0] * share))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
        scale /= share
    return Window(np.ascontiguousarray(pixels), left, top, scale)


def geometry_of(
    region: Region, window: Window, rings: Sequence[FloatArray], size: tuple[int, int]
) -> Geometry | None:
    """Return what was found in px of the picture, as a polygon; None where nothing is left.

    Parameters
    ----------
    region : Region
        In px of the window.
    window : Window
        Where it was found.
    rings : sequence of (N, 2) float64
        The chosen shape, px of the picture, for one that is `placed`.
    size : tuple of int, px
        Width and height of the picture.
    """
    lines: list[FloatArray] = []
    if region.mask is not None:
        lines = [ring for ring in mask_rings(mask_of(region.mask)) if _area(ring) >= _CRUMB]
    elif region.ring is not None:
        lines = [region.ring]
    elif region.placed is not None:
        turn, shift = region.placed[:, :2], region.placed[:, 2]
        lines = [window.inward(ring) @ turn.T + shift for ring in rings]
    found = tuple(tuple((float(x), float(y)) for x, y in window.outward(line)) for line in lines)
    if not found:
        return None
    polygon = Polygon(found)
    if region.placed is None:
        loose = _LOOSE * window.scale * (1.0 if region.mask is not None else 0.5)
        straight = simplified(polygon, loose)
        polygon = straight if isinstance(straight, Polygon) else polygon
    return clipped(polygon, *size)[0]


def stitched(
    learner: Learner,
    source: PixelSource,
    levels: int,
    item: MediaItem,
    scale: float,
    side: int,
    given_up: Callable[[], bool],
) -> dict[int, BoolArray]:
    """Let a learner say of each tile what it holds, and put the tiles together.

    Parameters
    ----------
    learner : Learner
        That has learned.
    source, levels, item
        The picture, as for `window_on`.
    scale : float
        Px of the picture for one that is looked at, as when it learned.
    side : int, px
        Of a tile with its margins.
    given_up : callable
        Asked before each tile.

    Returns
    -------
    dict of int to (H, W) bool
        Where each label is, px of the picture by `scale`.

    Raises
    ------
    Cancelled
        If it was given up.
    """
    wide, high = math.ceil(item.width / scale), math.ceil(item.height / scale)
    found: dict[int, BoolArray] = {}
    step = side - 2 * learner.margin
    for top in range(0, high, step):
        for left in range(0, wide, step):
            if given_up():
                raise Cancelled("It was given up.")
            tile = _tile(source, levels, item, (left, top), scale, side, learner.margin)
            for region in learner.apply(tile).regions:
                if region.mask is not None:
                    whole = found.setdefault(region.label, np.zeros((high, wide), np.bool_))
                    _lay(whole, region.mask, tile, scale, (left, top), step)
    return found


def _tile(
    source: PixelSource,
    levels: int,
    item: MediaItem,
    corner: tuple[int, int],
    scale: float,
    side: int,
    margin: int,
) -> Window:
    import cv2

    level = min(levels - 1, math.floor(math.log2(scale)))
    high = 2**level
    ratio = scale / high
    tall, wide = item.height // high, item.width // high
    x0, y0 = (max(0, math.floor((at - margin) * ratio)) for at in corner)
    x1 = min(wide, math.ceil((corner[0] - margin + side) * ratio))
    y1 = min(tall, math.ceil((corner[1] - margin + side) * ratio))
    pixels = source.read(level, min(x0, wide - 1), min(y0, tall - 1), x1, y1)
    if ratio > 1:
        size = max(1, round(pixels.shape[1] / ratio)), max(1, round(pixels.shape[0] / ratio))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    return Window(np.ascontiguousarray(pixels), x0 / ratio, y0 / ratio, 1.0)


def _lay(
    whole: BoolArray,
    mask: BoolArray,
    tile: Window,
    scale: float,
    corner: tuple[int, int],
    step: int,
) -> None:
    """Copy the inner part of a tile; its margin was seen for the sake of the inner part alone."""
    del scale
    left, top = round(tile.left), round(tile.top)
    x0, y0 = corner
    x1 = min(x0 + step, whole.shape[1], left + mask.shape[1])
    y1 = min(y0 + step, whole.shape[0], top + mask.shape[0])
    if x0 < x1 and y0 < y1:
        whole[y0:y1, x0:x1] = mask[y0 - top : y1 - top, x0 - left : x1 - left]


def _area(ring: FloatArray) -> float:
    return ring_area(tuple((float(x), float(y)) for x, y in ring))
