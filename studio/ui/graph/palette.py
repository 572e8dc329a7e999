"""The palette: every operation by its room, to be found, dragged or added by Enter."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QByteArray, QMimeData, QSize, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from studio.domain.operations import Catalogue, Operation
from studio.domain.pipelines import GRAPH_INPUT
from studio.ui.commands.fuzzy import score
from studio.ui.graph.cards import words
from studio.ui.graph.view import MIME
from studio.ui.theme.icons import icon

_WHAT = Qt.ItemDataRole.UserRole
_INPUTS = "Inputs"
_ICONS = {
    _INPUTS: "tags",
    "media": "photo",
    "labels": "tag",
    "datasets": "database",
    "train": "chart-line",
    "evaluate": "target",
    "package": "package",
    "pipeline": "sitemap",
}


class _Tree(QTreeWidget):
    """A tree whose leaves can be dragged."""

    def mimeTypes(self) -> list[str]:
        """Name the one kind of drag."""
        return [MIME]

    def mimeData(self, items: Sequence[QTreeWidgetItem]) -> QMimeData:
        """Say which operation is dragged."""
        data = QMimeData()
        for item in items:
            if said := item.data(0, _WHAT):
                data.setData(MIME, QByteArray(str(said).encode()))
        return data


class Palette(QWidget):
    """Operations by room, with a line to search them.

    Parameters
    ----------
    catalogue : Catalogue
        All operations.
    """

    chosen = Signal(str)
    """Add this: an operation's id, or `@` and a kind of artefact for an input."""

    def __init__(self, catalogue: Catalogue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText("Find an operation")
        self.line.setAccessibleName("Find an operation")
        self.line.setClearButtonEnabled(True)
        self.tree = _Tree()
        self.tree.setAccessibleName("Operations")
        self.tree.setHeaderHidden(True)
        self.tree.setDragEnabled(True)
        self.tree.setDragDropMode(QTreeWidget.DragDropMode.DragOnly)
        self.tree.setIconSize(QSize(16, 16))
        self.tree.setIndentation(14)
        self.tree.setTabKeyNavigation(False)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.line)
        column.addWidget(self.tree, 1)
        self._fill(catalogue)
        self.line.textChanged.connect(self._filter)
        self.line.returnPressed.connect(self._take_first)
        self.tree.itemActivated.connect(self._take)

    def _fill(self, catalogue: Catalogue) -> None:
        room = self._room(_INPUTS)
        self._leaf(
            room,
            "Labels of the project",
            "All pictures with their labels, as they are when the pipeline runs.",
            f"{GRAPH_INPUT}labels",
        )
        rooms: dict[str, QTreeWidgetItem] = {}
        for operation in catalogue.all():
            if operation.room not in rooms:
                rooms[operation.room] = self._room(operation.room)
            self._leaf(rooms[operation.room], operation.title, about(operation), operation.id)
        self.tree.expandAll()

    def _room(self, name: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.tree, [words(name)])
        item.setFlags(Qt.ItemFlag.ItemIsEnabled)
        item.setIcon(0, icon(_ICONS.get(name, "puzzle"), "quiet"))
        return item

    @staticmethod
    def _leaf(room: QTreeWidgetItem, title: str, tip: str, what: str) -> None:
        item = QTreeWidgetItem(room, [title])
        item.setToolTip(0, tip)
        item.setData(0, _WHAT, what)
        item.setData(0, Qt.ItemDataRole.AccessibleDescriptionRole, tip)

    def _leaves(self) -> list[QTreeWidgetItem]:
        rooms = [self.tree.topLevelItem(n) for n in range(self.tree.topLevelItemCount())]
        found = [room.child(n) for room in rooms if room for n in range(room.childCount())]
        return [leaf for leaf in found if leaf is not None]

    def _filter(self, text: str) -> None:
        best: tuple[float, QTreeWidgetItem] | None = None
        leaves = self._leaves()
        for leaf in leaves:
            fit = score(text, f"{leaf.text(0)} {leaf.data(0, _WHAT)}")
            leaf.setHidden(fit is None)
            if fit is not None and (best is None or fit > best[0]):
                best = (fit, leaf)
        for number in range(self.tree.topLevelItemCount()):
            room = self.tree.topLevelItem(number)
            if room is not None:
                room.setHidden(all(leaf.isHidden() for leaf in leaves if leaf.parent() is room))
        if best is not None and text:
            self.tree.setCurrentItem(best[1])

    def titles(self) -> list[str]:
        """Return the operations that are shown."""
        return [leaf.text(0) for leaf in self._leaves() if not leaf.isHidden()]

    def _take_first(self) -> None:
        current = self.tree.currentItem()
        if current is not None and not current.isHidden():
            self._take(current)

    def _take(self, item: QTreeWidgetItem) -> None:
        if said := item.data(0, _WHAT):
            self.chosen.emit(str(said))


def about(operation: Operation) -> str:
    """Say what an operation does, takes and gives."""
    takes = ", ".join(port.artefact.noun for port in operation.inputs) or "nothing"
    gives = ", ".join(port.artefact.noun for port in operation.outputs)
    return f"{operation.summary}\nTakes {takes}; gives {gives}."
