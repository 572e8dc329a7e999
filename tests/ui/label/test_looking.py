from __future__ import annotations

from collections.abc import Callable

from fakes.label_hand import Hand, run
from fakes.open_project import Opener
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from studio.ui.canvas.display import PLAIN
from studio.ui.canvas.navigator import NAVIGATOR
from studio.ui.canvas.rulers import GRID, RULERS
from studio.ui.desk import Desk
from studio.ui.pages.label.page import LabelPage

Until = Callable[[Callable[[], object]], None]
SHIFT = Qt.KeyboardModifier.ShiftModifier


def test_a_slider_changes_what_is_seen_and_nothing_else(page: LabelPage, until: Until) -> None:
    until(lambda: page.canvas.picture.ready)
    before = page.canvas.grab().toImage()
    edits: list[object] = []
    page.desk.session.project.events.edited.connect(edits.append)
    QTest.keyClick(page.looking.sliders["brightness"], Qt.Key.Key_PageUp)
    assert page.looking.display.brightness > 0
    assert page.canvas.grab().toImage() != before
    assert not edits
    run(page, "label.look_reset")
    assert page.canvas.grab().toImage() == before
    assert page.looking.sliders["brightness"].value() == 0


def test_one_key_shows_the_picture_as_stored_and_back(
    hand: Hand, page: LabelPage, until: Until
) -> None:
    until(lambda: page.canvas.picture.ready)
    run(page, "label.invert")
    looked = page.canvas.picture.display
    assert looked.invert
    hand.press(Qt.Key.Key_V, SHIFT)
    assert page.canvas.picture.display == PLAIN
    assert page.looking.display == looked
    hand.press(Qt.Key.Key_V, SHIFT)
    assert page.canvas.picture.display == looked
    hand.press(Qt.Key.Key_R, SHIFT)
    assert page.canvas.picture.display == PLAIN == page.looking.display


def test_a_display_holds_from_picture_to_picture(hand: Hand, page: LabelPage) -> None:
    for _ in range(2):
        hand.press(Qt.Key.Key_L, SHIFT)
    hand.press(Qt.Key.Key_D)
    assert page.canvas.picture.display.channel == "green"


def test_each_picture_is_stretched_by_its_own_values(
    hand: Hand, page: LabelPage, until: Until
) -> None:
    until(lambda: page.canvas.picture.overview.level)
    hand.press(Qt.Key.Key_C, SHIFT)
    first = page.looking.display
    assert (first.low, first.high) != (0.0, 1.0)
    hand.press(Qt.Key.Key_D)
    until(lambda: page.canvas.picture.overview.level)
    second = page.looking.display
    assert (second.low, second.high) not in ((first.low, first.high), (0.0, 1.0))
    hand.press(Qt.Key.Key_C, SHIFT)
    assert page.looking.display == PLAIN


def test_ends_of_the_window_never_cross(page: LabelPage) -> None:
    panel = page.looking
    panel.sliders["low"].setValue(800)
    panel.sliders["high"].setValue(300)
    assert panel.display.low < panel.display.high
    panel.sliders["high"].setValue(0)
    panel.sliders["low"].setValue(1000)
    assert panel.display.low < panel.display.high <= 1.0


def test_a_palette_needs_one_channel(page: LabelPage, until: Until) -> None:
    until(lambda: page.canvas.picture.overview.level)
    panel = page.looking
    assert not panel.palette_choice.isEnabled()
    run(page, "label.channel")
    assert panel.palette_choice.isEnabled()
    assert panel.chart.counts.keys() == {"red"}


def test_what_was_switched_on_is_on_the_next_time(page: LabelPage, opener: Opener) -> None:
    for command in (RULERS, GRID, NAVIGATOR, "label.snap", "label.stretch"):
        run(page, command)
    desk: Desk = page.desk
    again = LabelPage(desk)
    rulers = again.canvas.rulers
    assert rulers.shown
    assert rulers.grid
    assert not again.navigator.isHidden()
    assert again.model.snapping.on
    assert again.habits.buttons["label.snap"].isChecked()
    assert again.looking.stretch.isChecked()
    assert "label.snap" in opener.settings.get("label_page")
    again.release()
    again.deleteLater()
