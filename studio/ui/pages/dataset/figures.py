"""The figures of a plan or a version: splits, labels, what to look at, and leaks."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QHeaderView,
    QLabel,
    QScrollArea,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.datasets import DatasetStatistics
from studio.domain.labels import LabelSchema
from studio.ui.pages.dataset.chart import SplitChart
from studio.ui.pages.dataset.presenter import bars, in_words, leak_rows, warnings

_CHART_HIGH, _LEAKS_HIGH = 120, 160
"""The least room of the chart and the most of the leaks, logical px."""


class Figures(QWidget):
    """Shows statistics.

    Parameters
    ----------
    name : str
        Of what: it names chart and table for screen readers.
    leaks : bool
        Whether leaks are known, as they are for a version that was made.
    """

    def __init__(self, name: str, leaks: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._knows_leaks = leaks
        self._splits = QLabel()
        self._splits.setWordWrap(True)
        self._warnings = QLabel()
        self._warnings.setProperty("role", "warning")
        self._warnings.setWordWrap(True)
        self.chart = SplitChart(f"Labels of the {name}")
        holder = QScrollArea()
        holder.setWidgetResizable(True)
        holder.setFrameShape(QScrollArea.Shape.NoFrame)
        holder.setMinimumHeight(_CHART_HIGH)
        inside = _topped(self.chart)
        holder.setWidget(inside)
        # The card shows through.
        holder.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        self._leaks_title = QLabel()
        self._leaks_title.setProperty("role", "heading")
        self.leaks = QTreeWidget()
        self.leaks.setAccessibleName(f"Leaks of the {name}")
        self.leaks.setRootIsDecorated(False)
        self.leaks.setUniformRowHeights(True)
        self.leaks.setHeaderLabels(["Why", "Picture", "Other picture"])
        self.leaks.header().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._splits)
        layout.addWidget(self._warnings)
        layout.addWidget(holder, 3)
        if leaks:
            layout.addWidget(self._leaks_title)
            self.leaks.setMaximumHeight(_LEAKS_HIGH)
            layout.addWidget(self.leaks, 2)

    def show_figures(self, schema: LabelSchema, figures: DatasetStatistics) -> None:
        """Show other statistics."""
        self._splits.setText(in_words(figures))
        said = warnings(schema, figures)
        self._warnings.setText("\n".join(said))
        self._warnings.setVisible(bool(said))
        self.chart.show_bars(bars(schema, figures))
        if self._knows_leaks:
            self._show_leaks(figures)

    def _show_leaks(self, figures: DatasetStatistics) -> None:
        self.leaks.clear()
        for row in leak_rows(figures.leaks):
            self.leaks.addTopLevelItem(QTreeWidgetItem(list(row)))
        self.leaks.setVisible(bool(figures.leaks))
        more = figures.leak_count - len(figures.leaks)
        listed = f", the first {len(figures.leaks):,} are listed" if more > 0 else ""
        self._leaks_title.setText(
            f"{figures.leak_count:,} leaks between splits{listed}"
            if figures.leak_count
            else "No leaks found between splits"
        )


def _topped(chart: SplitChart) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(chart)
    column.addStretch(1)
    return holder
