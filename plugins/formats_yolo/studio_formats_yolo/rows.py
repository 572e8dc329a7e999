"""One row of numbers in a YOLO file, to and from shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

from studio.api.formats import (
    Box,
    Drawn,
    Geometry,
    Joint,
    Polygon,
    RotatedBox,
    Shape,
    Skeleton,
    bounds,
)
from studio.api.unchecked import turned_box

Layout: TypeAlias = Literal["detect", "obb", "pose"]
"""What rows longer than a box are: outlines, four corners, or a box with joints."""
_SLACK = 1e-3
"""Shares may lie so far outside of 0..1; more is a broken line."""
_SAME = 1e-6
"""A box this near to the bounds of its joints, px, says nothing of its own."""


class Joints(NamedTuple):
    """The key `kpt_shape` of `data.yaml`."""

    total: int = 0
    numbers: int = 3
    """Per joint: 2 without visibility."""


def numbers_of(line: str) -> list[float] | str:
    """Return the numbers of a line, or why it has none, without the full stop."""
    try:
        values = [float(word) for word in line.split()]
    except ValueError:
        return "It is not made of numbers"
    if not all(map(math.isfinite, values)):
        return "A number is not finite"
    return values if len(values) >= 5 else f"It has only {len(values)} numbers"


def drawn_of(
    line: str, names: Sequence[str], size: tuple[int, int], layout: Layout, joints: Joints
) -> list[Drawn] | str:
    """Read one line; a sentence without its full stop says why it cannot be taken.

    Parameters
    ----------
    line : str
        As in the file.
    names : sequence of str
        Of the labels, by their number.
    size : tuple of int, px
        Width and height of the picture.
    layout : Layout
        What long rows are.
    joints : Joints
        How many joints each row has.
    """
    values = numbers_of(line)
    if isinstance(values, str):
        return values
    if values[0] != int(values[0]) or not 0 <= values[0] < len(names):
        return f"There is no label number {values[0]:g}"
    label, shares = names[int(values[0])], values[1:]
    if layout == "pose":
        return _pose(label, shares, size, joints)
    score = None
    if len(shares) == (9 if layout == "obb" else 5):
        score = shares.pop()
        if not 0 <= score <= 1:
            return f"{label}: the score {score:g} lies outside of 0 to 1"
    if layout == "detect" and _outside(shares):
        return f"{label}: a number lies outside of 0 to 1"
    if len(shares) == 4:
        return [Drawn(label, _box(shares, size), score=score)]
    if len(shares) % 2 or len(shares) < 6:
        return f"{label}: {len(shares)} numbers are neither a box nor an outline"
    points = _points(shares, size)
    turned = turned_box(points) if layout == "obb" and len(points) == 4 else None
    if layout == "obb" and turned is None:
        return f"{label}: its corners make no turned box"
    return [Drawn(label, turned or Polygon((points,)), score=score)]


def row_of(together: Sequence[Shape], size: tuple[int, int], joints: Joints) -> list[float]:
    """Return the numbers of a line after the label, inside 0..1.

    Parameters
    ----------
    together : sequence of Shape
        One shape; or a skeleton and the box of its object.
    size : tuple of int, px
        Width and height of the picture.
    joints : Joints
        How many joints each row has; none for other layouts than poses.
    """
    width, height = size
    shapes: list[Geometry] = [shape.geometry for shape in together]
    skeleton = next((one for one in shapes if isinstance(one, Skeleton)), None)
    box = next((one for one in shapes if isinstance(one, Box)), None)
    if box is None and isinstance(shapes[0], (Polygon, RotatedBox)):
        one = shapes[0]
        # Corners outside of the picture stay: cut off they would make another box.
        if isinstance(one, RotatedBox):
            return [n for x, y in one.corners for n in (x / width, y / height)]
        return _inside(n for x, y in one.rings[0] for n in (x / width, y / height))
    box = box or bounds(shapes[0]) or Box(0, 0, 0, 0)
    (cx, cy), w, h = box.centre, box.width, box.height
    row = _inside((cx / width, cy / height, w / width, h / height))
    if joints.total:
        places = skeleton.joints if skeleton is not None else ()
        for number in range(joints.total):
            joint = places[number] if number < len(places) else Joint(0, 0, 0)
            row += [*_inside((joint.x / width, joint.y / height)), joint.visibility]
    return row


def _pose(
    label: str, shares: list[float], size: tuple[int, int], joints: Joints
) -> list[Drawn] | str:
    wanted = 4 + joints.total * joints.numbers
    score = shares.pop() if len(shares) == wanted + 1 else None
    if len(shares) != wanted:
        return f"{label}: it has {len(shares)} numbers after the label, not {wanted}"
    step = joints.numbers
    xs, ys = shares[4::step], shares[5::step]
    if _outside([*shares[:4], *xs, *ys]):
        return f"{label}: a number lies outside of 0 to 1"
    places = list(zip(xs, ys, strict=True))
    seen = shares[6::3] if step == 3 else [2.0 if x or y else 0.0 for x, y in places]
    if any(v not in (0, 1, 2) for v in seen):
        return f"{label}: a joint is neither absent (0), hidden (1) nor seen (2)"
    width, height = size
    box = _box(shares, size)
    joined = (
        Joint(x * width, y * height, 2 if v == 2 else 1 if v == 1 else 0)
        for (x, y), v in zip(places, seen, strict=True)
    )
    skeleton = Skeleton(tuple(joined))
    around = bounds(skeleton)
    if not any(seen) or around is None:
        return [Drawn(label, box, score=score)]
    edges = zip(_edges(box), _edges(around), strict=True)
    if all(abs(a - b) < _SAME for a, b in edges):
        return [Drawn(label, skeleton, score=score)]
    group = "yolo"
    return [Drawn(label, box, {}, group, score), Drawn(label, skeleton, {}, group, score)]


def _edges(box: Box) -> tuple[float, float, float, float]:
    return box.x0, box.y0, box.x1, box.y1


def _outside(shares: Sequence[float]) -> bool:
    return min(shares) < -_SLACK or max(shares) > 1 + _SLACK


def _box(shares: Sequence[float], size: tuple[int, int]) -> Box:
    (cx, cy, w, h), (width, height) = shares[:4], size
    edges = ((cx - w / 2) * width, (cy - h / 2) * height)
    return Box(*edges, (cx + w / 2) * width, (cy + h / 2) * height)


def _points(shares: Sequence[float], size: tuple[int, int]) -> tuple[tuple[float, float], ...]:
    width, height = size
    pairs = zip(shares[::2], shares[1::2], strict=True)
    return tuple((x * width, y * height) for x, y in pairs)


def _inside(numbers: Iterable[float]) -> list[float]:
    return [min(max(number, 0.0), 1.0) for number in numbers]
