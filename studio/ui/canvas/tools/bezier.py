"""Draw curves."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Bezier, Knot, Point
from studio.domain.geometry.grips import Grip
from studio.domain.geometry.knots import smooth_knot
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import HANDLE, draw_handle, draw_shape
from studio.ui.canvas.tools.grips import draw_grips
from studio.ui.canvas.tools.keys import ENDS, TAKES_BACK
from studio.ui.canvas.tools.tool import Stroke, Tool

_CLOSES = 2 * HANDLE
"""How near to the first point a press closes the curve, logical px."""
_PULLED = 3.0
"""A handle shorter than this is none: the point is a corner, logical px."""
_FEWEST = 2


class BezierTool(Tool):
    """Press for a point, pull its handles out."""

    id = "bezier"
    title = "Draw curves"
    icon = "bezier"
    shortcut = "Z"
    hint = (
        "Click for corners, pull for smooth points · the first point closes · Enter ends an open"
        " curve · Backspace takes one back"
    )

    _knots: tuple[Knot, ...] = ()
    _down = False
    _closing = False
    _ahead: Point | None = None

    @property
    def busy(self) -> bool:
        """Whether a curve is being drawn."""
        return bool(self._knots)

    def press(self, stroke: Stroke) -> None:
        """Put a point, or close at the first one."""
        first = self._knots[0] if self._knots else None
        closes = first is not None and stroke.near((first.x, first.y), _CLOSES)
        self._closing = closes and len(self._knots) >= _FEWEST
        self._down, self._ahead = True, None
        if not self._closing:
            x, y = self.place(stroke)
            self._knots = (*self._knots, Knot(x, y, x, y, x, y))
        self.repaint()

    def drag(self, stroke: Stroke) -> None:
        """Pull the handles of the point just put, or those that close."""
        if not self._down or not self._knots:
            return
        at = 0 if self._closing else -1
        knot = self._knots[at]
        place = knot.x, knot.y
        if math.dist(place, stroke.point) * stroke.frame.zoom < _PULLED:
            fresh = knot if self._closing else Knot(*place, *place, *place)
        elif self._closing:
            # The curve that leaves the first point stays; only the one that arrives is bent.
            fresh = Knot(
                *place, 2 * place[0] - stroke.point[0], 2 * place[1] - stroke.point[1],
                knot.out_x, knot.out_y,
            )  # fmt: skip
        else:
            fresh = smooth_knot(place, stroke.point)
        self._knots = (fresh, *self._knots[1:]) if self._closing else (*self._knots[:-1], fresh)
        self.repaint()

    def release(self, stroke: Stroke) -> None:
        """The point stands; at the first one the curve is finished."""
        if not self._down:
            return
        self.drag(stroke)
        self._down = False
        if self._closing:
            self._end(closed=True)

    def double_click(self, stroke: Stroke) -> None:
        """End the open curve; the first of the two clicks has put the last point."""
        del stroke
        self._end(closed=False)

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Show the curve that a click would add."""
        self._ahead = self.place(stroke)
        self.repaint()
        return self.cursor

    def key(self, key: int, shift: bool) -> bool:
        """Enter ends, with Shift it closes; Backspace takes the last point back."""
        if self._down:
            return False
        if key in ENDS and len(self._knots) >= _FEWEST:
            self._end(closed=shift)
        elif key in TAKES_BACK and self._knots:
            self._knots = self._knots[:-1]
            self.repaint()
        else:
            return False
        return True

    def cancel(self) -> None:
        """Forget the curve."""
        self._knots, self._down, self._closing = (), False, False
        self._ahead = self.mark = None
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the curve, the piece that would come, and the last handles."""
        if not self._knots:
            return
        ahead = () if self._ahead is None or self._down else (Knot(*(self._ahead * 3)),)
        curve = Bezier((*self._knots, *ahead), self._closing)
        draw_shape(painter, frame, curve, self.current_look())
        last = Bezier(self._knots[:1] if self._closing else self._knots[-1:], False)
        draw_grips(painter, frame, last, Grip("out", (0.0, 0.0)) if self._down else None)
        for at, knot in enumerate(self._knots):
            strong = at == 0 and len(self._knots) >= _FEWEST
            draw_handle(painter, frame, (knot.x, knot.y), strong)

    def _end(self, closed: bool) -> None:
        knots = self._knots
        if len(knots) >= _FEWEST:
            self.cancel()
            self.model.draw(Bezier(knots, closed))
