"""Evaluation reports: figures, and for each picture why they are what they are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import orjson

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.datasets import Split
from studio.domain.ids import Digest
from studio.domain.labels import LabelId, LabelSchema
from studio.domain.media import MediaId
from studio.domain.models import Task
from studio.domain.objects import ObjectStore


class LabelFigures(Value):
    """Figures of one label, each in 0..1, or None where it has no meaning."""

    label: LabelId
    support: int
    """How many there are in truth."""
    precision: float | None = None
    recall: float | None = None
    f1: float | None = None
    average_precision: float | None = None
    """Detection: AP over IoU 0.50:0.95, as COCO defines it."""


class Detection(Value):
    """One found object."""

    label: LabelId
    score: float
    box: tuple[float, float, float, float]
    """x0, y0, x1, y1 in px of the upright picture."""


class Verdict(Value):
    """What the model said about one picture."""

    media: MediaId
    name: str
    truth: LabelId | None = None
    """Classification only."""
    predicted: LabelId | None = None
    score: float = 0.0
    """Probability of the predicted label, or the highest detection score."""
    scores: tuple[float, ...] = ()
    """Classification: probability of each label, in schema order."""
    detections: tuple[Detection, ...] = ()
    hits: tuple[tuple[LabelId | None, LabelId | None], ...] = ()
    """Detection: pairs of (truth, predicted) at IoU 0.5; None for missed or invented."""


class EvaluationReport(Artefact):
    """How good a model is on one split of a dataset version."""

    kind: ClassVar[str] = "evaluation"
    noun: ClassVar[str] = "an evaluation report"

    task: Task
    split: Split
    label_schema: LabelSchema
    pictures: int
    figures: dict[str, float | None]
    """Classification: accuracy, precision, recall, f1 (macro). Detection: the 12 of COCO: AP, AP50,
    AP75, APs, APm, APl, AR1, AR10, AR100, ARs, ARm, ARl, and precision, recall, f1 at IoU 0.5."""
    labels: tuple[LabelFigures, ...]
    confusion: tuple[tuple[int, ...], ...]
    """Rows are truth, columns prediction, in schema order; detection has one more row (invented)
    and column (missed) at the end."""
    verdicts: Digest
    """Object with one `Verdict` a line, as JSON."""

    def layers(self) -> tuple[Layer, ...]:
        """The verdicts."""
        return (Layer("verdicts.jsonl", self.verdicts, "application/jsonl"),)

    def read(self, store: ObjectStore) -> Iterator[Verdict]:
        """Walk over the verdicts in the order of the dataset."""
        for line in store.get(self.verdicts).splitlines():
            yield Verdict.model_validate(orjson.loads(line))
