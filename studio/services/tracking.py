"""Tracking: what a hand on canvas or timeline, or a command, does to tracks; one edit a deed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from psygnal import Signal

from studio.domain.geometry import Geometry
from studio.domain.history import Edit
from studio.domain.ids import Digest, new_id
from studio.domain.labels import AttributeValue, LabelId
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.tracks import Keyframe, SetTracks, Standing, Track, TrackId, at
from studio.errors import BadInput, NotFound
from studio.services import track_verbs as verbs
from studio.services.tracked_shapes import companions, picked, touched, written


class Tracking:
    """The verbs of tracking; each is one edit, and what changes nothing is none.

    All raise `NotFound` for a video, track or label that the project lacks.

    Parameters
    ----------
    project : Project
        Whose history takes the edits. Edits of shapes on picked frames bring those of tracks along
        from here on, and the other way round.
    """

    changed = Signal(str)
    """Tracks of a video are others now, also by undoing; carries the digest of the video."""

    def __init__(self, project: Project) -> None:
        self._project = project
        project.companions.append(self._companions)
        project.events.edited.connect(self._tell)

    def of(self, video: Digest) -> Sequence[Track]:
        """Return the tracks of a video, lowest first."""
        return self._project.state.tracks.of(video)

    def standing(self, video: Digest, frame: int) -> Sequence[Standing]:
        """Return how the tracks stand on a frame, lowest first; those that are out are left out."""
        found = (at(track, frame) for track in self.of(video))
        return [standing for standing in found if standing is not None]

    def draw(self, video: Digest, frame: int, label: LabelId, geometry: Geometry) -> TrackId:
        """Begin a track on top, with its first keyframe on a frame."""
        self._on_film(video, frame)
        name = self._label(label)
        top = max((track.z for track in self.of(video)), default=0.0)
        track = Track(
            id=_track_id(),
            label=label,
            keyframes=(Keyframe(frame=frame, geometry=geometry),),
            z=top + 1.0,
        )
        self._set(video, (), (track,), f"Add track “{name}”")
        return track.id

    def move(self, video: Digest, track: TrackId, frame: int, geometry: Geometry) -> None:
        """Let a thing stand somewhere on a frame, as a keyframe that was looked at.

        Before its first keyframe a track then begins earlier, from its end on it ends later; a
        thing that was out of the picture is back from there on.
        """
        self._on_film(video, frame)
        self._change(
            video, [track], lambda one: verbs.moved(one, frame, geometry), "Move on frame {}", frame
        )

    def carry(self, video: Digest, track: TrackId, source: int, target: int) -> None:
        """Let a keyframe stand on another frame; one that stands there gives way.

        Raises `BadInput` if there is none on `source`.
        """
        self._on_film(video, target)
        title = f"Move keyframe {source:,} to {target:,}"
        self._change(video, [track], lambda one: verbs.carried(one, source, target), title)

    def key(self, video: Digest, tracks: Sequence[TrackId], frame: int) -> None:
        """Make keyframes of how things stand on a frame; raises `BadInput` where one does not."""
        self._change(
            video, tracks, lambda one: verbs.keyed(one, frame), "Add keyframe at {}", frame
        )

    def unkey(self, video: Digest, tracks: Sequence[TrackId], frame: int) -> None:
        """Take keyframes away; raises `BadInput` if there is none or it is the only one."""
        self._change(
            video, tracks, lambda one: verbs.unkeyed(one, frame), "Remove keyframe at {}", frame
        )

    def outside(self, video: Digest, tracks: Sequence[TrackId], frame: int, on: bool) -> None:
        """Let things be out of the picture from a frame on, or back in it.

        It holds until the track says otherwise by itself: keyframes that said the same as was said
        on this frame say the new thing too. Raises `BadInput` before the track begins.
        """
        title = "Out of the picture from {}" if on else "Back in the picture from {}"
        self._change(video, tracks, lambda one: verbs.said(one, frame, "outside", on), title, frame)

    def occluded(self, video: Digest, tracks: Sequence[TrackId], frame: int, on: bool) -> None:
        """Let things be hidden behind another from a frame on, or not; see `outside`."""
        title = "Hidden from {}" if on else "No longer hidden from {}"
        self._change(
            video, tracks, lambda one: verbs.said(one, frame, "occluded", on), title, frame
        )

    def attributes(
        self,
        video: Digest,
        track: TrackId,
        frame: int,
        changes: Mapping[str, AttributeValue | None],
        mutable: bool,
    ) -> None:
        """Give attributes values; None takes one away.

        Parameters
        ----------
        video, track : Digest, TrackId
            Which track.
        frame : int
            From where on mutable ones hold; see `outside` for how far.
        changes : mapping of str to value
            By name of the attribute.
        mutable : bool
            Whether they may change from frame to frame; others hold on all frames.

        Raises
        ------
        BadInput
            If the label's attribute cannot have that value, or before the track begins.
        """
        label = self._track(video, track).label
        for spec in self._project.state.schema.attributes_of(label):
            value = changes.get(spec.name)
            wrong = spec.fault(value) if value is not None else None
            if wrong is not None:
                raise BadInput(f"{wrong[0].upper()}{wrong[1:]}.", "Give another value.")

        def turned(one: Track) -> Track:
            if mutable:
                return verbs.described(one, frame, changes)
            return one.model_copy(update={"attributes": verbs.merely(one.attributes, changes)})

        names = ", ".join(f"“{name}”" for name in changes)
        self._change(video, [track], turned, f"Set {names}")

    def relabel(self, video: Digest, tracks: Sequence[TrackId], label: LabelId) -> None:
        """Give tracks another label."""
        name = self._label(label)
        self._change(
            video,
            tracks,
            lambda one: one.model_copy(update={"label": label}),
            f"Label tracks “{name}”",
        )

    def delete(self, video: Digest, tracks: Sequence[TrackId]) -> None:
        """Take tracks away, with their shapes on picked frames."""
        gone = [self._track(video, id_) for id_ in dict.fromkeys(tracks)]
        title = "Delete track" if len(gone) == 1 else f"Delete {len(gone):,} tracks"
        self._set(video, gone, (), title)

    def end(self, video: Digest, tracks: Sequence[TrackId], frame: int | None) -> None:
        """Let tracks end before a frame, or never (None).

        Keyframes from there on are kept, but do not show. Raises `BadInput` if nothing was left.
        """
        self._change(video, tracks, lambda one: verbs.ended(one, frame), "End track")

    def split(self, video: Digest, tracks: Sequence[TrackId], frame: int) -> Sequence[TrackId]:
        """Cut tracks in two before a frame; returns those that begin there.

        On every frame all stands as it stood. Raises `BadInput` if nothing would be on one side.
        """
        whole = [self._track(video, id_) for id_ in dict.fromkeys(tracks)]
        parts = [verbs.divided(one, frame, _track_id()) for one in whole]
        both = [part for pair in parts for part in pair]
        self._set(video, whole, both, f"Split track at {frame:,}")
        return [second.id for _, second in parts]

    def merge(self, video: Digest, tracks: Sequence[TrackId]) -> TrackId:
        """Make one track of several; the one that begins first goes on, with its id and label.

        Raises
        ------
        BadInput
            If there are fewer than two.
        Conflict
            If two stand on the same frame and have keyframes there that differ.
        """
        found = [self._track(video, id_) for id_ in dict.fromkeys(tracks)]
        one = verbs.united(found)
        self._set(video, found, (one,), f"Merge {len(found):,} tracks")
        return one.id

    def accept(
        self, video: Digest, tracks: Sequence[TrackId], frames: Sequence[int] | None = None
    ) -> None:
        """Take keyframes that a tracker proposed as looked at; all of the tracks if None."""
        chosen = None if frames is None else frozenset(frames)
        self._change(video, tracks, lambda one: verbs.accepted(one, chosen), "Accept keyframes")

    def add(self, video: Digest, tracks: Sequence[Track], title: str) -> None:
        """Add tracks, or replace those with their ids, as one edit."""
        known = {track.id: track for track in self.of(video)}
        before = [known[track.id] for track in tracks if track.id in known]
        self._set(video, before, tracks, title)

    def write(self, video: Digest) -> int:
        """Write the tracks to picked frames again, as one edit; returns how many frames changed.

        Shapes that are no track's stay as they are.
        """
        state = self._project.state
        film = state.videos.get(video)
        edits: list[Edit[ProjectState]] = [*written(state, film, picked(state, film))]
        if edits:
            self._project.perform(Batch.of("Write tracks to picked frames", edits))
        return len(edits)

    def _companions(self, edit: Edit[ProjectState]) -> Sequence[Edit[ProjectState]]:
        return companions(self._project.state, edit)

    def _tell(self, edit: Edit[ProjectState]) -> None:
        for video in touched(edit):
            self.changed.emit(video)

    def _change(
        self,
        video: Digest,
        tracks: Sequence[TrackId],
        turned: Callable[[Track], Track],
        title: str,
        frame: int = 0,
    ) -> None:
        before = [self._track(video, id_) for id_ in dict.fromkeys(tracks)]
        self._set(video, before, [turned(one) for one in before], title.format(f"{frame:,}"))

    def _set(
        self, video: Digest, before: Sequence[Track], after: Sequence[Track], title: str
    ) -> None:
        kept = [one for one in before if one not in after]
        come = [one for one in after if one not in before]
        if kept or come:
            edit = SetTracks(video=video, before=tuple(kept), after=tuple(come), title=title)
            self._project.perform(edit)

    def _track(self, video: Digest, id: TrackId) -> Track:  # noqa: A002
        for track in self.of(video):
            if track.id == id:
                return track
        raise NotFound("The video has no such track.", "It may have been deleted meanwhile.")

    def _label(self, id: LabelId) -> str:  # noqa: A002
        label = self._project.state.schema.get(id)
        if label is None:
            raise NotFound(f"The project has no label “{id}”.", "Add the label first.")
        return label.name

    def _on_film(self, video: Digest, frame: int) -> None:
        film = self._project.state.videos.get(video)
        if not 0 <= frame < film.frames:
            raise NotFound(
                f"“{film.name}” has no frame {frame:,}.",
                f"Its frames go from 0 to {film.frames - 1:,}.",
            )


def _track_id() -> TrackId:
    return TrackId(new_id("track"))
