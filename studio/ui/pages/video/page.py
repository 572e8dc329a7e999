"""The video page: films, the frame at hand on a canvas, and the timeline below it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from studio.domain.ids import JsonValue
from studio.domain.labels import LabelId, ShapeId
from studio.domain.tracks import Video
from studio.services.frame_shapes import FrameShapes
from studio.ui.canvas.commands import tool_commands, view_commands
from studio.ui.canvas.model import CanvasModel
from studio.ui.canvas.view import CanvasView
from studio.ui.desk import Command, Desk, Page
from studio.ui.pages.video.deeds import VideoDeeds
from studio.ui.pages.video.films_panel import FilmsPanel
from studio.ui.pages.video.following import FollowStrip
from studio.ui.pages.video.player import Player
from studio.ui.pages.video.timeline import Timeline
from studio.ui.pages.video.tracks_panel import TracksPanel
from studio.ui.pages.video.transport import Transport
from studio.ui.widgets.buttons import tool_button
from studio.ui.widgets.empty_state import EmptyState

_AHEAD = 3
_TOOLS = ("select", "box", "rotated_box", "polygon", "ellipse", "points")
_ROW = ("back", "play", "forth", "key_before", "key_after", "pick")
_VERBS = (
    "key", "unkey", "occluded", "outside", "split", "merge", "end", "follow", "accept", "delete",
)  # fmt: skip


class VideoPage(Page):
    """Follow things through films, frame by frame."""

    id = "video"
    title = "Video"
    icon = "player-play"

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(desk, parent)
        session = desk.session
        self.shapes = FrameShapes(session.tracking)
        self.model = CanvasModel(self.shapes)
        self.canvas = CanvasView(self.model, session.project.store)
        self.player = Player(self._ready, self)
        self.timeline = Timeline()
        self.films = FilmsPanel(desk)
        self.follow = FollowStrip(desk)
        self.deeds = VideoDeeds(desk, self.player, self.follow, self)
        self._showing = False
        self._commands = [
            self.films.import_command, *self._canvas_commands(), *self.deeds.commands(),
        ]  # fmt: skip
        by_id = {one.id.removeprefix("video."): one for one in self._commands}
        views = [by_id[name] for name in ("farther", "nearer", "fit")]
        self.transport = Transport([by_id[name] for name in _ROW], views)
        self.tracks = TracksPanel([by_id[name] for name in _VERBS], self.follow)
        self._build([by_id[f"tool_{name}"] for name in _TOOLS])
        self._connect()
        self._list_films()
        self.setAcceptDrops(True)

    # --- looks

    def _canvas_commands(self) -> list[Command]:
        there, why, whole = self.deeds.has_film, "Import a film first.", self.timeline.fit
        tools = [self.canvas.tools[name] for name in _TOOLS]
        return [
            *view_commands("video", self.canvas, "frame", there, why),
            Command(
                "video.whole", "Show the whole film", whole, "Shift+F", "resize", "View", there, why
            ),
            *tool_commands("video", self.canvas, tools),
        ]

    def _build(self, tools: Sequence[Command]) -> None:
        wide = QSplitter(Qt.Orientation.Horizontal)
        wide.setChildrenCollapsible(False)
        beside = ((self.films, 216), (self._stage(tools), 760), (self.tracks, 300))
        for widget, width in beside:
            widget.setMinimumWidth(min(width, 240))
            wide.addWidget(widget)
        wide.setStretchFactor(1, 1)
        wide.setSizes([width for _, width in beside])
        high = QSplitter(Qt.Orientation.Vertical)
        high.setChildrenCollapsible(False)
        high.addWidget(wide)
        high.addWidget(self.timeline)
        high.setStretchFactor(0, 1)
        high.setSizes([560, 180])
        self._views = QStackedLayout(self)
        self._views.addWidget(high)
        self._views.addWidget(
            EmptyState(
                "player-play",
                "No films yet",
                "Import films, or drop them here; then follow things through them with tracks.",
                self.films.import_command,
            )
        )

    def _stage(self, tools: Sequence[Command]) -> QWidget:
        left = QVBoxLayout()
        left.setContentsMargins(6, 8, 6, 8)
        for command in tools:
            left.addWidget(tool_button(command))
        left.addStretch(1)
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.canvas, 1)
        right.addWidget(self.transport)
        stage = QWidget()
        both = QHBoxLayout(stage)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addLayout(left)
        both.addLayout(right, 1)
        return stage

    def _connect(self) -> None:
        self.desk.bridge.edited.connect(self._edited)
        self.films.chosen.connect(self._show_film)
        self.films.came.connect(self._list_films)
        self.tracks.chosen.connect(self._choose_there)
        self.tracks.labelled.connect(self._relabel)
        self.transport.numbered.connect(self._sought)
        self.transport.sped.connect(self.player.faster)
        self.player.moved.connect(self._moved)
        self.player.played.connect(self._played)
        self.timeline.sought.connect(self._sought)
        self.timeline.picked.connect(self._picked)
        self.timeline.carried.connect(self.deeds.carry)
        self.model.changed.connect(self._model_changed)
        self.model.selected.connect(self._selected)
        self.model.wanting.connect(self._wanting)
        self.model.refused.connect(self.desk.hint)

    # --- what the window asks

    def commands(self) -> Sequence[Command]:
        """Tools, playing, tracks, frames."""
        return self._commands

    def arrive(self) -> None:
        """Take up what happened meanwhile."""
        self._take_up()
        self.canvas.setFocus()

    def leave(self) -> None:
        """Stop, and give up what the tool is at."""
        self.player.pause()
        self.canvas.tool.put_down()

    def focus_on(self, **focus: JsonValue) -> None:
        """`video` shows a film by its digest, `frame` goes there."""
        self.films.find_film(focus.get("video"))
        frame = focus.get("frame")
        if isinstance(frame, int):
            self.player.seek(frame)

    def release(self) -> None:
        """End threads and connections."""
        self.player.pause()
        self.films.importer.close()
        self.follow.close_up()
        self.model.changed.disconnect(self._model_changed, missing_ok=True)
        self.model.selected.disconnect(self._selected, missing_ok=True)
        self.model.wanting.disconnect(self._wanting, missing_ok=True)
        self.model.refused.disconnect(self.desk.hint, missing_ok=True)
        self.canvas.close_up()
        self.shapes.close()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files and folders."""
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        urls = [url for url in event.mimeData().urls() if url.isLocalFile()]
        self.films.importer.start([Path(url.toLocalFile()) for url in urls])

    # --- showing

    def _list_films(self) -> None:
        self.films.show_films(self.player.video)
        there = bool(self.films.list.count()) or self.films.importer.busy
        self._views.setCurrentIndex(0 if there else 1)

    def _show_film(self, video: Video | None) -> None:
        if video is not None and video == self.player.video:
            return
        self.timeline.show_film(video)
        self.transport.show_film(video)
        self.player.show(video)
        self._show_tracks()

    def _moved(self, frame: int) -> None:
        self.timeline.show_frame(frame)
        self._show_frame()

    def _show_frame(self) -> None:
        video, frame = self.player.video, self.player.frame
        if self.canvas.tool.held:
            self.canvas.tool.cancel()
        self._showing = True
        self.model.show(self.shapes.look(video, frame), self.desk.session.project.state.schema)
        there = self.model.table.rows
        self.model.select([ShapeId(one) for one in self.deeds.selection if one in there])
        self._showing = False
        self.transport.show_frame(frame, video)
        if video is not None:
            last = min(frame + 1 + _AHEAD, video.frames)
            self.canvas.picture.expect([video.frame(n) for n in range(frame + 1, last)])

    def _ready(self) -> bool:
        return self.canvas.picture.settled

    def _edited(self) -> None:
        # Whoever draws on another page does not wait for this one; it takes all up on arrival.
        if self.isVisible():
            self._take_up()

    def _take_up(self) -> None:
        if self.films.stale():
            self._list_films()
        self._show_frame()
        self._show_tracks()

    def _show_tracks(self) -> None:
        session, video = self.desk.session, self.player.video
        schema, tracks = session.project.state.schema, self.deeds.tracks()
        marked = session.filming.picked(video.digest) if video else {}
        self.timeline.show_tracks(tracks, schema, marked)
        self.tracks.show_tracks(tracks, schema)
        self._choose(self.deeds.selection)

    def _model_changed(self) -> None:
        self.tracks.show_labels(self.model.schema, self.model.label)
        name = self.model.item.name if self.model.item else "No frame"
        self.canvas.setAccessibleDescription(f"{name}, {len(self.model.table):,} shapes")

    # --- what a person chooses

    def _selected(self) -> None:
        # Not where another frame, rather than a hand, chose other shapes.
        if not self._showing:
            self._choose(self.model.selection)

    def _choose(self, tracks: Iterable[str]) -> None:
        known = {track.id for track in self.deeds.tracks()}
        self.deeds.selection = frozenset(tracks) & known
        self.timeline.show_chosen(self.deeds.selection)
        self.tracks.show_chosen(self.deeds.selection)

    def _choose_there(self, tracks: list[str]) -> None:
        self._choose(tracks)
        self._show_frame()

    def _picked(self, track: str) -> None:
        self._choose_there([track])

    def _relabel(self, label: str) -> None:
        self.model.relabel(LabelId(label))

    def _sought(self, frame: int) -> None:
        self.player.pause()
        self.player.seek(frame)

    def _played(self, on: bool) -> None:
        self.desk.hint("Playing" if on else "")

    def _wanting(self) -> None:
        go = Command("video.go_label", "Go to Label", partial(self.desk.go, "label"))
        self.desk.toast("Add a label on the Label page first, then draw.", "info", go)
