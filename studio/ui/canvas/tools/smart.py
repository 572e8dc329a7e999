"""Tools that ask an assistant: a small gesture, a preview, and Enter takes it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, NamedTuple

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QPainter, QPen

from studio.api.assistants import Assistant, Hand, Learner, Option, Scribble
from studio.domain.geometry import Box, FloatArray, Point
from studio.domain.labels import LabelId, Shape
from studio.services.assisting import Assisting, Finding, Question
from studio.ui.canvas.frame import Frame
from studio.ui.canvas.looks import NO_LOOK, draw_shape, looks_of
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.tools.tool import Tool

ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BACK = (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)


class _Mail(QObject):
    """Brings findings from the thread of the assistants to the thread of the window."""

    arrived = Signal(object)

    def __init__(self, told: Callable[[Finding], None]) -> None:
        super().__init__()
        self._told = told
        self.arrived.connect(self._take)

    def _take(self, finding: Finding) -> None:
        self._told(finding)


class Voice(NamedTuple):
    """How tools speak."""

    say: Callable[[str], None]
    """Tells a person something beside the canvas."""
    warn: Callable[[str], None]
    """Tells a person what went wrong."""


class SmartTool(Tool, ABC):
    """Base of the tools that ask; each gesture is a class below it."""

    assistant: ClassVar[Assistant]
    assisting: ClassVar[Assisting]
    voice: ClassVar[Voice]

    def __init__(self, model: CanvasModel, repaint: Callable[..., None]) -> None:
        super().__init__(model, repaint)
        self.options = {one.name: one.default for one in self.assistant.options}
        self.finding: Finding | None = None
        self._asked: Question | None = None
        self._spreading = False
        self._take_next = False
        self._mail = _Mail(self._told)

    # --- for the classes below

    @abstractmethod
    def hand(self) -> Hand | None:
        """Return what the hand did so far, px of the picture; None for nothing."""

    @abstractmethod
    def area(self, hand: Hand) -> Box:
        """Return the part of the picture that counts."""

    def forget(self) -> None:
        """Forget what the hand did."""

    def labels(self) -> Mapping[int, LabelId]:
        """Return what the numbers of labels mean."""
        return {} if self.model.label is None else {1: self.model.label}

    def back(self) -> bool:
        """Take back the last thing the hand did; returns whether there was one."""
        return False

    def take(self, finding: Finding) -> Sequence[Shape]:
        """Make shapes of what was found."""
        return self.assisting.take(finding, self.labels(), proposed=self._spreading)

    # --- asking

    coarse = 1.0
    """Px of the picture for one on the screen, as the hand saw it."""

    @property
    def busy(self) -> bool:
        """Whether there is something that Escape would drop."""
        return self.hand() is not None or self._asked is not None

    @property
    def waits(self) -> bool:
        """Whether an answer is under way."""
        return self._asked is not None and (
            self.finding is None or self.finding.question is not self._asked
        )

    def ask(self) -> None:
        """Ask about what the hand did."""
        hand, item = self.hand(), self.model.item
        if hand is None or item is None:
            return
        self._spreading = False
        self._asked = Question(self.assistant.id, item, self.area(hand), hand, self.coarse)
        self.assisting.ask(self._asked, self._mail.arrived.emit)

    def _told(self, finding: Finding) -> None:
        if finding.question is not self._asked:
            return
        self.finding = finding
        self.repaint()
        if finding.error is not None:
            self.voice.warn(str(finding.error))
            self._take_next = False
        elif finding.words:
            self.voice.say(finding.words)
        if self._take_next:
            self._accept()

    def _accept(self) -> None:
        """Take what is shown; what is still being looked for is taken when it comes."""
        if self.waits:
            self._take_next = True
            return
        finding, self._take_next = self.finding, False
        if finding is None or not finding.found:
            return
        if not self.labels():
            self.model.wanting.emit()
            return
        shapes = self.take(finding)
        proposed = self._spreading or any(one.score is not None for one in finding.found)
        self.cancel()
        if self.model.item is not None:
            self.model.show(self.model.item, self.model.schema)
        if proposed:
            self.voice.say(f"{len(shapes):,} proposals wait to be accepted.")
        else:
            self.model.select(shape.id for shape in shapes)

    def _spread(self) -> None:
        if self._asked is not None and not self.waits:
            self._spreading, self._take_next = True, True
            asked = self._asked
            self._asked = Question(asked.assistant, asked.item, asked.area, asked.hand)
            self.assisting.spread(self._asked, self._mail.arrived.emit)
            self.voice.say("The whole picture is looked at · Escape stops it.")

    def key(self, key: int, shift: bool) -> bool:
        """Enter takes, Backspace takes back, [ ] and ' set what the assistant goes by."""
        if key in ENTER and self.busy:
            if shift and isinstance(self.assistant, Learner):
                self._spread()
            else:
                self._accept()
        elif key in BACK and self.busy:
            if not self.back() or self.hand() is None:
                self.cancel()
            else:
                self.ask()
        elif key in (Qt.Key.Key_BracketLeft, Qt.Key.Key_BracketRight):
            return self.set_by(1 if key == Qt.Key.Key_BracketRight else -1)
        elif key == Qt.Key.Key_Apostrophe:
            return self._switch()
        else:
            return False
        self.repaint()
        return True

    def wheel(self, turns: float) -> bool:
        """Set what the assistant goes by first."""
        return self.set_by(1 if turns > 0 else -1)

    def set_by(self, steps: int) -> bool:
        """Change the first option that is a number; returns whether there is one."""
        option = next((one for one in self.assistant.options if not one.switch), None)
        if option is not None:
            to = self.options[option.name] + steps * option.step
            self._set(option, min(max(to, option.low), option.high))
        return option is not None

    def _switch(self) -> bool:
        option = next((one for one in self.assistant.options if one.switch), None)
        if option is not None:
            self._set(option, 1.0 - self.options[option.name])
        return option is not None

    def _set(self, option: Option, value: float) -> None:
        self.options[option.name] = value
        shown = ("on" if value else "off") if option.switch else f"{value:g}"
        self.voice.say(f"{option.title} {shown}")
        self.ask()

    def cancel(self) -> None:
        """Drop what is shown, and what the hand did."""
        if self._asked is not None:
            self.assisting.give_up()
        self._asked = self.finding = None
        self._spreading = self._take_next = False
        self.forget()
        self.repaint()

    # --- showing

    def paint(self, painter: QPainter, frame: Frame) -> None:
        """Draw what was found, as it would be."""
        looks, labels = looks_of(self.model.schema), self.labels()
        for one in self.finding.found if self.finding else ():
            label = labels.get(one.label)
            look = looks.get(label, NO_LOOK) if label is not None else NO_LOOK
            draw_shape(painter, frame, one.geometry, look)


def draw_strokes(
    painter: QPainter, frame: Frame, strokes: Sequence[Scribble], pens: Mapping[int, QPen]
) -> None:
    """Draw strokes as wide as they are, in a colour for each label."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QPolygonF

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for stroke in strokes:
        pen = QPen(pens.get(stroke.label, QPen(Qt.GlobalColor.white)))
        pen.setWidthF(max(2.0, 2 * stroke.radius * frame.zoom))
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        places = [QPointF(*frame.to_widget(point)) for point in stroke.points]
        if len(places) == 1:
            painter.drawPoint(places[0])
        else:
            painter.drawPolyline(QPolygonF(places))


def around(point: Point, side: float, size: tuple[int, int]) -> Box:
    """Return a square of the picture with a point in the middle, pulled onto the picture."""
    wide, high = min(side, size[0]), min(side, size[1])
    x0 = min(max(point[0] - wide / 2, 0.0), size[0] - wide)
    y0 = min(max(point[1] - high / 2, 0.0), size[1] - high)
    return Box(x0, y0, x0 + wide, y0 + high)


def grown(box: Box, share: float, least: float = 8.0) -> Box:
    """Return a box with room around it, a share of its larger side."""
    more = max(share * max(box.width, box.height), least)
    return Box(box.x0 - more, box.y0 - more, box.x1 + more, box.y1 + more)


def line_box(line: FloatArray) -> Box:
    """Return the box around (N, 2) points."""
    (x0, y0), (x1, y1) = line.min(0).tolist(), line.max(0).tolist()
    return Box(x0, y0, x1, y1)
