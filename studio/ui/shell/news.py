"""News: what was said to the person, kept in a list and shown in passing."""

from __future__ import annotations

import time
from typing import Literal, NamedTuple, TypeAlias

from PySide6.QtCore import QObject, Signal

from studio.ui.desk import Command

Level: TypeAlias = Literal["info", "success", "warning", "error"]

_KEPT = 500
ICONS: dict[Level, str] = {
    "info": "info-circle",
    "success": "circle-check",
    "warning": "alert-triangle",
    "error": "alert-circle",
}
TINTS: dict[Level, str] = {
    "info": "accent",
    "success": "success",
    "warning": "warning",
    "error": "error",
}


class Message(NamedTuple):
    """One piece of news."""

    text: str
    level: Level
    when: float
    """Seconds since 1970, UTC."""
    action: Command | None = None


class News(QObject):
    """The messages of this sitting, newest last."""

    said = Signal(object)
    """Carries the `Message`."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.messages: list[Message] = []

    def say(self, text: str, level: Level = "info", action: Command | None = None) -> Message:
        """Tell something."""
        message = Message(text, level, time.time(), action)
        self.messages.append(message)
        del self.messages[:-_KEPT]
        self.said.emit(message)
        return message
