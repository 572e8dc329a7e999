"""Pairs of 64-bit hashes that differ in few bits, all of them, without comparing each with each.

Bits are parted into bands. Of two hashes that differ in no more than r bits, one of m bands differs
in at most r // m of them (M. Norouzi and others, “Fast search in Hamming space with multi-index
hashing”, 2012); with m > r / 2 that is none or one, so only hashes are compared that agree in a
band, or in all but one bit of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Pairs = NDArray[np.int64]
_BITS = 64
MOST = 12
"""More bits would compare nearly each with each."""
_AT_ONCE = 4_000_000


def near_pairs(hashes: Hashes, most: int) -> Pairs:
    """Find all pairs of different places whose hashes differ in few bits.

    Parameters
    ----------
    hashes : (N,) uint64
        Should be distinct: k equal ones give k · (k - 1) / 2 pairs.
    most : int, in 0..12
        Bits in which they may differ.

    Returns
    -------
    (P, 2) int64
        Rising; the first place of a pair is the smaller one.
    """
    if not 0 <= most <= MOST:
        raise ValueError(f"hashes may differ in 0 to {MOST} bits, not in {most}")
    bands = most + 1 if most <= 4 else most // 2 + 1
    edges = np.linspace(0, _BITS, bands + 1).astype(int).tolist()
    found = [np.zeros((0, 2), np.int64)]
    for low, high in pairwise(edges):
        found.extend(_in_band(hashes, most, low, high, flips=most // bands))
    whole = np.concatenate(found)
    return np.unique(whole, axis=0) if len(whole) else whole


def components(count: int, pairs: Pairs) -> NDArray[np.int64]:
    """Number the groups of places that pairs hold together, through others if need be.

    Parameters
    ----------
    count : int
        How many places.
    pairs : (P, 2) int64
        Which belong together.

    Returns
    -------
    (count,) int64
        Number of each place's group, from 0, in the order of their first places.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    ones = np.ones(len(pairs), np.int8)
    graph = coo_array((ones, (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    numbers = connected_components(graph, directed=False)[1]
    return np.asarray(numbers, np.int64)


def _in_band(hashes: Hashes, most: int, low: int, high: int, flips: int) -> Iterator[Pairs]:
    keys = hashes >> np.uint64(low) & np.uint64(2 ** (high - low) - 1)
    order = np.argsort(keys, kind="stable")
    sorted_keys = keys[order]
    masks = [np.uint64(0)]
    if flips:
        masks += [np.uint64(1) << np.uint64(bit) for bit in range(high - low)]
    for mask in masks:
        wanted = keys ^ mask
        starts = np.searchsorted(sorted_keys, wanted, "left")
        ends = np.searchsorted(sorted_keys, wanted, "right")
        yield from _compared(hashes, most, order, starts, ends)


def _compared(
    hashes: Hashes,
    most: int,
    order: NDArray[np.intp],
    starts: NDArray[np.intp],
    ends: NDArray[np.intp],
) -> Iterator[Pairs]:
    """Compare each hash with those that stand from start to end in order."""
    lengths = ends - starts
    stops = np.cumsum(lengths)
    begin = 0
    while begin < len(hashes):
        done = stops[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(stops, done + _AT_ONCE, "right")))
        few = lengths[begin:end]
        ones = np.repeat(np.arange(begin, end), few)
        within = np.arange(len(ones)) - np.repeat(np.cumsum(few) - few, few)
        others = order[np.repeat(starts[begin:end], few) + within]
        kept = ones < others
        ones, others = ones[kept], others[kept]
        near = np.bitwise_count(hashes[ones] ^ hashes[others]) <= most
        yield np.stack([ones[near], others[near]], 1).astype(np.int64)
        begin = end
