"""What the Train page shows; knows no Qt."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import cast

from studio.api.engine import Architecture
from studio.domain.artefacts import get_artefact
from studio.domain.datasets import DatasetVersion
from studio.domain.geometry import Tag
from studio.domain.ids import Digest, JsonValue
from studio.domain.jobs import Device, JobId
from studio.domain.models import ModelVersion, Task
from studio.domain.operations import Operation
from studio.services.job_runner import JobView, Submission
from studio.services.session import Session

CLASSIFIER, DETECTOR = "train.classifier", "train.detector"
LOCAL = "local"
_TASKS: Mapping[str, Task] = {CLASSIFIER: "classification", DETECTOR: "detection"}
_LOOKED_AT = 500
_DEVICES = {
    "auto": "A GPU where there is one, else the CPU",
    "cpu": "CPU",
    "cuda": "GPU (CUDA)",
}


class TrainPresenter:
    """Decides what stands on the page.

    Parameters
    ----------
    session : Session
        The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._fitting: dict[Digest, str] = {}

    def operations(self) -> list[Operation]:
        """Return the operations that train a model from a dataset version."""
        return [
            one
            for one in self._session.plugins.all()
            if any(port.kind == ModelVersion.kind for port in one.outputs)
            and any(port.kind == DatasetVersion.kind for port in one.inputs)
        ]

    def fitting(self, dataset: Digest) -> str:
        """Return the operation that fits a dataset version: tags are classified, boxes found."""
        if dataset not in self._fitting:
            version = self._session.datasets.get(dataset)
            entries = itertools.islice(version.read(self._session.project.store), _LOOKED_AT)
            boxes = any(
                not isinstance(shape.geometry, Tag)
                for entry in entries
                for shape in entry.item.shapes
            )
            self._fitting[dataset] = DETECTOR if boxes else CLASSIFIER
        return self._fitting[dataset]

    def architectures(self, operation: str) -> Sequence[Architecture]:
        """Return the networks an operation can train."""
        return self._session.plugins.architectures(_TASKS.get(operation))

    def targets(self) -> list[tuple[str, str]]:
        """Return name and title of each place where a training can run."""
        names = self._session.runner.targets()
        return [(name, "This machine" if name == LOCAL else name) for name in names]

    def device(self) -> str:
        """Say which device a training will use, as far as that is known before it starts."""
        return _DEVICES.get(str(self._session.settings.get("device")), "CPU")

    def start(
        self, operation: str, dataset: Digest, params: Mapping[str, JsonValue], target: str
    ) -> Submission:
        """Order a training; raises what `JobRunner.submit` raises."""
        declared = self._session.plugins.get(operation)
        values = declared.parse(params).model_dump()
        epochs = values.get("epochs")
        title = f"{values.get('architecture')}, {epochs} {'epoch' if epochs == 1 else 'epochs'}"
        port = next(p.name for p in declared.inputs if p.kind == DatasetVersion.kind)
        device = cast(Device, str(self._session.settings.get("device")))
        return self._session.runner.submit(
            operation, params, {port: dataset}, device=device, target=target, title=title
        )

    def runs(self) -> list[JobView]:
        """Return all trainings, newest first."""
        known = {one.id for one in self.operations()}
        return [
            view
            for view in self._session.runner.jobs()
            if view.order.operation.partition("@")[0] in known
        ]

    def is_run(self, job: JobId) -> bool:
        """Tell whether a job is a training."""
        return any(view.order.id == job for view in self.runs())

    def model(self, outputs: Mapping[str, Digest]) -> tuple[Digest, ModelVersion] | None:
        """Return the model a training gave, or None."""
        for port, digest in outputs.items():
            if port == ModelVersion.kind:
                store = self._session.project.store
                return digest, get_artefact(store, digest, ModelVersion)
        return None
