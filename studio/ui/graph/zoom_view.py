"""A view that zooms about the pointer and pans by hand, without scroll bars."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from studio.ui.theme import current

_NEAREST, _FARTHEST = 4.0, 0.02
_STEP = 1.15
_LIFE_SIZE = 1.0


class ZoomView(QGraphicsView):
    """Zoom and pan over a scene."""

    zoomed = Signal(float)
    """Another stretch of the scene is in view; carries the zoom, view px for each scene px."""

    def __init__(self, scene: QGraphicsScene, parent: QWidget | None = None) -> None:
        super().__init__(scene, parent)
        self._panned_from: QPoint | None = None
        self.setOptimizationFlag(QGraphicsView.OptimizationFlag.DontSavePainterState)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.SmartViewportUpdate)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.NoAnchor)
        self.setResizeAnchor(QGraphicsView.ViewportAnchor.AnchorViewCenter)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        current.wardrobe().changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        self.setBackgroundBrush(QColor(current.tokens().ground))
        self.viewport().update()

    @property
    def zoom(self) -> float:
        """View px for each scene px."""
        return self.transform().m11()

    def zoom_to(self, zoom: float, about: QPoint | None = None) -> None:
        """Zoom, so that a point of the view stays where it is; its middle by default."""
        zoom = max(_FARTHEST, min(_NEAREST, zoom))
        point = self.viewport().rect().center() if about is None else about
        held = self.mapToScene(point)
        self.resetTransform()
        self.scale(zoom, zoom)
        self._scroll(self.mapFromScene(held) - point)

    def zoom_by(self, steps: float, about: QPoint | None = None) -> None:
        """Zoom in by some steps, or out by as many below zero."""
        self.zoom_to(self.zoom * _STEP**steps, about)

    def show_rect(self, rect: QRectF) -> None:
        """Fit a part of the scene into the view, never larger than life."""
        room = self.viewport().rect()
        if rect.isEmpty() or room.isEmpty():
            return
        fits = min(room.width() / rect.width(), room.height() / rect.height())
        self.zoom_to(min(_LIFE_SIZE, fits))
        self.centerOn(rect.center())
        self.zoomed.emit(self.zoom)

    def in_view(self) -> QRectF:
        """Return the stretch of the scene that is in view."""
        return self.mapToScene(self.viewport().rect()).boundingRect()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer."""
        self.zoom_by(event.angleDelta().y() / 120, event.position().toPoint())
        event.accept()

    def begin_pan(self, at: QPoint) -> None:
        """Take hold of the scene."""
        self._panned_from = at
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)

    def pan_to(self, at: QPoint) -> bool:
        """Take the scene along; returns whether there is a hold on it."""
        if self._panned_from is None:
            return False
        self._scroll(self._panned_from - at)
        self._panned_from = at
        return True

    def end_pan(self) -> None:
        """Let the scene go."""
        self._panned_from = None
        self.viewport().unsetCursor()

    def _scroll(self, by: QPoint) -> None:
        for bar, step in ((self.horizontalScrollBar(), by.x()), (self.verticalScrollBar(), by.y())):
            bar.setValue(bar.value() + step)
        self.zoomed.emit(self.zoom)
