"""The list that says what the canvas shows, for those who read by ear or like lists."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from studio.domain.pipelines import NodeId
from studio.ui.graph.joining import ids_of
from studio.ui.graph.looks import PLAIN, Look
from studio.ui.graph.model import GraphModel

_ID = Qt.ItemDataRole.UserRole
_WIDTHS = (200, 180, 130)


class NodeTable(QTableWidget):
    """One row a node: what it is, from where it takes, how it stands."""

    picked = Signal(str)
    """A row became the current one; carries the node's id."""
    opened = Signal(str)
    """Enter was pressed on a row, or it was double-clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 4, parent)
        self._filling = False
        self.setAccessibleName("Nodes of the pipeline")
        self.setHorizontalHeaderLabels(["Node", "Takes from", "State", "Why"])
        self.verticalHeader().setVisible(False)
        self.setShowGrid(False)
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        header = self.horizontalHeader()
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        for column, wide in enumerate(_WIDTHS):
            self.setColumnWidth(column, wide)
        header.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
        self.currentCellChanged.connect(self._current)
        self.cellActivated.connect(self._activated)

    def show_model(self, model: GraphModel, looks: Mapping[NodeId, Look]) -> None:
        """Show all nodes as they are now."""
        self._filling = True
        ids = ids_of(model.graph)
        self.setRowCount(len(ids))
        for row, id_ in enumerate(ids):
            card = model.card(id_)
            node = model.graph.nodes.get(id_)
            takes = ", ".join(f"{p} from {s}" for p, s in node.inputs.items()) if node else ""
            look = looks.get(id_, PLAIN)
            cells = (f"{card.title} ({id_})", takes, look.words, look.why)
            for column, text in enumerate(cells):
                item = self.item(row, column)
                if item is None:
                    item = QTableWidgetItem()
                    self.setItem(row, column, item)
                if item.text() != text:
                    item.setText(text)
                    item.setToolTip(text)
            first = self.item(row, 0)
            if first is not None:
                first.setData(_ID, id_)
        self._filling = False

    def pick(self, id_: NodeId | None) -> None:
        """Make the row of a node the current one, without telling."""
        self._filling = True
        row = next((r for r in range(self.rowCount()) if self._id(r) == id_), -1)
        self.setCurrentCell(row, 0)
        self._filling = False

    def _id(self, row: int) -> str:
        item = self.item(row, 0)
        return str(item.data(_ID)) if item else ""

    def _current(self, row: int) -> None:
        if row >= 0 and not self._filling:
            self.picked.emit(self._id(row))

    def _activated(self, row: int) -> None:
        self.opened.emit(self._id(row))
