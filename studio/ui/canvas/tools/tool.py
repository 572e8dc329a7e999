"""What a tool is: one gesture of the hand, from press to release, that makes one edit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import ClassVar, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from studio.domain.geometry import Point
from studio.domain.labels import Shape, ShapeId
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import NO_LOOK, Look, looks_of
from studio.ui.canvas.model import CanvasModel, clipped


class Stroke(NamedTuple):
    """Where the pointer is, and what is held down with it."""

    point: Point
    """On the picture, px; may lie outside."""
    frame: Frame
    shift: bool = False
    alt: bool = False
    ctrl: bool = False
    pressure: float = 1.0
    """Of a stylus, 0..1; 1 for a mouse."""
    rubber: bool = False
    """Whether it is the rubber end of a stylus."""

    def near(self, point: Point, reach: float) -> bool:
        """Tell whether a point of the picture is within so many logical px."""
        far = max(abs(self.point[0] - point[0]), abs(self.point[1] - point[1]))
        return far * self.frame.zoom <= reach


class Tool:
    """Base of the tools. A tool that does not use a gesture leaves its method as it is.

    Nothing is changed before the gesture ends; `cancel` leaves no trace of it.

    Parameters
    ----------
    model : CanvasModel
        Takes the edits.
    repaint : callable
        Asks for the tool's own drawing to be drawn again; given a `QRect`, only that part of the
        widget.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    shortcut: ClassVar[str]
    hint: ClassVar[str]
    cursor: ClassVar[Qt.CursorShape] = Qt.CursorShape.CrossCursor
    drags: ClassVar[bool] = True
    """Whether the button is held from the beginning to the end, or each point is a click."""

    def __init__(self, model: CanvasModel, repaint: Callable[..., None]) -> None:
        self.model = model
        self.repaint = repaint
        self.mark: Point | None = None
        """What the pointer snapped to."""

    def press(self, stroke: Stroke) -> None:
        """The left button goes down."""

    def drag(self, stroke: Stroke) -> None:
        """The pointer moves with the button down."""

    def hover(self, stroke: Stroke) -> Qt.CursorShape:
        """Return the cursor for the pointer over this place, with no button down."""
        del stroke
        return self.cursor

    def release(self, stroke: Stroke) -> None:
        """The button comes up: the gesture ends."""

    def double_click(self, stroke: Stroke) -> None:
        """The button goes down for the second time; comes instead of the second `press`."""

    def key(self, key: int, shift: bool) -> bool:
        """Take a key; returns whether it meant something."""
        del key, shift
        return False

    def key_up(self, key: int) -> None:
        """A key comes up that went down before, not while it repeats."""

    def wheel(self, turns: float) -> bool:
        """Take a turn of the wheel with Alt held; returns whether it meant something."""
        del turns
        return False

    @property
    def busy(self) -> bool:
        """Whether a gesture is under way that Escape would take back."""
        return False

    @property
    def held(self) -> Sequence[Shape]:
        """The shapes that the gesture under way would change, as they were when it began."""
        return ()

    def finish(self) -> None:
        """Make the edit of a gesture that needs nothing more, such as a nudge by a held key."""

    def cancel(self) -> None:
        """Forget the gesture under way."""

    def put_down(self) -> None:
        """Leave the hand: what needs nothing more is done, the rest is forgotten."""
        self.finish()
        self.cancel()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw what is held; the painter works in logical px of the widget."""

    def place(self, stroke: Stroke, avoid: Collection[ShapeId] = ()) -> Point:
        """Return where a point put by this stroke lands: on the picture, and snapped.

        Parameters
        ----------
        stroke : Stroke
            With Ctrl held nothing snaps.
        avoid : collection of ShapeId
            Shapes that are moved themselves.
        """
        point = clipped(stroke.point, self.model.size)
        model = self.model
        held = (
            None
            if stroke.ctrl
            else model.snapping.snapped(point, stroke.frame.zoom, model.table, model.size, avoid)
        )
        self.mark = None if held is None else clipped(held, model.size)
        return self.mark or point

    def current_look(self) -> Look:
        """Return the look of the label that a new shape would get."""
        label = self.model.label
        return NO_LOOK if label is None else looks_of(self.model.schema).get(label, NO_LOOK)
