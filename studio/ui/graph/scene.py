"""The scene: shows a model, and follows it by what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, QPointF, QRectF, QTimer, Signal
from PySide6.QtWidgets import QGraphicsItem, QGraphicsScene

from studio.domain.pipelines import Link, NodeId
from studio.ui.graph.items import LinkItem, NodeItem
from studio.ui.graph.joining import ids_of
from studio.ui.graph.looks import PLAIN, Look
from studio.ui.graph.model import Changed, GraphModel
from studio.ui.graph.overview import Overview
from studio.ui.theme import current

FAR = 0.35
"""Zoom below which the overview takes the place of the items."""
_MARGIN = 2000.0
_LOOKS_MS = 50
_Key = tuple[NodeId, str]


class GraphScene(QGraphicsScene):
    """Items of one pipeline.

    Parameters
    ----------
    model : GraphModel
        Changed by others; call `follow` afterwards.
    """

    outlined = Signal()
    """The outline was read again."""

    def __init__(self, model: GraphModel, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.model = model
        self.nodes: dict[NodeId, NodeItem] = {}
        self.links: dict[_Key, LinkItem] = {}
        self._touching: dict[NodeId, set[_Key]] = defaultdict(set)
        self._looks: dict[NodeId, Look] = {}
        self._far = False
        self.overview = Overview()
        self.addItem(self.overview)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_LOOKS_MS)
        self._timer.timeout.connect(self._wear_looks)
        current.wardrobe().changed.connect(self._redraw)

    def show_all(self) -> None:
        """Make all items anew, for another pipeline."""
        for item in [*self.nodes.values(), *self.links.values()]:
            self.removeItem(item)
        self.nodes, self.links = {}, {}
        self._touching.clear()
        ids = set(ids_of(self.model.graph))
        self.follow(Changed(ids, set()))

    def follow(self, changed: Changed) -> None:
        """Show what changed in the model; nothing else is touched."""
        there = set(ids_of(self.model.graph))
        for id_ in changed.nodes - there:
            self._drop(id_)
        for id_ in changed.nodes & there:
            self._put(id_)
        for id_ in changed.nodes & there:
            self._cable(id_)
        for id_ in changed.places & self.nodes.keys():
            self.put_at(id_, QPointF(*self.model.place(id_)))
        self.outline()

    def _drop(self, id_: NodeId) -> None:
        for key in list(self._touching[id_]):
            self._cut(key)
        item = self.nodes.pop(id_, None)
        if item is not None:
            self.removeItem(item)

    def _put(self, id_: NodeId) -> None:
        card = self.model.card(id_)
        item = self.nodes.get(id_)
        if item is None:
            item = NodeItem(card)
            item.look = self._looks.get(id_, PLAIN)
            item.put(QPointF(*self.model.place(id_)))
            self._veil(item)
            self.nodes[id_] = item
            self.addItem(item)
        else:
            item.show_card(card)

    def _cable(self, id_: NodeId) -> None:
        """Draw the links that end at a node as they are now."""
        found = self.model.graph.links_into(id_) if id_ in self.model.graph.nodes else []
        wanted = {(link.node, link.port): link for link in found if link.source in self.nodes}
        for key in [key for key in self._touching[id_] if key[0] == id_]:
            if key not in wanted or self.links[key].link != wanted[key]:
                self._cut(key)
        for key, link in wanted.items():
            if key not in self.links:
                self._lay(key, link)

    def _lay(self, key: _Key, link: Link) -> None:
        kind = next(
            (s.kind for s in self.nodes[link.source].card.outputs if s.name == link.output),
            "unknown",
        )
        item = LinkItem(link, kind)
        self._veil(item)
        self.links[key] = item
        self._touching[link.source].add(key)
        self._touching[link.node].add(key)
        self._stretch(item)
        self.addItem(item)

    def _cut(self, key: _Key) -> None:
        item = self.links.pop(key)
        self._touching[item.link.source].discard(key)
        self._touching[item.link.node].discard(key)
        self.removeItem(item)

    def _stretch(self, item: LinkItem) -> None:
        link = item.link
        item.lay(
            self.nodes[link.source].anchor("out", link.output),
            self.nodes[link.node].anchor("in", link.port),
        )

    def put_at(self, id_: NodeId, place: QPointF) -> None:
        """Put an item somewhere with its cables; the model is left alone."""
        self.nodes[id_].put(place)
        for key in self._touching[id_]:
            self._stretch(self.links[key])

    def set_looks(self, looks: Mapping[NodeId, Look]) -> None:
        """Show other states, all of them, at most 20 times a second."""
        self._looks = dict(looks)
        if not self._timer.isActive():
            self._timer.start()

    def _wear_looks(self) -> None:
        for id_, item in self.nodes.items():
            item.show_look(self._looks.get(id_, PLAIN))
        self.outline()

    def chosen(self) -> list[NodeId]:
        """Return the selected nodes."""
        return [item.id for item in self.selectedItems() if isinstance(item, NodeItem)]

    def chosen_links(self) -> list[Link]:
        """Return the selected links."""
        return [item.link for item in self.selectedItems() if isinstance(item, LinkItem)]

    def choose(self, ids: Iterable[NodeId]) -> None:
        """Select these nodes and nothing else."""
        wanted = set(ids)
        before = self.blockSignals(True)
        self.clearSelection()
        for id_ in wanted & self.nodes.keys():
            self.nodes[id_].setSelected(True)
        self.blockSignals(before)
        self.selectionChanged.emit()

    def set_zoom(self, zoom: float) -> None:
        """Change between items and overview."""
        far = zoom < FAR
        if far == self._far:
            return
        self._far = far
        for item in [*self.nodes.values(), *self.links.values()]:
            self._veil(item)
        self.overview.setVisible(far)
        if far:
            self.selectionChanged.connect(self._mark_chosen)
            self._mark_chosen()
        else:
            self.selectionChanged.disconnect(self._mark_chosen)

    def _mark_chosen(self) -> None:
        items = self.selectedItems()
        self.overview.outline.choose(item for item in items if isinstance(item, NodeItem))
        self.overview.spread()

    def _veil(self, item: QGraphicsItem) -> None:
        """Items stay where they are and can be hit; only their painting is left to the overview."""
        item.setFlag(QGraphicsItem.GraphicsItemFlag.ItemHasNoContents, self._far)

    def outline(self) -> None:
        """Read the outline again, for the overview and the map."""
        self.overview.outline.read(self.nodes.values(), self.links.values())
        if self._far:
            self._mark_chosen()
        bounds = self.overview.outline.bounds
        self.setSceneRect(bounds.adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        self.outlined.emit()

    @property
    def far(self) -> bool:
        """Whether the overview is shown in place of the items."""
        return self._far

    def bounds(self) -> QRectF:
        """Return the rectangle of all nodes."""
        return self.overview.outline.bounds

    def _redraw(self) -> None:
        for item in self.items():
            item.update()
