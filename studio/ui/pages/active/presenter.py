"""What the Active page shows; knows no Qt."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.domain.ids import Digest
from studio.domain.selecting import ArmReport, Curve, LearningStudy, Measure
from studio.services.active_learning import WORDS, QueueProgress, verdict
from studio.services.session import Session

_MEASURES: dict[Measure, str] = {
    "accuracy": "Accuracy on the test split",
    "map": "mAP of the labels that occur on a picture, test split",
}


class QueueRow(NamedTuple):
    """One picture of a queue as it is listed."""

    media: str
    name: str
    labelled: bool
    arm: str
    """Empty while anything of the queue waits: who labels is not to know."""
    score: str


class Drawn(NamedTuple):
    """A curve with its interval at each place."""

    name: str
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    ground: bool
    """Whether it is chance."""


class ActivePresenter:
    """Decides what stands on the page.

    Parameters
    ----------
    session : Session
        The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def progress(self, queue: Digest | None) -> QueueProgress | None:
        """Return how far a queue is; None for none."""
        return None if queue is None else self._session.active.progress(queue)

    def said(self, progress: QueueProgress | None) -> str:
        """Return the line above the list of a queue."""
        if progress is None:
            left = self._session.active.unlabelled()
            if left < 2:
                return "Every picture carries a label. Import more to choose from."
            return f"{left:,} pictures carry no label. Choose some of them to label next."
        if not progress.waiting:
            return f"All {progress.total:,} are labelled. Compare them with chance."
        words = WORDS[progress.queue.strategy]
        return (
            f"{progress.done:,} of {progress.total:,} labelled. Half were chosen by"
            f" {words} and half by chance; which is which is told at the end."
        )

    def rows(self, progress: QueueProgress | None) -> list[QueueRow]:
        """Return the pictures of a queue, in order."""
        if progress is None:
            return []
        told = not progress.waiting
        return [
            QueueRow(
                one.media,
                one.name,
                one.media in progress.labelled,
                ("Chance" if one.arm == "control" else "Chosen") if told else "",
                f"{one.score:.3g}" if told and one.score is not None else "",
            )
            for one in progress.queue.pictures
        ]

    def report(self, queue: Digest | None) -> ArmReport | None:
        """Return the newest comparison of a queue's arms, or None."""
        return None if queue is None else self._session.active.report(queue)

    def report_said(self, report: ArmReport) -> str:
        """Say plainly what a comparison shows."""
        chosen, control = (f"{100 * share:.0f} %" for share in report.surprised)
        return (
            f"{verdict(report.gain, report.interval)} Labelled are {report.labelled[0]:,} chosen"
            f" and {report.labelled[1]:,} of chance; the model was wrong on {chosen} of the chosen"
            f" and {control} of the others."
        )

    def study_said(self, study: LearningStudy) -> list[str]:
        """Say plainly what a study shows, a sentence for each strategy."""
        found = []
        for curve in study.curves:
            if curve.gain is None or curve.interval is None:
                continue
            saved = ""
            if curve.proven and curve.saved:
                saved = f" It needs {100 * curve.saved:.0f} % fewer labels for the same."
            found.append(f"{WORDS[curve.strategy]}. {verdict(curve.gain, curve.interval)}{saved}")
        return found


def measured(measure: Measure) -> str:
    """Return what the axis of a plot says."""
    return _MEASURES[measure]


def of_report(report: ArmReport) -> list[Drawn]:
    """Return the curves of a comparison: middle and 95 % of the drawings."""
    found = []
    for curve in report.curves:
        rows = np.array(curve.accuracy)
        low, high = np.percentile(rows, (2.5, 97.5), axis=0)
        found.append(_drawn(curve, report.sizes, rows.mean(0), low, high))
    return found


def of_study(study: LearningStudy) -> list[Drawn]:
    """Return the curves of a study: mean over the seeds and its 95 % interval (Student's t)."""
    from scipy.stats import t

    found = []
    for curve in study.curves:
        rows = np.array(curve.accuracy)
        count = len(rows)
        reach = np.zeros(rows.shape[1])
        if count > 1:
            reach = t.ppf(0.975, count - 1) * rows.std(0, ddof=1) / np.sqrt(count)
        mean = rows.mean(0)
        low, high = np.clip(mean - reach, 0, 1), np.clip(mean + reach, 0, 1)
        found.append(_drawn(curve, study.sizes, mean, low, high))
    return found


def _drawn(
    curve: Curve,
    sizes: tuple[int, ...],
    y: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
) -> Drawn:
    x = np.array(sizes, np.float64)
    return Drawn(WORDS[curve.strategy], x, y, low, high, curve.strategy == "random")
