"""Tracks are drawn, moved, cut and joined; every verb is one edit, and shapes go along."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.domain.geometry import Box, Polygon
from studio.domain.ids import Digest
from studio.domain.labels import LABELS, AttributeSpec, LabelSchema, Shape, extended
from studio.domain.tracks import AddVideos, Keyframe, Standing, Track, TrackId, Video, at
from studio.errors import BadInput, Conflict, NotFound, StudioError
from studio.services.filming import Filming
from studio.services.labelling import Labelling
from studio.services.tracking import Tracking
from tests.fakes.project import MemoryProject

FRAMES = 30
VIDEO = Digest("sha256:" + "a" * 64)


def world(picked: tuple[int, ...] = ()) -> tuple[MemoryProject, Tracking]:
    project = MemoryProject()
    schema = extended(LabelSchema(), ["car", "bus"])
    lit = AttributeSpec(name="lit", type="flag")
    labels = [schema.labels[0].model_copy(update={"attributes": (lit,)}), schema.labels[1]]
    project.state.schema = LabelSchema(labels=tuple(labels))
    video = Video(digest=VIDEO, name="a.mp4", width=100, height=80, frames=FRAMES, rate="25")
    project.perform(AddVideos(videos=(video,)))
    tracking = Tracking(project)
    if picked:
        Filming(project).pick(VIDEO, picked)
    return project, tracking


def label(project: MemoryProject, number: int = 0) -> Any:
    return project.state.schema.labels[number].id


def box(x: float) -> Box:
    return Box(x, 0, x + 10, 10)


def seen(tracking: Tracking) -> list[list[Standing]]:
    return [list(tracking.standing(VIDEO, frame)) for frame in range(FRAMES)]


def edges(standing: Standing) -> tuple[float, ...]:
    found = standing.shape.geometry
    assert isinstance(found, Box)
    return found.x0, found.y0, found.x1, found.y1


def all_of(project: MemoryProject) -> tuple[object, ...]:
    state = project.state
    shapes = {media: tuple(found) for media, found in state.layer(LABELS).all()}
    tracks = {track.id: track for track in state.tracks.of(VIDEO)}
    return tracks, shapes, tuple(state.media)


def in_step(project: MemoryProject) -> None:
    """Picked frames show exactly the tracks that stand on them, besides other shapes."""
    state = project.state
    tracks = state.tracks.of(VIDEO)
    ids = {str(track.id) for track in tracks}
    for item in state.media:
        shown = {s.id: s for s in state.annotations.of(item.id) if s.id in ids}
        wanted = [at(track, item.page) for track in tracks]
        assert shown == {s.shape.id: s.shape for s in wanted if s is not None}


FRAME = st.integers(0, FRAMES - 1)
VERBS = (
    "draw", "move", "key", "unkey", "outside", "occluded", "attributes", "relabel", "delete", "end",
    "split", "merge", "accept", "shape_moved", "shape_deleted", "shape_said", "pick", "write",
)  # fmt: skip


def do(project: MemoryProject, tracking: Tracking, verb: str, dice: st.DataObject) -> None:
    tracks = [track.id for track in tracking.of(VIDEO)]
    frame = dice.draw(FRAME)
    on = dice.draw(st.booleans())
    x = float(dice.draw(st.integers(0, 80)))
    one = dice.draw(st.sampled_from(tracks)) if tracks else TrackId("none")
    other = dice.draw(st.sampled_from(tracks)) if tracks else TrackId("none")
    if verb.startswith("shape"):
        frame = dice.draw(st.sampled_from(sorted(Filming(project).picked(VIDEO))))
        by_hand(project, verb, frame, one, x)
        return
    deeds: dict[str, Any] = {
        "draw": lambda: tracking.draw(VIDEO, frame, label(project), box(x)),
        "move": lambda: tracking.move(VIDEO, one, frame, box(x)),
        "key": lambda: tracking.key(VIDEO, [one], frame),
        "unkey": lambda: tracking.unkey(VIDEO, [one], frame),
        "outside": lambda: tracking.outside(VIDEO, [one], frame, on),
        "occluded": lambda: tracking.occluded(VIDEO, [one], frame, on),
        "attributes": lambda: tracking.attributes(
            VIDEO, one, frame, {"lit": on, "n": None if on else x}, mutable=x > 40
        ),
        "relabel": lambda: tracking.relabel(VIDEO, [one, other], label(project, on)),
        "delete": lambda: tracking.delete(VIDEO, [one]),
        "end": lambda: tracking.end(VIDEO, [one], frame if on else None),
        "split": lambda: tracking.split(VIDEO, [one], frame),
        "merge": lambda: tracking.merge(VIDEO, [one, other]),
        "accept": lambda: tracking.accept(VIDEO, [one], [frame]),
        "pick": lambda: Filming(project).pick(VIDEO, [frame]),
        "write": lambda: tracking.write(VIDEO),
    }
    deeds[verb]()


def by_hand(project: MemoryProject, verb: str, frame: int, id_: TrackId, x: float) -> None:
    video = project.state.videos.get(VIDEO)
    media = video.frame(frame).id
    hand = Labelling(project)
    shapes = [shape for shape in hand.shapes(media) if shape.id == str(id_)]
    if verb == "shape_deleted":
        hand.delete(media, shapes)
        return
    update: dict[str, Any] = {"geometry": box(x)}
    if verb == "shape_said":
        update = {"attributes": {"lit": x > 40}, "z": x, "group": "g" if x > 60 else ""}
    hand.change(media, shapes, [shape.model_copy(update=update) for shape in shapes], "Change")


@given(st.data())
@settings(max_examples=150)
def test_any_verbs_undone_give_the_first_state_and_redone_the_last(dice: st.DataObject) -> None:
    project, tracking = world((0, 7, 8, 20))
    states = [all_of(project)]
    for verb in dice.draw(st.lists(st.sampled_from(VERBS), max_size=12)):
        known = len(project.history.titles)
        try:
            do(project, tracking, verb, dice)
        except StudioError:
            assert all_of(project) == states[-1]
        assert len(project.history.titles) - known in (0, 1)
        if len(project.history.titles) > known:
            states.append(all_of(project))
        in_step(project)
    for state in reversed(states[:-1]):
        project.undo()
        assert all_of(project) == state
    for state in states[1:]:
        project.redo()
        assert all_of(project) == state


def some_track(dice: st.DataObject, id_: str = "track-a") -> Track:
    frames = sorted(dice.draw(st.sets(FRAME, min_size=1, max_size=6)))
    keys = tuple(
        Keyframe(
            frame=frame,
            geometry=box(dice.draw(st.integers(0, 80)) / 7),
            outside=dice.draw(st.booleans()),
            occluded=dice.draw(st.booleans()),
            proposed=dice.draw(st.booleans()),
            attributes={"lit": True} if dice.draw(st.booleans()) else {},
        )
        for frame in frames
    )
    end = dice.draw(st.none() | st.integers(frames[0] + 1, FRAMES))
    return Track(id=TrackId(id_), label=dice.draw(st.just("car")), keyframes=keys, end=end)


@given(st.data())
@settings(max_examples=200)
def test_a_split_moves_nothing_and_merged_again_it_is_the_same_track(dice: st.DataObject) -> None:
    _, tracking = world()
    whole = some_track(dice)
    tracking.add(VIDEO, [whole], "Add")
    before = seen(tracking)
    frame = dice.draw(FRAME)
    try:
        (second,) = tracking.split(VIDEO, [whole.id], frame)
    except BadInput:
        assert frame <= whole.keyframes[0].frame or (whole.end or FRAMES) <= frame
        return
    for number, old in enumerate(before):
        now = tracking.standing(VIDEO, number)
        assert [edges(n) for n in now] == [pytest.approx(edges(o)) for o in old]
        assert [(n.occluded, n.proposed, n.shape.attributes) for n in now] == [
            (o.occluded, o.proposed, o.shape.attributes) for o in old
        ]
        assert {n.shape.id for n in now} <= {str(second) if number >= frame else str(whole.id)}
    assert tracking.merge(VIDEO, [second, whole.id]) == whole.id
    assert list(tracking.of(VIDEO)) == [whole]


@given(st.data())
@settings(max_examples=200)
def test_a_merge_stands_wherever_one_of_the_two_stood(dice: st.DataObject) -> None:
    _, tracking = world()
    a, b = some_track(dice), some_track(dice, "track-b")
    tracking.add(VIDEO, [a, b], "Add")
    before = seen(tracking)
    clash = any(
        not k.outside and not m.outside and k.frame == m.frame and k.geometry != m.geometry
        and all(end is None or k.frame < end for end in (a.end, b.end))
        for k in a.keyframes for m in b.keyframes
    )  # fmt: skip
    if clash:
        with pytest.raises(Conflict):
            tracking.merge(VIDEO, [a.id, b.id])
        return
    tracking.merge(VIDEO, [a.id, b.id])
    after = seen(tracking)
    for frame, (old, new) in enumerate(zip(before, after, strict=True)):
        assert len(new) <= 1
        keyed = [one for one in old if one.at_key]
        if keyed:
            assert new[0].shape.geometry == keyed[0].shape.geometry, frame


def test_two_tracks_that_follow_each_other_become_one_with_a_gap() -> None:
    project, tracking = world()
    car = label(project)
    one = tracking.draw(VIDEO, 0, car, box(0))
    tracking.end(VIDEO, [one], 5)
    other = tracking.draw(VIDEO, 9, label(project, 1), box(40))
    assert tracking.merge(VIDEO, [other, one]) == one
    (track,) = tracking.of(VIDEO)
    assert track.label == car
    assert [at(track, frame) is not None for frame in (4, 5, 8, 9, 29)] == [1, 0, 0, 1, 1]


def test_points_of_a_polygon_stay_where_they_were_put() -> None:
    project, tracking = world()
    three = Polygon((((0.0, 0.0), (9.0, 0.0), (4.0, 7.0)),))
    five = Polygon((((20.0, 0.0), (25.0, 1.0), (29.0, 0.0), (27.0, 5.0), (24.0, 7.0)),))
    track = tracking.draw(VIDEO, 0, label(project), three)
    tracking.move(VIDEO, track, 10, five)
    for frame in (3, 5, 7):
        tracking.key(VIDEO, [track], frame)
    tracking.split(VIDEO, [track], 6)
    keys = {key.frame: key.geometry for one in tracking.of(VIDEO) for key in one.keyframes}
    assert keys[0] == three
    assert keys[10] == five


def test_what_is_said_holds_from_there_until_the_track_says_otherwise() -> None:
    project, tracking = world()
    track = tracking.draw(VIDEO, 0, label(project), box(0))
    for frame in (10, 20):
        tracking.move(VIDEO, track, frame, box(frame))
    tracking.occluded(VIDEO, [track], 20, on=True)
    tracking.attributes(VIDEO, track, 15, {"lit": True}, mutable=True)
    tracking.outside(VIDEO, [track], 5, on=True)
    tracking.outside(VIDEO, [track], 12, on=False)
    (one,) = tracking.of(VIDEO)
    stands = [at(one, frame) for frame in range(FRAMES)]
    assert [n for n, s in enumerate(stands) if s is None] == list(range(5, 12))
    assert [n for n, s in enumerate(stands) if s and s.occluded] == list(range(20, FRAMES))
    lit = [n for n, s in enumerate(stands) if s and s.shape.attributes.get("lit")]
    assert lit == list(range(15, FRAMES))
    assert [s.shape.geometry for s in (stands[4], stands[12]) if s] == [box(4), box(12)]


def test_the_last_keyframe_stays_and_what_is_not_there_is_told() -> None:
    project, tracking = world()
    track = tracking.draw(VIDEO, 5, label(project), box(0))
    for wrong in (
        lambda: tracking.unkey(VIDEO, [track], 5),
        lambda: tracking.unkey(VIDEO, [track], 6),
        lambda: tracking.key(VIDEO, [track], 4),
        lambda: tracking.outside(VIDEO, [track], 4, on=True),
        lambda: tracking.end(VIDEO, [track], 5),
        lambda: tracking.merge(VIDEO, [track]),
        lambda: tracking.attributes(VIDEO, track, 5, {"lit": "red"}, mutable=False),
    ):
        with pytest.raises(BadInput):
            wrong()
    for missing in (
        lambda: tracking.move(VIDEO, track, FRAMES, box(0)),
        lambda: tracking.move(VIDEO, TrackId("none"), 0, box(0)),
        lambda: tracking.draw(VIDEO, 0, "none", box(0)),  # type: ignore[arg-type]
    ):
        with pytest.raises(NotFound):
            missing()
    assert project.history.titles[-1] == "Add track “car”"


def test_a_shape_moved_by_hand_on_a_picked_frame_is_a_keyframe_and_others_follow() -> None:
    project, tracking = world((0, 5, 10))
    track = tracking.draw(VIDEO, 0, label(project), box(0))
    tracking.move(VIDEO, track, 10, box(10))
    told: list[str] = []
    tracking.changed.connect(told.append)
    middle = project.state.videos.get(VIDEO).frame(5).id
    (shape,) = project.state.annotations.of(middle)
    hand = Labelling(project)
    lower = shape.model_copy(update={"geometry": Box(5, 5, 15, 15), "label": label(project, 1)})
    hand.change(middle, [shape], [lower], "Move shape")
    (one,) = tracking.of(VIDEO)
    assert [key.frame for key in one.keyframes] == [0, 5, 10]
    assert {s.label for item in project.state.media for s in
            project.state.annotations.of(item.id)} == {label(project, 1)}  # fmt: skip
    assert project.history.undo_title == "Move shape"
    assert told == [VIDEO]
    project.undo()
    assert told == [VIDEO, VIDEO]
    assert project.state.annotations.of(middle) == (shape,)


def test_labels_take_their_tracks_along() -> None:
    project, tracking = world((0,))
    car, bus = label(project), label(project, 1)
    tracking.draw(VIDEO, 3, car, box(0))
    kept = tracking.draw(VIDEO, 0, bus, box(0))
    first = all_of(project)
    hand = Labelling(project)
    hand.merge_labels(car, bus)
    assert {track.label for track in tracking.of(VIDEO)} == {bus}
    project.undo()
    assert all_of(project) == first
    hand.remove_label(car)
    assert [track.id for track in tracking.of(VIDEO)] == [kept]
    project.undo()
    assert all_of(project) == first


def test_other_shapes_on_a_picked_frame_are_left_alone() -> None:
    project, tracking = world((0,))
    media = project.state.videos.get(VIDEO).frame(0).id
    own: Shape = Labelling(project).add(media, label(project), box(50))
    track = tracking.draw(VIDEO, 0, label(project), box(0))
    tracking.delete(VIDEO, [track])
    assert project.state.annotations.of(media) == (own,)
    assert tracking.write(VIDEO) == 0
