"""Training: from a dataset version to a model version."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from studio.api.engine import Architecture, TrainingParams
from studio.domain.datasets import DatasetItem, DatasetVersion
from studio.domain.ids import Digest
from studio.domain.labels import LabelSchema
from studio.domain.models import InputSpec, ModelVersion, Task
from studio.domain.operations import Context
from studio.engine import networks
from studio.engine.augment import draws, mirror_boxes, relight, vary
from studio.engine.data import SplitArrays, load_split, order_of
from studio.engine.evaluate import measure, reduced, tag_of
from studio.engine.loop import Loop, Precision
from studio.engine.networks import Architectures
from studio.engine.whole_network import Arrays, WholeNetwork, run
from studio.errors import BadInput

_VALIDATION_BATCH = 64


def train(
    ctx: Context,
    plugins: Architectures,
    dataset: DatasetVersion,
    params: TrainingParams,
    task: Task,
    start: ModelVersion | None = None,
) -> ModelVersion:
    """Train a network on the training split; the validation split decides which weights are best.

    Parameters
    ----------
    start : ModelVersion, optional
        Its weights are where the training starts.

    Raises
    ------
    BadInput
        If there is nothing to train on, or the architecture is for another task.
    """
    architecture = plugins.architecture(params.architecture)
    if architecture.task != task:
        raise BadInput(
            f"{architecture.title} is for {architecture.task}, not for {task}.",
            "Choose another architecture.",
        )
    _fix_arithmetic(ctx)
    spec = _input(architecture, params)
    schema = dataset.label_schema
    splits = _splits(ctx, dataset, schema, spec, task)
    network = _network(ctx, plugins, architecture, schema, spec, params, start)
    precision = Precision.on(ctx.device)
    network = network.to(precision.device).train()
    ctx.log(
        f"{architecture.name} on {len(splits['train']):,} pictures, {precision.device} with "
        f"{precision.words}, {sum(p.numel() for p in network.parameters()):,} weights"
    )
    model = _describe(architecture, schema, spec, task)
    kind = _Classification if task == "classification" else _Detection
    metrics = Loop(ctx, network, kind(ctx, model, splits, params), params, precision).run()
    weights = ctx.store.put(networks.weights_of(network))
    return model.model_copy(update={"weights": weights, "metrics": metrics})


def _fix_arithmetic(ctx: Context) -> None:
    """Make equal orders give equal bits: seeds, thread count and deterministic algorithms."""
    torch.manual_seed(ctx.seed)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS") or os.cpu_count() or 1))
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def _input(architecture: Architecture, params: TrainingParams) -> InputSpec:
    spec = architecture.input
    if not params.image_size:
        return spec
    longest = max(spec.width, spec.height)
    scale = params.image_size / longest
    sides = {
        "width": max(8, round(spec.width * scale)),
        "height": max(8, round(spec.height * scale)),
    }
    return spec.model_copy(update=sides)


def _splits(
    ctx: Context, dataset: DatasetVersion, schema: LabelSchema, spec: InputSpec, task: Task
) -> dict[str, SplitArrays]:
    found: dict[str, list[DatasetItem]] = {"train": [], "val": []}
    for entry in dataset.read(ctx.store):
        fits = task == "detection" or tag_of(entry, schema) is not None
        if entry.split in found and fits:
            found[entry.split].append(entry)
    if not found["train"]:
        raise BadInput(
            "The training split holds no picture with a label.",
            "Label more pictures and make a new dataset version.",
        )
    if not found["val"]:
        ctx.log("There is no validation split; the last weights are taken.", "warning")
    boxes = task == "detection"
    return {
        name: load_split(ctx, entries, schema, spec, boxes, name) for name, entries in found.items()
    }


def _network(
    ctx: Context,
    plugins: Architectures,
    architecture: Architecture,
    schema: LabelSchema,
    spec: InputSpec,
    params: TrainingParams,
    start: ModelVersion | None,
) -> nn.Module:
    network = networks.build(architecture, len(schema.labels), spec)
    if start is not None:
        if start.architecture != architecture.name:
            raise BadInput(
                f"The model to start from is a {start.architecture}, not a {architecture.name}.",
                "Choose the same architecture, or start from scratch.",
            )
        network.load_state_dict(networks.load(ctx.store, start, plugins).state_dict())
        ctx.log("Starts from the weights of the given model.")
    elif params.weights:
        from pathlib import Path

        left = networks.start_from_file(network, Path(params.weights).expanduser())
        ctx.log(f"Starts from {params.weights}; {len(left)} weights are new.")
    elif params.pretrained:
        left = networks.start_from_published(network, architecture)
        ctx.log(f"Starts from {architecture.pretrained}; {len(left)} weights are new.")
    return network


def _describe(
    architecture: Architecture, schema: LabelSchema, spec: InputSpec, task: Task
) -> ModelVersion:
    return ModelVersion(
        task=task,
        architecture=architecture.name,
        label_schema=schema,
        input=spec,
        weights=Digest("sha256:" + "0" * 64),
    )


class _Learning(ABC):
    """What both tasks share: batches in the order of the epoch, and validation by evaluation."""

    def __init__(
        self,
        ctx: Context,
        model: ModelVersion,
        splits: Mapping[str, SplitArrays],
        params: TrainingParams,
    ) -> None:
        self._ctx = ctx
        self._model = model
        self._data = splits["train"]
        self._val = splits["val"]
        self._params = params
        self._size = min(params.batch_size, len(self._data))
        self._epoch = -1
        self._order = np.empty(0, np.int64)
        self._prepared = WholeNetwork(nn.Identity(), model.input, model.task).to(ctx.device)

    @property
    def steps_per_epoch(self) -> int:
        """Count whole batches; a last one of a single picture would upset batch statistics."""
        return max(1, len(self._data) // self._size)

    def batch(self, epoch: int, number: int) -> np.ndarray[Any, np.dtype[np.int64]]:
        """Return the places of one batch's pictures."""
        if epoch != self._epoch:
            self._order, self._epoch = order_of(self._ctx.seed, epoch, len(self._data)), epoch
        return self._order[number * self._size : (number + 1) * self._size]

    def pixels(self, chosen: np.ndarray[Any, np.dtype[np.int64]]) -> torch.Tensor:
        """Return pictures as (N, C, H, W) float32 in 0..1, on the device."""
        taken = torch.from_numpy(self._data.pixels[chosen]).to(self._ctx.device)
        return taken.permute(0, 3, 1, 2).to(torch.float32) / 255

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        """Subtract the mean and divide by the deviation that the model's input names."""
        return (pixels - self._prepared.mean) / self._prepared.deviation

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Measure on the validation split as an evaluation would."""
        if not len(self._val):
            return {}
        whole = WholeNetwork(network, self._model.input, self._model.task)
        whole = whole.to(self._ctx.device).eval()
        outputs: list[Arrays] = []
        for first in range(0, len(self._val), _VALIDATION_BATCH):
            some = self._val.pixels[first : first + _VALIDATION_BATCH]
            said = run(whole, np.ascontiguousarray(some), self._ctx.device)
            outputs += [reduced([one[place] for one in said]) for place in range(len(some))]
        figures = measure(self._model, list(self._val.entries), outputs).figures
        return self.chosen(figures)

    @abstractmethod
    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        """Return the loss of one batch."""

    @abstractmethod
    def chosen(self, figures: Mapping[str, float | None]) -> dict[str, float]:
        """Choose the figures that are shown while training, the one that decides first."""


class _Classification(_Learning):
    """Cross entropy on tags."""

    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        """Return the loss of one batch."""
        chosen = self.batch(epoch, batch)
        pixels = self.pixels(chosen)
        if self._params.augment:
            pixels = vary(pixels, draws(self._ctx.seed, epoch, chosen), self._params.flip)
        labels = torch.from_numpy(self._data.labels[chosen]).to(self._ctx.device)
        return functional.cross_entropy(network(self.normalised(pixels)), labels)

    def chosen(self, figures: Mapping[str, float | None]) -> dict[str, float]:
        """Accuracy decides."""
        return {"val_accuracy": figures["accuracy"] or 0.0, "val_f1": figures["f1"] or 0.0}


class _Detection(_Learning):
    """The network's own losses on boxes."""

    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        """Return the sum of the network's losses on one batch."""
        chosen = self.batch(epoch, batch)
        pixels = self.pixels(chosen)
        targets = [
            {
                "boxes": torch.from_numpy(self._data.drawn[place].boxes).to(self._ctx.device),
                "labels": torch.from_numpy(self._data.drawn[place].labels).to(self._ctx.device),
            }
            for place in chosen
        ]
        if self._params.augment:
            drawn = draws(self._ctx.seed, epoch, chosen)
            pixels = relight(pixels, drawn)
            pixels, targets = mirror_boxes(pixels, targets, drawn, self._params.flip)
        losses = network.training_losses(self.normalised(pixels), targets)  # type: ignore[operator]
        return torch.stack(list(losses.values())).sum()

    def chosen(self, figures: Mapping[str, float | None]) -> dict[str, float]:
        """AP at an overlap of one half decides: it tells early epochs apart."""
        return {"val_ap50": figures["AP50"] or 0.0, "val_ap": figures["AP"] or 0.0}
