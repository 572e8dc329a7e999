"""The studio's own format: one JSON file beside the pictures, with nothing lost."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import PictureIndex, source
from studio.api.formats import (
    GEOMETRY_KINDS,
    AnnotatedMedia,
    Found,
    LabelSchema,
    Problem,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.sidecar import SIDECAR, from_sidecar, read_sidecar, sidecar_of


class Native:
    """The studio's own labels, read and written."""

    name = "studio"
    title = "The studio's own"
    reads = True
    writes = True
    geometries = frozenset(GEOMETRY_KINDS)
    keeps = Keeps(
        geometries=frozenset(GEOMETRY_KINDS),
        holes=True,
        parts=True,
        attributes="any",
        groups=True,
        scores=True,
        hidden_joints=True,
        label_facts=True,
    )

    def recognises(self, path: Path) -> float:
        """Look for the file; where other label files stand beside it, theirs is the format."""
        file = _file(path)
        if file is None:
            return 0.0
        sidecar = read_sidecar(file.parent, [])
        return 1.0 if sidecar is not None and not sidecar.files else 0.2

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures beside the file."""
        file = _file(path)
        told: list[Problem] = []
        sidecar = read_sidecar(file.parent, told) if file is not None else None
        if file is None or sidecar is None:
            why = told[0].reason if told else f"There is no {SIDECAR} here."
            raise UnreadableLabels(why, "Choose another format.")
        index = PictureIndex(file.parent)
        there = [Found(source(picture, file.parent)) for picture in index.all]
        named = {found.source.name.rpartition("/")[2] for found in there}
        for name in sidecar.shapes:
            if name.rpartition("/")[2] not in named:
                problems.append(Problem(path=name, reason="The picture is not there."))
        yield from from_sidecar(sidecar, iter(there))

    def label_order(self, path: Path) -> Sequence[str]:
        """Keep the order that the file has."""
        file = _file(path)
        sidecar = read_sidecar(file.parent, []) if file is not None else None
        return sidecar.schema.names if sidecar is not None else ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write the file."""
        return Written(files={SIDECAR: sidecar_of(schema, items, {})}, pictures="pictures")


def _file(path: Path) -> Path | None:
    file = path / SIDECAR if path.is_dir() else path
    return file if file.name == SIDECAR and file.is_file() else None
