"""Buttons made from commands, so that the same words stand on button, menu and palette."""

from __future__ import annotations

from typing import Literal, TypeAlias

from PySide6.QtCore import QObject, QSize, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QPushButton, QToolButton, QWidget

from studio.ui.desk import Command
from studio.ui.theme.icons import icon

Look: TypeAlias = Literal["", "primary", "danger", "flat", "link"]


def tip(command: Command) -> str:
    """Return the tooltip of a command: its title, and its shortcut as the system writes it."""
    if not command.shortcut:
        return command.title
    native = QKeySequence(command.shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{command.title} ({native})"


def command_button(command: Command, look: Look = "", parent: QWidget | None = None) -> QPushButton:
    """Make a push button that runs a command.

    Parameters
    ----------
    command : Command
        Its title, icon and shortcut are shown.
    look : str
        `primary` at most once on a page.
    """
    button = QPushButton(command.title, parent)
    button.setProperty("look", look)
    button.setAccessibleName(command.title)
    button.setToolTip(tip(command))
    if command.icon:
        button.setIcon(icon(command.icon, "on_accent" if look == "primary" else _ink(look)))
    button.clicked.connect(_Runner(command, button).run)
    return button


def tool_button(command: Command, parent: QWidget | None = None) -> QToolButton:
    """Make a small button that shows a command's icon alone, with its title as its name."""
    button = QToolButton(parent)
    button.setProperty("look", "flat")
    button.setAccessibleName(command.title)
    button.setToolTip(tip(command))
    button.setIcon(icon(command.icon or "dots"))
    button.setIconSize(QSize(18, 18))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(_Runner(command, button).run)
    return button


def _ink(look: Look) -> str:
    return {"danger": "error", "link": "accent"}.get(look, "ink")


class _Runner(QObject):
    """Runs a command for as long as its button lives."""

    def __init__(self, command: Command, button: QPushButton | QToolButton) -> None:
        super().__init__(button)
        self._command = command
        button.setProperty("command", command.id)

    def run(self) -> None:
        """Run the command, if it can be done now."""
        if self._command.enabled():
            self._command.run()
