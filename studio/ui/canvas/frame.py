"""Where a picture stands in the widget: zoom and offset, as a plain value."""

from __future__ import annotations

from dataclasses import dataclass

from studio.domain.geometry import Box, Point

SMALLEST, LARGEST = 0.0005, 64.0
"""Limits of the zoom."""
_MARGIN = 24
"""Room left around a fitted picture, logical px."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A point p of the picture stands at p · zoom + offset in the widget, in logical px."""

    zoom: float = 1.0
    """Logical px of the widget for one px of the picture."""
    left: float = 0.0
    top: float = 0.0

    def to_widget(self, point: Point) -> Point:
        """Return where a point of the picture stands in the widget."""
        return point[0] * self.zoom + self.left, point[1] * self.zoom + self.top

    def to_picture(self, point: Point) -> Point:
        """Return which point of the picture stands at a place in the widget."""
        return (point[0] - self.left) / self.zoom, (point[1] - self.top) / self.zoom

    def moved(self, dx: float, dy: float) -> Frame:
        """Return the frame shifted by so many logical px."""
        return Frame(self.zoom, self.left + dx, self.top + dy)

    def zoomed(self, factor: float, at: Point) -> Frame:
        """Return the frame scaled so that what stands at `at` in the widget stays there."""
        zoom = min(LARGEST, max(SMALLEST, self.zoom * factor))
        share = zoom / self.zoom
        return Frame(zoom, at[0] - (at[0] - self.left) * share, at[1] - (at[1] - self.top) * share)

    def seen(self, width: float, height: float) -> Box:
        """Return the part of the picture's plane that a widget of this size shows, px."""
        x0, y0 = self.to_picture((0, 0))
        x1, y1 = self.to_picture((width, height))
        return Box(x0, y0, x1, y1)


def fitted(size: tuple[int, int], room: tuple[int, int]) -> Frame:
    """Return the frame in which a whole picture is seen, centred.

    Parameters
    ----------
    size : tuple of int, px
        Width and height of the picture.
    room : tuple of int, logical px
        Width and height of the widget.
    """
    wide, high = (max(1, side - 2 * _MARGIN) for side in room)
    zoom = min(wide / max(1, size[0]), high / max(1, size[1]))
    return centred(size, room, min(LARGEST, max(SMALLEST, zoom)))


def centred(size: tuple[int, int], room: tuple[int, int], zoom: float) -> Frame:
    """Return the frame with this zoom and the picture in the middle."""
    return Frame(zoom, (room[0] - size[0] * zoom) / 2, (room[1] - size[1] * zoom) / 2)
