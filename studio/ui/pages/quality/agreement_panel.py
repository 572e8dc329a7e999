"""How far people agree, and what they mean together."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.domain.quality import Agreement
from studio.ui.desk import Command
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.quality.presenter import QualityPresenter
from studio.ui.plots.bars import BarPlot, NamedBar
from studio.ui.plots.confusion import ConfusionMatrix
from studio.ui.widgets.buttons import command_button

_ID = Qt.ItemDataRole.UserRole
_NOTHING = (
    "Nobody has labelled the same pictures twice yet. Assign pictures to a second annotator: they"
    " begin with nothing in a branch of their own, and neither sees what the other drew."
)


class AgreementPanel(QWidget):
    """Sets annotators up, compares them, and joins what they drew.

    Parameters
    ----------
    presenter : QualityPresenter
        Knows the words.
    assign, work, settle : Command
        Give somebody pictures; label as somebody; write the consensus down.
    """

    opened = Signal(str)
    """A picture that waits for a person; carries its id."""

    def __init__(
        self, presenter: QualityPresenter, assign: Command, work: Command, settle: Command
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._told: Agreement | None = None
        self.person = QComboBox()
        self.person.setEditable(True)
        self.person.setAccessibleName("Annotator")
        self.person.setMinimumContentsLength(12)
        edit = self.person.lineEdit()
        assert isinstance(edit, QLineEdit)
        edit.setPlaceholderText("Name")
        edit.setAccessibleName("Name of the annotator")
        self.count = NumberField(100, whole=True, name="Pictures to assign")
        self.share = NumberField(10, whole=True, name="Share of checks, per cent")
        for field in (self.count, self.share):
            field.setMinimumWidth(110)
        self.pairs = QComboBox()
        self.pairs.setAccessibleName("Two people")
        self.pairs.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.said = QLabel(_NOTHING)
        self.said.setWordWrap(True)
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.bars = BarPlot(shares=True)
        self.matrix = ConfusionMatrix()
        self.matrix.setAccessibleName("What one says and the other says")
        self.news = QLabel()
        self.news.setWordWrap(True)
        self.open = QListWidget()
        self.open.setAccessibleName("Waiting for a person")
        self.open.setMaximumHeight(140)
        self._build(assign, work, settle)
        self.pairs.currentIndexChanged.connect(self._show_pair)
        self.open.itemActivated.connect(lambda item: self.opened.emit(item.data(_ID)))
        self.show_settled("", ())

    def _build(self, assign: Command, work: Command, settle: Command) -> None:
        head = QHBoxLayout()
        for title, widget in (
            ("Annotator", self.person),
            ("Pictures", self.count),
            ("Checks, %", self.share),
        ):
            label = QLabel(title)
            label.setBuddy(widget)
            head.addWidget(label)
            head.addWidget(widget)
        head.addWidget(command_button(assign))
        head.addWidget(command_button(work))
        head.addStretch(1)
        second = QHBoxLayout()
        self.between = QLabel("Between")
        self.between.setBuddy(self.pairs)
        second.addWidget(self.between)
        second.addWidget(self.pairs)
        self.settle = command_button(settle)
        second.addWidget(self.settle)
        second.addStretch(1)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(self.bars)
        both.addWidget(self.matrix)
        both.setSizes([500, 500])
        self.figures = both
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addLayout(second)
        whole.addWidget(self.said)
        whole.addWidget(both, 1)
        whole.addWidget(self.news)
        whole.addWidget(self.open)
        whole.addStretch(0)

    def show_people(self, names: Sequence[str]) -> None:
        """Offer annotators; what is typed stays."""
        kept = self.person.currentText()
        self.person.clear()
        self.person.addItems(list(names))
        self.person.setEditText(kept or (names[0] if names else ""))

    def show_agreement(self, told: Agreement | None, why_not: str = "") -> None:
        """Show how far people agree; None where there is nothing to compare."""
        self._told = told
        kept = self.pairs.currentText()
        self.pairs.blockSignals(True)
        self.pairs.clear()
        if told is not None:
            self.pairs.addItems([f"{one.first} and {one.second}" for one in told.pairs])
            self.pairs.setCurrentIndex(max(0, self.pairs.findText(kept)))
        self.pairs.blockSignals(False)
        for widget in (self.figures, self.pairs, self.between, self.settle):
            widget.setVisible(told is not None)
        if told is None:
            self.said.setText(why_not or _NOTHING)
        self._show_pair()

    def show_settled(self, said: str, rows: Sequence[tuple[str, str, str]]) -> None:
        """Show what came of a consensus, and what waits for a person."""
        self.news.setVisible(bool(said))
        self.news.setText(said)
        self.open.setVisible(bool(rows))
        self.open.clear()
        for media, about, members in rows:
            item = QListWidgetItem(f"{about} · {members}")
            item.setData(_ID, media)
            self.open.addItem(item)
        if rows:
            self.open.setCurrentRow(0)

    def _show_pair(self, *at: int) -> None:
        del at
        told, row = self._told, self.pairs.currentIndex()
        if told is None or not 0 <= row < len(told.pairs):
            return
        pair = told.pairs[row]
        self.said.setText(self._presenter.pair_said(told, pair))
        bars = [NamedBar(*bar) for bar in self._presenter.class_bars(pair)]
        self.bars.show_bars("Named alike (F1), with 95 % intervals", bars)
        cells, names = self._presenter.confusion(told, pair)
        self.matrix.show_matrix(cells, names, names, (pair.first, pair.second))
