"""Shapes from one COCO annotation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, TypeAlias

from studio.api.formats import (
    AttributeValue,
    Box,
    Drawn,
    Geometry,
    Joint,
    Mask,
    Polygon,
    Skeleton,
    area,
    joined,
)
from studio_formats_coco.runs import mask_from

MOST_POINTS = 100_000
"""Of one outline."""
_SAME_AREA = 1e-9
"""Parts that overlap by less than this share only touch."""

_Entry: TypeAlias = dict[str, object]


def drawn_of(entry: _Entry, label: str) -> tuple[list[Drawn], str, str]:
    """Read one annotation.

    Parameters
    ----------
    entry : dict
        As in the JSON file.
    label : str
        Name of its category.

    Returns
    -------
    drawn : list of Drawn
        A box, a polygon with all parts of the outline, or a mask; and a skeleton, in one group
        with it, if there are key points.
    refused : str
        Why it was not taken; empty if it was.
    note : str
        What of it was not taken; empty if all was.
    """
    attributes = _attributes(entry)
    score = entry.get("score")
    sure = float(score) if isinstance(score, (int, float)) and 0 <= score <= 1 else None
    found: Geometry | None
    found, note = _region(entry.get("segmentation"))
    skeleton = _skeleton(entry.get("keypoints"))
    if skeleton is None and entry.get("keypoints"):
        note = "Key points that make no sense were left out"
    if found is None:
        box = _box(entry.get("bbox"))
        if isinstance(box, str) and skeleton is None:
            return [], note if isinstance(note, str) and "mask" in note else box, ""
        found = None if isinstance(box, str) else box
    shapes: list[Geometry] = [one for one in (found, skeleton) if one is not None]
    group = f"coco {entry.get('id')}" if len(shapes) > 1 else ""
    return [Drawn(label, one, dict(attributes), group, sure) for one in shapes], "", note


def _attributes(entry: _Entry) -> dict[str, AttributeValue]:
    said: dict[str, AttributeValue] = {}
    if entry.get("iscrowd") in (1, True, "1"):
        said["iscrowd"] = True
    extra = entry.get("attributes")
    if isinstance(extra, dict):
        said |= {
            str(name)[:200]: value
            for name, value in extra.items()
            if isinstance(value, (str, bool, int, float))
        }
    return said


def _region(outline: object) -> tuple[Polygon | Mask | None, str]:
    if isinstance(outline, dict):
        mask = mask_from(outline)
        return (None, f"A mask was left out, {mask}") if isinstance(mask, str) else (mask, "")
    if not isinstance(outline, list) or not outline:
        return None, ""
    rings = [ring for ring in map(_ring, outline) if ring is not None]
    note = (
        "" if len(rings) == len(outline) else "A part of an outline that is no polygon was left out"
    )
    if not rings:
        return None, note
    if len(rings) == 1 or not _meet(rings):
        return Polygon(tuple(rings)), note
    # In COCO parts add up; here a ring inside another one would be a hole.
    first, *others = (Polygon((ring,)) for ring in rings)
    union = joined("union", first, others)
    apart = sum(area(part) for part in (first, *others))
    if not isinstance(union, Polygon) or abs(area(union) - apart) <= _SAME_AREA * apart:
        return Polygon(tuple(rings)), note
    return union, note


def _meet(rings: Sequence[tuple[tuple[float, float], ...]]) -> bool:
    boxes = [
        (min(x for x, _ in r), min(y for _, y in r), max(x for x, _ in r), max(y for _, y in r))
        for r in rings
    ]
    return any(
        a[0] <= b[2] and b[0] <= a[2] and a[1] <= b[3] and b[1] <= a[3]
        for at, a in enumerate(boxes)
        for b in boxes[at + 1 :]
    )


def _skeleton(values: object) -> Skeleton | None:
    numbers = _numbers(values)
    if not numbers or len(numbers) % 3 or not any(numbers[2::3]):
        return None
    joints = zip(numbers[::3], numbers[1::3], numbers[2::3], strict=True)
    seen: dict[float, Any] = {0: 0, 1: 1, 2: 2}
    return Skeleton(tuple(Joint(x, y, seen.get(v, 2)) for x, y, v in joints))


def _numbers(values: object) -> list[float]:
    """Return finite numbers, or nothing at all."""
    if not isinstance(values, list) or len(values) > 3 * MOST_POINTS:
        return []
    found = [
        float(value)
        for value in values
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
    ]
    return found if len(found) == len(values) and all(map(math.isfinite, found)) else []


def _ring(part: object) -> tuple[tuple[float, float], ...] | None:
    numbers = _numbers(part)
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    if points[0] == points[-1]:
        points.pop()
    return tuple(points) if len(points) >= 3 else None


def _box(values: object) -> Box | str:
    numbers = _numbers(values)
    if len(numbers) != 4:
        return "its box is missing or not made of numbers"
    x, y, width, height = numbers
    if width <= 0 or height <= 0:
        return f"its box has no area ({width:g} × {height:g} px)"
    return Box(x, y, x + width, y + height)
