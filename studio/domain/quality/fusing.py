"""What several people agree on: one shape out of many."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from studio.domain.geometry import (
    Box,
    Geometry,
    Mask,
    Polygon,
    bounds,
    mask_of,
    mask_rings,
)
from studio.domain.geometry.filling import as_mask, window_of
from studio.domain.labels import LabelId, Shape
from studio.domain.quality.matching import LEAST, grouped
from studio.domain.quality.overlap import REACH, overlaps

Reason: TypeAlias = Literal["label", "presence"]
_HALF = 0.5


class Fused(NamedTuple):
    """One thing that most people have."""

    label: LabelId
    geometry: Geometry
    share: float
    """Of those who saw the picture, how many have it under this label; 0..1."""
    members: tuple[tuple[str, Shape], ...]
    """Who drew it, and how."""


class Quarrel(NamedTuple):
    """One thing that a person has to decide."""

    reason: Reason
    """`presence`: as many have it as have not; `label`: no name has most votes."""
    members: tuple[tuple[str, Shape], ...]


class Consensus(NamedTuple):
    """What people agree on, on one picture."""

    agreed: list[Fused]
    quarrels: list[Quarrel]
    dropped: int
    """Things that fewer than half have."""


def fused(
    seen: Mapping[str, Sequence[Shape]], least: float = LEAST, reach: float = REACH
) -> Consensus:
    """Find what people agree on, on one picture.

    A thing that more than half have is taken, under the label that most of them gave. Boxes become
    their mean; of regions each pixel is decided by majority; of anything else the one is taken that
    overlaps most with the others.

    Parameters
    ----------
    seen : mapping of str to sequence of Shape
        What each person who has seen the picture drew, nothing included.
    least, reach : float
        As in `matched`.
    """
    names = sorted(seen)
    sides = [seen[name] for name in names]
    agreed: list[Fused] = []
    quarrels: list[Quarrel] = []
    dropped = 0
    for group in grouped(sides, least, reach):
        members = tuple((names[side], sides[side][at]) for side, at in group.items())
        if len(members) < _HALF * len(names):
            dropped += 1
            continue
        if len(members) == _HALF * len(names):
            quarrels.append(Quarrel("presence", members))
            continue
        votes = Counter(shape.label for _, shape in members).most_common(2)
        if len(votes) > 1 and votes[0][1] == votes[1][1]:
            quarrels.append(Quarrel("label", members))
            continue
        label, count = votes[0]
        geometry = merged([shape.geometry for _, shape in members], reach)
        agreed.append(Fused(label, geometry, count / len(names), members))
    return Consensus(agreed, quarrels, dropped)


def merged(geometries: Sequence[Geometry], reach: float = REACH) -> Geometry:
    """Make one geometry out of several that mean the same thing.

    Parameters
    ----------
    geometries : sequence of Geometry
        At least one, in px of one picture.
    reach : float, px
        How far lines and points are grown to compare them.
    """
    boxes = [one for one in geometries if isinstance(one, Box)]
    if len(boxes) == len(geometries):
        edges = np.mean([(b.x0, b.y0, b.x1, b.y1) for b in boxes], axis=0).tolist()
        return Box(*edges)
    regions = [one for one in geometries if isinstance(one, Mask | Polygon)]
    if len(regions) == len(geometries) > 2:
        voted = _voted(regions)
        if voted is not None:
            return voted
    typical = overlaps(geometries, geometries, reach).sum(1)
    return geometries[int(np.argmax(typical))]


def _voted(regions: Sequence[Mask | Polygon]) -> Mask | Polygon | None:
    """Decide each pixel by majority; None where no pixel has one."""
    around = [box for box in map(bounds, regions) if box is not None]
    x0, y0 = (math.floor(min(edge)) for edge in zip(*((b.x0, b.y0) for b in around), strict=True))
    x1, y1 = (math.ceil(max(edge)) for edge in zip(*((b.x1, b.y1) for b in around), strict=True))
    window = Box(max(0, x0), max(0, y0), x1, y1)
    votes = np.zeros((int(window.y1 - window.y0), int(window.x1 - window.x0)), np.intp)
    for region in regions:
        votes += window_of(as_mask(region, x1, y1), window)
    mask = mask_of(2 * votes > len(regions), int(window.x0), int(window.y0))
    if not mask.width:
        return None
    if any(isinstance(region, Mask) for region in regions):
        return mask
    return Polygon(tuple(tuple(map(tuple, ring)) for ring in mask_rings(mask)))
