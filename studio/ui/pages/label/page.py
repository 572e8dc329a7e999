"""The label page: a list of pictures, the canvas, and what is on it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from studio.domain.ids import JsonValue
from studio.domain.labels import AttributeValue, LabelId, ShapeId
from studio.domain.media import MediaId
from studio.services.queues import cleared, filters
from studio.ui.canvas.commands import tool_commands, view_commands
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.navigator import Navigator
from studio.ui.canvas.tools.comment import CommentTool
from studio.ui.canvas.tools.prompt import PromptTool, prompt_tool
from studio.ui.canvas.tools.smart_kinds import smart_tools
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command, Desk, Page
from studio.ui.pages.label.aids import view_aids
from studio.ui.pages.label.assist import AssistPanel
from studio.ui.pages.label.commands import (
    NO_PICTURE,
    label_commands,
    shape_commands,
)
from studio.ui.pages.label.deeds import Deeds
from studio.ui.pages.label.details import DetailsPanel
from studio.ui.pages.label.elsewhere import Elsewhere
from studio.ui.pages.label.habits import HabitStrip
from studio.ui.pages.label.hiding import Hiding
from studio.ui.pages.label.learning import LearningQueue
from studio.ui.pages.label.looking import LookingPanel
from studio.ui.pages.label.panels import LabelsPanel, TagsPanel
from studio.ui.pages.label.panels_shapes import ShapesPanel
from studio.ui.pages.label.pictures import PictureList
from studio.ui.pages.label.presenter import UNLABELLED, Walk, place_in_words
from studio.ui.pages.label.review import ReviewTab
from studio.ui.pages.label.shaping import ShapeVerbs
from studio.ui.pages.label.side_tabs import SideTabs
from studio.ui.pages.label.switches import Switches
from studio.ui.pages.label.tool_strip import ToolStrip
from studio.ui.pages.label.top_row import TopRow
from studio.ui.pages.label.walking import Walking
from studio.ui.queue.nothing import NothingFound
from studio.ui.widgets.empty_state import EmptyState

_TABS = ("Shapes", "Details", "Picture", "Assist", "View", "Review")
_LABEL_BUTTONS = ("label.add", "label.define", "label.recolour", "label.remove")


class LabelPage(Page):
    """Draw on one picture after the other."""

    id = "label"
    title = "Label"
    icon = "tag"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self._project = desk.session.project
        self.walk = Walk(self._project.state, desk.queue)
        self.walking = Walking(desk, self.walk, self._show)
        self.model = CanvasModel(desk.session.labelling)
        self.canvas = _canvas(desk, self.model)
        self.assist = AssistPanel(desk, self.model, self.canvas)
        self.pictures = PictureList(desk)
        self.tags, self.shapes = TagsPanel(), ShapesPanel()
        self.switches = Switches(desk.session.settings)
        self.habits = HabitStrip(self.model.snapping, self.switches, desk.hint)
        self.looking = LookingPanel(self.canvas.picture, self.switches, desk.hint)
        self.navigator, self.labels = Navigator(self.canvas), LabelsPanel()
        self.deeds = Deeds(desk, self.model, self.canvas, self)
        self.review = ReviewTab(desk, self.canvas, self.switches, self.deeds.attempt)
        self.elsewhere = Elsewhere(desk, self.model, self.walk, self._look_at, self)
        self.verbs = ShapeVerbs(self.model, desk.session.shaping, self.deeds.attempt)
        tools = dict(zip(self.canvas.tools, tool_commands("label", self.canvas), strict=True))
        steps, hint, there = self.walking.steps(), desk.hint, self.deeds.has_picture
        views = view_commands("label", self.canvas, "picture", there, NO_PICTURE)
        names = label_commands(self.deeds, self.labels)
        self.labels.add_buttons([one for one in names if one.id in _LABEL_BUTTONS])
        self._commands = [
            *tools.values(), *steps, *self.walking.commands(), *views, *names,
            *shape_commands(self.deeds), *self.verbs.commands(), *self.habits.commands(),
            *self.assist.commands(), *self.elsewhere.commands(), *self.looking.commands(),
            *Hiding(self.model, hint).commands(), *self.review.commands(),
            *LearningQueue(desk, self.model, self._look_at).commands(),
            *view_aids(self.canvas, self.navigator, self.switches, there, hint),
        ]  # fmt: skip
        self.top, self.details = TopRow(steps, views), DetailsPanel()
        self.tools = ToolStrip(tools)
        self._build()
        self._connect()
        self._refresh()
        self._model_changed()
        self.tools.show_tool(self.canvas.tool.id)

    # --- looks

    def _build(self) -> None:
        self._empty = EmptyState(
            "photo-plus",
            "No pictures to label yet",
            "Import pictures first; then draw boxes and polygons on them here.",
            Command("label.go_media", "Go to Media", self._go_media, "", "photo"),
        )
        self.tabs = SideTabs()
        self.tabs.setAccessibleName("About the picture")
        panels = (self.shapes, self.details, self.tags, self.assist, self.looking, self.review)
        for panel, title in zip(panels, _TABS, strict=True):
            self.tabs.addTab(panel, title)
        right = _one_below_the_other(self.labels, self.tabs)
        stage = QWidget()
        row = QHBoxLayout(stage)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._side())
        row.addWidget(self.canvas, 1)
        wide = QSplitter(Qt.Orientation.Horizontal)
        wide.setChildrenCollapsible(False)
        for widget, width in ((self.pictures, 216), (stage, 760), (right, 304)):
            wide.addWidget(widget)
            widget.setMinimumWidth(min(width, 240))
        wide.setStretchFactor(1, 1)
        wide.setSizes([216, 760, 304])
        work = QWidget()
        column = QVBoxLayout(work)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.top)
        column.addWidget(wide, 1)
        self._views = QStackedLayout(self)
        self._views.addWidget(work)
        self._views.addWidget(self._empty)
        self._none = NothingFound(self.desk.queue)
        self._views.addWidget(self._none)

    def _side(self) -> QVBoxLayout:
        side = QVBoxLayout()
        side.setSpacing(0)
        side.addWidget(self.tools, 1)
        side.addWidget(self.habits)
        return side

    def _connect(self) -> None:
        self.desk.bridge.edited.connect(self._refresh)
        self.pictures.picked.connect(self._picked)
        self.pictures.filtered.connect(self._filter)
        self.desk.queue.changed.connect(self._requeued)
        self.labels.passed.connect(self.deeds.draw_with)
        self.labels.picked.connect(self.deeds.use_label)
        self.labels.added.connect(self.deeds.add_label)
        self.labels.renamed.connect(self._rename)
        self.tags.toggled.connect(self._tag)
        self.shapes.chosen.connect(self._choose)
        self.details.described.connect(self._describe)
        self.assist.looked.connect(partial(self.canvas.take_tool, PromptTool.id))
        self.review.wanted.connect(partial(self.tabs.setCurrentWidget, self.review))
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
        """`media` shows a picture, `shape` chooses one on it, `unlabelled` only unlabelled ones."""
        if isinstance(focus.get("unlabelled"), bool):
            self._filter(bool(focus["unlabelled"]))
        media = focus.get("media")
        if isinstance(media, str):
            self.walk.find(MediaId(media))
            self._show()
        shape = focus.get("shape")
        if isinstance(shape, str):
            self.model.select([ShapeId(shape)])

    def release(self) -> None:
        """End the decoding."""
        self.model.changed.disconnect(self._model_changed, missing_ok=True)
        self.model.selected.disconnect(self._selected, missing_ok=True)
        self.model.wanting.disconnect(self._wanting, missing_ok=True)
        self.canvas.close_up()

    # --- from picture to picture

    def _filter(self, unlabelled: bool) -> None:
        self.desk.queue.show(UNLABELLED if unlabelled else cleared(self.desk.queue.where))

    def _requeued(self) -> None:
        """Walk through another queue; the picture stays if it passes."""
        if self.walk.place() is None:
            self.walk.at(0)
        self._show()

    def _picked(self, row: int) -> None:
        self.walk.at(row)
        self._show()

    def _look_at(self, media: MediaId | None) -> None:
        if media is not None:
            self.walk.find(media)
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
        self._views.setCurrentIndex(0 if item is not None else 1 + filters(self.walk.where))
        self._none.take_up(self._project.state.schema)
        self.model.show(item, self._project.state.schema)
        self.canvas.picture.expect(self.walk.beside())
        self.pictures.show_where(self.walk.where)
        if item is not None:
            self.pictures.show_row(self.walk.row, item.id)
        self.top.show_picture(item.name if item else "", place_in_words(self.walk))
        self.assist.refresh()
        self.review.show_picture(item.id if item is not None else None)

    def _model_changed(self) -> None:
        model = self.model
        self.labels.show_labels(model.schema, model.label)
        self.tools.show_kinds(None if model.label is None else model.schema.get(model.label))
        self.tags.show_tags(model.schema, set(model.table.tags.values()))
        self.shapes.show_shapes(model.table, model.schema, model.sight)
        name = model.item.name.rpartition("/")[2] if model.item else "No picture"
        self.canvas.setAccessibleDescription(f"{name}, {len(model.table):,} shapes")
        self._selected()

    def _selected(self) -> None:
        self.shapes.show_choice(self.model.selection)
        self.details.show_shapes(self.model.chosen(), self.model.schema)
        self.review.move_pins()

    def _describe(self, name: str, value: AttributeValue | None) -> None:
        item, chosen, shaping = self.model.item, self.model.chosen(), self.desk.session.shaping
        if item is not None and chosen:
            self.deeds.attempt(lambda: shaping.describe(item, chosen, name, value))

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
        self.tools.show_tool(id)
        self.desk.hint(self.canvas.tool.hint)
        self.canvas.setFocus()

    def _say_zoom(self) -> None:
        shown = self.canvas.frame.zoom * self.canvas.devicePixelRatioF()
        self.top.show_zoom(shown if self.model.item is not None else None)


def _canvas(desk: Desk, model: CanvasModel) -> CanvasView:
    """Make a canvas with the tools that ask assistants, models and people."""
    session, warn = desk.session, partial(desk.toast, level="error")
    smart = smart_tools(session.assisting, desk.hint, warn)
    more = [*smart, prompt_tool(session.prompting, desk.hint, warn), CommentTool]
    return CanvasView(model, session.project.store, more=more)


def _one_below_the_other(above: QWidget, below: QWidget) -> QSplitter:
    both = QSplitter(Qt.Orientation.Vertical)
    both.setChildrenCollapsible(False)
    both.addWidget(above)
    both.addWidget(below)
    both.setSizes([300, 340])
    return both
