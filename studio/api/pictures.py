"""The pixels of media, whatever they are: files, pages of files, frames of films."""

from __future__ import annotations

import numpy as np
from PIL import Image

from studio.api import film_shelf
from studio.api.images import LARGEST_PX, Pixels, decode
from studio.api.pyramids import TiffPyramid, level_for
from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore
from studio.domain.tracks import in_video
from studio.errors import UnreadableImage

__all__ = ["Pixels", "in_video", "is_huge", "pixels_of", "small_pixels_of"]


def is_huge(item: MediaItem) -> bool:
    """Tell whether a picture is only ever read in parts."""
    return not in_video(item) and item.width * item.height > LARGEST_PX


def pixels_of(store: ObjectStore, item: MediaItem, at_least: int = 0) -> Pixels:
    """Decode a picture.

    Parameters
    ----------
    store : ObjectStore
        Has its file.
    item : MediaItem
        The picture; a frame of a film is decoded out of the film, exactly.
    at_least : int, px
        For thumbnails: the shorter side may come out smaller than it is, but no less than this.
        0 gives every pixel.

    Returns
    -------
    (H, W, 3) uint8
        RGB, upright; not to be written to.

    Raises
    ------
    NotFound
        If the store lacks the file, or the film the frame.
    UnreadableImage, UnreadableFilm
        With the reason in its first sentence.
    """
    if in_video(item):
        return film_shelf.frame(store, item.digest, item.page)
    if is_huge(item):
        return _coarse(store, item, at_least)
    return decode(store.get(item.digest), item.page, at_least)


def _coarse(store: ObjectStore, item: MediaItem, at_least: int) -> Pixels:
    """Read a huge picture at a size that fits into memory, and no more of its file than that."""
    if not at_least:
        raise UnreadableImage(
            f"“{item.name}” has {item.width * item.height / 1e6:,.0f} megapixels, more than are "
            "decoded at once.",
            "Label and export it as it is; to train on it, cut it into smaller pictures and import "
            "those.",
        )
    pyramid = TiffPyramid(store.open(item.digest), item.page)
    try:
        level = level_for(pyramid.sizes, at_least / min(pyramid.sizes[0]))
        return pyramid.read(level, 0, 0, *pyramid.sizes[level])
    finally:
        pyramid.close()


def small_pixels_of(store: ObjectStore, item: MediaItem, side: int) -> Pixels:
    """Decode a picture small.

    Parameters
    ----------
    store : ObjectStore
        Has its file.
    item : MediaItem
        The picture.
    side : int, px
        Longest side of the result.

    Returns
    -------
    (H, W, 3) uint8
        With max(H, W) <= side.
    """
    image = Image.fromarray(pixels_of(store, item, at_least=side))
    image.thumbnail((side, side), Image.Resampling.BILINEAR)
    return np.asarray(image, np.uint8)
