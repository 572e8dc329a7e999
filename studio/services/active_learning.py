"""Active learning: a model says which pictures to label next, and chance is always asked too.

A queue holds as many pictures of chance as the strategy chose, one among the other, so that who
labels cannot tell them apart; once they are labelled, their arms can be compared. A queue is an
artefact of the project, and how far it is follows from the labels: closing the window loses
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from studio.domain.artefacts import get_artefact
from studio.domain.datasets import DatasetVersion
from studio.domain.ids import Digest
from studio.domain.jobs import Device
from studio.domain.media import MediaFilter, MediaId, MediaItem
from studio.domain.models import ModelVersion
from studio.domain.project import ArtefactRecord, Project
from studio.domain.selecting import ArmReport, LabelQueue, LearningStudy, Picked, Strategy
from studio.errors import BadInput, NotFound
from studio.services.job_runner import JobRunner, Submission

STRATEGIES: tuple[Strategy, ...] = tuple(one for one in get_args(Strategy) if one != "random")
"""What can be held against chance."""
WORDS: dict[Strategy, str] = {
    "entropy": "Entropy",
    "margin": "Smallest margin",
    "least_confident": "Least confident",
    "bald": "BALD",
    "core_set": "Core-set",
    "badge": "BADGE",
    "random": "Chance",
}
"""Names for people."""
_UNLABELLED = MediaFilter(label="-")
_EQUAL = 0.5
"""Share of chance in a queue."""


@dataclass(frozen=True)
class QueueProgress:
    """How far a queue is."""

    digest: Digest
    queue: LabelQueue
    labelled: frozenset[MediaId]
    """Pictures of it that carry labels, or were said to be done with none."""

    @property
    def done(self) -> int:
        """Pictures that are labelled."""
        return len(self.labelled)

    @property
    def total(self) -> int:
        """Pictures of the queue."""
        return len(self.queue.pictures)

    @property
    def waiting(self) -> list[Picked]:
        """Those that are not labelled yet, in order."""
        return [one for one in self.queue.pictures if one.media not in self.labelled]


class ActiveLearning:
    """Chooses what to label next, and holds that against chance.

    Parameters
    ----------
    project : Project
        Whose pictures are chosen.
    runner : JobRunner
        Runs the model.
    snapshot : callable
        Freezes the project's labels and gives their digest.
    """

    def __init__(self, project: Project, runner: JobRunner, snapshot: Callable[[], Digest]) -> None:
        self._project = project
        self._runner = runner
        self._snapshot = snapshot

    def models(self) -> Sequence[ArtefactRecord]:
        """Return the project's own models, newest first."""
        return self._project.artefacts.of_kind(ModelVersion.kind)

    def unlabelled(self) -> int:
        """Return how many pictures could be chosen."""
        return self._project.state.media.count(_UNLABELLED)

    def choose(
        self,
        model: Digest,
        strategy: Strategy = "margin",
        batch: int = 20,
        *,
        seed: int = 0,
        device: Device = "auto",
        target: str = "local",
    ) -> Submission:
        """Begin to choose pictures: a batch by the strategy, and as many by chance among them.

        Parameters
        ----------
        model : Digest
            Of a `ModelVersion`.
        strategy : str
            What makes a picture worth labelling.
        batch : int
            Pictures of each arm; fewer where the pool is smaller than both.
        seed : int
            Of chance; another seed chooses others.

        Raises
        ------
        BadInput
            If the strategy is chance itself, or there are not two pictures to choose from.
        """
        if strategy not in STRATEGIES:
            raise BadInput(
                "Chance held against chance says nothing.",
                f"Choose one of {', '.join(STRATEGIES)}.",
            )
        if batch < 1:
            raise BadInput(
                "A queue needs a picture of each arm at least.", "Choose a larger batch."
            )
        if self.unlabelled() < 2:
            raise BadInput(
                "There are no pictures without labels to choose from.", "Import more pictures."
            )
        title = f"Choose {batch:,} pictures by {WORDS[strategy]} and {batch:,} by chance"
        return self._runner.submit(
            "active.queue",
            {"strategy": strategy, "size": 2 * batch, "control": _EQUAL},
            {"model": model, "labels": self._snapshot()},
            seed=seed,
            device=device,
            target=target,
            title=title,
        )

    def queues(self) -> Sequence[ArtefactRecord]:
        """Return all queues, newest first."""
        return self._project.artefacts.of_kind(LabelQueue.kind)

    def progress(self, queue: Digest) -> QueueProgress:
        """Tell how far a queue is; pictures that were removed since are left out."""
        state = self._project.state
        found = get_artefact(self._project.store, queue, LabelQueue)
        there = tuple(one for one in found.pictures if one.media in state.media)
        done = frozenset(
            one.media
            for one in there
            if state.annotations.of(one.media) or state.reviews.of(one.media).state != "open"
        )
        return QueueProgress(queue, found.model_copy(update={"pictures": there}), done)

    def current(self) -> QueueProgress | None:
        """Return the newest queue with pictures that wait, or None."""
        for record in self.queues():
            found = self.progress(record.digest)
            if found.waiting:
                return found
        return None

    def next(self, after: MediaId | None = None, queue: Digest | None = None) -> MediaItem | None:
        """Return the picture of a queue to label next, or None where all are labelled.

        Parameters
        ----------
        after : MediaId, optional
            Begin behind this picture and come back to the beginning: so one can be passed over.
        queue : Digest, optional
            Left out, the newest one with pictures that wait.
        """
        found = self.current() if queue is None else self.progress(queue)
        if found is None or not found.waiting:
            return None
        order = [one.media for one in found.queue.pictures]
        start = order.index(after) + 1 if after in order else 0
        for media in (*order[start:], *order[:start]):
            if media not in found.labelled:
                return self._project.state.media.get(media)
        return None

    def study(
        self,
        model: Digest,
        dataset: Digest,
        strategies: Sequence[Strategy],
        *,
        start: int = 20,
        batch: int = 20,
        rounds: int = 8,
        repetitions: int = 5,
        seed: int = 0,
        device: Device = "auto",
        target: str = "local",
    ) -> Submission:
        """Begin to label known pictures again in the order of each strategy and of chance.

        Parameters
        ----------
        model, dataset : Digest
            Of a `ModelVersion`, whose sight is used, and of a `DatasetVersion` with a test split.
        strategies : sequence of str
            At least one.
        start, batch, rounds : int
            Labels at the beginning, labels that come in each round, and how many rounds.
        repetitions : int
            How often all is repeated from another beginning; intervals are over these.

        Raises
        ------
        BadInput
            If no strategy is named.
        """
        named = [one for one in dict.fromkeys(strategies) if one in STRATEGIES]
        if not named:
            raise BadInput("No strategy is named.", f"Choose some of {', '.join(STRATEGIES)}.")
        first, *others = named
        return self._runner.submit(
            "active.study",
            {
                "strategy": first,
                "others": list(others),
                "start": start,
                "batch": batch,
                "rounds": rounds,
                "repetitions": repetitions,
            },
            {"model": model, "dataset": dataset},
            seed=seed,
            device=device,
            target=target,
            title=f"Replay {len(named)} strategies against chance",
        )

    def compare(
        self, queue: Digest, *, seed: int = 0, device: Device = "auto", target: str = "local"
    ) -> Submission:
        """Begin to compare what was labelled of a queue with what was labelled of chance.

        It is measured on the test split of the dataset version that the queue's model learned
        from, or else of the newest one.

        Raises
        ------
        NotFound
            If the queue's model or a dataset version is not known.
        """
        return self._runner.submit(
            "active.compare",
            {},
            {
                "model": (model := self.model_of(queue)),
                "dataset": self.dataset_of(model),
                "labels": self._snapshot(),
                "queue": queue,
            },
            seed=seed,
            device=device,
            target=target,
            title="Compare a queue with chance",
        )

    def model_of(self, queue: Digest) -> Digest:
        """Return the model that chose a queue; raises `NotFound`."""
        for record in self._project.artefacts.sources(queue):
            if record.kind == ModelVersion.kind:
                return record.digest
        raise NotFound("The model that chose this queue is not known.", "Set up a new queue.")

    def dataset_of(self, model: Digest) -> Digest:
        """Return the dataset version a model learned from, else the newest; raises `NotFound`."""
        index = self._project.artefacts
        known = [r for r in index.sources(model) if r.kind == DatasetVersion.kind]
        for record in (*known, *index.of_kind(DatasetVersion.kind)):
            return record.digest
        raise NotFound(
            "There is no dataset version to measure on.", "Make one with a test split first."
        )

    def report(self, queue: Digest) -> ArmReport | None:
        """Return the newest comparison of a queue's arms, or None."""
        for record in self._project.artefacts.of_kind(ArmReport.kind):
            sources = self._project.artefacts.sources(record.digest)
            if any(source.digest == queue for source in sources):
                return get_artefact(self._project.store, record.digest, ArmReport)
        return None

    def studies(self) -> Sequence[ArtefactRecord]:
        """Return all studies, newest first."""
        return self._project.artefacts.of_kind(LearningStudy.kind)

    def read_study(self, digest: Digest) -> LearningStudy:
        """Read a study; raises `NotFound` or `Damaged`."""
        return get_artefact(self._project.store, digest, LearningStudy)


def verdict(gain: float, interval: tuple[float, float]) -> str:
    """Say plainly what a gain over chance is worth.

    Parameters
    ----------
    gain : float
        0..1.
    interval : tuple of float
        95 % of it.
    """
    low, high = interval
    said = f"{100 * gain:+.1f} points, 95 % between {100 * low:+.1f} and {100 * high:+.1f}"
    said = said.replace("-", "−")
    if low > 0:
        return f"Better than chance: {said}."
    if high < 0:
        return f"Worse than chance: {said}."
    return f"A gain over chance is not proven: {said}."
