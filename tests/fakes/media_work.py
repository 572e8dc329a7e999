"""A place where the operations on media run: objects in memory, the real built-in plugins."""

from __future__ import annotations

import io
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import pytest
from PIL import Image

from studio.domain.artefacts import put_artefact
from studio.domain.datasets import DatasetVersion
from studio.domain.ids import Digest, JsonValue
from studio.domain.labels import AnnotatedMedia, ImportReport, LabelSet
from studio.domain.packaging import Files
from studio.errors import Cancelled
from studio.paths import builtin_plugins
from studio.services.plugin_host import PluginHost
from tests.fakes.objects import MemoryObjects


@cache
def plugins() -> PluginHost:
    host = PluginHost([builtin_plugins()], installed=False)
    host.plugins()
    return host


class Work:
    """Fulfils `studio.api.operations.WorkContext`, as far as media need it."""

    def __init__(self, folder: Path, cancel_after: int | None = None) -> None:
        self.store = MemoryObjects()
        self.plugins = plugins()
        self.folder = folder
        self.seed = 0
        self.device = "cpu"
        self.said: list[str] = []
        self._cancel_after = cancel_after

    def progress(self, done: int, total: int, unit: str = "") -> None:
        del total, unit
        if self._cancel_after is not None and done >= self._cancel_after:
            raise Cancelled("It was cancelled.")

    def log(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        del level
        self.said.append(text)

    def asked(self) -> Literal["pause", "cancel"] | None:
        return None

    def run(self, id_: str, values: dict[str, JsonValue], **inputs: object) -> Any:
        return self._run(id_, values, **inputs)

    def _run(self, id_: str, values: dict[str, JsonValue], **inputs: object) -> Any:
        operation = self.plugins.get(id_)
        return operation.function(self, **inputs, params=operation.parse(values))

    def read(self, path: Path | str, format: str = "", limit: int = 0) -> Reading:  # noqa: A002
        labels, report = self._run(
            "labels.import", {"path": str(path), "format": format, "limit": limit}
        )
        return Reading(self, labels, report)

    def write(
        self,
        labels: LabelSet,
        format: str,  # noqa: A002
        folder: Path,
        sidecar: bool = False,
    ) -> Files:
        params: dict[str, JsonValue] = {"format": format, "sidecar": sidecar}
        files = cast("Files", self._run("labels.export", params, labels=labels))
        for name, digest in files.files.items():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(self.store.get(digest))
        return files

    def split(self, labels: LabelSet, **values: JsonValue) -> DatasetVersion:
        return cast("DatasetVersion", self._run("dataset.split", values, labels=labels))


class Reading:
    """What an import gave, easy to ask."""

    def __init__(self, work: Work, labels: LabelSet, report: ImportReport) -> None:
        self.labels = labels
        self.report = report
        self.items: list[AnnotatedMedia] = list(labels.read(work.store))
        self.digest: Digest = put_artefact(work.store, labels)

    @property
    def names(self) -> list[str]:
        return [item.media.name for item in self.items]

    @property
    def reasons(self) -> str:
        return "\n".join(f"{p.severity} {p.path}: {p.reason}" for p in self.report.problems)

    def shapes(self) -> list[tuple[str, str, Any, dict[str, str]]]:
        """Every shape as picture, label, geometry and attributes."""
        names = {label.id: label.name for label in self.labels.label_schema.labels}
        return [
            (Path(item.media.name).stem, names[s.label], s.geometry, s.attributes)
            for item in self.items
            for s in item.shapes
        ]


def picture(
    path: Path, size: tuple[int, int] = (40, 30), seed: int | None = None, **options: Any
) -> Path:
    """Write a noisy picture of its own."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pixels(size, seed if seed is not None else hash_of(path.name), **options))
    return path


def pixels(size: tuple[int, int], seed: int, kind: str = "PNG", **options: Any) -> bytes:
    random = np.random.default_rng(seed)
    coarse = random.integers(0, 255, (6, 6, 3)).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC).save(out, kind, **options)
    return out.getvalue()


def hash_of(name: str) -> int:
    return sum((place + 1) * ord(letter) for place, letter in enumerate(name))


def real(folder: str) -> Path:
    """Return a folder of the real data, or skip the test."""
    beside = Path(__file__).resolve().parents[3] / "shared" / "data"
    path = Path(os.environ.get("STUDIO_REAL_DATA", beside)) / folder
    if not path.is_dir():
        pytest.skip(f"the real data set {folder} is not here")
    return path
