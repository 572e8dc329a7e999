"""Pictures from bytes: one way to decode, for the window, the engine and plugins alike."""

from __future__ import annotations

import contextlib
import io
import struct
import threading
import warnings
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageCms, ImageOps, UnidentifiedImageError

from studio.api.pyramids import TiffPyramid, claimed_px, level_for
from studio.domain.models import InputSpec
from studio.errors import UnreadableImage

Pixels: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) uint8, RGB, upright; origin top-left."""

LARGEST_PX = 500_000_000
"""Pictures that claim more pixels are refused where they would have to be decoded whole."""

LARGEST_TILED_PX = 100_000_000_000
"""Tiled pictures that claim more pixels are refused altogether."""

_TURNS_SIDEWAYS = {5, 6, 7, 8}
_BILINEAR = Image.Resampling.BILINEAR
_PLAIN_MODES = {"1", "L", "P", "RGB", "RGBA", "CMYK", "YCbCr"}
"""Modes that always turn into RGB."""

# Pillow warns and refuses from a limit of its own, which is below ours.
Image.MAX_IMAGE_PIXELS = LARGEST_PX


class ImageInfo(NamedTuple):
    """What the header of an image file says."""

    width: int
    """Columns of the upright picture, px."""
    height: int
    """Rows of the upright picture, px."""
    mode: str
    """As Pillow names it."""
    format: str
    """As Pillow names it: `JPEG`, `PNG`, `TIFF`."""
    pages: int
    """Pages or frames in the file."""


class _Quiet:
    """Silences warnings while any thread decodes: Python's own filter is not safe with threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._caught = warnings.catch_warnings()

    def __enter__(self) -> None:
        with self._lock:
            if self._inside == 0:
                self._caught = warnings.catch_warnings()
                self._caught.__enter__()
                warnings.simplefilter("ignore")
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if self._inside == 0:
                self._caught.__exit__(None, None, None)


_QUIET = _Quiet()

_BROKEN = (
    OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, EOFError, RuntimeError,
    ZeroDivisionError, AttributeError, OverflowError, AssertionError, struct.error,
)  # fmt: skip
"""What Pillow raises over files that break their format; its decoders agree on no one error."""


@contextlib.contextmanager
def explained(what: str = "It cannot be decoded") -> Iterator[None]:
    """Turn whatever Pillow raises into `UnreadableImage`, and keep its warnings quiet."""
    try:
        with _QUIET:
            yield
    except UnidentifiedImageError as error:
        raise UnreadableImage("It is not an image of a known format.") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImage(
            "It claims an absurd number of pixels, more than the studio opens at once."
        ) from error
    except MemoryError as error:
        raise UnreadableImage("It does not fit into memory.") from error
    except _BROKEN as error:
        raise UnreadableImage(
            f"{what}: {str(error).rstrip('.') or type(error).__name__}."
        ) from error


def _open(data: bytes) -> Image.Image:
    with explained("Its header is broken"):
        image = Image.open(io.BytesIO(data))
    _refuse_large(image)
    return image


def _tiled(data: bytes) -> TiffPyramid | None:
    """Return a TIFF file that is too large to be decoded whole; others, and other formats, None."""
    pixels = claimed_px(data)
    if pixels <= LARGEST_PX:
        return None
    if pixels > LARGEST_TILED_PX:
        raise UnreadableImage("It claims an absurd number of pixels.")
    return TiffPyramid(io.BytesIO(data))


def _tiled_info(data: bytes) -> ImageInfo | None:
    tiled = _tiled(data)
    # Its further pages are the same picture made smaller, or previews of it.
    return None if tiled is None else ImageInfo(*tiled.sizes[0], tiled.mode, "TIFF", 1)


def _refuse_large(image: Image.Image) -> None:
    if image.width < 1 or image.height < 1:
        raise UnreadableImage(f"Its size of {image.width} × {image.height} px is empty.")
    if image.width * image.height > LARGEST_PX:
        raise UnreadableImage(
            f"It claims {image.width:,} × {image.height:,} px, more than the studio opens at once."
        )


def _orientation(image: Image.Image) -> int:
    try:
        with _QUIET:
            return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except _BROKEN:
        return 1


def probe(data: bytes) -> ImageInfo:
    """Read the header of an image file.

    Parameters
    ----------
    data : bytes
        The whole file.

    Raises
    ------
    UnreadableImage
        With the reason in its first sentence.
    """
    if (tiled := _tiled_info(data)) is not None:
        return tiled
    image = _open(data)
    with explained("Its list of pages is broken"):
        return ImageInfo(*_upright_size(image), image.mode, image.format or "", _pages(image))


def _upright_size(image: Image.Image) -> tuple[int, int]:
    # Pillow turns TIFF pictures by itself, and says their upright size from the start.
    sideways = image.format != "TIFF" and _orientation(image) in _TURNS_SIDEWAYS
    return (image.height, image.width) if sideways else (image.width, image.height)


def _pages(image: Image.Image) -> int:
    # The further pictures of an MPO file are previews, depth or gain maps of the first.
    return 1 if image.format == "MPO" else max(1, int(getattr(image, "n_frames", 1)))


def inspect(data: bytes, most_pages: int = 1000) -> list[ImageInfo]:
    """Decode every pixel of a file once, to see that it can be decoded.

    Of a tiled file that is too large for this, only the smallest size is decoded.

    Parameters
    ----------
    data : bytes
        The whole file.
    most_pages : int
        Later pages are neither decoded nor listed.

    Returns
    -------
    list of ImageInfo
        One for each page that can be decoded, up to the first that cannot; `pages` is what the
        header says.

    Raises
    ------
    UnreadableImage
        If not even the first page can be decoded.
    """
    if (tiled := _tiled_info(data)) is not None:
        decode(data, at_least=1)
        return [tiled]
    image = _open(data)
    with explained("Its list of pages is broken"):
        pages = _pages(image)
    found: list[ImageInfo] = []
    for page in range(min(pages, most_pages)):
        try:
            with explained():
                found.append(_inspected(image, page, pages))
        except UnreadableImage:
            if not found:
                raise
            break
    return found


def _inspected(image: Image.Image, page: int, pages: int) -> ImageInfo:
    if page:
        image.seek(page)
    _refuse_large(image)
    width, height = _upright_size(image)
    mode = image.mode
    image.load()
    if mode not in _PLAIN_MODES:
        _to_rgb(image.crop((0, 0, 1, 1)))
    return ImageInfo(width, height, mode, image.format or "", pages)


def decode(data: bytes, page: int = 0, at_least: int = 0) -> Pixels:
    """Decode one page of an image file into an upright RGB picture.

    The EXIF turn is applied. 16-bit and float pictures are scaled by the range of their type
    (float: 0..1 if nothing lies outside, else by their own minimum and maximum), so that two
    pictures stay comparable. Transparent places are laid on white. CMYK and palettes are converted.

    Parameters
    ----------
    data : bytes
        The whole file.
    page : int
        From 0.
    at_least : int, px
        For thumbnails: the shorter side may be scaled down to no less than this while decoding, if
        the format can do so cheaply. 0 decodes every pixel.

    Returns
    -------
    (H, W, 3) uint8
        RGB.

    Raises
    ------
    UnreadableImage
        With the reason in its first sentence.
    """
    if at_least and not page and (tiled := _tiled(data)) is not None:
        level = level_for(tiled.sizes, at_least / min(tiled.sizes[0]))
        return tiled.read(level, 0, 0, *tiled.sizes[level])
    image = upright(data, page, at_least)
    with explained():
        return _to_rgb(image)


def upright(data: bytes, page: int = 0, at_least: int = 0) -> Image.Image:
    """Decode one page in the mode of the file, and turn it; see `decode`."""
    image = _open(data)
    with explained():
        if page:
            image.seek(page)
            _refuse_large(image)
        if at_least:
            image.draft("RGB", (at_least, at_least))
        image.load()
        return ImageOps.exif_transpose(image) if 2 <= _orientation(image) <= 8 else image


def _to_rgb(image: Image.Image) -> Pixels:
    mode = image.mode
    if mode.startswith("I;16"):
        grey = np.asarray(image).astype(np.uint16) >> 8
        return np.repeat(grey.astype(np.uint8)[:, :, None], 3, axis=2)
    if mode in ("I", "F"):
        values = np.asarray(image, np.float64)
        return np.repeat(_scaled(values, mode)[:, :, None], 3, axis=2)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        rgba = image.convert("RGBA")
        ground = Image.new("RGBA", rgba.size, (255, 255, 255, 255))
        return np.asarray(Image.alpha_composite(ground, rgba).convert("RGB"), np.uint8)
    if mode == "LAB":
        return _from_lab(image)
    # Also a picture that is RGB already would be copied.
    return np.asarray(image if mode == "RGB" else image.convert("RGB"), np.uint8)


def _from_lab(image: Image.Image) -> Pixels:
    """Turn CIE L*a*b* (white point D50) into sRGB, which Pillow does only with profiles."""
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    turned = ImageCms.profileToProfile(image, lab, srgb, outputMode="RGB")
    if turned is None:
        raise UnreadableImage("Its colours cannot be turned into RGB.")
    return np.asarray(turned, np.uint8)


def _scaled(values: NDArray[np.float64], mode: str) -> Pixels:
    values = np.nan_to_num(values, posinf=0.0, neginf=0.0)
    low, high = float(values.min(initial=0.0)), float(values.max(initial=0.0))
    if mode == "I" and low >= 0 and high <= 65535:
        # Pillow gives 16-bit PNG and PGM files as 32-bit integers.
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    elif mode == "F" and low >= 0 and high <= 1:
        low, high = 0.0, 1.0
    span = (high - low) or 1.0
    return np.clip((values - low) * (255.0 / span), 0, 255).astype(np.uint8)


def fitted_size(width: int, height: int, spec: InputSpec) -> tuple[int, int]:
    """Return the size (columns, rows, px) that a picture takes inside the model's input."""
    if spec.fit == "stretch":
        return spec.width, spec.height
    scale = min(spec.width / width, spec.height / height)
    return max(1, round(width * scale)), max(1, round(height * scale))


def to_input(pixels: Pixels, spec: InputSpec) -> Pixels:
    """Turn a picture into what a model takes; the package's runner does exactly the same.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, upright.
    spec : InputSpec
        See there for the rules.

    Returns
    -------
    (spec.height, spec.width, spec.channels) uint8
    """
    image = Image.fromarray(pixels)
    if spec.channels == 1:
        image = image.convert("L")
    size = fitted_size(image.width, image.height, spec)
    if image.size != size:
        image = image.resize(size, _BILINEAR)
    fitted = np.asarray(image, np.uint8).reshape(size[1], size[0], spec.channels)
    if size == (spec.width, spec.height):
        return fitted
    canvas = np.full((spec.height, spec.width, spec.channels), 114, np.uint8)
    canvas[: size[1], : size[0]] = fitted
    return canvas


def thumbnail(data: bytes, page: int, side: int) -> Pixels:
    """Decode a picture small.

    Parameters
    ----------
    side : int, px
        Longest side of the result.

    Returns
    -------
    (H, W, 3) uint8
        With max(H, W) <= side.
    """
    image = Image.fromarray(decode(data, page, at_least=side))
    image.thumbnail((side, side), _BILINEAR)
    return np.asarray(image, np.uint8)


def png(pixels: NDArray[np.uint8]) -> bytes:
    """Write (H, W), (H, W, 1) or (H, W, 3) uint8 pixels as a PNG file."""
    shaped = pixels[:, :, 0] if pixels.ndim == 3 and pixels.shape[2] == 1 else pixels
    out = io.BytesIO()
    Image.fromarray(shaped).save(out, "PNG", compress_level=3)
    return out.getvalue()


def overlay(picture: Pixels, heat: NDArray[np.uint8], strength: float = 0.6) -> Pixels:
    """Lay a heat map over a picture: cold places stay as they are, hot ones turn red.

    Parameters
    ----------
    picture : (H, W, 3) uint8
        RGB.
    heat : (h, w) uint8
        Stretched to the picture.
    strength : float
        Share of red where the heat is 255, in 0..1.

    Returns
    -------
    (H, W, 3) uint8
    """
    size = (picture.shape[1], picture.shape[0])
    stretched = np.asarray(Image.fromarray(heat).resize(size, _BILINEAR), np.float32)
    weight = stretched[:, :, None] * (strength / 255)
    red = np.array([220, 30, 30], np.float32)
    return (picture * (1 - weight) + red * weight).astype(np.uint8)
