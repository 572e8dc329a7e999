"""Where a thing is between two keyframes."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import (
    Box,
    Ellipse,
    Joint,
    Mask,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
)
from studio.domain.geometry.interpolating import between, paired
from studio.domain.labels import LabelId
from studio.domain.tracks import Keyframe, Track, TrackId, at

_LINES = st.lists(
    st.tuples(*[st.integers(0, 500).map(float)] * 2), min_size=3, max_size=12, unique=True
).map(tuple)
_SHARES = st.floats(0.01, 0.99)


@given(_LINES, _LINES, st.booleans())
def test_every_point_of_both_ends_has_its_partner_in_order(
    a: tuple[tuple[float, float], ...], b: tuple[tuple[float, float], ...], closed: bool
) -> None:
    pairs = paired(a, b, closed)
    for points, met in ((a, [p for p, _ in pairs]), (b, [q for _, q in pairs])):
        # The second ring may begin elsewhere.
        turns = range(len(points)) if closed else [0]
        assert any(_in_order(points[turn:] + points[:turn], met) for turn in turns)


def _in_order(points: tuple[tuple[float, float], ...], row: list[tuple[float, float]]) -> bool:
    walk = iter(row)
    return all(point in walk for point in points)


@given(_LINES, st.data(), _SHARES, st.booleans())
def test_points_nobody_touched_stay_where_they_are(
    line: tuple[tuple[float, float], ...], data: st.DataObject, share: float, closed: bool
) -> None:
    new = data.draw(st.lists(st.tuples(*[st.integers(600, 900).map(float)] * 2), max_size=4))
    where = data.draw(st.integers(1, len(line)))
    longer = line[:where] + tuple(new) + line[where:]
    for one, other in ((line, longer), (longer, line)):
        met = [
            (p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share)
            for p, q in paired(one, other, closed)
        ]
        assert set(line) <= set(met)


def test_one_point_taken_and_another_set_moves_no_other() -> None:
    a = ((0.0, 0.0), (10.0, 0.0), (20.0, 0.0), (30.0, 0.0), (40.0, 0.0))
    b = (a[0], a[2], a[3], (35.0, 9.0), a[4])
    halfway = between(Polyline(a), Polyline(b), 0.5)
    assert isinstance(halfway, Polyline)
    assert {a[0], a[2], a[3], a[4]} <= set(halfway.points)


@given(_LINES, _LINES)
def test_the_first_step_is_as_long_as_the_others(
    a: tuple[tuple[float, float], ...], b: tuple[tuple[float, float], ...]
) -> None:
    shown = [between(Polygon((a,)), Polygon((b,)), step / 8) for step in range(1, 8)]
    rings = [s.rings[0] for s in shown if isinstance(s, Polygon)]
    if a != b:
        assert len({len(ring) for ring in rings}) == 1
        for index in range(len(rings[0])):
            steps = [math.dist(x[index], y[index]) for x, y in pairwise(rings)]
            assert max(steps) - min(steps) < 1e-6


@given(st.floats(-720, 720), st.floats(-720, 720), _SHARES)
def test_turns_go_the_shorter_way(a: float, b: float, share: float) -> None:
    turned = between(RotatedBox(0, 0, 4, 2, a), RotatedBox(1, 0, 4, 2, b), share)
    round_ = between(Ellipse(0, 0, 4, 2, a), Ellipse(1, 0, 4, 2, b), share)
    assert isinstance(turned, RotatedBox)
    assert isinstance(round_, Ellipse)
    assert abs(turned.angle - a) <= 180 * share + 1e-6
    assert abs(round_.angle - a) <= 90 * share + 1e-6


def test_what_has_no_way_between_stays() -> None:
    mask = Mask(0, 0, 2, 2, (0, 4))
    assert between(mask, Box(0, 0, 1, 1), 0.5) is mask
    hidden = Skeleton((Joint(0, 0, 0), Joint(0, 0, 1)))
    seen = Skeleton((Joint(8, 8, 2), Joint(8, 8, 2)))
    assert between(hidden, seen, 0.5) == Skeleton((Joint(0, 0, 0), Joint(4, 4, 1)))


def test_a_track_is_there_from_its_first_keyframe_to_its_end() -> None:
    track = Track(
        id=TrackId("t"),
        label=LabelId("car"),
        attributes={"colour": "red"},
        end=40,
        keyframes=(
            Keyframe(frame=10, geometry=Box(0, 0, 10, 10), attributes={"door": "open"}),
            Keyframe(frame=20, geometry=Box(10, 0, 20, 10), outside=True),
            Keyframe(frame=30, geometry=Box(50, 0, 60, 10), occluded=True, proposed=True),
        ),
    )
    there = [frame for frame in range(50) if at(track, frame)]
    assert there == [*range(10, 20), *range(30, 40)]
    halfway, late = at(track, 15), at(track, 35)
    assert halfway is not None
    assert late is not None
    assert halfway.shape.geometry == Box(5, 0, 15, 10)
    assert halfway.shape.attributes == {"colour": "red", "door": "open"}
    assert (halfway.occluded, halfway.proposed, halfway.at_key) == (False, False, False)
    assert (late.occluded, late.proposed) == (True, True)
    assert late.shape.geometry == Box(50, 0, 60, 10)


@pytest.mark.parametrize("frame", [0, 3, 7])
def test_a_keyframe_shows_exactly_what_was_drawn(frame: int) -> None:
    shapes = {0: Box(0.1, 0.2, 7, 8), 3: Box(1 / 3, 0, 9, 9), 7: Box(2, 2, 3, 3)}
    keyframes = tuple(Keyframe(frame=at_, geometry=box) for at_, box in shapes.items())
    standing = at(Track(id=TrackId("t"), label=LabelId("a"), keyframes=keyframes), frame)
    assert standing is not None
    assert standing.shape.geometry == shapes[frame]
    assert standing.at_key
