"""A small view of the whole picture in a corner of the canvas, with a frame around what is seen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from studio.ui.canvas.display import PLAIN, Display, shown
from studio.ui.canvas.levels import Level, image_of
from studio.ui.canvas.view import ZOOM_STEP, CanvasView
from studio.ui.desk import Command
from studio.ui.theme import current

NAVIGATOR = "label.navigator"
"""The id of its command."""
SIDE = 192
"""Of the longer side of the small picture, logical px."""
_EDGE = 4
_AWAY = 12
"""How far it stands from the corner of the canvas, logical px."""
_STEP = 0.25
"""An arrow moves the view by this share of itself."""


class Navigator(QWidget):
    """Shows where on the picture the canvas looks; a click or drag looks elsewhere.

    It is painted from the smallest size of the picture, whatever the canvas paints meanwhile.

    Parameters
    ----------
    canvas : CanvasView
        Stands in its lower right corner.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._grip: QPointF | None = None
        self._image: QImage | None = None
        self._of: tuple[Level | None, Display] = (None, PLAIN)
        self.setAccessibleName("Navigator")
        self.setAccessibleDescription("Arrows move the view, plus and minus zoom")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self.hide()
        canvas.installEventFilter(self)
        canvas.framed.connect(self.update)
        canvas.picture.arrived.connect(self.update)
        canvas.picture.overview.changed.connect(self._fit)

    def show_if(self, wanted: bool) -> None:
        """Show or hide it."""
        self.setVisible(wanted)
        self._fit()

    def commands(
        self,
        there: Callable[[], bool],
        tell: Callable[[str], None],
        keep: Callable[[str, bool], None],
    ) -> list[Command]:
        """For menus, palette and keys; `keep` is told what was switched, by the command's id."""

        def flip() -> None:
            wanted = self.isHidden()
            self.show_if(wanted)
            keep(NAVIGATOR, wanted)
            tell("Navigator is shown" if wanted else "Navigator is hidden")

        return [
            Command(
                NAVIGATOR, "Show or hide navigator", flip, "Shift+N", "scan", "View", there,
                "Import pictures first.",
            )
        ]  # fmt: skip

    def view(self) -> QRectF:
        """Return the frame around what the canvas shows, in logical px of the navigator."""
        seen = self._canvas.frame.seen(self._canvas.width(), self._canvas.height())
        scale = self._scale()
        frame = QRectF(
            seen.x0 * scale, seen.y0 * scale, (seen.x1 - seen.x0) * scale,
            (seen.y1 - seen.y0) * scale,
        )  # fmt: skip
        return frame.translated(_EDGE, _EDGE) & QRectF(self._room())

    def _scale(self) -> float:
        wide, high = self._canvas.model.size
        return SIDE / max(1, wide, high)

    def _room(self) -> QRect:
        return self.rect().adjusted(_EDGE, _EDGE, -_EDGE, -_EDGE)

    def _fit(self) -> None:
        wide, high = self._canvas.model.size
        scale = self._scale()
        size = QSize(max(8, round(wide * scale)), max(8, round(high * scale)))
        self.resize(size + QSize(2 * _EDGE, 2 * _EDGE))
        corner = self._canvas.rect().bottomRight()
        self.move(corner.x() - self.width() - _AWAY, corner.y() - self.height() - _AWAY)
        self.update()

    def _look_at(self, place: QPointF) -> None:
        """Bring a place of the navigator to the middle of the canvas."""
        canvas, scale = self._canvas, self._scale()
        point = (place.x() - _EDGE) / scale, (place.y() - _EDGE) / scale
        x, y = canvas.frame.to_widget(point)
        canvas.pan_by(canvas.width() / 2 - x, canvas.height() / 2 - y)

    # --- what Qt calls

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner of the canvas."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self._fit()
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the picture small, and the frame."""
        del event
        painter = QPainter(self)
        tokens = current.tokens()
        painter.fillRect(self.rect(), QColor(tokens.surface))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if (image := self._small()) is not None:
            painter.drawImage(QRectF(self._room()), image)
        edge = QColor(tokens.accent if self.hasFocus() else tokens.line)
        painter.setPen(QPen(edge, 2 if self.hasFocus() else 1))
        painter.drawRect(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        # Two lines, so that the frame is seen on light and on dark.
        for ink, wide in (("#000000", 3), ("#ffffff", 1)):
            painter.setPen(QPen(QColor(ink), wide))
            painter.drawRect(self.view())
        painter.end()

    def _small(self) -> QImage | None:
        picture = self._canvas.picture
        wanted = picture.overview.level, picture.display
        if wanted[0] is None:
            return None
        if self._image is None or wanted[0] is not self._of[0] or wanted[1] != self._of[1]:
            self._of = wanted
            plain = wanted[1].plain
            level = wanted[0]
            self._image = level.image if plain else image_of(shown(level.values, wanted[1]))
        return self._image

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the frame, or bring it here."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        view, place = self.view(), event.position()
        self._grip = place - view.center() if view.contains(place) else QPointF()
        self._look_at(place - self._grip)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the frame."""
        if self._grip is not None:
            self._look_at(event.position() - self._grip)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let the frame go."""
        del event
        self._grip = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom the canvas about its middle."""
        self._canvas.zoom_by(ZOOM_STEP ** (event.angleDelta().y() / 120))
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the view with arrows, zoom with plus and minus."""
        canvas, key = self._canvas, event.key()
        wide, high = canvas.width() * _STEP, canvas.height() * _STEP
        ways = {
            Qt.Key.Key_Left: (wide, 0.0), Qt.Key.Key_Right: (-wide, 0.0),
            Qt.Key.Key_Up: (0.0, high), Qt.Key.Key_Down: (0.0, -high),
        }  # fmt: skip
        if key in ways:
            canvas.pan_by(*ways[Qt.Key(key)])
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Minus):
            canvas.zoom_by(ZOOM_STEP if key == Qt.Key.Key_Plus else 1 / ZOOM_STEP)
        else:
            super().keyPressEvent(event)
