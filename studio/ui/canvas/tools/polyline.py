"""Draw lines."""

from __future__ import annotations

from studio.domain.geometry import Point, Polyline, Ring
from studio.ui.canvas.tools.clicked import ClickedTool


class PolylineTool(ClickedTool):
    """Click point after point; the line stays open."""

    id = "polyline"
    title = "Draw lines"
    icon = "polyline"
    shortcut = "Y"
    hint = "Click points · Enter, a double click or the last point ends · Backspace takes one back"
    fewest = 2

    def ends_at(self) -> Point:
        """Return the last point: another click there ends."""
        return self._points[-1]

    def done(self, points: Ring) -> None:
        """Add the line."""
        self.model.draw(Polyline(points))
