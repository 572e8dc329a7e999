"""What was made from what: jobs that ended leave their outputs in the project's index."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

from studio.domain.artefacts import head
from studio.domain.ids import Digest, JsonObject
from studio.domain.jobs import PIPELINE, JobId
from studio.domain.project import ArtefactRecord, Project
from studio.errors import NotFound
from studio.services.followed_job import FollowedJob
from studio.services.titles import title_of


def note_ended(project: Project, job: FollowedJob) -> None:
    """Note what an ended job made; of a pipeline, what each of its nodes made.

    Where the job ran elsewhere, its result is remembered here under its key.
    """
    if job.exit is None:
        return
    order = job.order
    if order.operation.startswith(PIPELINE):
        for node in job.record.nodes.values():
            note_outputs(project, node.outputs, node.inputs.values(), order.id)
    elif job.exit.state == "finished":
        if order.key and order.target != "local":
            outputs: JsonObject = dict(job.exit.outputs)
            project.results.put(order.key, {"operation": order.operation, "outputs": outputs})
        note_outputs(project, job.exit.outputs, order.inputs.values(), order.id)


def note_outputs(
    project: Project,
    outputs: Mapping[str, Digest],
    inputs: Iterable[Digest],
    job: JobId | None,
) -> None:
    """Note artefacts with what they were made from; those known already are left alone."""
    made_from = list(inputs)
    for digest in outputs.values():
        try:
            project.artefacts.get(digest)
            continue
        except NotFound:
            stored = head(project.store, digest)
        record = ArtefactRecord(
            digest=digest,
            kind=stored.kind,
            title=title_of(stored),
            created=time.time(),
            job=job,
        )
        project.artefacts.add(record, made_from)
        project.events.artefact_added.emit(record)
