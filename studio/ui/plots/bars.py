"""A plot of named bars, each with its interval where it has one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.plots.bare import bare, dress
from studio.ui.plots.series import colour
from studio.ui.theme import current

_LEAST_HEIGHT = 170
_MOST = 24
_LONGEST = 12
_WIDE = 0.7


class NamedBar(NamedTuple):
    """One bar."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None
    """Its 95 % interval; None for none."""


class BarPlot(QWidget):
    """Shows named bars; shares between 0 and 1 as per cent, or counts.

    Parameters
    ----------
    shares : bool
        Whether values are shares.
    along : str
        What the axis below names; may be empty.
    """

    def __init__(
        self, shares: bool = False, along: str = "", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._bars: list[NamedBar] = []
        self._shares = shares
        self.heading = QLabel()
        self.heading.setProperty("role", "heading")
        self.heading.setWordWrap(True)
        self.plot = pg.PlotWidget(background=None)
        self.plot.setMinimumHeight(_LEAST_HEIGHT)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.heading)
        column.addWidget(self.plot, 1)
        self._ground = bare(self.plot, along, "%" if shares else "")
        # Names have letters that reach below the line; pyqtgraph gives numbers too little room.
        below = self.plot.getPlotItem().getAxis("bottom")
        below.setStyle(autoExpandTextSpace=False, tickTextHeight=self.fontMetrics().height())
        self.plot.getPlotItem().getViewBox().setMouseEnabled(x=False, y=False)
        self._redraw()
        current.wardrobe().changed.connect(self._redraw)

    def show_bars(self, title: str, bars: Sequence[NamedBar]) -> None:
        """Replace all bars; of very many only the first are drawn, and the title says so.

        Parameters
        ----------
        title : str
            What is measured.
        bars : sequence of NamedBar
            Left to right.
        """
        more = f" · the first {_MOST} of {len(bars):,}" if len(bars) > _MOST else ""
        self.heading.setText(title + more)
        self._bars = list(bars[:_MOST])
        self._redraw()

    def _redraw(self) -> None:
        tokens = current.tokens()
        item = self.plot.getPlotItem()
        item.clear()
        item.addItem(self._ground, ignoreBounds=True)
        scale = 100.0 if self._shares else 1.0
        if self._bars:
            places = np.arange(len(self._bars), dtype=np.float64)
            values = scale * np.array([bar.value for bar in self._bars])
            shade = QColor(colour(0, tokens))
            item.addItem(
                pg.BarGraphItem(
                    x=places, height=values, width=_WIDE, brush=shade, pen=QPen(Qt.PenStyle.NoPen)
                )
            )
            self._draw_intervals(places, scale, QPen(QColor(tokens.ink), 2))
            tops = [bar.value if bar.high is None else bar.high for bar in self._bars]
            top = 100.0 if self._shares else max(scale * max(tops), 1.0)
            item.getViewBox().setRange(
                xRange=(-0.6, len(self._bars) - 0.4), yRange=(0, top * 1.05), padding=0
            )
        ticks = [(at, _short(bar.name, len(self._bars))) for at, bar in enumerate(self._bars)]
        item.getAxis("bottom").setTicks([ticks])
        dress(self.plot, self._ground)
        self.plot.setAccessibleName(f"Plot of {self.heading.text()}")
        self.plot.setAccessibleDescription("; ".join(self._said(bar) for bar in self._bars))

    def _draw_intervals(self, places: np.ndarray, scale: float, pen: QPen) -> None:
        known = [
            (place, scale * bar.value, scale * bar.low, scale * bar.high)
            for place, bar in zip(places, self._bars, strict=True)
            if bar.low is not None and bar.high is not None
        ]
        if not known:
            return
        x, y, low, high = np.array(known).T
        pen.setCosmetic(True)
        self.plot.getPlotItem().addItem(
            pg.ErrorBarItem(x=x, y=y, top=high - y, bottom=y - low, beam=0.2, pen=pen)
        )

    def _said(self, bar: NamedBar) -> str:
        if not self._shares:
            return f"{bar.name} {bar.value:,.0f}"
        said = f"{bar.name} {100 * bar.value:.1f} %"
        if bar.low is None or bar.high is None:
            return said
        return f"{said} ({100 * bar.low:.1f} to {100 * bar.high:.1f})"


def _short(name: str, count: int) -> str:
    room = max(3, min(_LONGEST, 80 // max(count, 1)))
    return name if len(name) <= room else f"{name[: room - 1]}…"
