"""CreateML: a JSON list of pictures, each box by its centre and size in pixels.

labelImg writes the same with a flag that says whether a picture was verified.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from studio.api.files import relative, walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeValue,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import (
    Named,
    beginnings,
    document,
    found,
    local_name,
    numbers,
    score,
    text,
)

_KINDS = frozenset({"box", "tag"})


class Createml:
    """CreateML's JSON, read and written."""

    name = "createml"
    title = "CreateML"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="known", known=frozenset({"verified"}))

    def recognises(self, path: Path) -> float:
        """Look at the first few JSON files for a list of pictures with coordinates."""
        return 0.94 if any(map(_promising, beginnings(path, ".json"))) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no file names last."""
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no CreateML file here.", "Choose another format.")
        named = (one for file, sheet in sheets for one in _named(file, sheet, problems))
        yield from found(path, named, problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """CreateML has no order of labels."""
        del path
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one JSON file beside the pictures."""
        names = {label.id: label.name for label in schema.labels}
        sheet = []
        for item in items:
            entries: list[dict[str, object]] = []
            verified = [shape.attributes.get("verified") is True for shape in item.shapes]
            for shape in item.shapes:
                entry: dict[str, object] = {"label": names[shape.label]}
                if isinstance(shape.geometry, Box):
                    box = shape.geometry
                    x, y = box.centre
                    entry["coordinates"] = {
                        "x": x, "y": y, "width": box.width, "height": box.height
                    }  # fmt: skip
                if shape.attributes.get("verified") is True:
                    entry["verified"] = True
                if shape.score is not None:
                    entry["confidence"] = shape.score
                entries.append(entry)
            whole = {"verified": bool(verified) and all(verified)}
            sheet.append({"image": item.media.name, **whole, "annotations": entries})
        written = Written()
        written.files["annotations.json"] = json.dumps(sheet, ensure_ascii=False).encode()
        return written


def _promising(start: bytes) -> bool:
    return (
        start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[")
        and (b'"image"' in start or b'"imagefilename"' in start)
        and b'"annotation' in start
        and b'"from_name"' not in start
    )


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, list[object]]]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() != ".json":
            continue
        try:
            sheet = document(file)
        except UnreadableLabels as error:
            problems.append(Problem(path=file.name, reason=error.what_happened))
            continue
        if isinstance(sheet, list) and all(map(_is_entry, sheet[:1])):
            yield file, sheet


def _is_entry(entry: object) -> bool:
    return not isinstance(entry, dict) or "image" in entry or "imagefilename" in entry


def _named(file: Path, sheet: list[object], problems: list[Problem]) -> Iterator[Named]:
    for place, entry in enumerate(sheet, 1):
        where = relative(file, file.parent)
        if not isinstance(entry, dict):
            reason = f"Entry {place} speaks of no picture."
            problems.append(Problem(path=where, reason=reason))
            continue
        name = local_name(text(entry.get("image", entry.get("imagefilename"))))
        listed = entry.get("annotations", entry.get("annotation"))
        verified = entry.get("verified") is True
        drawn = []
        for number, one in enumerate(listed if isinstance(listed, list) else [None], 1):
            shape = _drawn(one, verified)
            if isinstance(shape, Drawn):
                drawn.append(shape)
            else:
                problems.append(Problem(path=name or where, reason=f"Shape {number}: {shape}."))
        yield Named(name, file, drawn)


def _drawn(entry: object, verified: bool) -> Drawn | str:
    if not isinstance(entry, dict):
        return "it is not a shape"
    true = verified or entry.get("verified") is True
    said: dict[str, AttributeValue] = {"verified": True} if true else {}
    label = text(entry.get("label"))
    if not label:
        return "it has no label"
    sure = score(entry.get("confidence"))
    if "coordinates" not in entry:
        return Drawn(label, Tag(), said, score=sure)
    place = entry["coordinates"]
    found_ = place if isinstance(place, dict) else {}
    edges = numbers(*(found_.get(key) for key in ("x", "y", "width", "height")))
    if edges is None:
        return f"{label}: its box is missing or not made of numbers"
    x, y, width, height = edges
    if width <= 0 or height <= 0:
        return f"{label}: its box has no area ({width:g} × {height:g} px)"
    box = Box(x - width / 2, y - height / 2, x + width / 2, y + height / 2)
    return Drawn(label, box, said, score=sure)
