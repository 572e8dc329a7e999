"""Checks: pictures whose truth is known, mixed among the others to see how well somebody labels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from studio.domain.history import Edit
from studio.domain.labels import AnnotateMany, SetShapes
from studio.domain.media import LABELLED, MediaFilter, MediaId
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.quality import PairAgreement, agreement_of
from studio.errors import BadInput
from studio.services.quality.annotators import CHECKS, Annotators

_TRUTH = "truth"


class CheckScore(NamedTuple):
    """How well somebody does on checks."""

    name: str
    given: int
    """Checks in their queue."""
    done: int
    """Checks they have seen."""
    told: PairAgreement | None
    """Their shapes against the truth; None where no check was seen."""


class Checks:
    """Pictures people are checked with.

    Parameters
    ----------
    project : Project
        Whose labels are taken for true.
    annotators : Annotators
        Who is checked.
    """

    def __init__(self, project: Project, annotators: Annotators) -> None:
        self._project = project
        self._annotators = annotators

    def pictures(self) -> list[MediaId]:
        """Return the pictures whose truth is kept."""
        return [id_ for id_, _ in self._project.state.layer(CHECKS).all()]

    def keep(self, media: Sequence[MediaId] | None = None, *, count: int = 0, seed: int = 0) -> int:
        """Keep labels as they are now as the truth of some pictures; one edit.

        Parameters
        ----------
        media : sequence of MediaId, optional
            Which; left out, some are drawn from the approved pictures, or else from all labelled.
        count : int
            How many to draw.
        seed : int
            Of the drawing.

        Returns
        -------
        int
            How many pictures came to be checks.

        Raises
        ------
        BadInput
            If none of them carries a shape that is not kept yet.
        """
        kept, state = set(self.pictures()), self._project.state
        if media is None:
            approved = self._left(replace(LABELLED, review="approved"), kept)
            pool = approved if len(approved) >= count else self._left(LABELLED, kept)
            order = np.random.default_rng(seed).permutation(len(pool))[:count]
            media = [pool[at] for at in order.tolist()]
        come = tuple(
            (id_, tuple(shapes))
            for id_ in dict.fromkeys(media)
            if id_ not in kept and (shapes := state.annotations.of(id_))
        )
        if not come:
            raise BadInput(
                "None of these pictures carries labels that could be kept as the truth.",
                "Label some pictures with care first.",
            )
        edit = AnnotateMany(shapes=come, layer=CHECKS)
        self._project.perform(Batch.of(f"Keep {len(come):,} pictures as checks", [edit]))
        return len(come)

    def _left(self, where: MediaFilter, kept: Collection[MediaId]) -> list[MediaId]:
        """Return the pictures that pass a filter and are no checks yet."""
        media = self._project.state.media
        return [item.id for item in media.page(0, media.count(where), where) if item.id not in kept]

    def release(self) -> int:
        """Forget the truth of all checks; one edit. Returns how many pictures these were."""
        edits: list[Edit[ProjectState]] = [
            SetShapes(media=id_, before=tuple(shapes), layer=CHECKS)
            for id_, shapes in self._project.state.layer(CHECKS).all()
        ]
        if edits:
            self._project.perform(Batch.of("Release all checks", edits))
        return len(edits)

    def scores(self, *, draws: int = 1000, seed: int = 0) -> list[CheckScore]:
        """Return how well each annotator with checks does, by name."""
        truth = dict(self._project.state.layer(CHECKS).all())
        labels = [label.id for label in self._project.state.schema.labels]
        found = []
        for name in self._annotators.names():
            given = [id_ for id_ in self._annotators.checks(name) if id_ in truth]
            if not given:
                continue
            seen = self._annotators.seen(name)
            done = sorted(id_ for id_ in given if id_ in seen)
            sides = [{f"0{_TRUTH}": truth[id_], f"1{name}": seen[id_]} for id_ in done]
            told = agreement_of(sides, labels, draws=draws, seed=seed)
            pair = told.pairs[0] if told.pairs else None
            if pair is not None:
                pair = pair.model_copy(update={"first": _TRUTH, "second": name})
            found.append(CheckScore(name, len(given), len(done), pair))
        return found
