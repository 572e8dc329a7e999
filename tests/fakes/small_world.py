"""A small world for the engine: drawn pictures, tiny networks, and a context that remembers."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from PIL import Image
from torch import nn

from studio.api.engine import Architecture
from studio.domain.datasets import DatasetItem, DatasetVersion, Split, SplitPlan
from studio.domain.geometry import Box, Geometry, Tag
from studio.domain.ids import JsonValue
from studio.domain.labels import AnnotatedMedia, LabelId, LabelSchema, Shape, ShapeId, extended
from studio.domain.media import MediaItem, media_id
from studio.domain.models import InputSpec, ModelVersion
from studio.engine import networks
from studio.errors import Cancelled, NotFound
from tests.fakes.objects import MemoryObjects

SCHEMA = extended(LabelSchema(), ["round", "square", "never"])
CLASSIFIER_INPUT = InputSpec(width=24, height=16, channels=3)
DETECTOR_INPUT = InputSpec(width=48, height=32, channels=3, fit="letterbox")


class Context:
    """Fulfils `studio.domain.operations.Context`."""

    def __init__(self, folder: Path, cancel_after: int | None = None) -> None:
        self.store = MemoryObjects()
        self.seed = 0
        self.device = "cpu"
        self.folder = folder
        self.told: list[tuple[int, int]] = []
        self.logs: list[tuple[str, str]] = []
        self._cancel_after = cancel_after

    def progress(self, done: int, total: int, unit: str = "") -> None:
        del unit
        self.told.append((done, total))
        if self._cancel_after is not None and done >= self._cancel_after:
            raise Cancelled("It was cancelled.")

    def metrics(self, step: int, /, **values: float) -> None:
        del step, values

    def log(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        self.logs.append((level, text))

    def asked(self) -> Literal["pause", "cancel"] | None:
        return None


def classifier(labels: int, spec: InputSpec, options: Mapping[str, JsonValue]) -> nn.Module:
    """A convolution, a batch norm, and a head after the mean."""
    del options
    return nn.Sequential(
        nn.Conv2d(spec.channels, 8, 3, padding=1),
        nn.BatchNorm2d(8),
        nn.ReLU(inplace=True),
        nn.Conv2d(8, 12, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.AdaptiveAvgPool2d(1),
        nn.Flatten(),
        nn.Linear(12, labels),
    )


class TinyDetector(nn.Module):
    """One box for each cell of 8 px, decoded; scores by a convolution."""

    centres: torch.Tensor

    def __init__(self, labels: int, spec: InputSpec) -> None:
        super().__init__()
        self.body = nn.Conv2d(spec.channels, 8, 8, stride=8)
        self.sides = nn.Conv2d(8, 4, 1)
        self.kinds = nn.Conv2d(8, labels, 1)
        rows, columns = spec.height // 8, spec.width // 8
        y, x = torch.meshgrid(torch.arange(rows), torch.arange(columns), indexing="ij")
        self.register_buffer("centres", torch.stack([x, y], -1).reshape(1, -1, 2) * 8.0 + 4)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        seen = torch.relu(self.body(x))
        sides = torch.exp(self.sides(seen).flatten(2).transpose(1, 2).clamp(-2, 2)) * 6
        boxes = torch.cat([self.centres - sides[..., :2], self.centres + sides[..., 2:]], -1)
        return boxes, torch.sigmoid(2 * self.kinds(seen).flatten(2).transpose(1, 2))


def detector(labels: int, spec: InputSpec, options: Mapping[str, JsonValue]) -> nn.Module:
    del options
    return TinyDetector(labels, spec)


class Plugins:
    """Where the two tiny architectures are found."""

    def architecture(self, name: str) -> Architecture:
        if name == "classifier":
            return Architecture(
                name, "classification", "Tiny", f"{__name__}:classifier", CLASSIFIER_INPUT
            )
        if name == "detector":
            return Architecture(name, "detection", "Tiny", f"{__name__}:detector", DETECTOR_INPUT)
        raise NotFound(f"There is no architecture {name}.")


def model(ctx: Context, task: Literal["classification", "detection"], seed: int = 3) -> Any:
    """Store a tiny model with random weights."""
    torch.manual_seed(seed)
    name = "classifier" if task == "classification" else "detector"
    spec = CLASSIFIER_INPUT if task == "classification" else DETECTOR_INPUT
    network = networks.build(Plugins().architecture(name), len(SCHEMA.labels), spec)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.mul_(2)
    return ModelVersion(
        task=task,
        architecture=name,
        label_schema=SCHEMA,
        input=spec,
        weights=ctx.store.put(networks.weights_of(network)),
        score_threshold=0.4,
    )


def picture(number: int, width: int = 60, height: int = 40) -> tuple[bytes, list[Geometry]]:
    """Draw boxes on noise; PNG, and where they are."""
    rng = np.random.default_rng(number)
    pixels = rng.integers(0, 256, (height, width, 3)).astype(np.uint8)
    boxes: list[Geometry] = []
    for _ in range(int(rng.integers(1, 4))):
        x, y = int(rng.integers(0, width - 20)), int(rng.integers(0, height - 20))
        side = int(rng.integers(8, 20))
        pixels[y : y + side, x : x + side] = rng.integers(0, 256, 3)
        boxes.append(Box(x, y, x + side, y + side))
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "PNG")
    return out.getvalue(), boxes


def item(
    ctx: Context, number: int, split: Split, tagged: bool = True, size: tuple[int, int] = (60, 40)
) -> DatasetItem:
    data, boxes = picture(number, *size)
    names = [label.id for label in SCHEMA.labels[:2]]
    shapes = [
        Shape(id=ShapeId(f"{number}-{n}"), label=names[(number + n) % 2], geometry=box)
        for n, box in enumerate(boxes)
    ]
    if tagged:
        shapes.append(Shape(id=ShapeId(f"{number}"), label=names[number % 2], geometry=Tag()))
    media = MediaItem(
        id=media_id(ctx.store.put(data)), name=f"{number:03}.png", width=size[0], height=size[1]
    )
    return DatasetItem(split=split, item=AnnotatedMedia(media=media, shapes=tuple(shapes)))


def dataset(ctx: Context, val: int = 6, test: int = 20, train: int = 2) -> DatasetVersion:
    """A dataset version of drawn pictures."""
    counts: Sequence[tuple[Split, int]] = (("train", train), ("val", val), ("test", test))
    splits = [split for split, count in counts for _ in range(count)]
    items = [item(ctx, number, split) for number, split in enumerate(splits)]
    return DatasetVersion.write(ctx.store, SCHEMA, SplitPlan(), items)


__all__ = ["SCHEMA", "Context", "LabelId", "Plugins", "dataset", "item", "model"]
