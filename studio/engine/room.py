"""The engine room: hands each wish to the module that knows how, loading torch late."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from studio.api.engine import Architecture, Features, TrainingParams
from studio.domain.datasets import DatasetVersion, Split
from studio.domain.evaluation import EvaluationReport
from studio.domain.explanation import Explanation
from studio.domain.ids import JsonValue
from studio.domain.media import MediaItem
from studio.domain.models import ModelVersion, Task
from studio.domain.operations import Context
from studio.domain.packaging import ModelPackage, Predictions


class Architectures(Protocol):
    """Where architectures are looked up."""

    def architecture(self, name: str) -> Architecture:
        """Return an architecture by its name; raises `NotFound`."""


class EngineRoom:
    """The engine of operations; see `studio.api.engine.Engine` for the words.

    Parameters
    ----------
    plugins : Architectures
        Where architectures are looked up.
    """

    def __init__(self, plugins: Architectures) -> None:
        self._plugins = plugins

    def train(
        self,
        ctx: Context,
        dataset: DatasetVersion,
        params: TrainingParams,
        task: Task,
        start: ModelVersion | None = None,
    ) -> ModelVersion:
        """Train a network."""
        from studio.engine import train

        return train.train(ctx, self._plugins, dataset, params, task, start)

    def evaluate(
        self, ctx: Context, model: ModelVersion, dataset: DatasetVersion, split: Split
    ) -> EvaluationReport:
        """Measure a model on one split."""
        from studio.engine import evaluate

        return evaluate.evaluate(ctx, self._plugins, model, dataset, split)

    def explain(
        self, ctx: Context, model: ModelVersion, pictures: Sequence[MediaItem], label: str
    ) -> Explanation:
        """Make Grad-CAM maps."""
        from studio.engine import gradcam

        return gradcam.explain(ctx, self._plugins, model, pictures, label)

    def export(
        self,
        ctx: Context,
        model: ModelVersion,
        dataset: DatasetVersion,
        options: Mapping[str, JsonValue],
    ) -> ModelPackage:
        """Write a verified package."""
        from studio.engine import export

        return export.export(ctx, self._plugins, model, dataset, options)

    def predict(
        self, ctx: Context, package: ModelPackage, pictures: Sequence[MediaItem]
    ) -> Predictions:
        """Run a package through onnxruntime."""
        from studio.engine import predict

        return predict.predict(ctx, package, pictures)

    def features(
        self, ctx: Context, model: ModelVersion, pictures: Sequence[MediaItem], draws: int = 0
    ) -> Features:
        """Say how a network sees pictures, and how sure it is of them."""
        from studio.engine import features

        return features.features(ctx, self._plugins, model, pictures, draws)
