"""What stands in a layer: labels, sizes, attributes, and what meets."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from studio.domain.labels import LayerStatistics
from studio.ui.pages.quality.presenter import QualityPresenter
from studio.ui.pages.quality.tables import PlainTable
from studio.ui.plots.bars import BarPlot, NamedBar


class StatisticsPanel(QWidget):
    """Counts and sizes of shapes.

    Parameters
    ----------
    presenter : QualityPresenter
        Knows the words.
    """

    chosen = Signal(str)
    """Another layer is asked for; carries whose."""

    def __init__(self, presenter: QualityPresenter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._presenter = presenter
        self._told: LayerStatistics | None = None
        self.whose = QComboBox()
        self.whose.setAccessibleName("Whose shapes")
        self.whose.setMinimumContentsLength(14)
        self.said = QLabel()
        self.said.setProperty("role", "heading")
        self.said.setWordWrap(True)
        self.labels = PlainTable("Labels", ("Label", "Shapes", "Pictures", "Mean size, px"))
        self.attributes = PlainTable("Attributes", ("Attribute", "Value", "Shapes", "Pictures"))
        self.meeting = PlainTable("Labels that meet", ("Label", "With", "Pictures"))
        self.counts = BarPlot()
        self.areas = BarPlot(along="Sides of a square of this area, px")
        self._build()
        self.whose.currentTextChanged.connect(self._asked)
        self.labels.currentCellChanged.connect(self._show_areas)

    def _build(self) -> None:
        head = QHBoxLayout()
        label = QLabel("Shapes of")
        label.setBuddy(self.whose)
        head.addWidget(label)
        head.addWidget(self.whose)
        head.addWidget(self.said, 1)
        lists = QTabWidget()
        lists.setAccessibleName("What is counted")
        for title, table in (
            ("Labels", self.labels),
            ("Attributes", self.attributes),
            ("Meeting on a picture", self.meeting),
        ):
            lists.addTab(table, title)
        plots = QWidget()
        column = QVBoxLayout(plots)
        column.setContentsMargins(8, 0, 0, 0)
        column.addWidget(self.counts, 1)
        column.addWidget(self.areas, 1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(lists)
        both.addWidget(plots)
        both.setSizes([460, 540])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(both, 1)

    def show_people(self, names: Sequence[str]) -> None:
        """Offer layers; the one that is shown stays so."""
        kept = self.whose.currentText()
        self.whose.blockSignals(True)
        self.whose.clear()
        self.whose.addItems(list(names))
        self.whose.setCurrentIndex(max(0, self.whose.findText(kept)))
        self.whose.blockSignals(False)

    def show_statistics(self, told: LayerStatistics) -> None:
        """Show what stands in the layer."""
        self._told = told
        self.said.setText(self._presenter.counted(told))
        self.labels.show_rows(self._presenter.label_rows(told))
        self.attributes.show_rows(self._presenter.said_rows(told))
        self.meeting.show_rows(self._presenter.meeting_rows(told))
        self.counts.show_bars("Shapes", [NamedBar(*b) for b in self._presenter.label_bars(told)])
        self._show_areas()

    def _asked(self, name: str) -> None:
        if name:
            self.chosen.emit(name)

    def _show_areas(self, *where: int) -> None:
        del where
        told, row = self._told, self.labels.currentRow()
        if told is None:
            return
        bars = [NamedBar(*bar) for bar in self._presenter.area_bars(told, row)]
        named = self._presenter.name(told.labels[row].label) if 0 <= row < len(told.labels) else ""
        self.areas.setVisible(bool(bars))
        self.areas.show_bars(f"Sizes of {named}", bars)
