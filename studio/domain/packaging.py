"""Packages: a model as it leaves the studio, with the proof that it still says the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import orjson

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.evaluation import Verdict
from studio.domain.ids import Digest
from studio.domain.labels import LabelSchema
from studio.domain.media import MediaItem
from studio.domain.models import InputSpec, Task
from studio.domain.objects import ObjectStore


class Agreement(Value):
    """The exported network against the trained one, picture by picture."""

    pictures: int
    agreeing: int
    """Classification: equal top label. Detection: equal labels, boxes within 1 px, scores within
    0.01, for all detections above the threshold."""
    largest_difference: float
    """Of any score, in 0..1."""
    tolerance: float
    """Above this difference of a score the package counts as not verified."""

    @property
    def share(self) -> float:
        """Agreeing pictures, in 0..1; 0 if there were none."""
        return self.agreeing / self.pictures if self.pictures else 0.0

    @property
    def verified(self) -> bool:
        """Whether every picture agrees within the tolerance, and there was at least one."""
        return (
            self.pictures > 0
            and self.agreeing == self.pictures
            and self.largest_difference <= self.tolerance
        )


class ModelPackage(Artefact):
    """A folder, kept as its files, that runs with nothing but onnxruntime and numpy.

    Files: `model.onnx`, `contract.json`, `labels.txt`, `MODEL_CARD.md`, `runner.py`,
    `selftest/` (recorded inputs and outputs) and `SHA256SUMS`.
    """

    kind: ClassVar[str] = "package"
    noun: ClassVar[str] = "a model package"

    name: str
    task: Task
    label_schema: LabelSchema
    input: InputSpec
    agreement: Agreement
    figures: dict[str, float | None] = {}
    files: dict[str, Digest]
    """By path inside the package, with `/`."""

    def layers(self) -> tuple[Layer, ...]:
        """All files."""
        return tuple(Layer(path, digest) for path, digest in sorted(self.files.items()))


class Predictions(Artefact):
    """What a package said about some pictures."""

    kind: ClassVar[str] = "predictions"
    noun: ClassVar[str] = "predictions"

    task: Task
    label_schema: LabelSchema
    provider: str
    """onnxruntime's execution provider, for example `CPUExecutionProvider`."""
    media: tuple[MediaItem, ...]
    verdicts: Digest
    """Object with one `Verdict` a line, as JSON, in the order of `media`."""

    def layers(self) -> tuple[Layer, ...]:
        """The verdicts."""
        return (Layer("verdicts.jsonl", self.verdicts, "application/jsonl"),)

    def read(self, store: ObjectStore) -> Iterator[Verdict]:
        """Walk over the verdicts in the order of `media`."""
        for line in store.get(self.verdicts).splitlines():
            yield Verdict.model_validate(orjson.loads(line))


class Files(Artefact):
    """A folder of files, for example annotations written in somebody's format."""

    kind: ClassVar[str] = "files"
    noun: ClassVar[str] = "a folder of files"

    files: dict[str, Digest]
    """By relative path, with `/`."""
    notes: tuple[str, ...] = ()
    """What could not be said in this format."""

    def layers(self) -> tuple[Layer, ...]:
        """All files."""
        return tuple(Layer(path, digest) for path, digest in sorted(self.files.items()))
