"""Live curves: every step of every run, at any zoom, redrawn by one timer."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pyqtgraph as pg
import pyqtgraph.exporters
from PySide6.QtCore import QPointF, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from studio.domain.labels import PALETTE
from studio.domain.runs import Curve
from studio.ui.plots.pyramid import Pyramid
from studio.ui.theme import current

_TICK_MS = 50
_DASHES = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)


class _Line:
    """One curve on the plot, with its smoothed twin."""

    def __init__(self, plot: pg.PlotItem, name: str, number: int) -> None:
        self.name = name
        self.pyramid = Pyramid()
        self.smooth = Pyramid()
        self.taken = 0
        self._mean = math.nan
        self.colour = PALETTE[number % len(PALETTE)]
        style = _DASHES[number // len(PALETTE) % len(_DASHES)]
        # A pen of one px is drawn eight times faster than any wider one.
        self.raw = plot.plot(pen=pg.mkPen(self.colour, width=1, style=style), name=name)
        self.over = plot.plot(pen=pg.mkPen(self.colour, width=1, style=style))

    def take(self, curve: Curve, weight: float) -> bool:
        """Append what is new of a curve; returns whether there was any."""
        if len(curve) == self.taken:
            return False
        steps, values = curve.arrays()
        behind = self.pyramid.last()
        if len(steps) < self.taken or (
            behind is not None and self.taken and steps[self.taken - 1] != behind[0]
        ):
            # A resumed run wrote some steps anew: begin again.
            self.forget()
        fresh = slice(self.taken, len(steps))
        x, y = steps[fresh].astype(np.float64), values[fresh]
        self.pyramid.append(x, y)
        self.smooth.append(x, self._smoothed(y, weight))
        self.taken = len(steps)
        return True

    def smooth_again(self, weight: float) -> None:
        """Smooth all points by another weight."""
        self.smooth, self._mean = Pyramid(), math.nan
        x, y = self.pyramid.points()
        self.smooth.append(x, self._smoothed(y, weight))

    def forget(self) -> None:
        """Drop all points."""
        self.pyramid, self.smooth, self.taken, self._mean = Pyramid(), Pyramid(), 0, math.nan

    def _smoothed(self, values: np.ndarray, weight: float) -> np.ndarray:
        """Return the exponential moving average, which skips what is not finite."""
        out = np.empty(len(values))
        mean = self._mean
        for place, value in enumerate(values):
            if math.isfinite(value):
                mean = value if math.isnan(mean) else weight * mean + (1 - weight) * value
            out[place] = mean
        self._mean = mean
        return out


class CurvePlot(QWidget):
    """Curves of one metric, one for each run.

    Parameters
    ----------
    title : str
        Of the metric.
    unit : str
        Beside the axis; may be empty.
    """

    def __init__(self, title: str, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._lines: dict[str, _Line] = {}
        self._dirty = True
        self._following = True
        self._log = False
        self.plot = pg.PlotWidget()
        self.plot.setAccessibleName(f"Curves of {title}")
        self.plot.setMenuEnabled(False)
        item = self.plot.getPlotItem()
        item.hideButtons()
        item.setLabel("left", title, units=unit or None)
        item.setLabel("bottom", "Step")
        item.showGrid(x=True, y=True, alpha=0.15)
        item.setClipToView(False)
        self._cursor = pg.InfiniteLine(angle=90, movable=False)
        item.addItem(self._cursor, ignoreBounds=True)
        self._cursor.setVisible(False)
        self._build()
        self._dress()
        item.vb.sigRangeChangedManually.connect(self._moved_by_hand)
        item.vb.sigRangeChanged.connect(self._touch)
        self.plot.scene().sigMouseMoved.connect(self._point_at)
        current.wardrobe().changed.connect(self._dress)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._timer.start()

    def _build(self) -> None:
        self.readout = QLabel()
        self.readout.setProperty("role", "small")
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 99)
        self.smoothing.setValue(60)
        self.smoothing.setMaximumWidth(120)
        self.smoothing.setAccessibleName(f"Smoothing of {self._title}")
        self.smoothing.setToolTip("Smoothing")
        self.smoothing.valueChanged.connect(self._smooth)
        self.logarithmic = QCheckBox("Log")
        self.logarithmic.setAccessibleName(f"Logarithmic axis for {self._title}")
        self.logarithmic.toggled.connect(self._set_log)
        row = QHBoxLayout()
        row.addWidget(self.readout, 1)
        row.addWidget(QLabel("Smoothing"))
        row.addWidget(self.smoothing)
        row.addWidget(self.logarithmic)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.plot, 1)
        column.addLayout(row)

    @property
    def names(self) -> list[str]:
        """Names of the runs that are shown."""
        return list(self._lines)

    def take(self, run: str, curve: Curve) -> None:
        """Append what is new of a run's curve; drawn at the next tick."""
        line = self._lines.get(run)
        if line is None:
            line = _Line(self.plot.getPlotItem(), run, len(self._lines))
            self._lines[run] = line
        if line.take(curve, self.smoothing.value() / 100):
            self._dirty = True

    def keep_only(self, runs: set[str]) -> None:
        """Take away the curves of all other runs."""
        for run in set(self._lines) - runs:
            line = self._lines.pop(run)
            self.plot.removeItem(line.raw)
            self.plot.removeItem(line.over)
            self._dirty = True

    def tick(self) -> None:
        """Draw what has changed; called by the timer."""
        if not self._dirty or not self.isVisible():
            return
        self._dirty = False
        view = self.plot.getPlotItem().vb
        if self._following:
            self._fit()
        left, right = view.viewRange()[0]
        most = max(200, int(view.width()))
        faded = self.smoothing.value() > 0
        for line in self._lines.values():
            colour = QColor(line.colour)
            colour.setAlphaF(0.35 if faded else 1.0)
            line.raw.setPen(pg.mkPen(colour, width=1))
            line.raw.setData(*self._shown(line.pyramid, left, right, most), skipFiniteCheck=False)
            line.over.setVisible(faded)
            if faded:
                line.over.setData(*self._shown(line.smooth, left, right, most))
        self._say_latest()

    def fit(self) -> None:
        """Show everything, and follow what comes."""
        self._following = True
        self._touch()

    def save(self, path: Path) -> None:
        """Write the plot as `.png` or `.svg`, or its points as `.csv`."""
        if path.suffix == ".csv":
            with path.open("w", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(["run", "step", self._title])
                for name, line in self._lines.items():
                    x, y = line.pyramid.points()
                    rows = zip(x, y, strict=True)
                    writer.writerows([name, int(a), repr(float(b))] for a, b in rows)
            return
        kinds = {".svg": pg.exporters.SVGExporter, ".png": pg.exporters.ImageExporter}
        kinds.get(path.suffix, pg.exporters.ImageExporter)(self.plot.getPlotItem()).export(
            str(path)
        )

    def _shown(
        self, pyramid: Pyramid, left: float, right: float, most: int
    ) -> tuple[np.ndarray, np.ndarray]:
        x, y = pyramid.view(left, right, most)
        if not self._log:
            return x, y
        with np.errstate(divide="ignore", invalid="ignore"):
            return x, np.where(y > 0, np.log10(y), np.nan)

    def _fit(self) -> None:
        all_bounds = [b for line in self._lines.values() if (b := line.pyramid.bounds())]
        if not all_bounds:
            return
        left, right = min(b[0] for b in all_bounds), max(b[1] for b in all_bounds)
        low, high = min(b[2] for b in all_bounds), max(b[3] for b in all_bounds)
        if self._log:
            high = math.log10(high) if high > 0 else 0.0
            low = math.log10(low) if low > 0 else high - 6
        view = self.plot.getPlotItem().vb
        view.blockSignals(True)
        margin = (high - low) * 0.06 or abs(high) * 0.1 or 1.0
        view.setRange(
            xRange=(left, max(right, left + 1)),
            yRange=(low - margin, high + margin),
            padding=0,
            disableAutoRange=True,
        )
        view.blockSignals(False)
        self.plot.getPlotItem().getAxis("left").linkedViewChanged(view)
        self.plot.getPlotItem().getAxis("bottom").linkedViewChanged(view)

    def _say_latest(self) -> None:
        said = []
        for line in self._lines.values():
            last = line.pyramid.last()
            if last is not None:
                said.append(f"{line.name} {last[1]:.5g}")
        self.readout.setText(" · ".join(said[:4]))
        self.plot.setAccessibleDescription(", ".join(said))

    def _point_at(self, place: QPointF) -> None:
        view = self.plot.getPlotItem().vb
        inside = view.sceneBoundingRect().contains(place)
        self._cursor.setVisible(inside)
        if not inside:
            self._say_latest()
            return
        x = view.mapSceneToView(place).x()
        self._cursor.setPos(x)
        said = [f"{line.name} {line.pyramid.at(x):.5g}" for line in self._lines.values()]
        self.readout.setText(f"Step {x:,.0f} · " + " · ".join(said[:4]))

    def _smooth(self, value: int) -> None:
        for line in self._lines.values():
            line.smooth_again(value / 100)
        self._touch()

    def _set_log(self, on: bool) -> None:
        self._log = on
        self.plot.getPlotItem().getAxis("left").setLogMode(on)
        self.fit()

    def _moved_by_hand(self) -> None:
        self._following = False
        self._touch()

    def _touch(self) -> None:
        self._dirty = True

    def _dress(self) -> None:
        tokens = current.tokens()
        self.plot.setBackground(tokens.surface)
        for side in ("left", "bottom"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(pg.mkPen(tokens.line))
            axis.setTextPen(pg.mkPen(tokens.ink))
        self._cursor.setPen(pg.mkPen(tokens.quiet, style=Qt.PenStyle.DashLine))
        self._touch()
