"""CVAT 1.1: one XML file for all pictures, or for the tracks of a video.

Frames of a video are pictures named by their number; a track becomes a shape on each frame where it
is inside, and its shapes share a group.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Literal, NamedTuple
from xml.etree.ElementTree import Element, ParseError, SubElement, indent, tostring

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring
from pydantic import ValidationError

from studio.api.artefacts import LabelId
from studio.api.files import PictureIndex, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeSpec,
    Drawn,
    Found,
    Label,
    LabelSchema,
    Problem,
    SkeletonSpec,
    UnreadableLabels,
    Written,
    extended,
)
from studio.api.losses import Keeps
from studio.api.unchecked import MOST_BYTES, beginnings, numbers, score, size
from studio_formats_cvat.shapes import SHAPES, attributes_of, clean, element_of, geometry_of

_KINDS = frozenset({
    "box", "rotated_box", "polygon", "polyline", "points", "ellipse", "cuboid", "mask", "skeleton",
    "tag",
})  # fmt: skip
_TYPES: dict[str, Literal["flag", "number", "choice", "text"]] = {
    "checkbox": "flag", "number": "number", "select": "choice", "radio": "choice",
}  # fmt: skip
_FRAME = re.compile(r"(\d+)$")
_WHOLE = re.compile(r"[1-9][0-9]{0,8}")


class _Sheet(NamedTuple):
    """One XML file, read."""

    path: Path
    root: Element


class Cvat:
    """CVAT for images, read and written; CVAT for video, read."""

    name = "cvat"
    title = "CVAT"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="any", groups=True, hidden_joints=True)

    def recognises(self, path: Path) -> float:
        """Look at the beginning of the first few XML files."""
        files = [path] if path.is_file() else _xml_files(path)[:5]
        for file in files:
            if file.suffix.casefold() != ".xml":
                continue
            if any(b"<annotations" in start[:4096] for start in beginnings(file, ".xml")):
                return 0.95
        return 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no file names last."""
        root = path if path.is_dir() else path.parent
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no CVAT file here.", "Choose another format.")
        index = PictureIndex(root, ("masks",))
        drawn: dict[Path, list[Drawn]] = {}
        sizes: dict[Path, tuple[int, int] | None] = {}
        for sheet in sheets:
            reader = _Reader(relative(sheet.path, root), _labels(sheet.root), problems)
            for picture, shapes, claimed in reader.pictures(sheet, index):
                drawn.setdefault(picture, []).extend(shapes)
                sizes.setdefault(picture, claimed)
        for picture in index.all:
            if picture in drawn or path.is_dir():
                yield Found(source(picture, root), drawn.get(picture, []), size=sizes.get(picture))

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order in which the file lists its labels."""
        return self.schema(path).names

    def schema(self, path: Path) -> LabelSchema:
        """Say which attributes and joints labels have."""
        found: dict[str, Label] = {}
        for sheet in _sheets(path, []):
            for name, label in _labels(sheet.root).items():
                found.setdefault(name, label)
        return LabelSchema(labels=tuple(found.values()))

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one XML file for all pictures."""
        root = Element("annotations")
        SubElement(root, "version").text = "1.1"
        _write_labels(
            SubElement(SubElement(root, "meta"), "task"), schema, _undeclared(schema, items)
        )
        for number, item in enumerate(items):
            facts = {"id": str(number), "name": clean(item.media.name)}
            extent = {"width": str(item.media.width), "height": str(item.media.height)}
            _write_shapes(SubElement(root, "image", facts | extent), schema, item)
        indent(root)
        text = tostring(root, encoding="utf-8", xml_declaration=True)
        return Written(files={"annotations.xml": text}, pictures="images")


class _Reader(NamedTuple):
    """Reads the shapes of one file."""

    where: str
    labels: Mapping[str, Label]
    problems: list[Problem]

    def pictures(
        self, sheet: _Sheet, index: PictureIndex
    ) -> Iterator[tuple[Path, list[Drawn], tuple[int, int] | None]]:
        """Walk over the pictures of a file, or over the frames of its tracks."""
        for image in sheet.root.iterfind("image"):
            name = image.get("name", "")
            picture = index.find(name, sheet.path) if name else None
            if picture is None:
                self._tell(name or self.where, "Its picture is not there")
                continue
            inside = [child for child in image if child.tag in SHAPES]
            inside.sort(key=lambda child: (numbers(child.get("z_order", "0")) or (0.0,))[0])
            shapes = (self._drawn(child, child.get("label", ""), image) for child in inside)
            extent = numbers(image.get("width", ""), image.get("height", ""))
            claimed = size(*extent) if extent else None
            yield picture, [shape for shape in shapes if shape is not None], claimed
        yield from self._frames(sheet, index)

    def _frames(
        self, sheet: _Sheet, index: PictureIndex
    ) -> Iterator[tuple[Path, list[Drawn], tuple[int, int] | None]]:
        tracks = sheet.root.findall("track")
        if not tracks:
            return
        frames = {
            int(found[1]): picture
            for picture in index.all
            if (found := _FRAME.search(picture.stem)) and len(found[1]) < 12
        }
        lost = 0
        for number, track in enumerate(tracks):
            for child in track:
                if child.tag not in SHAPES or child.get("outside") == "1":
                    continue
                at = numbers(child.get("frame", ""))
                picture = frames.get(int(at[0])) if at else None
                if picture is None:
                    lost += 1
                    continue
                drawn = self._drawn(child, track.get("label", ""), track)
                if drawn is not None:
                    yield picture, [drawn._replace(group=f"track {number}")], None
        if lost:
            self._tell(self.where, f"{lost:,} shapes of tracks stand on frames without a picture")

    def _drawn(self, element: Element, label: str, above: Element) -> Drawn | None:
        label = label.strip()
        title = f"{self.where}, {above.tag} {above.get('id', '')}"
        if not label:
            self._tell(title, f"A {element.tag} has no label")
            return None
        known = self.labels.get(label)
        joints = known.skeleton.joints if known and known.skeleton else ()
        geometry = geometry_of(element, joints)
        if isinstance(geometry, str):
            self._tell(title, f"{label}: {geometry}")
            return None
        specs = {spec.name: spec for spec in known.attributes} if known else {}
        group = element.get("group_id", "")
        return Drawn(
            label,
            geometry,
            attributes_of(element, specs),
            "" if group == "0" else group,
            score((numbers(element.get("score", "")) or (None,))[0]),
        )

    def _tell(self, where: str, reason: str) -> None:
        self.problems.append(Problem(path=where, reason=f"{reason}."))


def _xml_files(path: Path) -> list[Path]:
    return [file for file in walk(path) if file.suffix.casefold() == ".xml"]


def _sheets(path: Path, problems: list[Problem]) -> Iterator[_Sheet]:
    for file in [path] if path.is_file() else _xml_files(path):
        try:
            if file.stat().st_size > MOST_BYTES:
                raise ValueError("it is too large")
            document: Element = fromstring(file.read_bytes(), forbid_dtd=True)
        except (ParseError, DefusedXmlException, ValueError, LookupError, OSError) as error:
            reason = f"It is broken or unsafe: {type(error).__name__}, {error}."
            problems.append(Problem(path=file.name, reason=reason))
            continue
        if document.tag == "annotations":
            yield _Sheet(file, document)


def _labels(root: Element) -> dict[str, Label]:
    """Read the labels of a file with their attributes and joints, by name."""
    entries: dict[str, Element] = {}
    joints: dict[str, list[str]] = {}
    for entry in root.iterfind("meta//labels/label"):
        name, above = ((entry.findtext(key) or "").strip() for key in ("name", "parent"))
        # Joints of two labels may have one name, which may be that of a label as well.
        if 0 < len(name) <= 200:
            if above:
                joints.setdefault(above, []).append(name)
            else:
                entries.setdefault(name, entry)
    whole = extended(LabelSchema(), [*entries])
    found: dict[str, Label] = {}
    for label in whole.labels:
        specs = (_spec(entry) for entry in entries[label.name].iterfind("attributes/attribute"))
        attributes = {spec.name: spec for spec in specs if spec is not None}
        names = tuple(dict.fromkeys(joints.get(label.name, [])))
        changes = {
            "attributes": tuple(attributes.values()),
            "skeleton": SkeletonSpec(joints=names) if names else None,
        }
        found[label.name] = label.model_copy(update=changes)
    return found


def _spec(entry: Element) -> AttributeSpec | None:
    type_ = _TYPES.get((entry.findtext("input_type") or "").strip(), "text")
    choices = tuple(line.strip() for line in (entry.findtext("values") or "").split("\n"))
    try:
        return AttributeSpec(
            name=(entry.findtext("name") or "").strip(),
            type=type_,
            choices=choices if type_ == "choice" else (),
            mutable=(entry.findtext("mutable") or "").strip().casefold() == "true",
        )
    except ValidationError:
        return None


def _undeclared(
    schema: LabelSchema, items: Sequence[AnnotatedMedia]
) -> dict[LabelId, dict[str, str]]:
    """Find the attributes that shapes have and labels do not know, with the type of their values.

    Without it a reader takes every value for a text.
    """
    known = {label.id: {s.name for s in schema.attributes_of(label.id)} for label in schema.labels}
    types: dict[LabelId, dict[str, set[str]]] = {}
    for item in items:
        for shape in item.shapes:
            for name, value in shape.attributes.items():
                if name not in known[shape.label]:
                    kind = "checkbox" if isinstance(value, bool) else "number"
                    kind = "text" if isinstance(value, str) else kind
                    types.setdefault(shape.label, {}).setdefault(name, set()).add(kind)
    return {
        label: {name: kinds.pop() if len(kinds) == 1 else "text" for name, kinds in names.items()}
        for label, names in types.items()
    }


def _write_labels(
    task: Element, schema: LabelSchema, undeclared: Mapping[LabelId, Mapping[str, str]]
) -> None:
    labels = SubElement(task, "labels")
    inputs = {type_: word for word, type_ in _TYPES.items() if word != "radio"}
    for label in schema.labels:
        entry = SubElement(labels, "label")
        SubElement(entry, "name").text = clean(label.name)
        SubElement(entry, "color").text = label.colour
        attributes = SubElement(entry, "attributes")
        for spec in schema.attributes_of(label.id):
            kind, values = inputs.get(spec.type, "text"), "\n".join(spec.choices)
            _write_attribute(attributes, spec.name, str(spec.mutable), kind, values)
        for name, kind in undeclared.get(label.id, {}).items():
            _write_attribute(attributes, name, "False", kind, "")
        for joint in label.skeleton.joints if label.skeleton else ():
            inner = SubElement(labels, "label")
            SubElement(inner, "name").text = clean(joint)
            SubElement(inner, "parent").text = clean(label.name)


def _write_attribute(above: Element, name: str, mutable: str, kind: str, values: str) -> None:
    one = SubElement(above, "attribute")
    SubElement(one, "name").text = clean(name)
    SubElement(one, "mutable").text = mutable
    SubElement(one, "input_type").text = kind
    SubElement(one, "values").text = clean(values)


def _group_numbers(item: AnnotatedMedia) -> dict[str, str]:
    """Number the groups of a picture: CVAT takes whole numbers alone, and 0 for none."""
    groups = [*dict.fromkeys(shape.group for shape in item.shapes if shape.group)]
    kept = {group: group for group in groups if _WHOLE.fullmatch(group)}
    free = (str(n) for n in count(1) if str(n) not in kept)
    return {group: kept.get(group) or next(free) for group in groups}


def _write_shapes(image: Element, schema: LabelSchema, item: AnnotatedMedia) -> None:
    labels = {label.id: label for label in schema.labels}
    groups = _group_numbers(item)
    for height, shape in enumerate(item.shapes):
        label = labels[shape.label]
        joints = label.skeleton.joints if label.skeleton else ()
        element = element_of(image, shape.geometry, clean(label.name), [*map(clean, joints)])
        element.set("source", "manual")
        element.set("occluded", str(int(shape.attributes.get("occluded") is True)))
        element.set("z_order", str(height))
        if shape.group:
            element.set("group_id", groups[shape.group])
        for name, value in shape.attributes.items():
            if name == "occluded" and value is True:
                continue
            text = str(value).lower() if isinstance(value, bool) else str(value)
            SubElement(element, "attribute", name=clean(name)).text = clean(text)
