"""Dataset versions of a project: freeze the labels, deal them to splits, find them again."""

from __future__ import annotations

import time
from collections.abc import Sequence

from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.datasets import DatasetVersion, SplitPlan
from studio.domain.ids import Digest, JsonObject
from studio.domain.labels import AnnotatedMedia, LabelSet
from studio.domain.project import ArtefactRecord, Project
from studio.errors import BadInput, NotFound
from studio.services.job_runner import JobRunner, Submission


class DatasetVersions:
    """Dataset versions of one open project.

    Parameters
    ----------
    project : Project
        Open.
    runner : JobRunner
        Runs the split in a worker.
    """

    def __init__(self, project: Project, runner: JobRunner) -> None:
        self._project = project
        self._runner = runner

    def snapshot(self) -> Digest:
        """Freeze all pictures and labels as they are now.

        Returns
        -------
        Digest
            Of a `LabelSet`; the same state gives the same digest.
        """
        state, store = self._project.state, self._project.store
        shapes = dict(state.annotations.all())
        items = [
            AnnotatedMedia(media=media, shapes=tuple(shapes.get(media.id, ())))
            for media in state.media
        ]
        labels = LabelSet.write(store, state.schema, items)
        digest = put_artefact(store, labels)
        try:
            self._project.artefacts.get(digest)
        except NotFound:
            title = f"{labels.media_count:,} pictures, {labels.shape_count:,} shapes"
            record = ArtefactRecord(
                digest=digest, kind=LabelSet.kind, title=title, created=time.time()
            )
            self._project.artefacts.add(record)
            self._project.events.artefact_added.emit(record)
        return digest

    def create(self, plan: SplitPlan, title: str = "") -> Submission:
        """Deal the pictures to splits as they are now.

        Parameters
        ----------
        plan : SplitPlan
            Shares and strategy.
        title : str
            Words for the job list.

        Raises
        ------
        BadInput
            If the project has no pictures.
        """
        if not self._project.state.media.count():
            raise BadInput(
                "There are no pictures to make a dataset version of.", "Import some first."
            )
        params: JsonObject = plan.model_dump(mode="json")
        return self._runner.submit(
            "dataset.split",
            params,
            {"labels": self.snapshot()},
            title=title or "Make a dataset version",
        )

    def all(self) -> Sequence[ArtefactRecord]:
        """Return all dataset versions, newest first."""
        return self._project.artefacts.of_kind(DatasetVersion.kind)

    def get(self, digest: Digest) -> DatasetVersion:
        """Read one; raises `NotFound` or `Damaged`."""
        return get_artefact(self._project.store, digest, DatasetVersion)
