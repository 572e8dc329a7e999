"""A hand on the label page: real presses, drags and keys, in px of the picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.domain.geometry import Box, Polygon
from studio.domain.labels import Shape
from studio.ui.pages.label.page import LabelPage

Left = Qt.MouseButton.LeftButton
PLAIN, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier


class Hand:
    """A hand that works in px of the picture."""

    def __init__(self, page: LabelPage) -> None:
        self.page = page
        self.canvas = page.canvas

    def at(self, x: float, y: float) -> QPoint:
        across, down = self.canvas.frame.to_widget((x, y))
        return QPoint(round(across), round(down))

    def drag(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        held: Qt.KeyboardModifier = PLAIN,
        let_go: bool = True,
    ) -> None:
        QTest.mousePress(self.canvas, Left, held, self.at(*start))
        for step in (0.3, 0.7, 1.0):
            x = start[0] + (end[0] - start[0]) * step
            y = start[1] + (end[1] - start[1]) * step
            # The platform without a screen forgets the button in `mouseMove`.
            self._move(self.at(x, y), held)
        if let_go:
            QTest.mouseRelease(self.canvas, Left, held, self.at(*end))

    def _move(self, place: QPoint, held: Qt.KeyboardModifier) -> None:
        spot = QPointF(place)
        seen = QPointF(self.canvas.mapToGlobal(place))
        move = QMouseEvent(QEvent.Type.MouseMove, spot, seen, Qt.MouseButton.NoButton, Left, held)
        QApplication.sendEvent(self.canvas, move)

    def click(self, x: float, y: float, held: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.mouseClick(self.canvas, Left, held, self.at(x, y))

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = PLAIN) -> None:
        QTest.keyClick(self.canvas, key, held)

    def shapes(self) -> list[Shape]:
        assert self.page.model.item is not None
        state = self.page.desk.session.project.state
        return list(state.annotations.of(self.page.model.item.id))

    def boxes(self) -> list[Box]:
        return [one.geometry for one in self.shapes() if isinstance(one.geometry, Box)]

    def steps(self) -> int:
        return len(self.page.desk.session.project.history.titles)

    def polygons(self) -> list[Polygon]:
        return [one.geometry for one in self.shapes() if isinstance(one.geometry, Polygon)]


def near(box: Box, *edges: float) -> bool:
    return all(
        abs(a - b) <= 0.6 for a, b in zip((box.x0, box.y0, box.x1, box.y1), edges, strict=True)
    )


def run(page: LabelPage, id_: str) -> None:
    next(command for command in page.commands() if command.id == id_).run()
