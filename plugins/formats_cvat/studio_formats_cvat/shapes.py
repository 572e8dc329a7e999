"""One element of a CVAT file, to and from a shape."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement

from studio.api.formats import (
    AttributeSpec,
    AttributeValue,
    Box,
    Cuboid,
    Ellipse,
    Geometry,
    Joint,
    Mask,
    Points,
    Polygon,
    Polyline,
    RotatedBox,
    Skeleton,
    Tag,
    mask_of,
    pixels_of,
)
from studio.api.unchecked import MOST_POINTS, numbers

SHAPES = (
    "box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton", "tag",
)  # fmt: skip
MOST_PIXELS = 2**28
_UNSPEAKABLE = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_CORNERS = ("tl1", "tr1", "br1", "bl1", "tl2", "tr2", "br2", "bl2")
"""In the order of ours: the front face, then the one behind."""


def geometry_of(element: Element, joints: Sequence[str] = ()) -> Geometry | str:
    """Read a shape; a phrase says why it cannot be taken.

    Parameters
    ----------
    element : Element
        One of `SHAPES`.
    joints : sequence of str
        Names of the joints of the label, in order.
    """
    said = element.attrib
    match element.tag:
        case "tag":
            return Tag()
        case "box":
            edges = numbers(*(said.get(key) for key in ("xtl", "ytl", "xbr", "ybr")))
            turn = numbers(said.get("rotation", "0"))
            if edges is None or turn is None:
                return "its box is not made of numbers"
            x0, y0, x1, y1 = edges
            if turn[0]:
                return RotatedBox((x0 + x1) / 2, (y0 + y1) / 2, x1 - x0, y1 - y0, turn[0] % 360)
            return Box(x0, y0, x1, y1)
        case "ellipse":
            found = numbers(*(said.get(key) for key in ("cx", "cy", "rx", "ry")))
            turn = numbers(said.get("rotation", "0"))
            if found is None or turn is None:
                return "its ellipse is not made of numbers"
            return Ellipse(found[0], found[1], found[2], found[3], turn[0])
        case "cuboid":
            flat = numbers(*(said.get(f"{axis}{key}") for key in _CORNERS for axis in "xy"))
            if flat is None:
                return "its corners are not made of numbers"
            corners = tuple(zip(flat[::2], flat[1::2], strict=True))
            return Cuboid(corners[:4], corners[4:])
        case "mask":
            return _mask(said)
        case "skeleton":
            return _skeleton(element, joints)
    points = _places(said.get("points", ""))
    if points is None:
        return "its points are not made of numbers"
    if element.tag == "polygon":
        return Polygon((points,))
    return Polyline(points) if element.tag == "polyline" else Points(points)


def element_of(above: Element, geometry: Geometry, label: str, joints: Sequence[str]) -> Element:
    """Write a shape of a kind that CVAT has below an element."""
    match geometry:
        case Tag():
            return SubElement(above, "tag", label=label)
        case Box(x0, y0, x1, y1):
            element = SubElement(above, "box", label=label)
            _say(element, xtl=x0, ytl=y0, xbr=x1, ybr=y1)
        case RotatedBox(cx, cy, w, h, angle):
            element = SubElement(above, "box", label=label)
            edges = {"xtl": cx - w / 2, "ytl": cy - h / 2, "xbr": cx + w / 2, "ybr": cy + h / 2}
            # A box without a turn is an upright one; a full turn keeps a turned one what it is.
            _say(element, **edges, rotation=angle % 360 or 360.0)
        case Ellipse(cx, cy, rx, ry, angle):
            element = SubElement(above, "ellipse", label=label)
            _say(element, cx=cx, cy=cy, rx=rx, ry=ry, rotation=angle % 360)
        case Cuboid(front, back):
            element = SubElement(above, "cuboid", label=label)
            for key, (x, y) in zip(_CORNERS, (*front, *back), strict=True):
                _say(element, **{f"x{key}": x, f"y{key}": y})
        case Mask(left, top, width, height, counts):
            element = SubElement(above, "mask", label=label)
            _say(element, left=left, top=top, width=width, height=height)
            element.set("rle", ", ".join(map(str, counts)))
        case Skeleton(places):
            element = SubElement(above, "skeleton", label=label)
            for number, joint in enumerate(places):
                name = joints[number] if number < len(joints) else str(number + 1)
                inner = SubElement(element, "points", label=name)
                inner.set("points", f"{joint.x!r},{joint.y!r}")
                inner.set("outside", str(int(joint.visibility == 0)))
                inner.set("occluded", str(int(joint.visibility == 1)))
        case Polygon(rings):
            element = SubElement(above, "polygon", label=label, points=_text(rings[0]))
        case Polyline(points):
            element = SubElement(above, "polyline", label=label, points=_text(points))
        case Points(points):
            element = SubElement(above, "points", label=label, points=_text(points))
        case _:
            element = SubElement(above, "tag", label=label)
    return element


def attributes_of(
    element: Element, specs: Mapping[str, AttributeSpec]
) -> dict[str, AttributeValue]:
    """Read attributes with the types that the label gives them."""
    said: dict[str, AttributeValue] = {}
    if element.get("occluded") == "1":
        said["occluded"] = True
    for entry in element.iterfind("attribute"):
        name, value = (entry.get("name") or "").strip()[:200], (entry.text or "").strip()[:10_000]
        spec = specs.get(name)
        if name:
            said[name] = _typed(value, spec.type if spec else "text")
    return said


def clean(text: str) -> str:
    """Replace the characters that XML cannot hold, so that what is written can be read."""
    return _UNSPEAKABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def _typed(text: str, type_: str) -> AttributeValue:
    if type_ == "flag" and text.casefold() in ("true", "false"):
        return text.casefold() == "true"
    found = numbers(text) if type_ == "number" else None
    if found is None:
        return text
    return int(text) if text.lstrip("-").isdecimal() else found[0]


def _mask(said: Mapping[str, str]) -> Mask | str:
    window = numbers(*(said.get(key) for key in ("left", "top", "width", "height")))
    words = said.get("rle", "").split(",")
    runs = numbers(*words) if len(words) <= 2 * MOST_POINTS else None
    if window is None or runs is None or any(n != int(n) for n in (*window, *runs)):
        return "its mask is not made of whole numbers"
    left, top, width, height = map(int, window)
    if min(width, height) <= 0 or width * height > MOST_PIXELS or min(runs) < 0:
        return "its mask has no bearable size"
    if sum(runs) != width * height:
        return f"the runs of its mask cover {sum(runs):,.0f} pixels of {width * height:,}"
    mask = mask_of(pixels_of(Mask(left, top, width, height, tuple(map(int, runs)))), left, top)
    return mask if mask.width else "its mask is empty"


def _skeleton(element: Element, joints: Sequence[str]) -> Skeleton | str:
    found: dict[str, Joint] = {}
    for inner in element.iterfind("points"):
        place = _places(inner.get("points", ""))
        if place is None or len(place) != 1:
            return "a joint is not one place"
        (x, y), name = place[0], inner.get("label", "")
        hidden, absent = inner.get("occluded") == "1", inner.get("outside") == "1"
        found[name] = Joint(x, y, 0 if absent else 1 if hidden else 2)
    if not found:
        return "it has no joints"
    order = [*joints] if set(found) <= set(joints) else [*found]
    return Skeleton(tuple(found.get(name, Joint(0, 0, 0)) for name in order))


def _places(text: str) -> tuple[tuple[float, float], ...] | None:
    if text.count(";") > MOST_POINTS:
        return None
    pairs = [pair.split(",") for pair in text.split(";")]
    if any(len(pair) != 2 for pair in pairs):
        return None
    flat = numbers(*(word for pair in pairs for word in pair))
    return None if flat is None else tuple(zip(flat[::2], flat[1::2], strict=True))


def _say(element: Element, **values: float) -> None:
    for name, value in values.items():
        element.set(name, repr(value))


def _text(points: Sequence[tuple[float, float]]) -> str:
    return ";".join(f"{x!r},{y!r}" for x, y in points)
