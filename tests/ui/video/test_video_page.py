"""Films are imported, played and looked through, and things are followed in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from fakes import moving
from fakes.films import film, number_of
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt, QThreadPool
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from studio.app import studio
from studio.domain.geometry import Box, bounds
from studio.domain.tracks import Track, at
from studio.ui.pages.video.page import VideoPage
from studio.ui.pages.video.presenter import clock, frame_of
from studio.ui.window import Window

Until = Callable[[Callable[[], object]], None]
FRAMES = 60


@pytest.fixture
def films(tmp_path: Path) -> Path:
    folder = tmp_path / "films"
    folder.mkdir()
    (folder / "street.mp4").write_bytes(film(FRAMES))
    (folder / "torn.mp4").write_bytes(b"this is no film")
    return folder


@pytest.fixture
def page(dressed: QApplication, tmp_path: Path) -> Iterator[VideoPage]:
    opener = studio()
    opener.create(tmp_path / "project", "Films").close()
    window = Window(opener)
    window.resize(1280, 800)
    window.open(tmp_path / "project")
    window.show()
    assert window.desk is not None
    window.desk.session.labelling.add_label("car")
    window.desk.go("video")
    shown = window.desk.stack.currentWidget()
    assert isinstance(shown, VideoPage)
    dressed.processEvents()
    yield shown
    window.close()
    QThreadPool.globalInstance().waitForDone()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def filmed(page: VideoPage, films: Path, until: Until) -> VideoPage:
    page.films.importer.start([films])
    until(lambda: page.player.video is not None)
    until(lambda: page.canvas.picture.settled)
    return page


def command(page: VideoPage, name: str) -> None:
    found = next(one for one in page.commands() if one.id == f"video.{name}")
    assert found.enabled(), found.why_not
    found.run()


def tracks(page: VideoPage) -> list[Track]:
    return list(page.deeds.tracks())


def draw(page: VideoPage, first: tuple[int, int], last: tuple[int, int]) -> None:
    canvas = page.canvas
    canvas.take_tool("box")
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*first))
    middle = QPoint((first[0] + last[0]) // 2, (first[1] + last[1]) // 2)
    for place in (middle, QPoint(*last)):
        QTest.mouseMove(canvas, place)
        QApplication.processEvents()
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(*last))
    canvas.take_tool("select")
    QApplication.processEvents()


def test_an_empty_page_offers_the_import(page: VideoPage) -> None:
    assert page._views.currentIndex() == 1


def test_films_come_in_and_what_is_none_is_told(filmed: VideoPage, until: Until) -> None:
    assert [filmed.films.list.item(0).text()] == ["street.mp4"]
    assert filmed.films.list.count() == 1
    filmed.desk.session.project.undo()
    until(lambda: filmed._views.currentIndex() == 1)
    filmed.desk.session.project.redo()
    until(lambda: filmed.player.video is not None)


def test_the_frame_that_is_asked_for_is_shown(filmed: VideoPage, until: Until) -> None:
    line = filmed.transport.number
    line.setText("37")
    QTest.keyClick(line, Qt.Key.Key_Return)
    until(lambda: filmed.canvas.picture.settled)
    video = filmed.player.video
    assert video is not None
    assert filmed.model.item == video.frame(37)
    with filmed.desk.session.filming.open(video.digest) as opened:
        assert number_of(opened.picture(37)) == 37
    command(filmed, "forth")
    assert filmed.player.frame == 38
    command(filmed, "back_10")
    assert filmed.player.frame == 28
    command(filmed, "last")
    assert filmed.player.frame == FRAMES - 1
    command(filmed, "forth")
    assert filmed.player.frame == FRAMES - 1


def test_a_time_is_understood_and_nonsense_changes_nothing(filmed: VideoPage) -> None:
    video, line = filmed.player.video, filmed.transport.number
    assert video is not None
    for frame in (0, 7, 31, FRAMES - 1):
        assert frame_of(clock(frame, video), video) == frame
    for text in ("", "one", "nan", "1:inf", ":", "1:2:3"):
        assert frame_of(text, video) is None
    assert frame_of("-5", video) == 0
    assert frame_of("1,000", video) == FRAMES - 1
    line.setText("soon")
    QTest.keyClick(line, Qt.Key.Key_Return)
    assert (filmed.player.frame, line.text()) == (0, "0")


def test_playing_ends_at_the_last_frame_and_keeps_the_view(filmed: VideoPage, until: Until) -> None:
    filmed.canvas.zoom_by(3.0)
    frame = filmed.canvas.frame
    filmed.player.faster(4.0)
    command(filmed, "play")
    assert filmed.player.playing
    until(lambda: not filmed.player.playing)
    assert filmed.player.frame == FRAMES - 1
    assert filmed.canvas.frame == frame
    command(filmed, "play")
    assert filmed.player.frame == 0
    filmed.leave()
    assert not filmed.player.playing


def test_a_thing_drawn_and_moved_is_followed_between_and_undone(
    filmed: VideoPage, until: Until
) -> None:
    draw(filmed, (200, 200), (260, 260))
    (track,) = tracks(filmed)
    start = bounds(track.keyframes[0].geometry)
    assert start is not None
    filmed.player.seek(20)
    until(lambda: filmed.canvas.picture.settled)
    assert filmed.deeds.selection == {track.id}
    filmed.model.move(30.0, 0.0)
    QApplication.processEvents()
    (moved,) = tracks(filmed)
    assert [key.frame for key in moved.keyframes] == [0, 20]
    here = at(moved, 10)
    assert here is not None
    between = bounds(here.shape.geometry)
    assert between is not None
    assert between.x0 == pytest.approx(start.x0 + 15, abs=1e-6)
    filmed.desk.session.project.undo()
    filmed.desk.session.project.undo()
    QApplication.processEvents()
    assert not tracks(filmed)
    assert filmed.tracks.list.count() == 0


def test_verbs_of_tracks_work_on_what_is_chosen(filmed: VideoPage) -> None:
    draw(filmed, (200, 200), (260, 260))
    for frame, verb in ((10, "key"), (20, "occluded"), (30, "outside"), (40, "outside")):
        filmed.player.seek(frame)
        command(filmed, verb)
    (track,) = tracks(filmed)
    standing = {frame: at(track, frame) for frame in (5, 25, 35, 45)}
    assert standing[5] is not None
    assert not standing[5].occluded
    assert standing[25] is not None
    assert standing[25].occluded
    assert standing[35] is None
    assert standing[45] is not None
    filmed.player.seek(15)
    command(filmed, "split")
    assert len(tracks(filmed)) == 2
    filmed._choose([one.id for one in tracks(filmed)])
    command(filmed, "merge")
    assert len(tracks(filmed)) == 1
    command(filmed, "end")
    assert tracks(filmed)[0].end == 16
    command(filmed, "delete")
    assert not tracks(filmed)
    assert not next(one for one in filmed.commands() if one.id == "video.split").enabled()


def test_what_is_done_to_several_tracks_is_one_edit(filmed: VideoPage) -> None:
    draw(filmed, (200, 200), (260, 260))
    draw(filmed, (320, 200), (380, 260))
    filmed.player.seek(20)
    filmed._choose([one.id for one in tracks(filmed)])
    history = filmed.desk.session.project.history
    for verb in ("key", "occluded", "split", "end"):
        filmed._choose([one.id for one in tracks(filmed)][:2])
        before, done = tracks(filmed), len(history.titles)
        command(filmed, verb)
        assert len(history.titles) == done + 1, verb
        filmed.desk.session.project.undo()
        assert tracks(filmed) == before, verb
        filmed.desk.session.project.redo()


def test_edits_on_other_pages_are_taken_up_on_arrival(filmed: VideoPage) -> None:
    filmed.desk.go("label")
    session, video = filmed.desk.session, filmed.player.video
    assert video is not None
    label = session.project.state.schema.labels[0].id
    session.tracking.draw(video.digest, 0, label, Box(0, 0, 10, 10))
    QApplication.processEvents()
    assert filmed.tracks.list.count() == 0
    filmed.desk.go("video")
    assert filmed.tracks.list.count() == 1


def test_a_tracker_proposes_where_a_thing_goes(
    page: VideoPage, tmp_path: Path, until: Until
) -> None:
    file = tmp_path / "wave.mp4"
    file.write_bytes(moving.filmed(moving.frames(31, moving.path)))
    page.films.importer.start([file])
    until(lambda: page.player.video is not None)
    video, session = page.player.video, page.desk.session
    assert video is not None
    label = session.project.state.schema.labels[0].id
    track = session.tracking.draw(video.digest, 0, label, moving.THING)
    page._picked(track)
    page.follow.trackers.setCurrentIndex(page.follow.trackers.findData("template"))
    command(page, "follow")
    page.follow.cancel()
    until(lambda: not page.follow.busy)
    assert len(tracks(page)[0].keyframes) == 1
    command(page, "follow")
    until(lambda: not page.follow.busy)
    (followed,) = tracks(page)
    last = at(followed, 30)
    assert last is not None
    assert last.proposed
    assert isinstance(last.shape.geometry, Box)
    assert moving.iou(last.shape.geometry, moving.around(moving.path(30))) > 0.8
    command(page, "accept")
    assert not any(key.proposed for key in tracks(page)[0].keyframes)
    session.project.undo()
    session.project.undo()
    assert len(tracks(page)[0].keyframes) == 1


def test_a_keyframe_is_dragged_along_the_timeline(filmed: VideoPage) -> None:
    draw(filmed, (200, 200), (260, 260))
    filmed.player.seek(20)
    command(filmed, "key")
    line = filmed.timeline
    row = QPointF(line._x(20), 24 + 11).toPoint()
    there = QPointF(line._x(30), 24 + 11).toPoint()
    QTest.mousePress(line.viewport(), Qt.MouseButton.LeftButton, pos=row)
    QTest.mouseMove(line.viewport(), there)
    QApplication.processEvents()
    QTest.mouseRelease(line.viewport(), Qt.MouseButton.LeftButton, pos=there)
    (track,) = tracks(filmed)
    assert [key.frame for key in track.keyframes] == [0, 30]
    filmed.player.seek(5)
    command(filmed, "key_after")
    assert filmed.player.frame == 30
    command(filmed, "key_before")
    assert filmed.player.frame == 0


def test_the_timeline_is_walked_by_keys(filmed: VideoPage) -> None:
    draw(filmed, (200, 200), (260, 260))
    filmed._choose([])
    line = filmed.timeline
    QTest.keyClick(line, Qt.Key.Key_Right)
    assert filmed.player.frame == 1
    QTest.keyClick(line, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert filmed.player.frame == 11
    QTest.keyClick(line, Qt.Key.Key_Down)
    assert filmed.deeds.selection == {tracks(filmed)[0].id}


def test_a_picked_frame_is_a_picture_with_its_shapes(filmed: VideoPage) -> None:
    draw(filmed, (200, 200), (260, 260))
    filmed.player.seek(12)
    command(filmed, "pick")
    state = filmed.desk.session.project.state
    video = filmed.player.video
    assert video is not None
    picked = filmed.desk.session.filming.picked(video.digest)
    assert list(picked) == [12]
    (shape,) = state.annotations.of(picked[12])
    assert shape.id == tracks(filmed)[0].id


def test_thousands_of_tracks_are_painted_by_what_is_seen(filmed: VideoPage) -> None:
    video = filmed.player.video
    assert video is not None
    session = filmed.desk.session
    label = session.project.state.schema.labels[0].id
    session.tracking.draw(video.digest, 0, label, Box(0, 0, 10, 10))
    (one,) = tracks(filmed)
    many = [one.model_copy(update={"id": f"track-{n}", "z": float(n)}) for n in range(3_000)]
    filmed.timeline.show_tracks(many, session.project.state.schema, ())
    filmed.timeline.show_chosen([many[-1].id])
    bar = filmed.timeline.verticalScrollBar()
    assert bar.value() == bar.maximum()
    assert not filmed.timeline.grab().isNull()
