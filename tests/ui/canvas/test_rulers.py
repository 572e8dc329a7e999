from __future__ import annotations

from fakes.canvas_hand import CanvasHand
from hypothesis import given
from hypothesis import strategies as st

from studio.ui.canvas.frame import LARGEST, SMALLEST
from studio.ui.canvas.rulers import GRID, RULERS, step_of


@given(st.floats(SMALLEST, LARGEST))
def test_numbers_of_a_ruler_are_round_and_stand_neither_close_nor_lost(zoom: float) -> None:
    step = step_of(zoom)
    assert str(step).rstrip("0") in ("1", "2", "5")
    assert step * zoom >= 72 - 1e-6
    assert step == 1 or step * zoom <= 72 * 2.5 + 1e-6


def test_rulers_and_grid_are_seen_only_while_they_are_wanted(canvas_hand: CanvasHand) -> None:
    view = canvas_hand.view
    said: list[str] = []
    kept: list[tuple[str, bool]] = []
    rulers, grid = view.rulers.commands(
        lambda: True, said.append, lambda name, on: kept.append((name, on))
    )
    plain = view.grab().toImage()
    for one in (rulers, grid):
        one.run()
        assert view.grab().toImage() != plain
        one.run()
        assert view.grab().toImage() == plain
    assert len(said) == 4
    assert kept[:2] == [(RULERS, True), (RULERS, False)]
    assert kept[2:] == [(GRID, True), (GRID, False)]
