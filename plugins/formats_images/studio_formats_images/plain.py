"""Pictures alone: a file, or a folder with folders in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import is_picture, pictures, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Found,
    LabelSchema,
    Problem,
    UnreadableLabels,
    Written,
)


class Images:
    """Pictures without labels."""

    name = "images"
    title = "Pictures without labels"
    reads = True
    writes = False
    geometries: frozenset[str] = frozenset()

    def recognises(self, path: Path) -> float:
        """Take every picture and every folder that holds one, but only if nobody knows better."""
        if path.is_file():
            return 0.3 if is_picture(path) else 0.0
        return 0.1 if any(is_picture(file) for file in walk(path)) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over all pictures, sorted by name."""
        del problems
        for file in pictures(path):
            yield Found(source(file, path))

    def label_order(self, path: Path) -> Sequence[str]:
        """There are no labels."""
        del path
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Refuse: there is nothing to write labels into."""
        del schema, items
        raise UnreadableLabels("Plain pictures cannot carry labels.", "Choose voc, yolo or coco.")
