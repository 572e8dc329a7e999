"""What stands in a layer of shapes, in numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from studio.domain.geometry import GeometryKind
from studio.domain.labels.schema import LabelId

AREA_BINS = 32
"""Bin b counts areas from 2 to the power of b to that of b + 1, px²; the first also smaller ones,
the last also larger ones."""


class LabelStatistics(NamedTuple):
    """Shapes of one label."""

    label: LabelId
    shapes: int
    pictures: int
    """That carry at least one."""
    areas: tuple[int, ...]
    """`AREA_BINS` counts of shapes that have an area."""
    area: float
    """Mean of those, px²; 0 where none has one."""
    width: float
    """Mean of those, px."""
    height: float
    """Mean of those, px."""


class Said(NamedTuple):
    """How often an attribute says something."""

    name: str
    value: str
    """As `studio.domain.media.said` writes it."""
    shapes: int
    pictures: int


class LayerStatistics(NamedTuple):
    """A layer of shapes."""

    shapes: int
    pictures: int
    """That carry a shape."""
    labels: tuple[LabelStatistics, ...]
    """Those that occur, most shapes first."""
    kinds: Mapping[GeometryKind, int]
    """Shapes of each kind of geometry."""
    attributes: tuple[Said, ...]
    together: Mapping[tuple[LabelId, LabelId], int]
    """Pictures that carry both labels, for each two that meet; the smaller id first."""
