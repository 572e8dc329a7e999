"""The VGG image annotator's table: a CSV file with JSON in its cells."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import walk
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
from studio.api.losses import Keeps
from studio.api.unchecked import Named, beginnings, found, local_name, table
from studio_formats_via.regions import attributes_of, drawn_of, forms_of, tags_of
from studio_formats_via.via import KINDS, lost

_COLUMNS = (
    "filename", "file_size", "file_attributes", "region_count", "region_id",
    "region_shape_attributes", "region_attributes",
)  # fmt: skip
_NEEDED = ("filename", "region_shape_attributes", "region_attributes")


class ViaTable:
    """CSV of the VGG image annotator 1 and 2, read and written."""

    name = "via_csv"
    title = "VGG image annotator, table"
    reads = True
    writes = True
    geometries = KINDS
    keeps = Keeps(geometries=KINDS, attributes="any")

    def recognises(self, path: Path) -> float:
        """Look for a table with the columns of VIA."""
        heads = (start.partition(b"\n")[0] for start in beginnings(path, ".csv"))
        return 0.93 if any(b"region_shape_attributes" in head for head in heads) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no row names last."""
        files = [path] if path.is_file() else list(walk(path))
        read = [(f, _rows(f, problems)) for f in files if f.suffix.casefold() == ".csv"]
        known = [(file, rows) for file, rows in read if rows is not None]
        if not known:
            raise UnreadableLabels("There is no VIA table here.", "Choose another format.")
        yield from found(path, _named(known, problems), problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """The table has no order of labels."""
        del path
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one table beside the pictures."""
        names = {label.id: label.name for label in schema.labels}
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        for item in items:
            tags = {names[s.label]: True for s in item.shapes if isinstance(s.geometry, Tag)}
            rows = [
                (form, attributes_of(s, names[s.label]))
                for s in item.shapes
                for form in forms_of(s)
            ]
            start = item.media.name, -1, _json({"labels": tags} if tags else {}), len(rows)
            for number, (form, attributes) in enumerate(rows):
                writer.writerow((*start, number, _json(form), _json(attributes)))
            if not rows:
                writer.writerow((*start, 0, "{}", "{}"))
        return Written(files={"via_annotations.csv": out.getvalue().encode()}, lost=lost(items))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _rows(file: Path, problems: list[Problem]) -> list[dict[str, str]] | None:
    # Version 1 marks its row of titles as a comment.
    rows = table(file, (*_NEEDED, "file_attributes"), problems)
    if rows is not None:
        return rows
    marked = table(file, ("#filename", *_NEEDED[1:], "file_attributes"), problems)
    return [row | {"filename": row["#filename"]} for row in marked] if marked is not None else None


def _named(
    tables: list[tuple[Path, list[dict[str, str]]]], problems: list[Problem]
) -> Iterator[Named]:
    for file, rows in tables:
        seen: set[str] = set()
        for place, row in enumerate(rows, 2):
            name = local_name(row["filename"])
            try:
                cells = [json.loads(row[c] or "{}") for c in (*_NEEDED[1:], "file_attributes")]
            except (ValueError, RecursionError):
                problems.append(Problem(path=file.name, reason=f"Line {place}: it holds no JSON."))
                continue
            # What is said of the picture stands in every row of it.
            drawn = list(tags_of(cells[2])) if name not in seen else []
            seen.add(name)
            if cells[0] != {}:
                one = drawn_of(cells[0], cells[1])
                if isinstance(one, Drawn):
                    drawn.append(one)
                else:
                    problems.append(Problem(path=file.name, reason=f"Line {place}: {one}."))
            yield Named(name, file, drawn)
