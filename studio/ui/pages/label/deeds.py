"""What commands of the label page do with shapes and labels; errors are told, never raised."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QColorDialog, QWidget

from studio.domain.labels import Label, LabelId
from studio.errors import StudioError
from studio.services.labelling import Labelling
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.tools import Tool
from studio.ui.desk import Desk
from studio.ui.pages.label.label_editor import LabelEditor


class HasTool(Protocol):
    """The part of the canvas that deeds need."""

    tool: Tool


class Deeds:
    """Deeds with the chosen shapes and with labels.

    Parameters
    ----------
    desk : Desk
        Hears of errors.
    model : CanvasModel
        What is shown and chosen.
    canvas : HasTool
        Whose tool is asked before a shape is deleted: it may hold a single point.
    parent : QWidget
        Dialogs stand before it.
    """

    def __init__(self, desk: Desk, model: CanvasModel, canvas: HasTool, parent: QWidget) -> None:
        self._desk = desk
        self._labelling: Labelling = desk.session.labelling
        self.model = model
        self._canvas = canvas
        self._parent = parent
        model.refused.connect(self._say)

    def has_chosen(self) -> bool:
        """Tell whether a shape is chosen."""
        return bool(self.model.selection)

    def has_picture(self) -> bool:
        """Tell whether a picture is shown."""
        return self.model.item is not None

    def can_delete(self) -> bool:
        """Tell whether there is something to delete: a shape, a proposal, a point of a gesture."""
        pointed = self.model.proposal is not None
        return pointed or self.has_chosen() or self._canvas.tool.busy

    def can_paste(self) -> bool:
        """Tell whether a shape was copied."""
        return bool(self.model.clipboard) and self.has_picture()

    def cut(self) -> None:
        """Copy and delete."""
        self._settle()
        self.model.copy()
        self.attempt(self.model.delete)

    def copy(self) -> None:
        """Keep copies of the chosen shapes."""
        self._settle()
        self.model.copy()

    def paste(self) -> None:
        """Lay down what was copied."""
        self.attempt(self.model.paste)

    def duplicate(self) -> None:
        """Copy the chosen shapes beside themselves."""
        self.attempt(self.model.duplicate)

    def select_all(self) -> None:
        """Choose every shape."""
        self.model.select_all()

    def delete(self) -> None:
        """Delete what the tool holds, else the chosen shapes."""
        tool = self._canvas.tool
        if tool.key(Qt.Key.Key_Delete, False):
            return
        if tool.busy:
            tool.cancel()
        else:
            self.attempt(self.model.delete)

    def bring_to_front(self) -> None:
        """Lay the chosen shapes above the others."""
        self._reorder(self._labelling.bring_to_front)

    def send_to_back(self) -> None:
        """Lay the chosen shapes below the others."""
        self._reorder(self._labelling.send_to_back)

    def _reorder(self, verb: Callable[..., None]) -> None:
        item = self.model.item
        if item is not None:
            self.attempt(lambda: verb(item.id, self.model.chosen()))

    def has_label(self) -> bool:
        """Tell whether a label is the current one."""
        return self.model.label is not None

    def has_number(self, row: int) -> bool:
        """Tell whether there is a label in this row."""
        return row < len(self.model.schema.labels)

    def use(self, row: int) -> None:
        """Draw with the label of a row, and give it to the chosen shapes."""
        if self.has_number(row):
            self.use_label(self.model.schema.labels[row].id)

    def use_label(self, id: str) -> None:  # noqa: A002
        """Draw with a label, and give it to the chosen shapes."""
        self.attempt(lambda: self.model.relabel(LabelId(id)))

    def draw_with(self, id: str) -> None:  # noqa: A002
        """Draw with a label; the chosen shapes keep theirs."""
        self.model.label = LabelId(id)
        self.model.changed.emit()

    def add_label(self, name: str) -> None:
        """Add a label and draw with it."""
        made: list[Label] = []
        self.attempt(lambda: made.append(self._labelling.add_label(name)))
        if made:
            self.model.label = made[0].id
            self.model.changed.emit()

    def recolour(self) -> None:
        """Ask for another colour of the current label."""
        label = self._current()
        if label is None:
            return
        title = f"Colour of “{label.name}”"
        colour = QColorDialog.getColor(QColor(label.colour), self._parent, title)
        if colour.isValid():
            self.attempt(lambda: self._labelling.recolour_label(label.id, colour.name()))

    def define_label(self) -> None:
        """Show the form in which the current label gets attributes, joints and a parent."""
        label = self._current()
        if label is not None:
            form = LabelEditor(label, self.model.schema, self._parent)
            form.wanted.connect(self._redefine)
            form.show()

    def _redefine(self, label: Label) -> None:
        self.attempt(lambda: self._labelling.redefine_label(label))

    def remove_label(self) -> None:
        """Remove the current label with its shapes; undo brings all back."""
        label = self._current()
        if label is not None:
            self.attempt(lambda: self._labelling.remove_label(label.id))
            self._desk.toast(f"Removed label “{label.name}” with its shapes. Undo brings it back.")

    def attempt(self, deed: Callable[[], object]) -> bool:
        """Do something; an error meant for people is told to them.

        Shapes in the hand are laid back first: let go later, they would undo the deed.
        """
        try:
            self._settle()
            deed()
        except StudioError as error:
            self._desk.fail(error)
            return False
        return True

    def _settle(self) -> None:
        tool = self._canvas.tool
        tool.finish()
        if tool.held:
            tool.cancel()

    def _say(self, why: str) -> None:
        self._desk.hint(why)

    def _current(self) -> Label | None:
        return None if self.model.label is None else self.model.schema.get(self.model.label)
