"""Label pictures: PNG files in which every pixel says its label, as in VOC or Cityscapes.

`labelmap.txt` gives each label its colour, `name:r,g,b::` a line. A picture of numbers or with a
palette speaks of labels by their place in that list, from 0; one of colours by the colour. A list
of bare names, one a line, or of `r g b name` does as well. Without any the numbers and the colours
are the names.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.api.files import PictureIndex, lines_of, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Mask,
    Problem,
    UnreadableLabels,
    Written,
    mask_of,
    pixels_of,
)
from studio.api.losses import Keeps
from studio.api.unchecked import MOST_PIXELS

FOLDERS = ("segmentationclass", "segmentationclasspng", "masks", "gtfine", "label_masks", "labels")
"""Lower case; those that end in `annot`, as in `trainannot`, count as well."""
_MAP = "labelmap.txt"
_NAMES = ("codes.txt", "label_colors.txt", "label_names.txt", "class_names.txt", "classes.txt")
_BACKGROUND = "background"
_UNSURE = 255
_MOST_COLOURS = 256
"""Without a list of labels; a picture of more is a photograph."""
_COLOURED = re.compile(r"(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\d{1,3})[\s,]+(\S.*)")
_ENTRY = re.compile(r"(.+):([\d ]+,[\d ]+,[\d ]+):[^:]*:[^:]*")
_ENDS = re.compile(r"(_gtfine_labelids|_labelids|_mask|_[lp])$", re.IGNORECASE)

Colours = list[tuple[str, tuple[int, int, int] | None]]


class Masks:
    """Pictures of labels, read and written."""

    name = "masks"
    title = "Label pictures (PNG)"
    reads = True
    writes = True
    geometries = frozenset({"mask"})
    keeps = Keeps(geometries=frozenset({"mask"}))

    def recognises(self, path: Path) -> float:
        """Want the list of colours, and a folder of label pictures."""
        if not path.is_dir() or not _colours(path):
            return 0.0
        # Pascal VOC keeps boxes beside; where they are they say more.
        if any(file.suffix.casefold() == ".xml" for file in walk(path)):
            return 0.3
        if next(_label_pictures(path), None) is None:
            return 0.0
        return 0.92 if (path / _MAP).is_file() else 0.6

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures; one without a label picture comes without shapes."""
        colours = _colours(path) if path.is_dir() else []
        files = list(_label_pictures(path)) if path.is_dir() else []
        if not files and not colours:
            raise UnreadableLabels(
                f"There are neither label pictures nor a {_MAP} here.",
                f"Put the label pictures into a folder named {', '.join(FOLDERS[:3])} or the like.",
            )
        beside = {part.casefold() for file in files for part in file.relative_to(path).parts[:-1]}
        index = PictureIndex(path, [name for name in beside if _holds_labels(name)])
        drawn: dict[Path, list[Drawn]] = {}
        sizes: dict[Path, tuple[int, int]] = {}
        for file in files:
            picture = index.find(file.stem, file) or index.find(_ENDS.sub("", file.stem), file)
            where = relative(file, path)
            if picture is None:
                problems.append(Problem(path=where, reason="Its picture is not there."))
                continue
            if picture in drawn:
                problems.append(Problem(path=where, reason="Its picture has another already."))
                continue
            try:
                with Image.open(file, formats=("PNG",)) as opened:
                    sizes[picture] = opened.size
                drawn[picture] = list(_drawn(file, colours, where, problems))
            except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
                reason = f"It is no readable label picture: {type(error).__name__}."
                problems.append(Problem(path=where, reason=reason))
        for picture in index.all:
            yield Found(source(picture, path), drawn.get(picture, []), size=sizes.get(picture))

    def label_order(self, path: Path) -> Sequence[str]:
        """Take the order of the list of colours."""
        names = [name for name, _ in _colours(path)] if path.is_dir() else []
        return [name for name in dict.fromkeys(names) if name != _BACKGROUND]

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write one label picture a picture; what lies on top hides what lies under it."""
        written = Written(pictures="pictures")
        numbers = {label.id: number for number, label in enumerate(schema.labels, 1)}
        wide = len(numbers) >= _UNSURE
        hidden = merged = 0
        for item in items:
            canvas = np.zeros((item.media.height, item.media.width), np.uint16)
            seen: set[int] = set()
            for shape in item.shapes:
                if not isinstance(shape.geometry, Mask):
                    continue
                number = numbers[shape.label]
                hidden += _painted(canvas, shape.geometry, number)
                merged += number in seen
                seen.add(number)
            stem = str(PurePosixPath(item.media.name).with_suffix(""))
            written.files[f"SegmentationClass/{stem}.png"] = _png(canvas, schema, wide)
        lines = [f"{_BACKGROUND}:0,0,0::\n"]
        for label in schema.labels:
            red, green, blue = bytes.fromhex(label.colour[1:])
            lines.append(f"{_plain(label.name)}:{red},{green},{blue}::\n")
        written.files[_MAP] = "".join(lines).encode()
        changed = sum(_plain(label.name) != label.name for label in schema.labels)
        if changed:
            written.lost.append(
                f"Names of labels that the list cannot hold are changed: {changed:,}."
            )
        if hidden:
            written.lost.append(f"Shapes that lie on others hide them: {hidden:,}.")
        if merged:
            written.lost.append(f"Shapes of one label on one picture become one: {merged:,}.")
        return written


def _png(canvas: NDArray[np.uint16], schema: LabelSchema, wide: bool) -> bytes:
    out = io.BytesIO()
    if wide:
        Image.fromarray(canvas).save(out, "PNG")
        return out.getvalue()
    picture = Image.fromarray(canvas.astype(np.uint8), "L").convert("P")
    colours = b"".join(bytes.fromhex(label.colour[1:]) for label in schema.labels)
    picture.putpalette(b"\0\0\0" + colours)
    picture.save(out, "PNG")
    return out.getvalue()


def _painted(canvas: NDArray[np.uint16], mask: Mask, number: int) -> bool:
    """Paint that part of a mask that lies on the picture; tell whether it hides something."""
    pixels, left, top = pixels_of(mask), mask.left, mask.top
    window = canvas[
        max(top, 0) : max(top + mask.height, 0), max(left, 0) : max(left + mask.width, 0)
    ]
    pixels = pixels[max(-top, 0) :, max(-left, 0) :][: window.shape[0], : window.shape[1]]
    hides = bool((window[pixels] > 0).any())
    window[pixels] = number
    return hides


def _plain(name: str) -> str:
    """Change a name so that it is one entry of the list, and not that of the background."""
    name = " ".join(name.split()).lstrip("# ")
    return f"{name} (label)" if name in ("", _BACKGROUND) else name


def _colours(folder: Path) -> Colours:
    """Read the list of labels with their colours, if they have one, by their place in it."""
    for name in (_MAP, *_NAMES):
        try:
            lines = [line.strip() for line in lines_of(folder / name)]
        except (OSError, ValueError):
            continue
        entries = [line for line in lines if line and not line.startswith("#")]
        if name == _MAP:
            found = [_mapped(line) for line in entries if ":" in line]
        else:
            found = [_named(line) for line in entries]
        if any(label for label, _ in found):
            return [entry for entry in found if entry[0]]
    return []


def _mapped(line: str) -> tuple[str, tuple[int, int, int] | None]:
    # A name may hold colons itself; only a whole entry tells where it ends.
    whole = _ENTRY.fullmatch(line)
    name, colour = (whole[1], whole[2]) if whole else line.split(":")[:2]
    try:
        red, green, blue = (int(word) & 255 for word in colour.split(","))
    except ValueError:
        return name.strip()[:200], None
    return name.strip()[:200], (red, green, blue)


def _named(line: str) -> tuple[str, tuple[int, int, int] | None]:
    parts = _COLOURED.fullmatch(line)
    if parts is None:
        return line[:200], None
    return parts[4][:200], (int(parts[1]) & 255, int(parts[2]) & 255, int(parts[3]) & 255)


def _holds_labels(folder: str) -> bool:
    return folder in FOLDERS or folder.endswith("annot")


def _label_pictures(root: Path) -> Iterator[Path]:
    for file in walk(root):
        folders = [part.casefold() for part in file.relative_to(root).parts[:-1]]
        if file.suffix.casefold() == ".png" and any(map(_holds_labels, folders)):
            yield file


def _drawn(
    file: Path,
    colours: Colours,
    where: str,
    problems: list[Problem],
) -> Iterator[Drawn]:
    with Image.open(file, formats=("PNG",)) as opened:
        if opened.width * opened.height > MOST_PIXELS:
            raise ValueError("it is too large")
        coloured = opened.mode in ("RGB", "RGBA")
        pixels = np.asarray(opened.convert("RGB") if coloured else opened).astype(np.int64)
    if coloured:
        pixels = pixels[..., 0] << 16 | pixels[..., 1] << 8 | pixels[..., 2]
    if pixels.ndim != 2:
        raise ValueError("it has other channels")
    known = {
        (c[0] << 16 | c[1] << 8 | c[2] if coloured and c else -1 if coloured else number): name
        for number, (name, c) in enumerate(colours)
    }
    values = np.unique(pixels).tolist()
    if not colours:
        if len(values) > _MOST_COLOURS:
            raise ValueError("it has too many colours")
        known = {value: f"#{value:06x}" if coloured else str(value) for value in values}
        known.pop(-1 if coloured else _UNSURE, None)
    for value in values:
        name = known.get(value)
        if name == _BACKGROUND or (name is None and value == _UNSURE and not coloured):
            continue
        if name is None:
            share = int((pixels == value).sum())
            what = f"colour #{value:06x}" if coloured else f"number {value}"
            reason = f"{share:,} pixels of {what} stand for no label."
            problems.append(Problem(path=where, reason=reason))
            continue
        yield Drawn(name, mask_of(pixels == value, 0, 0))
