from __future__ import annotations

from fakes.label_hand import PLAIN, Hand, Left
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.domain.geometry import Box
from studio.domain.labels import LabelId
from studio.ui.pages.label.page import LabelPage


def _click(page: LabelPage, row: int) -> None:
    rows = page.labels.list
    QTest.mouseClick(rows.viewport(), Left, PLAIN, rows.visualItemRect(rows.item(row)).center())


def test_a_click_on_the_current_label_gives_it_to_the_chosen_shape(
    hand: Hand, page: LabelPage
) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    chosen = page.model.selection
    page.model.select(())
    hand.press(Qt.Key.Key_2)
    page.model.select(chosen)
    _click(page, 1)
    assert [one.label for one in hand.shapes()] == ["cap"]
    _click(page, 1)
    assert hand.steps() == 2


def test_arrows_in_the_labels_list_relabel_nothing_on_their_way(
    hand: Hand, page: LabelPage
) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    page.labels.list.setFocus()
    QTest.keyClick(page.labels.list, Qt.Key.Key_Down)
    QTest.keyClick(page.labels.list, Qt.Key.Key_Down)
    assert page.model.label == LabelId("nut")
    assert [one.label for one in hand.shapes()] == ["bolt"]
    QTest.keyClick(page.labels.list, Qt.Key.Key_Return)
    assert [one.label for one in hand.shapes()] == ["nut"]
    assert hand.steps() == 2
