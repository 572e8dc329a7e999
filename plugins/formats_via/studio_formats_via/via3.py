"""The VGG image annotator, version 3: pictures, views and metadata in one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from studio.api.files import walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeValue,
    Box,
    Circle,
    Drawn,
    Ellipse,
    Found,
    Geometry,
    LabelSchema,
    Points,
    Polygon,
    Polyline,
    Problem,
    Tag,
    UnreadableLabels,
    Written,
    bounds,
)
from studio.api.losses import Keeps
from studio.api.unchecked import Named, beginnings, document, found, local_name, numbers, text
from studio_formats_via.regions import LABEL
from studio_formats_via.via import lost

_KINDS = frozenset({"box", "circle", "polygon", "polyline", "points", "tag"})
_POINT, _RECT, _CIRCLE, _ELLIPSE, _LINE, _POLYLINE, _POLYGON, _EXTREME = range(1, 9)
_COUNTS = {_POINT: 2, _RECT: 4, _CIRCLE: 3, _ELLIPSE: 4, _LINE: 4, _EXTREME: 8}
_ON_REGION, _ON_PICTURE = "FILE1_Z0_XY1", "FILE1_Z0_XY0"


class Via3:
    """JSON of the VGG image annotator 3, read and written."""

    name = "via3"
    title = "VGG image annotator 3"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS)

    def recognises(self, path: Path) -> float:
        """Look for a project of version 3."""
        starts = beginnings(path, ".json")
        return 0.94 if any(b'"vid_list"' in one and b'"project"' in one for one in starts) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no file names last."""
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no file of VIA 3 here.", "Choose another format.")
        named = (one for file, sheet in sheets for one in _named(file, sheet, problems))
        yield from found(path, named, problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of the choices that the label has."""
        for _, sheet in _sheets(path, []):
            for attribute in _parts(sheet, "attribute").values():
                options = attribute.get("options")
                if text(attribute.get("aname")) == LABEL and isinstance(options, dict):
                    return [text(name) for name in options.values() if text(name)]
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one project beside the pictures."""
        ids = {label.id: str(number) for number, label in enumerate(schema.labels)}
        metadata: dict[str, object] = {}
        for number, item in enumerate(items, 1):
            for shape in item.shapes:
                tag = isinstance(shape.geometry, Tag)
                for xy in [[]] if tag else _written(shape.geometry):
                    metadata[f"{number}_{len(metadata):08d}"] = {
                        "vid": str(number), "flg": 0, "z": [], "xy": xy,
                        "av": {"2" if tag else "1": ids[shape.label]},
                    }  # fmt: skip
        project = _project(schema.names, [item.media.name for item in items], metadata)
        told = [one for one in lost(items) if "single" in one]
        text_ = json.dumps(project, ensure_ascii=False)
        return Written(files={"via3_project.json": text_.encode()}, lost=told)


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, dict[str, object]]]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() != ".json":
            continue
        try:
            sheet = document(file)
        except UnreadableLabels as error:
            problems.append(Problem(path=file.name, reason=error.what_happened))
            continue
        if isinstance(sheet, dict) and {"file", "view", "metadata"} <= sheet.keys():
            yield file, sheet


def _parts(sheet: dict[str, object], key: str) -> dict[str, dict[str, object]]:
    part = sheet.get(key)
    entries = part.items() if isinstance(part, dict) else ()
    return {text(name): entry for name, entry in entries if isinstance(entry, dict)}


def _named(file: Path, sheet: dict[str, object], problems: list[Problem]) -> Iterator[Named]:
    files, attributes = _parts(sheet, "file"), _parts(sheet, "attribute")
    drawn: dict[str, list[Drawn]] = {}
    listed = sheet["metadata"]
    for key, entry in listed.items() if isinstance(listed, dict) else ():
        one = _drawn(entry, attributes) if isinstance(entry, dict) else "it is no region"
        if isinstance(one, str):
            reason = f"Region {text(key)[:50]}: {one}."
            problems.append(Problem(path=file.name, reason=reason))
        else:
            drawn.setdefault(text(entry.get("vid")), []).append(one)
    for view, entry in _parts(sheet, "view").items():
        fids = entry.get("fid_list")
        shown = [files.get(text(fid)) for fid in fids] if isinstance(fids, list) else []
        if len(shown) != 1 or shown[0] is None:
            problems.append(Problem(path=file.name, reason=f"View {view[:50]} is no one picture."))
            continue
        yield Named(local_name(text(shown[0].get("fname"))), file, drawn.pop(view, []))
    orphans = sum(map(len, drawn.values()))
    if orphans:
        problems.append(Problem(path=file.name, reason=f"{orphans:,} shapes belong to no picture."))


def _drawn(entry: dict[str, object], attributes: Mapping[str, dict[str, object]]) -> Drawn | str:
    if entry.get("z"):
        return "it is a stretch of a video or sound, which is not taken"
    said: dict[str, AttributeValue] = {}
    values = entry.get("av")
    for key, value in values.items() if isinstance(values, dict) else ():
        attribute = attributes.get(text(key), {})
        options = attribute.get("options")
        chosen = options.get(text(value), value) if isinstance(options, dict) else value
        said[text(attribute.get("aname")) or text(key)] = text(chosen)
    label = str(said.pop(LABEL, "") or (said.pop(next(iter(said)), "") if said else ""))
    if not label:
        return "it has no label"
    geometry = _geometry(entry.get("xy"))
    return f"{label}: {geometry}" if isinstance(geometry, str) else Drawn(label, geometry, said)


def _geometry(xy: object) -> Geometry | str:
    if xy == []:
        return Tag()
    found_ = numbers(*xy) if isinstance(xy, list) else None
    if not found_:
        return "its place is missing or not made of numbers"
    code, values = int(found_[0]), found_[1:]
    if len(values) != _COUNTS.get(code, len(values)) or len(values) % 2 > (code == _CIRCLE):
        return "its place has a wrong number of values"
    points = tuple(zip(values[::2], values[1::2], strict=False))
    match code:
        case 1:
            return Points(points)
        case 2:
            return Box(values[0], values[1], values[0] + values[2], values[1] + values[3])
        case 3:
            return Circle(values[0], values[1], values[2])
        case 4:
            return Ellipse(values[0], values[1], values[2], values[3])
        case 5 | 6 if len(points) > 1:
            return Polyline(points)
        case 7 if len(points) > 2:
            return Polygon((points,))
        case 8:
            return bounds(Points(points)) or "it has no place"
    return "the studio knows no such region"


def _written(geometry: Geometry) -> list[list[float]]:
    match geometry:
        case Box() as box:
            return [[_RECT, box.x0, box.y0, box.width, box.height]]
        case Circle(cx, cy, radius):
            return [[_CIRCLE, cx, cy, radius]]
        case Polygon(rings):
            return [[_POLYGON, *(value for point in rings[0] for value in point)]]
        case Polyline(points):
            return [[_POLYLINE, *(value for point in points for value in point)]]
        case Points(points):
            return [[_POINT, x, y] for x, y in points]
        case _:
            return []


def _project(
    names: Sequence[str], pictures: Sequence[str], metadata: dict[str, object]
) -> dict[str, object]:
    options = {str(number): name for number, name in enumerate(names)}
    choice = {"aname": LABEL, "type": 4, "desc": "", "options": options, "default_option_id": ""}
    numbered = list(enumerate(pictures, 1))
    return {
        "project": {
            "pid": "__VIA_PROJECT_ID__",
            "rev": "__VIA_PROJECT_REV_ID__",
            "rev_timestamp": "__VIA_PROJECT_REV_TIMESTAMP__",
            "pname": "export",
            "creator": "VGG Image Annotator (http://www.robots.ox.ac.uk/~vgg/software/via)",
            "created": 0,
            "vid_list": [str(number) for number, _ in numbered],
        },
        "config": {
            "file": {"loc_prefix": {"1": "", "2": "", "3": "", "4": ""}},
            "ui": {"file_content_align": "center"},
        },
        "attribute": {
            "1": choice | {"anchor_id": _ON_REGION},
            "2": choice | {"anchor_id": _ON_PICTURE},
        },
        "file": {
            str(number): {"fid": number, "fname": name, "type": 2, "loc": 3, "src": name}
            for number, name in numbered
        },
        "metadata": metadata,
        "view": {str(number): {"fid_list": [number]} for number, _ in numbered},
    }
