"""Groups of pictures that look alike."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from studio.domain.quality import DuplicateGroups
from studio.ui.desk import Command
from studio.ui.forms.number_field import NumberField
from studio.ui.pages.quality.presenter import QualityPresenter
from studio.ui.widgets.buttons import command_button
from studio.ui.widgets.picture_wall import PictureWall, Tile

_NOTHING = (
    "Pictures were not compared yet. Copies that were resized or stored again at another quality"
    " are found, and kept from being labelled twice or from standing in two splits."
)


class AlikePanel(QWidget):
    """Compares pictures, and shows each group.

    Parameters
    ----------
    presenter : QualityPresenter
        Reads pictures.
    compare : Command
        Begins the comparison.
    """

    opened = Signal(str)
    """A picture is to be looked at; carries its id."""

    def __init__(self, presenter: QualityPresenter, compare: Command) -> None:
        super().__init__()
        self._presenter = presenter
        self._told: DuplicateGroups | None = None
        self.bits = NumberField(4, whole=True, name="Bits in which twins may differ")
        self.bits.setMinimumWidth(110)
        self.said = QLabel(_NOTHING)
        self.said.setProperty("role", "heading")
        self.said.setWordWrap(True)
        self.groups = QListWidget()
        self.groups.setAccessibleName("Groups of pictures that look alike")
        self.wall = PictureWall("Pictures of the group")
        self.both = QSplitter(Qt.Orientation.Horizontal)
        self.both.setChildrenCollapsible(False)
        self.both.addWidget(self.groups)
        self.both.addWidget(self.wall)
        self.both.setSizes([280, 720])
        head = QHBoxLayout()
        label = QLabel("Differ in at most, bits of 64")
        label.setBuddy(self.bits)
        head.addWidget(label)
        head.addWidget(self.bits)
        head.addWidget(command_button(compare))
        head.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 8, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.said)
        whole.addWidget(self.both, 1)
        whole.addStretch(0)
        self.groups.currentRowChanged.connect(self._show_group)
        self.wall.opened.connect(self.opened)

    def show_groups(self, told: DuplicateGroups | None) -> None:
        """Show what was found; None where nothing was compared yet."""
        if told is not None and told == self._told:
            return
        self._told = told
        self.both.setVisible(told is not None and bool(told.groups))
        self.groups.blockSignals(True)
        self.groups.clear()
        if told is not None:
            for at, group in enumerate(told.groups, 1):
                self.groups.addItem(f"{at:,} · {len(group):,} pictures · {group[0].name}")
        self.groups.blockSignals(False)
        if told is None:
            self.said.setText(_NOTHING)
            return
        more = sum(len(group) - 1 for group in told.groups)
        flat = f" {told.passed_over:,} are too flat or not readable." if told.passed_over else ""
        self.said.setText(
            f"{len(told.groups):,} groups with {more:,} pictures too many among"
            f" {told.pictures:,}.{flat}"
        )
        if told.groups:
            self.groups.setCurrentRow(0)

    def _show_group(self, row: int) -> None:
        if self._told is None or not 0 <= row < len(self._told.groups):
            return
        known = self._presenter.known
        self.wall.show_tiles(
            [
                Tile(one.media, f"{one.name} · {one.bits} bits", self._presenter.small(one.media))
                for one in self._told.groups[row]
                if known(one.media)
            ]
        )
