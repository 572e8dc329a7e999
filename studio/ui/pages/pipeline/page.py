"""The Pipeline page: a pipeline to edit, templates to begin with, or the first step to either."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QStackedLayout, QWidget

from studio.domain.ids import JsonValue
from studio.errors import StudioError
from studio.ui.desk import Command, Desk, Page
from studio.ui.pages.pipeline.body import PipelineBody
from studio.ui.pages.pipeline.gallery import Gallery
from studio.ui.pages.pipeline.presenter import PipelinePresenter
from studio.ui.widgets.empty_state import EmptyState

_WHY = "A pipeline joins steps, from the labels to the package, and repeats only what changed."


class PipelinePage(Page):
    """Composes operations by their ports, runs them, and shows what became of each."""

    id = "pipeline"
    title = "Pipeline"
    icon = "sitemap"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        self.presenter = PipelinePresenter(desk.session)
        self._new = Command("pipeline.new", "New pipeline", self.show_gallery, "", "plus", "File")
        self.body = PipelineBody(desk, self.presenter, self._new)
        self.empty = EmptyState(
            "sitemap",
            "There is no pipeline yet",
            _WHY,
            Command("pipeline.choose", "Choose a template", self.show_gallery),
            Command("pipeline.start_empty", "Start empty", self.start_empty),
        )
        self.gallery = Gallery(self.presenter.templates(), desk.session.plugins)
        self.gallery.chosen.connect(self._begin)
        self.gallery.left.connect(self.arrive)
        self.stack = QStackedLayout(self)
        for widget in (self.empty, self.gallery, self.body):
            self.stack.addWidget(widget)
        desk.bridge.edited.connect(self._edited)

    def commands(self) -> Sequence[Command]:
        """List what can be done here."""
        return (self._new, *self.body.commands())

    def arrive(self) -> None:
        """Read the list of pipelines again."""
        names = self.presenter.names()
        if not names:
            self.stack.setCurrentWidget(self.empty)
        elif self.body.model.name in names:
            self.stack.setCurrentWidget(self.body)
            self.body.refresh()
        else:
            self.show_pipeline(names[0])

    def focus_on(self, **focus: JsonValue) -> None:
        """Look at a pipeline."""
        if str(focus.get("pipeline", "")) in self.presenter.names():
            self.show_pipeline(str(focus["pipeline"]))

    def leave(self) -> None:
        """Keep what was typed."""
        self.body.panel.flush()

    def release(self) -> None:
        """End timers and threads."""
        self.body.release()

    def show_pipeline(self, name: str) -> None:
        """Edit a pipeline."""
        self.stack.setCurrentWidget(self.body)
        self.body.show_pipeline(name)
        self.body.editor.setFocus()

    def show_gallery(self) -> None:
        """Show the templates."""
        self.gallery.back.setVisible(bool(self.presenter.names()))
        self.stack.setCurrentWidget(self.gallery)

    def start_empty(self) -> None:
        """Begin a pipeline without a template."""
        self._begin("")

    def _begin(self, template: str) -> None:
        presenter = self.presenter
        try:
            name = presenter.use_template(template) if template else presenter.start_empty()
        except StudioError as error:
            self.desk.fail(error)
            return
        self.show_pipeline(name)

    def _edited(self, _: object) -> None:
        shown = self.stack.currentWidget() is self.body
        if shown and self.body.model.name not in self.presenter.names():
            self.arrive()
