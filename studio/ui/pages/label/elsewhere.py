"""Labels beyond the hand at work: branches, labelImg, and who touched a shape."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QListWidget, QVBoxLayout, QWidget

from studio.domain.labels import ShapeId
from studio.domain.media import MediaId
from studio.errors import StudioError
from studio.services.labelimg import TakenBack
from studio.ui.canvas.model import CanvasModel
from studio.ui.desk import Command, Desk
from studio.ui.pages.label.branches import BranchesDialog
from studio.ui.pages.label.export import ExportDialog
from studio.ui.pages.label.presenter import Walk

_MOST = 500
"""So many pictures go to labelImg at once."""
_DEEDS = {"do": "", "undo": "undone: ", "redo": "done again: "}


class Elsewhere:
    """The deeds of the label page that lead away from the canvas.

    Parameters
    ----------
    desk : Desk
        For the session.
    model : CanvasModel
        What is shown and chosen.
    walk : Walk
        Which pictures pass the filter.
    shown : callable
        Called when other shapes are to be shown, with the picture or nothing.
    parent : QWidget
        Dialogs stand before it.
    """

    def __init__(
        self,
        desk: Desk,
        model: CanvasModel,
        walk: Walk,
        shown: Callable[[MediaId | None], None],
        parent: QWidget,
    ) -> None:
        self._desk = desk
        self._model = model
        self._walk = walk
        self._shown = shown
        self._parent = parent

    def commands(self) -> list[Command]:
        """List them for menus and palette."""
        there, why = self._has_picture, "Import pictures first."
        one, none = self._has_one, "Select one shape first."
        return [
            Command("label.branches", "Branches", self.show_branches, "", "git-branch", "Edit"),
            Command(
                "label.export", "Export labels", self.show_export, "Ctrl+E", "upload", "File",
                there, why,
            ),
            Command(
                "label.history", "Who touched this shape", self.show_touches, "", "history", "Edit",
                one, none,
            ),
            Command(
                "label.labelimg", "Open in labelImg", self.open_labelimg, "", "external-link",
                "Edit", there, why,
            ),
            Command(
                "label.take_back", "Take back from labelImg", self.take_back, "", "arrow-back-up",
                "Edit", there, why,
            ),
        ]  # fmt: skip

    def show_branches(self) -> None:
        """Show the branches and what differs in them."""
        dialog = BranchesDialog(self._desk, self._parent)
        dialog.entered.connect(self._entered)
        dialog.pointed.connect(self._point)
        dialog.show()

    def show_export(self) -> None:
        """Show what formats would lose, and write in one of them."""
        ExportDialog(self._desk, self._parent).show()

    def show_touches(self) -> None:
        """Show who did what to the chosen shape."""
        chosen = self._model.chosen()
        if len(chosen) == 1:
            TouchesDialog(self._desk, chosen[0].id, self._parent).show()

    def open_labelimg(self) -> None:
        """Show the pictures that pass the filter in labelImg, this one first."""
        state, item = self._desk.session.project.state, self._walk.item
        page = [one.id for one in state.media.page(self._walk.row, _MOST, self._walk.where)]
        media = page if item is None or item.id in page else [item.id, *page]
        if self._try(lambda: self._desk.session.labelimg.open(media)):
            self._desk.toast(
                f"{len(media):,} pictures are open in labelImg. Take back what it wrote afterwards."
            )

    def take_back(self) -> None:
        """Take over what labelImg changed, as one edit."""
        told: list[TakenBack] = []
        if self._try(lambda: told.append(self._desk.session.labelimg.take_back())):
            back = told[0]
            said = f"{back.added:,} boxes came and {back.removed:,} went"
            if back.problems:
                first = back.problems[0]
                said += f". {len(back.problems):,} files were left: {first.path}: {first.reason}"
            self._desk.toast(f"{said}.", "warning" if back.problems else "success")

    def _has_picture(self) -> bool:
        return self._model.item is not None

    def _has_one(self) -> bool:
        return len(self._model.selection) == 1

    def _entered(self) -> None:
        self._shown(None)

    def _point(self, media: str, shape: str, layer: str) -> None:
        labelling = self._desk.session.labelling
        if labelling.layer != layer:
            labelling.layer = layer
        self._shown(MediaId(media))
        self._model.select([ShapeId(shape)])

    def _try(self, deed: Callable[[], object]) -> bool:
        try:
            deed()
        except StudioError as error:
            self._desk.fail(error)
            return False
        return True


class TouchesDialog(QDialog):
    """Everything that was ever done to one shape.

    Parameters
    ----------
    desk : Desk
        For the session.
    shape : ShapeId
        Which shape.
    """

    def __init__(self, desk: Desk, shape: ShapeId, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Who touched this shape")
        self.resize(460, 320)
        self.list = QListWidget()
        self.list.setAccessibleName("What was done to the shape, newest first")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.addWidget(self.list)
        for touch in reversed(desk.session.tracing.of(shape)):
            when = time.strftime("%d %b %Y %H:%M", time.localtime(touch.at))
            by = f" · {touch.author}" if touch.author else ""
            self.list.addItem(f"{_DEEDS[touch.act]}{touch.title} · {when}{by}")
