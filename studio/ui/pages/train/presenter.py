"""What the Train page shows; knows no Qt."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Literal, NamedTuple, TypeAlias

from studio.domain.artefacts import get_artefact
from studio.domain.datasets import DatasetVersion
from studio.domain.ids import Digest, JsonValue
from studio.domain.jobs import ACTIVE, Device, JobId
from studio.domain.models import ModelVersion
from studio.domain.runs import Curve, RunRecord
from studio.services.job_runner import JobView, Submission
from studio.services.session import Session

TrainTask: TypeAlias = Literal["classifier", "detector"]
RUNS = ("train.classifier", "train.detector")


class RunRow(NamedTuple):
    """One run of the list."""

    job: JobId
    name: str
    state: str
    best: str
    when: str


class TrainPresenter:
    """Decides what stands on the page.

    Parameters
    ----------
    session : Session
        The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def task_of(self, dataset: Digest) -> TrainTask:
        """Tell which trainer fits a dataset version: anything drawn asks for a detector."""
        store = self._session.project.store
        version = get_artefact(store, dataset, DatasetVersion)
        for number, entry in enumerate(version.read(store)):
            if any(shape.kind != "tag" for shape in entry.item.shapes):
                return "detector"
            if number > 2000:
                break
        return "classifier"

    def start(
        self,
        task: TrainTask,
        dataset: Digest,
        params: Mapping[str, JsonValue],
        target: str,
        device: Device,
    ) -> Submission:
        """Order a training."""
        architecture = str(params.get("architecture") or "")
        return self._session.runner.submit(
            f"train.{task}",
            params,
            {"dataset": dataset},
            target=target,
            device=device,
            title=f"Train {architecture or task}",
        )

    def rows(self) -> list[RunRow]:
        """Return all runs, newest first; those of a pipeline's node too."""
        found = []
        for view in self._session.runner.jobs():
            if view.order.operation.partition("@")[0] in RUNS:
                found.append(self._row(view))
        return found

    def _row(self, view: JobView) -> RunRow:
        latest = self._session.runner.record(view.order.id).latest()
        best = next((latest[k] for k in ("val_accuracy", "val_ap50") if k in latest), None)
        return RunRow(
            job=view.order.id,
            name=view.order.title or view.order.operation,
            state=view.state,
            best="" if best is None else f"{100 * best:.1f} %",
            when=time.strftime("%d %b %H:%M", time.localtime(view.order.created)),
        )

    def record(self, job: JobId) -> RunRecord:
        """Return curves and log of a run."""
        return self._session.runner.record(job)

    def view(self, job: JobId) -> JobView:
        """Return a run as it stands now."""
        return self._session.runner.view(job)

    def can(self, job: JobId | None) -> dict[str, bool]:
        """Tell which of pause, resume, cancel and evaluate can be done to a run."""
        if job is None:
            return dict.fromkeys(("pause", "resume", "cancel", "evaluate"), False)
        state = self.view(job).state
        return {
            "pause": state == "running",
            "resume": state in ("paused", "lost", "cancelled", "failed"),
            "cancel": state in ACTIVE,
            "evaluate": state == "finished",
        }

    def headline(self, job: JobId) -> str:
        """Say in one line how a run stands."""
        view = self.view(job)
        where = f" on {view.started.device}" if view.started else ""
        if view.state in ACTIVE and view.progress and view.progress.total:
            now = view.progress
            left = "" if now.seconds_left is None else f" · {span(now.seconds_left)} left"
            return f"{view.state.capitalize()}{where} · {now.done:,} of {now.total:,}{left}"
        if view.exit and view.exit.what_happened:
            said = f"{view.exit.what_happened} {view.exit.what_to_do}".strip()
            return f"{view.state.capitalize()}. {said}"
        took = f" in {span(view.exit.seconds)}" if view.exit else ""
        return f"{view.state.capitalize()}{where}{took}"

    def model(self, job: JobId) -> tuple[Digest, ModelVersion] | None:
        """Return the model a run gave, or None."""
        view = self.view(job)
        digest = view.exit.outputs.get("model") if view.exit else None
        if digest is None:
            return None
        return digest, get_artefact(self._session.project.store, digest, ModelVersion)

    def curves(self, job: JobId) -> dict[str, Curve]:
        """Return a run's curves by the plot they belong to: loss, figure, rate."""
        found: dict[str, Curve] = {}
        curves = self.record(job).curves
        for plot, names in (
            ("loss", ("loss",)),
            ("figure", ("val_accuracy", "val_ap50")),
            ("rate", ("learning_rate",)),
        ):
            for name in names:
                if name in curves:
                    found[plot] = curves[name]
        return found


def span(seconds: float) -> str:
    """Write a span of time as a person says it."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
