"""The whole graph in a corner while a part of it is out of view; a click goes there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QTransform
from PySide6.QtWidgets import QWidget

from studio.ui.graph.view import GraphView
from studio.ui.theme import current

_SIZE = QSize(176, 112)
_PAD = 8


class Minimap(QWidget):
    """Paints the overview's lists once more, and the stretch that is in view.

    Parameters
    ----------
    view : GraphView
        Also its parent; the map lies over its lower right corner.
    """

    def __init__(self, view: GraphView) -> None:
        super().__init__(view)
        self._view = view
        self.setAccessibleName("Map of the pipeline")
        self.setToolTip("Click to go there")
        self.setFixedSize(_SIZE)
        view.zoomed.connect(self._draw)
        view.stage.outlined.connect(self._draw)
        current.wardrobe().changed.connect(self._draw)

    def place(self) -> None:
        """Stand in the lower right corner of the view."""
        room = self._view.size() - self.size()
        self.move(room.width() - _PAD, room.height() - _PAD)

    def _draw(self, *_: object) -> None:
        whole = self._view.stage.bounds()
        self.setVisible(not whole.isEmpty() and not self._view.in_view().contains(whole))
        self.update()

    def _to_map(self) -> QTransform:
        whole = self._view.stage.bounds()
        room = QRectF(self.rect()).adjusted(_PAD, _PAD, -_PAD, -_PAD)
        if whole.isEmpty():
            return QTransform()
        scale = min(room.width() / whole.width(), room.height() / whole.height(), 0.2)
        middle, centre = room.center(), whole.center()
        return QTransform(
            scale, 0, 0, scale, middle.x() - scale * centre.x(), middle.y() - scale * centre.y()
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the map."""
        del event
        tokens = current.tokens()
        painter = QPainter(self)
        ground = QColor(tokens.surface)
        ground.setAlphaF(0.92)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(ground)
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.setClipRect(self.rect().adjusted(1, 1, -1, -1))
        to_map = self._to_map()
        painter.setTransform(to_map)
        self._view.stage.overview.outline.paint(painter, tokens)
        painter.resetTransform()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawRect(to_map.mapRect(self._view.in_view()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go along."""
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go(event.position())

    def _go(self, at: QPointF) -> None:
        back, possible = self._to_map().inverted()
        if possible:
            self._view.centerOn(back.map(at))
            self._view.zoomed.emit(self._view.zoom)
