"""The timeline: a lane for each track with its keyframes, and the playhead over all of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QToolTip, QWidget

from studio.domain.labels import LabelSchema
from studio.domain.tracks import Track, Video
from studio.ui.canvas.looks import looks_of
from studio.ui.pages.video.presenter import clock, spans, track_words
from studio.ui.theme import current

_LANE = 22
_RULER = 24
_MARGIN = 12
_KEY = 5.0
_MOST_PER_FRAME = 40.0
_STEPS = (1, 2, 5)
_TICK_ROOM = 72


class _Line(NamedTuple):
    """Where and how a track is drawn."""

    x: Callable[[float], float]
    """Place of a frame, px."""
    y: float
    colour: QColor


class Timeline(QAbstractScrollArea):
    """Shows the tracks of a film over time; only lanes that are seen are painted."""

    sought = Signal(int)
    """A frame was asked for."""
    picked = Signal(str)
    """A track was clicked; carries its id."""
    carried = Signal(str, int, int)
    """A keyframe was dragged: track, the frame it stood on, the frame it shall stand on."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._video: Video | None = None
        self._tracks: Sequence[Track] = ()
        self._schema = LabelSchema()
        self._chosen: frozenset[str] = frozenset()
        self._marked: frozenset[int] = frozenset()
        self._frame = 0
        self._scale = 1.0
        self._grip: tuple[Track, int] | None = None
        self._held = 0
        self.setAccessibleName("Timeline")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.setMinimumHeight(_RULER + 2 * _LANE)
        self.horizontalScrollBar().valueChanged.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self.viewport().update)
        current.wardrobe().changed.connect(self.viewport().update)

    def show_film(self, video: Video | None) -> None:
        """Show another film, all of it."""
        if video != self._video:
            self._video, self._frame = video, 0
            self.fit()

    def show_tracks(
        self, tracks: Sequence[Track], schema: LabelSchema, marked: Collection[int]
    ) -> None:
        """Show tracks, and which frames are pictures of the project."""
        self._tracks, self._schema, self._marked = tracks, schema, frozenset(marked)
        name = self._video.name if self._video else "No film"
        self.setAccessibleDescription(f"{name}, {len(tracks):,} tracks")
        self._measure()
        self.viewport().update()

    def show_chosen(self, ids: Collection[str]) -> None:
        """Mark tracks, and bring the first of them into view."""
        self._chosen = frozenset(ids)
        for row, track in enumerate(self._tracks):
            if track.id in self._chosen:
                bar, top = self.verticalScrollBar(), row * _LANE
                room = self.viewport().height() - _RULER - _LANE
                bar.setValue(max(top - room, min(bar.value(), top)))
                break
        self.viewport().update()

    def show_frame(self, frame: int) -> None:
        """Put the playhead on a frame, and keep it in view."""
        self._frame = frame
        bar = self.horizontalScrollBar()
        at = frame * self._scale
        room = self.viewport().width() - 2 * _MARGIN
        if not bar.value() <= at <= bar.value() + room:
            bar.setValue(round(at - room / 2))
        self.viewport().update()

    def fit(self) -> None:
        """Show the whole film at once."""
        if self._video is not None:
            room = max(1, self.viewport().width() - 2 * _MARGIN)
            self._scale = min(_MOST_PER_FRAME, room / max(1, self._video.frames - 1))
        self._measure()
        self.viewport().update()

    def sizeHint(self) -> QSize:
        """Show some six lanes."""
        return QSize(480, _RULER + 6 * _LANE)

    # --- where things stand

    def _measure(self) -> None:
        frames = self._video.frames if self._video else 1
        room = self.viewport().size()
        wide = round((frames - 1) * self._scale) + 2 * _MARGIN
        high = _RULER + len(self._tracks) * _LANE
        self.horizontalScrollBar().setRange(0, max(0, wide - room.width()))
        self.horizontalScrollBar().setPageStep(room.width())
        self.verticalScrollBar().setRange(0, max(0, high - room.height()))
        self.verticalScrollBar().setPageStep(room.height())

    def _x(self, frame: float) -> float:
        return _MARGIN + frame * self._scale - self.horizontalScrollBar().value()

    def _frame_at(self, x: float) -> int:
        frames = self._video.frames if self._video else 1
        at = (x - _MARGIN + self.horizontalScrollBar().value()) / self._scale
        return min(max(round(at), 0), frames - 1)

    def _lane_at(self, y: float) -> Track | None:
        if y < _RULER:
            return None
        row = int((y - _RULER + self.verticalScrollBar().value()) // _LANE)
        return self._tracks[row] if 0 <= row < len(self._tracks) else None

    def _key_at(self, place: QPointF) -> tuple[Track, int] | None:
        track = self._lane_at(place.y())
        near = [] if track is None else [
            (abs(self._x(key.frame) - place.x()), key.frame) for key in track.keyframes
        ]  # fmt: skip
        if track is None or not near or min(near)[0] > _KEY + 2:
            return None
        return track, min(near)[1]

    # --- what Qt calls

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole film in view if it was."""
        super().resizeEvent(event)
        if self.horizontalScrollBar().maximum() == 0:
            self.fit()
        self._measure()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the pointer with Ctrl; scroll otherwise."""
        if not event.modifiers() & Qt.KeyboardModifier.ControlModifier or self._video is None:
            super().wheelEvent(event)
            return
        under = self._frame_at(event.position().x())
        room = max(1, self.viewport().width() - 2 * _MARGIN)
        least = room / max(1, self._video.frames - 1)
        grown = self._scale * 1.25 ** (event.angleDelta().y() / 120)
        self._scale = min(max(grown, least), max(least, _MOST_PER_FRAME))
        self._measure()
        left = under * self._scale + _MARGIN - event.position().x()
        self.horizontalScrollBar().setValue(round(left))
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a keyframe into the hand, choose a track, or go to a frame."""
        if event.button() != Qt.MouseButton.LeftButton or self._video is None:
            return
        track = self._lane_at(event.position().y())
        if track is not None:
            self.picked.emit(track.id)
        self._grip = self._key_at(event.position())
        if self._grip is not None:
            self._held = self._grip[1]
            self.sought.emit(self._held)
            return
        self.sought.emit(self._frame_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry a keyframe along, or scrub."""
        if not event.buttons() & Qt.MouseButton.LeftButton or self._video is None:
            over = self._key_at(event.position()) is not None
            shape = Qt.CursorShape.SizeHorCursor if over else Qt.CursorShape.ArrowCursor
            self.viewport().setCursor(shape)
            return
        frame = self._frame_at(event.position().x())
        if self._grip is None:
            self.sought.emit(frame)
        elif frame != self._held:
            self._held = frame
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let a keyframe go where it was carried."""
        del event
        grip, self._grip = self._grip, None
        if grip is not None and grip[1] != self._held:
            self.carried.emit(grip[0].id, grip[1], self._held)
        self.viewport().update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from frame to frame and from track to track."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        key = Qt.Key(event.key())
        if key in steps and self._video is not None:
            far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
            at = self._frame + far * steps[key]
            self.sought.emit(min(max(at, 0), self._video.frames - 1))
        elif key in rows and self._tracks:
            marked = [row for row, one in enumerate(self._tracks) if one.id in self._chosen]
            at = (marked[0] + rows[key]) if marked else 0
            self.picked.emit(self._tracks[min(max(at, 0), len(self._tracks) - 1)].id)
        else:
            super().keyPressEvent(event)

    def viewportEvent(self, event: object) -> bool:
        """Say what lies under the pointer."""
        if isinstance(event, QHelpEvent) and self._video is not None:
            track = self._lane_at(event.pos().y())
            frame = self._frame_at(event.pos().x())
            words = f"Frame {frame:,} · {clock(frame, self._video)}"
            if track is not None:
                words = f"{track_words(track, self._schema)}\n{words}"
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return bool(super().viewportEvent(event))  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw ruler, lanes and playhead."""
        del event
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = current.tokens()
        painter.fillRect(self.viewport().rect(), QColor(tokens.surface))
        if self._video is None:
            return
        self._paint_lanes(painter)
        self._paint_ruler(painter)
        x = self._x(self._frame)
        painter.setPen(QPen(QColor(tokens.accent), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.viewport().height()))

    def _paint_ruler(self, painter: QPainter) -> None:
        assert self._video is not None
        tokens = current.tokens()
        wide = self.viewport().width()
        painter.fillRect(QRectF(0, 0, wide, _RULER), QColor(tokens.raised))
        step = _tick(_TICK_ROOM / self._scale)
        first = self._frame_at(0) // step * step
        last = self._frame_at(wide)
        painter.setPen(QColor(tokens.quiet))
        for frame in range(first, last + 1, step):
            x = self._x(frame)
            painter.drawLine(QPointF(x, _RULER - 5), QPointF(x, _RULER))
            painter.drawText(QPointF(x + 3, _RULER - 8), f"{frame:,}")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens.success))
        for frame in self._marked:
            painter.drawRect(QRectF(self._x(frame) - 1.5, _RULER - 3, 3, 3))

    def _paint_lanes(self, painter: QPainter) -> None:
        assert self._video is not None
        scrolled = self.verticalScrollBar().value()
        first = scrolled // _LANE
        last = (scrolled + self.viewport().height() - _RULER) // _LANE
        looks = looks_of(self._schema)
        tokens = current.tokens()
        for row in range(first, min(last + 1, len(self._tracks))):
            track = self._tracks[row]
            lane = QRectF(0, _RULER + row * _LANE - scrolled, self.viewport().width(), _LANE)
            if track.id in self._chosen:
                painter.fillRect(lane, QColor(tokens.selection))
            look = looks.get(track.label)
            colour = QColor(tokens.quiet) if look is None else QColor(look.colour)
            held = None
            if self._grip is not None and self._grip[0] == track:
                held = (self._grip[1], self._held)
            line = _Line(self._x, lane.center().y(), colour)
            _paint_track(painter, track, self._video.frames, line, held)


def _paint_track(
    painter: QPainter, track: Track, frames: int, line: _Line, held: tuple[int, int] | None
) -> None:
    """Draw where a track stands, and its keyframes; one that is held stands where it is held."""
    for span in spans(track, frames):
        left, right = line.x(span.first), line.x(span.last)
        bar = QRectF(left, line.y - 4, max(2.0, right - left), 8)
        soft = QColor(line.colour)
        soft.setAlpha(90 if span.proposed else 170)
        painter.setPen(QPen(line.colour, 1))
        style = Qt.BrushStyle.BDiagPattern if span.occluded else Qt.BrushStyle.SolidPattern
        painter.setBrush(QBrush(soft, style))
        painter.drawRect(bar)
    ink = QColor(current.tokens().ink)
    for key in track.keyframes:
        at = held[1] if held is not None and held[0] == key.frame else key.frame
        middle = QPointF(line.x(at), line.y)
        painter.setPen(QPen(ink, 1.2))
        painter.setBrush(Qt.BrushStyle.NoBrush if key.proposed else QBrush(line.colour))
        painter.drawPolygon(_diamond(middle))
        if key.outside:
            reach = QPointF(_KEY - 1, _KEY - 1)
            painter.drawLine(middle - reach, middle + reach)


def _diamond(middle: QPointF) -> QPolygonF:
    around = ((0.0, -_KEY), (_KEY, 0.0), (0.0, _KEY), (-_KEY, 0.0))
    return QPolygonF([middle + QPointF(x, y) for x, y in around])


def _tick(least: float) -> int:
    """Return a round number of frames that is no less than so many."""
    power = int(10 ** max(0, math.floor(math.log10(max(1.0, least)))))
    return next((n * power for n in _STEPS if n * power >= least), 10 * power)
