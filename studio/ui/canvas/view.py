"""The canvas itself: one widget that paints a picture, its shapes and the tool in hand."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from studio.domain.media import MediaItem
from studio.domain.objects import ObjectStore
from studio.domain.tracks import in_video
from studio.ui.canvas.frame import Frame, fitted
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.picture import PictureLayer
from studio.ui.canvas.rulers import Rulers
from studio.ui.canvas.shapes import ShapesLayer
from studio.ui.canvas.tools import TOOLS, SelectTool, Tool
from studio.ui.canvas.tools.hand import Hand
from studio.ui.theme import current

ZOOM_STEP = 1.25
_SLICE = 0.004
"""Time for shapes in each frame, s; what is left is painted in the next ones."""
_REST_MS = 120
"""After so long without a movement the picture is drawn smoothly."""


class CanvasView(QWidget):
    """Shows a model and passes the hand's gestures to the tool.

    Parameters
    ----------
    model : CanvasModel
        What is shown and changed.
    store : ObjectStore
        Where pictures are.
    more : sequence of Tool classes
        Tools besides those that every canvas has.
    """

    tool_changed = Signal(str)
    """Another tool is in hand; carries its id."""
    framed = Signal()
    """The zoom or the place is another."""

    def __init__(
        self,
        model: CanvasModel,
        store: ObjectStore,
        parent: QWidget | None = None,
        more: Sequence[type[Tool]] = (),
    ) -> None:
        super().__init__(parent)
        self.model = model
        self.picture = PictureLayer(store, self)
        self.shapes = ShapesLayer(model, self)
        self.rulers = Rulers(self.update)
        self.tools: dict[str, Tool] = {
            kind.id: kind(model, self.update) for kind in (*TOOLS, *more)
        }
        self.tool: Tool = self.tools[SelectTool.id]
        self.frame = Frame()
        self.hand = Hand(self)
        self._fits = True
        self._shown: MediaItem | None = None
        self._pan: QPointF | None = None
        self._space = False
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(_REST_MS)
        self._rest.timeout.connect(self.update)
        self.setAccessibleName("Canvas")
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self.picture.arrived.connect(self.update)
        self.shapes.arrived.connect(self.update)
        model.redrawn.connect(self.shapes.redraw)
        model.changed.connect(self._model_changed)
        model.selected.connect(self._choice_changed)
        current.wardrobe().changed.connect(self.update)
        self._model_changed()

    def close_up(self) -> None:
        """End the decoding and the connections."""
        self.picture.close()
        self.shapes.close()
        self.model.close()
        self.model.redrawn.disconnect(self.shapes.redraw, missing_ok=True)
        self.model.changed.disconnect(self._model_changed, missing_ok=True)
        self.model.selected.disconnect(self._choice_changed, missing_ok=True)

    def take_tool(self, id: str) -> None:  # noqa: A002
        """Take another tool into the hand; the gesture of the old one is given up."""
        self.tool.put_down()
        self.tool = self.tools[id]
        self.setCursor(self.tool.cursor)
        self.tool_changed.emit(id)

    def fit(self) -> None:
        """Show the whole picture."""
        self._fits = True
        self.set_frame(fitted(self.model.size, (self.width(), self.height())))

    def actual_size(self) -> None:
        """Show one px of the picture as one px of the screen."""
        room = self.width(), self.height()
        self.zoom_by(1 / (self.frame.zoom * self.devicePixelRatioF()), QPointF(*room) / 2)

    def zoom_by(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom about a place in the widget, the middle if none is given."""
        place = at or QPointF(self.width() / 2, self.height() / 2)
        self._fits = False
        self.set_frame(self.frame.zoomed(factor, (place.x(), place.y())))

    def pan_by(self, dx: float, dy: float) -> None:
        """Move the picture by so many logical px."""
        self._fits = False
        self.set_frame(self.frame.moved(dx, dy))

    def set_frame(self, frame: Frame) -> None:
        """Look at the picture from another place."""
        self.frame = frame
        self._rest.start()
        self.update()
        self.framed.emit()

    def _model_changed(self) -> None:
        if self.model.item != self._shown:
            fresh = self._shown is None or self.model.item is None
            fresh = fresh or self.model.item.id != self._shown.id  # type: ignore[union-attr]
            filmed = _of_one_film(self._shown, self.model.item)
            self._shown = self.model.item
            if fresh:
                self.tool.cancel()
                self.shapes.forget()
                self.picture.ask(self.model.item)
                if not filmed:
                    self.fit()
        get = self.model.table.get
        # Undo, or another deed, took a shape out of the hand: letting go must not bring it back.
        if any(get(shape.id) != shape for shape in self.tool.held):
            self.tool.cancel()
        self.update()

    def _choice_changed(self) -> None:
        self.shapes.choice_changed()
        self.update()

    # --- what Qt calls

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ground, picture, shapes and tool."""
        del event
        painter = QPainter(self)
        tokens = current.tokens()
        painter.fillRect(self.rect(), QColor(tokens.raised))
        if self.model.item is not None:
            seen = self.frame.seen(self.width(), self.height())
            self.picture.paint(painter, self.frame, seen, self._rest.isActive())
            ratio = self.devicePixelRatioF()
            done = self.shapes.work(self.frame, self.size(), ratio, _SLICE, self._rest.isActive())
            self.shapes.paint(painter, self.frame)
            self.tool.paint(painter, self.frame)
            self.hand.paint(painter)
            self.rulers.paint(painter, self.frame, self.size(), self.model.size)
            if self.picture.fault:
                painter.setPen(QColor(tokens.error))
                painter.drawText(
                    self.rect().adjusted(24, 24, -24, -24),
                    int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap),
                    self.picture.fault,
                )
            if not done:
                QTimer.singleShot(0, self.update)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(tokens.accent), 2))
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep a fitted picture fitted, and another where it is."""
        old = event.oldSize()
        if self._fits:
            self.fit()
        elif old.isValid():
            grown = event.size() - old
            self.set_frame(self.frame.moved(grown.width() / 2, grown.height() / 2))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom to the pointer; two fingers pan, with Ctrl they zoom; with Alt the tool takes it."""
        if self.hand.turn(event):
            event.accept()
            return
        pixels, ctrl = event.pixelDelta(), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if not pixels.isNull() and not ctrl:
            self.pan_by(pixels.x(), pixels.y())
        elif turned := event.angleDelta().y():
            self.zoom_by(ZOOM_STEP ** (turned / 120), event.position())
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pan with the middle button or Space, else let the tool begin."""
        middle = event.button() == Qt.MouseButton.MiddleButton
        if middle or (self._space and event.button() == Qt.MouseButton.LeftButton):
            self._pan = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif event.button() == Qt.MouseButton.LeftButton and self.model.item is not None:
            self.hand.touch()
            self.tool.press(self.hand.stroke(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Pan, drag or hover."""
        if self._pan is not None:
            way, self._pan = event.position() - self._pan, event.position()
            self.pan_by(way.x(), way.y())
        elif self.model.item is None:
            return
        elif event.buttons() & Qt.MouseButton.LeftButton:
            self.tool.drag(self.hand.stroke(event))
        elif not self._space:
            self.setCursor(self.tool.hover(self.hand.stroke(event)))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pan or the gesture."""
        if self._pan is not None:
            self._pan = None
            self.setCursor(Qt.CursorShape.OpenHandCursor if self._space else self.tool.cursor)
        elif event.button() == Qt.MouseButton.LeftButton and self.model.item is not None:
            self.tool.release(self.hand.stroke(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let the tool end what clicks began."""
        if event.button() == Qt.MouseButton.LeftButton and self.model.item is not None:
            self.tool.double_click(self.hand.stroke(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The hand comes first; else Space holds the picture and Escape gives up."""
        if self.hand.key(event):
            return
        if event.key() == Qt.Key.Key_Space:
            if not event.isAutoRepeat():
                self._space = True
                self.setCursor(Qt.CursorShape.OpenHandCursor)
        elif event.key() == Qt.Key.Key_Escape:
            if not self.hand.give_up():
                self.model.select(())
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """End what a held key did."""
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space = False
            self.setCursor(self.tool.cursor)
        else:
            self.tool.key_up(event.key())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let go of held keys: their coming up goes to another widget."""
        self._space = False
        self.tool.finish()
        super().focusOutEvent(event)
        self.update()

    def event(self, event: QEvent) -> bool:
        """Let the tool have Tab before the window, feel a stylus' pressure, zoom under a pinch."""
        zooms = Qt.NativeGestureType.ZoomNativeGesture
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == zooms:
            self.zoom_by(max(0.1, 1 + event.value()), event.position())
            return True
        if isinstance(event, QTabletEvent):
            # Not accepted, so that Qt goes on with mouse events, which draw.
            self.hand.feel(event)
            event.ignore()
            return False
        tabs = (Qt.Key.Key_Tab, Qt.Key.Key_Backtab)
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
            if plain and event.key() in tabs and self.hand.key(event):
                return True
        return super().event(event)


def _of_one_film(before: MediaItem | None, now: MediaItem | None) -> bool:
    """Tell whether two pictures are frames of one film, so that the view stays where it is."""
    if before is None or now is None:
        return False
    return in_video(before) and in_video(now) and before.digest == now.digest
