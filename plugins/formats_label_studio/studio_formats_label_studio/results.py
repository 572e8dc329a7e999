"""Results of a Label Studio annotation, read and written.

Places are in hundredths of the picture's width and height; a box turns about its top left corner.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from studio.api.formats import (
    AttributeValue,
    Box,
    Drawn,
    Ellipse,
    Geometry,
    Mask,
    MediaItem,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Shape,
    Tag,
)
from studio.api.unchecked import numbers, places, plain, score, size, text
from studio_formats_label_studio.brush import brush_of, mask_from_brush

Entry = dict[str, object]
_SHAPES = ("rectangle", "ellipse", "polygon", "keypoint", "brush")


def drawn_of(results: list[object], told: list[str]) -> Iterator[Drawn]:
    """Read all results of one annotation; results of one id speak of one region.

    Parameters
    ----------
    results : list
        As in the JSON file.
    told : list of str
        Grows by sentences about what was left out.
    """
    regions: dict[str, list[Entry]] = {}
    relations = 0
    for place, entry in enumerate(results, 1):
        if not isinstance(entry, dict):
            told.append(f"Result {place}: it is no result")
        elif entry.get("type") == "relation":
            relations += 1
        else:
            regions.setdefault(text(entry.get("id")) or f"#{place}", []).append(entry)
    if relations:
        told.append(f"Relations between regions are left out: {relations:,}")
    for name, entries in regions.items():
        shape = next((one for one in entries if _kind(one) in _SHAPES), None)
        if shape is None:
            yield from _tags(entries, told)
            continue
        geometry = _geometry(shape)
        labels = [label for one in entries for label in _labels(one)]
        if isinstance(geometry, str) or not labels:
            told.append(f"Region {name[:50]}: {geometry if labels else 'it has no label'}")
            continue
        said = _attributes(entries)
        group = name if len(set(labels)) > 1 else ""
        for label in dict.fromkeys(labels):
            yield Drawn(label, geometry, dict(said), group, score(shape.get("score")))


def _kind(entry: Entry) -> str:
    return text(entry.get("type")).removesuffix("labels")


def _value(entry: Entry) -> Entry:
    value = entry.get("value")
    return value if isinstance(value, dict) else {}


def _labels(entry: Entry) -> list[str]:
    kind = text(entry.get("type"))
    names = _value(entry).get(kind) if kind.endswith("labels") else None
    return [text(name) for name in names if text(name)] if isinstance(names, list) else []


def _tags(entries: list[Entry], told: list[str]) -> Iterator[Drawn]:
    for entry in entries:
        chosen = _value(entry).get("choices")
        if entry.get("type") == "choices" and isinstance(chosen, list):
            yield from (Drawn(text(name), Tag()) for name in chosen if text(name))
        else:
            told.append(f"A result of the kind “{text(entry.get('type'))[:50]}” is left out")


def _attributes(entries: list[Entry]) -> dict[str, AttributeValue]:
    said: dict[str, AttributeValue] = {}
    for entry in entries:
        meta = entry.get("meta")
        if isinstance(meta, dict):
            said |= plain(meta.get("attributes"))
            words = meta.get("text")
            if isinstance(words, list) and words:
                said["description"] = " ".join(map(text, words))
        kind, value = text(entry.get("type")), _value(entry)
        key = {"textarea": "text"}.get(kind, kind)
        if kind in ("choices", "textarea", "number", "rating", "datetime"):
            given = value.get(key)
            one = ", ".join(map(text, given)) if isinstance(given, list) else given
            said |= plain({text(entry.get("from_name")) or kind: one})
    return said


def _geometry(entry: Entry) -> Geometry | str:
    sides = size(entry.get("original_width"), entry.get("original_height"))
    if sides is None:
        return "it does not say how large its picture is"
    value, kind = _value(entry), _kind(entry)
    if kind == "brush":
        return mask_from_brush(value.get("rle"), *sides)
    if kind == "polygon":
        points = places(value.get("points"))
        if points is None or len(points) < 2:
            return "its points are missing or not made of numbers"
        ring = tuple((x * sides[0] / 100, y * sides[1] / 100) for x, y in points)
        if value.get("closed") is False:
            return Polyline(ring)
        return Polygon((ring,)) if len(ring) > 2 else "a polygon has at least three points"
    keys = {"rectangle": ("width", "height"), "ellipse": ("radiusX", "radiusY")}.get(kind, ())
    found = numbers(*(value.get(key) for key in ("x", "y", *keys)))
    turn = numbers(value.get("rotation", 0))
    if found is None or turn is None:
        return f"its {kind} is missing or not made of numbers"
    return _placed(kind, [n * sides[at % 2] / 100 for at, n in enumerate(found)], turn[0])


def _placed(kind: str, found: list[float], turn: float) -> Geometry | str:
    x, y, *extent = found
    if kind == "keypoint":
        return Points(((x, y),))
    width, height = extent
    if kind == "ellipse":
        within = width > 0 and height > 0
        return Ellipse(x, y, width, height, turn) if within else f"its {kind} has no area"
    if width == 0 or height == 0:
        return "its rectangle has no area"
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    if turn % 360 == 0:
        # Dragging from the right or from below gives sides that are less than nothing.
        return Box.spanning((x, y), (x + width, y + height))
    cx, cy = x + (width * cos - height * sin) / 2, y + (width * sin + height * cos) / 2
    return RotatedBox(cx, cy, abs(width), abs(height), turn)


def results_of(shape: Shape, label: str, media: MediaItem) -> list[Entry]:
    """Write one shape; several places become one key point each.

    Parameters
    ----------
    shape : Shape
        Of a kind that Label Studio has.
    label : str
        Name of its label.
    media : MediaItem
        Its picture.
    """
    common: Entry = {
        "to_name": "image",
        "original_width": media.width,
        "original_height": media.height,
        "image_rotation": 0,
    }
    if isinstance(shape.geometry, Tag):
        value: Entry = {"choices": [label]}
        return [common | {"id": shape.id, "from_name": "tag", "type": "choices", "value": value}]
    results = []
    for number, (kind, value) in enumerate(_values(shape.geometry, media)):
        entry = common | {
            "id": f"{shape.id}-{number}" if number else shape.id,
            "from_name": kind,
            "type": f"{kind}labels",
            "value": value | {f"{kind}labels": [label]},
        }
        if shape.attributes:
            entry["meta"] = {"attributes": shape.attributes}
        if shape.score is not None:
            entry["score"] = shape.score
        results.append(entry)
    return results


def _values(geometry: Geometry, media: MediaItem) -> Iterator[tuple[str, Entry]]:
    across, down = 100 / media.width, 100 / media.height
    match geometry:
        case Box() as box:
            yield "rectangle", {
                "x": box.x0 * across, "y": box.y0 * down, "width": box.width * across,
                "height": box.height * down, "rotation": 0,
            }  # fmt: skip
        case RotatedBox(_, _, width, height, angle):
            x, y = geometry.corners[0]
            yield "rectangle", {
                "x": x * across, "y": y * down, "width": width * across,
                "height": height * down, "rotation": angle % 360,
            }  # fmt: skip
        case Ellipse(cx, cy, rx, ry, angle):
            yield "ellipse", {
                "x": cx * across, "y": cy * down, "radiusX": rx * across, "radiusY": ry * down,
                "rotation": angle,
            }  # fmt: skip
        case Polygon(rings):
            yield (
                "polygon",
                {"points": [[x * across, y * down] for x, y in rings[0]], "closed": True},
            )
        case Polyline(points):
            yield (
                "polygon",
                {"points": [[x * across, y * down] for x, y in points], "closed": False},
            )
        case Points(points):
            for x, y in points:
                yield "keypoint", {"x": x * across, "y": y * down, "width": 0.5}
        case Mask():
            yield "brush", {"format": "rle", "rle": brush_of(geometry, media.width, media.height)}
