"""LabelMe: one JSON file beside each picture, with corners in pixels from its top left edge.

The extensions of X-AnyLabeling are read and written as well: turned boxes, cuboids, scores,
attributes and difficult things. Flags of the whole picture are tags.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.files import PictureIndex, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    Source,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.losses import Keeps
from studio.api.unchecked import beginnings, document, local_name, size, text
from studio_formats_labelme.outlines import drawn_of, entry_of

_KINDS = frozenset(
    {"box", "rotated_box", "polygon", "polyline", "points", "circle", "cuboid", "mask", "tag"}
)


class Labelme:
    """LabelMe's JSON, read and written."""

    name = "labelme"
    title = "LabelMe"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="any", groups=True)

    def recognises(self, path: Path) -> float:
        """Look at the first few JSON files."""
        starts = list(beginnings(path, ".json"))
        known = [b'"imagePath"' in start or b'"imageData"' in start for start in starts]
        return 0.95 if any(known) else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures, those without a JSON file last."""
        root = path if path.is_dir() else path.parent
        index = PictureIndex(root)
        taken: set[Path] = set()
        sheets = 0
        for file in [path] if path.is_file() else walk(path):
            sheet = _sheet(file, root, problems)
            if sheet is None:
                continue
            sheets += 1
            drawn = list(_drawn(sheet, relative(file, root), problems))
            claimed = size(sheet.get("imageWidth"), sheet.get("imageHeight"))
            name = local_name(text(sheet.get("imagePath")))
            picture = _picture(index, name, file)
            if picture is not None and picture not in taken:
                taken.add(picture)
                yield Found(source(picture, root), drawn, size=claimed)
                continue
            inside = _inside(sheet, file, root, name) if picture is None else None
            if inside is not None:
                yield Found(inside, drawn, size=claimed)
                continue
            what = "is not there" if picture is None else "has labels from another file already"
            reason = f"Its picture “{name[:200]}” {what}; {len(drawn):,} shapes were left out."
            problems.append(Problem(path=relative(file, root), reason=reason))
        if not sheets:
            raise UnreadableLabels("There is no LabelMe file here.", "Choose another format.")
        for picture in index.all if path.is_dir() else ():
            if picture not in taken:
                yield Found(source(picture, root))

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of `labels.txt`, if there is one; LabelMe's own files have none."""
        file = (path if path.is_dir() else path.parent) / "labels.txt"
        try:
            lines = file.read_bytes().decode("utf-8-sig").splitlines() if file.is_file() else []
        except (OSError, ValueError):
            return ()
        special = ("__ignore__", "_background_", "")
        return [name for name in dict.fromkeys(map(str.strip, lines)) if name not in special]

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one JSON file a picture, beside it, and the list of labels."""
        written = Written()
        names = {label.id: label.name for label in schema.labels}
        for item in items:
            tags = {names[s.label]: True for s in item.shapes if isinstance(s.geometry, Tag)}
            groups = dict.fromkeys(shape.group for shape in item.shapes if shape.group)
            ids = {group: number for number, group in enumerate(groups, 1)}
            sheet = {
                "version": "5.5.0",
                "flags": tags,
                "shapes": [
                    entry_of(shape, names[shape.label], ids)
                    for shape in item.shapes
                    if not isinstance(shape.geometry, Tag)
                ],
                "imagePath": PurePosixPath(item.media.name).name,
                "imageData": None,
                "imageHeight": item.media.height,
                "imageWidth": item.media.width,
            }
            file = PurePosixPath(item.media.name).with_suffix(".json")
            written.files[str(file)] = json.dumps(sheet, ensure_ascii=False, indent=1).encode()
        written.files["labels.txt"] = "".join(f"{name}\n" for name in schema.names).encode()
        return written


def _sheet(file: Path, root: Path, problems: list[Problem]) -> dict[str, object] | None:
    """Read one file; None if it is of something else."""
    if file.suffix.casefold() != ".json":
        return None
    try:
        sheet = document(file)
    except UnreadableLabels as error:
        problems.append(Problem(path=relative(file, root), reason=error.what_happened))
        return None
    if (
        isinstance(sheet, dict)
        and "shapes" in sheet
        and ("imagePath" in sheet or "version" in sheet)
    ):
        return sheet
    return None


def _picture(index: PictureIndex, name: str, file: Path) -> Path | None:
    """Find the picture by its name, else the one beside the file that has the file's own name."""
    picture = index.find(name, file) if name and not name.endswith(".json") else None
    return picture or index.find(file.stem, file)


def _inside(sheet: dict[str, object], file: Path, root: Path, name: str) -> Source | None:
    """Take the picture that the file carries, if it carries one."""
    data = sheet.get("imageData")
    if not isinstance(data, str) or not data:
        return None
    try:
        raw = base64.b64decode(data)
    except (binascii.Error, ValueError):
        return None
    ending = PurePosixPath(name.replace("\\", "/")).suffix
    if ending in ("", ".json"):
        ending = ".jpg" if raw.startswith(b"\xff\xd8") else ".png"
    return Source(relative(file.with_suffix(ending), root), lambda: raw)


def _drawn(sheet: dict[str, object], where: str, problems: list[Problem]) -> Iterator[Drawn]:
    flags = sheet.get("flags")
    for flag, said in flags.items() if isinstance(flags, dict) else ():
        if said is True and text(flag):
            yield Drawn(text(flag), Tag())
    shapes = sheet.get("shapes")
    if not isinstance(shapes, list):
        problems.append(Problem(path=where, reason="Its shapes are no list."))
        return
    for place, entry in enumerate(shapes, 1):
        drawn = drawn_of(entry) if isinstance(entry, dict) else "it is not a shape"
        if isinstance(drawn, Drawn):
            yield drawn
        else:
            problems.append(Problem(path=where, reason=f"Shape {place}: {drawn}."))
