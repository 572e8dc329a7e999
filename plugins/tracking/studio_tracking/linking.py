"""Joining findings on single frames up to tracks, by how much they overlap.

On each frame the tracks so far and the findings are paired so that the overlap of all pairs
together is greatest (H. W. Kuhn, “The Hungarian method”, 1955); a track is expected where its last
speed takes it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from studio.api.trackers import Box, FloatArray, Linker, Seen, box_iou

_LEAST_OVERLAP = 0.3
_LONGEST_GAP = 5
"""So many of the frames that were looked at a thing may be missed."""


class OverlapLinker(Linker):
    """Joins what overlaps from frame to frame."""

    id: ClassVar[str] = "overlap"
    title: ClassVar[str] = "Overlap"
    hint: ClassVar[str] = "Joins what overlaps from frame to frame, each label by itself."

    def link(self, seen: Sequence[Seen]) -> Sequence[Sequence[Seen]]:
        """Pair the findings of each frame with the tracks so far."""
        frames: dict[int, list[Seen]] = defaultdict(list)
        for one in seen:
            frames[one.frame].append(one)
        done: list[list[Seen]] = []
        running: list[tuple[int, list[Seen]]] = []
        for turn, frame in enumerate(sorted(frames)):
            kept = [(last, chain) for last, chain in running if turn - last <= _LONGEST_GAP + 1]
            chains = [chain for _, chain in kept]
            done += [chain for one, chain in running if turn - one > _LONGEST_GAP + 1]
            new = sorted(frames[frame], key=lambda one: (-one.score, one.number))
            taken = _paired(chains, new, frame)
            for place, one in taken.items():
                chains[place].append(one)
            running = [
                (turn if place in taken else last, chain)
                for place, (last, chain) in enumerate(kept)
            ]
            used = set(map(id, taken.values()))
            running += [(turn, [one]) for one in new if id(one) not in used]
        done += [chain for _, chain in running]
        return sorted(done, key=lambda chain: (chain[0].frame, chain[0].number))


def _paired(chains: list[list[Seen]], new: list[Seen], frame: int) -> dict[int, Seen]:
    """Return which finding goes to which chain, by place."""
    from scipy.optimize import linear_sum_assignment

    if not chains or not new:
        return {}
    found = _edges([one.box for one in new])
    expected = box_iou(_edges([_expected(chain, frame) for chain in chains]), found)
    # Where it was counts too: a thing may stop at once.
    overlap = np.maximum(expected, box_iou(_edges([chain[-1].box for chain in chains]), found))
    labels = np.array([one.label for one in new])
    other = np.array([chain[-1].label for chain in chains])[:, None] != labels
    overlap[other | (overlap < _LEAST_OVERLAP)] = 0.0
    rows, columns = linear_sum_assignment(overlap, maximize=True)
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return {row: new[column] for row, column in pairs if overlap[row, column] > 0}


def _edges(boxes: Sequence[Box]) -> FloatArray:
    """Return (N, 4) float64: left, top, right and bottom edges, px."""
    return np.array([(box.x0, box.y0, box.x1, box.y1) for box in boxes], np.float64)


def _expected(chain: list[Seen], frame: int) -> Box:
    """Return where the last speed of a thing takes it."""
    last = chain[-1]
    if len(chain) < 2:
        return last.box
    before = chain[-2]
    share = (frame - last.frame) / (last.frame - before.frame)
    dx = (last.box.centre[0] - before.box.centre[0]) * share
    dy = (last.box.centre[1] - before.box.centre[1]) * share
    box = last.box
    return Box(box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy)
