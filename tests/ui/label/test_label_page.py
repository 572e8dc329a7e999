from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from fakes.label_hand import PLAIN, SHIFT, Hand, Left, near, run
from fakes.open_project import Opener
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import Box, Polygon, Tag
from studio.domain.labels import LabelId, LabelSchema
from studio.ui.pages.label.page import LabelPage
from studio.ui.window import Window

Until = Callable[[Callable[[], object]], None]


def test_a_box_is_drawn_with_one_drag_and_one_edit(hand: Hand, page: LabelPage) -> None:
    hand.press(Qt.Key.Key_B)
    assert page.canvas.tool.id == "box"
    hand.drag((10, 10), (40, 30))
    assert len(hand.boxes()) == 1
    assert near(hand.boxes()[0], 10, 10, 40, 30)
    assert hand.steps() == 1
    assert page.shapes.rows.rowCount() == 1


def test_shift_makes_the_box_square_and_the_edge_of_the_picture_holds_it(hand: Hand) -> None:
    hand.press(Qt.Key.Key_B)
    hand.drag((10, 10), (40, 20), SHIFT)
    assert near(hand.boxes()[0], 10, 10, 20, 20)
    hand.drag((70, 50), (88, 66))
    assert near(hand.boxes()[1], 70, 50, 80, 60)


def test_escape_leaves_no_trace_of_any_gesture(hand: Hand, page: LabelPage) -> None:
    hand.press(Qt.Key.Key_B)
    hand.drag((10, 10), (40, 30), let_go=False)
    hand.press(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.canvas, Left, PLAIN, hand.at(40, 30))
    hand.press(Qt.Key.Key_P)
    for point in ((10, 10), (40, 10), (40, 30)):
        hand.click(*point)
    hand.press(Qt.Key.Key_Escape)
    assert hand.shapes() == []
    assert hand.steps() == 0
    page.model.draw(Box(10, 10, 40, 30))
    hand.press(Qt.Key.Key_V)
    hand.drag((20, 20), (30, 30), let_go=False)
    hand.press(Qt.Key.Key_Escape)
    QTest.mouseRelease(hand.canvas, Left, PLAIN, hand.at(30, 30))
    assert near(hand.boxes()[0], 10, 10, 40, 30)
    assert hand.steps() == 1
    assert not page.model.lifted


@pytest.mark.parametrize("how", ["enter", "first point", "double click"])
def test_a_polygon_is_closed_in_three_ways(hand: Hand, how: str) -> None:
    hand.press(Qt.Key.Key_P)
    for point in ((10, 10), (40, 10), (70, 50), (40, 40)):
        hand.click(*point)
    hand.press(Qt.Key.Key_Backspace)
    if how == "enter":
        hand.press(Qt.Key.Key_Return)
    elif how == "first point":
        hand.click(10, 10)
    else:
        QTest.mouseDClick(hand.canvas, Left, PLAIN, hand.at(70, 50))
    assert len(hand.shapes()) == 1
    geometry = hand.shapes()[0].geometry
    assert isinstance(geometry, Polygon)
    assert len(geometry.rings[0]) == 3
    assert hand.steps() == 1


def test_shapes_are_chosen_moved_and_resized(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    page.model.draw(Box(40, 30, 60, 50))
    page.model.select(())
    hand.click(20, 20)
    assert len(page.model.selection) == 1
    hand.click(50, 40, SHIFT)
    assert len(page.model.selection) == 2
    hand.click(70, 5)
    assert page.model.selection == ()
    hand.drag((20, 20), (30, 25))
    assert near(hand.boxes()[0], 20, 15, 40, 35)
    hand.drag((40, 35), (45, 55))
    assert near(hand.boxes()[0], 20, 15, 45, 55)
    assert hand.steps() == 4
    hand.drag((2, 2), (65, 58))
    assert len(page.model.selection) == 2


def test_points_of_a_polygon_are_moved_put_in_and_deleted(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Polygon((((10.0, 10.0), (60.0, 10.0), (10.0, 50.0)),)))
    hand.drag((60, 10), (70, 15))
    hand.drag((10, 30), (4, 30))
    geometry = hand.shapes()[0].geometry
    assert isinstance(geometry, Polygon)
    assert len(geometry.rings[0]) == 4
    hand.click(70, 15)
    hand.press(Qt.Key.Key_Delete)
    geometry = hand.shapes()[0].geometry
    assert isinstance(geometry, Polygon)
    assert len(geometry.rings[0]) == 3
    assert hand.steps() == 4


def test_a_held_arrow_nudges_and_is_one_edit(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    for _ in range(3):
        QTest.keyPress(hand.canvas, Qt.Key.Key_Right)
    QTest.keyRelease(hand.canvas, Qt.Key.Key_Right)
    hand.press(Qt.Key.Key_Down, SHIFT)
    assert hand.boxes() == [Box(13, 20, 33, 40)]
    assert hand.steps() == 3


def test_copy_paste_duplicate_and_delete(hand: Hand, page: LabelPage) -> None:
    control = Qt.KeyboardModifier.ControlModifier
    page.model.draw(Box(10, 10, 30, 30))
    hand.press(Qt.Key.Key_C, control)
    hand.press(Qt.Key.Key_V, control)
    assert hand.boxes()[1] == Box(20, 20, 40, 40)
    hand.press(Qt.Key.Key_D, control)
    assert len(hand.boxes()) == 3
    hand.press(Qt.Key.Key_A, control)
    hand.press(Qt.Key.Key_X, control)
    assert hand.boxes() == []
    hand.press(Qt.Key.Key_D)
    hand.press(Qt.Key.Key_V, control)
    assert len(hand.boxes()) == 3
    hand.press(Qt.Key.Key_Delete)
    assert hand.boxes() == []
    assert hand.steps() == 6


def test_undo_and_redo_show_at_once(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    page.desk.session.project.undo()
    assert len(page.model.table) == 0
    assert page.shapes.rows.rowCount() == 0
    page.desk.session.project.redo()
    assert len(page.model.table) == 1


def test_zooms_to_the_pointer_pans_and_fits(hand: Hand, page: LabelPage) -> None:
    before = page.canvas.frame
    spot = QPointF(hand.at(60, 20))
    held = page.canvas.frame.to_picture((spot.x(), spot.y()))
    wheel = QWheelEvent(
        spot, page.canvas.mapToGlobal(spot), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton,
        PLAIN, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(page.canvas, wheel)
    assert page.canvas.frame.zoom > before.zoom
    again = page.canvas.frame.to_picture((spot.x(), spot.y()))
    assert abs(again[0] - held[0]) < 1e-6
    QTest.keyPress(page.canvas, Qt.Key.Key_Space)
    hand.drag((40, 30), (50, 30))
    QTest.keyRelease(page.canvas, Qt.Key.Key_Space)
    assert page.canvas.frame.left != before.left
    assert hand.steps() == 0
    hand.press(Qt.Key.Key_0)
    assert page.canvas.frame.zoom == pytest.approx(1.0)
    hand.press(Qt.Key.Key_F)
    assert page.canvas.frame == before


def test_walks_over_the_pictures_and_to_the_next_unlabelled(
    hand: Hand, page: LabelPage, until: Until
) -> None:
    items = page.desk.session.project.state.media.items
    hand.press(Qt.Key.Key_D)
    assert page.model.item == items[1]
    page.model.draw(Box(1, 1, 30, 30))
    hand.press(Qt.Key.Key_A)
    assert page.model.item == items[0]
    hand.press(Qt.Key.Key_N)
    assert page.model.item == items[2]
    page.focus_on(media=items[7].id)
    assert page.model.item == items[7]
    assert page.pictures.list.currentIndex().row() == 7
    until(lambda: page.canvas.picture.ready)


def test_the_unlabelled_filter_goes_on_by_itself(hand: Hand, page: LabelPage) -> None:
    items = page.desk.session.project.state.media.items
    page.pictures.unlabelled.click()
    page.model.draw(Box(1, 1, 30, 30))
    assert page.pictures.model.rowCount() == 11
    hand.press(Qt.Key.Key_D)
    assert page.model.item == items[1]
    hand.press(Qt.Key.Key_D)
    assert page.model.item == items[2]


def test_number_keys_choose_the_label_and_relabel(hand: Hand, page: LabelPage) -> None:
    hand.press(Qt.Key.Key_2)
    assert page.model.label == LabelId("cap")
    page.model.draw(Box(1, 1, 30, 30))
    hand.press(Qt.Key.Key_3)
    assert hand.shapes()[0].label == "nut"


def test_labels_are_added_renamed_and_removed(page: LabelPage) -> None:
    page.labels.name.setText("washer")
    QTest.keyClick(page.labels.name, Qt.Key.Key_Return)
    schema = page.desk.session.project.state.schema
    assert schema.names == ["bolt", "cap", "nut", "washer"]
    assert page.model.label == "washer"
    page.labels.list.item(3).setText("ring")
    assert page.desk.session.project.state.schema.names[3] == "ring"
    page.labels.list.item(3).setText("cap")
    assert page.labels.list.item(3).text() == "ring"
    run(page, "label.remove")
    assert page.desk.session.project.state.schema.names == ["bolt", "cap", "nut"]


def test_tags_stand_for_the_whole_picture(hand: Hand, page: LabelPage) -> None:
    page.tags.list.item(1).setCheckState(Qt.CheckState.Checked)
    assert [one.geometry for one in hand.shapes()] == [Tag()]
    page.tags.list.item(1).setCheckState(Qt.CheckState.Unchecked)
    assert hand.shapes() == []


def test_the_list_of_shapes_chooses_as_the_canvas_does(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(1, 1, 30, 30))
    page.model.draw(Box(40, 1, 70, 30))
    page.shapes.list.setFocus()
    QTest.keyClick(page.shapes.list, Qt.Key.Key_Up)
    assert page.model.selection == (hand.shapes()[0].id,)
    QTest.keyClick(page.shapes.list, Qt.Key.Key_Delete)
    assert len(hand.boxes()) == 1


def test_without_labels_it_asks_for_one(page: LabelPage, hand: Hand) -> None:
    project = page.desk.session.project
    project.state.schema = LabelSchema()
    page._refresh()
    page.model.draw(Box(1, 1, 30, 30))
    assert hand.shapes() == []
    assert page.labels.name.hasFocus()


def test_without_pictures_it_leads_to_the_media(
    window: Window, opener: Opener, tmp_path: Path
) -> None:
    window.open(tmp_path / "none")
    assert window.desk is not None
    window.desk.go("label")
    page = window.desk.stack.currentWidget()
    assert isinstance(page, LabelPage)
    QTest.mouseClick(page._empty.button, Left)
    assert window.desk.stack.current_id == "media"
