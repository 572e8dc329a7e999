"""How often which value stands in a picture, with what becomes black and white."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.ui.canvas.display import BINS, PLAIN, Channel, Display, Values, histogram
from studio.ui.canvas.levels import Level
from studio.ui.theme import current

_HIGH = 84
_INKS = {"red": "#d0312d", "green": "#2e8b3d", "blue": "#2f6fde"}


class ValueChart(QWidget):
    """A histogram; its heights are square roots, so that rare values are seen.

    Parameters
    ----------
    name : str
        What a screen reader calls it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HIGH)
        self.counts: dict[str, np.ndarray] = {}
        """(256,) int64 for each channel that is seen."""
        self._display = PLAIN
        self._of: Level | None = None
        self._channel: Channel = "colour"

    def sizeHint(self) -> QSize:
        """Ask for a comfortable size."""
        return QSize(240, _HIGH)

    def show_level(self, level: Level | None, display: Display) -> None:
        """Show the values of a picture, or nothing, and the window of a display."""
        self._display = display
        if level is None:
            self.counts = {}
        elif level is not self._of or display.channel != self._channel:
            self.counts = _counts(level.values, display.channel)
        self._of, self._channel = level, display.channel
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = current.tokens()
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(tokens.line), 1))
        painter.setBrush(QColor(tokens.ground))
        painter.drawRoundedRect(room, 4, 4)
        room = room.adjusted(4, 4, -4, -4)
        for name, counts in self.counts.items():
            self._area(painter, room, counts, QColor(_INKS.get(name, tokens.quiet)))
        painter.setPen(QPen(QColor(tokens.ink), 1.5))
        for share in (self._display.low, self._display.high):
            at = room.left() + share * room.width()
            painter.drawLine(QPointF(at, room.top()), QPointF(at, room.bottom()))
        painter.end()

    def _area(self, painter: QPainter, room: QRectF, counts: np.ndarray, ink: QColor) -> None:
        heights = np.sqrt(counts / max(1, int(counts.max())))
        steps = room.left() + np.arange(BINS) / (BINS - 1) * room.width()
        tops = room.bottom() - heights * room.height()
        points = [QPointF(room.left(), room.bottom())]
        points += [QPointF(x, y) for x, y in zip(steps.tolist(), tops.tolist(), strict=True)]
        points.append(QPointF(room.right(), room.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        fill = QColor(ink)
        fill.setAlpha(170)
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(points))


def _counts(values: Values, channel: Channel) -> dict[str, np.ndarray]:
    if values.ndim == 2:
        return {"grey": histogram(values)}
    shown: tuple[Channel, ...] = ("red", "green", "blue") if channel == "colour" else (channel,)
    return {one: histogram(values, one) for one in shown}
