"""YOLO: one text file a picture; numbers are shares of the picture's width and height.

`k cx cy w h` is a box by its centre, `k x1 y1 … xn yn` an outline; k counts labels from 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.files import PictureIndex, lines_of, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Polygon,
    Problem,
    UnreadableLabels,
    Written,
)
from studio.api.images import probe
from studio.errors import UnreadableImage
from studio_formats_yolo.names import quoted, read_names

_SLACK = 1e-3
"""Shares may lie so far outside of 0..1; more is a broken line."""
_NOT_LABELS = {"train.txt", "val.txt", "test.txt", "classes.txt", "labels.txt", "readme.txt"}


class Yolo:
    """YOLO detection and segmentation, read and written."""

    name = "yolo"
    title = "YOLO"
    reads = True
    writes = True
    geometries = frozenset({"box", "polygon"})

    def recognises(self, path: Path) -> float:
        """Want names of labels, and a text file made of numbers."""
        if not path.is_dir() or not read_names(path):
            return 0.0
        for file in _label_files(path):
            try:
                first = next((line for line in lines_of(file) if line.strip()), "")
            except ValueError:
                continue
            if first and isinstance(_numbers(first), list):
                return 0.8
        return 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures; one without a text file comes without shapes."""
        root = path if path.is_dir() else path.parent
        names = read_names(root)
        if not names:
            raise UnreadableLabels(
                "The names of the labels are missing.", "Add a data.yaml or a classes.txt."
            )
        index = PictureIndex(root, ("masks",))
        files = _by_picture(root, index, problems)
        for picture in index.all:
            file = files.get(picture)
            drawn = list(_drawn(file, picture, root, names, problems)) if file else []
            yield Found(source(picture, root), drawn)

    def label_order(self, path: Path) -> Sequence[str]:
        """The names, in the order of their numbers."""
        return read_names(path if path.is_dir() else path.parent)

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write `data.yaml` and one text file a picture."""
        written = Written(pictures="images")
        shapes = [shape for item in items for shape in item.shapes]
        tags = sum(shape.kind == "tag" for shape in shapes)
        holes = sum(len(s.geometry.rings) - 1 for s in shapes if isinstance(s.geometry, Polygon))
        outlines = any(shape.kind == "polygon" for shape in shapes)
        boxes = sum(shape.kind == "box" for shape in shapes) if outlines else 0
        numbers = {label.id: number for number, label in enumerate(schema.labels)}
        for item in items:
            size = (item.media.width, item.media.height)
            lines = [
                f"{numbers[shape.label]} {' '.join(map(repr, values))}\n"
                for shape in item.shapes
                if (values := _shares(shape.geometry, size, outlines))
            ]
            stem = str(PurePosixPath(item.media.name).with_suffix(""))
            written.files[f"labels/{stem}.txt"] = "".join(lines).encode()
        written.files["data.yaml"] = _yaml(schema, items).encode()
        if tags:
            written.lost.append(f"YOLO has no tags on pictures: {tags:,} were left out.")
        if holes:
            written.lost.append(f"YOLO has no holes in outlines: {holes:,} were left out.")
        if boxes:
            written.lost.append(
                f"YOLO does not mix boxes and outlines: {boxes:,} boxes became outlines."
            )
        if any(shape.attributes for shape in shapes):
            written.lost.append("YOLO has no attributes: they were left out.")
        return written


def _yaml(schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> str:
    firsts = {item.media.name.split("/")[0] for item in items if "/" in item.media.name}
    places = {
        split: f"images/{split}" if split in firsts else "images" for split in ("train", "val")
    }
    names = "".join(f"  {k}: {quoted(name)}\n" for k, name in enumerate(schema.names))
    test = "test: images/test\n" if "test" in firsts else ""
    return f"path: .\ntrain: {places['train']}\nval: {places['val']}\n{test}names:\n{names}"


def _label_files(root: Path) -> Iterator[Path]:
    for file in walk(root):
        if file.suffix.casefold() == ".txt" and file.name.casefold() not in _NOT_LABELS:
            yield file


def _by_picture(root: Path, index: PictureIndex, problems: list[Problem]) -> dict[Path, Path]:
    """Find the text file of each picture: in `labels` for `images`, or beside it."""
    files = {file.relative_to(root).as_posix(): file for file in _label_files(root)}
    found: dict[Path, Path] = {}
    for picture in index.all:
        place = PurePosixPath(relative(picture, root)).with_suffix(".txt")
        for wanted in _places(place):
            if wanted in files:
                found[picture] = files.pop(wanted)
                break
    for name, file in files.items():
        # What is left may be notes of a person: only files made of numbers are missed.
        try:
            first = next((line for line in lines_of(file) if line.strip()), "")
        except ValueError:
            continue
        if first and isinstance(_numbers(first), list):
            problems.append(Problem(path=name, reason="Its picture is not there."))
    return found


def _places(place: PurePosixPath) -> Iterator[str]:
    parts = list(place.parts)
    for number in reversed(range(len(parts) - 1)):
        if parts[number].casefold() == "images":
            for folder in ("labels", "Annotations", "annotations"):
                yield "/".join([*parts[:number], folder, *parts[number + 1 :]])
    yield str(place)
    yield str(place.parent / "labels" / place.name)
    for folder in ("sources", "pictures"):
        if place.parent.name == folder:
            yield str(place.parent.parent / "labels" / place.name)
    yield f"labels/{place.name}"


def _drawn(
    file: Path, picture: Path, root: Path, names: Sequence[str], problems: list[Problem]
) -> Iterator[Drawn]:
    where = relative(file, root)
    try:
        lines = lines_of(file)
        info = probe(picture.read_bytes()) if any(line.strip() for line in lines) else None
    except (ValueError, OSError) as error:
        problems.append(Problem(path=where, reason=f"It cannot be read: {error}."))
        return
    except UnreadableImage:
        return  # The picture itself will be reported.
    for number, line in enumerate(lines, 1):
        if not line.strip() or info is None:
            continue
        drawn = _line(line, names, (info.width, info.height))
        if isinstance(drawn, str):
            problems.append(Problem(path=f"{where}, line {number}", reason=f"{drawn}."))
        else:
            yield drawn


def _numbers(line: str) -> list[float] | str:
    try:
        values = [float(word) for word in line.split()]
    except ValueError:
        return "It is not made of numbers"
    if not all(map(math.isfinite, values)):
        return "A number is not finite"
    return values if len(values) >= 5 else f"It has only {len(values)} numbers"


def _line(line: str, names: Sequence[str], size: tuple[int, int]) -> Drawn | str:
    """Read one line; a sentence without its full stop says why it cannot be taken."""
    values = _numbers(line)
    if isinstance(values, str):
        return values
    if values[0] != int(values[0]) or not 0 <= values[0] < len(names):
        return f"There is no label number {values[0]:g}"
    label = names[int(values[0])]
    score = {"score": repr(values.pop())} if len(values) == 6 else {}
    shares = values[1:]
    if min(shares) < -_SLACK or max(shares) > 1 + _SLACK:
        return f"{label}: a number lies outside of 0 to 1"
    width, height = size
    if len(shares) == 4:
        cx, cy, w, h = shares
        edges = ((cx - w / 2) * width, (cy - h / 2) * height)
        return Drawn(label, Box(*edges, (cx + w / 2) * width, (cy + h / 2) * height), score)
    if len(shares) % 2 or len(shares) < 6:
        return f"{label}: {len(shares)} numbers are neither a box nor an outline"
    points = zip(shares[::2], shares[1::2], strict=True)
    return Drawn(label, Polygon((tuple((x * width, y * height) for x, y in points),)), score)


def _shares(geometry: object, size: tuple[int, int], outlines: bool) -> list[float]:
    """Return the numbers of a line after the label, inside 0..1; none for a tag."""
    width, height = size
    match geometry:
        case Box(x0, y0, x1, y1) if outlines:
            corners = ((x0, y0), (x1, y0), (x1, y1), (x0, y1))
            numbers = [n for x, y in corners for n in (x / width, y / height)]
        case Box(x0, y0, x1, y1):
            numbers = [
                (x0 + x1) / 2 / width,
                (y0 + y1) / 2 / height,
                (x1 - x0) / width,
                (y1 - y0) / height,
            ]
        case Polygon(rings):
            numbers = [n for x, y in rings[0] for n in (x / width, y / height)]
        case _:
            numbers = []
    return [min(max(number, 0.0), 1.0) for number in numbers]
