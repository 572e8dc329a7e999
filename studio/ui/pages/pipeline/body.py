"""The editor with what stands around it: palette left, the chosen node right, the bar above."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from studio.domain.pipelines import NodeId
from studio.errors import StudioError
from studio.services.job_runner import JobView
from studio.ui.desk import Command, Desk
from studio.ui.forms.fields import Choice
from studio.ui.graph.editor import GraphEditor
from studio.ui.graph.editor_commands import editor_commands
from studio.ui.graph.looks import PLAIN
from studio.ui.graph.model import GraphModel
from studio.ui.graph.node_table import NodeTable
from studio.ui.graph.palette import Palette
from studio.ui.pages.pipeline.follower import Follower
from studio.ui.pages.pipeline.node_panel import NodePanel
from studio.ui.pages.pipeline.presenter import PipelinePresenter
from studio.ui.pages.pipeline.problem_list import ProblemList
from studio.ui.pages.pipeline.run_bar import RunBar
from studio.ui.pages.pipeline.run_verbs import RunVerbs

_LEFT, _RIGHT = 216, 300
_TOOLS = ("pipeline.arrange", "pipeline.zoom_out", "pipeline.zoom_in", "pipeline.fit")


class PipelineBody(QWidget):
    """One pipeline at a time, with everything to edit and run it.

    Parameters
    ----------
    desk : Desk
        For the session and the window's verbs.
    presenter : PipelinePresenter
        Decides what is shown.
    new : Command
        Leads to the templates.
    """

    def __init__(self, desk: Desk, presenter: PipelinePresenter, new: Command) -> None:
        super().__init__()
        self._desk = desk
        self._presenter = presenter
        session = desk.session
        self.model = GraphModel(session.project, session.plugins)
        self.editor = GraphEditor(self.model)
        # The canvas hears of an edit before those who draw states on it.
        desk.bridge.edited.connect(self._edited)
        self.follower = Follower(desk, presenter, self.model)
        self.palette_list = Palette(session.plugins)
        self.table = NodeTable()
        self.panel = NodePanel(self.model, self._choices)
        self.problems = ProblemList()
        self.verbs = RunVerbs(self.editor, self.follower, self.panel.flush)
        self._edits = editor_commands(self.editor)
        self._list = Command(
            "pipeline.list", "Show list of nodes", self.toggle_list, "Shift+L", "list", "View"
        )
        tools = [self._list, *(one for one in self._edits if one.id in _TOOLS)]
        self.bar = RunBar(self.verbs, new, tools)
        self._build()
        self._connect()

    def commands(self) -> Sequence[Command]:
        """List what can be done with the pipeline."""
        return (*self.verbs.commands(), self._list, *self._edits)

    def _build(self) -> None:
        middle = QSplitter(Qt.Orientation.Vertical)
        middle.addWidget(self.editor)
        middle.addWidget(self.table)
        middle.setStretchFactor(0, 4)
        middle.setStretchFactor(1, 1)
        self.table.hide()
        left = _column((self.palette_list,), (16, 12, 8, 16), 0)
        centre = _column((self.bar, middle), (8, 12, 8, 16), 1)
        right = _column((self.panel, self.problems), (8, 12, 16, 16), 0)
        left.setMinimumWidth(_LEFT - 40)
        right.setMinimumWidth(_RIGHT)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        for widget in (left, centre, right):
            split.addWidget(widget)
        split.setStretchFactor(1, 1)
        split.setSizes([_LEFT, 800, _RIGHT])
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(split)

    def _connect(self) -> None:
        self.editor.selected.connect(self._selected)
        self.editor.opened.connect(self._open_node)
        self.editor.failed.connect(self._desk.fail)
        self.palette_list.chosen.connect(self.editor.adding.add)
        self.table.picked.connect(self._pick)
        self.table.opened.connect(self._open_node)
        self.problems.picked.connect(self._pick)
        self.bar.chosen.connect(self.show_pipeline)
        self.follower.changed.connect(self._show_states)
        self.follower.ended.connect(self._ended)
        self.follower.failed.connect(self._not_started)

    def show_pipeline(self, name: str) -> None:
        """Edit another pipeline."""
        self.panel.flush()
        self.bar.say("", "")
        self.editor.show_pipeline(name)
        self.bar.show_names(self._presenter.names(), name)
        self.follower.open()

    def refresh(self) -> None:
        """Read again what may have changed elsewhere."""
        self.editor.follow()
        self.bar.show_names(self._presenter.names(), self.model.name)
        self.follower.refresh()

    def release(self) -> None:
        """Keep what was typed; end timers and threads."""
        self.panel.flush()
        self.follower.finish()

    def toggle_list(self) -> None:
        """Show or hide the list that says what the canvas shows."""
        self.table.setVisible(not self.table.isVisible())
        self._show_states()

    def _edited(self, _: object) -> None:
        names = self._presenter.names()
        if self.model.name not in names:
            return
        self.editor.follow()
        self.panel.refresh()
        self.bar.say("", "")
        if self.bar.choice.count() != len(names):
            self.bar.show_names(names, self.model.name)

    def _selected(self, ids: list[NodeId]) -> None:
        self.panel.show_nodes(ids)
        self.table.pick(ids[0] if len(ids) == 1 else None)
        self._show_node()
        self._say()

    def _pick(self, id_: str) -> None:
        self.editor.scene.choose([NodeId(id_)])
        item = self.editor.scene.nodes.get(NodeId(id_))
        if item is not None:
            self.editor.view.ensureVisible(item, 24, 24)

    def _open_node(self, id_: str) -> None:
        self._pick(id_)
        if self.panel.form is not None:
            self.panel.form.focusNextChild()

    def _show_states(self) -> None:
        looks = self.follower.looks
        self.editor.show_looks(looks)
        self.problems.show_faults(self._presenter.faults)
        self._say()
        if self.table.isVisible():
            self.table.show_model(self.model, looks)
        self._show_node()

    def _show_node(self) -> None:
        node = self.panel.node
        if node is not None:
            look = self.follower.looks.get(node, PLAIN)
            self.panel.show_look(look, self.follower.logs(node))

    def _say(self) -> None:
        starting = self.follower.starting
        self.bar.show_run(self.follower.run_view, starting, self._presenter.forecast())

    def _ended(self, run: JobView) -> None:
        said = self._presenter.ended(run)
        if said is not None:
            self.bar.say(said.text, said.role)

    def _not_started(self, error: StudioError) -> None:
        self.bar.say(str(error), "error")
        self._say()

    def _choices(self, name: str) -> Sequence[Choice]:
        node = self.panel.node
        if name != "architecture" or node not in self.model.graph.nodes or node is None:
            return ()
        operation = self.model.graph.nodes[node].operation
        networks = self._presenter.architectures(operation)
        return [Choice(one.name, one.title or one.name) for one in networks]


def _column(widgets: Sequence[QWidget], margins: tuple[int, int, int, int], grows: int) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(*margins)
    column.setSpacing(8)
    for widget in widgets:
        column.addWidget(widget)
    column.setStretch(grows, 1)
    return holder
