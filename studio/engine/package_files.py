"""The files of a package, as bytes: the same model gives the same bytes."""

from __future__ import annotations

import ast
import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from studio.api import images
from studio.domain.ids import JsonObject, digest_of
from studio.domain.models import ModelVersion
from studio.domain.packaging import Agreement
from studio.engine import package_runner, postprocess
from studio.engine.package_runner import SUMS

CONTRACT_SCHEMA = 1

_OWN_WORDS = '''InputSpec = object


class UnreadableImage(ValueError):
    """A file that is no image, is cut short or claims an absurd size."""


'''
"""What `studio.api.images` takes from the rest of the studio."""

README = """{name}: a model package

It runs with Python 3.9 or newer and two libraries:

    python -m pip install -r requirements.txt
    python runner.py picture.jpg
    python runner.py --selftest

`python runner.py --help` lists everything. Pillow is needed only to read picture files and to
resize them; arrays of the model's own input size go without.

model.onnx        the network, with its normalisation inside; input `pixels`, uint8 (N, H, W, C)
contract.json     what goes in, what comes out, and how it is read
labels.txt        one label a line, in the order of the scores
MODEL_CARD.md     where it comes from, how good it is, what it is not for
runner.py         the program; postprocessing is part of it
pictures.py       how picture files are read
selftest/         recorded inputs and outputs
SHA256SUMS        checked each time before the package runs
"""

REQUIREMENTS = "numpy\nonnxruntime\npillow\n"


def runner_source() -> bytes:
    """Return the text of `runner.py`: the runner, with the postprocessing pasted in."""
    source = _text(package_runner)
    pasted = _body(_text(postprocess))
    lines = source.splitlines(keepends=True)
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and node.module == postprocess.__name__:
            assert node.end_lineno is not None
            names = "from typing import NamedTuple\n"
            lines[node.lineno - 1 : node.end_lineno] = [names, "\n", pasted, "\n"]
    return "".join(lines).encode()


def pictures_source() -> bytes:
    """Return the text of `pictures.py`: `studio.api.images`, free of the rest of the studio."""
    source = _text(images)
    lines = source.splitlines(keepends=True)
    words = _OWN_WORDS
    for node in ast.parse(source).body:
        if isinstance(node, ast.ImportFrom) and str(node.module).startswith("studio."):
            assert node.end_lineno is not None
            lines[node.lineno - 1 : node.end_lineno] = [words] + [""] * (
                node.end_lineno - node.lineno
            )
            words = ""
    return "".join(lines).encode()


def _text(module: Any) -> str:
    return Path(module.__file__).read_text("utf-8")


def _body(source: str) -> str:
    """Return a module's text after its docstring and imports."""
    nodes = ast.parse(source).body
    first = next(node for node in nodes[1:] if not isinstance(node, (ast.Import, ast.ImportFrom)))
    return "".join(source.splitlines(keepends=True)[first.lineno - 1 :])


def contract(
    model: ModelVersion,
    name: str,
    onnx: bytes,
    agreement: Agreement,
    figures: Mapping[str, Mapping[str, float | None]],
    verify_on: Sequence[str],
) -> JsonObject:
    """Say what goes into the network, what comes out, and how it is read."""
    found: JsonObject = {
        "schema": CONTRACT_SCHEMA,
        "name": name,
        "task": model.task,
        "architecture": model.architecture,
        "input": model.input.model_dump(mode="json"),
        "labels": [{"id": label.id, "name": label.name} for label in model.label_schema.labels],
        "outputs": {"scores": "(N, K) float32, probabilities in the order of the labels"},
        "agreement": {
            **agreement.model_dump(mode="json"),
            "verified": agreement.verified,
            "splits": list(verify_on),
        },
        "figures": {split: dict(values) for split, values in figures.items()},
        "digests": {"model.onnx": digest_of(onnx), "weights": model.weights},
    }
    if model.task == "detection":
        found["outputs"] = {
            "boxes": "(N, A, 4) float32, x0 y0 x1 y1 in px of the input",
            "scores": "(N, A, K) float32 in 0..1, in the order of the labels",
        }
        found["detection"] = {
            "score_threshold": model.score_threshold,
            "overlap": postprocess.OVERLAP,
            "candidates": postprocess.MOST_CANDIDATES,
            "most": postprocess.MOST_DETECTIONS,
        }
    return found


def plain_files(
    name: str, model: ModelVersion, onnx: bytes, document: JsonObject
) -> dict[str, bytes]:
    """Return the files that follow from the model and its contract alone.

    Parameters
    ----------
    document : JsonObject
        As `contract` gives it.
    """
    return {
        "model.onnx": onnx,
        "contract.json": json_file(document),
        "labels.txt": "".join(f"{label}\n" for label in model.label_schema.names).encode(),
        "README.txt": README.format(name=name).encode(),
        "requirements.txt": REQUIREMENTS.encode(),
        "runner.py": runner_source(),
        "pictures.py": pictures_source(),
    }


def json_file(value: object) -> bytes:
    """Write JSON for people and machines: sorted, indented, with an end of line."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    return text.encode() + b"\n"


def npy(array: NDArray[Any]) -> bytes:
    """Write an array as a .npy file."""
    out = io.BytesIO()
    np.save(out, np.ascontiguousarray(array), allow_pickle=False)
    return out.getvalue()


def sums(files: Mapping[str, bytes]) -> bytes:
    """Write the list of checksums, as sha256sum does."""
    rows = [f"{hashlib.sha256(data).hexdigest()}  {path}\n" for path, data in files.items()]
    return "".join(sorted(rows, key=lambda row: row[66:])).encode()


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files and their list of checksums."""
    return {**files, SUMS: sums(files)}
