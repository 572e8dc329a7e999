"""Drawing a cable from socket to socket."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QGraphicsPathItem

from studio.domain.pipelines import Link, NodeId
from studio.ui.graph.cards import Side
from studio.ui.graph.drawing import cable
from studio.ui.graph.interactions.gesture import Stage
from studio.ui.graph.joining import End, join, targets
from studio.ui.theme import current


class Connect:
    """Draws a cable from a socket; sockets it may end at are lit, others say why not.

    Parameters
    ----------
    stage : Stage
        The canvas.
    end : End
        Where the cable begins.
    loose : Link, optional
        A link whose end was taken up; it goes where the cable goes, or away.
    """

    def __init__(self, stage: Stage, end: End, loose: Link | None = None) -> None:
        self._stage = stage
        self._end = end
        self._loose = loose
        self._targets = targets(stage.model.graph, stage.model.catalogue, end)
        scene = stage.stage
        self._from = scene.nodes[end.node].anchor(end.side, end.socket.name)
        self._cable = QGraphicsPathItem()
        pen = QPen(QColor(current.tokens().accent), 2, Qt.PenStyle.DashLine)
        self._cable.setPen(pen)
        self._cable.setZValue(15)
        scene.addItem(self._cable)
        by_node: dict[NodeId, set[str]] = {}
        for id_, name in self._targets:
            by_node.setdefault(id_, set()).add(name)
        for id_, item in scene.nodes.items():
            if id_ != end.node:
                item.light(frozenset(by_node.get(id_, ())))
        if loose is not None and (loose.node, loose.port) in scene.links:
            scene.links[loose.node, loose.port].setVisible(False)

    def _found(self, at: QPointF) -> Link | str | None:
        """Return the link that would be drawn here, why there can be none, or None on nothing."""
        model = self._stage.model
        other = self._stage.end_at(at)
        if other is not None and other != self._end:
            return join(model.graph, model.catalogue, self._end, other)
        id_ = self._stage.node_at(at)
        if id_ is None or id_ == self._end.node:
            return None
        side: Side = "in" if self._end.side == "out" else "out"
        card = model.card(id_)
        sockets = card.inputs if side == "in" else card.outputs
        free = [s for s in sockets if (id_, s.name) in self._targets]
        taken = model.graph.nodes[id_].inputs if id_ in model.graph.nodes else {}
        free.sort(key=lambda socket: side == "in" and socket.name in taken)
        if free:
            return join(model.graph, model.catalogue, self._end, End(id_, side, free[0]))
        fitting = [s for s in sockets if s.kind == self._end.socket.kind]
        if fitting:
            other = End(id_, side, fitting[0])
            return join(model.graph, model.catalogue, self._end, other)
        verb = "takes" if side == "in" else "gives"
        return f"“{card.title}” {verb} no {self._end.socket.kind}"

    def move(self, at: QPointF) -> None:
        """Draw the cable to the pointer, and say what is wrong with what lies under it."""
        ways = (self._from, at) if self._end.side == "out" else (at, self._from)
        self._cable.setPath(cable(*ways))
        found = self._found(at)
        self._stage.say(f"No link here, {found}" if isinstance(found, str) else "", at)

    def release(self, at: QPointF) -> None:
        """Make the link, refuse it, or offer what fits."""
        found = self._found(at)
        self._clear()
        model = self._stage.model
        if isinstance(found, Link):
            same = self._loose is not None and found == self._loose
            if not same:
                model.connect(found, self._loose)
        elif isinstance(found, str):
            self._stage.say(f"No link here, {found}", at)
        elif self._loose is not None:
            model.disconnect(self._loose)
        elif self._stage.node_at(at) is None:
            self._stage.seek(at, self._end)

    def cancel(self) -> None:
        """Draw no link."""
        self._clear()

    def _clear(self) -> None:
        scene = self._stage.stage
        scene.removeItem(self._cable)
        for item in scene.nodes.values():
            item.light(None)
        self._stage.say("", QPointF())
        if self._loose is not None and (self._loose.node, self._loose.port) in scene.links:
            scene.links[self._loose.node, self._loose.port].setVisible(True)
