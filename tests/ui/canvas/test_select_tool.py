from __future__ import annotations

import pytest
from fakes.canvas_hand import ALT, SHIFT, CanvasHand
from PySide6.QtCore import Qt

from studio.domain.geometry import (
    Bezier,
    Box,
    Circle,
    Cuboid,
    Ellipse,
    Geometry,
    Knot,
    Mask,
    Point,
    Polygon,
    Polyline,
    RotatedBox,
    bounds,
)
from studio.domain.geometry.grips import grips_of
from studio.domain.labels import SetShapes
from studio.ui.canvas.tools.grips import grips_on

K = Qt.Key
FACE = ((20.0, 20.0), (40.0, 20.0), (40.0, 40.0), (20.0, 40.0))
CURVE = Bezier((Knot(20, 30, 20, 40, 20, 20), Knot(50, 30, 50, 20, 50, 40)))


@pytest.mark.parametrize(
    ("geometry", "start", "end", "after"),
    [
        (Box(20, 20, 40, 40), (40, 40), (50, 45), Box(20, 20, 50, 45)),
        (RotatedBox(40, 30, 20, 10, 90), (40, 40), (40, 50), RotatedBox(40, 35, 30, 10, 90)),
        (Ellipse(40, 30, 20, 10), (60, 30), (50, 30), Ellipse(40, 30, 10, 10)),
        (Circle(40, 30, 10), (50, 30), (40, 15), Circle(40, 30, 15)),
        (
            Cuboid(FACE, tuple((x + 10, y - 10) for x, y in FACE)),
            (20, 40),
            (15, 45),
            Cuboid(
                ((15, 20), (40, 20), (40, 45), (15, 45)), tuple((x + 10, y - 10) for x, y in FACE)
            ),
        ),
        (Polyline(((20, 20), (40, 40))), (40, 40), (60, 20), Polyline(((20, 20), (60, 20)))),
        (
            CURVE,
            (20, 20),
            (30, 30),
            Bezier((Knot(20, 30, 10, 30, 30, 30), Knot(50, 30, 50, 20, 50, 40))),
        ),
    ],
)
def test_a_grip_of_each_kind_is_pulled(
    canvas_hand: CanvasHand, geometry: Geometry, start: Point, end: Point, after: Geometry
) -> None:
    canvas_hand.model.draw(geometry)
    canvas_hand.drag(start, end)
    found = canvas_hand.shapes()[0].geometry
    assert type(found) is type(after)
    places = [grip.place for grip in grips_of(found)]
    wanted = [grip.place for grip in grips_of(after)]
    assert [value for place in places for value in place] == pytest.approx(
        [value for place in wanted for value in place], abs=1e-6
    )
    assert canvas_hand.steps() == 2


def test_a_turn_is_held_at_fifteen_degrees_with_shift(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(RotatedBox(40, 35, 30, 10))
    grips = grips_on(RotatedBox(40, 35, 30, 10), canvas_hand.view.frame)
    turn = next(grip.place for grip in grips if grip.kind == "turn")
    canvas_hand.drag(turn, (50, 26), held=SHIFT)
    assert canvas_hand.only(RotatedBox).angle == 45.0
    canvas_hand.project.undo()
    canvas_hand.drag(turn, (50, 26))
    assert canvas_hand.only(RotatedBox).angle == pytest.approx(48.0, abs=0.2)


def test_a_point_of_a_line_is_put_in_and_taken_out(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Polyline(((20, 20), (40, 20))))
    canvas_hand.drag((30, 20), (30, 30))
    assert canvas_hand.only(Polyline).points == ((20, 20), (30, 30), (40, 20))
    canvas_hand.key(K.Key_Delete)
    assert canvas_hand.only(Polyline).points == ((20, 20), (40, 20))
    canvas_hand.drag((30, 20), (30, 30))
    canvas_hand.click((20, 20), held=ALT)
    assert canvas_hand.only(Polyline).points == ((30, 30), (40, 20))


def test_tab_walks_over_shapes_and_leaves_after_the_last(canvas_hand: CanvasHand) -> None:
    for x in (5, 25, 45):
        canvas_hand.model.draw(Box(x, 10, x + 15, 40))
    ids = [shape.id for shape in canvas_hand.shapes()]
    canvas_hand.model.select(())
    seen = []
    for _ in ids:
        canvas_hand.key(K.Key_Tab)
        seen += canvas_hand.model.selection
    assert seen == ids
    canvas_hand.key(K.Key_Tab, held=SHIFT)
    assert canvas_hand.model.selection == (ids[1],)
    canvas_hand.key(K.Key_Right, K.Key_Right)
    assert bounds(canvas_hand.shapes()[1].geometry) == Box(27, 10, 42, 40)
    canvas_hand.key(K.Key_Down, held=SHIFT)
    assert bounds(canvas_hand.shapes()[1].geometry) == Box(27, 20, 42, 50)


def test_enter_and_arrows_move_a_point_without_the_mouse(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Polygon((FACE,)))
    canvas_hand.key(K.Key_Return, K.Key_Tab, K.Key_Right)
    assert canvas_hand.only(Polygon).rings[0][1] == (41, 20)
    canvas_hand.key(K.Key_Up, held=SHIFT)
    assert canvas_hand.only(Polygon).rings[0][1] == (41, 10)
    canvas_hand.key(K.Key_Tab, K.Key_Delete)
    assert len(canvas_hand.only(Polygon).rings[0]) == 3
    canvas_hand.key(K.Key_Return, K.Key_Escape, K.Key_Left)
    assert canvas_hand.only(Polygon).rings[0][0] == (19, 20)
    assert canvas_hand.only(Polygon).rings[0][1] == (40, 10)


def test_a_locked_shape_is_not_changed(canvas_hand: CanvasHand) -> None:
    said: list[str] = []
    canvas_hand.model.refused.connect(said.append)
    shape = canvas_hand.model.draw(Polygon((FACE,)))
    assert shape is not None
    assert canvas_hand.model.item is not None
    locked = shape.model_copy(update={"locked": True})
    canvas_hand.project.perform(
        SetShapes(media=canvas_hand.model.item.id, before=(shape,), after=(locked,))
    )
    canvas_hand.model.select([shape.id])
    canvas_hand.drag((30, 30), (40, 30))
    canvas_hand.drag((20, 20), (10, 10))
    canvas_hand.drag((30, 20), (30, 10))
    canvas_hand.click((20, 20), held=ALT)
    canvas_hand.model.select([shape.id])
    canvas_hand.key(K.Key_Right, K.Key_Return, K.Key_Delete)
    canvas_hand.model.delete()
    canvas_hand.model.move(3, 3)
    canvas_hand.model.relabel(canvas_hand.model.schema.labels[1].id)
    canvas_hand.take("lasso")
    canvas_hand.model.select([shape.id])
    assert canvas_hand.shapes() == [locked]
    assert any("locked" in text for text in said)


def test_a_locked_mask_is_not_painted(canvas_hand: CanvasHand) -> None:
    canvas_hand.take("brush")
    canvas_hand.drag((20, 30), (30, 30))
    (shape,) = canvas_hand.shapes()
    assert canvas_hand.model.item is not None
    locked = shape.model_copy(update={"locked": True})
    canvas_hand.project.perform(
        SetShapes(media=canvas_hand.model.item.id, before=(shape,), after=(locked,))
    )
    canvas_hand.model.select([shape.id])
    canvas_hand.drag((40, 30), (50, 30))
    canvas_hand.take("eraser")
    canvas_hand.drag((20, 30), (30, 30))
    assert canvas_hand.shapes() == [locked]
    assert isinstance(shape.geometry, Mask)


def test_shared_points_move_together(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Polygon((FACE,)))
    canvas_hand.model.draw(Polygon((((40.0, 20.0), (60.0, 20.0), (40.0, 40.0)),)))
    canvas_hand.drag((40, 40), (45, 50))
    first, second = (shape.geometry for shape in canvas_hand.shapes())
    assert first == Polygon((FACE,))
    canvas_hand.project.undo()
    canvas_hand.model.snapping.shared = True
    steps = canvas_hand.steps()
    canvas_hand.drag((40, 40), (45, 50))
    first, second = (shape.geometry for shape in canvas_hand.shapes())
    assert isinstance(first, Polygon)
    assert isinstance(second, Polygon)
    assert first.rings[0][2] == second.rings[0][2] == (45, 50)
    canvas_hand.project.undo()
    assert canvas_hand.steps() == steps
    first, second = (shape.geometry for shape in canvas_hand.shapes())
    assert isinstance(second, Polygon)
    assert first == Polygon((FACE,))
    assert second.rings[0][2] == (40, 40)


def test_a_moved_shape_snaps_by_its_corners(canvas_hand: CanvasHand) -> None:
    canvas_hand.model.draw(Box(10, 10, 30, 30))
    canvas_hand.model.draw(Box(50, 10, 60, 30))
    canvas_hand.model.snapping.on = True
    canvas_hand.drag((55, 20), (40, 20), (35.4, 20.3))
    assert canvas_hand.shapes()[1].geometry == Box(30, 10, 40, 30)
