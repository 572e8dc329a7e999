"""Counting what stands in a layer, over the index and without reading a shape."""

from __future__ import annotations

from collections import defaultdict
from typing import Any, cast

import numpy as np
import sqlalchemy as sa

from studio.domain.geometry import GeometryKind
from studio.domain.labels import AREA_BINS, LabelId, LabelStatistics, LayerStatistics, Said
from studio.storage.database import Database
from studio.storage.facets import ALL_SHAPES, words_of

_COUNTS = sa.text(
    "SELECT coalesce(facets.name, '') AS name, marks.facet, sum(marks.shapes) AS shapes,"
    " count(*) AS pictures FROM marks LEFT JOIN facets ON facets.key = marks.facet"
    " WHERE marks.layer = :layer GROUP BY marks.facet"
)
_AREAS = sa.text(
    "SELECT label, min(CAST(log2(max(area, 1.0)) AS INTEGER), :last) AS bin, count(*) AS shapes,"
    " sum(area) AS area, sum(width) AS width, sum(height) AS height"
    " FROM shapes WHERE layer = :layer AND area > 0 GROUP BY label, bin"
)
# One text of all numbers is made and read ten times as fast as a row for each.
_PICTURES = sa.text(
    "SELECT group_concat(picture) FROM"
    " (SELECT picture FROM marks WHERE layer = :layer AND facet = :facet ORDER BY picture)"
)


def statistics(database: Database, layer: str) -> LayerStatistics:
    """Count what stands in a layer."""
    labels: dict[LabelId, tuple[int, int, int]] = {}
    kinds: dict[GeometryKind, int] = {}
    attributes: list[Said] = []
    whole = (0, 0)
    with database.reading() as connection:
        counted = connection.execute(_COUNTS, {"layer": layer}).all()
        areas = connection.execute(_AREAS, {"layer": layer, "last": AREA_BINS - 1}).all()
    for name, facet, shapes, pictures in counted:
        kind, *rest = words_of(name)
        if facet == ALL_SHAPES:
            whole = (int(shapes), int(pictures))
        elif kind == "label":
            labels[LabelId(rest[0])] = (int(facet), int(shapes), int(pictures))
        elif kind == "kind":
            kinds[cast("GeometryKind", rest[0])] = int(shapes)
        elif kind == "is":
            attributes.append(Said(rest[0], rest[1], int(shapes), int(pictures)))
    by_label: dict[str, list[Any]] = defaultdict(list)
    for row in areas:
        by_label[str(row.label)].append(row)
    found = [
        _label(label, shapes, pictures, by_label[label])
        for label, (_, shapes, pictures) in labels.items()
    ]
    return LayerStatistics(
        shapes=whole[0],
        pictures=whole[1],
        labels=tuple(sorted(found, key=lambda one: (-one.shapes, one.label))),
        kinds=dict(sorted(kinds.items(), key=lambda one: -one[1])),
        attributes=tuple(sorted(attributes)),
        together=_together(database, layer, {label: one[0] for label, one in labels.items()}),
    )


def _label(label: LabelId, shapes: int, pictures: int, rows: list[Any]) -> LabelStatistics:
    bins = [0] * AREA_BINS
    for row in rows:
        bins[int(row.bin)] += int(row.shapes)
    count = max(sum(bins), 1)
    sums = [sum(float(getattr(row, name)) for row in rows) for name in ("area", "width", "height")]
    area, width, height = (total / count for total in sums)
    return LabelStatistics(label, shapes, pictures, tuple(bins), area, width, height)


def _together(
    database: Database, layer: str, numbers: dict[LabelId, int]
) -> dict[tuple[LabelId, LabelId], int]:
    """Count the pictures that carry two labels."""
    standing: dict[LabelId, np.ndarray] = {}
    with database.reading() as connection:
        for label, facet in sorted(numbers.items()):
            text = connection.execute(_PICTURES, {"layer": layer, "facet": facet}).scalar()
            standing[label] = np.fromstring(text or "", np.int64, sep=",")
    names = list(standing)
    rows = np.concatenate([np.zeros(0, np.int64), *standing.values()])
    columns = np.repeat(np.arange(len(names)), [len(places) for places in standing.values()])
    if not len(rows):
        return {}
    from scipy.sparse import csr_array

    carried = csr_array((np.ones(len(rows), np.int64), (rows, columns)))
    meeting = (carried.T @ carried).tocoo()
    return {
        (names[one], names[other]): int(count)
        for one, other, count in zip(meeting.row, meeting.col, meeting.data, strict=True)
        if one < other
    }
