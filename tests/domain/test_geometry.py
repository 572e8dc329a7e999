"""Laws of shapes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import (
    Box,
    Geometry,
    Polygon,
    Tag,
    area,
    bounds,
    box_iou,
    contains,
    fault,
    moved,
)

numbers = st.integers(-500, 500).map(float)
points = st.tuples(numbers, numbers)
boxes = st.builds(Box.spanning, points, points)
rings = st.lists(points, min_size=3, max_size=7, unique=True).map(tuple)
polygons = st.lists(rings, min_size=1, max_size=2).map(lambda all_: Polygon(tuple(all_)))
shapes = boxes | polygons | st.just(Tag())


@given(points, points)
def test_a_box_has_its_corners_in_order(a: tuple[float, float], b: tuple[float, float]) -> None:
    box = Box.spanning(a, b)
    assert box == Box.spanning(b, a)
    assert box.width >= 0
    assert box.height >= 0
    assert contains(box, a)
    assert contains(box, b)


@given(shapes, numbers, numbers)
def test_moving_there_and_back_changes_nothing(shape: Geometry, dx: float, dy: float) -> None:
    there = moved(shape, dx, dy)
    assert moved(there, -dx, -dy) == shape
    assert area(there) == pytest.approx(area(shape))
    before, after = bounds(shape), bounds(there)
    if before is None:
        assert after is None
    else:
        assert after == moved(before, dx, dy)


@given(boxes)
def test_a_box_drawn_as_a_polygon_has_the_same_area(box: Box) -> None:
    ring = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    assert area(Polygon((ring,))) == box.area
    assert bounds(Polygon((ring,))) == box


@given(polygons, points)
def test_what_a_polygon_contains_lies_in_its_bounds(
    polygon: Polygon, point: tuple[float, float]
) -> None:
    box = bounds(polygon)
    assert box is not None
    if contains(polygon, point):
        assert contains(box, point)


def test_a_hole_is_not_inside() -> None:
    outline = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    hole = ((3.0, 3.0), (6.0, 3.0), (6.0, 6.0), (3.0, 6.0))
    ring = Polygon((outline, hole))
    assert contains(ring, (1, 1))
    assert not contains(ring, (4, 4))
    assert area(ring) == 81 - 9


@given(st.lists(boxes, min_size=1, max_size=5), st.lists(boxes, min_size=1, max_size=5))
def test_overlap_is_symmetric_and_at_most_one(a: list[Box], b: list[Box]) -> None:
    left, right = (np.asarray([[o.x0, o.y0, o.x1, o.y1] for o in some]) for some in (a, b))
    overlap = box_iou(left, right)
    assert overlap.shape == (len(a), len(b))
    np.testing.assert_allclose(overlap, box_iou(right, left).T)
    assert (overlap >= 0).all()
    assert (overlap <= 1).all()
    own = np.diag(box_iou(left, left))
    np.testing.assert_allclose(own, [float(one.area > 0) for one in a])


def test_overlap_by_hand() -> None:
    a, b = np.asarray([[0.0, 0, 2, 2]]), np.asarray([[1.0, 1, 3, 3], [5, 5, 6, 6]])
    np.testing.assert_allclose(box_iou(a, b), [[1 / 7, 0]])


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Box(0, 0, 10, 10), None),
        (Box(-1, -1, 101, 51), None),
        (Tag(), None),
        (Box(5, 5, 5, 9), "no area"),
        (Box(0, 0, float("nan"), 4), "finite"),
        (Box(0, 0, 103, 4), "outside"),
        (Box(0, 0, 3, 53), "outside"),
        (Polygon((((0.0, 0.0), (4.0, 4.0)),)), "three points"),
    ],
)
def test_faults_are_said_in_words(shape: Geometry, words: str | None) -> None:
    reason = fault(shape, 100, 50)
    assert (reason is None) if words is None else (reason is not None and words in reason)
