"""Keeps plan, faults and the run of the shown pipeline up to date, off the GUI thread."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from PySide6.QtCore import QObject, QTimer, Signal

from studio.domain.ids import Digest
from studio.domain.jobs import ACTIVE, JobId, Logged
from studio.domain.pipelines import ChangeGraph, NodeId
from studio.domain.project import ArtefactRecord
from studio.errors import StudioError
from studio.services.job_runner import JobView
from studio.services.pipelines import Planned
from studio.ui.desk import Desk
from studio.ui.errands import Errands
from studio.ui.graph.looks import Look
from studio.ui.graph.model import GraphModel
from studio.ui.pages.pipeline.presenter import PipelinePresenter

_PLAN_MS = 300
"""Rest after an edit before the plan is made again."""
_LIVE_MS = 200
_Plan = tuple[Mapping[str, Digest], Mapping[NodeId, Planned]]


class Follower(QObject):
    """Watches one pipeline.

    Parameters
    ----------
    desk : Desk
        For the session and its events.
    presenter : PipelinePresenter
        Gets plan and faults.
    model : GraphModel
        The pipeline that is shown.
    """

    changed = Signal()
    """States of nodes, faults or the run may be different."""
    ended = Signal(object)
    """A run ended while it was watched; carries its `JobView`."""
    failed = Signal(object)
    """A run could not be started; carries the `StudioError`."""

    def __init__(self, desk: Desk, presenter: PipelinePresenter, model: GraphModel) -> None:
        super().__init__()
        self._desk = desk
        self._presenter = presenter
        self._model = model
        self._bindings: Mapping[str, Digest] | None = None
        self.looks: dict[NodeId, Look] = {}
        self.run_view: JobView | None = None
        self._plans = Errands(self._planned, self._no_plan, self)
        self._starts = Errands(self._started, self.failed.emit, self)
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_PLAN_MS)
        self._rest.timeout.connect(self._plan)
        self._live = QTimer(self)
        self._live.setInterval(_LIVE_MS)
        self._live.timeout.connect(self._look)
        desk.bridge.edited.connect(self._edited)
        desk.bridge.jobs_changed.connect(self._jobs_changed)
        desk.bridge.artefact_added.connect(self._artefact_added)

    @property
    def active(self) -> bool:
        """Whether the pipeline runs."""
        return self.run_view is not None and self.run_view.state in ACTIVE

    @property
    def starting(self) -> bool:
        """Whether a run is being started."""
        return self._starts.busy

    def open(self) -> None:
        """The model shows another pipeline."""
        self._presenter.plan = {}
        self.run_view = None
        self.refresh()

    def refresh(self) -> None:
        """Look at everything again; the plan follows after a rest."""
        self._presenter.look_for_faults(self._model.graph)
        found = self._presenter.latest_run(self._model.name, self._model.graph)
        self.run_view = found
        if self.active:
            self._live.start()
        self._look()
        self._rest.start()

    def start(self, only: Sequence[NodeId] = ()) -> None:
        """Run the pipeline, or only some nodes and what they need."""
        if self.active or self.starting:
            return
        name, pipelines = self._model.name, self._desk.session.pipelines
        self._starts.ask(lambda: pipelines.run(name, tuple(only)))
        self.changed.emit()

    def cancel(self) -> None:
        """Ask the run to end."""
        if self.run_view is not None and self.active:
            self._desk.session.runner.cancel(self.run_view.order.id)

    def logs(self, node: NodeId) -> Sequence[Logged]:
        """Return what the job of a node said in the newest run."""
        if self.run_view is None:
            return ()
        job = self.run_view.order.id
        told = self._desk.session.runner.record(job).nodes.get(node)
        return self._presenter.child(job, node).logs if told and told.job else ()

    def finish(self) -> None:
        """End timers and threads."""
        self._rest.stop()
        self._live.stop()
        for errands in (self._plans, self._starts):
            errands.finish()

    def _started(self, job: object) -> None:
        self.run_view = self._desk.session.runner.view(JobId(str(job)))
        self._live.start()
        self._look()

    def _look(self) -> None:
        before = self.run_view
        if before is not None:
            self.run_view = self._desk.session.runner.view(before.order.id)
        self.looks = self._presenter.looks(self._model.graph, self.run_view)
        if not self.active:
            self._live.stop()
        self.changed.emit()
        view = self.run_view
        if before is not None and view is not None and before.state in ACTIVE and not self.active:
            self._rest.start()
            self.ended.emit(view)

    def _plan(self) -> None:
        graph, bindings = self._model.graph, self._bindings
        if self._presenter.faults or self.active or not graph.nodes:
            self._presenter.plan = {}
            self._look()
            return
        self._plans.ask(lambda: self._presenter.make_plan(graph, bindings))

    def _planned(self, result: object) -> None:
        self._bindings, plan = cast(_Plan, result)
        self._presenter.plan = plan
        self._look()

    def _no_plan(self, error: StudioError) -> None:
        del error  # Said by the faults, or again when a run is asked for.
        self._presenter.plan = {}
        self._look()

    def _edited(self, edit: object) -> None:
        if not isinstance(edit, ChangeGraph):
            self._bindings = None
        self._presenter.look_for_faults(self._model.graph)
        self._presenter.plan = {}
        self._look()
        self._rest.start()

    def _artefact_added(self, record: ArtefactRecord) -> None:
        if record.kind != "labels":
            self._bindings = None

    def _jobs_changed(self, jobs: list[str]) -> None:
        if self.run_view is not None and self.run_view.order.id in jobs:
            self._look()
