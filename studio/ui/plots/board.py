"""All curves of the chosen runs: one plot for each kind of figure, one clock for all."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.domain.runs import RunRecord
from studio.ui.plots.curves import LiveCurves
from studio.ui.plots.lines import Line
from studio.ui.plots.writing import write_plots

_TICK_MS = 33
_COLUMNS = 2
_FIRST = ("loss", "accuracy", "ap50", "ap")
_LAST = ("learning_rate",)


class ShownRun(NamedTuple):
    """A run whose curves are drawn."""

    id: str
    title: str
    record: RunRecord


class CurveBoard(QWidget):
    """Plots of several runs, drawn at most 30 times a second while they are in view."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs: list[ShownRun] = []
        self._known: dict[tuple[str, str], Line] = {}
        self.plots: dict[str, LiveCurves] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setAccessibleName("Smoothing")
        self.smoothing.setRange(0, 99)
        self.smoothing.setMaximumWidth(160)
        self.smoothing.valueChanged.connect(self._smooth)
        self._share = QLabel("0 %")
        self.log = QCheckBox("Logarithmic")
        self.log.setAccessibleName("Logarithmic values")
        self.log.toggled.connect(self._set_log)
        self._build()

    def _build(self) -> None:
        self.bar = QHBoxLayout()
        self.bar.setSpacing(8)
        label = QLabel("Smoothing")
        label.setBuddy(self.smoothing)
        for widget in (label, self.smoothing, self._share, self.log):
            self.bar.addWidget(widget)
        self.bar.addStretch(1)
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(16)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._holder)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(self.bar)
        column.addWidget(scroll, 1)

    def show_runs(self, runs: Sequence[ShownRun]) -> None:
        """Draw the curves of these runs, and of no others."""
        self._runs = list(runs)
        ids = {run.id for run in runs}
        self._known = {key: line for key, line in self._known.items() if key[0] in ids}
        self._arrange(force=True)
        self.tick()

    def lines(self) -> list[Line]:
        """Return all lines that are drawn."""
        return [line for plot in self.plots.values() for line in plot.lines]

    def tick(self) -> None:
        """Draw what is new."""
        self._arrange()
        for plot in self.plots.values():
            plot.tick()

    def fit(self) -> None:
        """Show all curves as a whole."""
        for plot in self.plots.values():
            plot.fit()

    def write(self, path: Path) -> None:
        """Write plots or numbers to a file; raises `StudioError`."""
        write_plots(path, self._holder, self.lines())

    def showEvent(self, event: QShowEvent) -> None:
        """Begin to follow."""
        super().showEvent(event)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop following what nobody sees."""
        super().hideEvent(event)
        self._timer.stop()

    def _arrange(self, force: bool = False) -> None:
        """Make plots and lines for metrics that are new."""
        found: dict[str, list[tuple[str, str]]] = {}
        for run in self._runs:
            for name in list(run.record.curves):
                found.setdefault(group_of(name), []).append((run.id, name))
        fresh = {key for keys in found.values() for key in keys} - self._known.keys()
        if not fresh and not force:
            return
        numbers = {run.id: number for number, run in enumerate(self._runs)}
        titles = {run.id: run for run in self._runs}
        for gone in self.plots.keys() - found.keys():
            self.plots.pop(gone).deleteLater()
        for group, keys in found.items():
            lines = []
            for id_, name in keys:
                line = self._known.get((id_, name))
                if line is None:
                    line = Line(words(name), "", titles[id_].record.curves[name])
                    line.smooth_by(self.smoothing.value() / 100)
                    self._known[id_, name] = line
                kinds = [key[1] for key in keys if key[0] == id_]
                line.colour, line.dash = numbers[id_], kinds.index(name)
                line.run = titles[id_].title if len(self._runs) > 1 else ""
                lines.append(line)
            self._plot(group).show_lines(lines)
        self._place(sorted(found, key=_rank))

    def _plot(self, group: str) -> LiveCurves:
        if group not in self.plots:
            plot = LiveCurves(words(group))
            plot.set_log(self.log.isChecked() and group not in _LAST)
            plot.pointed.connect(self._point)
            self.plots[group] = plot
        return self.plots[group]

    def _place(self, groups: Sequence[str]) -> None:
        while self._grid.takeAt(0) is not None:
            pass
        for number, group in enumerate(groups):
            alone = number == len(groups) - 1 and number % _COLUMNS == 0
            span = _COLUMNS if alone else 1
            place = (number // _COLUMNS, number % _COLUMNS)
            self._grid.addWidget(self.plots[group], *place, 1, span)

    def _point(self, step: float) -> None:
        for plot in self.plots.values():
            plot.point(step)

    def _smooth(self, percent: int) -> None:
        self._share.setText(f"{percent} %")
        for plot in self.plots.values():
            plot.smooth_by(percent / 100)

    def _set_log(self, on: bool) -> None:
        for plot in self.plots.values():
            plot.set_log(on)


def group_of(metric: str) -> str:
    """Return the plot a metric stands in: `val_loss` stands beside `loss`."""
    for prefix in ("train_", "val_", "test_"):
        metric = metric.removeprefix(prefix)
    return metric


def words(metric: str) -> str:
    """Write a metric for people: `val_ap50` becomes “Validation AP50”."""
    known = {"val": "validation", "ap": "AP", "ap50": "AP50", "ap75": "AP75", "f1": "F1"}
    text = " ".join(known.get(part, part) for part in metric.split("_"))
    return text[:1].upper() + text[1:]


def _rank(group: str) -> tuple[int, str]:
    if group in _FIRST:
        return (_FIRST.index(group), group)
    return (len(_FIRST) + (group in _LAST), group)
