"""The sidecar: a file beside an export that keeps what its format cannot say.

It holds all labels and shapes as the project has them, and the digest of every label file. As long
as these are untouched, importing the folder again restores everything; once one was changed, the
files count and the sidecar is passed over.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
from pydantic import ValidationError

from studio.api.formats import Drawn, Found
from studio.domain.labels import AnnotatedMedia, LabelSchema, Shape
from studio.domain.media import Problem

__all__ = ["SIDECAR", "Sidecar", "from_sidecar", "read_sidecar", "sidecar_of"]

SIDECAR = "studio-labels.json"
_VERSION = 1
_MOST_BYTES = 2 * 2**30


class Sidecar(NamedTuple):
    """What a sidecar holds."""

    schema: LabelSchema
    shapes: dict[str, tuple[Shape, ...]]
    """By the picture's name inside the export, without its folder."""
    groups: dict[str, str]
    """What must stay in one split, by the picture's name."""
    files: dict[str, str]
    """sha256 of the label files, hexadecimal, by their path inside the export."""


def sidecar_of(
    schema: LabelSchema, items: Sequence[AnnotatedMedia], files: Mapping[str, bytes]
) -> bytes:
    """Write a sidecar.

    Parameters
    ----------
    schema : LabelSchema
        Of the project.
    items : sequence of AnnotatedMedia
        With the names of the exported pictures, and their shapes as the project has them.
    files : mapping of str to bytes
        The label files, by their path inside the export.
    """
    return orjson.dumps(
        {
            "studio_labels": _VERSION,
            "schema": schema.model_dump(mode="json"),
            "pictures": [
                {
                    "name": item.media.name,
                    "group": item.media.group,
                    "shapes": [shape.model_dump(mode="json") for shape in item.shapes],
                }
                for item in items
            ],
            "files": {path: hashlib.sha256(data).hexdigest() for path, data in files.items()},
        }
    )


def read_sidecar(folder: Path, problems: list[Problem]) -> Sidecar | None:
    """Read the sidecar of a folder, or None where there is none that counts.

    Parameters
    ----------
    folder : Path
        That was exported.
    problems : list of Problem
        Told if a sidecar is there and is passed over.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")
        said = orjson.loads(path.read_bytes())
        if said["studio_labels"] != _VERSION:
            raise ValueError("it is of another version")
        sidecar = Sidecar(
            LabelSchema.model_validate(said["schema"]),
            {
                str(one["name"]): tuple(map(Shape.model_validate, one["shapes"]))
                for one in said["pictures"]
            },
            {str(one["name"]): str(one.get("group", "")) for one in said["pictures"]},
            {str(name): str(digest) for name, digest in said["files"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError, ValidationError) as error:
        first = str(error).splitlines()[0][:120]
        problems.append(_passed_over(f"The sidecar cannot be read ({first})"))
        return None
    for name, digest in sidecar.files.items():
        file = folder / name
        inside = ".." not in Path(name).parts and not Path(name).is_absolute()
        if not inside or not file.is_file() or _digest(file) != digest:
            problems.append(_passed_over(f"“{name}” was changed since the sidecar was written"))
            return None
    return sidecar


def from_sidecar(sidecar: Sidecar, founds: Iterator[Found]) -> Iterator[Found]:
    """Give pictures the shapes that the sidecar kept, in place of those of the format."""
    for found in founds:
        # A format may put the pictures into a folder of its own.
        name = next((one for one in _tails(found.source.name) if one in sidecar.shapes), None)
        if name is None:
            yield found
            continue
        labels = {label.id: label.name for label in sidecar.schema.labels}
        drawn = [
            Drawn(
                labels[shape.label],
                shape.geometry,
                dict(shape.attributes),
                shape.group,
                shape.score,
                shape.author,
                shape.locked,
            )
            for shape in sidecar.shapes[name]
            if shape.label in labels
        ]
        yield Found(found.source, drawn, sidecar.groups[name] or found.group, found.size)


def _tails(name: str) -> Iterator[str]:
    parts = name.split("/")
    for start in range(len(parts)):
        yield "/".join(parts[start:])


def _passed_over(why: str) -> Problem:
    return Problem(
        path=SIDECAR,
        reason=f"{why}; the label files were taken as they are.",
        severity="changed",
    )


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
