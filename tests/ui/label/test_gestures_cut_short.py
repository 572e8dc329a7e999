from __future__ import annotations

import pytest
from fakes.label_hand import Hand
from PySide6.QtCore import Qt
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
    page.shapes.list.setCurrentRow(0)
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
