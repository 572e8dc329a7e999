"""Label Studio: a JSON list of tasks, each with a picture and what people said of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote, unquote
from xml.etree.ElementTree import Element, SubElement, tostring

from studio.api.files import PictureIndex, is_picture, walk
from studio.api.formats import (
    AnnotatedMedia,
    Found,
    LabelSchema,
    Points,
    Problem,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import Named, beginnings, document, found, text
from studio_formats_label_studio.results import drawn_of, results_of

_KINDS = frozenset(
    {"box", "rotated_box", "ellipse", "polygon", "polyline", "points", "mask", "tag"}
)
_LOCAL = "/data/local-files/?d="
_UPLOADED = re.compile(r"^[0-9a-f]{8}-(.+)$")


class LabelStudio:
    """Label Studio's JSON, read and written."""

    name = "label_studio"
    title = "Label Studio"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="any")

    def recognises(self, path: Path) -> float:
        """Look for a JSON list of tasks."""
        return 0.95 if any(map(_promising, beginnings(path, ".json"))) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those that no task names last."""
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no Label Studio file here.", "Choose another format.")
        index = PictureIndex(path if path.is_dir() else path.parent)
        named = [
            _named(file, task, index, problems, place)
            for file, tasks in sheets
            for place, task in enumerate(tasks, 1)
        ]
        yield from found(path, (one for one in named if one is not None), problems)

    def label_order(self, path: Path) -> Sequence[str]:
        """The tasks have no order of labels."""
        del path
        return ()

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one list of tasks beside the pictures, and the interface that shows them."""
        names = {label.id: label.name for label in schema.labels}
        tasks = []
        for number, item in enumerate(items, 1):
            results = [
                one
                for shape in item.shapes
                for one in results_of(shape, names[shape.label], item.media)
            ]
            annotation = {"result": results, "was_cancelled": False}
            image = _LOCAL + quote(item.media.name)
            tasks.append({"id": number, "data": {"image": image}, "annotations": [annotation]})
        written = Written()
        written.files["tasks.json"] = json.dumps(tasks, ensure_ascii=False).encode()
        written.files["label_config.xml"] = _interface(schema)
        shapes = [shape.geometry for item in items for shape in item.shapes]
        several = sum(isinstance(one, Points) and len(one.points) > 1 for one in shapes)
        if several:
            reason = f"Label Studio has single points: {several:,} sets of points were taken apart."
            written.lost.append(reason)
        return written


def _promising(start: bytes) -> bool:
    words = (b'"annotations"', b'"completions"', b'"predictions"')
    is_list = start.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"[")
    return is_list and b'"data"' in start and any(word in start for word in words)


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, list[object]]]:
    for file in [path] if path.is_file() else walk(path):
        if file.suffix.casefold() != ".json":
            continue
        try:
            sheet = document(file)
        except UnreadableLabels as error:
            problems.append(Problem(path=file.name, reason=error.what_happened))
            continue
        if isinstance(sheet, dict):
            sheet = [sheet]
        if isinstance(sheet, list) and any(isinstance(t, dict) and "data" in t for t in sheet):
            yield file, sheet


def _named(
    file: Path, task: object, index: PictureIndex, problems: list[Problem], place: int
) -> Named | None:
    data = task.get("data") if isinstance(task, dict) else None
    name = _picture(data, index, file)
    if not isinstance(task, dict) or not name:
        problems.append(Problem(path=file.name, reason=f"Task {place} speaks of no picture."))
        return None
    told: list[str] = []
    results = _results(task, told)
    drawn = list(drawn_of(results, told))
    for reason in told:
        severity = "changed" if "left out" in reason else "refused"
        problems.append(
            Problem.model_validate({"path": name, "reason": f"{reason}.", "severity": severity})
        )
    return Named(name, file, drawn)


def _picture(data: object, index: PictureIndex, file: Path) -> str:
    """Return the picture's name: uploads have eight letters before it that nobody gave them."""
    values = [text(value) for value in data.values()] if isinstance(data, dict) else []
    given = text(data.get("image")) if isinstance(data, dict) else ""
    address = given or next((one for one in values if is_picture(Path(one))), "")
    name = unquote(address.partition("?d=")[2] or address.partition("?")[0], errors="replace")
    if index.find(name, file) is None:
        folder, _, bare = name.rpartition("/")
        uploaded = _UPLOADED.match(bare)
        return f"{folder}/{uploaded[1]}".lstrip("/") if uploaded else name
    return name


def _results(task: dict[str, object], told: list[str]) -> list[object]:
    """Return what the first person said who did not give up, else what a model said."""
    for key in ("annotations", "completions", "predictions"):
        listed = task.get(key)
        given = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
        kept = [one for one in given if one.get("was_cancelled") is not True]
        if kept:
            if len(kept) > 1:
                told.append(f"Further {key} of the same picture are left out: {len(kept) - 1:,}")
            results = kept[0].get("result")
            if not isinstance(results, list):
                told.append("Its results are no list")
                return []
            return results
    return []


def _interface(schema: LabelSchema) -> bytes:
    view = Element("View")
    SubElement(view, "Image", name="image", value="$image", rotateControl="true")
    for kind in ("Rectangle", "Ellipse", "Polygon", "KeyPoint", "Brush"):
        labels = SubElement(view, f"{kind}Labels", name=kind.casefold(), toName="image")
        for label in schema.labels:
            SubElement(labels, "Label", value=label.name, background=label.colour)
    choices = SubElement(view, "Choices", name="tag", toName="image", choice="multiple")
    for label in schema.labels:
        SubElement(choices, "Choice", value=label.name)
    document_: bytes = tostring(view, encoding="utf-8")
    return document_
