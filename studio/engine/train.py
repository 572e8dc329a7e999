"""Training: from a dataset version to a model version."""

from __future__ import annotations

import contextlib
import copy
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from studio.api.engine import Architecture, TrainingParams
from studio.domain.datasets import DatasetItem, DatasetVersion
from studio.domain.ids import Digest, JsonValue
from studio.domain.labels import LabelSchema
from studio.domain.models import InputSpec, ModelVersion, Task
from studio.domain.operations import Context
from studio.engine import networks, start_weights
from studio.engine.augment import draws, mirror_boxes, relight, vary
from studio.engine.data import SplitArrays, load_split, order_of
from studio.engine.evaluate import measure, reduced, tag_of
from studio.engine.loop import Loop, Precision, room_explained
from studio.engine.networks import Architectures
from studio.engine.whole_network import Arrays, WholeNetwork, run
from studio.errors import BadInput

_VALIDATION_BATCH = 64
_LEAST = 1e-12
"""Probabilities below count as this one in a loss, which must stay finite."""


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
    entries = _entries(ctx, dataset, task)
    model = _describe(architecture, dataset.label_schema, spec, start)
    network = _network(ctx, architecture, model, params, start)
    _try_out(network, model, min(params.batch_size, len(entries["train"])))
    precision = Precision.on(ctx.device)
    # Convolutions are quicker where the channels of a pixel lie side by side.
    with room_explained():
        network = network.to(precision.device).to(memory_format=torch.channels_last).train()
    ctx.log(
        f"{architecture.name} on {len(entries['train']):,} pictures, {precision.device} with "
        f"{precision.words}, {sum(p.numel() for p in network.parameters()):,} weights"
    )
    try:
        splits = _splits(ctx, entries, model)
        kind = _Classification if task == "classification" else _Detection
        metrics = Loop(ctx, network, kind(ctx, model, splits, params), params, precision).run()
    finally:
        _forget_pixels(ctx.folder)
    weights = ctx.store.put(networks.weights_of(network))
    return model.model_copy(update={"weights": weights, "metrics": metrics})


def _fix_arithmetic(ctx: Context) -> None:
    """Make equal orders give equal bits: seeds, thread count and deterministic algorithms."""
    torch.manual_seed(ctx.seed % 2**63)
    torch.set_num_threads(_threads())
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.benchmark = False


def _threads() -> int:
    # A list gives a number for each level of nesting.
    wanted = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return int(wanted) if wanted.isdecimal() and int(wanted) else os.cpu_count() or 1


def _forget_pixels(folder: Path) -> None:
    """Remove what was mapped while training; it can be large, and is made again when needed."""
    for file in folder.glob("pixels-*.npy"):
        # Some systems hold a mapped file until the process ends.
        with contextlib.suppress(OSError):
            file.unlink()


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


def _entries(
    ctx: Context, dataset: DatasetVersion, task: Task
) -> dict[Literal["train", "val"], list[DatasetItem]]:
    """List the pictures to learn from and those to validate on."""
    found: dict[Literal["train", "val"], list[DatasetItem]] = {"train": [], "val": []}
    for entry in dataset.read(ctx.store):
        fits = task == "detection" or tag_of(entry, dataset.label_schema) is not None
        if entry.split != "test" and fits:
            found[entry.split].append(entry)
    if not found["train"]:
        raise BadInput(
            "The training split holds no picture with a label.",
            "Label more pictures and make a new dataset version.",
        )
    if not found["val"]:
        ctx.log("There is no validation split; the last weights are taken.", "warning")
    return found


def _splits(
    ctx: Context,
    entries: Mapping[Literal["train", "val"], Sequence[DatasetItem]],
    model: ModelVersion,
) -> dict[str, SplitArrays]:
    boxes = model.task == "detection"
    splits: dict[str, SplitArrays] = {
        name: load_split(ctx, some, model.label_schema, model.input, boxes, name)
        for name, some in entries.items()
    }
    if boxes and not any(len(one.boxes) for one in splits["train"].drawn):
        raise BadInput(
            "Nothing is drawn on the pictures of the training split.",
            "Draw boxes around what is to be found and make a new dataset version.",
        )
    return splits


def _network(
    ctx: Context,
    architecture: Architecture,
    model: ModelVersion,
    params: TrainingParams,
    start: ModelVersion | None,
) -> nn.Module:
    labels = len(model.label_schema.labels)
    network = networks.build(architecture, labels, model.input, model.options)
    if start is not None:
        if start.architecture != architecture.name:
            raise BadInput(
                f"The model to start from is a {start.architecture}, not a {architecture.name}.",
                "Choose the same architecture, or start from scratch.",
            )
        left = start_weights.from_model(network, ctx.store.get(start.weights))
        source = "the given model"
    elif params.weights:
        left = start_weights.from_file(network, Path(params.weights).expanduser())
        source = params.weights
    elif params.pretrained:
        left = start_weights.from_published(network, architecture)
        source = architecture.pretrained
    else:
        return network
    ctx.log(f"Starts from {source}; {start_weights.said(left)}.")
    return network


def _try_out(network: nn.Module, model: ModelVersion, size: int) -> None:
    """Refuse what the network cannot be trained on, before the long work begins.

    Parameters
    ----------
    size : int
        Pictures in one step; some networks need two to take statistics of them.

    Raises
    ------
    BadInput
        If the pictures are too small for the network, or the batch is.
    """
    spec, count = model.input, min(size, 2)
    tried = copy.deepcopy(network).train()
    pixels = torch.zeros(count, spec.channels, spec.height, spec.width)
    nothing = {"boxes": torch.zeros(0, 4), "labels": torch.zeros(0, dtype=torch.int64)}
    try:
        with torch.random.fork_rng(devices=[]), torch.no_grad():
            if model.task == "detection":
                tried.training_losses(pixels, [nothing] * count)  # type: ignore[operator]
            else:
                tried(pixels)
    except (RuntimeError, ValueError) as error:
        raise BadInput(
            f"{model.architecture} cannot be trained on {spec.width} × {spec.height} px in batches "
            f"of {size:,}: {str(error).splitlines()[0]}",
            "Use larger pictures or larger batches, or another architecture.",
        ) from error


def _describe(
    architecture: Architecture, schema: LabelSchema, spec: InputSpec, start: ModelVersion | None
) -> ModelVersion:
    options: dict[str, JsonValue] = start.options if start is not None else {}
    return ModelVersion(
        task=architecture.task,
        architecture=architecture.name,
        options=options,
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
        scaled = (pixels - self._prepared.mean) / self._prepared.deviation
        return scaled.contiguous(memory_format=torch.channels_last)

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
        return self.chosen(figures, outputs)

    @abstractmethod
    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        """Return the loss of one batch."""

    @abstractmethod
    def chosen(
        self, figures: Mapping[str, float | None], outputs: Sequence[Arrays]
    ) -> dict[str, float]:
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

    def chosen(
        self, figures: Mapping[str, float | None], outputs: Sequence[Arrays]
    ) -> dict[str, float]:
        """Accuracy decides, and the loss where two epochs are equally accurate."""
        scores = np.stack([one[0] for one in outputs]).astype(np.float64)
        certain = scores[np.arange(len(scores)), self._val.labels]
        return {
            "val_accuracy": figures["accuracy"] or 0.0,
            "val_loss": float(-np.log(np.maximum(certain, _LEAST)).mean()),
            "val_f1": figures["f1"] or 0.0,
        }


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

    def chosen(
        self, figures: Mapping[str, float | None], outputs: Sequence[Arrays]
    ) -> dict[str, float]:
        """AP at an overlap of one half decides: it tells early epochs apart."""
        return {"val_ap50": figures["AP50"] or 0.0, "val_ap": figures["AP"] or 0.0}
