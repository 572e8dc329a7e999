"""Pictures from bytes: one way to decode, for the window, the engine and plugins alike."""

from __future__ import annotations

import io
import warnings
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from studio.domain.models import InputSpec
from studio.errors import UnreadableImage

Pixels: TypeAlias = NDArray[np.uint8]
"""(H, W, 3) uint8, RGB, upright; origin top-left."""

LARGEST_PX = 500_000_000
"""Pictures that claim more pixels are refused before they are decoded."""

_TURNS_SIDEWAYS = {5, 6, 7, 8}
_BILINEAR = Image.Resampling.BILINEAR


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


def _open(data: bytes) -> Image.Image:
    # Pillow warns of large pictures at a limit of its own; ours is checked before decoding.
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image = Image.open(io.BytesIO(data))
    except UnidentifiedImageError as error:
        raise UnreadableImage("It is not an image of a known format.") from error
    except Image.DecompressionBombError as error:
        raise UnreadableImage("It claims an absurd number of pixels.") from error
    except (OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError) as error:
        raise UnreadableImage(f"Its header is broken: {error}.") from error
    if image.width < 1 or image.height < 1:
        raise UnreadableImage(f"Its size of {image.width} × {image.height} px is empty.")
    if image.width * image.height > LARGEST_PX:
        raise UnreadableImage(
            f"It claims {image.width:,} × {image.height:,} px, more than the studio opens at once."
        )
    return image


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(ExifTags.Base.Orientation, 1))
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, AttributeError):
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
    image = _open(data)
    width, height = image.size
    if _orientation(image) in _TURNS_SIDEWAYS:
        width, height = height, width
    try:
        pages = int(getattr(image, "n_frames", 1))
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise UnreadableImage(f"Its list of pages is broken: {error}.") from error
    return ImageInfo(width, height, image.mode, image.format or "", pages)


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
    image = _open(data)
    try:
        if page:
            image.seek(page)
        if at_least:
            image.draft("RGB", (at_least, at_least))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            image.load()
        turned = ImageOps.exif_transpose(image) if 2 <= _orientation(image) <= 8 else image
        return _to_rgb(turned)
    except Image.DecompressionBombError as error:
        raise UnreadableImage("It claims an absurd number of pixels.") from error
    except MemoryError as error:
        raise UnreadableImage("It does not fit into memory.") from error
    except (
        OSError, ValueError, SyntaxError, KeyError, IndexError, TypeError, EOFError,
        ZeroDivisionError, AttributeError, OverflowError,
    ) as error:  # fmt: skip
        raise UnreadableImage(f"It cannot be decoded: {error}.") from error


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
    return np.asarray(image.convert("RGB"), np.uint8)


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
