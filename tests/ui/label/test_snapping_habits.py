from __future__ import annotations

import pytest
from fakes.label_hand import Hand, run
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from studio.domain.geometry import Box
from studio.ui.pages.label.page import LabelPage

Left = Qt.MouseButton.LeftButton


@pytest.mark.parametrize(
    ("command", "field"),
    [("label.snap", "on"), ("label.snap_pixels", "pixels"), ("label.shared_borders", "shared")],
)
def test_a_habit_is_turned_on_and_off_by_button_and_command(
    page: LabelPage, command: str, field: str
) -> None:
    button = page.habits.buttons[command]
    assert not getattr(page.model.snapping, field)
    QTest.mouseClick(button, Left)
    assert getattr(page.model.snapping, field)
    assert button.isChecked()
    run(page, command)
    assert not getattr(page.model.snapping, field)
    assert not button.isChecked()
    assert button.accessibleName()


def test_snapping_acts_on_what_is_drawn_and_says_so(hand: Hand, page: LabelPage) -> None:
    page.model.draw(Box(10, 10, 30, 30))
    run(page, "label.snap")
    said = " ".join(label.text() for label in page.window().findChildren(QLabel))
    assert "Ctrl suspends" in said
    run(page, "label.tool_box")
    hand.drag((30.4, 30.4), (50, 50))
    drawn = hand.boxes()[1]
    assert (drawn.x0, drawn.y0) == (30, 30)
