"""Keys are the person's: given, taken, kept over a restart, and never silently shared."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from studio.services.settings import Settings
from studio.ui.commands.registry import Registry
from studio.ui.desk import Command
from studio.ui.keymap import Keymap, owner
from studio.ui.shell.shortcuts_sheet import ShortcutsSheet
from studio.ui.widgets.buttons import tool_button


class Desk:
    def __init__(self, qtbot: QtBot, folder: Path) -> None:
        self.done: list[str] = []
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.keymap = Keymap(Settings(folder), self.window)
        self.registry = Registry(self.window, self.keymap)
        self.commands = [
            Command("label.next", "Next picture", lambda: self.done.append("next"), "D"),
            Command("label.fit", "Fit picture", lambda: self.done.append("fit"), "F"),
            Command("label.flip", "Flip", lambda: self.done.append("flip")),
        ]
        self.button = tool_button(self.commands[0], self.window)
        self.registry.provide("page", lambda: self.commands)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.sheet = ShortcutsSheet(self.registry.all, self.keymap)
        qtbot.addWidget(self.sheet)


@pytest.fixture
def desk(qtbot: QtBot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path)


def choose(desk: Desk, command: str, keys: str) -> None:
    desk.sheet.choose(command)
    desk.sheet.keys.setKeySequence(QKeySequence(keys))
    desk.sheet.take.click()


def test_other_keys_give_a_command_and_its_button_says_so(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "label.next", "Ctrl+K")
    qtbot.keyClick(desk.window, Qt.Key.Key_D)
    assert desk.done == []
    qtbot.keyClick(desk.window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    assert desk.done == ["next"]
    assert desk.button.toolTip() == "Next picture (Ctrl+K)"


def test_a_command_without_keys_gets_some(desk: Desk, qtbot: QtBot) -> None:
    choose(desk, "label.flip", "X")
    qtbot.keyClick(desk.window, Qt.Key.Key_X)
    assert desk.done == ["flip"]


def test_keys_that_are_taken_are_named_before_they_change_hands(desk: Desk) -> None:
    desk.sheet.choose("label.flip")
    desk.sheet.keys.setKeySequence(QKeySequence("F"))
    assert "Fit picture" in desk.sheet.news.text()
    desk.sheet.take.click()
    assert desk.registry.command("label.flip").shortcut == "F"
    assert desk.registry.command("label.fit").shortcut == ""


def test_the_choice_outlives_the_window_and_can_be_taken_back(desk: Desk, tmp_path: Path) -> None:
    choose(desk, "label.next", "Ctrl+K")
    again = Keymap(Settings(tmp_path))
    assert again.applied(desk.commands[0]).shortcut == "Ctrl+K"
    desk.sheet.back.click()
    assert desk.registry.command("label.next").shortcut == "D"
    choose(desk, "label.next", "G")
    choose(desk, "label.fit", "H")
    desk.sheet.all_back.click()
    assert [one.shortcut for one in desk.registry.all()] == ["D", "F", ""]


def test_a_command_is_found_by_words_or_keys(desk: Desk) -> None:
    desk.sheet.search.setText("pict f")
    rows = desk.sheet.table.topLevelItem(0)
    assert rows is not None
    shown = [rows.child(at).text(0) for at in range(3) if not rows.child(at).isHidden()]
    assert shown == ["Fit picture"]


def test_a_chord_clashes_with_the_keys_it_begins_with(desk: Desk) -> None:
    one = Command("a.b", "One", lambda: None, "Ctrl+K, Ctrl+S")
    assert owner([one], "Ctrl+K") == one
    assert owner([one], "Ctrl+K, Ctrl+S, X") == one
    assert owner([one], "Ctrl+S") is None
    assert owner([one], "") is None
    assert owner([one], "Ctrl+K", but="a.b") is None


def test_a_broken_choice_in_the_settings_is_passed_over(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    settings.set("keys", [["label.next", "J"], "odd", ["one"], 3])
    keymap = Keymap(settings)
    assert keymap.applied(Command("label.next", "Next", lambda: None, "D")).shortcut == "J"
