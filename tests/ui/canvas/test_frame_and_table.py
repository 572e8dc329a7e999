from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import Box, Polygon, Tag
from studio.domain.geometry.grips import Grip, grips_of, pulled, without
from studio.domain.labels import LabelId, Shape, ShapeId
from studio.ui.canvas.frame import LARGEST, SMALLEST, Frame, fitted
from studio.ui.canvas.model import shifted
from studio.ui.canvas.table import ShapeTable

places = st.tuples(st.floats(-2000, 2000), st.floats(-2000, 2000))
frames = st.builds(
    Frame, st.floats(SMALLEST, LARGEST), st.floats(-5000, 5000), st.floats(-5000, 5000)
)


def shape(name: str, geometry: Box | Polygon | Tag, z: float = 0.0) -> Shape:
    return Shape(id=ShapeId(name), label=LabelId("cap"), geometry=geometry, z=z)


@given(frames, places, st.floats(0.1, 10))
def test_what_stands_under_the_pointer_stays_there_when_zooming(
    frame: Frame, at: tuple[float, float], factor: float
) -> None:
    point = frame.to_picture(at)
    again = frame.zoomed(factor, at).to_widget(point)
    assert math.dist(again, at) < 1e-6 * max(1, *map(abs, point)) * LARGEST


@given(frames, places)
def test_to_the_widget_and_back_is_where_one_was(frame: Frame, point: tuple[float, float]) -> None:
    assert math.dist(frame.to_picture(frame.to_widget(point)), point) < 1e-6 / frame.zoom


@given(st.integers(1, 9000), st.integers(1, 9000))
def test_a_fitted_picture_is_seen_whole_and_centred(width: int, height: int) -> None:
    frame = fitted((width, height), (800, 600))
    x0, y0 = frame.to_widget((0, 0))
    x1, y1 = frame.to_widget((width, height))
    assert abs((x0 + x1) / 2 - 400) < 1e-6
    assert abs((y0 + y1) / 2 - 300) < 1e-6
    if frame.zoom > SMALLEST:
        assert x0 >= 0
        assert y1 <= 600


def test_finds_the_smallest_shape_under_a_point_and_the_upper_of_equals() -> None:
    table = ShapeTable(
        [
            shape("large", Box(0, 0, 100, 100)),
            shape("low", Box(10, 10, 30, 30)),
            shape("high", Box(10, 10, 30, 30), 1.0),
            shape("tag", Tag()),
        ]
    )
    assert len(table) == 3
    found = table.at((20, 20))
    assert found is not None
    assert found.id == "high"
    assert table.at((200, 20)) is None
    edge = table.at((102, 50), reach=3)
    assert edge is not None
    assert edge.id == "large"


def test_a_hole_of_a_polygon_is_not_hit() -> None:
    ring = ((0.0, 0.0), (90.0, 0.0), (90.0, 90.0), (0.0, 90.0))
    hole = ((30.0, 30.0), (60.0, 30.0), (60.0, 60.0), (30.0, 60.0))
    table = ShapeTable([shape("a", Polygon((ring, hole)))])
    assert table.at((10, 10)) is not None
    assert table.at((45, 45)) is None


def test_only_what_lies_wholly_in_the_band_is_inside() -> None:
    table = ShapeTable([shape("in", Box(1, 1, 5, 5)), shape("out", Box(4, 4, 20, 20))])
    assert [one.id for one in table.inside(Box(0, 0, 10, 10))] == ["in"]


@given(st.floats(-500, 500), st.floats(-500, 500))
def test_shapes_moved_together_stay_on_the_picture(dx: float, dy: float) -> None:
    moved = shifted([shape("a", Box(10, 10, 30, 30)), shape("b", Box(50, 5, 60, 15))], dx, dy, (
        100, 80,
    ))  # fmt: skip
    table = ShapeTable(moved)
    assert table.bounds.min() >= -1e-9
    assert (table.bounds[:, 2] <= 100 + 1e-9).all()
    assert (table.bounds[:, 3] <= 80 + 1e-9).all()


def test_a_corner_pulled_over_the_other_side_turns_the_box_over() -> None:
    corner = next(grip for grip in grips_of(Box(10, 10, 20, 20)) if grip[2:] == (1, 1))
    assert pulled(Box(10, 10, 20, 20), corner, (5, 15)) == Box(5, 10, 10, 15)


def test_points_are_put_in_and_taken_out_of_polygons() -> None:
    triangle = Polygon((((0.0, 0.0), (10.0, 0.0), (0.0, 10.0)),))
    middle = next(grip for grip in grips_of(triangle) if grip.kind == "middle")
    four = pulled(triangle, middle, (5, -2))
    assert isinstance(four, Polygon)
    assert four.rings[0] == ((0, 0), (5, -2), (10, 0), (0, 10))
    assert without(four, Grip("point", (5, -2), 0, 1)) == triangle
    assert without(triangle, Grip("point", (0, 0), 0, 0)) is None
