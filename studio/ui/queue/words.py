"""What a queue says of its filter; knows no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from studio.domain.labels import LabelId, LabelSchema
from studio.domain.media import ANY, EVERYTHING, MediaFilter, MediaOrder, Span
from studio.domain.reviews import ReviewState

REVIEW_WORDS: dict[ReviewState, str] = {
    "open": "Open",
    "labelled": "Waits for review",
    "approved": "Approved",
    "rejected": "Rejected",
}
ORDER_WORDS: dict[MediaOrder, str] = {
    "added": "When added",
    "name": "Name",
    "shapes": "Number of shapes",
    "least_sure": "Least sure first",
    "changed": "Newest change first",
}
COMMENT_WORDS = {"open": "Unresolved comments", "any": "Any comment", "none": "No comment"}
KIND_WORDS = {
    "box": "Box",
    "rotated_box": "Rotated box",
    "polygon": "Polygon",
    "polyline": "Polyline",
    "points": "Points",
    "circle": "Circle",
    "ellipse": "Ellipse",
    "bezier": "Curve",
    "cuboid": "Cuboid",
    "skeleton": "Skeleton",
    "mask": "Mask",
    "tag": "Tag of the picture",
}
NO_LABEL = "-"


class Condition(NamedTuple):
    """One thing that a filter asks for."""

    fields: tuple[str, ...]
    """Of the `MediaFilter`; taking them away lifts the condition."""
    words: str


def conditions(where: MediaFilter, schema: LabelSchema) -> list[Condition]:
    """List what a filter asks for, each as people say it."""
    found = [
        *_named(where, schema),
        *_spans(where),
    ]
    return [one for one in found if one.words]


def without(where: MediaFilter, names: Sequence[str]) -> MediaFilter:
    """Return a filter that asks for less; the order stays."""
    default: dict[str, Any] = {name: getattr(EVERYTHING, name) for name in names}
    changed = replace(where, **default)
    return replace(changed, value="") if not changed.attribute else changed


def missing(where: MediaFilter, schema: LabelSchema) -> str:
    """Say what no picture is."""
    asked = [one.words for one in conditions(where, schema)]
    return f"No picture is all of this at once: {'; '.join(asked)}." if asked else ""


def span_in_words(span: Span, unit: str = "", factor: float = 1.0) -> str:
    """Write a span: `from 2`, `up to 90 %`, `2 to 9 px`; empty where everything passes.

    Parameters
    ----------
    factor : float
        By which numbers are shown greater than they are kept.
    """
    low, high = (None if end is None else f"{end * factor:,.10g}" for end in span)
    after = f"\u00a0{unit}" if unit else ""
    if low is not None and high is not None:
        return f"{low}{after}" if low == high else f"{low} to {high}{after}"
    if low is not None:
        return f"from {low}{after}"
    return "" if high is None else f"up to {high}{after}"


def _named(where: MediaFilter, schema: LabelSchema) -> list[Condition]:
    label = schema.get(LabelId(where.label)) if where.label else None
    name = f"Label “{label.name if label else where.label}”" if where.label else ""
    attribute = where.attribute and (
        f"{where.attribute} is {where.value}" if where.value else f"Says {where.attribute}"
    )
    review = next((words for state, words in REVIEW_WORDS.items() if state == where.review), "")
    return [
        Condition(("text",), f"Name has “{where.text}”" if where.text else ""),
        Condition(("label",), "No label" if where.label == NO_LABEL else name),
        Condition(("attribute", "value"), attribute),
        Condition(("geometry",), KIND_WORDS.get(where.geometry, where.geometry)),
        Condition(("author",), f"Drawn by {where.author}" if where.author else ""),
        Condition(("review",), review or where.review),
        Condition(("comments",), COMMENT_WORDS.get(where.comments, "")),
        Condition(("group",), f"Group “{where.group}”" if where.group else ""),
        Condition(("layer",), f"Layer “{where.layer}”" if where.layer else ""),
    ]


def _spans(where: MediaFilter) -> list[Condition]:
    rows = (
        ("score", "Score", where.score, "%", 100.0),
        ("shapes", "Shapes", where.shapes, "", 1.0),
        ("area", "Area of a shape", where.area, "px²", 1.0),
        ("share", "Share of the picture", where.share, "%", 100.0),
        ("width", "Width", where.width, "px", 1.0),
        ("height", "Height", where.height, "px", 1.0),
    )
    return [
        Condition((field,), f"{title} {span_in_words(span, unit, factor)}")
        for field, title, span, unit, factor in rows
        if span != ANY
    ]
