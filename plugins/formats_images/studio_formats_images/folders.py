"""A folder for each label: the folder's name becomes the tag of the pictures in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import is_picture, pictures, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    Tag,
    UnreadableLabels,
    Written,
)

_SPLITS = {"train", "training", "val", "valid", "validation", "dev", "test", "testing"}
_NOT_LABELS = {
    "images", "labels", "annotations", "jpegimages", "masks", "imagesets", "segmentationclass",
    "segmentationobject",
}  # fmt: skip


class Folders:
    """Class-per-folder trees, with or without train, val and test above."""

    name = "folders"
    title = "A folder for each label"
    reads = True
    writes = False
    geometries = frozenset({"tag"})

    def recognises(self, path: Path) -> float:
        """Want two folders of pictures at least, and no picture beside them."""
        if not path.is_dir():
            return 0.0
        folders = _label_folders(path)
        names = {folder.name.casefold() for folder in folders}
        if len(names) < 2 or names & _NOT_LABELS:
            return 0.0
        if any(is_picture(file) for file in path.iterdir() if file.is_file()):
            return 0.0
        filled = [folder for folder in folders if any(is_picture(file) for file in walk(folder))]
        return 0.5 if len(filled) >= 2 else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures; one that lies in no label's folder comes without a tag."""
        del problems
        for file in pictures(path):
            name = relative(file, path)
            parts = name.split("/")[:-1]
            if parts and parts[0].casefold() in _SPLITS:
                parts = parts[1:]
            drawn = [Drawn(parts[0], Tag())] if parts else []
            yield Found(source(file, path), drawn)

    def label_order(self, path: Path) -> Sequence[str]:
        """Sort by name: that is what every reader of such trees does."""
        return sorted({folder.name for folder in _label_folders(path)})

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Refuse: the pictures themselves would have to move."""
        del schema, items
        raise UnreadableLabels("Folders are only read.", "Choose voc, yolo or coco.")


def _label_folders(path: Path) -> list[Path]:
    first = [f for f in path.iterdir() if f.is_dir() and not f.name.startswith((".", "__"))]
    if first and all(folder.name.casefold() in _SPLITS for folder in first):
        return [f for split in first for f in split.iterdir() if f.is_dir()]
    return [folder for folder in first if folder.name.casefold() not in _SPLITS]
