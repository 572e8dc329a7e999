"""A plot of growing curves: legend with latest values, crosshair, smoothing, log axis."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QColor, QPalette, QPen
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget

from studio.ui.plots.bare import bare, dress
from studio.ui.plots.curve_item import CurveItem
from studio.ui.plots.lines import Line, number
from studio.ui.plots.series import DASHES, MARKS, colour
from studio.ui.theme import current

_PAD = 0.05
_LEAST_HEIGHT = 180


class LiveCurves(QWidget):
    """One plot; call `tick` to draw what is new, at most some 30 times a second.

    Parameters
    ----------
    title : str
        What is measured.
    """

    pointed = Signal(float)
    """The pointer is at this step; NaN when it has left."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.lines: list[Line] = []
        self._items: list[tuple[CurveItem, CurveItem]] = []
        self._log = False
        self._follows = True
        self._step = math.nan
        self._heading = QLabel(title)
        self._heading.setProperty("role", "heading")
        self.legend = QLabel()
        self.legend.setWordWrap(True)
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.plot = pg.PlotWidget(background=None)
        self.plot.setAccessibleName(f"Plot of {title}")
        self.plot.setMinimumHeight(_LEAST_HEIGHT)
        self.plot.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self._cross = pg.InfiniteLine(angle=90, movable=False)
        self._build()
        self._dress()
        current.wardrobe().changed.connect(self._dress)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        for widget in (self._heading, self.legend, self.plot):
            column.addWidget(widget)
        column.setStretch(2, 1)
        item = self.plot.getPlotItem()
        self._ground = bare(self.plot, "Step")
        self.view = item.getViewBox()
        self.view.disableAutoRange()
        self.view.sigRangeChangedManually.connect(self._moved_by_hand)
        item.addItem(self._ground, ignoreBounds=True)
        self._cross.hide()
        item.addItem(self._cross, ignoreBounds=True)
        self.plot.scene().sigMouseMoved.connect(self._pointer)
        self.plot.viewport().installEventFilter(self)

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Replace all lines."""
        item = self.plot.getPlotItem()
        for pair in self._items:
            for one in pair:
                item.removeItem(one)
        self.lines = list(lines)
        self._items = []
        for line in self.lines:
            raw = CurveItem(line.raw, "#000000")
            smooth = CurveItem(line.smooth, "#000000")
            for one in (raw, smooth):
                one.set_log(self._log)
                item.addItem(one, ignoreBounds=True)
            self._items.append((raw, smooth))
        self._dress()
        self._redraw(fit=True)

    def tick(self) -> bool:
        """Draw what was appended since the last tick; returns whether there was anything."""
        grown = [line.read() for line in self.lines]
        if not any(grown):
            return False
        self._redraw(fit=self._follows)
        return True

    def smooth_by(self, weight: float) -> None:
        """Draw a smoothed line over each raw one; a weight of 0 takes it away."""
        for line in self.lines:
            line.smooth_by(weight)
        self._dress()
        self._redraw(fit=False)

    def set_log(self, on: bool) -> None:
        """Draw values on a logarithmic axis; what is not above zero is left out there."""
        self._log = on
        self.plot.getPlotItem().getAxis("left").setLogMode(x=False, y=on)
        for pair in self._items:
            for one in pair:
                one.set_log(on)
        self.fit()

    def fit(self) -> None:
        """Show everything, and follow the curves from now on."""
        self._follows = True
        self._redraw(fit=True)

    def _redraw(self, fit: bool) -> None:
        if fit:
            self._fit()
        for raw, smooth in self._items:
            raw.refresh()
            smooth.refresh()
        self._say()

    def _fit(self) -> None:
        filled = [line.raw for line in self.lines if len(line.raw)]
        if not filled:
            return
        left = min(float(p.x[0]) for p in filled)
        right = max(float(p.x[-1]) for p in filled)
        spans = [span for p in filled if (span := p.span(left, right))]
        low = min((s[0] for s in spans), default=0.0)
        high = max((s[1] for s in spans), default=1.0)
        if self._log:
            low, high = self._log_span(low, high)
        room = (high - low or abs(high) or 1.0) * _PAD
        wide = max(right - left, 1.0)
        self.view.setRange(
            xRange=(left, left + wide), yRange=(low - room, high + room), padding=0, update=True
        )

    def _log_span(self, low: float, high: float) -> tuple[float, float]:
        if low <= 0:
            positive = [line.raw.y[line.raw.y > 0] for line in self.lines]
            low = min((float(some.min()) for some in positive if len(some)), default=0.1)
        return math.log10(low), math.log10(max(high, low))

    def _dress(self) -> None:
        tokens = current.tokens()
        for line, (raw, smooth) in zip(self.lines, self._items, strict=True):
            shade = colour(line.colour, tokens)
            raw.dress(shade, line.smoothed, DASHES[line.dash % len(DASHES)])
            smooth.dress(shade, False, DASHES[line.dash % len(DASHES)])
            smooth.setVisible(line.smoothed)
        dress(self.plot, self._ground)
        self._cross.setPen(QPen(QColor(tokens.quiet), 1, Qt.PenStyle.DashLine))
        palette = self.plot.palette()
        palette.setColor(QPalette.ColorRole.Base, QColor(tokens.surface))
        self.plot.setPalette(palette)
        self._say()

    def _say(self) -> None:
        tokens = current.tokens()
        pointed = math.isfinite(self._step)
        parts, plain = [], []
        for line in self.lines:
            value = line.at(self._step) if pointed else line.latest()
            said = number(value) if len(line.raw) else "no value yet"
            shade, mark = colour(line.colour, tokens), MARKS[line.dash % len(MARKS)]
            name = f"{line.name} · {line.run}" if line.run else line.name
            parts.append(
                f'<span style="color:{shade}">{mark}</span>&nbsp;{html.escape(name)} <b>{said}</b>'
            )
            plain.append(f"{name} {said}")
        if pointed:
            parts.append(f"at step {self._step:,.0f}")
        self.legend.setText("&nbsp;&nbsp; ".join(parts))
        self.plot.setAccessibleDescription("; ".join(plain))

    def point(self, step: float) -> None:
        """Put the crosshair at a step, and its values into the legend; NaN takes it away."""
        self._step = step
        self._cross.setVisible(math.isfinite(step))
        if math.isfinite(step):
            self._cross.setPos(step)
        self._say()

    def _pointer(self, at: QPointF) -> None:
        if not self.view.sceneBoundingRect().contains(at):
            self.pointed.emit(math.nan)
            return
        self.pointed.emit(float(round(self.view.mapSceneToView(at).x())))

    def _moved_by_hand(self, *_: object) -> None:
        self._follows = False

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Take the crosshair away when the pointer leaves."""
        if event.type() == QEvent.Type.Leave:
            self.pointed.emit(math.nan)
        return False
