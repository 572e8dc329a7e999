"""Adding nodes and links by name: from the palette, from a cable, and without the mouse."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QPointF, SignalInstance

from studio.domain.pipelines import GRAPH_INPUT, Link, NodeId
from studio.errors import StudioError
from studio.ui.graph.cards import WIDTH, words
from studio.ui.graph.interactions.add_node import Finding, SearchBox
from studio.ui.graph.interactions.move import snapped
from studio.ui.graph.joining import End, fitting, join, targets
from studio.ui.graph.model import GraphModel
from studio.ui.graph.scene import GraphScene
from studio.ui.graph.view import GraphView


class Editing(Protocol):
    """What is needed of the editor."""

    model: GraphModel
    scene: GraphScene
    view: GraphView

    @property
    def failed(self) -> SignalInstance:
        """A deed could not be done."""

    def follow(self) -> None:
        """Show what changed in the project."""

    def follow_up(self, ids: Sequence[NodeId]) -> None:
        """Show an edit and select what it made."""


class Adding:
    """Adds what a person names.

    Parameters
    ----------
    editor : Editing
        Where it is added.
    """

    def __init__(self, editor: Editing) -> None:
        self._editor = editor
        self._search = SearchBox(editor.view)

    @property
    def search(self) -> SearchBox:
        """The box that lists what can be added."""
        return self._search

    def add_at(self, what: str, at: QPointF, end: End | None = None) -> None:
        """Add a node, or an input where `what` begins with `@`, around a place."""
        place = snapped(at - QPointF(WIDTH / 2 if end is None else 0, 24))
        try:
            if what.startswith(GRAPH_INPUT):
                added = self._editor.model.add_input(what[1:], place)
            else:
                added = self._editor.model.add(what, place, end)
        except StudioError as error:
            self._editor.failed.emit(error)
            return
        self._editor.follow_up([added])

    def add(self, what: str) -> None:
        """Add a node in the middle of the view, beside those that stand there."""
        at = self._editor.view.in_view().center()
        while self._editor.view.node_at(at) is not None:
            at += QPointF(32, 48)
        self.add_at(what, at)

    def offer(self, at: QPointF, end: End | None = None) -> None:
        """Let the person find an operation to add; from a cable, only those that fit."""
        catalogue = self._editor.model.catalogue
        operations = [one for one, _ in fitting(catalogue, end)] if end else catalogue.all()
        found = [
            Finding(one.title, one.room, partial(self.add_at, one.id, at, end))
            for one in operations
        ]
        if end is None:
            labels = partial(self.add_at, f"{GRAPH_INPUT}labels", at)
            found.append(Finding("Labels of the project", "input", labels))
        title = "Add a node" if end is None else f"Add what fits {end.socket.kind}"
        self._search.offer(found, self._editor.view.mapFromScene(at), title)

    def offer_links(self) -> None:
        """Let the person link the selected node without the mouse."""
        chosen = self._editor.scene.chosen()
        if len(chosen) != 1:
            return
        card = self._editor.model.card(chosen[0])
        found = []
        for side, sockets in (("out", card.outputs), ("in", card.inputs)):
            for socket in sockets:
                end = End(card.id, "out" if side == "out" else "in", socket)
                found += self._links_from(end)
        item = self._editor.scene.nodes[chosen[0]]
        at = self._editor.view.mapFromScene(item.pos() + QPointF(WIDTH + 16, 0))
        self._search.offer(found, at, "Link this node")

    def _links_from(self, end: End) -> list[Finding]:
        graph, catalogue = self._editor.model.graph, self._editor.model.catalogue
        found = []
        for id_, name in sorted(targets(graph, catalogue, end)):
            card = self._editor.model.card(id_)
            sockets = card.inputs if end.side == "out" else card.outputs
            socket = next(one for one in sockets if one.name == name)
            link = join(
                graph, catalogue, end, End(id_, "in" if end.side == "out" else "out", socket)
            )
            if isinstance(link, Link):
                verb = "to" if end.side == "out" else "from"
                title = f"{words(end.socket.name or end.socket.kind)} {verb} {card.title}"
                found.append(Finding(title, f"{id_} {name}".strip(), partial(self._link, link)))
        return found

    def _link(self, link: Link) -> None:
        try:
            self._editor.model.connect(link)
        except StudioError as error:
            self._editor.failed.emit(error)
        self._editor.follow()
