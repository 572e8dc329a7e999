"""Jobs of an open project: order them, follow them, and note what they made."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from studio.api.job_folder import JobFolder, replace_file
from studio.domain.ids import Digest, JsonValue, new_id
from studio.domain.jobs import (
    ACTIVE,
    PIPELINE,
    Compute,
    Control,
    Device,
    JobExit,
    JobHandle,
    JobId,
    JobOrder,
    JobState,
    Progressed,
    Started,
)
from studio.domain.operations import Catalogue, Operation, key_of
from studio.domain.pipelines import Graph, NodeId
from studio.domain.project import JobRecord, Project
from studio.domain.runs import RunRecord
from studio.errors import InvalidParameters, NotFound, StudioError
from studio.services.followed_job import FollowedJob
from studio.services.lineage import note_ended, note_outputs
from studio.services.node_facts import outputs_of

LOCAL = "local"
_POLL_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Submission:
    """What came of an order: a job, or the outputs that were known from before."""

    job: JobId | None
    outputs: Mapping[str, Digest] | None = None


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it stands now."""

    order: JobOrder
    state: JobState
    progress: Progressed | None = None
    exit: JobExit | None = None
    started: Started | None = None
    trouble: str = ""
    """Why the place where it runs cannot be asked right now; the job itself goes on."""


class JobRunner:
    """Orders jobs, follows them by their folders, and indexes what they made.

    Parameters
    ----------
    project : Project
        Open.
    catalogue : Catalogue
        All operations.
    targets : mapping of str to Compute
        Where jobs can run, by name; `local` must be there. It is asked anew each time.
    hang_up : callable
        Lets go of connections, when jobs are not followed any more.
    """

    def __init__(
        self,
        project: Project,
        catalogue: Catalogue,
        targets: Mapping[str, Compute],
        hang_up: Callable[[], None] = lambda: None,
    ) -> None:
        self._hang_up = hang_up
        self._project = project
        self._catalogue = catalogue
        self._targets = targets
        self._lock = threading.RLock()
        self._jobs: dict[JobId, FollowedJob] = {}
        for record in reversed(project.jobs.all()):
            self._follow(record.order, record.handle)

    def targets(self) -> list[str]:
        """Name the places where jobs can run."""
        return list(self._targets)

    def submit(
        self,
        operation_id: str,
        params: Mapping[str, JsonValue] = {},
        inputs: Mapping[str, Digest] = {},
        *,
        seed: int = 0,
        device: Device = "auto",
        target: str = "local",
        title: str = "",
        again: bool = False,
    ) -> Submission:
        """Order an operation, unless its result is known.

        Parameters
        ----------
        operation_id : str
            With or without `@version`.
        params : mapping
            Only those that are set.
        inputs : mapping of str to Digest
            Artefacts by port.
        seed : int
            Source of all randomness.
        device : str
            `auto`, `cpu` or `cuda`.
        target : str
            Name of a compute target.
        title : str
            Words for the job list; the operation's own by default.
        again : bool
            Run even if the result is known.

        Raises
        ------
        InvalidParameters
            If a parameter or an input is wrong.
        NotFound
            If there is no such operation or target.
        ComputeFailed
            If the job could not be started.
        """
        operation = self._catalogue.get(operation_id)
        values = operation.parse(params)
        _check_inputs(operation, inputs)
        code = self._catalogue.code(operation)
        key = key_of(operation, code, values, inputs, seed)
        record = None if again else self._project.results.get(key)
        if record is not None:
            outputs = outputs_of(record)
            note_outputs(self._project, outputs, inputs.values(), None)
            return Submission(None, outputs)
        order = JobOrder(
            id=JobId(new_id("job")),
            operation=operation.reference,
            params=dict(params),
            inputs=dict(inputs),
            seed=seed,
            device=device,
            key=key,
            title=title or operation.title,
            target=target,
            created=time.time(),
        )
        return Submission(self._start(order))

    def submit_graph(
        self,
        graph: Graph,
        inputs: Mapping[str, Digest] = {},
        *,
        seed: int = 0,
        device: Device = "auto",
        only: tuple[NodeId, ...] = (),
        title: str = "",
    ) -> JobId:
        """Order a whole pipeline; its nodes run, or are known, one by one.

        Parameters
        ----------
        graph : Graph
            Without faults.
        inputs : mapping of str to Digest
            By name of the graph's input.
        only : tuple of NodeId
            Run these and what they need; empty for all.
        """
        order = JobOrder(
            id=JobId(new_id("job")),
            operation=f"{PIPELINE}@1",
            params={
                "graph": graph.model_dump(mode="json", by_alias=True),
                "only": list(only),
                "device": device,
            },
            inputs=dict(inputs),
            seed=seed,
            device="cpu",
            title=title or f"Pipeline {graph.title}".strip(),
            created=time.time(),
        )
        return self._start(order)

    def jobs(self) -> list[JobView]:
        """Return all jobs, newest first."""
        with self._lock:
            ids = list(self._jobs)
        return [self.view(id_) for id_ in reversed(ids)]

    def view(self, id: JobId) -> JobView:  # noqa: A002
        """Return a job as it stands now; raises `NotFound`."""
        job = self._get(id)
        record = job.record
        return JobView(job.order, job.state, record.progress, job.exit, record.started, job.trouble)

    def record(self, id: JobId) -> RunRecord:  # noqa: A002
        """Return curves, logs and nodes of a job; it grows while the job runs."""
        return self._get(id).record

    def folder(self, id: JobId) -> JobFolder:  # noqa: A002
        """Return the folder of a job."""
        return self._get(id).folder

    def pause(self, id: JobId) -> None:  # noqa: A002
        """Ask a job to write a checkpoint and go."""
        self._ask(id, Control(ask="pause"))

    def cancel(self, id: JobId) -> None:  # noqa: A002
        """Ask a job to end; it is ended if it does not obey."""
        self._ask(id, Control(ask="cancel"))

    def resume(self, id: JobId) -> None:  # noqa: A002
        """Go on with a job that does not run; raises `InvalidParameters` if it runs or is done."""
        job = self._get(id)
        if job.pipeline is not None:
            raise InvalidParameters(
                "It is a node of a pipeline.", "Run the pipeline again; what is done stays done."
            )
        with job.busy:
            self._refresh(job)
            if job.state in ACTIVE or job.state == "finished":
                raise InvalidParameters(f"The job is {job.state}; there is nothing to resume.")
            job.folder.clear_for_resume()
            job.exit, job.noted = None, False
            self._launch(job)

    def poll(self) -> list[JobId]:
        """Read what is new of all jobs that are under way.

        Returns
        -------
        list of JobId
            Those with new messages or a new state; `job_changed` was emitted for each.
        """
        with self._lock:
            active = [(id_, job) for id_, job in self._jobs.items() if job.state in ACTIVE]
        changed: list[JobId] = []
        for id_, job in active:
            if self._refresh(job):
                changed.append(id_)
                self._project.events.job_changed.emit(id_)
        return changed

    def wait(
        self,
        id: JobId,  # noqa: A002
        on_change: Callable[[JobView], None] | None = None,
    ) -> JobExit:
        """Follow a job until it does not run any more; Ctrl-C cancels it.

        Returns
        -------
        JobExit
            A lost job gives an exit that says so.
        """
        try:
            while True:
                changed = id in self.poll()
                view = self.view(id)
                if changed and on_change is not None:
                    on_change(view)
                if view.state not in ACTIVE:
                    break
                time.sleep(_POLL_SECONDS)
        except KeyboardInterrupt:
            self.cancel(id)
            raise
        return view.exit or JobExit(
            state="failed",
            what_happened="The worker was ended from outside before it could finish.",
            what_to_do=f"`studio jobs resume {id}` goes on from its last checkpoint.",
            error="lost",
        )

    def close(self) -> None:
        """Stop following; jobs go on."""
        with self._lock:
            self._jobs.clear()
        self._hang_up()

    def _start(self, order: JobOrder) -> JobId:
        _target(self._targets, order.target)
        path = self._project.runs_folder() / order.id
        JobFolder.create(path, order)
        job = self._follow(order, None)
        with job.busy:
            self._launch(job)
        self._project.events.job_changed.emit(order.id)
        return order.id

    def _launch(self, job: FollowedJob) -> None:
        target = _target(self._targets, job.order.target)
        try:
            job.handle = target.start(job.folder.path)
        except StudioError as error:
            # No worker will say so, and without an exit it would wait for ever.
            job.exit = JobExit(
                state="failed",
                what_happened=error.what_happened,
                what_to_do=error.what_to_do,
                error=type(error).__name__,
            )
            replace_file(job.folder.exit_file, job.exit.model_dump_json(indent=1).encode())
            job.state, job.noted = "failed", True
            self._project.jobs.add(JobRecord(order=job.order, handle=job.handle))
            raise
        job.state = "running"
        self._project.jobs.add(JobRecord(order=job.order, handle=job.handle))

    def _follow(self, order: JobOrder, handle: JobHandle | None) -> FollowedJob:
        folder = JobFolder(self._project.runs_folder() / order.id)
        job = FollowedJob(order, folder, handle)
        # A job from before is read once here; places elsewhere are asked when it is followed.
        if order.target == LOCAL:
            self._refresh(job)
        else:
            job.refresh(None)
        with self._lock:
            self._jobs[order.id] = job
        return job

    def _get(self, id_: JobId) -> FollowedJob:
        try:
            return self._jobs[id_]
        except KeyError:
            raise NotFound(f"There is no job {id_}.", "`studio jobs list` shows them.") from None

    def _ask(self, id_: JobId, control: Control) -> None:
        job = self._get(id_)
        with job.busy:
            if job.handle is None or job.state not in ACTIVE:
                return
            _target(self._targets, job.order.target).ask(job.handle, job.folder.path, control)
            self._refresh(job)
        self._project.events.job_changed.emit(id_)

    def _refresh(self, job: FollowedJob) -> bool:
        """Read new events and the state, note what was made; returns whether anything changed."""
        with job.busy:
            target = self._targets.get(job.order.target)
            changed = job.refresh(target)
            if target is None:
                job.trouble = f"The compute target “{job.order.target}” is not set up any more."
            if changed and job.order.operation.startswith(PIPELINE):
                self._follow_nodes(job)
            if job.exit is not None and not job.noted:
                job.noted = True
                note_ended(self._project, job)
        return changed

    def _follow_nodes(self, pipeline: FollowedJob) -> None:
        """Follow the jobs of a pipeline's nodes too, so that their curves are seen."""
        with self._lock:
            fresh = [node for node in pipeline.nodes() if node.order.id not in self._jobs]
            self._jobs |= {node.order.id: node for node in fresh}
        for node in fresh:
            self._refresh(node)


def _check_inputs(operation: Operation, inputs: Mapping[str, Digest]) -> None:
    known = {port.name for port in operation.inputs}
    needed = {port.name for port in operation.inputs if not port.optional}
    if not needed <= inputs.keys() <= known:
        raise InvalidParameters(
            f"“{operation.title}” takes {sorted(known)}, but was given {sorted(inputs)}.",
            "Name each input by its port.",
        )


def _target(targets: Mapping[str, Compute], name: str) -> Compute:
    if name not in targets:
        raise NotFound(
            f"There is no compute target “{name}”.",
            f"Known are {', '.join(targets)}; hosts are added in the settings.",
        )
    return targets[name]
