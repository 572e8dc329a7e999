"""A tracker proposes keyframes; only taking them changes the project."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studio.domain.geometry import Box, Mask
from studio.domain.labels import (
    PROPOSALS,
    LabelId,
    LabelSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.tracks import Keyframe, Track, TrackId, Video, at
from studio.errors import BadInput, Cancelled, NotFound
from studio.paths import builtin_plugins
from studio.services.filming import Filming
from studio.services.following import Following
from studio.services.plugin_host import PluginHost
from studio.services.thinning import apart, thinned
from studio.services.tracking import Tracking
from tests.fakes.moving import THING, filmed, frames, iou, path
from tests.fakes.project import MemoryProject

COUNT = 60


class Bench:
    def __init__(self, folder: Path, film: bytes) -> None:
        self.project = MemoryProject()
        self.project.state.schema = extended(LabelSchema(), ["thing"])
        self.label = self.project.state.schema.labels[0].id
        self.filming, self.tracking = Filming(self.project), Tracking(self.project)
        self.following = Following(self.project, PluginHost([builtin_plugins()], installed=False))
        (folder / "a.mp4").write_bytes(film)
        self.video: Video = self.filming.import_films([folder / "a.mp4"]).videos[0]
        self.track = self.tracking.draw(self.video.digest, 0, self.label, THING)

    def off(self) -> list[float]:
        (track,) = self.tracking.of(self.video.digest)
        found = []
        for number in range(COUNT):
            by = path(number)
            box = Box(THING.x0 + by.dx, THING.y0 + by.dy, THING.x1 + by.dx, THING.y1 + by.dy)
            standing = at(track, number)
            assert standing is not None
            assert isinstance(standing.shape.geometry, Box)
            found.append(iou(box, standing.shape.geometry))
        return found


@pytest.fixture(scope="module")
def film() -> bytes:
    return filmed(frames(COUNT, path))


@pytest.fixture
def bench(tmp_path: Path, film: bytes, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    return Bench(tmp_path, film)


@pytest.mark.parametrize("tracker", ["flow", "template"])
def test_a_thing_is_followed_with_few_keyframes_that_wait_to_be_looked_at(
    bench: Bench, tracker: str
) -> None:
    told: list[int] = []
    video = bench.video.digest
    count = bench.following.follow(
        video, [bench.track], 0, COUNT - 1, tracker, lambda done, total, _: told.append(done)
    )
    (track,) = bench.tracking.of(video)
    assert count == sum(key.proposed for key in track.keyframes)
    assert 3 <= count <= COUNT / 3
    assert [key.proposed for key in track.keyframes] == [False] + [True] * count
    assert min(bench.off()) > 0.85
    assert told == list(range(1, COUNT + 1))
    bench.project.undo()
    assert len(bench.tracking.of(video)[0].keyframes) == 1


def test_backwards_is_followed_too(bench: Bench) -> None:
    video = bench.video.digest
    by = path(COUNT - 1)
    last = Box(THING.x0 + by.dx, THING.y0 + by.dy, THING.x1 + by.dx, THING.y1 + by.dy)
    bench.tracking.delete(video, [bench.track])
    bench.track = bench.tracking.draw(video, COUNT - 1, bench.label, last)
    bench.following.follow(video, [bench.track], COUNT - 1, 0, "flow")
    assert min(bench.off()) > 0.8


def test_giving_up_changes_nothing_at_once(bench: Bench) -> None:
    asked = 0

    def given_up() -> bool:
        nonlocal asked
        asked += 1
        return asked > 5

    before = bench.project.history.titles
    with pytest.raises(Cancelled):
        bench.following.follow(bench.video.digest, [bench.track], 0, 50, "flow", cancelled=given_up)
    assert asked == 6
    assert bench.project.history.titles == before


def test_what_somebody_looked_at_stays_and_ends_the_way(bench: Bench) -> None:
    video, odd = bench.video.digest, Box(0, 0, 5, 5)
    bench.tracking.move(video, bench.track, 30, odd)
    bench.following.follow(video, [bench.track], 0, 50, "flow")
    (track,) = bench.tracking.of(video)
    assert [key.frame for key in track.keyframes][-2:] == [29, 30]
    assert track.keyframes[-1].geometry == odd
    bench.following.follow(video, [bench.track], 0, 50, "template")
    assert sum(not key.proposed for key in bench.tracking.of(video)[0].keyframes) == 2


def test_a_track_changed_meanwhile_keeps_what_was_said_of_it(bench: Bench) -> None:
    video = bench.video.digest
    found = bench.following.propose(video, [bench.track], 0, 40, "flow")
    bench.tracking.move(video, bench.track, 20, Box(1, 1, 9, 9))
    assert bench.following.take(found) > 0
    keys = {key.frame: key for key in bench.tracking.of(video)[0].keyframes}
    assert keys[20] == Keyframe(frame=20, geometry=Box(1, 1, 9, 9))
    bench.tracking.delete(video, [bench.track])
    assert bench.following.take(found) == 0


def test_what_cannot_be_followed_is_told(bench: Bench) -> None:
    video, dot = bench.video.digest, Mask(0, 0, 1, 1, (0, 1))
    masked = bench.tracking.draw(video, 5, bench.label, dot)
    for track, frame in ((masked, 5), (masked, 0)):
        with pytest.raises(BadInput):
            bench.following.propose(video, [track], frame, 9, "flow")
    with pytest.raises(NotFound):
        bench.following.propose(video, [TrackId("none")], 0, 9, "flow")
    with pytest.raises(NotFound):
        bench.following.propose(video, [bench.track], 0, 9, "none")


def test_proposals_on_picked_frames_become_tracks(bench: Bench) -> None:
    video, project = bench.video, bench.project
    bench.tracking.delete(video.digest, [bench.track])
    frames_ = list(range(0, 40, 4))
    for number, media in zip(frames_, bench.filming.pick(video.digest, frames_), strict=True):
        by = path(number)
        box = Box(THING.x0 + by.dx, THING.y0 + by.dy, THING.x1 + by.dx, THING.y1 + by.dy)
        shape = Shape(id=ShapeId(f"p{number}"), label=bench.label, geometry=box, score=0.9)
        project.perform(SetShapes(media=media, after=(shape,), layer=PROPOSALS))
    (made,) = bench.following.link(video.digest)
    (track,) = bench.tracking.of(video.digest)
    assert track.id == made
    assert [key.frame for key in track.keyframes] == frames_
    assert all(key.proposed for key in track.keyframes)
    for media in bench.filming.picked(video.digest).values():
        assert not project.state.layer(PROPOSALS).of(media)
        assert [shape.id for shape in project.state.annotations.of(media)] == [made]
    project.undo()
    assert not bench.tracking.of(video.digest)


@given(
    st.lists(st.tuples(st.floats(0, 99), st.floats(0, 99)), min_size=1, max_size=40),
    st.floats(0.1, 10),
)
def test_what_is_left_out_lies_within_the_tolerance(
    places: list[tuple[float, float]], tolerance: float
) -> None:
    keys = [
        Keyframe(frame=n, geometry=Box(x, y, x + 10, y + 10)) for n, (x, y) in enumerate(places)
    ]
    left = thinned(keys, tolerance)
    assert left[0] == keys[0]
    assert left[-1] == keys[-1]

    track = Track(id=TrackId("t"), label=LabelId("l"), keyframes=tuple(left))
    for key in keys:
        standing = at(track, key.frame)
        assert standing is not None
        assert apart(standing.shape.geometry, key.geometry) <= tolerance + 1e-9
