"""Shapes and labels are hidden by keys, and come back."""

from __future__ import annotations

from fakes.label_hand import Hand
from PySide6.QtCore import Qt

from studio.domain.geometry import Box

SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
EVERYWHERE = Box(-1, -1, 9999, 9999)


def listed(hand: Hand) -> list[str]:
    rows = hand.page.shapes.rows
    return [str(rows.index(row).data()) for row in range(rows.rowCount())]


def test_h_hides_what_is_chosen_and_ctrl_shift_h_shows_it_again(hand: Hand) -> None:
    shape = hand.page.model.draw(Box(10, 10, 30, 30))
    assert shape is not None
    hand.press(Qt.Key.Key_H)
    model = hand.page.model
    assert model.table.ids_inside(EVERYWHERE) == []
    assert model.selection == ()
    assert listed(hand)[0].endswith("hidden")
    hand.press(Qt.Key.Key_H, CTRL | SHIFT)
    assert model.table.ids_inside(EVERYWHERE) == [shape.id]
    assert not listed(hand)[0].endswith("hidden")
    assert len(hand.shapes()) == 1


def test_shift_h_hides_a_label_and_shows_it(hand: Hand) -> None:
    shape = hand.page.model.draw(Box(10, 10, 30, 30))
    assert shape is not None
    model = hand.page.model
    hand.press(Qt.Key.Key_H, SHIFT)
    assert model.table.ids_inside(EVERYWHERE) == []
    hand.press(Qt.Key.Key_H, SHIFT)
    assert model.table.ids_inside(EVERYWHERE) == [shape.id]
