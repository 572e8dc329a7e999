"""The canvas: turns wheel, buttons and keys into gestures."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QCursor,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
)
from PySide6.QtWidgets import QLabel, QWidget

from studio.domain.pipelines import NodeId
from studio.errors import StudioError
from studio.ui.graph.cards import WIDTH
from studio.ui.graph.interactions.connect import Connect
from studio.ui.graph.interactions.gesture import Gesture
from studio.ui.graph.interactions.move import GRID, Move
from studio.ui.graph.interactions.rubber_band import RubberBand
from studio.ui.graph.items import LinkItem, NodeItem
from studio.ui.graph.joining import End
from studio.ui.graph.scene import GraphScene
from studio.ui.graph.walking import Direction, next_in
from studio.ui.graph.zoom_view import ZoomView

MIME = "application/x-studio-operation"
"""Drags from the palette carry an operation's id, or `@` and a kind for an input."""
_SOCKET_REACH = 12.0
_NOTE_OFF = QPoint(16, 20)
_DIRECTIONS: dict[int, Direction] = {
    Qt.Key.Key_Left: "left",
    Qt.Key.Key_Right: "right",
    Qt.Key.Key_Up: "up",
    Qt.Key.Key_Down: "down",
}

_NUDGES: dict[Direction, tuple[int, int]] = {
    "left": (-1, 0),
    "right": (1, 0),
    "up": (0, -1),
    "down": (0, 1),
}


class GraphView(ZoomView):
    """Shows a scene, and lets hands work on its model.

    Parameters
    ----------
    scene : GraphScene
        What is shown.
    """

    dropped = Signal(str, QPointF)
    """Something of the palette was dropped; carries what `MIME` says, and where, scene px."""
    wanted = Signal(QPointF, object)
    """A place where something is to be added was pointed at; carries it and an `End` or None."""
    opened = Signal(str)
    """A node was double-clicked, or Enter was pressed on it; carries its id."""
    failed = Signal(object)
    """A gesture could not be carried out; carries the `StudioError`."""

    def __init__(self, scene: GraphScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self.stage = scene
        self.model = scene.model
        self._gesture: Gesture | None = None
        self._space = False
        self.setAccessibleName("Pipeline")
        self.setAccessibleDescription(
            "Arrows go from node to node, Enter edits, Tab adds. The list beside it says the same."
        )
        self.setMouseTracking(True)
        self.setAcceptDrops(True)
        self.note = QLabel(self.viewport())
        self.note.setProperty("role", "toast")
        self.note.setMargin(6)
        self.note.hide()
        self.zoomed.connect(scene.set_zoom)

    def node_at(self, at: QPointF) -> NodeId | None:
        """Return the topmost node at a place of the canvas, or None."""
        for item in self.stage.items(at):
            if isinstance(item, NodeItem):
                return item.id
        return None

    def end_at(self, at: QPointF) -> End | None:
        """Return the socket near a place of the canvas, or None."""
        reach = _SOCKET_REACH
        around = QRectF(at.x() - reach, at.y() - reach, 2 * reach, 2 * reach)
        for item in self.stage.items(around):
            if isinstance(item, NodeItem):
                local = at - item.pos()
                found = item.card.socket_at(local.x(), local.y(), reach)
                if found is not None:
                    return End(item.id, *found)
        return None

    def say(self, text: str, at: QPointF) -> None:
        """Show words beside a place; an empty text takes them away."""
        self.note.setVisible(bool(text))
        if text:
            self.note.setText(text)
            self.note.adjustSize()
            place = self.mapFromScene(at) + _NOTE_OFF
            room = self.viewport().rect()
            place.setX(max(0, min(place.x(), room.width() - self.note.width())))
            place.setY(max(0, min(place.y(), room.height() - self.note.height())))
            self.note.move(place)
            self.note.raise_()

    def seek(self, at: QPointF, end: End | None = None) -> None:
        """Ask for something to add here."""
        self.wanted.emit(at, end)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a gesture, or to pan."""
        self.say("", QPointF())
        button = event.button()
        if button == Qt.MouseButton.MiddleButton or (
            button == Qt.MouseButton.LeftButton and self._space
        ):
            self.begin_pan(event.position().toPoint())
        elif button == Qt.MouseButton.LeftButton:
            self._gesture = self._begin(self.mapToScene(event.position().toPoint()), event)
        event.accept()

    def _begin(self, at: QPointF, event: QMouseEvent) -> Gesture | None:
        adding = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        end = self.end_at(at)
        if end is not None:
            return self._cable(end)
        id_ = self.node_at(at)
        if id_ is not None:
            chosen = set(self.stage.chosen())
            if adding:
                self.stage.choose(chosen ^ {id_})
            elif id_ not in chosen:
                self.stage.choose([id_])
            return Move(self, self.stage.chosen(), at)
        link = next((item for item in self.stage.items(at) if isinstance(item, LinkItem)), None)
        if link is not None:
            self.stage.choose(())
            link.setSelected(True)
            return None
        return RubberBand(self, at, self.stage.chosen() if adding else ())

    def _cable(self, end: End) -> Gesture:
        """Begin a new cable; at an input that has one, take that one up."""
        item = self.stage.links.get((end.node, end.socket.name)) if end.side == "in" else None
        if item is None:
            return Connect(self, end)
        source = self.model.card(item.link.source)
        socket = next(s for s in source.outputs if s.name == item.link.output)
        return Connect(self, End(item.link.source, "out", socket), loose=item.link)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with what is under way."""
        here = event.position().toPoint()
        if not self.pan_to(here) and self._gesture is not None:
            self._gesture.move(self.mapToScene(here))
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what is under way."""
        self.end_pan()
        gesture, self._gesture = self._gesture, None
        if gesture is not None and event.button() == Qt.MouseButton.LeftButton:
            try:
                gesture.release(self.mapToScene(event.position().toPoint()))
            except StudioError as error:
                self.failed.emit(error)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit a node, or find one to add."""
        at = self.mapToScene(event.position().toPoint())
        id_ = self.node_at(at)
        if id_ is not None:
            self.opened.emit(id_)
        else:
            self.seek(at)
        event.accept()

    def cancel(self) -> bool:
        """Give up the gesture under way; returns whether there was one."""
        gesture, self._gesture = self._gesture, None
        if gesture is not None:
            gesture.cancel()
        return gesture is not None

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab adds a node; Shift+Tab leaves the canvas."""
        return False if forward else super().focusNextPrevChild(forward)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk, nudge, edit, add and pan by keys."""
        key = event.key()
        if key == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = True
            self.viewport().setCursor(Qt.CursorShape.OpenHandCursor)
        elif key in _DIRECTIONS:
            self._walk(_DIRECTIONS[key], event.modifiers())
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.stage.chosen():
            self.opened.emit(self.stage.chosen()[0])
        elif key == Qt.Key.Key_Tab:
            pointed = self.mapFromGlobal(QCursor.pos())
            inside = self.viewport().rect().contains(pointed)
            self.seek(self.mapToScene(pointed) if inside else self.in_view().center())
        elif key == Qt.Key.Key_Escape:
            if not self.cancel():
                self.stage.choose(())
        else:
            event.ignore()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Let go of the scene."""
        if event.key() == Qt.Key.Key_Space and not event.isAutoRepeat():
            self._space = False
            self.end_pan()

    def _walk(self, direction: Direction, modifiers: Qt.KeyboardModifier) -> None:
        chosen = self.stage.chosen()
        if modifiers & Qt.KeyboardModifier.ControlModifier:
            dx, dy = _NUDGES[direction]
            places = {id_: self.stage.nodes[id_].pos() for id_ in chosen}
            self.model.move({i: (p.x() + dx * GRID, p.y() + dy * GRID) for i, p in places.items()})
            return
        centres = {
            id_: (item.x() + WIDTH / 2, item.y() + item.card.height / 2)
            for id_, item in self.stage.nodes.items()
        }
        found = next_in(centres, chosen[0] if chosen else None, direction)
        if found is not None:
            self.stage.choose([found])
            self.ensureVisible(self.stage.nodes[found], 24, 24)
            self.zoomed.emit(self.zoom)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take what comes from the palette."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """Take it anywhere."""
        if event.mimeData().hasFormat(MIME):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add it where it was dropped."""
        if event.mimeData().hasFormat(MIME):
            said = bytes(event.mimeData().data(MIME).data()).decode()
            self.dropped.emit(said, self.mapToScene(event.position().toPoint()))
            event.acceptProposedAction()
