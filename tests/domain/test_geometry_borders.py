from __future__ import annotations

import itertools
import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import Point, Polygon
from studio.domain.geometry.borders import border_between, points_at, way_along
from studio.domain.geometry.brushing import dabs

SQUARE = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
shares = st.floats(0, 3.999)
places = st.tuples(st.floats(-20, 60), st.floats(-20, 60))


def on_square(share: float) -> Point:
    at = int(share)
    (ax, ay), (bx, by) = SQUARE[at], SQUARE[(at + 1) % 4]
    t = share - at
    return ax + (bx - ax) * t, ay + (by - ay) * t


def length(line: tuple[Point, ...]) -> float:
    return sum(itertools.starmap(math.dist, itertools.pairwise(line)))


@given(shares, shares)
def test_both_ways_round_make_the_whole_border(start: float, end: float) -> None:
    a, b = on_square(start), on_square(end)
    short, long = way_along(SQUARE, a, b), way_along(SQUARE, a, b, longer=True)
    assert short is not None
    assert long is not None
    one, other = length((a, *short, b)), length((a, *long, b))
    assert one <= other + 1e-9
    if math.dist(a, b) > 0.01:
        assert math.isclose(one + other, 40.0, abs_tol=0.01)
        # The independent reckoning: the length along the square between the two shares.
        along = abs(start - end) * 10
        assert math.isclose(one, min(along, 40 - along), abs_tol=0.01)


def test_a_border_is_followed_only_between_places_on_it() -> None:
    assert way_along(SQUARE, (5.0, 0.0), (10.0, 5.0)) == ((10.0, 0.0),)
    assert way_along(SQUARE, (10.0, 5.0), (5.0, 0.0)) == ((10.0, 0.0),)
    assert way_along(SQUARE, (5.0, 0.0), (7.0, 3.0)) is None
    hole = ((2.0, 2.0), (4.0, 2.0), (4.0, 4.0))
    region = Polygon((SQUARE, hole))
    assert border_between(region, (2.0, 2.0), (4.0, 4.0)) == ()
    assert border_between(region, (2.0, 2.0), (4.0, 4.0), longer=True) == ((4.0, 2.0),)
    assert border_between(region, (2.0, 2.0), (0.0, 0.0)) is None
    assert [grip.at for grip in points_at(region, (10.0, 10.0))] == [2]


@given(places, places, st.floats(0.5, 30), st.floats(0.5, 30))
def test_a_brush_covers_the_pixels_that_discs_along_its_way_cover(
    a: Point, b: Point, ra: float, rb: float
) -> None:
    found = np.zeros((40, 40), bool)
    for pixels, left, top in dabs(a, b, (ra, rb), (40, 40)):
        high, wide = pixels.shape
        found[top : top + high, left : left + wide] |= pixels
    x, y = np.arange(40)[None, :] + 0.5, np.arange(40)[:, None] + 0.5
    maybe = np.zeros((40, 40), bool)
    for t in np.linspace(0, 1, 200):
        far = np.hypot(x - a[0] - (b[0] - a[0]) * t, y - a[1] - (b[1] - a[1]) * t)
        maybe |= far <= ra + (rb - ra) * t + 0.5
    assert not (found & ~maybe).any()
    low = np.hypot(x - (a[0] + b[0]) / 2, y - (a[1] + b[1]) / 2) <= min(ra, rb) - 1e-9
    assert not (low & ~found).any()


@given(places, places, st.floats(0.5, 12))
def test_a_brush_of_one_size_leaves_no_gap(a: Point, b: Point, radius: float) -> None:
    found = np.zeros((40, 40), bool)
    for pixels, left, top in dabs(a, b, (radius, radius), (40, 40)):
        found[top : top + pixels.shape[0], left : left + pixels.shape[1]] |= pixels
    x, y = np.arange(40)[None, :] + 0.5, np.arange(40)[:, None] + 0.5
    sure = np.zeros((40, 40), bool)
    for t in np.linspace(0, 1, 100):
        sure |= np.hypot(x - a[0] - (b[0] - a[0]) * t, y - a[1] - (b[1] - a[1]) * t) < radius - 1e-6
    assert not (sure & ~found).any()
