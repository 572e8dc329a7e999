"""Very many shapes at once, drawn by array arithmetic off the GUI thread.

Lines are one px wide and hard-edged. What is small on the screen is drawn as its bounds, what is
tiny as a speck: among so many nobody sees more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import Box
from studio.domain.labels import LabelId
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.packed_lines import Lines, Rows
from studio.ui.canvas.table import ShapeTable

_SPECK = 3.0
"""Shapes smaller than this are drawn as a speck, device px."""
_SMALL = 12.0
"""Shapes smaller than this are drawn as their bounds, device px."""
_AT_ONCE = 1_000_000
"""So many px are written in one go; more would only fill the memory."""
_PERIOD = 144
"""Dashes of all labels are alike after so many px: 9, 4 and 16 go into it, and 6."""
_WHOLE = np.ones((1, _PERIOD), np.bool_)
_CHOSEN_SHIFTS = ((1, 0), (0, 1), (-1, 0), (0, -1))


class Crowd(NamedTuple):
    """What is to be drawn."""

    table: ShapeTable
    """One that stays as it is while it is drawn from."""
    seen: Box
    """The part of the picture that is drawn, px."""
    frame: Frame
    """Where it stands on the sheet, logical px."""
    size: tuple[int, int]
    """Width and height of the sheet, device px."""
    ratio: float
    """Device px for one logical px."""
    colours: dict[LabelId, int]
    """By label: 0xAARRGGBB, premultiplied."""
    dashes: dict[LabelId, tuple[float, ...]]
    """By label: lengths of dash and gap in turn, device px; empty for a whole line."""
    chosen: Rows
    left_out: Rows
    """Shapes that a tool draws itself."""


def drawn(crowds: Sequence[Crowd]) -> NDArray[np.uint32]:
    """Draw crowds of the same size, one above the other.

    Returns
    -------
    (height, width) uint32
        0xAARRGGBB, premultiplied; 0 where nothing is.
    """
    wide, high = crowds[0].size
    sheet = _Sheet(wide, high)
    for crowd in crowds:
        _draw(crowd, sheet)
    return sheet.pixels


def _draw(crowd: Crowd, sheet: _Sheet) -> None:
    table = crowd.table
    rows = table.touching(crowd.seen)
    if len(crowd.left_out):
        rows = rows[~np.isin(rows, crowd.left_out)]
    if not len(rows):
        return
    colours = [crowd.colours.get(label, 0xFF888888) for label in table.labels]
    inks = np.array(colours, np.uint32)[table.codes[rows]]
    styles = np.stack([_style(crowd.dashes.get(label, ())) for label in table.labels])
    pens = _Pens(inks, table.codes[rows], styles)
    scale = crowd.frame.zoom * crowd.ratio
    origin = np.array([crowd.frame.left, crowd.frame.top]) * crowd.ratio
    edges = table.bounds[rows] * scale + np.tile(origin, 2)
    spans = (edges[:, 2:] - edges[:, :2]).max(1)
    strong = np.isin(rows, crowd.chosen)
    # A point has no extent at any zoom, and is never less than a speck.
    specks, small = spans < _SPECK, (spans >= _SPECK) & (spans < _SMALL)
    sheet.specks(edges[specks], inks[specks])
    sheet.boxes(edges[small], inks[small])
    large = spans >= _SMALL
    sheet.strands(table, rows[large], pens.some(large), scale, origin)
    if strong.any():
        for dx, dy in _CHOSEN_SHIFTS:
            shift = np.array([dx, dy])
            mine = strong & large
            sheet.strands(table, rows[mine], pens.some(mine), scale, origin + shift)
            mine = strong & ~large
            sheet.boxes(edges[mine] + np.tile(shift, 2), inks[mine])


class _Pens(NamedTuple):
    inks: NDArray[np.uint32]
    """(n,) 0xAARRGGBB."""
    styles: NDArray[np.int32]
    """(n,) row of `patterns`."""
    patterns: NDArray[np.bool_]
    """(m, _PERIOD) which px of a line are drawn."""

    def some(self, which: NDArray[np.bool_] | NDArray[np.int64]) -> _Pens:
        return self._replace(inks=self.inks[which], styles=self.styles[which])


def _style(dashes: tuple[float, ...]) -> NDArray[np.bool_]:
    """Return which px of a line are drawn, over a period that all dashes of labels share."""
    if not dashes:
        return np.ones(_PERIOD, np.bool_)
    lengths = np.maximum(np.round(dashes).astype(np.int64), 1)
    drawn_ = np.arange(len(lengths)) % 2 == 0
    found: NDArray[np.bool_] = np.resize(np.repeat(drawn_, lengths), _PERIOD)
    return found


class _Sheet:
    def __init__(self, wide: int, high: int) -> None:
        self._flat = np.zeros(wide * high, np.uint32)
        self._wide = wide
        self._high = high

    @property
    def pixels(self) -> NDArray[np.uint32]:
        return self._flat.reshape(self._high, self._wide)

    def specks(self, edges: NDArray[np.float64], inks: NDArray[np.uint32]) -> None:
        x, y = ((edges[:, at] + edges[:, at + 2]) / 2 for at in (0, 1))
        for dx in (0, 1):
            for dy in (0, 1):
                self._put(x + dx, y + dy, inks)

    def boxes(self, edges: NDArray[np.float64], inks: NDArray[np.uint32]) -> None:
        x0, y0, x1, y1 = edges.T
        starts = np.stack([x0, y0, x1, y0, x1, y1, x0, y1], 1).reshape(-1, 2)
        ends = np.stack([x1, y0, x1, y1, x0, y1, x0, y0], 1).reshape(-1, 2)
        whole = _Pens(np.repeat(inks, 4), np.zeros(len(starts), np.int32), _WHOLE)
        self._lines(starts, ends, whole, np.zeros(len(starts)))

    def strands(
        self,
        table: ShapeTable,
        rows: Rows,
        pens: _Pens,
        scale: float,
        origin: NDArray[np.float64],
    ) -> None:
        if not len(rows):
            return
        lines, owners = table.lines.of(rows)
        starts, ends, which = _segments(lines, scale, origin)
        # Dashes go on from piece to piece of a line, wherever the sheet begins.
        spans = np.abs(ends - starts).max(1, initial=0)
        before = np.cumsum(spans) - spans
        first = np.searchsorted(which, which, side="left")
        self._lines(starts, ends, pens.some(owners[which]), before - before[first])

    def _lines(
        self,
        starts: NDArray[np.float64],
        ends: NDArray[np.float64],
        pens: _Pens,
        before: NDArray[np.float64],
    ) -> None:
        """Draw pieces of lines; `before` says how much of its line lies before each, px."""
        spans = np.abs(ends - starts).max(1, initial=0)
        starts, ends, kept, enter = self._clipped(starts, ends)
        if not len(kept):
            return
        pens, phases = pens.some(kept), np.rint((before + enter * spans)[kept]).astype(np.int64)
        steps = np.ceil(np.abs(ends - starts).max(1, initial=0)).astype(np.int64) + 1
        cuts = np.searchsorted(np.cumsum(steps), np.arange(0, steps.sum(), _AT_ONCE), side="right")
        for first, last in zip(cuts, [*cuts[1:], len(steps)], strict=True):
            part = slice(int(first), int(last))
            some = np.arange(int(first), int(last))
            self._walk(starts[part], ends[part], steps[part], pens.some(some), phases[part])

    def _walk(
        self,
        starts: NDArray[np.float64],
        ends: NDArray[np.float64],
        steps: NDArray[np.int64],
        pens: _Pens,
        phases: NDArray[np.int64],
    ) -> None:
        """Write every px of lines that lie on the sheet."""
        if not len(steps):
            return
        owner = np.repeat(np.arange(len(steps)), steps)
        at = np.arange(len(owner)) - np.repeat(np.cumsum(steps) - steps, steps)
        if not pens.patterns.all():
            on = pens.patterns[pens.styles[owner], (phases[owner] + at) % _PERIOD]
            owner, at = owner[on], at[on]
        share = at / np.maximum(steps - 1, 1)[owner]
        places = starts[owner] + (ends - starts)[owner] * share[:, None]
        self._put(places[:, 0], places[:, 1], pens.inks[owner])

    def _put(
        self, x: NDArray[np.float64], y: NDArray[np.float64], inks: NDArray[np.uint32]
    ) -> None:
        column, row = np.floor(x).astype(np.int64), np.floor(y).astype(np.int64)
        on = (column >= 0) & (column < self._wide) & (row >= 0) & (row < self._high)
        self._flat[row[on] * self._wide + column[on]] = inks[on]

    def _clipped(
        self, starts: NDArray[np.float64], ends: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
        """Cut lines to the sheet (Liang and Barsky 1984); those beside it are left out."""
        way = ends - starts
        enter, leave = np.zeros(len(way)), np.ones(len(way))
        beside = np.zeros(len(way), np.bool_)
        for axis, limit in ((0, self._wide), (1, self._high)):
            for step, room in (
                (-way[:, axis], starts[:, axis] + 1),
                (way[:, axis], limit + 1 - starts[:, axis]),
            ):
                with np.errstate(divide="ignore", invalid="ignore"):
                    share = room / step
                enter = np.where(step < 0, np.maximum(enter, share), enter)
                leave = np.where(step > 0, np.minimum(leave, share), leave)
                beside |= (step == 0) & (room < 0)
        kept = np.flatnonzero((enter <= leave) & ~beside)
        begun = starts[kept] + way[kept] * enter[kept, None]
        ended = starts[kept] + way[kept] * leave[kept, None]
        return begun, ended, kept, enter


def _segments(
    lines: Lines, scale: float, origin: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return where the pieces of lines begin and end, device px, and which line each belongs to."""
    which = np.repeat(np.arange(len(lines.lengths)), lines.lengths)
    first = np.cumsum(lines.lengths) - lines.lengths
    at = np.arange(len(which)) - first[which]
    last = at == lines.lengths[which] - 1
    here = lines.starts[which] + at
    there = np.where(last, lines.starts[which], here + 1)
    # The last point of an open line leads nowhere; a lone point is a piece without length.
    kept = ~last | lines.closed[which] | (lines.lengths[which] == 1)
    points = lines.points
    starts = points[here[kept]].astype(np.float64) * scale + origin
    ends = points[there[kept]].astype(np.float64) * scale + origin
    return starts, ends, which[kept]
