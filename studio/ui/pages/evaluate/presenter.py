"""What the Evaluate page shows; knows no Qt."""

from __future__ import annotations

from typing import NamedTuple

from studio.domain.artefacts import get_artefact
from studio.domain.datasets import DatasetVersion
from studio.domain.evaluation import EvaluationReport, Verdict
from studio.domain.ids import Digest
from studio.domain.labels import AnnotatedMedia, LabelId
from studio.domain.models import ModelVersion
from studio.services.job_runner import Submission
from studio.services.session import Session

MISSED = "missed"
INVENTED = "invented"

_WORDS = {
    "accuracy": "Accuracy",
    "precision": "Precision",
    "recall": "Recall",
    "f1": "F1",
    "AP": "AP",
    "AP50": "AP50",
    "AP75": "AP75",
}


class Row(NamedTuple):
    """One label of the table."""

    label: str
    cells: tuple[str, ...]


class EvaluatePresenter:
    """Decides what stands on the page.

    Parameters
    ----------
    session : Session
        The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._report: EvaluationReport | None = None
        self._verdicts: list[Verdict] = []
        self._truth: dict[str, AnnotatedMedia] = {}

    @property
    def report(self) -> EvaluationReport | None:
        """The report that is shown, or None."""
        return self._report

    def start(self, model: Digest, dataset: Digest, split: str) -> Submission:
        """Order an evaluation."""
        return self._session.runner.submit(
            "evaluate.model", {"split": split}, {"model": model, "dataset": dataset}
        )

    def show(self, digest: Digest) -> EvaluationReport:
        """Load a report with its verdicts, and the truth of the dataset it was made on."""
        store = self._session.project.store
        self._report = get_artefact(store, digest, EvaluationReport)
        self._verdicts = list(self._report.read(store))
        self._truth = {}
        for source in self._session.project.artefacts.sources(digest):
            if source.kind == "dataset":
                version = get_artefact(store, source.digest, DatasetVersion)
                wanted = {verdict.media for verdict in self._verdicts}
                self._truth = {
                    entry.item.media.id: entry.item
                    for entry in version.read(store)
                    if entry.item.media.id in wanted
                }
        return self._report

    def model_of(self, digest: Digest) -> ModelVersion | None:
        """Return the model a report speaks of, where the project still knows it."""
        for source in self._session.project.artefacts.sources(digest):
            if source.kind == "model":
                return get_artefact(self._session.project.store, source.digest, ModelVersion)
        return None

    def headline(self) -> list[tuple[str, str]]:
        """Return the figures that stand large: name and value."""
        if self._report is None:
            return []
        figures = self._report.figures
        return [(word, share(figures[name])) for name, word in _WORDS.items() if name in figures]

    def columns(self) -> tuple[str, ...]:
        """Return the heads of the table of labels."""
        if self._report is not None and self._report.task == "detection":
            return ("Label", "Support", "AP", "Precision", "Recall", "F1")
        return ("Label", "Support", "Precision", "Recall", "F1")

    def rows(self) -> list[Row]:
        """Return the table of labels."""
        if self._report is None:
            return []
        found = []
        for one in self._report.labels:
            cells = [f"{one.support:,}"]
            if self._report.task == "detection":
                cells.append(share(one.average_precision))
            cells += [share(one.precision), share(one.recall), share(one.f1)]
            found.append(Row(self.name(one.label), tuple(cells)))
        return found

    def name(self, label: LabelId | None) -> str:
        """Return a label's name; a dash for none."""
        found = self._report.label_schema.get(label) if self._report and label else None
        return found.name if found else "–"

    def colour(self, label: LabelId | None) -> str:
        """Return a label's colour."""
        found = self._report.label_schema.get(label) if self._report and label else None
        return found.colour if found else "#bbbbbb"

    def axis(self, extra: str) -> list[str]:
        """Return the names along one side of the confusion matrix."""
        if self._report is None:
            return []
        names = self._report.label_schema.names
        return names if len(self._report.confusion) == len(names) else [*names, extra]

    def cell(self, row: int, column: int) -> list[Verdict]:
        """Return the verdicts behind one cell of the confusion matrix, surest first."""
        if self._report is None:
            return []
        labels: list[LabelId | None] = [label.id for label in self._report.label_schema.labels]
        labels.append(None)
        truth, predicted = labels[row], labels[column]
        if self._report.task == "classification":
            found = [v for v in self._verdicts if (v.truth, v.predicted) == (truth, predicted)]
        else:
            found = [v for v in self._verdicts if (truth, predicted) in v.hits]
        return sorted(found, key=lambda verdict: -verdict.score)

    def mistakes(self) -> list[Verdict]:
        """Return the pictures on which the model is wrong, surest first."""
        if self._report is None:
            return []
        if self._report.task == "classification":
            found = [v for v in self._verdicts if v.truth != v.predicted]
        else:
            found = [v for v in self._verdicts if any(a != b for a, b in v.hits)]
        return sorted(found, key=lambda verdict: -verdict.score)

    def verdict(self, media: str) -> Verdict | None:
        """Return what was said about one picture."""
        return next((verdict for verdict in self._verdicts if verdict.media == media), None)

    def truth(self, media: str) -> AnnotatedMedia | None:
        """Return a picture with its labels, as the dataset version has it."""
        return self._truth.get(media)

    def caption(self, verdict: Verdict) -> str:
        """Return the line below a small picture."""
        if self._report is not None and self._report.task == "classification":
            return f"{self.name(verdict.truth)} → {self.name(verdict.predicted)}"
        wrong = sum(a != b for a, b in verdict.hits)
        return f"{wrong} wrong of {len(verdict.hits)}"


def share(value: float | None) -> str:
    """Write a figure of 0..1 as per cent; a dash where it has no meaning."""
    return "–" if value is None else f"{100 * value:.1f} %"
