"""TFRecord files as TensorFlow's object detection keeps them: one example a picture.

Boxes are in shares of the picture. Pictures inside the records are read; written records name
pictures that stand beside them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.files import PictureIndex, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    AttributeValue,
    Box,
    Drawn,
    Found,
    LabelSchema,
    Problem,
    Source,
    Tag,
    UnreadableLabels,
    Written,
)
from studio.api.images import probe
from studio.api.losses import Keeps
from studio.api.unchecked import numbers, score, size, text
from studio.errors import UnreadableImage
from studio_formats_tfrecord.framing import framed, records
from studio_formats_tfrecord.messages import Feature, packed, parsed

_KINDS = frozenset({"box", "tag"})
_OBJECT = "image/object/"
_EDGES = tuple(f"{_OBJECT}bbox/{edge}" for edge in ("xmin", "ymin", "xmax", "ymax"))
_FLAGS = ("difficult", "truncated", "is_crowd", "group_of")
_ENDINGS = (".tfrecord", ".tfrecords", ".record")
_MOST_BYTES = 4 * 2**30
_ITEM = re.compile(r"item\s*\{([^}]*)\}")
_ID = re.compile(r"\bid\s*:\s*(\d{1,9})")
_NAME = re.compile(r"\b(?:display_)?name\s*:\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*')")


class TfRecord:
    """TFRecord files of object detection, read and written."""

    name = "tfrecord"
    title = "TFRecord"
    reads = True
    writes = True
    geometries = _KINDS
    keeps = Keeps(geometries=_KINDS, attributes="known", known=frozenset(_FLAGS))

    def recognises(self, path: Path) -> float:
        """Look for files of that ending."""
        return 0.9 if next(_files(path), None) is not None else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the examples, then over the pictures that none names."""
        root = path if path.is_dir() else path.parent
        index = PictureIndex(root)
        labels = _label_map(path)
        taken: set[Path] = set()
        read = 0
        for file in _files(path):
            for place, example in _examples(file, problems):
                read += 1
                drawn = list(_drawn(example, labels, f"{file.name}, record {place}", problems))
                name = _texts(example, "image/filename")[:1] or [""]
                claimed = size(_first(example, "image/width"), _first(example, "image/height"))
                picture = index.find(name[0], file) if name[0] else None
                inside = _inside(example, name[0] or f"{file.stem}-{place}", file, root)
                if picture is not None and picture not in taken:
                    taken.add(picture)
                    yield _found(source(picture, root), drawn, claimed)
                elif inside is not None:
                    yield _found(inside, drawn, claimed)
                else:
                    lost = f"{len(drawn):,} shapes were left out"
                    reason = f"Its picture “{name[0]}” is not there; {lost}."
                    problems.append(Problem(path=f"{file.name}, record {place}", reason=reason))
        if not read:
            raise UnreadableLabels("There is no readable example here.", "Choose another format.")
        for picture in index.all if path.is_dir() else ():
            if picture not in taken:
                yield Found(source(picture, root))

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of the label map beside the records."""
        return list(_label_map(path).values())

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one file of records and the label map."""
        names = {label.id: label.name for label in schema.labels}
        ids = {label.id: number for number, label in enumerate(schema.labels, 1)}
        examples = []
        for item in items:
            boxes = [(s, s.geometry) for s in item.shapes if isinstance(s.geometry, Box)]
            tags = [s for s in item.shapes if isinstance(s.geometry, Tag)]
            width, height = item.media.width, item.media.height
            example: dict[str, Sequence[bytes | float | int]] = {
                "image/filename": [item.media.name.encode()],
                "image/source_id": [item.media.name.encode()],
                "image/format": [PurePosixPath(item.media.name).suffix[1:].encode()],
                "image/width": [width],
                "image/height": [height],
                "image/class/text": [names[s.label].encode() for s in tags],
                "image/class/label": [ids[s.label] for s in tags],
                f"{_OBJECT}class/text": [names[s.label].encode() for s, _ in boxes],
                f"{_OBJECT}class/label": [ids[s.label] for s, _ in boxes],
                _EDGES[0]: [box.x0 / width for _, box in boxes],
                _EDGES[1]: [box.y0 / height for _, box in boxes],
                _EDGES[2]: [box.x1 / width for _, box in boxes],
                _EDGES[3]: [box.y1 / height for _, box in boxes],
            }
            for flag in _FLAGS:
                example[_OBJECT + flag] = [int(s.attributes.get(flag) is True) for s, _ in boxes]
            examples.append(packed(example))
        written = Written(pictures="images")
        written.files["labels.tfrecord"] = framed(examples)
        entries = [
            f"item {{\n  id: {number}\n  name: {json.dumps(name, ensure_ascii=False)}\n}}\n"
            for number, name in enumerate(schema.names, 1)
        ]
        written.files["label_map.pbtxt"] = "".join(entries).encode()
        written.lost.append("Pictures stand beside the records, not inside them.")
        return written


def _files(path: Path) -> Iterator[Path]:
    for file in [path] if path.is_file() else walk(path):
        # Large sets are in pieces: `train.record-00003-of-00010`.
        if (
            file.suffix.casefold() in _ENDINGS
            or ".record-" in file.name
            or ".tfrecord-" in file.name
        ):
            yield file


def _label_map(path: Path) -> dict[int, str]:
    """Read the numbers of labels, which need not be without gaps, in their order."""
    numbered: dict[int, str] = {}
    for file in walk(path if path.is_dir() else path.parent):
        if file.suffix.casefold() == ".pbtxt" and file.stat().st_size < 2**24:
            for item in _ITEM.findall(file.read_bytes().decode("utf-8", "replace")):
                id_, name = _ID.search(item), _NAME.search(item)
                if id_ and name and text(_unquoted(name[1])):
                    numbered.setdefault(int(id_[1]), text(_unquoted(name[1])))
    return {id_: numbered[id_] for id_ in sorted(numbered)}


def _unquoted(quoted: str) -> str:
    try:
        return str(json.loads(quoted))
    except ValueError:
        return quoted[1:-1]


def _examples(file: Path, problems: list[Problem]) -> Iterator[tuple[int, dict[str, Feature]]]:
    told: list[str] = []
    try:
        large = file.stat().st_size > _MOST_BYTES
        data = b"" if large else file.read_bytes()
    except OSError as error:
        problems.append(Problem(path=file.name, reason=f"It cannot be read: {error}."))
        return
    if large:
        told.append("It is too large")
    for place, record in enumerate(records(data, told), 1):
        try:
            yield place, parsed(record)
        except ValueError as error:
            told.append(f"Record {place} is no example: {error}")
    problems.extend(Problem(path=file.name, reason=f"{reason}.") for reason in told)


def _texts(example: dict[str, Feature], key: str) -> list[str]:
    values = example.get(key, [])
    return [text(v.decode("utf-8", "replace")) if isinstance(v, bytes) else "" for v in values]


def _first(example: dict[str, Feature], key: str) -> object:
    return next(iter(example.get(key, [])), None)


def _inside(example: dict[str, Feature], name: str, file: Path, root: Path) -> Source | None:
    data = _first(example, "image/encoded")
    if not isinstance(data, bytes) or not data:
        return None
    bare = PurePosixPath(name.replace("\\", "/")).name
    return Source(f"{relative(file, root)}/{bare}", lambda: data)


def _found(picture: Source, drawn: list[Drawn], claimed: tuple[int, int] | None) -> Found:
    """Bring shares of the picture to pixels."""
    try:
        info = probe(picture.read())
        width, height = info.width, info.height
    except (OSError, UnreadableImage):
        width, height = claimed or (1, 1)
    shapes = [
        one._replace(
            geometry=Box(
                one.geometry.x0 * width,
                one.geometry.y0 * height,
                one.geometry.x1 * width,
                one.geometry.y1 * height,
            )
        )
        if isinstance(one.geometry, Box)
        else one
        for one in drawn
    ]
    return Found(picture, shapes, size=claimed)


def _drawn(
    example: dict[str, Feature], labels: dict[int, str], where: str, problems: list[Problem]
) -> Iterator[Drawn]:
    for name in _texts(example, "image/class/text"):
        if name:
            yield Drawn(name, Tag())
    columns = [example.get(edge, []) for edge in _EDGES]
    names = _texts(example, f"{_OBJECT}class/text")
    codes = example.get(f"{_OBJECT}class/label", [])
    for at in range(max(map(len, columns))):
        edges = numbers(*(column[at] if at < len(column) else None for column in columns))
        code = codes[at] if at < len(codes) else 0
        label = names[at] if at < len(names) else ""
        label = label or (labels.get(code, str(code)) if isinstance(code, int) and code else "")
        if edges is None or not label or edges[0] >= edges[2] or edges[1] >= edges[3]:
            reason = f"Object {at + 1}: its label or its box makes no sense."
            problems.append(Problem(path=where, reason=reason))
            continue
        said: dict[str, AttributeValue] = {
            flag: True for flag in _FLAGS if example.get(_OBJECT + flag, [])[at : at + 1] == [1]
        }
        sure = example.get(f"{_OBJECT}score", [])[at : at + 1]
        box = Box.spanning((edges[0], edges[1]), (edges[2], edges[3]))
        yield Drawn(label, box, said, score=score(sure[0]) if sure else None)
