from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import Polygon, bounds
from studio.domain.geometry.grips import grips_of
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.tools import grips as on_screen
from studio.ui.canvas.tools.grips import _REACH, _laid, _seen, grip_near
from studio.ui.canvas.tools.tool import Stroke


def star(points: int, seed: int = 0) -> Polygon:
    chance = random.Random(seed)
    turns = (number * math.tau / points for number in range(points))
    ring = [
        (400 + chance.uniform(200, 380) * math.cos(t), 300 + chance.uniform(90, 280) * math.sin(t))
        for t in turns
    ]
    return Polygon((tuple(ring),))


STAR = star(3000)


@given(st.floats(0, 800), st.floats(0, 600), st.sampled_from((0.05, 0.5, 1.0, 8.0)))
def test_the_grip_that_is_taken_is_the_first_within_reach(x: float, y: float, zoom: float) -> None:
    stroke = Stroke((x, y), Frame(zoom))
    box = bounds(STAR)
    assert box is not None
    reach = min(_REACH, max(2.0, min(box.width, box.height) * zoom / 4))
    walked = (one for one in grips_of(STAR, 24 / zoom) if stroke.near(one.place, reach))
    assert grip_near(STAR, stroke) == next(walked, None)


def test_grips_that_hide_others_are_drawn_and_those_are_not() -> None:
    frame = Frame(0.5)
    laid = _laid(STAR, frame)
    drawn = _seen(laid, frame, laid.grips[7])
    assert 100 < len(drawn) < len(laid.grips) / 2
    assert laid.grips[7] in drawn
    # From near by they lie apart.
    near = Frame(8.0)
    assert len(_seen(_laid(STAR, near), near, None)) > 5000


def test_grips_of_a_long_outline_are_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []

    def counted(*said: object) -> object:
        made.append(said)
        return grips_of(*said)  # type: ignore[arg-type]

    monkeypatch.setattr(on_screen, "grips_of", counted)
    long = star(20_000)
    for x in range(50):
        grip_near(long, Stroke((400 + x, 300), Frame(1.0)))
    assert len(made) == 1
    grip_near(star(20_000, 1), Stroke((400, 300), Frame(1.0)))
    assert len(made) == 2
