"""Annotators: people who label the same pictures apart from each other.

Each has a branch of their own that begins empty, so that nobody sees what others drew, and queues
of pictures to label in it. What a person has seen follows from the branch: pictures with shapes,
and those of a queue that stand before the last labelled one, which were passed over.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping, Sequence

import numpy as np

from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.labels import LABELS, LayerName, SetBranches, Shape
from studio.domain.media import MediaId, MediaItem
from studio.domain.project import ArtefactRecord, Project
from studio.domain.quality import AnnotatorQueue
from studio.errors import BadInput, Conflict, NotFound
from studio.services.branching import layer_of

LABELS_NAME = "labels"
"""Stands for the project's own labels where people are named."""
CHECKS: LayerName = "checks"
"""The layer that holds the truth of pictures people are checked with; no page shows it."""
_MOST_CHECKS = 0.5


class Annotators:
    """People who label apart.

    Parameters
    ----------
    project : Project
        Whose pictures they label.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def names(self) -> list[str]:
        """Return those who have a queue, and those who have a branch."""
        queued = {queue.annotator for queue in self._queues()}
        return sorted(queued | set(self._project.state.branches))

    def layer(self, name: str) -> LayerName:
        """Return the layer somebody works in; raises `NotFound`."""
        if name == LABELS_NAME:
            return LABELS
        if name not in self._project.state.branches:
            raise NotFound(
                f"Nobody is called “{name}”.",
                f"Known are {', '.join((LABELS_NAME, *self.names()))}.",
            )
        return layer_of(name)

    def assign(
        self, name: str, media: Sequence[MediaId], *, checks: float = 0.0, seed: int = 0
    ) -> int:
        """Give somebody pictures to label, in a branch that begins empty.

        Parameters
        ----------
        name : str
            Of the person; a branch of this name is begun if there is none.
        media : sequence of MediaId
            In this order.
        checks : float, in [0, 0.5]
            Share of the queue that are checks, mixed in at random places.
        seed : int
            Of the drawing.

        Returns
        -------
        int
            How many pictures the queue has, checks included.

        Raises
        ------
        BadInput
            If there is no picture, the name cannot be, or checks are wanted and there are none.
        Conflict
            If a branch of this name began as a copy of the labels.
        """
        name = name.strip()
        if not 0 < len(name) <= 80 or ":" in name or name == LABELS_NAME:
            raise BadInput(
                "An annotator needs a name of at most 80 letters, without colons.",
                f"“{LABELS_NAME}” stands for the labels themselves.",
            )
        media = list(dict.fromkeys(media))
        if not media:
            raise BadInput("There is no picture to assign.", "Name some, or widen the filter.")
        if not 0 <= checks <= _MOST_CHECKS:
            raise BadInput(f"{100 * checks:g} % of checks cannot be.", "Choose 0 to 50 %.")
        state = self._project.state
        if name in state.branches and any(True for _ in state.layer(f"base:{name}").all()):
            raise Conflict(
                f"The branch “{name}” began with a copy of the labels.",
                "Who labels apart begins with nothing: choose another name.",
            )
        mixed, known = self._mixed(name, media, checks, seed)
        if name not in state.branches:
            before = state.branches
            title = f"Begin labels of “{name}”"
            self._project.perform(SetBranches(before=before, after=(*before, name), title=title))
        self._keep(AnnotatorQueue(annotator=name, pictures=tuple(mixed), checks=tuple(known)))
        return len(mixed)

    def queue(self, name: str) -> list[MediaId]:
        """Return the pictures somebody was given, in order."""
        pictures = [id_ for queue in self._queues(name) for id_ in queue.pictures]
        return [id_ for id_ in dict.fromkeys(pictures) if id_ in self._project.state.media]

    def checks(self, name: str) -> set[MediaId]:
        """Return the checks among them."""
        return {id_ for queue in self._queues(name) for id_ in queue.checks}

    def seen(self, name: str) -> dict[MediaId, Sequence[Shape]]:
        """Return what somebody drew on each picture they have seen, nothing included."""
        drawn = dict(self._project.state.layer(self.layer(name)).all())
        found: dict[MediaId, Sequence[Shape]] = dict(drawn)
        for queue in self._queues(name):
            last = max((at for at, id_ in enumerate(queue.pictures) if id_ in drawn), default=-1)
            for id_ in queue.pictures[: last + 1]:
                found.setdefault(id_, ())
        return found

    def next(self, name: str) -> MediaItem | None:
        """Return the first picture somebody has not seen; None at the end of their queue."""
        seen = self.seen(name)
        for id_ in self.queue(name):
            if id_ not in seen:
                return self._project.state.media.get(id_)
        return None

    def together(self, names: Sequence[str]) -> list[tuple[MediaId, Mapping[str, Sequence[Shape]]]]:
        """Return the pictures that two or more of some people have seen, with what each drew.

        Of the labels pictures count that carry any: an empty one may be yet to be labelled.
        """
        people = [name for name in dict.fromkeys(names) if name != LABELS_NAME]
        seen = {name: self.seen(name) for name in people}
        pictures: dict[MediaId, dict[str, Sequence[Shape]]] = {}
        for name, drawn in seen.items():
            for id_, shapes in drawn.items():
                pictures.setdefault(id_, {})[name] = shapes
        if LABELS_NAME in names:
            for id_, sides in pictures.items():
                shapes = self._project.state.annotations.of(id_)
                if shapes:
                    sides[LABELS_NAME] = shapes
        known = self._project.state.media
        return [(id_, sides) for id_, sides in pictures.items() if len(sides) > 1 and id_ in known]

    def _mixed(
        self, name: str, media: Sequence[MediaId], share: float, seed: int
    ) -> tuple[list[MediaId], list[MediaId]]:
        """Mix checks into a queue; returns it, and which are checks."""
        truth = [id_ for id_, _ in self._project.state.layer(CHECKS).all()]
        given = set(truth)
        known = [id_ for id_ in media if id_ in given]
        wanted = round(share * len(media) / (1 - share)) - len(known)
        if share and not truth:
            raise BadInput("There are no checks to mix in.", "Keep some with known truth first.")
        if wanted <= 0:
            return list(media), known
        # A person gets another drawing than the next, and the same one each time.
        word = hashlib.sha256(name.encode()).digest()
        chance = np.random.default_rng((seed, int.from_bytes(word[:4], "big")))
        had = set(self.queue(name)) | set(media)
        pool = sorted(id_ for id_ in truth if id_ not in had)
        drawn = [pool[at] for at in chance.permutation(len(pool))[:wanted].tolist()]
        places = set(chance.permutation(len(media) + len(drawn))[: len(drawn)].tolist())
        rest, more = iter(media), iter(drawn)
        total = len(media) + len(drawn)
        return [next(more if at in places else rest) for at in range(total)], [*known, *drawn]

    def _queues(self, name: str | None = None) -> list[AnnotatorQueue]:
        """Return the queues of somebody, or of all, oldest first."""
        records = self._project.artefacts.of_kind(AnnotatorQueue.kind)
        store = self._project.store
        found = [get_artefact(store, one.digest, AnnotatorQueue) for one in reversed(records)]
        return [queue for queue in found if name is None or queue.annotator == name]

    def _keep(self, queue: AnnotatorQueue) -> None:
        title = f"{len(queue.pictures):,} pictures for {queue.annotator}"
        record = ArtefactRecord(
            digest=put_artefact(self._project.store, queue),
            kind=AnnotatorQueue.kind,
            title=title,
            created=time.time(),
        )
        self._project.artefacts.add(record)
        self._project.events.artefact_added.emit(record)
