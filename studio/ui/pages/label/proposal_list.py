"""Proposals are looked through here: by score, one by one or all at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from studio.domain.geometry import bounds
from studio.domain.labels import Shape
from studio.errors import StudioError
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command, Desk
from studio.ui.pages.label.presenter import shape_in_words
from studio.ui.widgets.buttons import command_button

_ID = Qt.ItemDataRole.UserRole
_SELECT = "select"


class ProposalList(QWidget):
    """The proposals on the picture from a score on, and what is done with them.

    Parameters
    ----------
    desk : Desk
        For the session.
    model : CanvasModel
        Knows the picture that is shown.
    canvas : CanvasView
        Shows the one that is looked at.
    """

    def __init__(
        self, desk: Desk, model: CanvasModel, canvas: CanvasView, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._desk = desk
        self._model = model
        self._canvas = canvas
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Show proposals from this score on")
        self.slider.setRange(0, 100)
        self.slider.setPageStep(5)
        self.score = QLabel("0 %")
        self.waiting = _quiet()
        self.list = QListWidget()
        self.list.setAccessibleName("Proposals on this picture")
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.list.setMinimumHeight(96)
        self._commands = self._make_commands()
        self._build()
        self.slider.valueChanged.connect(self._slid)
        self.list.currentItemChanged.connect(self._look)
        self.list.itemActivated.connect(self._activated)
        model.touched.connect(self._touched)
        model.judged.connect(self._judged)

    @property
    def least(self) -> float:
        """The score from which on proposals are shown, 0..1."""
        return self.slider.value() / 100

    def commands(self) -> list[Command]:
        """List what can be done here."""
        return self._commands

    def _make_commands(self) -> list[Command]:
        some, none = self._has_any, "There are no proposals on this picture from this score on."
        above, few = self._has_above, "No proposal of the project has this score."
        return [
            Command(
                "label.accept", "Accept proposals", self.accept, "Ctrl+Return", "check", "Edit",
                some, none,
            ),
            Command(
                "label.reject", "Reject proposals", self.reject, "Ctrl+Backspace", "x", "Edit",
                some, none,
            ),
            Command(
                "label.accept_as", "Accept as the current label", self.accept_as,
                "Ctrl+Shift+Return", "tag", "Edit", some, none,
            ),
            Command(
                "label.accept_edit", "Accept and edit", self.accept_and_edit, "Ctrl+Alt+Return",
                "edit", "Edit", some, none,
            ),
            Command(
                "label.accept_above", "Accept all above the score, on all pictures",
                self.accept_above, "", "check", "Edit", above, few,
            ),
            Command(
                "label.reject_below", "Reject all below the score, on all pictures",
                self.reject_below, "", "x", "Edit", self._has_below,
                "No proposal of the project has a lower score.",
            ),
        ]  # fmt: skip

    def _build(self) -> None:
        by_id = {command.id: command for command in self._commands}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        row = QHBoxLayout()
        label = QLabel("Score from")
        label.setBuddy(self.slider)
        row.addWidget(label)
        row.addWidget(self.slider, 1)
        row.addWidget(self.score)
        self.score.setMinimumWidth(self.score.fontMetrics().horizontalAdvance("100 %"))
        column.addLayout(row)
        column.addWidget(self.waiting)
        grid = QGridLayout()
        for at, (id_, text) in enumerate(
            (
                ("label.accept", "Accept"),
                ("label.reject", "Reject"),
                ("label.accept_as", "As label"),
                ("label.accept_edit", "Edit"),
            )
        ):
            button = command_button(by_id[id_])
            button.setText(text)
            grid.addWidget(button, at // 2, at % 2)
        column.addLayout(grid)
        column.addWidget(self.list, 1)
        for id_, text in (
            ("label.accept_above", "Accept all above, everywhere"),
            ("label.reject_below", "Reject all below, everywhere"),
        ):
            button = command_button(by_id[id_], "flat")
            button.setText(text)
            column.addWidget(button)

    def refresh(self) -> None:
        """Show what is proposed now."""
        shapes = self._shown()
        chosen = {entry.data(_ID) for entry in self.list.selectedItems()}
        self.list.blockSignals(True)
        self.list.clear()
        for shape in shapes:
            score = "" if shape.score is None else f"{shape.score:.0%} · "
            label = self._model.schema.get(shape.label)
            name = label.name if label is not None else shape.label
            entry = QListWidgetItem(f"{score}{name} · {shape.kind.replace('_', ' ')}")
            entry.setData(_ID, shape.id)
            by = self._desk.session.proposals.model_name(shape.author)
            entry.setToolTip(f"{shape_in_words(shape, self._model.schema)} ({by})")
            self.list.addItem(entry)
            entry.setSelected(shape.id in chosen)
        self.list.blockSignals(False)
        self._count()

    # --- deeds

    def accept(self) -> None:
        """Take the chosen proposals over, all that are listed if none is chosen."""
        item = self._model.item
        if item is not None and (wanted := self._wanted()):
            self._try(lambda: self._desk.session.proposals.accept(item.id, wanted))

    def accept_as(self) -> None:
        """Take them over with the label at hand instead of the model's."""
        item, label = self._model.item, self._model.label
        if label is None:
            self._desk.toast("Choose a label first.", "info")
        elif item is not None and (wanted := self._wanted()):
            self._try(lambda: self._desk.session.proposals.accept(item.id, wanted, label))

    def accept_and_edit(self) -> None:
        """Take them over, and have them in hand on the canvas."""
        item = self._model.item
        if item is None or not (wanted := self._wanted()):
            return
        taken: list[Shape] = []
        if self._try(lambda: taken.extend(self._desk.session.proposals.accept(item.id, wanted))):
            self._canvas.take_tool(_SELECT)
            self._model.select([shape.id for shape in taken])
            self._canvas.setFocus()

    def reject(self) -> None:
        """Take the chosen proposals away, all that are listed if none is chosen."""
        item = self._model.item
        if item is not None and (wanted := self._wanted()):
            self._try(lambda: self._desk.session.shaping.reject(item, wanted))

    def accept_above(self) -> None:
        """Take over what has this score, on all pictures, as one edit."""
        found: list[int] = []
        if self._try(lambda: found.append(self._desk.session.proposals.accept_above(self.least))):
            self._desk.toast(f"{found[0]:,} proposals are labels now. One undo takes them back.")

    def reject_below(self) -> None:
        """Take away what has less, on all pictures, as one edit."""
        found: list[int] = []
        if self._try(lambda: found.append(self._desk.session.proposals.reject_below(self.least))):
            self._desk.toast(f"{found[0]:,} proposals were rejected. One undo brings them back.")

    # --- inside

    def _slid(self, value: int) -> None:
        self._model.sure.show_from(value / 100)
        self.refresh()

    def _count(self) -> None:
        proposals, item = self._desk.session.proposals, self._model.item
        self.score.setText(f"{self.slider.value()} %")
        everywhere = proposals.passing(self.least)
        parts = [f"{_of(everywhere)} in the project"]
        if item is not None:
            parts.insert(0, f"{_of(proposals.passing(self.least, item.id))} on this picture")
        said = f"Proposals: {', '.join(parts)}"
        self.waiting.setText(said)
        self.slider.setAccessibleDescription(said)

    def _look(self, entry: QListWidgetItem | None) -> None:
        """Bring a proposal to the middle of the canvas where it is not to be seen."""
        shape = self._shape(entry)
        box = bounds(shape.geometry) if shape is not None else None
        if box is None:
            return
        wide, high = self._canvas.width(), self._canvas.height()
        seen = self._canvas.frame.seen(wide, high)
        if not (
            seen.x0 <= box.x0 and box.x1 <= seen.x1 and seen.y0 <= box.y0 and box.y1 <= seen.y1
        ):
            x, y = self._canvas.frame.to_widget(box.centre)
            self._canvas.pan_by(wide / 2 - x, high / 2 - y)

    def _touched(self) -> None:
        """Choose in the list what is pointed at on the canvas."""
        shape = self._model.proposal
        entries = [self.list.item(row) for row in range(self.list.count())]
        found = next((one for one in entries if shape and one.data(_ID) == shape.id), None)
        if found is None:
            self.list.clearSelection()
        else:
            self.list.setCurrentItem(found)
            self._desk.hint("Enter takes the proposal over, Delete rejects it")

    def _judged(self, taken: bool) -> None:
        """Take over or reject what is pointed at on the canvas."""
        item, shape = self._model.item, self._model.proposal
        if item is None or shape is None:
            return
        session = self._desk.session
        if taken:
            self._try(lambda: session.proposals.accept(item.id, [shape]))
        else:
            self._try(lambda: session.shaping.reject(item, [shape]))

    def _activated(self, entry: QListWidgetItem) -> None:
        self._look(entry)
        self.accept_and_edit()

    def _shape(self, entry: QListWidgetItem | None) -> Shape | None:
        wanted = entry.data(_ID) if entry is not None else None
        return next((shape for shape in self._shown() if shape.id == wanted), None)

    def _wanted(self) -> list[Shape]:
        chosen = {entry.data(_ID) for entry in self.list.selectedItems()}
        return [shape for shape in self._shown() if not chosen or shape.id in chosen]

    def _shown(self) -> Sequence[Shape]:
        item = self._model.item
        return self._desk.session.proposals.of(item.id, self.least) if item is not None else ()

    def _has_any(self) -> bool:
        return bool(self._shown())

    def _has_above(self) -> bool:
        return self._desk.session.proposals.passing(self.least).above > 0

    def _has_below(self) -> bool:
        found = self._desk.session.proposals.passing(self.least)
        return found.above < found.all

    def _try(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except StudioError as error:
            self._desk.fail(error)
            return False
        return True


def _of(passing: tuple[int, int]) -> str:
    above, all_ = passing
    return f"{all_:,}" if above == all_ else f"{above:,} of {all_:,}"


def _quiet() -> QLabel:
    label = QLabel()
    label.setProperty("role", "quiet")
    label.setWordWrap(True)
    return label
