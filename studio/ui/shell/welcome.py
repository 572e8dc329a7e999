"""What is seen while no project is open: begin, go on, or look at a sample."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.ui.desk import Command
from studio.ui.theme import current
from studio.ui.theme.icons import icon, pixmap
from studio.ui.widgets.buttons import command_button

if TYPE_CHECKING:
    from studio.services.projects import RecentProject


class Welcome(QWidget):
    """Three ways in: new, open, recent; and two samples that show the whole life.

    Parameters
    ----------
    ways : sequence of Command
        The first is the primary one.
    samples : sequence of Command
        Sample projects.
    """

    chosen = Signal(str)
    """Carries the folder of a recent project."""

    def __init__(
        self, ways: Sequence[Command], samples: Sequence[Command], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._mark = QLabel()
        self._recent = QListWidget()
        self._recent.setAccessibleName("Recent projects")
        self._recent.setProperty("role", "plain")
        self._recent.itemActivated.connect(self._activated)
        self._recent.itemClicked.connect(self._activated)
        none = QLabel("Projects you open will be listed here.")
        none.setProperty("role", "quiet")
        none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._lists = QStackedLayout()
        self._lists.addWidget(none)
        self._lists.addWidget(self._recent)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(48, 48, 48, 48)
        layout.setSpacing(48)
        layout.addStretch(1)
        layout.addWidget(self._begin(ways, samples), 0)
        layout.addWidget(self._go_on(), 0)
        layout.addStretch(1)
        self._tint()
        current.wardrobe().changed.connect(self._tint)

    def _begin(self, ways: Sequence[Command], samples: Sequence[Command]) -> QWidget:
        column = QWidget()
        column.setFixedWidth(360)
        layout = QVBoxLayout(column)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addStretch(1)
        layout.addWidget(self._mark)
        title = QLabel("Visual AI studio")
        title.setProperty("role", "title")
        words = QLabel("From a folder of pictures to a verified model package.")
        words.setProperty("role", "quiet")
        words.setWordWrap(True)
        layout.addWidget(title)
        layout.addWidget(words)
        layout.addSpacing(16)
        for number, command in enumerate(ways):
            button = command_button(command, "" if number else "primary")
            layout.addWidget(button)
            if not number:
                self.first = button
        layout.addSpacing(24)
        layout.addWidget(_heading("Look at a sample first"))
        for command in samples:
            layout.addWidget(command_button(command, "link"))
        layout.addSpacing(16)
        hint = QLabel("Or drop a folder, pictures or a zip anywhere in this window.")
        hint.setProperty("role", "small")
        hint.setWordWrap(True)
        layout.addWidget(hint)
        layout.addStretch(2)
        return column

    def _go_on(self) -> QWidget:
        card = QFrame()
        card.setProperty("role", "card")
        card.setMinimumWidth(400)
        card.setMaximumWidth(520)
        layout = QVBoxLayout(card)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        layout.addWidget(_heading("Recent projects"))
        layout.addLayout(self._lists, 1)
        return card

    def show_recent(self, recent: Sequence[RecentProject]) -> None:
        """List projects; those whose folder is gone are marked, and cannot be chosen."""
        self._recent.clear()
        for project in recent:
            gone = "" if project.exists else " (not found)"
            item = QListWidgetItem(
                icon(
                    "folder",
                    "accent" if project.exists else "quiet",
                ),
                f"{project.name}{gone}\n{project.folder}",
            )
            item.setData(Qt.ItemDataRole.UserRole, str(project.folder))
            if not project.exists:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._recent.addItem(item)
        self._lists.setCurrentIndex(int(bool(recent)))

    def _activated(self, item: QListWidgetItem) -> None:
        if item.flags() & Qt.ItemFlag.ItemIsEnabled:
            self.chosen.emit(item.data(Qt.ItemDataRole.UserRole))

    def _tint(self) -> None:
        self._mark.setPixmap(pixmap("eye", 40, "accent", self.devicePixelRatioF()))


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label
