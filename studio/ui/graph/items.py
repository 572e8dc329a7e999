"""One item a node, one a cable: painted, never made of further items or widgets."""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPainterPath,
    QPainterPathStroker,
    QPen,
)
from PySide6.QtWidgets import QApplication, QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from studio.domain.pipelines import Link, NodeId
from studio.ui.graph.cards import FOOT, HEAD, ROW, WIDTH, Card, Socket, mark_of, words
from studio.ui.graph.drawing import SOCKET, cable, socket_shape
from studio.ui.graph.looks import PLAIN, Look
from studio.ui.plots.series import colour
from studio.ui.theme import current
from studio.ui.theme.icons import icon
from studio.ui.theme.tokens import Tokens, mixed

_PAD = 12.0
_ROUND = 8.0
_SIMPLE_BELOW = 0.6
"""Zoom below which names of ports are left out."""
_GRIP = 10.0
Flag = QGraphicsItem.GraphicsItemFlag


@cache
def _font(pixels: int, weight: QFont.Weight) -> tuple[QFont, QFontMetricsF]:
    font = QFont(QApplication.font())
    font.setPixelSize(pixels)
    font.setWeight(weight)
    return font, QFontMetricsF(font)


def small() -> tuple[QFont, QFontMetricsF]:
    """Return the font of ports and states, and its measures."""
    return _font(12, QFont.Weight.Normal)


def title_font() -> tuple[QFont, QFontMetricsF]:
    """Return the font of titles, and its measures."""
    return _font(13, QFont.Weight.DemiBold)


class NodeItem(QGraphicsItem):
    """A node with its sockets and its state.

    Parameters
    ----------
    card : Card
        What stands on it.
    """

    def __init__(self, card: Card) -> None:
        super().__init__()
        self.card = card
        self.look: Look = PLAIN
        self.frame = QRectF(0, 0, WIDTH, card.height)
        """Where it stands on the canvas; kept, since the overview reads all of them at once."""
        self.lit: frozenset[str] | None = None
        """While a cable is drawn: names of sockets it may end at; None while none is drawn."""
        self.setFlags(Flag.ItemIsSelectable | Flag.ItemIsFocusable)
        self.setCacheMode(QGraphicsItem.CacheMode.DeviceCoordinateCache)
        self.setToolTip(card.title)

    @property
    def id(self) -> NodeId:
        """The node's id."""
        return self.card.id

    def put(self, place: QPointF) -> None:
        """Stand somewhere else."""
        self.setPos(place)
        self.frame = QRectF(place.x(), place.y(), WIDTH, self.card.height)

    def show_card(self, card: Card) -> None:
        """Show another face."""
        if card != self.card:
            self.prepareGeometryChange()
            self.card = card
            self.put(self.pos())
            self.update()

    def show_look(self, look: Look) -> None:
        """Show another state."""
        if look != self.look:
            self.look = look
            self.setToolTip(f"{self.card.title}\n{look.words}\n{look.why}".strip())
            self.update()

    def light(self, sockets: frozenset[str] | None) -> None:
        """Show which sockets a cable may end at."""
        if sockets != self.lit:
            self.lit = sockets
            self.setOpacity(0.45 if sockets is not None and not sockets else 1.0)
            self.update()

    def anchor(self, side: str, name: str) -> QPointF:
        """Return where a socket is on the canvas."""
        x, y = self.card.anchor("in" if side == "in" else "out", name)
        return QPointF(self.frame.x() + x, self.frame.y() + y)

    def boundingRect(self) -> QRectF:
        """Leave room for sockets and the ring of what is selected."""
        edge = SOCKET + 4
        return QRectF(-edge, -edge, WIDTH + 2 * edge, self.card.height + 2 * edge)

    def shape(self) -> QPainterPath:
        """Be hit inside of the frame and at the sockets."""
        path = QPainterPath()
        path.addRect(QRectF(-SOCKET, 0, WIDTH + 2 * SOCKET, self.card.height))
        return path

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the node."""
        del option, widget
        tokens = current.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        zoom = painter.worldTransform().m11()
        self._paint_frame(painter, tokens)
        self._paint_head(painter, tokens)
        for sockets, left in ((self.card.inputs, True), (self.card.outputs, False)):
            for row, socket in enumerate(sockets):
                self._paint_socket(painter, tokens, socket, row, left, zoom >= _SIMPLE_BELOW)
        self._paint_foot(painter, tokens)

    def _paint_frame(self, painter: QPainter, tokens: Tokens) -> None:
        frame = QRectF(0, 0, WIDTH, self.card.height)
        alarming = self.look.sign.token in ("error", "warning")
        edge = self.look.sign.token if alarming else "line"
        pen = QPen(QColor(getattr(tokens, edge)), 1.5 if alarming else 1)
        if self.card.ghost:
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(tokens.surface))
        painter.drawRoundedRect(frame, _ROUND, _ROUND)
        if self.isSelected():
            painter.setPen(QPen(QColor(tokens.accent), 2.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(frame.adjusted(-3, -3, 3, 3), _ROUND + 2, _ROUND + 2)

    def _paint_head(self, painter: QPainter, tokens: Tokens) -> None:
        elide = Qt.TextElideMode.ElideRight
        font, measure = title_font()
        painter.setFont(font)
        painter.setPen(QColor(tokens.ink))
        room = WIDTH - 2 * _PAD
        painter.drawText(QPointF(_PAD, 20), measure.elidedText(self.card.title, elide, room))
        font, measure = small()
        painter.setFont(font)
        painter.setPen(QColor(tokens.quiet))
        painter.drawText(QPointF(_PAD, 37), measure.elidedText(self.card.subtitle, elide, room))

    def _paint_socket(
        self, painter: QPainter, tokens: Tokens, socket: Socket, row: int, left: bool, named: bool
    ) -> None:
        y = HEAD + ROW * (row + 0.5)
        at = QPointF(0 if left else WIDTH, y)
        mark = mark_of(socket.kind)
        lit = self.lit is not None and socket.name in self.lit
        shade = QColor(colour(mark.series, tokens))
        painter.setPen(QPen(QColor(tokens.accent) if lit else shade, 3 if lit else 1.5))
        hollow = socket.optional and not lit
        painter.setBrush(QColor(tokens.surface) if hollow else shade)
        painter.drawPath(socket_shape(mark, at, SOCKET + (3 if lit else 0)))
        if not named:
            return
        font, measure = small()
        painter.setFont(font)
        painter.setPen(QColor(tokens.ink if not socket.optional else tokens.quiet))
        text = words(socket.name) if socket.name else words(socket.kind)
        text = measure.elidedText(text, Qt.TextElideMode.ElideRight, WIDTH / 2 - _PAD - 4)
        wide = measure.horizontalAdvance(text)
        x = _PAD if left else WIDTH - _PAD - wide
        painter.drawText(QPointF(x, y + measure.ascent() / 2 - 1), text)

    def _paint_foot(self, painter: QPainter, tokens: Tokens) -> None:
        sign = self.look.sign
        if not sign.words:
            return
        top = self.card.height - FOOT
        painter.setPen(QPen(QColor(mixed(tokens.raised, tokens.line, 0.25)), 1))
        painter.drawLine(QPointF(1, top), QPointF(WIDTH - 1, top))
        icon(sign.icon, sign.token).paint(painter, QRectF(_PAD - 2, top + 5, 16, 16).toRect())
        font, measure = small()
        painter.setFont(font)
        painter.setPen(QColor(getattr(tokens, sign.token)))
        room = WIDTH - 2 * _PAD - 20
        text = measure.elidedText(self.look.words, Qt.TextElideMode.ElideRight, room)
        painter.drawText(QPointF(_PAD + 20, top + 17), text)
        if self.look.state == "running":
            share = (self.look.percent or 0) / 100
            bar = QRectF(0, self.card.height - 4, WIDTH * share, 4)
            painter.fillRect(bar, QColor(tokens.accent))


class LinkItem(QGraphicsItem):
    """A cable, whose way is worked out once.

    Parameters
    ----------
    link : Link
        What it stands for.
    kind : str
        Kind of artefact that flows.
    """

    def __init__(self, link: Link, kind: str) -> None:
        super().__init__()
        self.link = link
        self.kind = kind
        self.begin, self.end = QPointF(), QPointF()
        self.line = QLineF()
        """The shortest way, for the overview."""
        self._path = QPainterPath()
        self._shape: QPainterPath | None = None
        self.setZValue(-1)
        self.setFlags(Flag.ItemIsSelectable)

    def lay(self, begin: QPointF, end: QPointF) -> None:
        """Lay it between two places of the canvas."""
        if begin == self.begin and end == self.end:
            return
        self.prepareGeometryChange()
        self.begin, self.end = begin, end
        self.line = QLineF(begin, end)
        self._path = cable(begin, end)
        self._shape = None

    def boundingRect(self) -> QRectF:
        """The way, with the width of the pen."""
        return self._path.controlPointRect().adjusted(-3, -3, 3, 3)

    def shape(self) -> QPainterPath:
        """Be hit near the way."""
        if self._shape is None:
            stroker = QPainterPathStroker()
            stroker.setWidth(_GRIP)
            self._shape = stroker.createStroke(self._path)
        return self._shape

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw the cable in the colour of its kind."""
        del option, widget
        tokens = current.tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shade = tokens.accent if self.isSelected() else colour(mark_of(self.kind).series, tokens)
        painter.setPen(QPen(QColor(shade), 3 if self.isSelected() else 2))
        painter.drawPath(self._path)
