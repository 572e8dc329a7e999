from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from studio.domain.geometry import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Joint,
    Knot,
    Point,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
    bounds,
    distance,
    strands,
)
from studio.domain.geometry.grips import Grip, grips_of, pulled, seen_otherwise, without
from studio.domain.geometry.knots import smooth_knot

places = st.tuples(st.floats(-500, 500), st.floats(-500, 500))
sizes = st.floats(2, 300)
angles = st.floats(-170, 170)
rings = st.lists(places, min_size=4, max_size=9, unique=True).map(tuple)
loose = st.builds(lambda a, b, c: Knot(a[0], a[1], b[0], b[1], c[0], c[1]), places, places, places)
smooth = st.builds(smooth_knot, places, places)
geometries: st.SearchStrategy[Geometry] = st.one_of(
    st.builds(lambda a, w, h: Box(a[0], a[1], a[0] + w, a[1] + h), places, sizes, sizes),
    st.builds(lambda c, w, h, t: RotatedBox(c[0], c[1], w, h, t), places, sizes, sizes, angles),
    st.builds(lambda c, w, h, t: Ellipse(c[0], c[1], w, h, t), places, sizes, sizes, angles),
    st.builds(lambda c, r: Circle(c[0], c[1], r), places, sizes),
    st.builds(lambda a, b: Cuboid(a[:4], b[:4]), rings, rings),
    st.builds(lambda ring: Skeleton(tuple(Joint(p[0], p[1]) for p in ring)), rings),
    st.builds(lambda a, b: Polygon((a, b)), rings, rings),
    st.builds(Polyline, rings),
    st.builds(Points, rings),
    st.builds(lambda k, c: Bezier(tuple(k), c), st.lists(loose | smooth, min_size=2, max_size=5),
              st.booleans()),
)  # fmt: skip


def numbers(geometry: Geometry) -> list[float]:
    """Every number of a geometry, in order, by the names of its fields."""
    found: list[float] = []

    def walk(value: object) -> None:
        if isinstance(value, str):
            return
        if isinstance(value, tuple):
            for one in value:
                walk(one)
        elif hasattr(value, "__slots__"):
            for name in value.__slots__:
                walk(getattr(value, name))
        else:
            assert isinstance(value, int | float)
            found.append(float(value))

    walk(geometry)
    return found


def beyond(geometry: Geometry, grip: Grip, to: Point) -> bool:
    """Whether a side is pulled over the opposite one, which turns a box over."""
    if grip.kind not in ("box", "axis", "rim"):
        return False
    after = pulled(geometry, grip, to)
    same = [one for one in grips_of(after) if (one.kind, one.ring, one.at) == grip[:1] + grip[2:]]
    if isinstance(geometry, Circle):
        # Any direction gives the radius; the way back is along the grip's own.
        return False
    return math.dist(_along(geometry, grip, to), _along(geometry, grip, same[0].place)) > 1e-6


def _along(geometry: Geometry, grip: Grip, point: Point) -> Point:
    """The share of a place that a side takes: its own axes, and of those the ones that move."""
    turn = math.radians(getattr(geometry, "angle", 0.0))
    x = point[0] * math.cos(turn) + point[1] * math.sin(turn)
    y = point[1] * math.cos(turn) - point[0] * math.sin(turn)
    return (x if grip.ring else 0.0), (y if grip.at else 0.0)


@given(geometries, places, st.data())
def test_a_grip_pulled_there_and_back_leaves_the_geometry(
    geometry: Geometry, to: Point, data: st.DataObject
) -> None:
    grips = [grip for grip in grips_of(geometry) if grip.kind != "middle"]
    grip = data.draw(st.sampled_from(grips))
    assume(not beyond(geometry, grip, to))
    box = bounds(geometry)
    assert box is not None
    assume(min(math.dist(to, one.place) for one in grips) > 1e-3)
    if isinstance(geometry, Bezier) and grip.kind != "point":
        knot = geometry.knots[grip.at]
        assume(math.dist(to, (knot.x, knot.y)) > 1e-3)
        assume(math.dist(grip.place, (knot.x, knot.y)) > 1e-3)
    if isinstance(geometry, Cuboid):
        xs = [x for face in (geometry.front, geometry.back) for x, _ in face]
        ys = [y for face in (geometry.front, geometry.back) for _, y in face]
        assume(to[0] not in xs)
        assume(to[1] not in ys)
        if grip.kind == "corner":
            face = geometry.back if grip.ring else geometry.front
            beside = face[(grip.at + 1) % 4], face[(grip.at + 3) % 4]
            assume(all(a == b or abs(a - b) > 1e-9 for a, b in zip(*beside, strict=True)))
    there = pulled(geometry, grip, to)
    moved = grip._replace(place=to) if grip.kind == "face" else grip
    back = pulled(there, moved, grip.place)
    if isinstance(back, RotatedBox | Ellipse) and isinstance(geometry, RotatedBox | Ellipse):
        apart = (back.angle - geometry.angle + 180.0) % 360.0 - 180.0
        assert abs(apart) < 1e-4
        back = replace(back, angle=geometry.angle)
    np.testing.assert_allclose(numbers(back), numbers(geometry), atol=1e-4, err_msg=str(grip))


@given(geometries, places, st.data())
def test_a_point_goes_where_it_is_pulled(
    geometry: Geometry, to: Point, data: st.DataObject
) -> None:
    grips = [grip for grip in grips_of(geometry) if grip.kind in ("point", "joint", "in", "out")]
    assume(grips)
    grip = data.draw(st.sampled_from(grips))
    after = pulled(geometry, grip, to)
    assert any(
        math.dist(one.place, to) < 1e-9 and one.at == grip.at and one.ring == grip.ring
        for one in grips_of(after)
    ) or isinstance(geometry, Bezier)


@given(
    st.builds(lambda c, w, h, t: RotatedBox(c[0], c[1], w, h, t), places, sizes, sizes, angles),
    places,
)
def test_the_corner_across_stays_while_a_turned_box_is_pulled(box: RotatedBox, to: Point) -> None:
    corner = next(grip for grip in grips_of(box) if grip[2:] == (1, 1))
    after = pulled(box, corner, to)
    assert isinstance(after, RotatedBox)
    assert after.angle == box.angle
    assert min(math.dist(box.corners[0], one) for one in after.corners) < 0.01
    assert min(math.dist(to, one) for one in after.corners) < 0.01


@given(
    st.builds(lambda c, w, h, t: Ellipse(c[0], c[1], w, h, t), places, sizes, sizes, angles), places
)
def test_an_even_turn_is_a_multiple_of_fifteen_degrees(ellipse: Ellipse, to: Point) -> None:
    turn = next(grip for grip in grips_of(ellipse) if grip.kind == "turn")
    after = pulled(ellipse, turn, to, even=True)
    assert isinstance(after, Ellipse)
    assert after.angle % 15.0 == 0.0
    free = pulled(ellipse, turn, to)
    assert isinstance(free, Ellipse)
    apart = abs((after.angle - free.angle + 180) % 360 - 180)
    assert apart <= 7.5 + 1e-9


@given(st.lists(loose | smooth, min_size=2, max_size=5), st.booleans(), st.data())
def test_a_knot_put_into_a_curve_keeps_its_form(
    knots: list[Knot], closed: bool, data: st.DataObject
) -> None:
    curve = Bezier(tuple(knots), closed)
    middle = data.draw(st.sampled_from([g for g in grips_of(curve) if g.kind == "middle"]))
    more = pulled(curve, middle, middle.place)
    assert isinstance(more, Bezier)
    assert len(more.knots) == len(curve.knots) + 1
    for point in strands(curve, 0.05)[0].points[::5].tolist():
        assert distance(more, (point[0], point[1])) < 0.3
    gone = without(more, Grip("point", middle.place, 0, middle.at + 1))
    assert isinstance(gone, Bezier)
    assert len(gone.knots) == len(curve.knots)


def test_the_other_handle_of_a_smooth_knot_turns_along_unless_parted() -> None:
    curve = Bezier((smooth_knot((0.0, 0.0), (10.0, 0.0)), smooth_knot((50.0, 50.0), (60.0, 50.0))))
    out = next(grip for grip in grips_of(curve) if grip.kind == "out")
    turned = pulled(curve, out, (0.0, 20.0))
    assert isinstance(turned, Bezier)
    assert turned.knots[0] == Knot(0.0, 0.0, 0.0, -10.0, 0.0, 20.0)
    parted = pulled(curve, out, (0.0, 20.0), even=True)
    assert isinstance(parted, Bezier)
    assert parted.knots[0] == Knot(0.0, 0.0, -10.0, 0.0, 0.0, 20.0)


def test_an_upright_face_of_a_cuboid_stays_upright() -> None:
    face = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0))
    cuboid = Cuboid(face, tuple((x + 4, y - 4) for x, y in face))
    corner = next(grip for grip in grips_of(cuboid) if grip.place == (10.0, 10.0))
    after = pulled(cuboid, corner, (20.0, 30.0))
    assert isinstance(after, Cuboid)
    assert after.front == ((0.0, 0.0), (20.0, 0.0), (20.0, 30.0), (0.0, 30.0))
    assert after.back == cuboid.back


def test_a_joint_is_seen_hidden_and_not_labelled_in_turn() -> None:
    skeleton = Skeleton((Joint(1, 2), Joint(3, 4)))
    seen = []
    for _ in range(3):
        skeleton = seen_otherwise(skeleton, 1)
        seen.append(skeleton.joints[1].visibility)
    assert seen == [1, 0, 2]
    assert skeleton.joints[0] == Joint(1, 2)
    lost = Skeleton((Joint(0, 0, 0),))
    found = pulled(lost, next(grips_of(lost)), (5.0, 6.0))
    assert found == Skeleton((Joint(5.0, 6.0, 2),))


def test_the_last_points_stay_and_a_hole_goes_as_a_whole() -> None:
    ring = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0))
    hole = ((6.0, 1.0), (8.0, 1.0), (8.0, 3.0))
    assert without(Polygon((ring,)), Grip("point", ring[0])) is None
    assert without(Polygon((ring, hole)), Grip("point", ring[0])) is None
    assert without(Polygon((ring, hole)), Grip("point", hole[0], 1)) == Polygon((ring,))
    assert without(Polyline(ring[:2]), Grip("point", ring[0])) is None
    assert without(Polyline(ring), Grip("point", ring[0])) == Polyline(ring[1:])
    assert without(Points(ring[:1]), Grip("point", ring[0])) is None
