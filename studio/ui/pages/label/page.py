"""The label page: a list of pictures, the canvas, and what is on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSplitter,
    QStackedLayout,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import JsonValue
from studio.domain.labels import LabelId, ShapeId
from studio.domain.media import EVERYTHING, MediaId
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import ZOOM_STEP, CanvasView
from studio.ui.desk import Command, Desk, Page
from studio.ui.pages.label.commands import (
    label_commands,
    shape_commands,
    tool_commands,
    walk_commands,
)
from studio.ui.pages.label.deeds import Deeds
from studio.ui.pages.label.panels import LabelsPanel, ShapesPanel, TagsPanel
from studio.ui.pages.label.pictures import PictureList
from studio.ui.pages.label.presenter import UNLABELLED, Walk, place_in_words
from studio.ui.widgets.buttons import tool_button
from studio.ui.widgets.empty_state import EmptyState


class LabelPage(Page):
    """Draw on one picture after the other."""

    id = "label"
    title = "Label"
    icon = "tag"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._project = desk.session.project
        self.walk = Walk(self._project.state)
        self.model = CanvasModel(desk.session.labelling)
        self.canvas = CanvasView(self.model, self._project.store)
        self.pictures = PictureList(self._project.state)
        self.tags = TagsPanel()
        self.shapes = ShapesPanel()
        self.deeds = Deeds(desk, self.model, self.canvas, self)
        self.labels = LabelsPanel()
        self._tools = tool_commands(self.canvas)
        self._walks = walk_commands(self)
        names = label_commands(self.deeds, self.labels)
        self.labels.add_buttons(names[:4])
        self._commands = [
            *self._tools, *self._walks, *shape_commands(self.deeds), *names,
        ]  # fmt: skip
        self._place = QLabel()
        self._name = QLabel()
        self._zoom = QLabel()
        self._build()
        self._connect()
        self._refresh()
        self._model_changed()

    # --- looks

    def _build(self) -> None:
        self._empty = EmptyState(
            "photo-plus",
            "No pictures to label yet",
            "Import pictures first; then draw boxes and polygons on them here.",
            Command("label.go_media", "Go to Media", self._go_media, "", "photo"),
        )
        right = QSplitter(Qt.Orientation.Vertical)
        right.setChildrenCollapsible(False)
        for panel in (self.labels, self.tags, self.shapes):
            right.addWidget(panel)
        right.setSizes([240, 140, 240])
        wide = QSplitter(Qt.Orientation.Horizontal)
        wide.setChildrenCollapsible(False)
        for widget, width in ((self.pictures, 216), (self.canvas, 800), (right, 264)):
            wide.addWidget(widget)
            widget.setMinimumWidth(min(width, 240))
        wide.setStretchFactor(1, 1)
        wide.setSizes([216, 800, 264])
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._tool_row())
        column.addWidget(wide, 1)
        self._views = QStackedLayout(self)
        self._views.addWidget(work)
        self._views.addWidget(self._empty)

    def _tool_row(self) -> QWidget:
        row = QWidget()
        layout = QHBoxLayout(row)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(4)
        self._tool_buttons: dict[str, QToolButton] = {}
        for id_, command in zip(self.canvas.tools, self._tools, strict=True):
            button = tool_button(command)
            button.setCheckable(True)
            button.setAutoExclusive(True)
            button.setChecked(id_ == self.canvas.tool.id)
            self._tool_buttons[id_] = button
            layout.addWidget(button)
        layout.addSpacing(16)
        self._name.setTextFormat(Qt.TextFormat.PlainText)
        self._place.setProperty("role", "quiet")
        self._zoom.setProperty("role", "quiet")
        forward, back, unlabelled, fit, full, nearer, farther = self._walks
        for one in (back, forward, unlabelled):
            layout.addWidget(tool_button(one))
        layout.addSpacing(8)
        layout.addWidget(self._name)
        layout.addSpacing(8)
        layout.addWidget(self._place)
        layout.addStretch(1)
        layout.addWidget(self._zoom)
        for one in (farther, nearer, full, fit):
            layout.addWidget(tool_button(one))
        return row

    def _connect(self) -> None:
        self.desk.bridge.edited.connect(self._refresh)
        self.pictures.picked.connect(self._picked)
        self.pictures.filtered.connect(self._filter)
        self.labels.passed.connect(self.deeds.draw_with)
        self.labels.picked.connect(self.deeds.use_label)
        self.labels.added.connect(self.deeds.add_label)
        self.labels.renamed.connect(self._rename)
        self.tags.toggled.connect(self._tag)
        self.shapes.chosen.connect(self._choose)
        self.canvas.tool_changed.connect(self._tool_taken)
        self.canvas.framed.connect(self._say_zoom)
        self.model.changed.connect(self._model_changed)
        self.model.selected.connect(self._selected)
        self.model.wanting.connect(self._wanting)

    # --- what the window asks

    def commands(self) -> Sequence[Command]:
        """Tools, pictures, shapes, labels."""
        return self._commands

    def arrive(self) -> None:
        """Take up what happened meanwhile, and be ready for the hand."""
        self._refresh()
        if self.walk.item is None:
            self.desk.hint("")
            return
        self.desk.hint(self.canvas.tool.hint)
        self.canvas.setFocus()

    def leave(self) -> None:
        """Give up what the tool is at."""
        self.canvas.tool.put_down()

    def focus_on(self, **focus: JsonValue) -> None:
        """`media` shows a picture, `unlabelled` only those without a label."""
        if isinstance(focus.get("unlabelled"), bool):
            self._filter(bool(focus["unlabelled"]))
        media = focus.get("media")
        if isinstance(media, str):
            self.walk.find(MediaId(media))
            self._show()

    def release(self) -> None:
        """End the decoding."""
        self.model.changed.disconnect(self._model_changed, missing_ok=True)
        self.model.selected.disconnect(self._selected, missing_ok=True)
        self.model.wanting.disconnect(self._wanting, missing_ok=True)
        self.canvas.close_up()

    # --- from picture to picture

    def next(self) -> None:
        """Show the next picture."""
        self.walk.step(1)
        self._show()

    def previous(self) -> None:
        """Show the one before."""
        self.walk.step(-1)
        self._show()

    def next_unlabelled(self) -> None:
        """Show the next picture without a label."""
        if self.walk.next_unlabelled() is None:
            self.desk.toast("Every picture carries a label.", "success")
        self._show()

    def nearer(self) -> None:
        """Zoom in about the middle."""
        self.canvas.zoom_by(ZOOM_STEP)

    def farther(self) -> None:
        """Zoom out about the middle."""
        self.canvas.zoom_by(1 / ZOOM_STEP)

    def _filter(self, unlabelled: bool) -> None:
        kept = self.walk.item
        self.walk.where = UNLABELLED if unlabelled else EVERYTHING
        if kept is None or (not unlabelled and self.walk.find(kept.id) is None) or unlabelled:
            self.walk.at(0)
        self._show()

    def _picked(self, row: int) -> None:
        self.walk.at(row)
        self._show()

    def _go_media(self) -> None:
        self.desk.go("media")

    # --- showing

    def _refresh(self) -> None:
        """Take up an edit, whoever made it."""
        item = self.walk.item
        if item is not None and item.id not in self._project.state.media:
            self.walk.item = None
        if self.walk.item is None:
            self.walk.at(0)
        self.pictures.take_up()
        self._show()

    def _show(self) -> None:
        item = self.walk.item
        self._views.setCurrentIndex(0 if item is not None else 1)
        self.model.show(item, self._project.state.schema)
        self.canvas.picture.expect(self.walk.beside())
        self.pictures.show_where(self.walk.where)
        if item is not None:
            self.pictures.show_row(self.walk.row, item.id)
        self._name.setText(item.name.rpartition("/")[2] if item else "")
        self._name.setToolTip(item.name if item else "")
        self._place.setText(place_in_words(self.walk))

    def _model_changed(self) -> None:
        model = self.model
        drawn = model.table.shapes
        self.labels.show_labels(model.schema, model.label)
        every = self._project.state.annotations.of(model.item.id) if model.item else ()
        self.tags.show_tags(model.schema, every)
        self.shapes.show_shapes(drawn, model.schema)
        name = self._name.text()
        self.canvas.setAccessibleDescription(f"{name}, {len(drawn):,} shapes")
        self._selected()

    def _selected(self) -> None:
        self.shapes.show_choice(self.model.selection)

    def _choose(self, ids: list[ShapeId]) -> None:
        self.model.select(ids)

    def _tag(self, label: str, on: bool) -> None:
        item = self.model.item
        if item is not None:
            labelling = self.desk.session.labelling
            self.deeds.attempt(lambda: labelling.set_tag(item.id, LabelId(label), on))

    def _rename(self, label: str, name: str) -> None:
        labelling = self.desk.session.labelling
        if not self.deeds.attempt(lambda: labelling.rename_label(LabelId(label), name)):
            self._model_changed()

    def _wanting(self) -> None:
        self.desk.toast("Give the first label a name, then draw.", "info")
        self.labels.ask()

    def _tool_taken(self, id: str) -> None:  # noqa: A002
        self._tool_buttons[id].setChecked(True)
        self.desk.hint(self.canvas.tool.hint)
        self.canvas.setFocus()

    def _say_zoom(self) -> None:
        shown = self.canvas.frame.zoom * self.canvas.devicePixelRatioF()
        self._zoom.setText(f"{shown:.0%}" if self.model.item is not None else "")
