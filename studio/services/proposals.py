"""Reviewing proposals: how many a threshold leaves, and taking them over one by one or at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.domain.ids import new_id
from studio.domain.labels import (
    PROPOSALS,
    AnnotateMany,
    Annotations,
    LabelId,
    SetShapes,
    Shape,
    ShapeId,
    ShapesChanged,
)
from studio.domain.media import MediaId
from studio.domain.packaging import ModelPackage
from studio.domain.project import Batch, Project
from studio.services.labelling import Labelling

_MODEL = "model:"


class Passing(NamedTuple):
    """How many proposals are at least so sure."""

    above: int
    all: int


class Proposals:
    """What to do with a model's proposals.

    Parameters
    ----------
    project : Project
        Whose proposals they are.
    labelling : Labelling
        Says into which layer they go.
    """

    def __init__(self, project: Project, labelling: Labelling) -> None:
        self._project = project
        self._labelling = labelling
        self._scores: NDArray[np.float64] | None = None
        project.events.shapes_changed.connect(self._changed)

    def of(self, media: MediaId, least: float = 0.0) -> list[Shape]:
        """Return the proposals on a picture with at least a score, surest first.

        Parameters
        ----------
        media : MediaId
            The picture.
        least : float
            0..1; a proposal without a score always passes.
        """
        found = [one for one in self._layer().of(media) if sure(one, least)]
        return sorted(found, key=lambda one: -1.0 if one.score is None else -one.score)

    def passing(self, least: float, media: MediaId | None = None) -> Passing:
        """Count proposals on a picture, or in the whole project.

        Parameters
        ----------
        least : float
            0..1.
        media : MediaId, optional
            Left out, all pictures count.
        """
        scores = self._all() if media is None else _scores(self._layer().of(media))
        return Passing(len(scores) - int(np.searchsorted(scores, least)), len(scores))

    def accept(
        self, media: MediaId, shapes: Sequence[Shape], label: LabelId | None = None
    ) -> list[Shape]:
        """Take proposals of one picture over; they keep author and score, as one edit.

        Parameters
        ----------
        media : MediaId
            The picture.
        shapes : sequence of Shape
            Proposals on it.
        label : LabelId, optional
            Another label than the model said.
        """
        return self._accept([(media, shapes)], "", label) if shapes else []

    def accept_above(self, least: float) -> int:
        """Take all proposals of the project with at least a score over, as one edit.

        Returns
        -------
        int
            How many these are.
        """
        wanted = [(media, [s for s in shapes if sure(s, least)]) for media, shapes in self._walk()]
        wanted = [(media, shapes) for media, shapes in wanted if shapes]
        if not wanted:
            return 0
        return len(self._accept(wanted, f" from {100 * least:.0f} % on"))

    def reject_below(self, least: float) -> int:
        """Take all proposals of the project with less than a score away, as one edit.

        Returns
        -------
        int
            How many these were.
        """
        gone = [
            SetShapes(media=media, before=tuple(poor), layer=PROPOSALS)
            for media, shapes in self._walk()
            if (poor := [one for one in shapes if not sure(one, least)])
        ]
        count = sum(len(edit.before) for edit in gone)
        if gone:
            title = f"Reject {_counted(count)} below {100 * least:.0f} %"
            self._project.perform(Batch.of(title, gone))
        return count

    def model_name(self, author: str) -> str:
        """Return the title of the package that an author names; its digest if it is not known."""
        if not author.startswith(_MODEL):
            return author
        begun = f"sha256:{author.removeprefix(_MODEL)}"
        for record in self._project.artefacts.of_kind(ModelPackage.kind):
            if record.digest.startswith(begun):
                return record.title
        return author.removeprefix(_MODEL)

    def _accept(
        self,
        wanted: Sequence[tuple[MediaId, Sequence[Shape]]],
        more: str,
        label: LabelId | None = None,
    ) -> list[Shape]:
        layer = self._labelling.layer
        heights = self._project.state.layer(layer).heights
        come: list[tuple[MediaId, tuple[Shape, ...]]] = []
        for media, shapes in wanted:
            top = heights(media)[1] + 1.0
            taken = tuple(
                one.model_copy(
                    update={
                        "id": ShapeId(new_id("shape")),
                        "z": top + at,
                        "label": label or one.label,
                    }
                )
                for at, one in enumerate(shapes)
            )
            come.append((media, taken))
        found = [shape for _, shapes in come for shape in shapes]
        authors = sorted({shape.author for shape in found if shape.author})
        by = f" of {self.model_name(authors[0])}" if len(authors) == 1 else ""
        title = f"Accept {_counted(len(found))}{by}{more}"
        gone = [
            SetShapes(media=media, before=tuple(shapes), title=title, layer=PROPOSALS)
            for media, shapes in wanted
        ]
        arrived = AnnotateMany(shapes=tuple(come), layer=layer)
        self._project.perform(Batch.of(title, [*gone, arrived]))
        return found

    def _all(self) -> NDArray[np.float64]:
        """Return the scores of all proposals, least first; counted anew after one changed."""
        if self._scores is None:
            self._scores = _scores([shape for _, shapes in self._walk() for shape in shapes])
        return self._scores

    def _changed(self, news: ShapesChanged) -> None:
        if news.layer == PROPOSALS or not news.media:
            self._scores = None

    def _walk(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        return self._layer().all()

    def _layer(self) -> Annotations:
        return self._project.state.layer(PROPOSALS)


def sure(shape: Shape, least: float) -> bool:
    """Tell whether a proposal has at least a score; one without a score has."""
    return shape.score is None or shape.score >= least


def _scores(shapes: Sequence[Shape]) -> NDArray[np.float64]:
    return np.sort([1.0 if one.score is None else one.score for one in shapes]).astype(np.float64)


def _counted(count: int) -> str:
    return "a proposal" if count == 1 else f"{count:,} proposals"
