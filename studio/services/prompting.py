"""Prompting: a promptable model of the person's own turns points and boxes into shapes.

The model is described by a small YAML file of the kind X-AnyLabeling reads, beside its ONNX files.
It runs in a process of its own; what it saw of a picture is kept under the digests of both.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from studio.api.pictures import pixels_of
from studio.domain.geometry import Mask, Point, mask_of
from studio.domain.ids import JsonObject
from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore
from studio.domain.residents import Resident
from studio.errors import BadInput, NotFound

SERVER = "studio.engine.prompt_server"
"""Module of the resident that answers."""
_TYPES = ("segment_anything", "segment_anything_2", "edge_sam", "efficientvit_sam", "sam_hq")
_MOST_BYTES = 64 * 1024
_CHUNK = 2**20
_KEPT_BYTES = 4 * 2**30
"""So much of what models saw is kept on disk; the oldest goes first."""


@dataclass(frozen=True, slots=True)
class PromptModel:
    """A promptable model as its YAML file describes it."""

    name: str
    title: str
    encoder: Path
    decoder: Path
    input_size: int
    digest: str
    """sha256 of both files, hexadecimal."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the hand said about one thing, px of the upright picture."""

    inside: tuple[Point, ...] = ()
    outside: tuple[Point, ...] = ()
    box: tuple[Point, Point] | None = None
    """Top left and bottom right corner."""

    def arrays(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """Return (N, 2) float32 points and (N,) float32 labels, as SAM takes them."""
        said = [(*point, 1.0) for point in self.inside] + [(*p, 0.0) for p in self.outside]
        if self.box is not None:
            said += [(*self.box[0], 2.0), (*self.box[1], 3.0)]
        array = np.array(said, np.float32).reshape(-1, 3)
        return array[:, :2], array[:, 2]


def read_model(path: Path) -> PromptModel:
    """Read the YAML file of a model.

    Parameters
    ----------
    path : Path
        With `type`, `name`, `encoder_model_path` and `decoder_model_path`; paths are absolute or
        beside the file.

    Raises
    ------
    BadInput
        If it is no such file, or its type is not known here.
    NotFound
        If an ONNX file it names is not there; nothing is ever downloaded.
    """
    try:
        text = path.read_bytes()[: _MOST_BYTES + 1]
        said = yaml.safe_load(text) if len(text) <= _MOST_BYTES else None
    except (OSError, yaml.YAMLError, RecursionError) as error:
        raise BadInput(f"“{path.name}” cannot be read as YAML.", "Choose another file.") from error
    if not isinstance(said, dict):
        raise BadInput(f"“{path.name}” describes no model.", "Choose the YAML file of a model.")
    type_ = str(said.get("type", ""))
    if type_ not in _TYPES:
        raise BadInput(
            f"“{path.name}” describes a model of type “{type_}”, which is not prompted by points.",
            f"Types read here are {', '.join(_TYPES)}.",
        )
    encoder, decoder = (_file(path, said, f"{part}_model_path") for part in ("encoder", "decoder"))
    size = said.get("input_size", 1024)
    if not isinstance(size, int) or isinstance(size, bool) or not 64 <= size <= 4096:
        raise BadInput(f"“{path.name}” has no usable input_size.", "It is a number of px, as 1024.")
    name = str(said.get("name", path.stem))
    title = str(said.get("display_name", name))
    return PromptModel(name, title, encoder, decoder, size, _digest(encoder, decoder))


def _file(path: Path, said: dict[str, object], key: str) -> Path:
    given = str(said.get(key, ""))
    if not given:
        raise BadInput(f"“{path.name}” does not say its {key}.", "Add it.")
    found = Path(given) if Path(given).is_absolute() else path.parent / Path(given).name
    for place in (path.parent / given if "://" not in given else found, found):
        if place.is_file():
            return place
    raise NotFound(
        f"“{given}”, which “{path.name}” names, is not there.",
        f"Put it beside “{path.name}”. The studio downloads nothing by itself.",
    )


def _digest(*files: Path) -> str:
    made = hashlib.sha256()
    for file in files:
        try:
            with file.open("rb") as opened:
                while chunk := opened.read(_CHUNK):
                    made.update(chunk)
        except OSError as error:
            raise BadInput(f"“{file.name}” cannot be read ({error.strerror}).") from error
    return made.hexdigest()


class Prompting:
    """Asks a promptable model about the pictures of a project.

    Parameters
    ----------
    store : ObjectStore
        Where pictures are.
    resident : Resident
        Answers; its main is the module `SERVER`.
    cache : Path
        Folder for what models saw.
    """

    def __init__(self, store: ObjectStore, resident: Resident, cache: Path) -> None:
        self._store = store
        self._resident = resident
        self._cache = cache
        self.model: PromptModel | None = None
        """The model in use."""

    def use(self, path: Path) -> PromptModel:
        """Take another model; see `read_model` for what can be wrong."""
        self.model = read_model(path)
        return self.model

    def see(self, item: MediaItem, given_up: Callable[[], bool] = lambda: False) -> None:
        """Let the model see a picture, if it has not; the slow part, best done ahead.

        Raises
        ------
        Cancelled
            If it was given up.
        ComputeFailed
            If the process ended, for example for lack of memory.
        """
        model = self._need()
        file = self._place(model, item)
        if not file.is_file():
            pixels = pixels_of(self._store, item)
            self._tidy()
            self._resident.ask("embed", self._facts(model, file), {"pixels": pixels}, given_up)

    def segment(
        self, item: MediaItem, prompt: Prompt, given_up: Callable[[], bool] = lambda: False
    ) -> tuple[Mask, float]:
        """Return what the model takes for the thing that is meant, and how sure it is.

        Returns
        -------
        mask : Mask
            Empty where it sees nothing.
        score : float
            The overlap with the truth that it expects, 0..1.

        Raises
        ------
        BadInput
            If the prompt says nothing.
        Cancelled, ComputeFailed
            As for `see`.
        """
        model = self._need()
        points, labels = prompt.arrays()
        if not len(points):
            raise BadInput("Nothing was pointed at.", "Click the thing that is meant.")
        facts = self._facts(model, self._place(model, item))
        self.see(item, given_up)
        try:
            answer = self._resident.ask(
                "segment", facts, {"points": points, "labels": labels}, given_up
            )
        except NotFound:
            # The file was there but broken, and is gone now.
            self.see(item, given_up)
            answer = self._resident.ask(
                "segment", facts, {"points": points, "labels": labels}, given_up
            )
        score = float(str(answer.facts.get("score", 0.0)))
        return mask_of(answer.arrays["mask"].astype(np.bool_)), min(max(score, 0.0), 1.0)

    def close(self) -> None:
        """End the process."""
        self._resident.close()

    def _need(self) -> PromptModel:
        if self.model is None:
            raise NotFound("No model is chosen to be asked.", "Choose its YAML file first.")
        return self.model

    def _place(self, model: PromptModel, item: MediaItem) -> Path:
        picture = hashlib.sha256(item.id.encode()).hexdigest()
        return self._cache / f"{model.digest[:24]}-{picture[:24]}.npz"

    @staticmethod
    def _facts(model: PromptModel, file: Path) -> JsonObject:
        return {
            "encoder": str(model.encoder.resolve()),
            "decoder": str(model.decoder.resolve()),
            "input_size": model.input_size,
            "file": str(file),
        }

    def _tidy(self) -> None:
        """Let go of what was seen longest ago, so that the disk does not fill."""
        files: Sequence[Path] = sorted(
            self._cache.glob("*.npz"), key=lambda file: file.stat().st_mtime
        )
        total = sum(file.stat().st_size for file in files)
        for file in files:
            if total <= _KEPT_BYTES:
                break
            total -= file.stat().st_size
            file.unlink(missing_ok=True)
