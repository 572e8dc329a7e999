"""DOTA: one text file a picture, `x1 y1 … x4 y4 label difficult` a line, in pixels."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.files import PictureIndex, lines_of, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Polygon,
    Problem,
    RotatedBox,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import numbers, turned_box

_HEADS = ("imagesource:", "gsd:")
_KEPT = "difficult"


class Dota:
    """DOTA, read and written."""

    name = "dota"
    title = "DOTA"
    reads = True
    writes = True
    geometries = frozenset({"rotated_box"})
    keeps = Keeps(
        geometries=frozenset({"rotated_box"}), attributes="known", known=frozenset({_KEPT})
    )

    def recognises(self, path: Path) -> float:
        """Want a text file with eight numbers and a word in its first line of shapes."""
        for file in _label_files(path):
            try:
                lines = _rows(lines_of(file))
            except ValueError:
                continue
            first = next(iter(lines), None)
            if first is not None:
                return 0.0 if isinstance(_drawn(first[1]), str) else 0.85
        return 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures; one without a text file comes without shapes."""
        root = path if path.is_dir() else path.parent
        index = PictureIndex(root, ("masks",))
        drawn: dict[Path, list[Drawn]] = {}
        seen = False
        for file in _label_files(path):
            seen = True
            where = relative(file, root)
            try:
                rows = list(_rows(lines_of(file)))
            except (ValueError, OSError) as error:
                problems.append(Problem(path=where, reason=f"It cannot be read: {error}."))
                continue
            picture = index.find(file.stem, file)
            if picture is None:
                problems.append(Problem(path=where, reason="Its picture is not there."))
                continue
            shapes = drawn.setdefault(picture, [])
            for number, row in rows:
                one = _drawn(row)
                if isinstance(one, str):
                    problems.append(Problem(path=f"{where}, line {number}", reason=f"{one}."))
                else:
                    shapes.append(one)
        if not seen:
            raise UnreadableLabels("There is no DOTA file here.", "Choose another format.")
        for picture in index.all:
            if picture in drawn or path.is_dir():
                yield Found(source(picture, root), drawn.get(picture, []))

    def label_order(self, path: Path) -> Sequence[str]:
        """DOTA fixes no order."""
        del path
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one text file a picture; blanks in the names of labels become hyphens."""
        written = Written(pictures="images")
        words = {label.id: "-".join(label.name.split()) for label in schema.labels}
        changed = sum(words[label.id] != label.name for label in schema.labels)
        for item in items:
            lines = []
            for shape in item.shapes:
                if not isinstance(shape.geometry, RotatedBox):
                    continue
                corners = " ".join(repr(n) for point in shape.geometry.corners for n in point)
                hard = int(str(shape.attributes.get(_KEPT, 0)) in ("1", "True"))
                lines.append(f"{corners} {words[shape.label]} {hard}\n")
            stem = str(PurePosixPath(item.media.name).with_suffix(""))
            written.files[f"labelTxt/{stem}.txt"] = "".join(lines).encode()
        if changed:
            written.lost.append(f"Blanks in the names of labels became hyphens: {changed:,}.")
        return written


def _label_files(path: Path) -> Iterator[Path]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() == ".txt" and file.name.casefold() != "readme.txt":
            yield file


def _rows(lines: Sequence[str]) -> Iterator[tuple[int, list[str]]]:
    """Number the lines from 1 and leave the head of a file out."""
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.casefold().startswith(_HEADS):
            yield number, line.split()


def _drawn(words: Sequence[str]) -> Drawn | str:
    corners = numbers(*words[:8])
    if corners is None or len(words) not in (9, 10):
        return "It is not made of eight numbers, a label and whether it is difficult"
    if numbers(words[8]) is not None:
        return "It has a number where the label should be"
    points = tuple(zip(corners[::2], corners[1::2], strict=True))
    known = {_KEPT: True} if words[9:] and words[9] not in ("0", "0.0") else {}
    return Drawn(words[8], turned_box(points) or Polygon((points,)), dict(known))
