"""Things are followed through films whose every move is known."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Polygon as Outline

from studio.api.trackers import Seen, Tracker
from studio.domain.geometry import (
    Box,
    Geometry,
    Points,
    Polygon,
    RotatedBox,
    strands,
)
from studio.domain.geometry.placing import Similarity, placed
from studio.paths import builtin_plugins
from tests.fakes.moving import THING, around, frame, frames, iou, path

sys.path.append(str(builtin_plugins() / "tracking"))

from studio_tracking.flow import FlowTracker
from studio_tracking.linking import OverlapLinker
from studio_tracking.template import TemplateTracker

TURNED = RotatedBox(*THING.centre, THING.width, THING.height, 0.0)
DRAWN = Polygon((((45.0, 65.0), (95.0, 62.0), (98.0, 105.0), (50.0, 100.0)),))


def overlap(a: Geometry, b: Geometry) -> float:
    one, other = (Outline(strands(g)[0].points) for g in (a, b))
    return float(one.intersection(other).area / one.union(other).area)


def followed(
    kind: type[Tracker], geometry: Geometry, motion: Callable[[int], Similarity | None], count: int
) -> list[Geometry]:
    tracker = kind()
    first, *rest = frames(count, motion)
    tracker.begin(first, geometry)
    found: list[Geometry] = []
    for picture in rest:
        one = tracker.next(picture)
        if one is None:
            break
        assert 0 <= one.score <= 1
        found.append(one.geometry)
    return found


@pytest.mark.parametrize("geometry", [THING, TURNED, DRAWN], ids=lambda one: one.kind)
@pytest.mark.parametrize(
    ("kind", "turn", "grow"),
    [
        (FlowTracker, 0.0, 0.0),
        (FlowTracker, 0.6, 0.0),
        (FlowTracker, 0.5, -0.002),
        (TemplateTracker, 0.0, 0.0),
        (TemplateTracker, 0.0, 0.003),
    ],
)
def test_a_thing_is_still_held_after_a_hundred_frames(
    kind: type[Tracker], turn: float, grow: float, geometry: Geometry
) -> None:
    found = followed(kind, geometry, lambda n: path(n, turn, grow), 101)
    assert len(found) == 100
    shares = [
        overlap(one, placed(geometry, path(number, turn, grow)))
        for number, one in enumerate(found, 1)
    ]
    assert min(shares) > 0.85


def test_points_go_with_the_thing() -> None:
    points = Points(((50.0, 70.0), (90.0, 100.0)))
    found = followed(FlowTracker, points, lambda n: path(n, 0.4), 61)
    goal = placed(points, path(60, 0.4))
    assert isinstance(goal, Points)
    assert isinstance(found[-1], Points)
    assert np.abs(np.array(found[-1].points) - goal.points).max() < 2.5


@pytest.mark.parametrize("kind", [FlowTracker, TemplateTracker])
def test_what_is_gone_is_lost_and_not_made_up(kind: type[Tracker]) -> None:
    assert len(followed(kind, THING, lambda n: path(n) if n < 20 else None, 40)) in (19, 20)


@pytest.mark.parametrize("kind", [FlowTracker, TemplateTracker])
@pytest.mark.parametrize("geometry", [THING, Box(-50, -50, -10, -10), Box(5, 5, 5, 5)])
def test_where_there_is_nothing_to_see_nothing_breaks(
    kind: type[Tracker], geometry: Geometry
) -> None:
    tracker = kind()
    flat = np.full((240, 320, 3), 90, np.uint8)
    tracker.begin(flat, geometry)
    one = tracker.next(flat)
    assert one is None or one.geometry.kind == geometry.kind
    other = kind()
    other.begin(frame(path(0)), geometry)
    other.next(np.zeros((100, 100, 3), np.uint8))


@given(
    st.floats(-3, 3), st.floats(-3, 3), st.floats(-99, 99), st.floats(-99, 99),
    st.lists(st.tuples(st.floats(-99, 99), st.floats(-99, 99)), min_size=1, max_size=5),
)  # fmt: skip
def test_a_similarity_moves_points_as_opencv_does(
    a: float, b: float, dx: float, dy: float, points: list[tuple[float, float]]
) -> None:
    by = Similarity(a, b, dx, dy)
    placed_points = placed(Points(tuple(points)), by)
    assert isinstance(placed_points, Points)
    matrix = np.array([[a, -b, dx], [b, a, dy]])
    oracle = cv2.transform(np.array([points]), matrix)[0]
    np.testing.assert_allclose(np.array(placed_points.points), oracle, atol=1e-6)
    turned = placed(TURNED, by)
    if by.scale > 1e-3:
        assert isinstance(turned, RotatedBox)
        corners = cv2.transform(np.array([TURNED.corners]), matrix)[0]
        np.testing.assert_allclose(np.array(turned.corners), corners, atol=1e-6)


def crossing(count: int, things: int) -> list[Seen]:
    return [
        Seen(n, t, Box(6 * n + 3 * t, 40 * t, 6 * n + 3 * t + 30, 40 * t + 30), "car", 0.9)
        for n in range(count)
        for t in range(things)
    ]


def test_findings_are_joined_as_the_best_pairing_says() -> None:
    """Of all ways to pair two frames the greatest overlap in sum wins, by trying them all."""
    rng = np.random.default_rng(3)
    for _ in range(40):
        sizes = rng.integers(1, 5, 2)
        seen = []
        for number, size in enumerate(sizes):
            for at in range(size):
                x, y = rng.uniform(0, 40, 2)
                seen.append(Seen(number, at, Box(x, y, x + 30, y + 30), "car", 1.0))
        first, second = ([s for s in seen if s.frame == n] for n in (0, 1))

        def gain(a: Seen, b: Seen) -> float:
            share = iou(a.box, b.box)
            return share if share >= 0.3 else 0.0

        few, many = sorted((first, second), key=len)
        best = max(
            sum(gain(a, b) for a, b in zip(few, choice, strict=True))
            for choice in itertools.permutations(many, len(few))
        )
        chains = OverlapLinker().link(seen)
        got = sum(gain(chain[0], chain[1]) for chain in chains if len(chain) == 2)
        assert got == pytest.approx(best)
        assert sorted(map(id, itertools.chain(*chains))) == sorted(map(id, seen))


def test_a_thing_that_was_missed_for_some_frames_stays_one() -> None:
    seen = [one for one in crossing(20, 3) if not (one.number == 1 and 8 <= one.frame < 11)]
    chains = OverlapLinker().link(list(reversed(seen)))
    assert [{one.number for one in chain} for chain in chains] == [{0}, {1}, {2}]
    assert all(a.frame < b.frame for chain in chains for a, b in itertools.pairwise(chain))


def test_labels_are_joined_each_by_itself() -> None:
    seen = [
        Seen(n, at, Box(n, 0, n + 30, 30), label, 1.0)
        for n in range(5)
        for at, label in enumerate(("car", "bus"))
    ]
    chains = OverlapLinker().link(seen)
    assert sorted({one.label for one in chain} == {chain[0].label} for chain in chains)
    assert len(chains) == 2


def test_the_box_around_the_thing_is_where_the_film_shows_it() -> None:
    """The films of these tests are true themselves: the thing is bright where it should be."""
    by = path(40, 0.5)
    with_it, without = (frame(one, noise=0.0)[:, :, 0].astype(int) for one in (by, None))
    rows, columns = np.nonzero(np.abs(with_it - without) > 12)
    box = around(by)
    np.testing.assert_allclose(
        (columns.min(), rows.min(), columns.max() + 1, rows.max() + 1),
        (box.x0, box.y0, box.x1, box.y1),
        atol=3,
    )
