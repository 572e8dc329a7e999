"""Looking labels and pictures over: jobs whose results are kept as artefacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from studio.domain.artefacts import Artefact, get_artefact, put_artefact
from studio.domain.ids import Digest
from studio.domain.jobs import Device
from studio.domain.labels import AnnotatedMedia, LabelSchema, LabelSet
from studio.domain.models import ModelVersion
from studio.domain.packaging import ModelPackage
from studio.domain.project import ArtefactRecord, Project
from studio.domain.quality import DuplicateGroups, LabelErrors, Suspect
from studio.errors import BadInput
from studio.services.job_runner import JobRunner, Submission

A = TypeVar("A", bound=Artefact)


class Looking:
    """Finds label errors and near duplicates.

    Parameters
    ----------
    project : Project
        Whose pictures.
    runner : JobRunner
        Runs what takes long.
    snapshot : callable
        Freezes the project's labels and gives their digest.
    """

    def __init__(self, project: Project, runner: JobRunner, snapshot: Callable[[], Digest]) -> None:
        self._project = project
        self._runner = runner
        self._snapshot = snapshot

    def find_duplicates(
        self, bits: int = 4, *, target: str = "local", again: bool = False
    ) -> Submission:
        """Begin to group pictures that look alike; known pictures give the known result.

        Labels do not enter, so that labelling on does not make it anew.

        Parameters
        ----------
        bits : int, in 0..12
            In how many of 64 bits hashes of twins may differ.

        Raises
        ------
        BadInput
            If there are not two pictures.
        """
        store = self._project.store
        items = [AnnotatedMedia(media=item) for item in self._project.state.media]
        if len(items) < 2:
            raise BadInput("There are no two pictures to compare.", "Import some first.")
        media = put_artefact(store, LabelSet.write(store, LabelSchema(), items))
        return self._runner.submit(
            "quality.duplicates",
            {"bits": bits},
            {"labels": media},
            target=target,
            title=f"Compare {len(items):,} pictures",
            again=again,
        )

    def rank_labels(
        self,
        model: Digest | None = None,
        *,
        seed: int = 0,
        device: Device = "auto",
        target: str = "local",
    ) -> Submission:
        """Begin to rank labels of pictures by how wrong they look.

        Parameters
        ----------
        model : Digest, optional
            Of a `ModelVersion`, whose sight is used; left out, plain pixels are looked at.
        """
        inputs = {"labels": self._snapshot()}
        if model is not None:
            inputs["model"] = model
        return self._runner.submit(
            "quality.label_errors", {}, inputs, seed=seed, device=device, target=target,
            title="Rank labels of pictures",
        )  # fmt: skip

    def rank_shapes(
        self,
        package: Digest,
        *,
        sure: float = 0.5,
        device: Device = "auto",
        target: str = "local",
    ) -> Submission:
        """Begin to hold what is drawn against what a package finds.

        Parameters
        ----------
        package : Digest
            Of a `ModelPackage` that detects; best one that did not learn from these pictures.
        sure : float, in 0.05..0.99
            Answers that are less sure accuse nobody.
        """
        inputs = {"labels": self._snapshot(), "package": package}
        return self._runner.submit(
            "quality.detection_errors", {"sure": sure}, inputs, device=device, target=target,
            title="Rank labels of things",
        )  # fmt: skip

    def duplicates(self, digest: Digest | None = None) -> DuplicateGroups | None:
        """Return a result, the newest if none is named; None where there is none."""
        return self._read(DuplicateGroups, digest)

    def errors(self, digest: Digest | None = None) -> LabelErrors | None:
        """Return a ranking, the newest if none is named; None where there is none."""
        return self._read(LabelErrors, digest)

    def waiting(self, errors: LabelErrors) -> list[Suspect]:
        """Return the suspects of a ranking that nobody has changed since, in order."""
        return [one for one in errors.suspects if self._stands(one)]

    def models(self) -> Sequence[ArtefactRecord]:
        """Return the project's own models, newest first."""
        return self._project.artefacts.of_kind(ModelVersion.kind)

    def packages(self) -> Sequence[ArtefactRecord]:
        """Return the packages that detect, newest first."""
        index, store = self._project.artefacts, self._project.store
        return [
            record
            for record in index.of_kind(ModelPackage.kind)
            if get_artefact(store, record.digest, ModelPackage).task == "detection"
        ]

    def _stands(self, suspect: Suspect) -> bool:
        """Tell whether a label is still as it was given."""
        if suspect.media not in self._project.state.media:
            return False
        if suspect.shape is None:
            return True
        shapes = self._project.state.annotations.of(suspect.media)
        return any(s.id == suspect.shape and s.label == suspect.given for s in shapes)

    def _read(self, kind: type[A], digest: Digest | None) -> A | None:
        if digest is None:
            records = self._project.artefacts.of_kind(kind.kind)
            if not records:
                return None
            digest = records[0].digest
        return get_artefact(self._project.store, digest, kind)
