"""Label pictures: PNG files in which every pixel says its label, as in VOC or Cityscapes.

`labelmap.txt` gives each label its colour, `name:r,g,b::` a line. A picture of numbers or with a
palette speaks of labels by their place in that list, from 0; one of colours by the colour.
"""

from __future__ import annotations

import io
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

FOLDERS = ("segmentationclass", "segmentationclasspng", "masks", "gtfine", "label_masks")
_MAP = "labelmap.txt"
_BACKGROUND = "background"
_UNSURE = 255


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
        return 0.92 if next(_label_pictures(path), None) is not None else 0.0

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures; one without a label picture comes without shapes."""
        colours = _colours(path) if path.is_dir() else []
        if not colours:
            raise UnreadableLabels(
                f"There is no {_MAP} here.", "Add one with the colours of the labels."
            )
        index = PictureIndex(path, FOLDERS)
        drawn: dict[Path, list[Drawn]] = {}
        sizes: dict[Path, tuple[int, int]] = {}
        for file in _label_pictures(path):
            picture = index.find(file.stem, file)
            where = relative(file, path)
            if picture is None:
                problems.append(Problem(path=where, reason="Its picture is not there."))
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
        return [name for name, _ in _colours(path) if name != _BACKGROUND] if path.is_dir() else []

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
                pixels, number = pixels_of(shape.geometry), numbers[shape.label]
                left, top = shape.geometry.left, shape.geometry.top
                window = canvas[top : top + pixels.shape[0], left : left + pixels.shape[1]]
                pixels = pixels[: window.shape[0], : window.shape[1]]
                hidden += bool((window[pixels] > 0).any())
                merged += number in seen
                seen.add(number)
                window[pixels] = number
            stem = str(PurePosixPath(item.media.name).with_suffix(""))
            written.files[f"SegmentationClass/{stem}.png"] = _png(canvas, schema, wide)
        lines = [f"{_BACKGROUND}:0,0,0::\n"]
        for label in schema.labels:
            red, green, blue = bytes.fromhex(label.colour[1:])
            lines.append(f"{label.name.replace(':', ' ')}:{red},{green},{blue}::\n")
        written.files[_MAP] = "".join(lines).encode()
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


def _colours(folder: Path) -> list[tuple[str, tuple[int, int, int] | None]]:
    """Read the list of labels with their colours, if they have one."""
    try:
        lines = lines_of(folder / _MAP)
    except (OSError, ValueError):
        return []
    found: dict[str, tuple[int, int, int] | None] = {}
    for line in lines:
        if line.startswith("#") or ":" not in line:
            continue
        name, colour = line.split(":")[:2]
        try:
            red, green, blue = (int(word) & 255 for word in colour.split(","))
        except ValueError:
            found.setdefault(name.strip()[:200], None)
        else:
            found.setdefault(name.strip()[:200], (red, green, blue))
    return [(name, colour) for name, colour in found.items() if name]


def _label_pictures(root: Path) -> Iterator[Path]:
    for file in walk(root):
        folders = {part.casefold() for part in file.relative_to(root).parts[:-1]}
        if file.suffix.casefold() == ".png" and folders & set(FOLDERS):
            yield file


def _drawn(
    file: Path,
    colours: Sequence[tuple[str, tuple[int, int, int] | None]],
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
    for value in np.unique(pixels).tolist():
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
