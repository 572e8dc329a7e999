"""Stacked bars: how often each label occurs in each split."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.datasets import SPLITS
from studio.ui.pages.dataset.presenter import SPLIT_NAMES, Bar, chart_in_words
from studio.ui.theme import current
from studio.ui.theme.tokens import Tokens, mixed

_ROW, _THICK, _LEGEND = 28, 16, 32
_NAMES, _FIGURES = 128, 144
_PATTERNS = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense5Pattern,
)
"""Splits differ by pattern as well, not by shade alone."""


class SplitChart(QWidget):
    """One row a label, with its counts written beside the bar.

    Parameters
    ----------
    name : str
        What a screen reader calls it.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: Sequence[Bar] = ()
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        current.wardrobe().changed.connect(self.update)

    def show_bars(self, shown: Sequence[Bar]) -> None:
        """Draw other bars."""
        self._bars = shown
        self.setAccessibleDescription(chart_in_words(shown))
        self.setFixedHeight(self.sizeHint().height())
        self.update()

    def sizeHint(self) -> QSize:
        """Ask for a row a label."""
        return QSize(420, _LEGEND + _ROW * len(self._bars))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw legend and rows; only those in sight."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = current.tokens()
        self._legend(painter, tokens)
        most = max((sum(bar.counts) for bar in self._bars), default=0)
        first = max(0, (event.rect().top() - _LEGEND) // _ROW)
        last = min(len(self._bars), (event.rect().bottom() - _LEGEND) // _ROW + 1)
        for number in range(first, last):
            top = _LEGEND + number * _ROW
            self._row(painter, tokens, self._bars[number], top, most)
        painter.end()

    def _legend(self, painter: QPainter, tokens: Tokens) -> None:
        x = _NAMES
        for number, split in enumerate(SPLITS):
            _fill(painter, QRectF(x, 6, 12, 12), number, tokens)
            painter.setPen(QColor(tokens.ink))
            wide = painter.fontMetrics().horizontalAdvance(SPLIT_NAMES[split])
            flags = Qt.AlignmentFlag.AlignVCenter
            painter.drawText(QRectF(x + 20, 0, wide + 4, 24), flags, SPLIT_NAMES[split])
            x += wide + 44

    def _row(self, painter: QPainter, tokens: Tokens, bar: Bar, top: int, most: int) -> None:
        painter.setPen(QColor(tokens.ink))
        metrics = painter.fontMetrics()
        name = metrics.elidedText(bar.name, Qt.TextElideMode.ElideRight, _NAMES - 12)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, _NAMES - 12, _ROW), middle, name)
        room = max(1, self.width() - _NAMES - _FIGURES)
        x = float(_NAMES)
        for number, count in enumerate(bar.counts):
            wide = room * count / most if most else 0.0
            if count:
                place = QRectF(x, top + (_ROW - _THICK) / 2, wide, _THICK)
                _fill(painter, place, number, tokens)
            x += wide
        painter.setPen(QColor(tokens.quiet))
        figures = " / ".join(f"{count:,}" for count in bar.counts)
        painter.drawText(QRectF(x + 8, top, _FIGURES - 8, _ROW), middle, figures)


def _fill(painter: QPainter, place: QRectF, number: int, tokens: Tokens) -> None:
    shade = (tokens.accent, mixed(tokens.accent, tokens.surface, 0.35), tokens.quiet)[number]
    painter.setPen(QColor(shade))
    painter.setBrush(QColor(tokens.surface))
    painter.drawRect(place)
    painter.setBrush(QBrush(QColor(shade), _PATTERNS[number]))
    painter.drawRect(place)
