"""The pixels of media, whatever they are: files, pages of files, frames of films."""

from __future__ import annotations

import numpy as np
from PIL import Image

from studio.api import film_shelf
from studio.api.images import Pixels, decode
from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore
from studio.domain.tracks import in_video

__all__ = ["Pixels", "in_video", "pixels_of", "small_pixels_of"]


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
    return decode(store.get(item.digest), item.page, at_least)


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
