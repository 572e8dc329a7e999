"""The history: every edit that could be undone, newest on top."""

from __future__ import annotations

from PySide6.QtWidgets import QListWidget, QStackedLayout, QWidget

from studio.ui.desk import Desk
from studio.ui.theme.icons import icon
from studio.ui.widgets.empty_state import EmptyState

_SHOWN = 500


class HistoryPanel(QWidget):
    """Double click or Enter on a line takes back everything above it.

    Parameters
    ----------
    desk : Desk
        Its project's history is shown.
    """

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk = desk
        self.list = QListWidget()
        self.list.setAccessibleName("History")
        self.list.setToolTip("Enter takes back everything above a line")
        self.list.itemActivated.connect(self._activated)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(
            EmptyState("history", "Nothing to undo", "Every change is kept here, for ever.")
        )
        self._layout.addWidget(self.list)
        self.refresh()
        desk.bridge.edited.connect(self.refresh)

    def refresh(self) -> None:
        """Read the history again."""
        titles = self._desk.session.project.history.titles
        self.list.clear()
        for title in reversed(titles[-_SHOWN:]):
            self.list.addItem(title)
        if self.list.count():
            self.list.item(0).setIcon(icon("chevron-right", "accent"))
        self._layout.setCurrentIndex(int(bool(titles)))

    def _activated(self) -> None:
        for _ in range(self.list.currentRow()):
            self._desk.session.project.undo()
