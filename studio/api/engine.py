"""The engine room as operations see it, and what plugins bring to it.

The worker puts an `Engine` into the context of an operation; so plugins use torch without owning
the training loop, and tests give them another engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from studio.domain.datasets import DatasetVersion, Split
from studio.domain.evaluation import EvaluationReport
from studio.domain.explanation import Explanation
from studio.domain.ids import JsonValue
from studio.domain.labels import LabelSet
from studio.domain.media import MediaItem
from studio.domain.models import InputSpec, ModelVersion, Task
from studio.domain.operations import Context, Params
from studio.domain.packaging import ModelPackage, Predictions
from studio.domain.selecting import (
    Arm,
    ArmReport,
    Curve,
    LabelQueue,
    LearningStudy,
    Measure,
    Picked,
    Strategy,
)

__all__ = [
    "Architecture",
    "Arm",
    "ArmReport",
    "Curve",
    "DatasetVersion",
    "Engine",
    "EvaluationReport",
    "Explanation",
    "Features",
    "InputSpec",
    "LabelQueue",
    "LabelSet",
    "LearningStudy",
    "Measure",
    "MediaItem",
    "ModelPackage",
    "ModelVersion",
    "Picked",
    "Predictions",
    "Split",
    "Strategy",
    "Task",
    "TrainingParams",
]


class TrainingParams(Params):
    """What every training takes; trainer plugins add their own fields."""

    architecture: str = Field("", description="Network to train.")
    epochs: int = Field(10, ge=1, le=10_000, description="Passes over the training split.")
    batch_size: int = Field(64, ge=1, le=4096, description="Pictures in one step.")
    learning_rate: float = Field(
        1e-3,
        gt=0,
        le=10,
        description="Largest step size of the optimiser.",
        json_schema_extra={"widget": "log"},
    )
    weight_decay: float = Field(
        1e-4, ge=0, le=1, description="Pull of the weights to zero.",
        json_schema_extra={"widget": "log"},
    )  # fmt: skip
    optimiser: Literal["adamw", "sgd"] = Field("adamw", description="Rule that moves weights.")
    schedule: Literal["one-cycle", "cosine", "constant"] = Field(
        "one-cycle", description="How the learning rate runs over the training."
    )
    augment: bool = Field(True, description="Vary training pictures at random.")
    flip: bool = Field(
        False, description="Mirror pictures left to right; wrong where that changes the label."
    )
    weights: str = Field(
        "",
        description="Start from this .safetensors or .pth file; empty starts from scratch.",
        json_schema_extra={"widget": "path"},
    )
    pretrained: bool = Field(
        False, description="Start from torchvision's published weights; needs the internet once."
    )
    image_size: int = Field(
        0,
        ge=0,
        le=2048,
        description="Side of the model's input; 0 takes the architecture's own.",
        json_schema_extra={"unit": "px"},
    )
    checkpoint_seconds: float = Field(
        30.0,
        ge=0,
        description="Time between checkpoints; 0 writes one after every step.",
        json_schema_extra={"unit": "s"},
    )


@dataclass(frozen=True, slots=True)
class Architecture:
    """A kind of network that a plugin can build.

    Attributes
    ----------
    name : str
        For example `resnet18`.
    task : Task
        What it is for.
    title : str
        One line for the list in the form.
    build : str
        Dotted name of `build(labels: int, spec: InputSpec, options: Mapping) -> torch.nn.Module`;
        loaded in the worker only.
    input : InputSpec
        The input it is made for.
    pretrained : str
        Name of torchvision's weights, for example `ResNet18_Weights.DEFAULT`; empty for none.
    explained_layer : str
        Dotted name of the module whose output Grad-CAM looks at; empty for the last one that keeps
        a picture's two dimensions.
    """

    name: str
    task: Task
    title: str
    build: str
    input: InputSpec
    pretrained: str = ""
    explained_layer: str = ""


class Features(NamedTuple):
    """How a network sees pictures."""

    embeddings: NDArray[np.float32]
    """(N, D): what goes into its last layer; of a detector the means over the maps of its
    backbone, or over its last map where it names none."""
    probabilities: NDArray[np.float32]
    """(N, K) in 0..1: of each label; of a detector the highest score of any of its boxes."""
    draws: NDArray[np.float32]
    """(T, N, K): the same with its dropout at work, T times; empty where none were asked for."""


class Engine(Protocol):
    """What the engine room does for operations."""

    def train(
        self,
        ctx: Context,
        dataset: DatasetVersion,
        params: TrainingParams,
        task: Task,
        start: ModelVersion | None = None,
    ) -> ModelVersion:
        """Train a network of `params.architecture`, from `start` if given; keeps checkpoints."""

    def evaluate(
        self, ctx: Context, model: ModelVersion, dataset: DatasetVersion, split: Split
    ) -> EvaluationReport:
        """Measure a model on one split."""

    def explain(
        self,
        ctx: Context,
        model: ModelVersion,
        pictures: Sequence[MediaItem],
        label: str,
    ) -> Explanation:
        """Make Grad-CAM maps; an empty label explains each picture's top label."""

    def export(
        self,
        ctx: Context,
        model: ModelVersion,
        dataset: DatasetVersion,
        options: Mapping[str, JsonValue],
    ) -> ModelPackage:
        """Write a verified package; agreement is taken over the validation split (and the test
        split where `options["verify_on"]` says so).
        """

    def predict(
        self, ctx: Context, package: ModelPackage, pictures: Sequence[MediaItem]
    ) -> Predictions:
        """Run a package through onnxruntime, as it would run outside of the studio."""

    def features(
        self, ctx: Context, model: ModelVersion, pictures: Sequence[MediaItem], draws: int = 0
    ) -> Features:
        """Say how a network sees pictures, and how sure it is of them."""


def weights_folder() -> Path:
    """Return the folder where a person may lay weight files for machines without internet."""
    from studio.paths import data_folder

    return data_folder() / "weights"
