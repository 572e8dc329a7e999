"""What the canvas and its peers are measured with: the same polygons, the same hand."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

WIDE, HIGH = 1920, 1080
"""The view, px."""


class Step(NamedTuple):
    """One movement of the hand."""

    dx: float = 0.0
    dy: float = 0.0
    """How far the picture is pushed, px of the view."""
    zoom: float = 1.0
    """By what it is enlarged about the middle of the view."""


def rings(count: int, points: int, side: tuple[int, int]) -> list[NDArray[np.float64]]:
    """Make polygons of 20 to 120 px across at random places; each is (points, 2) x and y, px."""
    rng = np.random.default_rng(0)
    turn = np.linspace(0, 2 * np.pi, points, endpoint=False)
    round_ = np.stack([np.cos(turn), np.sin(turn)], 1)
    made = []
    for _ in range(count):
        centre = rng.uniform((60, 60), (side[0] - 60, side[1] - 60))
        reach = rng.uniform(10, 60) * rng.uniform(0.7, 1.0, points)
        made.append(centre + reach[:, None] * round_)
    return made


def steps(frames: int) -> list[Step]:
    """Return movements: pans to and fro, and zooms in and out."""
    made = []
    for number in range(frames):
        if number % 3 < 2:
            way = 12 if number % 24 < 12 else -12
            made.append(Step(way, way / 2))
        else:
            made.append(Step(zoom=1.1 if number % 12 < 6 else 1 / 1.1))
    return made


def percentiles(times: list[float]) -> tuple[float, float]:
    """Return the 50th and the 95th percentile of times in s, in ms."""
    half, most = np.percentile(np.array(times) * 1000, [50, 95])
    return round(float(half), 2), round(float(most), 2)
