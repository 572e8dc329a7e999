"""Prelabelling: the project's own model proposes labels, and a person accepts or rejects them.

Proposals stand in a layer of their own: they are shown, but neither counted nor exported nor
trained on until somebody accepts them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.evaluation import Verdict
from studio.domain.geometry import Box, Tag, bounds, box_iou, fault
from studio.domain.history import Edit
from studio.domain.ids import Digest, new_id
from studio.domain.jobs import Device
from studio.domain.labels import (
    PROPOSALS,
    AnnotatedMedia,
    AnnotateMany,
    LabelId,
    LabelSchema,
    LabelSet,
    SetSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import MediaFilter, MediaId, MediaItem
from studio.domain.packaging import ModelPackage, Predictions
from studio.domain.project import Batch, Project, ProjectState
from studio.errors import BadInput
from studio.services.job_runner import JobRunner, Submission

_SAME = 0.5
"""From this overlap on a proposal says what a shape of the same label says already."""
_UNLABELLED = MediaFilter(label="-")
_PAGE = 1000


class Prelabelling:
    """Asks a package about pictures and lays its answers down as proposals.

    Parameters
    ----------
    project : Project
        Whose pictures are asked about.
    runner : JobRunner
        Runs the package.
    """

    def __init__(self, project: Project, runner: JobRunner) -> None:
        self._project = project
        self._runner = runner

    def ask(
        self,
        package: Digest,
        media: Sequence[MediaId] | None = None,
        device: Device = "auto",
    ) -> Submission:
        """Begin to ask a package.

        Parameters
        ----------
        package : Digest
            Of a `ModelPackage`.
        media : sequence of MediaId, optional
            Which pictures; left out, all that carry no label.
        device : str
            Where it runs.

        Raises
        ------
        BadInput
            If there is no picture to ask about.
        """
        state = self._project.state
        if media is None:
            items = [item for page in self._unlabelled() for item in page]
        else:
            items = [state.media.get(id_) for id_ in media]
        if not items:
            raise BadInput(
                "Every picture carries a label, so there is nothing to propose.",
                "Import more pictures, or name the pictures to ask about.",
            )
        asked = [AnnotatedMedia(media=item) for item in items]
        labels = put_artefact(
            self._project.store, LabelSet.write(self._project.store, state.schema, asked)
        )
        inputs = {"package": package, "labels": labels}
        title = f"Propose labels for {len(items):,} pictures"
        return self._runner.submit("predict.package", {}, inputs, device=device, title=title)

    def take(self, predictions: Digest, least_score: float = 0.3) -> int:
        """Lay answers down as proposals, in place of older ones of the same package; one edit.

        Parameters
        ----------
        predictions : Digest
            Of `Predictions`.
        least_score : float
            Less sure answers are left out, 0..1.

        Returns
        -------
        int
            How many proposals there are now of this package on these pictures.
        """
        found = get_artefact(self._project.store, predictions, Predictions)
        author = self._author(predictions)
        schema = self._project.state.schema
        wider = extended(schema, found.label_schema.names)
        ids = _renaming(found.label_schema, wider)
        gone: list[SetShapes] = []
        come: list[tuple[MediaId, tuple[Shape, ...]]] = []
        for verdict in found.read(self._project.store):
            if verdict.media not in self._project.state.media:
                continue
            old = self._older(verdict.media, author)
            if old:
                gone.append(SetShapes(media=verdict.media, before=old, layer=PROPOSALS))
            shapes = self._shapes(verdict, ids, author, least_score)
            if shapes:
                come.append((verdict.media, shapes))
        count = sum(len(shapes) for _, shapes in come)
        edits: list[Edit[ProjectState]] = [*gone]
        if wider != schema and come:
            edits.append(SetSchema(before=schema, after=wider, title="Add labels"))
        if come:
            edits.append(AnnotateMany(shapes=tuple(come), layer=PROPOSALS))
        if edits:
            self._project.perform(Batch.of(f"Propose {count:,} labels", edits))
        return count

    def waiting(self) -> int:
        """Return how many proposals nobody has accepted or rejected yet."""
        return sum(self._project.state.layer(PROPOSALS).counts().values())

    def _unlabelled(self) -> Iterator[Sequence[MediaItem]]:
        media, start = self._project.state.media, 0
        while page := media.page(start, _PAGE, _UNLABELLED):
            yield page
            start += len(page)

    def _author(self, predictions: Digest) -> str:
        sources = self._project.artefacts.sources(predictions)
        made_by = [record.digest for record in sources if record.kind == ModelPackage.kind]
        return f"model:{(made_by or [predictions])[0].removeprefix('sha256:')[:16]}"

    def _older(self, media: MediaId, author: str) -> tuple[Shape, ...]:
        proposed = self._project.state.layer(PROPOSALS).of(media)
        return tuple(shape for shape in proposed if shape.author == author)

    def _shapes(
        self, verdict: Verdict, ids: Mapping[LabelId, LabelId], author: str, least: float
    ) -> tuple[Shape, ...]:
        there = self._project.state.annotations.of(verdict.media)
        item = self._project.state.media.get(verdict.media)
        answers: list[tuple[LabelId, float, Box | Tag]] = [
            (ids[one.label], one.score, Box(*one.box)) for one in verdict.detections
        ]
        if verdict.predicted is not None:
            answers.append((ids[verdict.predicted], verdict.score, Tag()))
        known = _known(there)
        return tuple(
            Shape(
                id=ShapeId(new_id("shape")),
                label=label,
                geometry=geometry,
                author=author,
                score=score,
                z=float(number),
            )
            for number, (label, score, geometry) in enumerate(answers)
            if score >= least
            and fault(geometry, item.width, item.height) is None
            and not _said_already(label, geometry, known)
        )


def _renaming(theirs: LabelSchema, ours: LabelSchema) -> dict[LabelId, LabelId]:
    return {
        label.id: known.id
        for label in theirs.labels
        if (known := ours.named(label.name)) is not None
    }


def _known(shapes: Sequence[Shape]) -> dict[LabelId, list[Box | Tag]]:
    known: dict[LabelId, list[Box | Tag]] = defaultdict(list)
    for shape in shapes:
        known[shape.label].append(bounds(shape.geometry) or Tag())
    return known


def _said_already(
    label: LabelId, geometry: Box | Tag, known: Mapping[LabelId, Sequence[Box | Tag]]
) -> bool:
    others = known.get(label, ())
    if isinstance(geometry, Tag):
        return any(isinstance(other, Tag) for other in others)
    boxes = [(o.x0, o.y0, o.x1, o.y1) for o in others if isinstance(o, Box)]
    if not boxes:
        return False
    mine = np.array([(geometry.x0, geometry.y0, geometry.x1, geometry.y1)], np.float64)
    return bool(box_iou(mine, np.array(boxes, np.float64)).max() >= _SAME)
