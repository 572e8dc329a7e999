"""MOT: `frame, thing, left, top, width, height, counts, label, seen` a line.

Frames, pixels and labels count from 1. The boxes of one thing share a group: `track`, its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import PictureIndex, lines_of, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeValue,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import numbers

_FRAME = re.compile(r"(\d{1,11})$")
_GROUP = re.compile(r"track (\d{1,9})$")
_PEDESTRIAN = "1"
"""Name of label 1 where a sequence brings no names."""
_KNOWN = frozenset({"visibility", "ignored"})


class Mot:
    """MOT sequences, read and written."""

    name = "mot"
    title = "MOT"
    reads = True
    writes = True
    geometries = frozenset({"box"})
    keeps = Keeps(geometries=frozenset({"box"}), attributes="known", known=_KNOWN, groups=True)

    def recognises(self, path: Path) -> float:
        """Want a file `gt.txt`, or `det.txt`, of lines with commas."""
        for file in _sequences(path):
            try:
                first = next((line for line in lines_of(file) if line.strip()), "")
            except ValueError:
                continue
            if not isinstance(_drawn(first, []), str):
                return 0.9
        return 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the frames of all sequences."""
        root = path if path.is_dir() else path.parent.parent
        files = list(_sequences(path))
        if not files:
            raise UnreadableLabels("There is no gt.txt here.", "Choose the folder of a sequence.")
        index = PictureIndex(root)
        drawn: dict[Path, list[Drawn]] = {}
        for file in files:
            home = file.parent.parent
            frames = {
                int(found[1]): picture
                for picture in index.all
                if home in picture.parents and (found := _FRAME.search(picture.stem))
            }
            names, where, lost = _names(file), relative(file, root), 0
            for number, line in enumerate(_lines(file, where, problems), 1):
                one = _drawn(line, names) if line.strip() else None
                if one is None:
                    continue
                if isinstance(one, str):
                    problems.append(Problem(path=f"{where}, line {number}", reason=f"{one}."))
                elif one[0] in frames:
                    drawn.setdefault(frames[one[0]], []).append(one[1])
                else:
                    lost += 1
            if lost:
                reason = f"{lost:,} boxes stand on frames without a picture."
                problems.append(Problem(path=where, reason=reason))
        for picture in index.all:
            group = picture.parent.parent.name
            yield Found(source(picture, root), drawn.get(picture, []), group)

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of `labels.txt`."""
        return list(dict.fromkeys(name for file in _sequences(path) for name in _names(file)))

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one sequence; pictures whose names end in no number of their own are told of."""
        written = Written()
        numbers_ = {label.id: number for number, label in enumerate(schema.labels, 1)}
        things: dict[str, int] = {}
        lines: list[str] = []
        taken: set[int] = set()
        for item in items:
            found = _FRAME.search(item.media.name.rpartition(".")[0])
            frame = int(found[1]) if found else 0
            if not frame or frame in taken:
                written.lost.append(
                    f"“{item.media.name}” has no frame number of its own: its boxes were left out."
                )
                continue
            taken.add(frame)
            for shape in item.shapes:
                if isinstance(shape.geometry, Box):
                    thing = _thing(shape.group, things)
                    label = numbers_[shape.label]
                    lines.append(_line(frame, thing, shape.geometry, label, shape.attributes))
        written.files["gt/gt.txt"] = "".join(lines).encode()
        written.files["gt/labels.txt"] = "".join(f"{name}\n" for name in schema.names).encode()
        written.pictures = "img1"
        return written


def _line(
    frame: int, thing: int, box: Box, label: int, attributes: dict[str, AttributeValue]
) -> str:
    counts = 0 if attributes.get("ignored") is True else 1
    seen = attributes.get("visibility", 1.0)
    edges = ",".join(map(repr, (box.x0 + 1, box.y0 + 1, box.width, box.height)))
    return f"{frame},{thing},{edges},{counts},{label},{seen}\n"


def _thing(group: str, things: dict[str, int]) -> int:
    """Return the number of a thing; -1 for a box that stands alone."""
    if not group:
        return -1
    found = _GROUP.match(group)
    free = max(things.values(), default=0) + 1
    wanted = int(found[1]) if found else free
    return things.setdefault(group, free if wanted in things.values() else wanted)


def _sequences(path: Path) -> Iterator[Path]:
    for file in [path] if path.is_file() else walk(path):
        if file.name in ("gt.txt", "det.txt"):
            yield file


def _names(file: Path) -> list[str]:
    try:
        names = [line.strip() for line in lines_of(file.with_name("labels.txt"))]
    except (OSError, ValueError):
        return []
    return [name for name in names if name]


def _lines(file: Path, where: str, problems: list[Problem]) -> list[str]:
    try:
        return lines_of(file)
    except (OSError, ValueError) as error:
        problems.append(Problem(path=where, reason=f"It cannot be read: {error}."))
        return []


def _drawn(line: str, names: Sequence[str]) -> tuple[int, Drawn] | str:
    """Read one line: the frame, and the box with its thing."""
    values = numbers(*line.split(","))
    if values is None or not 6 <= len(values) <= 10:
        return "It is not made of six to ten numbers"
    frame, thing, left, top, width, height = values[:6]
    if frame != int(frame) or thing != int(thing) or frame < 1:
        return "Its frame or thing is no number that counts"
    if width <= 0 or height <= 0:
        return "Its box has no area"
    label = int(values[7]) if len(values) > 7 else -1
    if names and label > len(names):
        return f"There is no label number {label}"
    name = names[label - 1] if names and label > 0 else _PEDESTRIAN if label < 1 else str(label)
    attributes: dict[str, AttributeValue] = {}
    if len(values) > 6 and values[6] == 0:
        attributes["ignored"] = True
    if len(values) > 8 and 0 <= values[8] < 1:
        attributes["visibility"] = values[8]
    box = Box(left - 1, top - 1, left - 1 + width, top - 1 + height)
    return int(frame), Drawn(name, box, attributes, f"track {int(thing)}" if thing > 0 else "")
