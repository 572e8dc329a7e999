"""Beside the canvas: the labels and the tags of the whole picture."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QSignalBlocker,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from studio.domain.labels import LabelId, LabelSchema
from studio.ui.canvas.looks import Look, looks_of
from studio.ui.desk import Command
from studio.ui.widgets.buttons import tool_button

_ID = Qt.ItemDataRole.UserRole
_ABOVE = Qt.ItemDataRole.UserRole + 1
_CHIP = 18


class _PathDelegate(QStyledItemDelegate):
    """Writes before a label's name what it lies under; the name alone is edited."""

    def initStyleOption(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Put the path before the name."""
        super().initStyleOption(option, index)
        option.text = f"{index.data(_ABOVE) or ''}{option.text}"


class LabelsPanel(QWidget):
    """The labels of the project: choose one to draw with, add, rename."""

    picked = Signal(str)
    """A label was clicked or entered: it is also for the chosen shapes; carries its id."""
    passed = Signal(str)
    """Another label became the current one, perhaps on the way to one; carries its id."""
    added = Signal(str)
    """A name was typed for a new label."""
    renamed = Signal(str, str)
    """A label was renamed in its place; carries id and name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Labels")
        self.list.setItemDelegate(_PathDelegate(self.list))
        self.list.setEditTriggers(
            QAbstractItemView.EditTrigger.DoubleClicked
            | QAbstractItemView.EditTrigger.EditKeyPressed
        )
        self.name = QLineEdit()
        self.name.setPlaceholderText("Name of a new label")
        self.name.setAccessibleName("Name of a new label")
        self.name.returnPressed.connect(self._add)
        self._heading = QHBoxLayout()
        self._heading.addWidget(heading("Labels"), 1)
        layout = column(self)
        layout.addLayout(self._heading)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.name)
        self.list.currentItemChanged.connect(self._passed)
        self.list.itemClicked.connect(self._picked)
        self.list.itemActivated.connect(self._picked)
        self.list.itemChanged.connect(self._renamed)

    def add_buttons(self, commands: Sequence[Command]) -> None:
        """Put what can be done with the current label beside the heading."""
        for command in commands:
            self._heading.addWidget(tool_button(command))

    def show_labels(self, schema: LabelSchema, current: LabelId | None) -> None:
        """List the labels and mark the current one."""
        looks = looks_of(schema)
        block = QSignalBlocker(self.list)
        _keep_rows(self.list, len(schema.labels))
        for row, label in enumerate(schema.labels):
            item = self.list.item(row)
            item.setData(_ID, label.id)
            item.setText(label.name)
            above = [one.name for one in schema.ancestors(label.id)]
            item.setData(_ABOVE, "".join(f"{name} › " for name in reversed(above)))
            item.setIcon(chip(looks[label.id], self.devicePixelRatioF()))
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            digit = f" ({row + 1})" if row < 9 else ""
            item.setToolTip(f"{label.name}{digit} · double click to rename")
            if label.id == current:
                self.list.setCurrentRow(row)
        block.unblock()

    def ask(self) -> None:
        """Put the cursor where a new label is named."""
        self.name.setFocus()
        self.name.selectAll()

    def rename(self) -> None:
        """Edit the name of the current label."""
        if self.list.currentItem() is not None:
            self.list.setFocus()
            self.list.editItem(self.list.currentItem())

    def _add(self) -> None:
        name = self.name.text().strip()
        if name:
            self.name.clear()
            self.added.emit(name)

    def _passed(self, item: QListWidgetItem | None) -> None:
        if item is not None:
            self.passed.emit(item.data(_ID))

    def _picked(self, item: QListWidgetItem) -> None:
        self.picked.emit(item.data(_ID))

    def _renamed(self, item: QListWidgetItem) -> None:
        self.renamed.emit(item.data(_ID), item.text())


class TagsPanel(QWidget):
    """Labels that are given to the picture as a whole."""

    toggled = Signal(str, bool)
    """A tag was set or taken away; carries the label's id."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = QListWidget()
        self.list.setAccessibleName("Labels of the whole picture")
        layout = column(self)
        layout.addWidget(heading("Whole picture"))
        layout.addWidget(self.list, 1)
        self.list.itemChanged.connect(self._changed)

    def show_tags(self, schema: LabelSchema, tags: Collection[LabelId]) -> None:
        """List the labels and check those the picture has."""
        block = QSignalBlocker(self.list)
        _keep_rows(self.list, len(schema.labels))
        for row, label in enumerate(schema.labels):
            item = self.list.item(row)
            item.setData(_ID, label.id)
            item.setText(label.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            on = label.id in tags
            item.setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        block.unblock()

    def _changed(self, item: QListWidgetItem) -> None:
        self.toggled.emit(item.data(_ID), item.checkState() == Qt.CheckState.Checked)


def column(panel: QWidget) -> QVBoxLayout:
    """Lay the parts of a panel out one below the other."""
    layout = QVBoxLayout(panel)
    layout.setContentsMargins(16, 8, 16, 8)
    layout.setSpacing(8)
    return layout


def heading(text: str) -> QLabel:
    """Return the heading of a panel."""
    label = QLabel(text)
    label.setProperty("role", "heading")
    return label


def _keep_rows(rows: QListWidget, count: int) -> None:
    """Bring a list to a length without losing what is chosen in it."""
    while rows.count() > count:
        rows.takeItem(rows.count() - 1)
    while rows.count() < count:
        rows.addItem(QListWidgetItem())


def chip(look: Look, ratio: float) -> QIcon:
    """Draw a label's colour with its number on it."""
    drawn = QPixmap(round(_CHIP * ratio), round(_CHIP * ratio))
    drawn.setDevicePixelRatio(ratio)
    drawn.fill(QColor(0, 0, 0, 0))
    painter = QPainter(drawn)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour)
    painter.drawRoundedRect(0, 0, _CHIP, _CHIP, 4, 4)
    painter.setPen(look.ink)
    font = painter.font()
    font.setPixelSize(11)
    painter.setFont(font)
    if look.number:
        painter.drawText(0, 0, _CHIP, _CHIP, Qt.AlignmentFlag.AlignCenter, str(look.number))
    painter.end()
    drawing = QIcon(drawn)
    # A colour that stands for a label is not tinted by the choice.
    drawing.addPixmap(drawn, QIcon.Mode.Selected)
    return drawing
