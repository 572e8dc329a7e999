"""Open Images: a CSV table of boxes in shares of the picture, another of labels of whole pictures.

Labels are codes, which a third table explains.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.files import PictureIndex, walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeValue,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    Shape,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.images import probe
from studio.api.losses import Keeps
from studio.api.unchecked import Named, beginnings, found, numbers, score, table, text
from studio.errors import UnreadableImage

_EDGES = ("XMin", "XMax", "YMin", "YMax")
_FLAGS = ("IsOccluded", "IsTruncated", "IsGroupOf", "IsDepiction", "IsInside")
_BOXES = ("ImageID", "LabelName", *_EDGES)
_TAGS = ("ImageID", "LabelName", "Confidence")
_KINDS = frozenset({"box", "tag"})
Row = dict[str, str]


class OpenImages:
    """Open Images, read and written."""

    name = "open_images"
    title = "Open Images"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="known", known=frozenset(_FLAGS))

    def recognises(self, path: Path) -> float:
        """Look for a table with the columns of Open Images."""
        heads = (start.partition(b"\n")[0] for start in beginnings(path, ".csv"))
        return 0.93 if any(b"ImageID" in head and b"LabelName" in head for head in heads) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no row names last."""
        root = path if path.is_dir() else path.parent
        tables = list(_tables(path, problems))
        if not tables:
            raise UnreadableLabels("There is no Open Images table here.", "Choose another format.")
        index = PictureIndex(root)
        names = _descriptions(root)
        yield from found(path, _named(tables, names, index, problems), problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order in which the codes are explained."""
        root = path if path.is_dir() else path.parent
        return list(dict.fromkeys(_descriptions(root).values()))

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write the tables of boxes, of labels of pictures, and of what the codes mean."""
        codes = {label.id: f"/l/{number:05d}" for number, label in enumerate(schema.labels)}
        boxes, tags, names = io.StringIO(), io.StringIO(), io.StringIO()
        box_rows = csv.writer(boxes, lineterminator="\n")
        tag_rows = csv.writer(tags, lineterminator="\n")
        box_rows.writerow(("ImageID", "Source", "LabelName", "Confidence", *_EDGES, *_FLAGS))
        tag_rows.writerow(("ImageID", "Source", "LabelName", "Confidence"))
        for item in items:
            name = item.media.name
            id_ = name if "/" in name else PurePosixPath(name).stem
            for shape in item.shapes:
                sure = 1 if shape.score is None else shape.score
                start = (id_, "verification", codes[shape.label], sure)
                if isinstance(box := shape.geometry, Box):
                    width, height = item.media.width, item.media.height
                    across = (box.x0 / width, box.x1 / width)
                    box_rows.writerow(
                        (*start, *across, box.y0 / height, box.y1 / height, *_flags(shape))
                    )
                else:
                    tag_rows.writerow(start)
        csv.writer(names, lineterminator="\n").writerows(
            (codes[label.id], label.name) for label in schema.labels
        )
        written = Written(pictures="images")
        written.files["annotations-bbox.csv"] = boxes.getvalue().encode()
        written.files["annotations-labels.csv"] = tags.getvalue().encode()
        written.files["class-descriptions.csv"] = names.getvalue().encode()
        return written


def _flags(shape: Shape) -> Iterator[int]:
    """Write yes and no; -1 says that nobody knows."""
    for flag in _FLAGS:
        value = shape.attributes.get(flag)
        yield int(value) if isinstance(value, bool) else -1


def _tables(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, list[Row]]]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() != ".csv":
            continue
        for columns in ((*_BOXES, *_FLAGS, "Confidence"), (*_BOXES, "Confidence"), _BOXES, _TAGS):
            rows = table(file, columns, problems)
            if rows is not None:
                yield file, rows
                break


def _descriptions(root: Path) -> dict[str, str]:
    """Read what the codes mean; the first table that says so counts."""
    said: dict[str, str] = {}
    for file in walk(root):
        if file.suffix.casefold() == ".csv" and "class-descriptions" in file.name:
            try:
                lines = csv.reader(io.StringIO(file.read_bytes().decode("utf-8-sig", "replace")))
                for line in lines:
                    if len(line) > 1 and line[0].strip() != "LabelName" and text(line[1]):
                        said.setdefault(line[0].strip(), text(line[1]))
            except (OSError, csv.Error):
                continue
    return said


def _named(
    tables: list[tuple[Path, list[Row]]],
    names: dict[str, str],
    index: PictureIndex,
    problems: list[Problem],
) -> Iterator[Named]:
    sizes: dict[Path, tuple[int, int] | None] = {}
    for file, rows in tables:
        for place, row in enumerate(rows, 2):
            label = names.get(row["LabelName"].strip(), text(row["LabelName"]))
            picture = index.find(row["ImageID"], file) if row["ImageID"].strip() else None
            if picture is not None and picture not in sizes:
                sizes[picture] = _size(picture)
            one = _drawn(row, label, sizes.get(picture) if picture is not None else (1, 1))
            if isinstance(one, str):
                problems.append(Problem(path=file.name, reason=f"Line {place}: {one}."))
            else:
                yield Named(row["ImageID"], file, [one] if one is not None else [])


def _size(picture: Path) -> tuple[int, int] | None:
    try:
        info = probe(picture.read_bytes())
    except (OSError, UnreadableImage):
        return None
    return info.width, info.height


def _drawn(row: Row, label: str, size: tuple[int, int] | None) -> Drawn | str | None:
    if not label or size is None:
        return "it has no label" if size is not None else "its picture is unreadable"
    sure = numbers(row.get("Confidence") or "1")
    if "XMin" not in row:
        # A picture that was looked at, and on which the thing is not.
        return Drawn(label, Tag()) if sure is None or sure[0] > 0 else None
    edges = numbers(*(row[edge] for edge in _EDGES))
    if edges is None or edges[0] >= edges[1] or edges[2] >= edges[3]:
        return f"{label}: its box makes no sense"
    width, height = size
    box = Box(edges[0] * width, edges[2] * height, edges[1] * width, edges[3] * height)
    said: dict[str, AttributeValue] = {
        flag: row[flag].strip() == "1" for flag in _FLAGS if row.get(flag, "").strip() in ("0", "1")
    }
    between = sure is not None and 0 < sure[0] < 1
    return Drawn(label, box, said, score=score(sure[0]) if sure is not None and between else None)
