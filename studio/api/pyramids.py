"""Pictures too large to decode whole, read tile by tile at the size that is needed."""

from __future__ import annotations

import contextlib
import io
import itertools
import threading
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.errors import UnreadableImage

_HOW = "Save it as a tiled TIFF with overviews (a pyramid), then import it again."
_MOST_TILE_BYTES = 256 << 20
_MOST_PAGES = 64
_COARSE_SIDE = 4096
"""A picture whose smallest size is larger than this is given one more size, px."""
_WIDTH, _LENGTH, _ORIENTATION = 256, 257, 274
_MINISWHITE, _RGB, _PALETTE, _CMYK, _YCBCR = 0, 2, 3, 5, 6
_JPEGS = (6, 7, 33007)
_SIGNATURES = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


class Pyramid(Protocol):
    """A picture at its size and at smaller ones; any thread may read."""

    sizes: tuple[tuple[int, int], ...]
    """Width and height of each level, px; the picture itself first, then ever smaller."""

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        """Return a window as it is looked at.

        Parameters
        ----------
        level : int
            Index into `sizes`.
        x0, y0, x1, y1 : int, px of the level
            The window, without its right and lower edge; what lies outside is cut off.

        Returns
        -------
        (h, w, 3) uint8
            RGB.
        """

    def raw(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[Any]:
        """Return a window as it is stored, (h, w, channels) in the type of the file."""

    def close(self) -> None:
        """Let go of the file; what is being read ends with `UnreadableImage`."""


def claimed_px(data: bytes) -> int:
    """Return how many pixels the first page of a TIFF file claims; 0 of any other file."""
    import tifffile

    if data[:4] not in _SIGNATURES:
        return 0
    try:
        with _explained(), tifffile.TiffFile(io.BytesIO(data)) as tiff:
            first: Any = tiff.pages[0]
            return int(first.imagewidth) * int(first.imagelength)
    except UnreadableImage:
        # Whoever decodes it whole says what is wrong with it.
        return 0


def level_for(sizes: tuple[tuple[int, int], ...], zoom: float) -> int:
    """Return the smallest level that still has a pixel for each px of the screen."""
    width = sizes[0][0]
    fine = [i for i, (wide, _) in enumerate(sizes) if wide >= width * zoom]
    return max(fine, default=0)


class ArrayPyramid:
    """A picture that was decoded whole, with its halved sizes.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB.
    smallest : int, px
        Sizes end when the longer side is at most this.
    """

    def __init__(self, pixels: NDArray[np.uint8], smallest: int = 512) -> None:
        self._levels = [pixels]
        while max(pixels.shape[:2]) > smallest and min(pixels.shape[:2]) > 1:
            pixels = _halved(pixels)
            self._levels.append(pixels)
        self.sizes = tuple((one.shape[1], one.shape[0]) for one in self._levels)

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        """Return a window; see `Pyramid`."""
        x0, y0, x1, y1 = _clipped(self.sizes[level], x0, y0, x1, y1)
        return self._levels[level][y0:y1, x0:x1]

    def raw(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[Any]:
        """Return a window; see `Pyramid`."""
        return self.read(level, x0, y0, x1, y1)

    def close(self) -> None:
        """There is no file to let go of."""


def _halved(pixels: NDArray[Any]) -> NDArray[Any]:
    high, wide = (side // 2 * 2 for side in pixels.shape[:2])
    total = pixels[0:high:2, 0:wide:2].astype(np.uint16)
    for down, across in ((0, 1), (1, 0), (1, 1)):
        total += pixels[down:high:2, across:wide:2]
    total >>= 2
    return total.astype(np.uint8)


def _clipped(
    size: tuple[int, int], x0: int, y0: int, x1: int, y1: int
) -> tuple[int, int, int, int]:
    left, top = min(max(0, x0), size[0]), min(max(0, y0), size[1])
    return left, top, min(max(left, x1), size[0]), min(max(top, y1), size[1])


@contextlib.contextmanager
def _explained() -> Iterator[None]:
    """Turn what the decoders raise over broken files into `UnreadableImage`."""
    import struct
    import zlib

    from tifffile import TiffFileError

    broken = (
        OSError, ValueError, KeyError, IndexError, TypeError, EOFError, RuntimeError, struct.error,
        ZeroDivisionError, AttributeError, OverflowError, AssertionError, ImportError, zlib.error,
        TiffFileError,
    )  # fmt: skip
    try:
        yield
    except UnreadableImage:
        raise
    except MemoryError as error:
        raise UnreadableImage("It does not fit into memory.", _HOW) from error
    except broken as error:
        why = str(error).rstrip(".") or type(error).__name__
        raise UnreadableImage(f"It cannot be decoded: {why}.", _HOW) from error


class TiffPyramid:
    """A tiled TIFF with or without overviews; reads only the tiles that are asked for.

    Parameters
    ----------
    file : BinaryIO
        Open for reading, and seekable; closed by `close`.
    page : int
        Which page of the file, from 0.
    most_bytes : int
        So much of decoded tiles is kept.

    Raises
    ------
    UnreadableImage
        If the file is broken, or holds strips instead of tiles.
    """

    def __init__(self, file: BinaryIO, page: int = 0, most_bytes: int = 128 << 20) -> None:
        import tifffile

        self._lock, self._most, self._bytes = threading.Lock(), most_bytes, 0
        self._kept: OrderedDict[tuple[int, int], NDArray[Any]] = OrderedDict()
        self._shrinking = threading.Lock()
        self._coarse: NDArray[Any] | None = None
        with _explained():
            self._length = file.seek(0, io.SEEK_END)
            file.seek(0)
            self._tiff = tifffile.TiffFile(file)
            self._file = file
            self._pages = _levels(self._tiff, page)
            for one in self._pages:
                _checked(one)
            sizes = [(int(one.imagewidth), int(one.imagelength)) for one in self._pages]
        self._factor = 1
        while max(sizes[-1]) // self._factor > _COARSE_SIDE:
            self._factor *= 2
        if self._factor > 1:
            wide, high = sizes[-1]
            sizes.append((-(-wide // self._factor), -(-high // self._factor)))
        self.sizes = tuple(sizes)

    @property
    def bytes_kept(self) -> int:
        """How much memory decoded tiles take, bytes."""
        return self._bytes

    @property
    def mode(self) -> str:
        """Its pixel mode as Pillow would name it."""
        page = self._pages[0]
        if page.photometric in (_RGB, _YCBCR):
            return "RGBA" if page.samplesperpixel == 4 else "RGB"
        if page.photometric in (_PALETTE, _CMYK):
            return "P" if page.photometric == _PALETTE else "CMYK"
        return {"f": "F", "b": "1"}.get(page.dtype.kind, "I;16" if page.dtype.itemsize > 1 else "L")

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._tiff.close()
            self._file.close()

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        """Return a window; see `Pyramid`."""
        stored = self.raw(level, x0, y0, x1, y1)
        with _explained():
            return _looked_at(stored, self._pages[0])

    def deep(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint16]:
        """Return a window of one channel, (h, w) uint16, as it is looked at with all its bits."""
        stored = self.raw(level, x0, y0, x1, y1)[:, :, 0]
        with _explained():
            values = _sixteen_of(stored)
            return 65535 - values if self._pages[0].photometric == _MINISWHITE else values

    def raw(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[Any]:
        """Return a window; see `Pyramid`."""
        x0, y0, x1, y1 = _clipped(self.sizes[level], x0, y0, x1, y1)
        if level == len(self._pages):
            return self._shrunk()[y0:y1, x0:x1]
        page = self._pages[level]
        wide, high = page.tilewidth, page.tilelength
        with _explained():
            out = np.zeros((y1 - y0, x1 - x0, page.samplesperpixel), page.dtype)
        for row, col in itertools.product(
            range(y0 // high, -(-y1 // high)), range(x0 // wide, -(-x1 // wide))
        ):
            top, left = row * high, col * wide
            a, b, c, d = max(y0, top), min(y1, top + high), max(x0, left), min(x1, left + wide)
            if a < b and c < d:
                tile = self._tile(level, row, col)
                part = tile[a - top : b - top, c - left : d - left]
                out[a - y0 : a - y0 + part.shape[0], c - x0 : c - x0 + part.shape[1]] = part
        return out

    def _shrunk(self) -> NDArray[Any]:
        """Sample the smallest stored size once, a row of tiles at a time."""
        with self._shrinking:
            if self._coarse is None:
                level, step = len(self._pages) - 1, self._factor
                wide, high = self.sizes[level]
                rows = max(step, self._pages[level].tilelength // step * step)
                bands = [
                    self.raw(level, 0, top, wide, top + rows)[::step, ::step].copy()
                    for top in range(0, high, rows)
                ]
                self._coarse = np.concatenate(bands)
            return self._coarse

    def _tile(self, level: int, row: int, col: int) -> NDArray[Any]:
        page = self._pages[level]
        across = -(-page.imagewidth // page.tilewidth)
        planes = 1
        if page.planarconfig == 2:
            planes = page.samplesperpixel
        plane = across * -(-page.imagelength // page.tilelength)
        numbers = [one * plane + row * across + col for one in range(planes)]
        key = level, numbers[0]
        with self._lock:
            if (known := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                return known
        with _explained():
            parts = [self._decoded(page, number) for number in numbers]
            tile = parts[0] if planes == 1 else np.concatenate(parts, axis=2)
        with self._lock:
            # Another thread may have decoded the same tile meanwhile.
            if key not in self._kept:
                self._kept[key] = tile
                self._bytes += tile.nbytes
            while self._bytes > self._most and self._kept:
                self._bytes -= self._kept.popitem(last=False)[1].nbytes
        return tile

    def _decoded(self, page: Any, number: int) -> NDArray[Any]:
        count = min(int(page.databytecounts[number]), self._length)
        channels = 1 if page.planarconfig == 2 else page.samplesperpixel
        data = b""
        if count:
            with self._lock:
                self._file.seek(int(page.dataoffsets[number]))
                data = self._file.read(count)
        tile = page.decode(data, number, jpegtables=page.jpegtables)[0] if data else None
        if tile is None:
            return np.zeros((page.tilelength, page.tilewidth, channels), page.dtype)
        flat: NDArray[Any] = np.asarray(tile[0])
        if flat.ndim != 3 or flat.shape[2] != channels:
            raise UnreadableImage("A tile has other channels than the picture.", _HOW)
        return flat


def _levels(tiff: Any, number: int) -> list[Any]:
    """Return a page and its overviews, whether below it or as pages of their own."""
    first = tiff.pages[number]
    others = list(itertools.islice(first.pages or (), _MOST_PAGES))
    if not others:
        for index in range(number + 1, number + _MOST_PAGES):
            try:
                others.append(tiff.pages[index])
            except IndexError:
                break
    found = [first]
    for page in sorted(others, key=lambda one: -one.imagewidth):
        alike = page.samplesperpixel == first.samplesperpixel and page.dtype == first.dtype
        if alike and page.is_tiled and page.imagewidth < found[-1].imagewidth:
            share = first.imagewidth / page.imagewidth
            if abs(first.imagelength / share - page.imagelength) <= 2:
                found.append(page)
    return found


def _checked(page: Any) -> None:
    """Refuse what cannot be read in tiles, before anything is decoded."""
    if not page.is_tiled:
        raise UnreadableImage(
            "It is stored in strips, of which no part can be read alone; "
            "a tiled TIFF with overviews (a pyramid) can be opened at any size.",
            _HOW,
        )
    if page.imagewidth < 1 or page.imagelength < 1 or page.imagedepth > 1 or page.dtype is None:
        raise UnreadableImage("Its header is broken.", _HOW)
    turn = page.tags.get(_ORIENTATION)
    if turn is not None and turn.value not in (0, 1):
        raise UnreadableImage("It is stored turned, and too large to be turned here.", _HOW)
    size = page.tilewidth * page.tilelength * page.samplesperpixel * page.dtype.itemsize
    if page.tilewidth < 1 or page.tilelength < 1 or size > _MOST_TILE_BYTES:
        raise UnreadableImage("Its tiles are absurdly large.", _HOW)
    across, down = -(-page.imagewidth // page.tilewidth), -(-page.imagelength // page.tilelength)
    tiles = across * down * (page.samplesperpixel if page.planarconfig == 2 else 1)
    if min(len(page.dataoffsets), len(page.databytecounts)) < tiles:
        raise UnreadableImage("It claims more tiles than it holds.", _HOW)
    if page.photometric == _YCBCR and page.compression not in _JPEGS:
        raise UnreadableImage("Its colours are stored in a way that is not read here.", _HOW)
    # Made now: the first use of a cached property by two threads at once would make it twice.
    _ = page.decode, page.jpegtables


def _looked_at(stored: NDArray[Any], page: Any) -> NDArray[np.uint8]:
    """Turn stored values into RGB: the upper eight bits of integers, floats from 0 to 1."""
    if page.photometric == _PALETTE and page.colormap is not None:
        table: NDArray[np.uint8] = (np.asarray(page.colormap) >> 8).astype(np.uint8)
        return np.ascontiguousarray(table.T[stored[:, :, 0]])
    pixels = _bytes_of(stored)
    if page.photometric == _MINISWHITE:
        pixels = 255 - pixels
    if page.photometric == _CMYK and pixels.shape[2] >= 4:
        ink = 255 - pixels[:, :, :4].astype(np.uint16)
        return (ink[:, :, :3] * ink[:, :, 3:4] // 255).astype(np.uint8)
    if page.photometric in (_RGB, _YCBCR) and pixels.shape[2] >= 3:
        return np.ascontiguousarray(pixels[:, :, :3])
    return np.repeat(pixels[:, :, :1], 3, axis=2)


def _bytes_of(stored: NDArray[Any]) -> NDArray[np.uint8]:
    kind, size = stored.dtype.kind, stored.dtype.itemsize
    if kind == "b":
        return stored.astype(np.uint8) * np.uint8(255)
    if kind == "u":
        return np.asarray(stored >> (8 * (size - 1)), np.uint8)
    if kind == "i":
        upper = np.maximum(stored, 0)
        return np.asarray(upper * 2 if size == 1 else upper >> (8 * size - 9), np.uint8)
    if kind == "f":
        return np.asarray(np.nan_to_num(stored).clip(0, 1) * 255).astype(np.uint8)
    raise UnreadableImage("Its values are no numbers that can be shown.", _HOW)


def _sixteen_of(stored: NDArray[Any]) -> NDArray[np.uint16]:
    kind, bits = stored.dtype.kind, 8 * stored.dtype.itemsize
    if kind == "f":
        return np.asarray(np.nan_to_num(stored).clip(0, 1) * 65535).astype(np.uint16)
    if kind not in "ui" or bits < 16:
        return _bytes_of(stored).astype(np.uint16) * np.uint16(257)
    upper = stored >> (bits - 16) if kind == "u" else np.maximum(stored, 0) >> (bits - 16)
    return (upper if kind == "u" else upper << 1).astype(np.uint16)
