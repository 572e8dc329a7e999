"""The list of all messages of this sitting."""

from __future__ import annotations

import time

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStackedLayout, QWidget

from studio.ui.shell.news import ICONS, TINTS, Message, News
from studio.ui.theme.icons import icon
from studio.ui.widgets.empty_state import EmptyState


class MessageList(QWidget):
    """What toasts said, newest first; a double click does the message's action."""

    def __init__(self, news: News, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = QListWidget()
        self._list.setAccessibleName("Messages")
        self._list.setWordWrap(True)
        self._list.itemActivated.connect(self._activated)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(
            EmptyState("message", "No messages yet", "News of this sitting stays here.")
        )
        self._layout.addWidget(self._list)
        for message in news.messages:
            self.add(message)
        news.said.connect(self.add)

    def add(self, message: Message) -> None:
        """Put a message on top."""
        clock = time.strftime("%H:%M", time.localtime(message.when))
        item = QListWidgetItem(
            icon(ICONS[message.level], TINTS[message.level]), f"{clock}  {message.text}"
        )
        item.setData(Qt.ItemDataRole.UserRole, message)
        item.setToolTip(message.action.title if message.action else message.text)
        self._list.insertItem(0, item)
        self._layout.setCurrentIndex(1)

    def _activated(self, item: QListWidgetItem) -> None:
        message = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(message, Message) and message.action is not None:
            message.action.run()
