"""Datumaro: one JSON file a share of the pictures, in `annotations`, pictures in `images`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from studio.api.files import PictureIndex, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Box,
    Drawn,
    Ellipse,
    Found,
    Geometry,
    LabelSchema,
    Points,
    Polygon,
    Polyline,
    Problem,
    Shape,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import document, numbers, plain, size, text

_Entry: TypeAlias = dict[str, Any]
_KINDS = frozenset({"box", "polygon", "polyline", "points", "tag"})
_TYPES = {"tag": "label", "box": "bbox"}
"""Words for kinds of geometry where they differ from ours."""


class Datumaro:
    """Datumaro JSON, read and written."""

    name = "datumaro"
    title = "Datumaro"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="any", groups=True)

    def recognises(self, path: Path) -> float:
        """Look for a JSON file that speaks of items and categories."""
        for file in _files(path)[:5]:
            with file.open("rb") as opened:
                start = opened.read(1 << 16)
            if b'"categories"' in start and (b'"items"' in start or b'"dm_format' in start):
                return 0.92 if b'"images"' not in start else 0.0
        return 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures of all files; pictures that none names come last."""
        root = path if path.is_dir() else path.parent.parent
        index = PictureIndex(root, ("masks",))
        drawn: dict[Path, list[Drawn]] = {}
        sizes: dict[Path, tuple[int, int] | None] = {}
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no Datumaro file here.", "Choose another format.")
        for file, sheet in sheets:
            names, where = _names(sheet), relative(file, root)
            for item in _entries(sheet, "items"):
                image = item.get("image")
                facts: _Entry = image if isinstance(image, dict) else {}
                name = text(facts.get("path")) or text(item.get("id"))
                picture = index.find(name, file) if name else None
                if picture is None:
                    reason = f"Its picture “{name[:200]}” is not there."
                    problems.append(Problem(path=where, reason=reason))
                    continue
                shapes = drawn.setdefault(picture, [])
                shapes += _shapes(item, names, f"{where}, {name}", problems)
                extent = facts.get("size")
                pair = extent if isinstance(extent, list) and len(extent) == 2 else (0, 0)
                sizes.setdefault(picture, size(pair[1], pair[0]))
        for picture in index.all:
            if picture in drawn or path.is_dir():
                yield Found(source(picture, root), drawn.get(picture, []), size=sizes.get(picture))

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of the categories."""
        names = (name for _, sheet in _sheets(path, []) for name in _names(sheet))
        return [name for name in dict.fromkeys(names) if name]

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one file for all pictures."""
        numbers_ = {label.id: number for number, label in enumerate(schema.labels)}
        labels = []
        for label in schema.labels:
            above = schema.get(label.parent) if label.parent is not None else None
            parent = above.name if above else ""
            attributes = [spec.name for spec in label.attributes]
            labels.append({"name": label.name, "parent": parent, "attributes": attributes})
        sheet = {
            "info": {},
            "categories": {"label": {"labels": labels, "attributes": []}},
            "items": [_item(item, numbers_) for item in items],
        }
        data = json.dumps(sheet, ensure_ascii=False, allow_nan=False).encode()
        return Written({"annotations/default.json": data}, pictures="images/default")


def _item(item: AnnotatedMedia, labels: dict[Any, int]) -> _Entry:
    groups: dict[str, int] = {}
    annotations = []
    for number, shape in enumerate(item.shapes):
        group = groups.setdefault(shape.group, _group(shape, groups)) if shape.group else 0
        entry: _Entry = {
            "id": number,
            "type": _TYPES.get(shape.kind, shape.kind),
            "label_id": labels[shape.label],
            "group": group,
            "attributes": dict(shape.attributes),
            "z_order": number,
        }
        match shape.geometry:
            case Box(x0, y0, x1, y1):
                entry["bbox"] = [x0, y0, x1 - x0, y1 - y0]
            case Polygon(rings):
                entry["points"] = [n for point in rings[0] for n in point]
            case Polyline(points):
                entry["points"] = [n for point in points for n in point]
            case Points(points):
                entry["points"] = [n for point in points for n in point]
                entry["visibility"] = [2] * len(points)
        annotations.append(entry)
    media = item.media
    return {
        "id": str(PurePosixPath(media.name).with_suffix("")),
        "annotations": annotations,
        "attr": {},
        "image": {"path": media.name, "size": [media.height, media.width]},
    }


def _group(shape: Shape, groups: dict[str, int]) -> int:
    """Return the number a group gets: its own name where that is a number still free."""
    free = max(groups.values(), default=0) + 1
    own = int(shape.group) if shape.group.isdecimal() and len(shape.group) < 10 else 0
    return own if own and own not in groups.values() else free


def _files(path: Path) -> list[Path]:
    files = [path] if path.is_file() else list(walk(path))
    return [file for file in files if file.suffix.casefold() == ".json"]


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, _Entry]]:
    for file in _files(path):
        try:
            found = document(file)
        except UnreadableLabels as error:
            problems.append(Problem(path=file.name, reason=error.what_happened))
            continue
        if isinstance(found, dict) and isinstance(found.get("items"), list):
            yield file, found


def _entries(above: _Entry, key: str) -> list[_Entry]:
    found = above.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _names(sheet: _Entry) -> list[str]:
    categories = sheet.get("categories")
    label = categories.get("label") if isinstance(categories, dict) else None
    return (
        [text(e.get("name")) for e in _entries(label, "labels")] if isinstance(label, dict) else []
    )


def _shapes(
    item: _Entry, names: Sequence[str], where: str, problems: list[Problem]
) -> Iterator[Drawn]:
    for number, entry in enumerate(_entries(item, "annotations")):
        at = entry.get("label_id")
        known = isinstance(at, int) and not isinstance(at, bool) and 0 <= at < len(names)
        label = names[at] if known and isinstance(at, int) else ""
        geometry = _geometry(entry) if label else "its label is not in the file"
        if isinstance(geometry, str):
            reason = f"{label or 'A shape'}: {geometry}."
            problems.append(Problem(path=f"{where}, shape {number + 1}", reason=reason))
            continue
        group = text(entry.get("group"))
        yield Drawn(label, geometry, plain(entry.get("attributes")), "" if group == "0" else group)


def _geometry(entry: _Entry) -> Geometry | str:
    type_ = text(entry.get("type"))
    if type_ == "label":
        return Tag()
    values = entry.get("bbox" if type_ == "bbox" else "points")
    flat = numbers(*values) if isinstance(values, list) else None
    if type_ not in ("bbox", "polygon", "polyline", "points", "ellipse"):
        return f"“{type_[:40]}” is not read"
    if flat is None or not flat or len(flat) % 2:
        return "it is not made of pairs of numbers"
    if type_ in ("bbox", "ellipse"):
        if len(flat) != 4:
            return "it is not made of four numbers"
        a, b, c, d = flat
        if type_ == "bbox":
            return Box(a, b, a + c, b + d)
        return Ellipse((a + c) / 2, (b + d) / 2, abs(c - a) / 2, abs(d - b) / 2)
    points = tuple(zip(flat[::2], flat[1::2], strict=True))
    if type_ == "polygon":
        return Polygon((points,))
    return Polyline(points) if type_ == "polyline" else Points(points)
