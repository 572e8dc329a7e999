from __future__ import annotations

import pytest
from fakes.canvas_hand import SHIFT, CanvasHand
from PySide6.QtCore import Qt

from studio.domain.geometry import GEOMETRY_KINDS, Box, Geometry, Points, Polygon, bounds
from studio.ui.canvas.tools.mask import BrushTool

K = Qt.Key


def go(hand: CanvasHand, dx: int, dy: int) -> None:
    """Move the crosshair by arrows alone, tens with Shift."""
    for way, keys in ((dx, (K.Key_Left, K.Key_Right)), (dy, (K.Key_Up, K.Key_Down))):
        key = keys[way > 0]
        for _ in range(abs(way) // 10):
            hand.key(key, held=SHIFT)
        for _ in range(abs(way) % 10):
            hand.key(key)


def points(hand: CanvasHand) -> None:
    for dx, dy in ((-10, -10), (20, 0), (0, 20)):
        go(hand, dx, dy)
        hand.key(K.Key_Space)


def dragged(hand: CanvasHand) -> None:
    go(hand, -10, -10)
    hand.key(K.Key_Space)
    go(hand, 15, 12)
    hand.key(K.Key_Space)


def twofold(hand: CanvasHand) -> None:
    dragged(hand)
    go(hand, 5, 7)
    hand.key(K.Key_Space)


def smooth(hand: CanvasHand) -> None:
    for dx, dy in ((-10, 0), (20, 0), (0, 15)):
        go(hand, dx, dy)
        hand.key(K.Key_Space)
        go(hand, 0, 5)
        hand.key(K.Key_Space)
    hand.key(K.Key_Return)


def closed(hand: CanvasHand) -> None:
    points(hand)
    hand.key(K.Key_Return)


def round_about(hand: CanvasHand) -> None:
    hand.key(K.Key_Right, K.Key_Space)
    for dx, dy in ((10, 0), (0, 10), (-10, 0)):
        go(hand, dx, dy)
    hand.key(K.Key_Space)


WAYS = {
    "box": dragged, "rotated_box": twofold, "polygon": closed, "polyline": closed,
    "points": points, "ellipse": dragged, "circle": dragged, "cuboid": twofold,
    "skeleton": dragged, "bezier": smooth, "brush": dragged, "lasso": round_about,
}  # fmt: skip


@pytest.mark.parametrize("tool", WAYS)
def test_every_kind_is_drawn_by_keys_alone(canvas_hand: CanvasHand, tool: str) -> None:
    BrushTool.radius = 8.0
    canvas_hand.take(tool)
    WAYS[tool](canvas_hand)
    kinds = {"brush": "mask", "lasso": "polygon"}
    drawn = [shape.geometry for shape in canvas_hand.shapes()]
    assert drawn
    assert {geometry.kind for geometry in drawn} == {kinds.get(tool, tool)}
    assert len(drawn) == (3 if tool == "points" else 1)
    assert not canvas_hand.view.tool.busy


def test_the_ways_cover_all_kinds_that_have_a_place() -> None:
    names = {"brush": "mask", "lasso": "polygon"}
    assert {names.get(tool, tool) for tool in WAYS} == set(GEOMETRY_KINDS) - {"tag"}


def test_the_crosshair_counts_pixels(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("box")
    dragged(canvas_hand)
    assert canvas_hand.only(Box) == Box(30, 20, 45, 32)


def test_the_crosshair_stays_in_view_and_on_the_picture(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("points")
    canvas_hand.view.zoom_by(4.0)
    go(canvas_hand, 60, 10)
    assert canvas_hand.view.hand.crosshair == (80, 40)
    x, y = canvas_hand.view.frame.to_widget((80, 40))
    assert 0 <= x <= canvas_hand.view.width()
    assert 0 <= y <= canvas_hand.view.height()
    canvas_hand.key(K.Key_Return)
    assert canvas_hand.only(Points) == Points(((80.0, 40.0),))


def test_escape_gives_up_then_hides_the_crosshair_then_deselects(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Box(1, 1, 9, 9))
    canvas_hand.take("box")
    go(canvas_hand, 5, 5)
    canvas_hand.key(K.Key_Space)
    go(canvas_hand, 5, 5)
    canvas_hand.key(K.Key_Escape)
    assert not canvas_hand.view.tool.busy
    assert canvas_hand.view.hand.crosshair is not None
    canvas_hand.key(K.Key_Escape)
    assert canvas_hand.view.hand.crosshair is None
    assert canvas_hand.model.selection
    canvas_hand.key(K.Key_Escape)
    assert canvas_hand.model.selection == ()
    assert len(canvas_hand.shapes()) == 1


def test_a_shape_is_chosen_and_moved_by_the_crosshair(canvas_hand: CanvasHand) -> None:
    shape = canvas_hand.model.draw(Polygon((((30.0, 20.0), (50.0, 20.0), (50.0, 40.0)),)))
    assert shape is not None
    canvas_hand.model.select(())
    go(canvas_hand, 5, -5)
    canvas_hand.key(K.Key_Space)
    assert canvas_hand.model.selection == (shape.id,)
    canvas_hand.key(K.Key_Space)
    canvas_hand.key(K.Key_Right)
    moved: Geometry = canvas_hand.shapes()[0].geometry
    assert bounds(moved) == Box(31, 20, 51, 40)


def test_without_a_crosshair_space_still_holds_the_picture(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("points")
    left = canvas_hand.view.frame.left
    canvas_hand.view.zoom_by(2.0)
    canvas_hand.key(K.Key_Space)
    assert canvas_hand.shapes() == []
    assert canvas_hand.view.frame.left != left
