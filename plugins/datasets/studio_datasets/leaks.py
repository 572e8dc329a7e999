"""Pictures of different splits that are too much alike for honest figures.

Near duplicates are found by the 64-bit difference hash (N. Krawetz, “Kind of like that”, 2013): the
grey picture at 9 × 8 px, and for each row whether it gets brighter from pixel to pixel. Two hashes
that differ in at most two bits agree in at least two of four bands of 16 bits, so only pictures
that share a pair of bands are compared. Simple pictures have equal hashes by chance; the small grey
pictures themselves have the last word.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from studio.api.artefacts import DatasetItem, Leak
from studio.api.operations import WorkContext
from studio.api.pictures import Pixels, pixels_of
from studio.errors import UnreadableFilm, UnreadableImage

MOST_BITS = 2
"""Hashes of near duplicates differ in no more bits."""
MOST_APART = 0.1
"""Grey pictures of 16 × 16 px differ by no more: the root of the mean square of their difference,
over the standard deviation of the first."""
FLATTEST = 8
"""Pictures whose grey values span less than this have no meaningful hash, of 255."""
MOST_IN_BUCKET = 400
"""Of more pictures that share two bands only so many are compared, to bound the cost."""
MOST_LEAKS = 100_000

_Pairs: TypeAlias = dict[tuple[int, int], Literal["same bytes", "near duplicate", "same group"]]


class Looks(NamedTuple):
    """What pictures look like, small."""

    bits: NDArray[np.uint64]
    """(N,) difference hashes."""
    grey: NDArray[np.uint8]
    """(N, 16, 16)."""
    telling: NDArray[np.bool_]
    """(N,) False where a picture is too flat, or cannot be decoded."""


def leaks_of(ctx: WorkContext, items: Sequence[DatasetItem]) -> list[Leak]:
    """Find pairs of pictures that must not stand in different splits.

    Parameters
    ----------
    ctx : WorkContext
        Holds the pictures, and is told the progress.
    items : sequence of DatasetItem
        All splits.

    Returns
    -------
    list of Leak
        Each pair once, with the gravest reason.
    """
    pairs: _Pairs = {}
    splits = np.array([("train", "val", "test").index(item.split) for item in items])
    for first, second in _sharing([item.item.media.digest for item in items], splits):
        pairs[first, second] = "same bytes"
    groups = [item.item.media.group for item in items]
    for first, second in _sharing(groups, splits):
        pairs.setdefault((first, second), "same group")
    if len(set(splits.tolist())) > 1:
        for first, second in near_pairs(looks(ctx, items), splits):
            if pairs.get((first, second)) != "same bytes":
                pairs[first, second] = "near duplicate"
    return [
        Leak(
            reason=reason,
            first=items[first].item.media.name,
            first_split=items[first].split,
            second=items[second].item.media.name,
            second_split=items[second].split,
        )
        for (first, second), reason in sorted(pairs.items())
    ]


def _sharing(keys: Sequence[str], splits: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Walk over one pair for each two splits that share a key; empty keys share nothing."""
    first: dict[str, dict[int, int]] = {}
    for number, key in enumerate(keys):
        if not key:
            continue
        seen = first.setdefault(key, {})
        split = int(splits[number])
        if split not in seen:
            yield from ((other, number) for other in seen.values())
            seen[split] = number


def looks(ctx: WorkContext, items: Sequence[DatasetItem]) -> Looks:
    """Decode all pictures small, on several threads."""
    count = len(items)
    found = Looks(
        np.zeros(count, np.uint64), np.zeros((count, 16, 16), np.uint8), np.zeros(count, np.bool_)
    )

    def look(number: int) -> None:
        media = items[number].item.media
        try:
            pixels = pixels_of(ctx.store, media, at_least=32)
        except (UnreadableImage, UnreadableFilm):
            return
        found.bits[number], found.grey[number], found.telling[number] = look_of(pixels)

    with ThreadPoolExecutor(max(1, min(8, os.cpu_count() or 1))) as pool:
        for start in range(0, count, 256):
            list(pool.map(look, range(start, min(start + 256, count))))
            ctx.progress(min(start + 256, count), count, "pictures compared")
    return found


def look_of(pixels: Pixels) -> tuple[int, NDArray[np.uint8], bool]:
    """Return hash, small grey picture, and whether the hash tells anything.

    Parameters
    ----------
    pixels : (H, W, 3) uint8
        RGB, upright.
    """
    grey = Image.fromarray(pixels).convert("L")
    steps = np.asarray(grey.resize((9, 8), Image.Resampling.BOX), np.int16)
    bits = np.packbits(steps[:, 1:] > steps[:, :-1]).view(">u8")[0]
    small = np.asarray(grey.resize((16, 16), Image.Resampling.BOX), np.uint8)
    return int(bits), small, bool(int(small.max()) - int(small.min()) >= FLATTEST)


def near_pairs(seen: Looks, splits: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Find near duplicates across splits.

    Parameters
    ----------
    seen : Looks
        Of N pictures.
    splits : (N,) int64
        Number of each picture's split.

    Returns
    -------
    list of (int, int)
        Rising, each pair once, at most `MOST_LEAKS`.
    """
    telling = np.flatnonzero(seen.telling)
    bands = seen.bits[telling, None] >> np.array([48, 32, 16, 0], np.uint64) & np.uint64(0xFFFF)
    pairs: set[tuple[int, int]] = set()
    for a, b in itertools.combinations(range(4), 2):
        keys = bands[:, a] << np.uint64(16) | bands[:, b]
        for bucket in _buckets(keys):
            pairs.update(_in_bucket(seen, splits, telling[bucket]))
            if len(pairs) >= MOST_LEAKS:
                return sorted(pairs)
    return sorted(pairs)


def _buckets(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.int64]]:
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order])) + 1
    starts, ends = np.r_[0, edges], np.r_[edges, len(keys)]
    for start, end in zip(starts, ends, strict=True):
        if end - start > 1:
            yield order[start : min(end, start + MOST_IN_BUCKET)]


def _in_bucket(
    seen: Looks, splits: NDArray[np.int64], members: NDArray[np.int64]
) -> Iterator[tuple[int, int]]:
    """Compare the pictures of one bucket, each with each."""
    if len(np.unique(splits[members])) < 2:
        return
    bits = seen.bits[members]
    apart = np.bitwise_count(bits[:, None] ^ bits[None, :])
    close = (apart <= MOST_BITS) & (splits[members][:, None] != splits[members][None, :])
    rows, columns = np.nonzero(np.triu(close, 1))
    for first, second in zip(members[rows].tolist(), members[columns].tolist(), strict=True):
        grey = seen.grey[first].astype(np.float64)
        gap = grey - seen.grey[second]
        if float(np.sqrt(np.mean(gap * gap))) <= MOST_APART * float(grey.std()):
            yield min(first, second), max(first, second)
