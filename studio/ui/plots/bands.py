"""A plot of a few curves with their intervals, each drawn as a band around its line."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.plots.bare import bare, dress
from studio.ui.plots.series import COLOURS, DASHES, colour
from studio.ui.theme import current
from studio.ui.theme.tokens import Tokens

_LEAST_HEIGHT = 200
_PAD = 0.05
_BAND = 0.18
_SYMBOLS = (("o", "●"), ("s", "■"), ("t1", "▲"), ("d", "◆"), ("t", "▼"), ("p", "⬟"), ("+", "✚"))
"""Places of a curve, in the plot and in the legend: told apart without colour."""


class Band(NamedTuple):
    """A curve with an interval at each place."""

    name: str
    x: NDArray[np.float64]
    """(N,)"""
    y: NDArray[np.float64]
    """(N,), 0..1."""
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    ground: bool = False
    """What the others are held against: it is grey and dashed."""


class _Look(NamedTuple):
    shade: str
    dash: Qt.PenStyle
    symbol: str
    mark: str


class BandPlot(QWidget):
    """Shows shares between 0 and 1 as per cent; the legend names the last value of each.

    Parameters
    ----------
    title : str
        What is measured.
    along : str
        What the axis below counts.
    """

    def __init__(self, title: str, along: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bands: list[Band] = []
        self.heading = QLabel(title)
        self.heading.setProperty("role", "heading")
        self.legend = QLabel()
        self.legend.setWordWrap(True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.plot = pg.PlotWidget(background=None)
        self.plot.setMinimumHeight(_LEAST_HEIGHT)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self.heading, self.legend, self.plot):
            column.addWidget(widget)
        column.setStretch(2, 1)
        self._ground = bare(self.plot, along, "%")
        self.plot.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)
        self._redraw()
        current.wardrobe().changed.connect(self._redraw)

    def show_bands(self, title: str, bands: Sequence[Band]) -> None:
        """Replace all curves.

        Parameters
        ----------
        title : str
            What is measured.
        bands : sequence of Band
            In the order of the legend.
        """
        self.heading.setText(title)
        self._bands = list(bands)
        self._redraw()

    def _redraw(self) -> None:
        tokens = current.tokens()
        item = self.plot.getPlotItem()
        item.clear()
        item.addItem(self._ground, ignoreBounds=True)
        for number, band in enumerate(self._bands):
            self._draw(band, _look(number, band, tokens))
        dress(self.plot, self._ground)
        self._fit()
        self._say()

    def _draw(self, band: Band, look: _Look) -> None:
        item = self.plot.getPlotItem()
        pen = QPen(QColor(look.shade), 2, look.dash)
        pen.setCosmetic(True)
        none = QPen(Qt.PenStyle.NoPen)
        edges = [pg.PlotCurveItem(band.x, 100 * side, pen=none) for side in (band.low, band.high)]
        fill = QColor(look.shade)
        fill.setAlphaF(_BAND)
        item.addItem(pg.FillBetweenItem(*edges, brush=fill))
        for edge in edges:
            item.addItem(edge)
        item.addItem(
            pg.PlotDataItem(
                band.x, 100 * band.y, pen=pen, symbol=look.symbol, symbolSize=8,
                symbolBrush=QColor(look.shade), symbolPen=None, antialias=True,
            )
        )  # fmt: skip

    def _fit(self) -> None:
        if not self._bands:
            return
        low = min(float(band.low.min()) for band in self._bands) * 100
        high = max(float(band.high.max()) for band in self._bands) * 100
        left = min(float(band.x[0]) for band in self._bands)
        right = max(float(band.x[-1]) for band in self._bands)
        tall, wide = max(high - low, 1.0) * _PAD, max(right - left, 1.0) * _PAD
        self.plot.getPlotItem().getViewBox().setRange(
            xRange=(left - wide, right + wide), yRange=(low - tall, high + tall), padding=0
        )

    def _say(self) -> None:
        tokens = current.tokens()
        parts, plain = [], []
        for number, band in enumerate(self._bands):
            look = _look(number, band, tokens)
            said = (
                f"{100 * band.y[-1]:.1f} % ({100 * band.low[-1]:.1f} to {100 * band.high[-1]:.1f})"
            )
            parts.append(
                f'<span style="color:{look.shade}">{look.mark}</span>&nbsp;{html.escape(band.name)}'
                f" <b>{said}</b>"
            )
            plain.append(f"{band.name} {said}")
        self.legend.setText("&nbsp;&nbsp; ".join(parts))
        self.plot.setAccessibleName(f"Plot of {self.heading.text()}")
        self.plot.setAccessibleDescription("; ".join(plain))


def _look(number: int, band: Band, tokens: Tokens) -> _Look:
    symbol, mark = _SYMBOLS[number % len(_SYMBOLS)]
    if band.ground:
        return _Look(colour(len(COLOURS) - 1, tokens), Qt.PenStyle.DashLine, symbol, mark)
    return _Look(colour(number, tokens), DASHES[0], symbol, mark)
