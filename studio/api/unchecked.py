"""Values from label files that nobody checked: each is taken if it makes sense, else it is None."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

import numpy as np
from numpy.typing import NDArray

from studio.api.files import PictureIndex, source, walk
from studio.api.formats import (
    AttributeValue,
    Drawn,
    Found,
    Mask,
    Polygon,
    Problem,
    RotatedBox,
    UnreadableLabels,
    joined,
    mask_of,
)

__all__ = [
    "Named", "answer", "beginnings", "document", "found", "local_name", "mask_from_png", "number",
    "numbers", "places", "plain", "score", "size", "table", "text", "turned_box", "united",
]  # fmt: skip

Place = tuple[float, float]
MOST_BYTES = 2**30
MOST_POINTS = 1_000_000
"""Of one shape."""
MOST_PIXELS = 500_000_000
"""Of one mask."""
_FARTHEST = 1e9
_LARGEST = 2**53
_LONGEST = 10_000


class Named(NamedTuple):
    """What a label file says of one picture."""

    name: str
    """Of the picture, as the file has it."""
    file: Path
    """The label file."""
    drawn: list[Drawn]
    size: tuple[int, int] | None = None
    """Width and height that the file claims, px."""


def beginnings(path: Path, ending: str, count: int = 20) -> Iterator[bytes]:
    """Walk over the first 64 KiB of some files of an ending; passes over those not to be read."""
    files = [path] if path.is_file() else walk(path)
    for file in files:
        if file.suffix.casefold() == ending:
            try:
                with file.open("rb") as opened:
                    yield opened.read(65536)
            except OSError:
                continue
            count -= 1
            if count <= 0:
                return


def document(file: Path) -> object:
    """Read one JSON file.

    Raises
    ------
    UnreadableLabels
        If it is too large, nested too deeply, or not JSON.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            raise UnreadableLabels(f"“{file.name}” is too large.", "Divide it.")
        return json.loads(file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableLabels(f"“{file.name}” is not JSON: {error}.") from error


def table(
    file: Path, columns: Sequence[str], problems: list[Problem]
) -> list[dict[str, str]] | None:
    """Read the rows of a CSV file that has all these columns, in whatever order and case.

    Parameters
    ----------
    file : Path
        UTF-8, with a row of titles.
    columns : sequence of str
        Titles that must be there.
    problems : list of Problem
        Grows.

    Returns
    -------
    list of dict or None
        Every row by column; missing cells are empty. None if it is another table.
    """
    try:
        if file.stat().st_size > MOST_BYTES:
            problems.append(Problem(path=file.name, reason="It is too large."))
            return None
        lines = io.StringIO(file.read_bytes().decode("utf-8-sig", "replace"), newline="")
        # A region of many points in one cell is longer than the module allows by itself.
        csv.field_size_limit(MOST_BYTES)
        reader = csv.reader(lines)
        titles = {title.strip().casefold(): place for place, title in enumerate(next(reader, []))}
        if not all(column.casefold() in titles for column in columns):
            return None
        kept = {column: titles[column.casefold()] for column in columns}
        rows: list[dict[str, str]] = []
        for row in reader:
            if row:
                cells = {c: row[at] if at < len(row) else "" for c, at in kept.items()}
                rows.append(cells)
    except (OSError, csv.Error) as error:
        problems.append(Problem(path=file.name, reason=f"It is no readable table: {error}."))
        return None
    return rows


def found(
    path: Path, sheets: Iterable[Named], problems: list[Problem], whole: bool = True
) -> Iterator[Found]:
    """Bring what label files say together with the pictures, and say what has no picture.

    Parameters
    ----------
    path : Path
        The imported folder, or one label file.
    sheets : iterable of Named
        Of the same picture there may be several.
    problems : list of Problem
        Grows.
    whole : bool
        Whether pictures of a folder that no file names come as well, last.
    """
    root = path if path.is_dir() else path.parent
    index = PictureIndex(root)
    drawn: dict[Path, list[Drawn]] = {}
    sizes: dict[Path, tuple[int, int] | None] = {}
    for sheet in sheets:
        picture = index.find(sheet.name, sheet.file) if sheet.name else None
        if picture is None:
            lost = f"; {len(sheet.drawn):,} shapes were left out" if sheet.drawn else ""
            reason = f"Its picture “{sheet.name[:200]}” is not there{lost}."
            problems.append(Problem(path=sheet.file.name, reason=reason))
            continue
        drawn.setdefault(picture, []).extend(sheet.drawn)
        sizes.setdefault(picture, sheet.size)
    for picture, shapes in drawn.items():
        yield Found(source(picture, root), shapes, size=sizes[picture])
    if whole and path.is_dir():
        for picture in index.all:
            if picture not in drawn:
                yield Found(source(picture, root))


def number(value: object) -> float | None:
    """Return a finite number of bearable size."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < _FARTHEST else None


def numbers(*values: object) -> tuple[float, ...] | None:
    """Return all of some numbers, or None if one is none; takes texts as tables have them."""
    taken: list[float] = []
    for value in values:
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                return None
        one = number(value)
        if one is None:
            return None
        taken.append(one)
    return tuple(taken)


def places(values: object) -> tuple[Place, ...] | None:
    """Return points given as pairs `[x, y]` or as `{"x": x, "y": y}`; None if one is none."""
    if not isinstance(values, list | tuple) or len(values) > MOST_POINTS:
        return None
    taken: list[Place] = []
    for value in values:
        pair = (value.get("x"), value.get("y")) if isinstance(value, dict) else value
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            return None
        x, y = number(pair[0]), number(pair[1])
        if x is None or y is None:
            return None
        taken.append((x, y))
    return tuple(taken)


def text(value: object) -> str:
    """Return a text that can be stored; empty for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    try:
        return str(value).encode("utf-8", "replace").decode()[:_LONGEST].strip()
    except ValueError:
        # Python writes no whole number of more than some thousand digits.
        return ""


def answer(value: object) -> AttributeValue | None:
    """Return a value that an attribute can have and that can be stored."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if abs(value) < _LARGEST else None
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()[:_LONGEST]
    return None


def plain(values: object) -> dict[str, AttributeValue]:
    """Return those entries of a dictionary that attributes can have."""
    said: dict[str, AttributeValue] = {}
    for name, value in values.items() if isinstance(values, dict) else ():
        one = answer(value)
        if one is not None and text(name):
            said[text(name)[:200]] = one
    return said


def score(value: object) -> float | None:
    """Return how sure a model was, if that lies in 0..1."""
    one = number(value)
    return one if one is not None and 0 <= one <= 1 else None


def size(width: object, height: object) -> tuple[int, int] | None:
    """Return a picture's size in whole px, if it can be one."""
    pair = numbers(width, height)
    if pair is None or min(pair) < 1 or any(side != int(side) for side in pair):
        return None
    return int(pair[0]), int(pair[1])


def turned_box(corners: Sequence[Place]) -> RotatedBox | None:
    """Return the turned box of four corners in either sense; None if they make none.

    Parameters
    ----------
    corners : sequence of (float, float), px
        Top left, top right, bottom right, bottom left before the turn; the other way round the
        second and the last are exchanged.
    """
    (ax, ay), (bx, by), (cx, cy), (dx, dy) = corners
    if (bx - ax) * (dy - ay) - (by - ay) * (dx - ax) < 0:
        (bx, by), (dx, dy) = (dx, dy), (bx, by)
    width, height = math.hypot(bx - ax, by - ay), math.hypot(dx - ax, dy - ay)
    skew = abs((bx - ax) * (dx - ax) + (by - ay) * (dy - ay))
    apart = math.hypot(bx + dx - ax - cx, by + dy - ay - cy)
    # Files round to whole pixels now and then; further off it is another quadrilateral.
    allowed = max(1.5, 0.01 * max(width, height))
    if min(width, height) <= 0 or apart > allowed or skew / max(width, height) > allowed:
        return None
    centre = (ax + cx) / 2, (ay + cy) / 2
    return RotatedBox(*centre, width, height, math.degrees(math.atan2(by - ay, bx - ax)))


def mask_from_png(data: object, left: int = 0, top: int = 0) -> Mask | str:
    """Read a mask from a picture, in bytes or as base64; returns why not where that fails.

    Parameters
    ----------
    data : bytes or str
        Of a picture in which what is not 0 is set.
    left, top : int
        Column and row on which it lies, px.
    """
    from PIL import Image

    try:
        raw = data if isinstance(data, bytes) else base64.b64decode(str(data), validate=False)
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(raw), formats=("PNG",)) as opened:
                if opened.width * opened.height > MOST_PIXELS:
                    return "its mask is too large"
                pixels: NDArray[np.generic] = np.asarray(opened)
    except (binascii.Error, OSError, ValueError, SyntaxError, EOFError, Warning) as error:
        return f"its mask is no readable picture ({type(error).__name__})"
    except Image.DecompressionBombError:
        return "its mask is too large"
    set_: NDArray[np.bool_] = np.atleast_3d(pixels).astype(np.bool_).max(2)
    mask = mask_of(set_, left, top)
    return mask if mask.width else "its mask is empty"


def united(rings: Sequence[tuple[Place, ...]]) -> Polygon:
    """Return the region of several rings that add up, as files without holes mean them."""
    if len(rings) == 1:
        return Polygon((tuple(rings[0]),))
    first, *others = (Polygon((tuple(ring),)) for ring in rings)
    whole = joined("union", first, others)
    return whole if isinstance(whole, Polygon) else first


def local_name(path: str) -> str:
    """Return a path out of an address: without `file:`, with `%20` and the like undone."""
    bare = path.removeprefix("file:")
    return unquote(bare, errors="replace").replace("\\", "/") if bare != path else path
