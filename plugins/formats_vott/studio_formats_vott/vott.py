"""VoTT: one JSON file for all pictures, or one file for each with the same inside.

A region may carry several labels; it becomes one shape for each, all in one group.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.files import walk
from studio.api.formats import (
    AnnotatedMedia,
    Box,
    Drawn,
    Found,
    Geometry,
    LabelSchema,
    MediaItem,
    Polygon,
    Polyline,
    Problem,
    Shape,
    UnreadableLabels,
    Written,
    bounds,
)
from studio.api.losses import Keeps
from studio.api.unchecked import (
    Named,
    beginnings,
    document,
    found,
    local_name,
    numbers,
    places,
    size,
    text,
)

_KINDS = frozenset({"box", "polygon", "polyline"})


class Vott:
    """VoTT's JSON, read and written."""

    name = "vott"
    title = "VoTT"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS)

    def recognises(self, path: Path) -> float:
        """Look for a JSON file of assets with regions."""
        starts = beginnings(path, ".json")
        return 0.93 if any(b'"asset' in one and b'"regions"' in one for one in starts) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no file names last."""
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no VoTT file here.", "Choose another format.")
        named: dict[str, Named] = {}
        for file, sheet in sheets:
            for key, entry in _assets(sheet):
                one = _named(file, entry, problems)
                if one is not None:
                    # The project and the files of single assets say the same twice.
                    named.setdefault(key or one.name, one)
        yield from found(path, named.values(), problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of the tags."""
        for _, sheet in _sheets(path, []):
            tags = sheet.get("tags")
            names = (
                [text(t.get("name")) for t in tags if isinstance(t, dict)]
                if isinstance(tags, list)
                else []
            )
            if names:
                return [name for name in dict.fromkeys(names) if name]
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one JSON file beside the pictures."""
        names = {label.id: label.name for label in schema.labels}
        assets = {}
        for item in items:
            asset = _asset(item.media)
            regions = [_region(shape, names[shape.label]) for shape in item.shapes]
            assets[asset["id"]] = {"asset": asset, "regions": regions, "version": "2.2.0"}
        sheet = {
            "name": "export",
            "version": "2.2.0",
            "tags": [{"name": label.name, "color": label.colour} for label in schema.labels],
            "assets": assets,
        }
        written = Written()
        written.files["vott-export.json"] = json.dumps(sheet, ensure_ascii=False).encode()
        return written


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, dict[str, object]]]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() not in (".json", ".vott"):
            continue
        try:
            sheet = document(file)
        except UnreadableLabels as error:
            problems.append(Problem(path=file.name, reason=error.what_happened))
            continue
        if isinstance(sheet, dict) and ("assets" in sheet or "asset" in sheet):
            yield file, sheet


def _assets(sheet: dict[str, object]) -> Iterator[tuple[str, object]]:
    if "asset" in sheet:
        asset = sheet["asset"]
        yield text(asset.get("id")) if isinstance(asset, dict) else "", sheet
        return
    assets = sheet["assets"]
    if isinstance(assets, dict):
        for key, entry in assets.items():
            # A project file lists its assets without their regions, which stand in files of theirs.
            if not isinstance(entry, dict) or "regions" in entry or "asset" in entry:
                yield text(key), entry


def _named(file: Path, entry: object, problems: list[Problem]) -> Named | None:
    asset = entry.get("asset") if isinstance(entry, dict) else None
    if not isinstance(entry, dict) or not isinstance(asset, dict):
        problems.append(Problem(path=file.name, reason="An asset speaks of no picture."))
        return None
    # The path is an address, or bare; the name alone may stand in several folders.
    name = local_name(text(asset.get("path")) or text(asset.get("name")))
    if "#t=" in name:
        reason = "It is a frame of a video, which is not taken."
        problems.append(Problem(path=name[:200], reason=reason))
        return None
    claimed = asset.get("size")
    sides = (claimed.get("width"), claimed.get("height")) if isinstance(claimed, dict) else (0, 0)
    drawn: list[Drawn] = []
    regions = entry.get("regions")
    for number, region in enumerate(regions if isinstance(regions, list) else [None], 1):
        shapes = _drawn(region)
        if isinstance(shapes, str):
            problems.append(Problem(path=name or file.name, reason=f"Region {number}: {shapes}."))
        else:
            drawn += shapes
    return Named(name, file, drawn, size(*sides))


def _drawn(region: object) -> list[Drawn] | str:
    if not isinstance(region, dict):
        return "it is not a region"
    tags = region.get("tags")
    labels = [text(tag) for tag in tags if text(tag)] if isinstance(tags, list) else []
    if not labels:
        return "it has no label"
    geometry = _geometry(region)
    if isinstance(geometry, str):
        return f"{labels[0]}: {geometry}"
    group = text(region.get("id")) if len(labels) > 1 else ""
    return [Drawn(label, geometry, group=group) for label in dict.fromkeys(labels)]


def _geometry(region: dict[str, object]) -> Geometry | str:
    points = places(region.get("points"))
    match text(region.get("type")).upper():
        case "POLYGON" if points and len(points) >= 3:
            return Polygon((points,))
        case "POLYLINE" if points and len(points) >= 2:
            return Polyline(points)
        case "RECTANGLE" | "SQUARE" | "":
            box = region.get("boundingBox")
            keys = ("left", "top", "width", "height")
            edges = numbers(*map(box.get, keys)) if isinstance(box, dict) else None
            if edges is not None:
                left, top, width, height = edges
                if width <= 0 or height <= 0:
                    return f"its box has no area ({width:g} × {height:g} px)"
                return Box(left, top, left + width, top + height)
            if points and len(points) >= 2:
                return bounds(Polyline(points)) or "it has no place"
            return "its box is missing or not made of numbers"
        case "POLYGON" | "POLYLINE":
            return "its points are missing or not made of numbers"
        case kind:
            return f"the studio knows no region “{kind[:50]}”"


def _asset(media: MediaItem) -> dict[str, object]:
    path = f"file:{media.name}".replace("%", "%25").replace("#", "%23").replace("?", "%3F")
    path = path.replace(" ", "%20")
    name = PurePosixPath(media.name).name
    return {
        "format": PurePosixPath(name).suffix.removeprefix("."),
        # VoTT names an asset by a digest of its path; nothing secret depends on it.
        "id": hashlib.md5(path.encode(), usedforsecurity=False).hexdigest(),
        "name": name,
        "path": path,
        "size": {"width": media.width, "height": media.height},
        "state": 2,
        "type": 1,
    }


def _region(shape: Shape, label: str) -> dict[str, object]:
    geometry = shape.geometry
    box = bounds(geometry) or Box(0, 0, 0, 0)
    match geometry:
        case Polygon(rings):
            kind, points = "POLYGON", rings[0]
        case Polyline(line):
            kind, points = "POLYLINE", line
        case _:
            corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
            kind, points = "RECTANGLE", corners
    return {
        "id": shape.id,
        "type": kind,
        "tags": [label],
        "boundingBox": {"left": box.x0, "top": box.y0, "width": box.width, "height": box.height},
        "points": [{"x": x, "y": y} for x, y in points],
    }
