"""COCO: one JSON file for all pictures, boxes as left, top, width and height from 0.

An outline of several parts is one polygon, a run-length mask a mask; key points make a skeleton,
which is in one group with the outline or box of its object.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TypeAlias

from pydantic import ValidationError

from studio.api.files import PictureIndex, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
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
from studio_formats_coco.outlines import drawn_of
from studio_formats_coco.sheets import written_sheet

MOST_BYTES = 2**30
MOST_ANNOTATIONS = 10_000_000

Entry: TypeAlias = dict[str, object]
Sheet: TypeAlias = dict[str, list[Entry]]


class Coco:
    """COCO object detection, read and written."""

    name = "coco"
    title = "COCO"
    reads = True
    writes = True
    geometries = frozenset({"box", "polygon", "mask", "skeleton"})
    keeps = Keeps(
        geometries=geometries, parts=True, attributes="any", scores=True, hidden_joints=True
    )

    def recognises(self, path: Path) -> float:
        """Look for a JSON file that speaks of pictures and annotations."""
        return 0.9 if any(map(_promising, _files(path)[:20])) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures of all JSON files; pictures that none names come last."""
        root = path if path.is_dir() else _home(path)
        index = PictureIndex(root, ("panoptic_train", "panoptic_val", "masks"))
        sheets = list(_sheets(path, problems))
        if not sheets:
            raise UnreadableLabels("There is no COCO file here.", "Choose another format.")
        drawn: dict[Path, list[Drawn]] = {}
        sizes: dict[Path, tuple[int, int] | None] = {}
        for file, sheet in sheets:
            for picture, entry, shapes in _pictures(file, sheet, root, index, problems):
                # The same picture may stand in several files: boxes here, captions there.
                known = drawn.setdefault(picture, [])
                known += [shape for shape in shapes if shape not in known]
                sizes.setdefault(picture, _size(entry))
        for picture in index.all:
            if picture in drawn:
                yield Found(source(picture, root), drawn[picture], size=sizes[picture])
            elif path.is_dir():
                yield Found(source(picture, root))

    def label_order(self, path: Path) -> Sequence[str]:
        """Order labels by the number of their category."""
        numbers: dict[str, float] = {}
        for _, sheet in _sheets(path, []):
            for entry in sheet["categories"]:
                number = entry.get("id")
                order = float(number) if isinstance(number, (int, float)) else math.inf
                numbers.setdefault(str(entry.get("name", "")), order)
        return sorted((name for name in numbers if name), key=lambda name: numbers[name])

    def schema(self, path: Path) -> LabelSchema:
        """Say which joints the labels have, and what they lie under."""
        facts: dict[str, Label] = {}
        names = self.label_order(path)
        whole = {label.name: label for label in extended(LabelSchema(), names).labels}
        for _, sheet in _sheets(path, []):
            for entry in sheet["categories"]:
                label = whole.get(str(entry.get("name", "")))
                if label is not None:
                    above = whole.get(str(entry.get("supercategory", "")))
                    parent = above.id if above is not None and above is not label else None
                    changes = {"skeleton": _skeleton(entry), "parent": parent}
                    facts[label.name] = label.model_copy(update=changes)
        try:
            return LabelSchema(labels=tuple(facts.get(name, whole[name]) for name in whole))
        except ValidationError:
            # Supercategories may run in a circle; then no label lies under another one.
            flat = (facts[n].model_copy(update={"parent": None}) for n in whole if n in facts)
            return LabelSchema(labels=tuple(flat))

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one JSON file."""
        written = Written(pictures="images")
        document = written_sheet(schema, items)
        text = json.dumps(document, ensure_ascii=False, allow_nan=False)
        written.files["annotations/instances.json"] = text.encode()
        return written


def _files(path: Path) -> list[Path]:
    files = [path] if path.is_file() else list(walk(path))
    found = [file for file in files if file.suffix.casefold() == ".json"]
    # Captions, panoptic masks and key points stand in files of their own beside the objects.
    objects = [file for file in found if "instances" in file.name]
    return objects or found


def _promising(file: Path) -> bool:
    """Tell from the beginning of a file whether it lists pictures or annotations."""
    with file.open("rb") as opened:
        start = opened.read(65536)
    return b'"images"' in start or b'"annotations"' in start


def _home(path: Path) -> Path:
    return path.parent.parent if path.parent.name.casefold() == "annotations" else path.parent


def _load(file: Path) -> Sheet:
    """Read one JSON file; raises `UnreadableLabels` if it is not of this format."""
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UnreadableLabels(f"“{file.name}” is too large.", "Divide it.")
        document = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableLabels(f"“{file.name}” is not JSON: {error}.") from error
    keys = ("images", "annotations", "categories")
    lists = [document.get(key) if isinstance(document, dict) else None for key in keys]
    if not isinstance(lists[0], list) or not isinstance(lists[1], list):
        raise UnreadableLabels(f"“{file.name}” has no lists of images and annotations.")
    if len(lists[1]) > MOST_ANNOTATIONS:
        raise UnreadableLabels(f"“{file.name}” has {len(lists[1]):,} annotations.")
    return {
        key: [entry for entry in found if isinstance(entry, dict)]
        for key, found in zip(keys, (each or [] for each in lists), strict=True)
    }


def _sheets(path: Path, problems: list[Problem]) -> Iterator[tuple[Path, Sheet]]:
    for file in _files(path):
        try:
            yield file, _load(file)
        except UnreadableLabels as error:
            if path.is_file() or "instances" in file.name:
                problems.append(Problem(path=file.name, reason=error.what_happened))


def _pictures(
    file: Path, sheet: Sheet, root: Path, index: PictureIndex, problems: list[Problem]
) -> Iterator[tuple[Path, Entry, list[Drawn]]]:
    where = relative(file, root)
    shapes = _shapes(where, sheet, problems)
    known: set[str] = set()
    for entry in sheet["images"]:
        id_, name = str(entry.get("id")), str(entry.get("file_name", ""))
        picture = index.find(name, file) if name else None
        if id_ in known or picture is None:
            what = "Its id is used twice" if id_ in known else f"Its picture “{name}” is not there"
            lost = f"; {len(shapes[id_]):,} shapes were left out" if shapes.get(id_) else ""
            problems.append(Problem(path=name or where, reason=f"{what}{lost}."))
            continue
        known.add(id_)
        yield picture, entry, shapes.get(id_, [])
    listed = {str(entry.get("id")) for entry in sheet["images"]}
    orphans = sum(len(drawn) for id_, drawn in shapes.items() if id_ not in listed)
    if orphans:
        problems.append(Problem(path=where, reason=f"{orphans:,} shapes belong to no picture."))


def _shapes(where: str, sheet: Sheet, problems: list[Problem]) -> dict[str, list[Drawn]]:
    """Read all annotations, by the id of their picture."""
    labels = {str(entry.get("id")): str(entry.get("name", "")) for entry in sheet["categories"]}
    shapes: dict[str, list[Drawn]] = defaultdict(list)
    changed: Counter[str] = Counter()
    for number, entry in enumerate(sheet["annotations"]):
        label = labels.get(str(entry.get("category_id")), "")
        title = f"{where}, annotation {entry.get('id', number)}"
        if not label:
            problems.append(Problem(path=title, reason="Its category is not in the file."))
            continue
        drawn, refused, note = drawn_of(entry, label)
        if refused:
            problems.append(Problem(path=title, reason=f"{label}: {refused}."))
        if note:
            changed[note] += 1
        shapes[str(entry.get("image_id"))] += drawn
    for note, count in changed.items():
        reason = f"{note} ({count:,} times)."
        problems.append(Problem(path=where, reason=reason, severity="changed"))
    return shapes


def _skeleton(entry: Entry) -> SkeletonSpec | None:
    joints, edges = entry.get("keypoints"), entry.get("skeleton")
    if not isinstance(joints, list) or not joints:
        return None
    pairs = [pair for pair in edges if isinstance(pair, list)] if isinstance(edges, list) else []
    try:
        return SkeletonSpec(
            joints=tuple(map(str, joints)),
            edges=tuple((pair[0] - 1, pair[1] - 1) for pair in pairs),
        )
    except (ValidationError, IndexError, TypeError):
        return None


def _size(entry: Entry) -> tuple[int, int] | None:
    width, height = entry.get("width"), entry.get("height")
    if isinstance(width, int) and isinstance(height, int) and width > 0 and height > 0:
        return width, height
    return None
