"""Point at a thing and let the person's own promptable model say where it ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject, QRunnable, Qt, QThreadPool, Signal
from PySide6.QtGui import QColor, QPainter, QPen

from studio.domain.geometry import Box, Geometry, Mask, Point
from studio.domain.media import MediaItem
from studio.errors import Cancelled, StudioError
from studio.services.prompting import Prompt, Prompting
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import draw_shape
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.tools.smart import BACK, ENTER, Voice
from studio.ui.canvas.tools.tool import Stroke, Tool

_SLIP = 4.0
"""A drag shorter than this on screen is a click, logical px."""
_DOT = 5.0


class _Mail(QObject):
    answered = Signal(int, object, float)
    failed = Signal(int, str)


class _Asking(QRunnable):
    def __init__(
        self,
        number: int,
        deed: Callable[[], tuple[Mask, float]],
        mail: _Mail,
    ) -> None:
        super().__init__()
        self._number = number
        self._deed = deed
        self._mail = mail

    def run(self) -> None:
        try:
            mask, score = self._deed()
        except Cancelled:
            return
        except StudioError as error:
            self._mail.failed.emit(self._number, str(error))
        else:
            self._mail.answered.emit(self._number, mask, score)


class PromptTool(Tool):
    """Click what is meant, with Alt what is not, or drag a box; Enter takes the answer."""

    id = "prompt"
    title = "Point at things"
    icon = "sparkles"
    shortcut = "T"
    hint = "Click the thing · Alt and a click for what is not · drag a box · Enter takes it"
    prompting: ClassVar[Prompting]
    voice: ClassVar[Voice]

    def __init__(self, model: CanvasModel, repaint: Callable[..., None]) -> None:
        super().__init__(model, repaint)
        self._inside: tuple[Point, ...] = ()
        self._outside: tuple[Point, ...] = ()
        self._box: Box | None = None
        self._start: Point | None = None
        self._found: Geometry | None = None
        self._number = 0
        self._waits = self._take_next = False
        self._mail = _Mail()
        self._mail.answered.connect(self._answered)
        self._mail.failed.connect(self._failed)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(1)

    @property
    def busy(self) -> bool:
        """Whether something was pointed at."""
        return bool(self._inside or self._outside or self._box or self._start)

    def press(self, stroke: Stroke) -> None:
        """Begin a click or a box."""
        self._start = self.place(stroke)

    def drag(self, stroke: Stroke) -> None:
        """Stretch the box."""
        if self._start is not None and not stroke.near(self._start, _SLIP):
            self._box = Box.spanning(self._start, self.place(stroke))
            self.repaint()

    def release(self, stroke: Stroke) -> None:
        """Ask about the click or the box."""
        start, self._start = self._start, None
        if start is None:
            return
        if stroke.near(start, _SLIP):
            if stroke.alt:
                self._outside = (*self._outside, start)
            else:
                self._inside = (*self._inside, start)
        self._ask()

    def key(self, key: int, shift: bool) -> bool:
        """Enter takes the answer, Backspace takes the last point back."""
        del shift
        if not self.busy:
            return False
        if key in ENTER:
            self._accept()
        elif key in BACK:
            self._back()
        else:
            return False
        self.repaint()
        return True

    def cancel(self) -> None:
        """Forget what was pointed at."""
        self._number += 1
        self._inside = self._outside = ()
        self._box = self._start = self._found = None
        self._waits = self._take_next = False
        self.repaint()

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw the answer, the points and the box."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._found is not None:
            draw_shape(painter, frame, self._found, self.current_look())
        if self._box is not None:
            pen = self.current_look().pen(1.5)
            pen.setStyle(Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            (x0, y0), (x1, y1) = (
                frame.to_widget((self._box.x0, self._box.y0)),
                frame.to_widget((self._box.x1, self._box.y1)),
            )
            painter.drawRect(round(x0), round(y0), round(x1 - x0), round(y1 - y0))
        for points, sign in ((self._inside, "+"), (self._outside, "−")):
            for point in points:
                self._dot(painter, frame, point, sign)

    @staticmethod
    def _dot(painter: QPainter, frame: Frame, point: Point, sign: str) -> None:
        x, y = frame.to_widget(point)
        painter.setPen(QPen(QColor("#000000"), 1.5))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(round(x - _DOT), round(y - _DOT), round(2 * _DOT), round(2 * _DOT))
        painter.drawLine(round(x - 2), round(y), round(x + 2), round(y))
        if sign == "+":
            painter.drawLine(round(x), round(y - 2), round(x), round(y + 2))

    def _back(self) -> None:
        if self._outside:
            self._outside = self._outside[:-1]
        elif self._inside:
            self._inside = self._inside[:-1]
        else:
            self._box = None
        if self.busy:
            self._ask()
        else:
            self.cancel()

    def _ask(self) -> None:
        item = self.model.item
        self._number += 1
        if item is None:
            return
        if self.prompting.model is None:
            self.cancel()
            self.voice.warn("No model is chosen to be asked. Choose its YAML file under Assist.")
            return
        box = self._box
        corners = None if box is None else ((box.x0, box.y0), (box.x1, box.y1))
        self._waits = True
        self.voice.say(f"{self.prompting.model.title} is looking …")
        self._pool.clear()
        prompt = Prompt(self._inside, self._outside, corners)
        self._pool.start(_Asking(self._number, self._deed(item, prompt, self._number), self._mail))

    def _deed(
        self, item: MediaItem, prompt: Prompt, number: int
    ) -> Callable[[], tuple[Mask, float]]:
        # Another point makes an answer that is under way worthless; seeing the picture is not.
        return lambda: self.prompting.segment(item, prompt, lambda: self._number > number + 50)

    def _answered(self, number: int, mask: Mask, score: float) -> None:
        if number != self._number:
            return
        self._waits = False
        self._found = mask if mask.width else None
        said = f"Expected overlap {score:.0%} · Enter takes it" if mask.width else "Nothing is seen"
        self.voice.say(said)
        self.repaint()
        if self._take_next:
            self._accept()

    def _failed(self, number: int, why: str) -> None:
        if number == self._number:
            self.cancel()
            self.voice.warn(why)

    def _accept(self) -> None:
        if self._waits:
            self._take_next = True
            return
        found = self._found
        if found is not None and self.model.draw(found) is not None:
            self.cancel()


def prompt_tool(
    prompting: Prompting, say: Callable[[str], None], warn: Callable[[str], None]
) -> type[Tool]:
    """Return the tool that asks a project's promptable model.

    Parameters
    ----------
    prompting : Prompting
        Asks it.
    say : callable
        Tells a person something beside the canvas.
    warn : callable
        Tells a person what went wrong.
    """
    facts = {"prompting": prompting, "voice": Voice(say, warn)}
    return type("ProjectPromptTool", (PromptTool,), facts)
