"""The editor as one widget: canvas, map, search, and the commands on nodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from studio.domain.pipelines import NodeId
from studio.errors import StudioError
from studio.ui.graph.adding import Adding
from studio.ui.graph.looks import Look
from studio.ui.graph.minimap import Minimap
from studio.ui.graph.model import GraphModel
from studio.ui.graph.scene import GraphScene
from studio.ui.graph.view import GraphView


class GraphEditor(QWidget):
    """Edits the pipeline of a model.

    Parameters
    ----------
    model : GraphModel
        Each change is one edit of its project; call `follow` when the project changed.
    """

    selected = Signal(list)
    """Other nodes are selected; carries their ids."""
    opened = Signal(str)
    """A node is to be edited; carries its id."""
    failed = Signal(object)
    """A deed could not be done; carries the `StudioError`."""

    def __init__(self, model: GraphModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.scene = GraphScene(model, self)
        self.view = GraphView(self.scene)
        self.map = Minimap(self.view)
        self.adding = Adding(self)
        self._fitted = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.scene.selectionChanged.connect(self._selection)
        self.view.wanted.connect(self.adding.offer)
        self.view.dropped.connect(self.adding.add_at)
        self.view.opened.connect(self.opened)
        self.view.failed.connect(self.failed)

    def show_pipeline(self, name: str) -> None:
        """Look at another pipeline, as a whole."""
        self.view.cancel()
        self.model.open(name)
        self.scene.show_all()
        self.view.show_rect(self._whole())
        self._selection()

    def follow(self) -> None:
        """Show what changed in the project."""
        changed = self.model.refresh()
        if changed:
            self.view.cancel()
            self.scene.follow(changed)

    def show_looks(self, looks: Mapping[NodeId, Look]) -> None:
        """Show the states of all nodes."""
        self.scene.set_looks(looks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the map in its corner."""
        super().resizeEvent(event)
        self.map.place()

    def showEvent(self, event: QShowEvent) -> None:
        """Fit the pipeline the first time there is a size to fit it into."""
        super().showEvent(event)
        self.map.place()
        if not self._fitted:
            self._fitted = True
            self.fit()

    def _whole(self) -> QRectF:
        return self.scene.bounds().adjusted(-48, -48, 48, 48)

    def _selection(self) -> None:
        self.selected.emit(self.scene.chosen())

    def follow_up(self, ids: Sequence[NodeId]) -> None:
        """Show an edit of ours where nobody told us of it, and select what it made."""
        self.follow()
        missing = [id_ for id_ in ids if id_ not in self.scene.nodes]
        if missing:
            self.scene.show_all()
        self.scene.choose(ids)
        self.view.setFocus()

    def delete(self) -> None:
        """Take away what is selected."""
        self.model.delete(self.scene.chosen(), self.scene.chosen_links())
        self.follow()

    def copy(self) -> None:
        """Put the selected nodes on the clipboard, as text."""
        QGuiApplication.clipboard().setText(self.model.copy(self.scene.chosen()))

    def cut(self) -> None:
        """Copy and delete."""
        self.copy()
        self.delete()

    def paste(self) -> None:
        """Add the nodes of the clipboard."""
        self._paste(QGuiApplication.clipboard().text())

    def duplicate(self) -> None:
        """Copy and paste, leaving the clipboard alone."""
        self._paste(self.model.copy(self.scene.chosen()))

    def _paste(self, text: str) -> None:
        try:
            added = self.model.paste(text)
        except StudioError as error:
            self.failed.emit(error)
            return
        self.follow_up(added)

    def select_all(self) -> None:
        """Select every node."""
        self.scene.choose(self.scene.nodes)

    def arrange(self) -> None:
        """Lay all nodes out."""
        self.model.arrange()
        self.follow()
        self.fit()

    def align(self) -> None:
        """Put the left edges of the selected nodes on one line."""
        self.model.align(self.scene.chosen())
        self.follow()

    def fit(self) -> None:
        """Show the whole pipeline."""
        self.view.show_rect(self._whole())
