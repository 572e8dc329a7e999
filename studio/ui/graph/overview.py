"""The whole graph from afar: a few batched calls in place of one item for each node."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.ui.graph.cards import WIDTH
from studio.ui.graph.items import LinkItem, NodeItem
from studio.ui.graph.looks import SIGNS
from studio.ui.theme import current
from studio.ui.theme.icons import icon
from studio.ui.theme.tokens import Tokens, mixed

_BADGE_PX = 14.0
"""Height of a node on the screen from which on its badge is drawn."""


class Outline:
    """Rectangles of all nodes by their state, and lines between them."""

    def __init__(self) -> None:
        self.rects: dict[str, list[QRectF]] = {}
        self.chosen: list[QRectF] = []
        self.lines: list[QLineF] = []
        self.bounds = QRectF()

    def read(self, nodes: Iterable[NodeItem], links: Iterable[LinkItem]) -> None:
        """Read all items."""
        rects: dict[str, list[QRectF]] = {}
        left = top = float("inf")
        right = bottom = float("-inf")
        for node in nodes:
            rects.setdefault(node.look.state, []).append(node.frame)
        for frames in rects.values():
            xs, ys = [frame.x() for frame in frames], [frame.y() for frame in frames]
            tall = max(frame.height() for frame in frames)
            left, right = min(left, min(xs)), max(right, max(xs))
            top, bottom = min(top, min(ys)), max(bottom, max(ys) + tall)
        self.rects = rects
        self.lines = [link.line for link in links]
        full = left <= right
        self.bounds = QRectF(left, top, right + WIDTH - left, bottom - top) if full else QRectF()

    def choose(self, nodes: Iterable[NodeItem]) -> None:
        """Read which nodes are selected."""
        self.chosen = [node.frame for node in nodes]

    def paint(self, painter: QPainter, tokens: Tokens) -> None:
        """Draw lines and rectangles; pens are one pixel wide at any zoom."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        pen = QPen(QColor(mixed(tokens.line, tokens.ground, 0.35)), 0)
        painter.setPen(pen)
        painter.drawLines(self.lines)
        for state, rects in self.rects.items():
            token = SIGNS[state].token
            plain = token == "quiet"
            fill = tokens.raised if plain else mixed(getattr(tokens, token), tokens.surface, 0.35)
            painter.setPen(QPen(QColor(tokens.line if plain else getattr(tokens, token)), 0))
            painter.setBrush(QColor(fill))
            painter.drawRects(rects)
        if self.chosen:
            ring = QPen(QColor(tokens.accent), 3)
            ring.setCosmetic(True)
            painter.setPen(ring)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRects(self.chosen)


class Overview(QGraphicsItem):
    """Shown in place of nodes and cables below a certain zoom."""

    def __init__(self) -> None:
        super().__init__()
        self.outline = Outline()
        self.setZValue(10)
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setVisible(False)

    def spread(self) -> None:
        """Take the size of the outline after it was read."""
        self.prepareGeometryChange()
        self.update()

    def boundingRect(self) -> QRectF:
        """All nodes."""
        return self.outline.bounds.adjusted(-4, -4, 4, 4)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw everything, and badges as long as they can be read."""
        del widget
        tokens = current.tokens()
        self.outline.paint(painter, tokens)
        zoom = painter.worldTransform().m11()
        if zoom <= 0 or 90 * zoom < _BADGE_PX:
            return
        side = 16 / zoom
        for state, rects in self.outline.rects.items():
            sign = SIGNS[state]
            if not sign.icon:
                continue
            picture = icon(sign.icon, sign.token).pixmap(16, 16)
            whole = QRectF(picture.rect())
            for rect in rects:
                if rect.intersects(option.exposedRect) or option.exposedRect.isEmpty():
                    place = QRectF(0, 0, side, side)
                    place.moveCenter(rect.center())
                    painter.drawPixmap(place, picture, whole)
