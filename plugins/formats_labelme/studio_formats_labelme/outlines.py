"""One shape of a LabelMe file, read and written."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Mapping

from PIL import Image

from studio.api.formats import (
    AttributeValue,
    Box,
    Circle,
    Cuboid,
    Drawn,
    Geometry,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Shape,
    pixels_of,
)
from studio.api.unchecked import answer, mask_from_png, places, plain, score, text, turned_box

Place = tuple[float, float]


def drawn_of(entry: dict[str, object]) -> Drawn | str:
    """Read one shape; returns why not where it makes no sense."""
    label = text(entry.get("label"))
    if not label:
        return "it has no label"
    kind = text(entry.get("shape_type")) or "polygon"
    points = places(entry.get("points"))
    if points is None:
        return f"{label}: its points are missing or not made of numbers"
    geometry = _geometry(kind, points, entry)
    if isinstance(geometry, str):
        return f"{label}: {geometry}"
    group = entry.get("group_id")
    named = text(entry.get("group")) or ("" if group is None else text(group))
    return Drawn(label, geometry, _attributes(entry), named, score(entry.get("score")))


def _attributes(entry: dict[str, object]) -> dict[str, AttributeValue]:
    flags = plain(entry.get("flags"))
    said: dict[str, AttributeValue] = {n: v for n, v in flags.items() if isinstance(v, bool)}
    said |= plain(entry.get("attributes"))
    description = answer(entry.get("description"))
    if isinstance(description, str) and description:
        said["description"] = description
    if entry.get("difficult") is True:
        said["difficult"] = True
    return said


def _geometry(kind: str, points: tuple[Place, ...], entry: dict[str, object]) -> Geometry | str:
    count = len(points)
    match kind:
        case "polygon" if count >= 3:
            closed = count > 3 and points[0] == points[-1]
            return Polygon((points[:-1] if closed else points,))
        case "rectangle" if count == 2:
            return Box.spanning(points[0], points[1])
        case "rectangle" | "rotation" | "oriented_rectangle" if count == 4:
            return _rectangle(kind, points)
        case "circle" if count == 2:
            return Circle(*points[0], math.dist(points[0], points[1]))
        case "line" | "linestrip" if count >= 2:
            return Polyline(points)
        case "point" | "points" if count >= 1:
            return Points(points)
        case "cuboid" if count == 8:
            return Cuboid(points[:4], points[4:])
        case "mask" if count >= 1:
            return mask_from_png(entry.get("mask") or "", int(points[0][0]), int(points[0][1]))
    known = ("polygon", "rectangle", "rotation", "oriented_rectangle", "circle", "line",
             "linestrip", "point", "points", "cuboid", "mask")  # fmt: skip
    if kind not in known:
        return f"the studio knows no shape “{kind[:50]}”"
    return f"a {kind} is not made of {count:,} points"


def _rectangle(kind: str, points: tuple[Place, ...]) -> Geometry | str:
    """Return a box from four corners: upright where it is named a rectangle and is upright."""
    xs, ys = {x for x, _ in points}, {y for _, y in points}
    if kind == "rectangle" and len(xs) == 2 and len(ys) == 2:
        return Box(min(xs), min(ys), max(xs), max(ys))
    return turned_box(points) or Polygon((points,))


def entry_of(shape: Shape, label: str, groups: Mapping[str, int]) -> dict[str, object]:
    """Write one shape.

    Parameters
    ----------
    shape : Shape
        Of a kind that LabelMe has.
    label : str
        Name of its label.
    groups : mapping of str to int
        Numbers of the groups on the picture.
    """
    attributes = dict(shape.attributes)
    description = attributes.get("description")
    entry: dict[str, object] = {"label": label, "score": shape.score}
    entry |= _written(shape.geometry)
    entry["group_id"] = groups.get(shape.group)
    if shape.group:
        entry["group"] = shape.group
    entry["description"] = attributes.pop("description") if isinstance(description, str) else ""
    entry["difficult"] = attributes.get("difficult") is True
    if entry["difficult"]:
        del attributes["difficult"]
    entry["flags"] = {n: value for n, value in attributes.items() if isinstance(value, bool)}
    rest = {n: value for n, value in attributes.items() if not isinstance(value, bool)}
    return entry | {"attributes": rest}


def _written(geometry: Geometry) -> dict[str, object]:
    match geometry:
        case Box(x0, y0, x1, y1):
            return {"shape_type": "rectangle", "points": [[x0, y0], [x1, y1]]}
        case RotatedBox():
            turn = math.radians(geometry.angle % 360)
            corners = [list(point) for point in geometry.corners]
            return {"shape_type": "rotation", "points": corners, "direction": turn}
        case Polygon(rings):
            return {"shape_type": "polygon", "points": [list(point) for point in rings[0]]}
        case Circle(cx, cy, radius):
            return {"shape_type": "circle", "points": [[cx, cy], [cx + radius, cy]]}
        case Polyline(points):
            kind = "line" if len(points) == 2 else "linestrip"
            return {"shape_type": kind, "points": [list(point) for point in points]}
        case Points(points):
            kind = "point" if len(points) == 1 else "points"
            return {"shape_type": kind, "points": [list(point) for point in points]}
        case Cuboid(front, back):
            return {"shape_type": "cuboid", "points": [list(point) for point in front + back]}
        case Mask(left, top, width, height):
            corners = [[left, top], [left + width - 1, top + height - 1]]
            return {"shape_type": "mask", "points": corners, "mask": _png(geometry)}
        case _:
            raise AssertionError(f"LabelMe has no {geometry.kind}")


def _png(mask: Mask) -> str:
    out = io.BytesIO()
    Image.fromarray(pixels_of(mask)).save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()
