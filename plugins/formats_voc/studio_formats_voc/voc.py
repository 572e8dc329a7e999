"""Pascal VOC: one XML file a picture, with boxes in pixels.

The original counts pixels from 1 and names the first and the last pixel inside (VOC 2007
development kit); many programs write edges from 0 instead. Which of the two it is shows in the
numbers: a 0, or a decimal point, never occurs in the original.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from studio.api.files import PictureIndex, lines_of, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeValue,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    RotatedBox,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import numbers

_OURS = "PASCAL VOC, pixels from 1"
_MASKS = ("segmentationclass", "segmentationobject", "segmentationclasspng", "masks")
_FLAGS = ("truncated", "difficult", "occluded")
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_TURNED = ("cx", "cy", "w", "h", "angle")
"""Of `robndbox`, as roLabelImg and its kin write it: edges from 0, the angle in radians."""


class _Sheet(NamedTuple):
    """One XML file, read."""

    path: Path
    root: Element


class Voc:
    """Pascal VOC, read and written."""

    name = "voc"
    title = "Pascal VOC"
    reads = True
    writes = True
    geometries = frozenset({"box"})
    keeps = Keeps(frozenset({"box"}), attributes="known", known=frozenset((*_FLAGS, "pose")))

    def recognises(self, path: Path) -> float:
        """Look at the first few XML files."""
        files = [path] if path.is_file() else _first(path, 5)
        if not files or any(file.suffix.casefold() != ".xml" for file in files):
            return 0.0
        known = sum(b"<annotation" in file.read_bytes()[:4096] for file in files)
        return 0.9 * known / len(files)

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those without an XML file last."""
        root = path if path.is_dir() else _home(path)
        index = PictureIndex(root, _MASKS)
        sheets = list(_sheets(path, root, problems))
        if not sheets:
            raise UnreadableLabels("There is no Pascal VOC file here.", "Choose another format.")
        from_zero = _from_zero(sheets)
        if from_zero:
            reason = "Some numbers are 0 or have a decimal point, so all were read as edges from 0."
            problems.append(Problem(path=path.name, reason=reason, severity="changed"))
        taken: set[Path] = set()
        for sheet in sheets:
            name = sheet.root.findtext("filename") or ""
            picture = index.find(name or sheet.path.stem, sheet.path)
            picture = picture or index.find(sheet.path.stem, sheet.path)
            where = relative(sheet.path, root)
            if picture is None or picture in taken:
                what = "is not there" if picture is None else "has labels from another file already"
                problems.append(Problem(path=where, reason=f"Its picture “{name}” {what}."))
                continue
            taken.add(picture)
            drawn = list(_drawn(sheet, where, from_zero, problems))
            yield Found(source(picture, root), drawn, size=_size(sheet.root))
        if path.is_dir():
            for picture in index.all:
                if picture not in taken:
                    yield Found(source(picture, root))

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of `labelmap.txt` or `class_names.txt` beside the folders, if any."""
        for name in ("labelmap.txt", "labels.txt", "class_names.txt"):
            file = (path if path.is_dir() else path.parent) / name
            if file.is_file():
                try:
                    lines = [line.partition(":")[0].strip() for line in lines_of(file)]
                except ValueError:
                    continue
                return [line for line in dict.fromkeys(lines) if line and line[0] not in "#_"]
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one XML file a picture."""
        written = Written(pictures="JPEGImages")
        names = {label.id: label.name for label in schema.labels}
        points = 0
        for item in items:
            root = _header(item)
            for shape in item.shapes:
                if not isinstance(shape.geometry, (Box, RotatedBox)):
                    continue
                small = isinstance(shape.geometry, Box) and shape.geometry.area == 1
                if small and shape.geometry.width == 1:
                    points += 1
                    continue
                _object(root, names[shape.label], shape.geometry, _texts(shape.attributes))
            indent(root)
            file = f"Annotations/{item.media.name.rpartition('.')[0] or item.media.name}.xml"
            written.files[file] = tostring(root, encoding="utf-8")
        written.files["labelmap.txt"] = "".join(f"{n}:::\n" for n in schema.names).encode()
        if points:
            written.lost.append(
                f"A box of one pixel cannot be told from a slip: {points:,} were left out."
            )
        return written


class VocTurned(Voc):
    """Pascal VOC with turned boxes, which only some programs know, read and written."""

    name = "voc_turned"
    title = "Pascal VOC, turned boxes"
    geometries = frozenset({"box", "rotated_box"})
    keeps = Keeps(
        frozenset({"box", "rotated_box"}), attributes="known", known=frozenset((*_FLAGS, "pose"))
    )

    def recognises(self, path: Path) -> float:
        """Look for a turned box in the first few XML files."""
        files = [path] if path.is_file() else _first(path, 5)
        turned = any(b"<robndbox" in file.read_bytes() for file in files)
        return super().recognises(path) * (1.02 if turned else 0.5)


def _first(folder: Path, count: int) -> list[Path]:
    found: list[Path] = []
    for file in walk(folder):
        if file.suffix.casefold() == ".xml":
            found.append(file)
            if len(found) == count:
                break
    return found


def _home(path: Path) -> Path:
    """Return the folder that holds a lone XML file and its picture."""
    return path.parent.parent if path.parent.name.casefold() == "annotations" else path.parent


def _sheets(path: Path, root: Path, problems: list[Problem]) -> Iterator[_Sheet]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() != ".xml":
            continue
        try:
            document: Element = fromstring(file.read_bytes(), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
            reason = f"It is broken or unsafe: {type(error).__name__}, {error}."
            problems.append(Problem(path=relative(file, root), reason=reason))
            continue
        if document.tag == "annotation":
            yield _Sheet(file, document)


def _from_zero(sheets: Sequence[_Sheet]) -> bool:
    """Tell whether numbers are edges from 0 rather than pixels from 1."""
    if any((sheet.root.findtext("source/annotation") or "") == _OURS for sheet in sheets):
        return False
    texts = (
        (box.findtext(edge) or "").strip()
        for sheet in sheets
        for box in sheet.root.iterfind("object/bndbox")
        for edge in _EDGES
    )
    return any("." in text or text == "0" for text in texts)


def _size(root: Element) -> tuple[int, int] | None:
    try:
        width = int(float(root.findtext("size/width") or ""))
        height = int(float(root.findtext("size/height") or ""))
    except (ValueError, OverflowError):
        return None
    return (width, height) if width > 0 and height > 0 else None


def _drawn(sheet: _Sheet, where: str, from_zero: bool, problems: list[Problem]) -> Iterator[Drawn]:
    for thing in sheet.root.iterfind("object"):
        label = (thing.findtext("name") or "").strip()
        geometry = _geometry(thing, 0.0 if from_zero else 1.0) if label else "it has no name"
        if isinstance(geometry, str):
            problems.append(Problem(path=where, reason=f"{label or 'An object'}: {geometry}."))
            continue
        yield Drawn(label, geometry, _attributes(thing))


def _attributes(thing: Element) -> dict[str, AttributeValue]:
    said: dict[str, AttributeValue] = {}
    pose = (thing.findtext("pose") or "").strip()
    if pose not in ("", "0", "Unspecified"):
        said["pose"] = pose
    for name in _FLAGS:
        text = (thing.findtext(name) or "").strip()
        if text not in ("", "0"):
            said[name] = True if text == "1" else text
    return said


def _geometry(thing: Element, shift: float) -> Box | RotatedBox | str:
    """Read the box of an object; a phrase says why there is none."""
    turned = thing.find("robndbox")
    if turned is not None:
        found = numbers(*(turned.findtext(key) for key in _TURNED))
        if found is None or min(found[2:4]) <= 0:
            return "its turned box is not made of numbers, or has no area"
        cx, cy, width, height, angle = found
        return RotatedBox(cx, cy, width, height, math.degrees(angle))
    box = thing.find("bndbox")
    try:
        edges = [float(box.findtext(edge) or "") for edge in _EDGES] if box is not None else []
    except ValueError:
        edges = []
    reason = _refusal(edges)
    if reason:
        return reason
    x0, y0, x1, y1 = edges
    return Box(x0 - shift, y0 - shift, x1, y1)


def _refusal(edges: list[float]) -> str:
    if len(edges) != 4 or not all(map(math.isfinite, edges)):
        return "its box is missing or not made of numbers"
    x0, y0, x1, y1 = edges
    if x0 == x1 and y0 == y1:
        return f"its box is a single point ({x0:g}, {y0:g})"
    if x0 > x1 or y0 > y1:
        return f"its box is inside out ({x0:g}, {y0:g}, {x1:g}, {y1:g})"
    return ""


def _header(item: AnnotatedMedia) -> Element:
    root = Element("annotation")
    folder, _, name = item.media.name.rpartition("/")
    SubElement(root, "folder").text = f"JPEGImages/{folder}".rstrip("/")
    SubElement(root, "filename").text = item.media.name if folder else name
    SubElement(SubElement(root, "source"), "annotation").text = _OURS
    size = SubElement(root, "size")
    SubElement(size, "width").text = str(item.media.width)
    SubElement(size, "height").text = str(item.media.height)
    SubElement(size, "depth").text = "1" if item.media.mode in ("L", "1", "I;16") else "3"
    SubElement(root, "segmented").text = "0"
    return root


def _object(root: Element, name: str, box: Box | RotatedBox, attributes: dict[str, str]) -> None:
    thing = SubElement(root, "object")
    SubElement(thing, "type").text = "bndbox" if isinstance(box, Box) else "robndbox"
    SubElement(thing, "name").text = name
    SubElement(thing, "pose").text = attributes.get("pose", "Unspecified")
    SubElement(thing, "truncated").text = attributes.get("truncated", "0")
    SubElement(thing, "difficult").text = attributes.get("difficult", "0")
    if "occluded" in attributes:
        SubElement(thing, "occluded").text = attributes["occluded"]
    if isinstance(box, RotatedBox):
        turned = SubElement(thing, "robndbox")
        values = (box.cx, box.cy, box.width, box.height, math.radians(box.angle % 360))
        for key, value in zip(_TURNED, values, strict=True):
            SubElement(turned, key).text = repr(value)
        return
    edges = SubElement(thing, "bndbox")
    for edge, value in zip(_EDGES, (box.x0 + 1, box.y0 + 1, box.x1, box.y1), strict=True):
        SubElement(edges, edge).text = str(int(value)) if value == int(value) else repr(value)


def _texts(attributes: dict[str, AttributeValue]) -> dict[str, str]:
    """Write yes and no as VOC does, everything else as it is."""
    return {
        name: str(int(value)) if isinstance(value, bool) else str(value)
        for name, value in attributes.items()
    }
