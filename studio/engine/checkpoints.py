"""Checkpoints: everything a killed training needs to go on as if nothing had happened.

A file is a first line that says what it is, the sha256 of the rest, and the rest as torch saves it.
It appears under its name as a whole or not at all. The last two are kept, so that one that a
failing disk has damaged leaves the one before; the best weights so far stand in files of their own.
"""

from __future__ import annotations

import hashlib
import io
import os
import random
from dataclasses import dataclass, field
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from studio.api.job_folder import replace_file

_HEAD = b"studio checkpoint 2\n"
_KEPT = 2


@dataclass
class Checkpoint:
    """The state of a training between two steps."""

    step: int
    network: dict[str, Any]
    optimiser: dict[str, Any]
    scheduler: dict[str, Any]
    scaler: dict[str, Any]
    best_step: int = -1
    best_metrics: dict[str, float] = field(default_factory=dict)


class Checkpoints:
    """The checkpoints of one job.

    Parameters
    ----------
    folder : Path
        `checkpoints` of the job; made when the first is written.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def save(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint with the state of all random generators, and drop old ones."""
        document = vars(checkpoint) | {"random": _random_state()}
        self._write(self._folder / f"step-{checkpoint.step:09}.pt", document)
        for old in self._steps()[:-_KEPT]:
            old.unlink(missing_ok=True)
        # The one before may still be needed if this one turns out damaged; it was best no later.
        for file in self._bests()[: -(_KEPT + 1)]:
            file.unlink(missing_ok=True)

    def latest(self) -> Checkpoint | None:
        """Read the newest checkpoint that is whole and put the random generators back; or None."""
        for path in reversed(self._steps()):
            document = _read(path)
            if document is not None:
                _restore_random_state(document.pop("random"))
                return Checkpoint(**document)
        return None

    def save_best(self, step: int, weights: dict[str, Any]) -> None:
        """Keep the best weights so far, found at a step."""
        self._write(self._best_file(step), weights)

    def best(self, step: int) -> dict[str, Any] | None:
        """Read the best weights, found at a step; None if they are not there or damaged."""
        return _read(self._best_file(step))

    def _best_file(self, step: int) -> Path:
        return self._folder / f"best-{step:09}.pt"

    def _steps(self) -> list[Path]:
        return sorted(self._folder.glob("step-*.pt"))

    def _bests(self) -> list[Path]:
        return sorted(self._folder.glob("best-*.pt"))

    def _write(self, path: Path, document: dict[str, Any]) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        out = io.BytesIO()
        torch.save(document, out)
        body = out.getvalue()
        digest = hashlib.sha256(body).hexdigest().encode()
        replace_file(path, _HEAD + digest + b"\n" + body)
        if os.name != "nt":
            descriptor = os.open(self._folder, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body = data[len(_HEAD) + 65 :]
    digest = data[len(_HEAD) : len(_HEAD) + 64]
    if not data.startswith(_HEAD) or hashlib.sha256(body).hexdigest().encode() != digest:
        return None
    try:
        found: dict[str, Any] = torch.load(io.BytesIO(body), "cpu", weights_only=True)
    except (RuntimeError, UnpicklingError, EOFError, ValueError):
        return None
    return found


def _random_state() -> dict[str, Any]:
    version, internal, gauss = random.getstate()
    name, keys, position, has_gauss, cached = np.random.get_state(legacy=True)  # noqa: NPY002
    words = np.asarray(keys, np.int64)
    return {
        "python": [version, list(internal), gauss],
        "numpy": [name, torch.from_numpy(words), position, has_gauss, cached],
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
    }


def _restore_random_state(state: dict[str, Any]) -> None:
    version, internal, gauss = state["python"]
    random.setstate((version, tuple(internal), gauss))
    name, keys, position, has_gauss, cached = state["numpy"]
    np.random.set_state(  # noqa: NPY002
        (name, keys.numpy().astype(np.uint32), position, has_gauss, cached)
    )
    torch.set_rng_state(state["torch"])
    # It may go on where there are fewer GPUs, or none.
    for number, one in enumerate(state["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(one, number)
