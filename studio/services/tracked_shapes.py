"""Tracks on picked frames: there a track stands as a shape of the labels, under the track's id.

The two never part. What changes a track brings the shapes of its picked frames along, and what a
person does to such a shape becomes a keyframe of its track; either way it is one edit.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from studio.domain.history import Edit
from studio.domain.ids import Digest
from studio.domain.labels import LABELS, SetShapes, Shape, ShapeId
from studio.domain.media import MediaFilter, MediaId
from studio.domain.project import Batch, ProjectState, from_json
from studio.domain.tracks import SetTracks, Track, TrackId, Video, at, in_video
from studio.services.track_verbs import drawn_on

_WRITE = "Write tracks to picked frames"


def picked(state: ProjectState, video: Video) -> Mapping[int, MediaId]:
    """Return the frames of a video that are pictures of the project, by number, rising."""
    where = MediaFilter(group=video.name)
    # A group may hold pictures besides: another film of that name, a folder.
    found = {
        item.page: item.id
        for item in state.media.page(0, state.media.count(where), where)
        if in_video(item) and item.digest == video.digest
    }
    return dict(sorted(found.items()))


def written(
    state: ProjectState,
    video: Video,
    frames: Iterable[int],
    tracks: Sequence[Track] | None = None,
    gone: Iterable[TrackId] = (),
) -> list[SetShapes]:
    """Return the edits that bring the shapes of frames up to what the tracks say.

    Parameters
    ----------
    state : ProjectState
        As it is now; it may lack the pictures yet.
    video : Video
        The film.
    frames : iterable of int
        Picked ones, or ones that will be.
    tracks : sequence of Track, optional
        Only these are looked at; all of the video if None.
    gone : iterable of TrackId
        Of tracks whose shapes go.

    Returns
    -------
    list of SetShapes
        None for frames on which the shapes are right already.
    """
    tracks = state.tracks.of(video.digest) if tracks is None else tracks
    lost = {ShapeId(id_) for id_ in gone}
    edits: list[SetShapes] = []
    for frame in frames:
        media = video.frame(frame).id
        there = {shape.id: shape for shape in state.annotations.of(media)}
        before: list[Shape] = [shape for shape in there.values() if shape.id in lost]
        after: list[Shape] = []
        for track in tracks:
            standing = at(track, frame)
            old = there.get(ShapeId(track.id))
            new = None if standing is None else standing.shape
            if old != new:
                before += [] if old is None else [old]
                after += [] if new is None else [new]
        if before or after:
            edits.append(
                SetShapes(media=media, before=tuple(before), after=tuple(after), title=_WRITE)
            )
    return edits


def companions(state: ProjectState, edit: Edit[Any]) -> list[Edit[ProjectState]]:
    """Return what an edit of tracks or of shapes on picked frames brings along.

    Parameters
    ----------
    state : ProjectState
        As it is before the edit.
    edit : Edit
        Any; most bring nothing.
    """
    tracked: dict[Digest, list[SetTracks]] = {}
    shaped: dict[Digest, list[tuple[int, SetShapes]]] = {}
    for one in _parts(edit):
        if isinstance(one, SetTracks):
            tracked.setdefault(one.video, []).append(one)
        elif one.layer == LABELS and one.media in state.media:
            item = state.media.get(one.media)
            if in_video(item):
                shaped.setdefault(item.digest, []).append((item.page, one))
    found: list[Edit[ProjectState]] = []
    for digest, deeds in shaped.items():
        # An edit that speaks of tracks says itself what becomes of them.
        if digest not in tracked:
            found += _to_tracks(state, digest, deeds)
    for digest, changes in tracked.items():
        found += _to_shapes(state, digest, changes)
    return found


def touched(edit: Edit[Any]) -> set[Digest]:
    """Return the videos whose tracks an edit changes."""
    return {one.video for one in _parts(edit) if isinstance(one, SetTracks)}


def _parts(edit: Edit[Any]) -> Iterator[SetShapes | SetTracks]:
    """Walk over the edits of shapes and tracks in an edit, the nested ones too."""
    if isinstance(edit, SetShapes | SetTracks):
        yield edit
    elif isinstance(edit, Batch):
        for document in edit.edits:
            # An import holds very many other edits, which need not be read.
            if document["kind"] in (SetShapes.kind, SetTracks.kind, Batch.kind):
                yield from _parts(from_json(document))


def _to_tracks(
    state: ProjectState, digest: Digest, deeds: Sequence[tuple[int, SetShapes]]
) -> list[Edit[ProjectState]]:
    before = {track.id: track for track in state.tracks.of(digest)}
    after = dict(before)
    for frame, deed in deeds:
        shapes: dict[ShapeId, Shape | None] = {shape.id: None for shape in deed.before}
        shapes |= {shape.id: shape for shape in deed.after}
        for id_, shape in shapes.items():
            track = after.get(TrackId(id_))
            if track is not None:
                after[track.id] = drawn_on(track, frame, shape)
    changed = [id_ for id_, track in after.items() if track != before[id_]]
    if not changed:
        return []
    edit = SetTracks(
        video=digest,
        before=tuple(before[id_] for id_ in changed),
        after=tuple(after[id_] for id_ in changed),
    )
    by_hand = {deed.media for _, deed in deeds}
    others = _to_shapes(state, digest, [edit], by_hand)
    return [edit, *others]


def _to_shapes(
    state: ProjectState,
    digest: Digest,
    changes: Sequence[SetTracks],
    but: set[MediaId] | None = None,
) -> list[Edit[ProjectState]]:
    video = state.videos.get(digest)
    frames = picked(state, video)
    before: dict[TrackId, Track | None] = {}
    after: dict[TrackId, Track | None] = {}
    for change in changes:
        for track in change.before:
            before.setdefault(track.id, track)
            after[track.id] = None
        for track in change.after:
            before.setdefault(track.id, None)
            after[track.id] = track
    gone = [id_ for id_, track in after.items() if track is None]
    edits: list[Edit[ProjectState]] = []
    for frame, media in frames.items():
        if but and media in but:
            continue
        moved = [
            track
            for id_, track in after.items()
            if track is not None and _stands(before[id_], frame) != _stands(track, frame)
        ]
        edits += written(state, video, [frame], moved, gone)
    return edits


def _stands(track: Track | None, frame: int) -> Shape | None:
    standing = None if track is None else at(track, frame)
    return None if standing is None else standing.shape
