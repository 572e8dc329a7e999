"""Pictures that look alike.

The perceptual hash (64 bits of the lowest frequencies of the cosine transform of the grey picture,
as ImageHash computes it) finds candidates; the small grey pictures themselves have the last word,
since simple pictures have near hashes by chance.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import imagehash
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.api.artefacts import MediaItem
from studio.api.operations import WorkContext
from studio.api.pictures import Pixels, pixels_of
from studio.api.quality import DuplicateGroups, Twin, components, near_pairs
from studio.errors import NotFound, UnreadableFilm, UnreadableImage

_SIDE = 12
_FLATTEST = 8
"""Pictures whose grey values span less than this tell nothing, of 255."""
_AT_ONCE = 256
_PAIRS_AT_ONCE = 100_000


class Looks(NamedTuple):
    """What pictures look like, small."""

    bits: NDArray[np.uint64]
    """(N,) perceptual hashes."""
    grey: NDArray[np.uint8]
    """(N, 144): grey pictures of 12 × 12 px."""
    telling: NDArray[np.bool_]
    """(N,) False where a picture is too flat, or cannot be decoded."""


def groups_of(
    ctx: WorkContext, media: Sequence[MediaItem], bits: int, apart: float
) -> DuplicateGroups:
    """Group pictures that look alike.

    Parameters
    ----------
    ctx : WorkContext
        Holds the pictures, and is told the progress.
    media : sequence of MediaItem
        Each once.
    bits : int
        In how many bits hashes may differ.
    apart : float
        How far grey pictures may differ.
    """
    seen = looks(ctx, media)
    numbers = numbered(seen, bits, apart)
    order = np.argsort(numbers, kind="stable")
    edges = np.flatnonzero(np.diff(numbers[order])) + 1
    found = [group for group in np.split(order, edges) if len(group) > 1]
    found.sort(key=lambda group: (-len(group), int(group[0])))
    return DuplicateGroups(
        bits=bits,
        pictures=len(media),
        passed_over=int((~seen.telling).sum()),
        groups=tuple(_twins(media, seen, group) for group in found),
    )


def looks(ctx: WorkContext, media: Sequence[MediaItem]) -> Looks:
    """Decode all pictures small, on several threads."""
    count = len(media)
    found = Looks(
        np.zeros(count, np.uint64),
        np.zeros((count, _SIDE * _SIDE), np.uint8),
        np.zeros(count, np.bool_),
    )

    def look(number: int) -> None:
        try:
            pixels = pixels_of(ctx.store, media[number], at_least=64)
        except (UnreadableImage, UnreadableFilm, NotFound):
            return
        found.bits[number], found.grey[number], found.telling[number] = look_of(pixels)

    with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
        for start in range(0, count, _AT_ONCE):
            end = min(start + _AT_ONCE, count)
            list(pool.map(look, range(start, end)))
            ctx.progress(end, count, "pictures")
    return found


def look_of(pixels: Pixels) -> tuple[int, NDArray[np.uint8], bool]:
    """Return hash, small grey picture, and whether the hash tells anything.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, upright.
    """
    grey = Image.fromarray(pixels).convert("L")
    bits = int(np.packbits(imagehash.phash(grey).hash.ravel()).view(">u8")[0])
    small = np.asarray(grey.resize((_SIDE, _SIDE), Image.Resampling.BILINEAR), np.uint8).ravel()
    return bits, small, int(small.max()) - int(small.min()) >= _FLATTEST


def numbered(seen: Looks, bits: int, apart: float) -> NDArray[np.int64]:
    """Return the number of each picture's group, (N,) int64; who is alone has one of its own."""
    telling = np.flatnonzero(seen.telling)
    leaders, pairs = _same_hash(seen, telling, apart)
    pairs.extend(_near_hash(seen, leaders, bits, apart))
    joined = np.concatenate(pairs) if pairs else np.zeros((0, 2), np.int64)
    return components(len(seen.bits), joined)


def _same_hash(
    seen: Looks, telling: NDArray[np.intp], apart: float
) -> tuple[NDArray[np.intp], list[NDArray[np.int64]]]:
    """Join pictures with one hash; returns the first of each bunch that looks alike."""
    order = telling[np.argsort(seen.bits[telling], kind="stable")]
    edges = np.flatnonzero(np.diff(seen.bits[order])) + 1
    leaders: list[int] = []
    pairs: list[NDArray[np.int64]] = []
    for bunch in np.split(order, edges):
        rest = bunch
        while len(rest):
            alike = _alike(seen, np.full(len(rest), rest[0]), rest, apart)
            alike[0] = True
            leaders.append(int(rest[0]))
            others = rest[alike][1:]
            pairs.append(np.stack([np.full(len(others), rest[0]), others], 1))
            rest = rest[~alike]
    return np.array(leaders, np.intp), pairs


def _near_hash(
    seen: Looks, leaders: NDArray[np.intp], bits: int, apart: float
) -> list[NDArray[np.int64]]:
    """Join bunches whose hashes differ in few bits."""
    hashes, which = np.unique(seen.bits[leaders], return_inverse=True)
    near = near_pairs(hashes, bits)
    order = np.argsort(which, kind="stable")
    starts = np.searchsorted(which[order], np.arange(len(hashes) + 1))
    found: list[NDArray[np.int64]] = []
    for begin in range(0, len(near), _PAIRS_AT_ONCE):
        pairs = [
            (int(one), int(other))
            for a, b in near[begin : begin + _PAIRS_AT_ONCE].tolist()
            for one in leaders[order[starts[a] : starts[a + 1]]]
            for other in leaders[order[starts[b] : starts[b + 1]]]
        ]
        given = np.array(pairs, np.int64)
        found.append(given[_alike(seen, given[:, 0], given[:, 1], apart)])
    return found


def _alike(
    seen: Looks, ones: NDArray[np.int64], others: NDArray[np.int64], apart: float
) -> NDArray[np.bool_]:
    a, b = seen.grey[ones].astype(np.float32), seen.grey[others].astype(np.float32)
    spread = np.maximum((a.std(1) + b.std(1)) / 2, 1.0)
    gap = np.sqrt(((a - b) ** 2).mean(1))
    close: NDArray[np.bool_] = gap <= apart * spread
    return close


def _twins(media: Sequence[MediaItem], seen: Looks, group: NDArray[np.intp]) -> tuple[Twin, ...]:
    rows = sorted(group.tolist())
    apart = np.bitwise_count(seen.bits[rows] ^ seen.bits[rows[0]]).tolist()
    return tuple(
        Twin(media=media[row].id, name=media[row].name, bits=gap)
        for row, gap in zip(rows, apart, strict=True)
    )
