"""A hand on the canvas alone: real presses, moves and keys, in px of the picture."""

from __future__ import annotations

from typing import Any, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import Geometry, Point
from studio.domain.labels import Shape
from studio.ui.canvas.view import CanvasView

Left = Qt.MouseButton.LeftButton
PLAIN = Qt.KeyboardModifier.NoModifier
SHIFT, ALT = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier
Kind = TypeVar("Kind", bound=Geometry)


class CanvasHand:
    """A hand that works in px of the picture."""

    def __init__(self, view: CanvasView, project: Any) -> None:
        self.view = view
        self.model = view.model
        self.project = project

    def at(self, point: Point) -> QPoint:
        across, down = self.view.frame.to_widget(point)
        return QPoint(round(across), round(down))

    def take(self, tool: str) -> None:
        self.view.take_tool(tool)

    def press(self, point: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mousePress(self.view, Left, held, self.at(point))

    def let_go(self, point: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseRelease(self.view, Left, held, self.at(point))

    def move(self, *points: Point, held: Qt.KeyboardModifier = PLAIN, down: bool = True) -> None:
        for point in points:
            spot = QPointF(self.at(point))
            seen = QPointF(self.view.mapToGlobal(self.at(point)))
            none = Qt.MouseButton.NoButton
            event = QMouseEvent(
                QEvent.Type.MouseMove, spot, seen, none, Left if down else none, held
            )
            QApplication.sendEvent(self.view, event)

    def hover(self, point: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        self.move(point, held=held, down=False)

    def drag(self, start: Point, *way: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        self.press(start, held)
        self.move(*way, held=held)
        self.let_go(way[-1], held)

    def click(self, *points: Point, held: Qt.KeyboardModifier = PLAIN) -> None:
        for point in points:
            self.hover(point, held)
            QTest.mouseClick(self.view, Left, held, self.at(point))

    def key(self, *keys: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
        for key in keys:
            QTest.keyClick(self.view, key, held)

    def stylus(self, point: Point, pressure: float, rubber: bool = False) -> None:
        """Feel a stylus; the mouse events that follow on a real screen are sent by hand."""
        kinds = QPointingDevice.PointerType
        spot, seen = QPointF(self.at(point)), QPointF(self.view.mapToGlobal(self.at(point)))
        stylus = QPointingDevice(
            "stylus", 1, QPointingDevice.DeviceType.Stylus, kinds.Eraser if rubber else kinds.Pen,
            QPointingDevice.Capability.Pressure, 1, 1,
        )  # fmt: skip
        event = QTabletEvent(
            QEvent.Type.TabletMove, stylus, spot, seen, pressure, 0, 0, 0, 0, 0, PLAIN, Left, Left
        )
        QApplication.sendEvent(self.view, event)

    def shapes(self) -> list[Shape]:
        assert self.model.item is not None
        return list(self.project.state.annotations.of(self.model.item.id))

    def only(self, kind: type[Kind]) -> Kind:
        """The only shape there is, which is of this kind."""
        (shape,) = self.shapes()
        assert isinstance(shape.geometry, kind)
        return shape.geometry

    def steps(self) -> int:
        return len(self.project.history.titles)
