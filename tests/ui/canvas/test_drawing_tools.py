from __future__ import annotations

import math

import numpy as np
import pytest
from fakes.canvas_hand import ALT, CTRL, SHIFT, CanvasHand
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Joint,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
    area,
    contains,
    mask_area,
    pixels_of,
)
from studio.domain.labels import LabelSchema
from studio.paths import resources
from studio.ui.canvas.tools import TOOLS
from studio.ui.canvas.tools.mask import BrushTool

K = Qt.Key
SQUARE = ((10.0, 10.0), (40.0, 10.0), (40.0, 40.0), (10.0, 40.0))


@pytest.fixture(autouse=True)
def _same_brush() -> None:
    BrushTool.radius = 8.0


def test_each_tool_has_its_own_key_and_an_icon() -> None:
    assert len({tool.shortcut for tool in TOOLS}) == len(TOOLS)
    for tool in TOOLS:
        assert (resources() / "icons" / f"{tool.icon}.svg").exists()


def test_a_turned_box_stands_on_the_edge_that_was_dragged(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("rotated_box")
    canvas_hand.drag((20, 20), (35, 20), (40, 40))
    assert canvas_hand.shapes() == []
    canvas_hand.click((25, 45))
    box = canvas_hand.only(RotatedBox)
    assert min(math.dist(corner, (20, 20)) for corner in box.corners) < 0.15
    assert min(math.dist(corner, (40, 40)) for corner in box.corners) < 0.15
    assert box.angle == pytest.approx(45, abs=0.5)
    assert box.width == pytest.approx(math.hypot(20, 20), abs=0.2)
    # (25, 45) lies 20 / sqrt(2) beside the line through both ends.
    assert box.height == pytest.approx(20 / math.sqrt(2), abs=0.2)
    assert contains(box, (25, 35))
    assert canvas_hand.steps() == 1


def test_an_upright_box_is_turned_by_what_follows(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("rotated_box")
    canvas_hand.drag((30, 20), (40, 30), (50, 30), held=SHIFT)
    canvas_hand.click((55, 11), held=SHIFT)
    assert canvas_hand.only(RotatedBox) == RotatedBox(40.0, 25.0, 20.0, 10.0, 45.0)


def test_ellipse_and_circle(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("ellipse")
    canvas_hand.drag((10, 10), (30, 20), (50, 30))
    assert canvas_hand.only(Ellipse) == Ellipse(30.0, 20.0, 20.0, 10.0, 0.0)
    canvas_hand.drag((10, 10), (50, 30), held=SHIFT)
    assert canvas_hand.shapes()[1].geometry == Ellipse(20.0, 20.0, 10.0, 10.0, 0.0)
    canvas_hand.take("circle")
    canvas_hand.drag((40, 30), (43, 34))
    assert canvas_hand.shapes()[2].geometry == Circle(40.0, 30.0, 5.0)
    canvas_hand.drag((40, 30), (40, 30.1))
    assert len(canvas_hand.shapes()) == 3, "a slip of the hand"


def test_a_cuboid_is_a_face_and_then_its_depth(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("cuboid")
    canvas_hand.drag((10, 20), (20, 30), (30, 50))
    assert canvas_hand.shapes() == []
    canvas_hand.click((38, 46))
    cuboid = canvas_hand.only(Cuboid)
    assert cuboid.front == ((10, 20), (30, 20), (30, 50), (10, 50))
    assert cuboid.back == ((18, 16), (38, 16), (38, 46), (18, 46))
    canvas_hand.drag((10, 20), (30, 50))
    canvas_hand.key(K.Key_Escape)
    canvas_hand.click((60, 50))
    assert len(canvas_hand.shapes()) == 1


def test_a_skeleton_is_laid_out_pulled_and_hidden(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("skeleton")
    canvas_hand.drag((20, 10), (30, 30), (40, 50))
    assert canvas_hand.only(Skeleton) == Skeleton((Joint(30, 10), Joint(20, 30), Joint(40, 50)))
    canvas_hand.drag((20, 30), (15, 33), (12, 35))
    assert canvas_hand.only(Skeleton).joints[1] == Joint(12, 35)
    canvas_hand.click((40, 50), held=ALT)
    assert [one.visibility for one in canvas_hand.only(Skeleton).joints] == [2, 2, 1]
    canvas_hand.take("select")
    canvas_hand.click((40, 50))
    canvas_hand.key(K.Key_Period)
    assert [one.visibility for one in canvas_hand.only(Skeleton).joints] == [2, 2, 0]
    canvas_hand.drag((40, 50), (42, 48))
    assert canvas_hand.only(Skeleton).joints[2] == Joint(42, 48, 2)


def test_a_label_without_joints_says_so(canvas_hand: CanvasHand) -> None:
    said: list[str] = []
    plain = [one.model_copy(update={"skeleton": None}) for one in canvas_hand.model.schema.labels]
    canvas_hand.model.show(canvas_hand.model.item, LabelSchema(labels=tuple(plain)))
    canvas_hand.model.refused.connect(said.append)
    canvas_hand.take("skeleton")
    canvas_hand.drag((20, 10), (40, 50))
    assert canvas_hand.shapes() == []
    assert "no joints" in said[0]


def test_a_line_ends_at_a_double_click_and_stays_open(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("polyline")
    canvas_hand.click((10, 10), (20, 30))
    canvas_hand.click((50, 30))
    canvas_hand.key(K.Key_Backspace)
    canvas_hand.click((40, 10))
    canvas_hand.key(K.Key_Return)
    assert canvas_hand.only(Polyline).points == ((10, 10), (20, 30), (40, 10))


def test_points_are_put_one_by_one_or_together(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("points")
    canvas_hand.click((10, 10))
    canvas_hand.click((20, 15), held=SHIFT)
    assert canvas_hand.only(Points).points == ((10, 10), (20, 15))
    canvas_hand.click((30, 20))
    assert len(canvas_hand.shapes()) == 2


def test_a_curve_is_clicked_and_pulled_and_closed(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("bezier")
    canvas_hand.click((10, 30))
    canvas_hand.drag((30, 10), (35, 10), (40, 10))
    canvas_hand.click((50, 30))
    canvas_hand.drag((10, 30), (10, 25), (10, 22))
    curve = canvas_hand.only(Bezier)
    assert curve.closed
    assert len(curve.knots) == 3
    smooth = curve.knots[1]
    assert (smooth.in_x, smooth.in_y, smooth.out_x, smooth.out_y) == (20, 10, 40, 10)
    corner = curve.knots[2]
    assert (corner.in_x, corner.in_y) == (corner.x, corner.y) == (corner.out_x, corner.out_y)
    assert (curve.knots[0].in_x, curve.knots[0].in_y) == (10, 38)
    assert (curve.knots[0].out_x, curve.knots[0].out_y) == (10, 30)
    canvas_hand.click((60, 10), (70, 20))
    canvas_hand.key(K.Key_Return)
    second = canvas_hand.shapes()[1].geometry
    assert isinstance(second, Bezier)
    assert not second.closed


def test_a_ring_begun_with_shift_is_a_hole_or_a_part(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("polygon")
    canvas_hand.click(*SQUARE)
    canvas_hand.key(K.Key_Return)
    canvas_hand.click((20, 20), held=SHIFT)
    canvas_hand.click((30, 20), (30, 30))
    canvas_hand.key(K.Key_Return)
    holed = canvas_hand.only(Polygon)
    assert len(holed.rings) == 2
    assert area(holed) == pytest.approx(900 - 50)
    canvas_hand.click((60, 10), held=ALT)
    canvas_hand.click((70, 10), (70, 20))
    canvas_hand.key(K.Key_Return)
    assert area(canvas_hand.only(Polygon)) == pytest.approx(900 - 50 + 50)
    assert canvas_hand.steps() == 3
    canvas_hand.project.undo()
    assert len(canvas_hand.only(Polygon).rings) == 2


def test_a_ring_across_the_outline_is_joined_or_taken_away(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Polygon((SQUARE,)))
    canvas_hand.take("polygon")
    canvas_hand.click((50, 20), held=SHIFT)
    canvas_hand.click((50, 30), (30, 30), (30, 20))
    canvas_hand.key(K.Key_Return)
    assert area(canvas_hand.only(Polygon)) == pytest.approx(900 + 100)
    canvas_hand.click((15, 30), held=SHIFT)
    canvas_hand.click((15, 50), (25, 50), (25, 30))
    canvas_hand.key(K.Key_Return)
    assert area(canvas_hand.only(Polygon)) == pytest.approx(900 + 100 - 100)


def test_a_lasso_goes_round_with_few_points(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("lasso")
    turns = np.linspace(0, 2 * math.pi, 120)
    way = [(40 + 20 * math.cos(t), 30 + 20 * math.sin(t)) for t in turns]
    canvas_hand.drag(way[0], *way[1:])
    region = canvas_hand.only(Polygon)
    assert area(region) == pytest.approx(math.pi * 400, rel=0.02)
    assert len(region.rings[0]) < 60
    canvas_hand.drag((5, 5), (5.1, 5.1))
    assert len(canvas_hand.shapes()) == 1


def covered(mask: Mask) -> np.ndarray:
    whole = np.zeros((60, 80), bool)
    whole[mask.top : mask.top + mask.height, mask.left : mask.left + mask.width] = pixels_of(mask)
    return whole


def test_the_brush_paints_a_new_mask_then_into_it(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("brush")
    canvas_hand.drag((20, 30), (30, 30), (40, 30))
    x, y = np.arange(80)[None, :] + 0.5, np.arange(60)[:, None] + 0.5
    way = np.hypot(x - np.clip(x, 20, 40), y - 30) <= 8
    found = covered(canvas_hand.only(Mask))
    assert (found != way).sum() <= 0.02 * way.sum()
    canvas_hand.drag((60, 30), (60, 31))
    assert covered(canvas_hand.only(Mask))[30, 60], "the chosen mask is painted on"
    assert canvas_hand.steps() == 2
    canvas_hand.drag((40, 10), (41, 10), held=SHIFT)
    assert len(canvas_hand.shapes()) == 2, "with Shift a new one begins"


def test_the_rubber_takes_pixels_away_and_at_last_the_mask(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("brush")
    canvas_hand.drag((20, 30), (50, 30))
    before = mask_area(canvas_hand.only(Mask))
    canvas_hand.take("eraser")
    canvas_hand.drag((35, 30), (35.5, 30))
    after = canvas_hand.only(Mask)
    assert not covered(after)[30, 35]
    assert mask_area(after) == pytest.approx(before - math.pi * 64, abs=30)
    BrushTool.radius = 200.0
    canvas_hand.drag((35, 30), (36, 30))
    assert canvas_hand.shapes() == []
    canvas_hand.project.undo()
    assert canvas_hand.only(Mask) == after


def test_keys_and_the_wheel_change_the_brush(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("brush")
    canvas_hand.key(K.Key_BracketRight, K.Key_BracketRight)
    assert BrushTool.radius == pytest.approx(8 * 1.44)
    canvas_hand.key(K.Key_BracketLeft)
    zoom = canvas_hand.view.frame.zoom
    place = QPointF(300, 300)
    none, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    turn = QWheelEvent(place, place, QPoint(), QPoint(0, 120), none, ALT, phase, False)
    QApplication.sendEvent(canvas_hand.view, turn)
    assert BrushTool.radius == pytest.approx(8 * 1.44)
    assert canvas_hand.view.frame.zoom == zoom
    for _ in range(60):
        canvas_hand.key(K.Key_BracketLeft)
    assert BrushTool.radius == 0.5


def test_a_stylus_presses_the_brush_and_rubs_with_its_other_end(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("brush")
    canvas_hand.stylus((40, 30), 0.5)
    canvas_hand.press((40, 30))
    canvas_hand.let_go((40, 30))
    assert mask_area(canvas_hand.only(Mask)) == pytest.approx(math.pi * 16, rel=0.1)
    canvas_hand.stylus((40, 30), 1.0, rubber=True)
    canvas_hand.press((46, 30))
    canvas_hand.let_go((46, 30))
    assert 0 < mask_area(canvas_hand.only(Mask)) < math.pi * 10


def test_escape_and_undo_take_the_brush_away(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("brush")
    canvas_hand.press((20, 30))
    canvas_hand.move((40, 30))
    canvas_hand.key(K.Key_Escape)
    canvas_hand.let_go((40, 30))
    assert canvas_hand.shapes() == []
    canvas_hand.drag((20, 30), (40, 30))
    canvas_hand.press((60, 30))
    canvas_hand.move((65, 30))
    canvas_hand.project.undo()
    canvas_hand.let_go((70, 30))
    assert canvas_hand.shapes() == []


def test_ctrl_suspends_snapping(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Box(10, 10, 30, 30))
    canvas_hand.model.snapping.on = True
    canvas_hand.take("box")
    canvas_hand.drag((30.5, 30.5), (50, 50))
    assert canvas_hand.shapes()[1].geometry == Box(30, 30, 50, 50)
    canvas_hand.drag((30.5, 10.5), (50, 29.5), held=CTRL)
    free = canvas_hand.shapes()[2].geometry
    assert isinstance(free, Box)
    assert free.x0 == pytest.approx(30.5, abs=0.001)


def test_points_snap_to_edges_the_picture_and_pixels(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Polygon((((10.0, 10.0), (40.0, 40.0), (10.0, 40.0)),)))
    canvas_hand.model.snapping.on = True
    canvas_hand.take("points")
    canvas_hand.click((25.3, 24.7))
    put = canvas_hand.shapes()[1].geometry
    assert isinstance(put, Points)
    assert put.points[0][0] == pytest.approx(put.points[0][1], abs=1e-6)
    canvas_hand.click((79.5, 20))
    edge = canvas_hand.shapes()[2].geometry
    assert isinstance(edge, Points)
    assert edge.points[0][0] == 80.0
    canvas_hand.model.snapping.on, canvas_hand.model.snapping.pixels = False, True
    canvas_hand.click((60.4, 20.4))
    assert canvas_hand.shapes()[3].geometry == Points(((60.0, 20.0),))


def test_a_polygon_follows_the_border_of_its_neighbour(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Polygon((((10.0, 10.0), (30.0, 10.0), (35.0, 25.0), (30.0, 40.0)),)))
    canvas_hand.model.snapping.shared = True
    canvas_hand.take("polygon")
    canvas_hand.click((30.3, 10.2), (30.2, 40.1), (60, 40), (60, 10))
    canvas_hand.key(K.Key_Return)
    second = canvas_hand.shapes()[1].geometry
    assert second == Polygon(
        (((30.0, 10.0), (35.0, 25.0), (30.0, 40.0), (60.0, 40.0), (60.0, 10.0)),)
    )
