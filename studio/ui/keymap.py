"""Which keys give which command: what the studio proposes, and what the person chose instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QKeySequence

from studio.services.settings import Settings
from studio.ui.desk import Command

_SETTING = "keys"


class Keymap(QObject):
    """The person's keys; a command that is not named keeps the keys the studio proposes.

    Parameters
    ----------
    settings : Settings
        Where they are kept.
    """

    changed = Signal()
    """A command has other keys."""

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._chosen = self._read()
        self._proposed: dict[str, str] = {}

    def applied(self, command: Command) -> Command:
        """Return a command, as its page proposes it, with the keys that give it."""
        self._proposed[command.id] = QKeySequence(command.shortcut).toString()
        keys = self._chosen.get(command.id)
        return command if keys is None else replace(command, shortcut=keys)

    def is_changed(self, id: str) -> bool:  # noqa: A002
        """Tell whether the person chose the keys of a command."""
        return id in self._chosen

    def proposed(self, id: str) -> str:  # noqa: A002
        """Return the keys that the studio proposes for a command; empty for none."""
        return self._proposed.get(id, "")

    def give(self, id: str, keys: str) -> None:  # noqa: A002
        """Let keys give a command from now on; none, or those the studio proposes, are as well.

        Raises
        ------
        StudioError
            If the settings cannot be written; nothing is changed then.
        """
        keys = QKeySequence(keys).toString()
        chosen = {other: kept for other, kept in self._chosen.items() if other != id}
        if keys != self.proposed(id):
            chosen[id] = keys
        self._keep(chosen)

    def forget(self) -> None:
        """Go back to the keys the studio proposes, all of them."""
        self._keep({})

    def _keep(self, chosen: dict[str, str]) -> None:
        if chosen != self._chosen:
            self._settings.set(_SETTING, [[id_, keys] for id_, keys in sorted(chosen.items())])
            self._chosen = chosen
            self.changed.emit()

    def _read(self) -> dict[str, str]:
        found = self._settings.get(_SETTING)
        pairs = found if isinstance(found, list) else []
        return {
            str(pair[0]): str(pair[1])
            for pair in pairs
            if isinstance(pair, list) and len(pair) == 2
        }


def owner(commands: Iterable[Command], keys: str, but: str = "") -> Command | None:
    """Return the command that keys give, or whose keys begin with them or they with its.

    Parameters
    ----------
    commands : iterable of Command
        With the keys that give them.
    keys : str
        As `QKeySequence` reads it; none belong to nobody.
    but : str
        Id of a command that may have them.
    """
    wanted = QKeySequence(keys)
    if wanted.isEmpty():
        return None
    none = QKeySequence.SequenceMatch.NoMatch
    for command in commands:
        theirs = QKeySequence(command.shortcut)
        meets = theirs.matches(wanted) != none or wanted.matches(theirs) != none
        if command.id != but and not theirs.isEmpty() and meets:
            return command
    return None
