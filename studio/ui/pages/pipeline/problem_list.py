"""What keeps the pipeline from running, each with the way to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from studio.domain.pipelines import Fault
from studio.ui.theme.icons import icon

_NODE = Qt.ItemDataRole.UserRole
_TALL = 132


class ProblemList(QWidget):
    """Shows nothing where there is nothing to mend."""

    picked = Signal(str)
    """A problem was chosen; carries the node's id."""

    def __init__(self) -> None:
        super().__init__()
        title = QLabel("Before it can run")
        title.setProperty("role", "heading")
        self.list = QListWidget()
        self.list.setAccessibleName("Before it can run")
        self.list.setWordWrap(True)
        self.list.setMaximumHeight(_TALL)
        title.setBuddy(self.list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(title)
        column.addWidget(self.list)
        self.list.itemClicked.connect(self._chosen)
        self.list.itemActivated.connect(self._chosen)

    def show_faults(self, faults: Sequence[Fault]) -> None:
        """Show these problems."""
        texts = [f"{fault.node or 'Pipeline'} · {fault.reason}" for fault in faults]
        self.setVisible(bool(faults))
        if texts == [self.list.item(row).text() for row in range(self.list.count())]:
            return
        self.list.clear()
        for fault, text in zip(faults, texts, strict=True):
            item = QListWidgetItem(icon("alert-triangle", "warning"), text)
            item.setData(_NODE, fault.node or "")
            self.list.addItem(item)

    def _chosen(self, item: QListWidgetItem) -> None:
        if node := item.data(_NODE):
            self.picked.emit(str(node))
