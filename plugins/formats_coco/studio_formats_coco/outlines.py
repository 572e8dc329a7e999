"""Shapes from one COCO annotation."""

from __future__ import annotations

import math
from typing import TypeAlias

from studio.api.formats import Box, Drawn, Polygon

MOST_POINTS = 100_000
"""Of one outline."""

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
        A box; or a polygon for each part of the outline.
    refused : str
        Why it was not taken; empty if it was.
    note : str
        What of it was not taken; empty if all was.
    """
    crowd = entry.get("iscrowd") in (1, True, "1")
    attributes = {"iscrowd": "1"} if crowd else {}
    outline = entry.get("segmentation")
    note = "Key points were left out" if entry.get("keypoints") else ""
    if isinstance(outline, dict):
        if crowd:
            return [], "a crowd, drawn as a run-length mask, is not taken", note
        note = "A run-length mask was left out, its box was taken"
    elif isinstance(outline, list) and outline:
        parts = [_polygon(part) for part in outline]
        whole = [part for part in parts if part is not None]
        if len(whole) < len(parts):
            note = "A part of an outline that is no polygon was left out"
        if len(whole) > 1:
            attributes["part_of"] = str(entry.get("id"))
        if whole:
            return [Drawn(label, part, attributes) for part in whole], "", note
    box = _box(entry.get("bbox"))
    if isinstance(box, str):
        return [], box, note
    return [Drawn(label, box, attributes)], "", note


def _numbers(values: object) -> list[float]:
    """Return finite numbers, or nothing at all."""
    if not isinstance(values, list) or len(values) > 2 * MOST_POINTS:
        return []
    found = [
        float(value)
        for value in values
        if isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e9
    ]
    return found if len(found) == len(values) and all(map(math.isfinite, found)) else []


def _polygon(part: object) -> Polygon | None:
    numbers = _numbers(part)
    if len(numbers) < 6 or len(numbers) % 2:
        return None
    points = list(zip(numbers[::2], numbers[1::2], strict=True))
    if points[0] == points[-1]:
        points.pop()
    return Polygon((tuple(points),)) if len(points) >= 3 else None


def _box(values: object) -> Box | str:
    numbers = _numbers(values)
    if len(numbers) != 4:
        return "its box is missing or not made of numbers"
    x, y, width, height = numbers
    if width <= 0 or height <= 0:
        return f"its box has no area ({width:g} × {height:g} px)"
    return Box(x, y, x + width, y + height)
