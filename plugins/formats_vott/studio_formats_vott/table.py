"""VoTT's table: a CSV file of boxes by their corners in pixels."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import walk
from studio.api.formats import (
    AnnotatedMedia,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import Named, beginnings, found, local_name, numbers, table, text

_COLUMNS = ("image", "xmin", "ymin", "xmax", "ymax", "label")


class VottTable:
    """VoTT's CSV, read and written."""

    name = "vott_csv"
    title = "VoTT table"
    reads = True
    writes = True
    geometries = frozenset({"box"})
    keeps = Keeps(geometries=frozenset({"box"}))

    def recognises(self, path: Path) -> float:
        """Look for a table with the columns of VoTT."""
        heads = (start.partition(b"\n")[0].replace(b'"', b"") for start in beginnings(path, ".csv"))
        return 0.93 if any(b"image,xmin,ymin,xmax,ymax,label" in head for head in heads) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no row names last."""
        files = [path] if path.is_file() else list(walk(path))
        tables = [(f, table(f, _COLUMNS, problems)) for f in files if f.suffix.casefold() == ".csv"]
        known = [(file, rows) for file, rows in tables if rows is not None]
        if not known:
            raise UnreadableLabels("There is no VoTT table here.", "Choose another format.")
        yield from found(path, _named(known, problems), problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """The table has no order of labels."""
        del path
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one table beside the pictures."""
        names = {label.id: label.name for label in schema.labels}
        out = io.StringIO()
        writer = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for item in items:
            for shape in item.shapes:
                if isinstance(box := shape.geometry, Box):
                    edges = (float(box.x0), float(box.y0), float(box.x1), float(box.y1))
                    writer.writerow((item.media.name, *edges, names[shape.label]))
        return Written(files={"vott-export.csv": out.getvalue().encode()})


def _named(
    tables: list[tuple[Path, list[dict[str, str]]]], problems: list[Problem]
) -> Iterator[Named]:
    for file, rows in tables:
        for place, row in enumerate(rows, 2):
            edges = numbers(*(row[edge] for edge in _COLUMNS[1:5]))
            label = text(row["label"])
            if edges is None or not label or edges[0] >= edges[2] or edges[1] >= edges[3]:
                reason = f"Line {place}: its label or its box makes no sense."
                problems.append(Problem(path=file.name, reason=reason))
                continue
            box = Box.spanning((edges[0], edges[1]), (edges[2], edges[3]))
            yield Named(local_name(row["image"]), file, [Drawn(label, box)])
