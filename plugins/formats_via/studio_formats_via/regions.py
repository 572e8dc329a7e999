"""Regions of the VGG image annotator, versions 1 and 2: read and written."""

from __future__ import annotations

import math
from collections.abc import Iterator

from studio.api.formats import (
    AttributeValue,
    Box,
    Circle,
    Drawn,
    Ellipse,
    Geometry,
    Points,
    Polygon,
    Polyline,
    Shape,
    Tag,
)
from studio.api.unchecked import numbers, plain, text

LABEL = "label"
_NAMES = (LABEL, "class", "name", "category", "object", "type")
"""Attributes that hold the label, the likeliest first."""


def drawn_of(form: object, attributes: object) -> Drawn | str:
    """Read one region; returns why not where it makes no sense.

    Parameters
    ----------
    form : object
        `shape_attributes`.
    attributes : object
        `region_attributes`.
    """
    if not isinstance(form, dict):
        return "it has no shape"
    geometry = _geometry(form)
    said = _said(attributes)
    key = next((key for name in _NAMES for key in said if key.casefold() == name), "")
    if not key and said:
        key = next((name for name, value in said.items() if isinstance(value, str)), "")
    label = text(said.pop(key, ""))
    if isinstance(geometry, str):
        return f"{label}: {geometry}" if label else geometry
    return Drawn(label, geometry, said) if label else "it has no label"


def tags_of(attributes: object) -> Iterator[Drawn]:
    """Read what is ticked of a whole picture."""
    for choices in attributes.values() if isinstance(attributes, dict) else ():
        for name, ticked in choices.items() if isinstance(choices, dict) else ():
            if ticked is True and text(name):
                yield Drawn(text(name), Tag())


def _said(attributes: object) -> dict[str, AttributeValue]:
    """Return attributes; of ticks the names of those set."""
    if not isinstance(attributes, dict):
        return {}
    ticked = {
        name: ", ".join(text(one) for one, is_set in value.items() if is_set is True)
        for name, value in attributes.items()
        if isinstance(value, dict)
    }
    return plain(attributes | ticked)


def _geometry(form: dict[str, object]) -> Geometry | str:
    kind = text(form.get("name"))
    keys = {
        "rect": ("x", "y", "width", "height"), "circle": ("cx", "cy", "r"),
        "ellipse": ("cx", "cy", "rx", "ry"), "point": ("cx", "cy"),
    }.get(kind)  # fmt: skip
    if keys is not None:
        found = numbers(*map(form.get, keys))
        turn = numbers(form.get("theta", 0.0))
        if found is None or turn is None:
            return f"its {kind} is not made of numbers"
        return _round_or_box(kind, found, turn[0])
    if kind not in ("polygon", "polyline"):
        return f"the studio knows no region “{kind[:50]}”"
    xs, ys = form.get("all_points_x"), form.get("all_points_y")
    if not isinstance(xs, list) or not isinstance(ys, list) or len(xs) != len(ys):
        return f"the points of its {kind} are missing"
    across, down = numbers(*xs), numbers(*ys)
    if across is None or down is None:
        return f"its {kind} is not made of numbers"
    points = tuple(zip(across, down, strict=True))
    if kind == "polyline":
        return Polyline(points) if len(points) > 1 else "a line has at least two points"
    if len(points) > 3 and points[0] == points[-1]:
        points = points[:-1]
    return Polygon((points,)) if len(points) > 2 else "a polygon has at least three points"


def _round_or_box(kind: str, found: tuple[float, ...], turn: float) -> Geometry | str:
    if kind != "point" and min(found[2:]) <= 0:
        return f"its {kind} has no area"
    if kind == "rect":
        return Box(found[0], found[1], found[0] + found[2], found[1] + found[3])
    if kind == "circle":
        return Circle(found[0], found[1], found[2])
    if kind == "ellipse":
        return Ellipse(found[0], found[1], found[2], found[3], math.degrees(turn))
    return Points(((found[0], found[1]),))


def forms_of(shape: Shape) -> list[dict[str, object]]:
    """Write a shape as one region, several places as one region each."""
    match shape.geometry:
        case Box() as box:
            return [
                {"name": "rect", "x": box.x0, "y": box.y0, "width": box.width, "height": box.height}
            ]
        case Circle(cx, cy, radius):
            return [{"name": "circle", "cx": cx, "cy": cy, "r": radius}]
        case Ellipse(cx, cy, rx, ry, angle):
            turn = math.radians(angle)
            return [{"name": "ellipse", "cx": cx, "cy": cy, "rx": rx, "ry": ry, "theta": turn}]
        case Polygon(rings):
            return [_line("polygon", rings[0])]
        case Polyline(points):
            return [_line("polyline", points)]
        case Points(points):
            return [{"name": "point", "cx": x, "cy": y} for x, y in points]
        case _:
            return []


def _line(name: str, points: tuple[tuple[float, float], ...]) -> dict[str, object]:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return {"name": name, "all_points_x": xs, "all_points_y": ys}


def attributes_of(shape: Shape, label: str) -> dict[str, AttributeValue]:
    """Write label and attributes; one that is called as the label is left out."""
    return {LABEL: label} | {n: v for n, v in shape.attributes.items() if n != LABEL}
