"""Filling the index of jobs and artefacts from the folders they left, as far as those tell."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Protocol

from studio.api.job_folder import JobFolder
from studio.domain.artefacts import head
from studio.domain.ids import Digest
from studio.domain.jobs import JobId, JobOrder
from studio.domain.objects import ObjectStore
from studio.domain.project import ArtefactIndex, ArtefactRecord, JobIndex, JobRecord
from studio.errors import NotFound, StudioError


class _Indexed(Protocol):
    """The part of a project that is filled."""

    folder: Path

    @property
    def store(self) -> ObjectStore: ...

    @property
    def artefacts(self) -> ArtefactIndex: ...

    @property
    def jobs(self) -> JobIndex: ...


def find_traces(project: _Indexed, *, everything: bool) -> None:
    """Note jobs whose folders are there but which the index does not know, with what they made.

    Parameters
    ----------
    project : Project
        Its `jobs` and `artefacts` are added to.
    everything : bool
        Whether the index began empty; otherwise jobs that it knows are not looked at again.
    """
    for order_file in sorted((project.folder / "runs").glob("*/order.json")):
        if everything or not _known(project.jobs, JobId(order_file.parent.name)):
            with suppress(StudioError):
                order = JobFolder(order_file.parent).order()
                project.jobs.add(JobRecord(order=order))
                _note_outputs(project, order_file.parent, order.id)
                for node in sorted(order_file.parent.glob("nodes/*/order.json")):
                    with suppress(StudioError):
                        _note_outputs(project, node.parent, order.id)


def _known(jobs: JobIndex, job: JobId) -> bool:
    try:
        jobs.get(job)
    except NotFound:
        return False
    return True


def _note_outputs(project: _Indexed, path: Path, job: JobId) -> None:
    folder = JobFolder(path)
    order = folder.order()
    for digest in order.inputs.values():
        _note(project, digest, order.created, order, None)
    ended = folder.exit()
    if ended is None or ended.state != "finished":
        return
    created = folder.exit_file.stat().st_mtime
    for digest in ended.outputs.values():
        _note(project, digest, created, order, job)


def _note(
    project: _Indexed, digest: Digest, created: float, order: JobOrder, job: JobId | None
) -> None:
    with suppress(StudioError):
        kind = head(project.store, digest).kind
        title = order.title if job else kind
        made_from = list(order.inputs.values()) if job else []
        record = ArtefactRecord(digest=digest, kind=kind, title=title, created=created, job=job)
        project.artefacts.add(record, made_from)
