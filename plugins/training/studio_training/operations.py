"""The operations; the loop itself is the engine's, so that every training resumes the same way."""

from __future__ import annotations

from pydantic import Field

from studio.api.engine import DatasetVersion, ModelVersion, TrainingParams
from studio.api.operations import WorkContext, operation


class TrainClassifier(TrainingParams):
    """Parameters of a classifier's training."""

    architecture: str = Field("small_cnn", description="Network to train.")


class TrainDetector(TrainingParams):
    """Parameters of a detector's training."""

    architecture: str = Field("fcos_small", description="Network to train.")
    batch_size: int = Field(8, ge=1, le=4096, description="Pictures in one step.")
    learning_rate: float = Field(
        2e-3,
        gt=0,
        le=10,
        description="Largest step size of the optimiser.",
        json_schema_extra={"widget": "log"},
    )


@operation(
    "train.classifier",
    version=1,
    title="Train a classifier",
    room="train",
    accelerated=True,
    resumable=True,
)
def train_classifier(
    ctx: WorkContext,
    dataset: DatasetVersion,
    start: ModelVersion | None = None,
    *,
    params: TrainClassifier,
) -> ModelVersion:
    """Learn to say the label of a whole picture."""
    return ctx.engine.train(ctx, dataset, params, "classification", start)


@operation(
    "train.detector",
    version=1,
    title="Train a detector",
    room="train",
    accelerated=True,
    resumable=True,
)
def train_detector(
    ctx: WorkContext,
    dataset: DatasetVersion,
    start: ModelVersion | None = None,
    *,
    params: TrainDetector,
) -> ModelVersion:
    """Learn to find things on a picture, each with its label and a box."""
    return ctx.engine.train(ctx, dataset, params, "detection", start)
