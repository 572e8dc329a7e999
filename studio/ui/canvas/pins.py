"""Pins on the canvas: where people said something, numbered as in the list beside it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from studio.domain.geometry import Box, bounds
from studio.domain.reviews import Comment, CommentId
from studio.ui.canvas.tools.comment import draw_place
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command
from studio.ui.theme import current

PINS = "label.pins"
"""What can be switched off, by the id of its command."""
_SIDE = 26
_POINT = 6
"""How far the tip of a pin reaches below its disc, logical px."""
_MOST = 200
"""So many pins are drawn; a picture with more of them is better read as a list."""


class _Pin(QAbstractButton):
    """A numbered disc whose tip points at a place."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.resize(self.sizeHint())
        self.resolved = False

    def sizeHint(self) -> QSize:
        return QSize(_SIDE, _SIDE + _POINT)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        tokens = current.tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        disc = QRectF(1.5, 1.5, _SIDE - 3, _SIDE - 3)
        drop = QPainterPath()
        drop.moveTo(_SIDE / 2, _SIDE + _POINT - 1)
        drop.arcTo(disc, -60, 300)
        drop.closeSubpath()
        chosen = self.isChecked() or self.hasFocus()
        ground = tokens.success if self.resolved else tokens.accent
        painter.setBrush(QColor(ground if chosen else tokens.surface))
        painter.setPen(QPen(QColor(tokens.ink if self.hasFocus() else ground), 2))
        painter.drawPath(drop)
        painter.setPen(QColor(tokens.on_accent if chosen else tokens.ink))
        font = painter.font()
        font.setPixelSize(12)
        font.setBold(True)
        painter.setFont(font)
        painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()


class _Places(QWidget):
    """The place of the chosen comment; lets the hand through."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self.place: Box | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if self.place is not None:
            painter = QPainter(self)
            draw_place(painter, self._canvas.frame, self.place)
            painter.end()


class Pins(QObject):
    """Shows a pin for each comment with a place; a click on it chooses the comment.

    Parameters
    ----------
    canvas : CanvasView
        The pins stand on it.
    """

    picked = Signal(str)
    """Carries the id of the comment."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._said: Sequence[Comment] = ()
        self._chosen: CommentId | None = None
        self.shown = True
        self.pins: list[_Pin] = []
        self._places = _Places(canvas)
        canvas.framed.connect(self.move)
        canvas.installEventFilter(self)

    def show_comments(self, said: Sequence[Comment], chosen: CommentId | None) -> None:
        """Show pins for comments; their numbers are their places in the list, from 1."""
        self._said, self._chosen = said, chosen
        while len(self.pins) < min(len(said), _MOST):
            pin = _Pin(self._canvas)
            pin.clicked.connect(partial(self._clicked, len(self.pins)))
            self.pins.append(pin)
        for number, pin in enumerate(self.pins):
            if number < len(said):
                one = said[number]
                pin.setText(str(number + 1))
                pin.setAccessibleName(f"Comment {number + 1} by {one.author}, {one.text[:80]}")
                pin.setToolTip(f"{one.author}\n{one.text[:400]}" if one.author else one.text[:400])
                pin.resolved = one.resolved
                pin.setChecked(one.id == chosen)
        self.move()

    def flip(self, tell: Callable[[str], None], keep: Callable[[str, bool], None]) -> None:
        """Show or hide all pins."""
        self.shown = not self.shown
        keep(PINS, not self.shown)
        tell("Pins of comments are shown" if self.shown else "Pins of comments are hidden")
        self.move()

    def command(
        self,
        there: Callable[[], bool],
        tell: Callable[[str], None],
        keep: Callable[[str, bool], None],
    ) -> Command:
        """For menus, palette and keys; `keep` is told what is switched off."""
        run = partial(self.flip, tell, keep)
        why = "Import pictures first."
        title = "Show or hide pins of comments"
        return Command(PINS, title, run, "Shift+P", "message", "View", there, why)

    def move(self) -> None:
        """Bring the pins to where the picture is now."""
        self._places.place = None
        for number, pin in enumerate(self.pins):
            place = self._place(self._said[number]) if number < len(self._said) else None
            pin.setVisible(self.shown and place is not None)
            if place is None:
                continue
            point = place.width == 0 and place.height == 0
            x, y = self._canvas.frame.to_widget((place.x0 if point else place.x1, place.y0))
            pin.move(QPoint(round(x - _SIDE / 2), round(y - _SIDE - _POINT)))
            pin.raise_()
            if self._said[number].id == self._chosen and not point:
                self._places.place = place
        self._places.resize(self._canvas.size())
        self._places.setVisible(self.shown and self._places.place is not None)
        self._places.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the canvas when it grows."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._places.resize(self._canvas.size())
        return super().eventFilter(watched, event)

    def _place(self, comment: Comment) -> Box | None:
        """Return where a comment is pinned; None for the picture as a whole, or a shape gone."""
        if comment.place is not None:
            return comment.place
        shape = None if comment.shape is None else self._canvas.model.table.get(comment.shape)
        return None if shape is None else bounds(shape.geometry)

    def _clicked(self, number: int) -> None:
        if number < len(self._said):
            self.pins[number].setChecked(True)
            self.picked.emit(self._said[number].id)
