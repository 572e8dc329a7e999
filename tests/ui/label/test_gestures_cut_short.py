from __future__ import annotations

import pytest
from fakes.label_hand import PLAIN, Hand, Left
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from studio.domain.geometry import Box, Polygon
from studio.ui.pages.label.page import LabelPage

SQUARE = Polygon((((10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0)),))


def _said(page: LabelPage) -> str:
    return " ".join(label.text() for label in page.window().findChildren(QLabel))


def test_delete_meets_the_shape_that_is_chosen_not_a_point_clicked_before(
    hand: Hand, page: LabelPage
) -> None:
    page.model.draw(Box(50, 40, 70, 55))
    page.model.draw(SQUARE)
    hand.click(10, 10)
    page.shapes.list.setCurrentIndex(page.shapes.rows.index(0))
    hand.press(Qt.Key.Key_Delete)
    assert [one.geometry for one in hand.shapes()] == [SQUARE]


def test_delete_leaves_a_point_alone_that_is_no_longer_there(hand: Hand, page: LabelPage) -> None:
    page.model.draw(SQUARE)
    hand.drag((20, 30), (20, 40))
    hand.click(20, 40)
    page.desk.session.project.undo()
    hand.press(Qt.Key.Key_Delete)
    assert hand.shapes() == []


def test_a_point_that_was_just_moved_is_the_one_deleted(hand: Hand, page: LabelPage) -> None:
    page.model.draw(SQUARE)
    hand.drag((30, 30), (40, 40))
    hand.press(Qt.Key.Key_Delete)
    assert hand.polygons() == [Polygon((((10.0, 10.0), (30.0, 10.0), (10.0, 30.0)),))]


@pytest.mark.parametrize("key", [Qt.Key.Key_Delete, Qt.Key.Key_Backspace])
def test_a_triangle_keeps_its_points_and_says_so(hand: Hand, page: LabelPage, key: Qt.Key) -> None:
    triangle = Polygon((((10.0, 10.0), (40.0, 10.0), (40.0, 40.0)),))
    page.model.draw(triangle)
    hand.click(10, 10)
    hand.press(key)
    assert hand.polygons() == [triangle]
    assert "Three points are the fewest" in _said(page)
    hand.click(32, 18)
    hand.press(Qt.Key.Key_Delete)
    assert hand.shapes() == []


def _let_go(hand: Hand, x: float, y: float) -> None:
    QTest.mouseRelease(hand.canvas, Left, PLAIN, hand.at(x, y))


def test_a_shape_that_undo_took_out_of_the_hand_stays_away(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    hand.drag((20, 20), (40, 30), let_go=False)
    hand.press(Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not page.canvas.tool.busy
    _let_go(hand, 40, 30)
    assert hand.shapes() == []
    assert hand.steps() == 0


def test_delete_in_the_middle_of_a_drag_deletes(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    hand.drag((20, 20), (40, 30), let_go=False)
    hand.press(Qt.Key.Key_Delete)
    _let_go(hand, 40, 30)
    assert hand.shapes() == []
    assert hand.steps() == 2


def test_delete_in_the_middle_of_a_new_box_gives_only_that_up(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    hand.press(Qt.Key.Key_B)
    hand.drag((40, 20), (60, 30), let_go=False)
    hand.press(Qt.Key.Key_Delete)
    _let_go(hand, 60, 30)
    assert hand.boxes() == [Box(10, 10, 30, 30)]


def test_a_label_given_in_the_middle_of_a_drag_stays(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    hand.drag((20, 20), (40, 30), let_go=False)
    hand.press(Qt.Key.Key_3)
    _let_go(hand, 40, 30)
    assert [one.label for one in hand.shapes()] == ["nut"]
    assert hand.boxes() == [Box(10, 10, 30, 30)]


def test_a_polygon_being_drawn_outlives_the_choice_of_a_label(hand: Hand, page: LabelPage) -> None:
    hand.press(Qt.Key.Key_P)
    hand.click(10, 10)
    hand.click(40, 10)
    hand.press(Qt.Key.Key_3)
    hand.click(40, 40)
    hand.press(Qt.Key.Key_Return)
    assert [one.label for one in hand.shapes()] == ["nut"]


@pytest.mark.parametrize("how", ["focus", "press", "tool", "page", "delete"])
def test_a_nudge_is_kept_when_its_key_comes_up_elsewhere(
    hand: Hand, page: LabelPage, how: str
) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    page.model.draw(Box(50, 40, 70, 55))
    QTest.keyPress(hand.canvas, Qt.Key.Key_Left)
    if how == "focus":
        page.shapes.list.setFocus()
    elif how == "press":
        hand.click(20, 20)
    elif how == "tool":
        hand.press(Qt.Key.Key_B)
    elif how == "page":
        page.desk.go("media")
    else:
        hand.press(Qt.Key.Key_Delete)
        page.desk.session.project.undo()
    assert hand.boxes() == [Box(10, 10, 30, 30), Box(49, 40, 69, 55)]
    assert hand.steps() == 3
