"""All commands that can be given now, as `QAction`s; menus and palette read from here."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.ui.desk import Command
from studio.ui.keymap import Keymap
from studio.ui.theme.icons import icon
from studio.ui.widgets.buttons import tip

Provider: TypeAlias = Callable[[], Sequence[Command]]

MENUS = ("File", "Edit", "View", "Go", "Run", "Help")


class Registry(QObject):
    """The commands of the window and of the page in view.

    Parameters
    ----------
    window : QWidget
        Shortcuts act while it has the focus.
    keymap : Keymap, optional
        The person's keys.
    """

    changed = Signal()
    """Commands came, went or have new words."""
    refused = Signal(str)
    """A command could not be done; carries why."""
    used = Signal(str)
    """A command was run; carries its id."""

    def __init__(self, window: QWidget, keymap: Keymap | None = None) -> None:
        super().__init__(window)
        self._window = window
        self._keymap = keymap
        if keymap is not None:
            keymap.changed.connect(self.refresh)
        self._providers: dict[str, Provider] = {}
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}

    def provide(self, source: str, provider: Provider | None) -> None:
        """Let a source give commands, in place of what it gave before; None takes it away."""
        if provider is None:
            self._providers.pop(source, None)
        else:
            self._providers[source] = provider
        self.refresh()

    def refresh(self) -> None:
        """Ask all sources again; unchanged commands keep their action."""
        given = [c for give in self._providers.values() for c in give()]
        if self._keymap is not None:
            given = [self._keymap.applied(command) for command in given]
        found = {command.id: command for command in given}
        for gone in self._actions.keys() - found.keys():
            action = self._actions.pop(gone)
            self._window.removeAction(action)
            action.deleteLater()
        for id_, command in found.items():
            if id_ not in self._actions:
                self._actions[id_] = self._action(command)
                continue
            if command.title != self._commands[id_].title:
                self._actions[id_].setText(command.title)
            if command.shortcut != self._commands[id_].shortcut:
                self._actions[id_].setShortcut(QKeySequence(command.shortcut))
        self._commands = found
        self._tell_buttons()
        self.changed.emit()

    def _tell_buttons(self) -> None:
        """Let the buttons of commands name the keys that give them now."""
        for button in self._window.findChildren(QAbstractButton):
            command = self._commands.get(str(button.property("command") or ""))
            if command is not None and command.shortcut and button.toolTip() != tip(command):
                button.setToolTip(tip(command))

    def _action(self, command: Command) -> QAction:
        action = QAction(command.title, self._window)
        action.setObjectName(command.id)
        action.setShortcut(QKeySequence(command.shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if command.icon:
            action.setIcon(icon(command.icon))
        action.triggered.connect(self._triggered)
        self._window.addAction(action)
        return action

    def _triggered(self) -> None:
        sender = self.sender()
        if sender is not None:
            self.run(sender.objectName())

    def all(self) -> list[Command]:
        """Return all commands in the order of their sources."""
        return list(self._commands.values())

    def command(self, id: str) -> Command:  # noqa: A002
        """Return one command; raises `KeyError`."""
        return self._commands[id]

    def action(self, id: str) -> QAction:  # noqa: A002
        """Return the action of a command; raises `KeyError`."""
        return self._actions[id]

    def in_menu(self, menu: str) -> list[Command]:
        """Return the commands that stand in a menu."""
        return [command for command in self._commands.values() if command.menu == menu]

    def run(self, id: str) -> bool:  # noqa: A002
        """Run a command if it can be done now; returns whether it was."""
        command = self._commands.get(id)
        if command is None:
            return False
        if not command.enabled():
            self.refused.emit(command.why_not or f"“{command.title}” cannot be done now.")
            return False
        command.run()
        self.used.emit(id)
        return True


def clashes(commands: Sequence[Command]) -> list[tuple[str, str, str]]:
    """List commands that share a shortcut: key, id of the one, id of the other."""
    found: list[tuple[str, str, str]] = []
    owners: dict[str, str] = {}
    for command in commands:
        if not command.shortcut:
            continue
        key = QKeySequence(command.shortcut).toString()
        if key in owners and owners[key] != command.id:
            found.append((key, owners[key], command.id))
        owners[key] = command.id
    return found
