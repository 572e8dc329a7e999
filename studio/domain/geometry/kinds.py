"""The kinds of geometry, as plain values, in pixels of the upright picture.

The origin is the outer corner of the top-left pixel, x runs right, y runs down, so that an image of
`width` columns spans 0..width. Pixel centres lie at half-integers. Angles are in degrees and grow
clockwise as seen on the screen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

FloatArray: TypeAlias = NDArray[np.float64]
BoolArray: TypeAlias = NDArray[np.bool_]
Point: TypeAlias = tuple[float, float]
Ring: TypeAlias = tuple[Point, ...]
"""Points of a closed line; the first is not repeated at the end."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle: left, top, right and bottom edge, px."""

    x0: float
    y0: float
    x1: float
    y1: float
    kind: Literal["box"] = "box"

    @classmethod
    def spanning(cls, a: Point, b: Point) -> Box:
        """Return the box that has `a` and `b` as opposite corners, in whatever order."""
        return cls(min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))

    @property
    def width(self) -> float:
        """Horizontal extent, px."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent, px."""
        return self.y1 - self.y0

    @property
    def centre(self) -> Point:
        """The point in the middle, px."""
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2

    @property
    def area(self) -> float:
        """Extent, px²; 0 where the box is inside out."""
        return max(0.0, self.width) * max(0.0, self.height)


@dataclass(frozen=True, slots=True)
class RotatedBox:
    """A rectangle turned about its centre."""

    cx: float
    cy: float
    width: float
    """Extent along its own x axis, px."""
    height: float
    """Extent along its own y axis, px."""
    angle: float = 0.0
    """Turn of its own x axis against the picture's, degrees clockwise as seen."""
    kind: Literal["rotated_box"] = "rotated_box"

    @property
    def corners(self) -> Ring:
        """Its corners: top left, top right, bottom right, bottom left before the turn, px."""
        turn = math.radians(self.angle)
        cos, sin = math.cos(turn), math.sin(turn)
        halves = ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5))
        sides = ((x * self.width, y * self.height) for x, y in halves)
        return tuple((self.cx + x * cos - y * sin, self.cy + x * sin + y * cos) for x, y in sides)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A region bounded by rings, filled by the even-odd rule: it may have holes and several parts.

    A ring inside no other, or inside an even number of others, bounds a part; one inside an odd
    number bounds a hole. Where there is one part its outline comes first.
    """

    rings: tuple[Ring, ...]
    kind: Literal["polygon"] = "polygon"


@dataclass(frozen=True, slots=True)
class Polyline:
    """An open line from point to point."""

    points: Ring
    kind: Literal["polyline"] = "polyline"


@dataclass(frozen=True, slots=True)
class Points:
    """One place, or several that belong together."""

    points: Ring
    kind: Literal["points"] = "points"


@dataclass(frozen=True, slots=True)
class Ellipse:
    """An ellipse turned about its centre."""

    cx: float
    cy: float
    rx: float
    """Half its extent along its own x axis, px."""
    ry: float
    """Half its extent along its own y axis, px."""
    angle: float = 0.0
    """Turn of its own x axis against the picture's, degrees clockwise as seen."""
    kind: Literal["ellipse"] = "ellipse"


@dataclass(frozen=True, slots=True)
class Circle:
    """A circle."""

    cx: float
    cy: float
    radius: float
    kind: Literal["circle"] = "circle"


@dataclass(frozen=True, slots=True)
class Cuboid:
    """A box in space as the picture shows it: its front face and the face behind it."""

    front: Ring
    """Four corners: top left, top right, bottom right, bottom left."""
    back: Ring
    """The corners behind those, in the same order."""
    kind: Literal["cuboid"] = "cuboid"


@dataclass(frozen=True, slots=True)
class Joint:
    """One point of a skeleton."""

    x: float
    y: float
    visibility: Literal[0, 1, 2] = 2
    """As in COCO: 0 not labelled, 1 labelled but hidden, 2 seen."""


@dataclass(frozen=True, slots=True)
class Skeleton:
    """Named points joined as the label's skeleton says; in the order of its names."""

    joints: tuple[Joint, ...]
    kind: Literal["skeleton"] = "skeleton"


@dataclass(frozen=True, slots=True)
class Knot:
    """A point of a Bezier path with the handles of the curves that arrive and leave."""

    x: float
    y: float
    in_x: float
    in_y: float
    out_x: float
    out_y: float


@dataclass(frozen=True, slots=True)
class Bezier:
    """A path of cubic Bezier curves, open or closed."""

    knots: tuple[Knot, ...]
    closed: bool = True
    kind: Literal["bezier"] = "bezier"


@dataclass(frozen=True, slots=True)
class Mask:
    """Pixels inside a window of the picture, as lengths of runs.

    Runs go row by row from the window's top left pixel; the first counts pixels that are not in the
    mask (it may be 0), the next those that are, and so on to the end of the window.
    """

    left: int
    """First column of the window."""
    top: int
    """First row of the window."""
    width: int
    """Columns of the window."""
    height: int
    """Rows of the window."""
    counts: tuple[int, ...]
    """Lengths of runs; they add up to `width * height`."""
    kind: Literal["mask"] = "mask"


@dataclass(frozen=True, slots=True)
class Tag:
    """A statement about the whole image; it has no place in it."""

    kind: Literal["tag"] = "tag"


Geometry: TypeAlias = (
    Box
    | RotatedBox
    | Polygon
    | Polyline
    | Points
    | Ellipse
    | Circle
    | Cuboid
    | Skeleton
    | Bezier
    | Mask
    | Tag
)
GeometryKind: TypeAlias = Literal[
    "box",
    "rotated_box",
    "polygon",
    "polyline",
    "points",
    "ellipse",
    "circle",
    "cuboid",
    "skeleton",
    "bezier",
    "mask",
    "tag",
]
GEOMETRY_KINDS: tuple[GeometryKind, ...] = (
    "box", "rotated_box", "polygon", "polyline", "points", "ellipse", "circle", "cuboid",
    "skeleton", "bezier", "mask", "tag",
)  # fmt: skip
