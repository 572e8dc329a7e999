"""Following: trackers propose where things go through a film, linkers join findings up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from studio.api import film_shelf
from studio.api.trackers import Linker, Pixels, Seen, Tracker
from studio.domain.geometry import Geometry, bounds
from studio.domain.history import Edit
from studio.domain.ids import Digest, new_id
from studio.domain.labels import PROPOSALS, SetShapes, Shape
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.tracks import Keyframe, SetTracks, Track, TrackId, at
from studio.errors import BadInput, Cancelled, NotFound
from studio.services.filming import Progress, never, nobody
from studio.services.thinning import thinned
from studio.services.track_verbs import key_at, put
from studio.services.tracked_shapes import picked

TOLERANCE = 1.0
"""So far may what is proposed lie beside what the tracker said, px."""
_TOLERANCE_SHARE = 0.01
"""The same, for large things, as a share of their size."""


class HasTrackers(Protocol):
    """The part of the plugin host that following needs."""

    def trackers(self) -> Sequence[type[Tracker]]:
        """Return all kinds of trackers."""

    def linkers(self) -> Sequence[Linker]:
        """Return all linkers."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where things go, as a tracker says; nothing in the project has changed yet."""

    video: Digest
    before: tuple[Track, ...]
    """As they were when the tracker began."""
    keyframes: Mapping[TrackId, tuple[Keyframe, ...]]
    """What is proposed, thinned out, by frame."""
    lost: Mapping[TrackId, int] = field(default_factory=dict)
    """The frame on which a thing could not be found any more."""
    title: str = "Follow"

    @property
    def count(self) -> int:
        """How many keyframes are proposed."""
        return sum(key.proposed for keys in self.keyframes.values() for key in keys)


class Following:
    """Trackers and linkers at work on the films of one open project.

    Parameters
    ----------
    project : Project
        Takes the edits.
    plugins : HasTrackers
        Bring trackers and linkers.
    """

    def __init__(self, project: Project, plugins: HasTrackers) -> None:
        self._project = project
        self._plugins = plugins

    def trackers(self) -> Sequence[type[Tracker]]:
        """Return all kinds of trackers; `id`, `title`, `hint` and `kinds` describe them."""
        return self._plugins.trackers()

    def propose(
        self,
        video: Digest,
        tracks: Sequence[TrackId],
        frame: int,
        until: int,
        tracker: str,
        progress: Progress = nobody,
        cancelled: Callable[[], bool] = never,
    ) -> Proposal:
        """Follow things from a frame on; changes nothing, and may run in any thread.

        Parameters
        ----------
        video : Digest
            The film.
        tracks : sequence of TrackId
            What is followed; each stands on `frame`.
        frame : int
            Where it begins.
        until : int
            The last frame that is looked at; before `frame` to follow backwards. A track is
            followed no further than to the next keyframe that somebody looked at.
        tracker : str
            Its id.
        progress : callable
            Told after each frame.
        cancelled : callable
            Asked before each frame.

        Returns
        -------
        Proposal
            For `take`.

        Raises
        ------
        BadInput
            If a thing does not stand on the frame, or the tracker cannot follow its kind.
        Cancelled
            If the person gave up.
        NotFound
            If there is no such video, track or tracker.
        """
        kind = self._tracker(tracker)
        film = self._project.state.videos.get(video)
        until = min(max(until, 0), film.frames - 1)
        chosen = [self._track(video, id_) for id_ in dict.fromkeys(tracks)]
        begun = {track.id: _begun(track, frame, kind) for track in chosen}
        ends = {track.id: _limit(track, frame, until) for track in chosen}
        numbers = range(frame, until + 1) if until >= frame else range(frame, until - 1, -1)
        steps = _Steps(kind, begun, ends)
        with film_shelf.opened(self._project.store, video) as opened:
            for done, number in enumerate(numbers):
                if cancelled():
                    raise Cancelled("Following was given up.", "Nothing was changed.")
                if not steps.running:
                    break
                steps.look(number, opened.picture(number))
                progress(done + 1, len(numbers), f"frame {number:,}")
        if cancelled():
            raise Cancelled("Following was given up.", "Nothing was changed.")
        keys = {track.id: _keys(track, frame, steps.found[track.id]) for track in chosen}
        words = "Follow thing" if len(chosen) == 1 else f"Follow {len(chosen):,} things"
        return Proposal(video, tuple(chosen), keys, steps.lost, words)

    def take(self, proposal: Proposal) -> int:
        """Let proposed keyframes be of their tracks, as one edit; returns how many.

        Earlier proposals on the frames that were followed go. A track that was deleted meanwhile
        is left out; one that changed keeps every keyframe that somebody looked at.
        """
        now = {track.id: track for track in self._project.state.tracks.of(proposal.video)}
        before: list[Track] = []
        after: list[Track] = []
        count = 0
        for id_, keys in proposal.keyframes.items():
            track = now.get(id_)
            if track is None or not keys:
                continue
            taken = _taken(track, keys)
            if taken != track:
                before.append(track)
                after.append(taken)
                count += sum(key.proposed for key in keys)
        if after:
            edit = SetTracks(
                video=proposal.video,
                before=tuple(before),
                after=tuple(after),
                title=proposal.title,
            )
            self._project.perform(edit)
        return count

    def follow(
        self,
        video: Digest,
        tracks: Sequence[TrackId],
        frame: int,
        until: int,
        tracker: str,
        progress: Progress = nobody,
        cancelled: Callable[[], bool] = never,
    ) -> int:
        """Do both, as a command does; see `propose`. Returns how many keyframes were proposed."""
        found = self.propose(video, tracks, frame, until, tracker, progress, cancelled)
        return self.take(found)

    def link(self, video: Digest, linker: str = "") -> Sequence[TrackId]:
        """Join the proposals on picked frames of a film up to tracks, as one edit.

        Parameters
        ----------
        video : Digest
            The film; the layer of proposals holds what was found on its frames.
        linker : str
            Its id; the first one if empty.

        Returns
        -------
        sequence of TrackId
            The new tracks, whose keyframes nobody has looked at; the proposals are gone.
        """
        state = self._project.state
        frames = picked(state, state.videos.get(video))
        layer = state.layer(PROPOSALS)
        shapes = {frame: layer.of(media) for frame, media in frames.items()}
        chains = self._linker(linker).link(_seen(shapes))
        top = max((track.z for track in state.tracks.of(video)), default=0.0) + 1.0
        order = list(frames)
        tracks = [
            _linked([(one.frame, shapes[one.frame][one.number]) for one in chain], order, top + at_)
            for at_, chain in enumerate(chains)
        ]
        if not tracks:
            return []
        title = f"Join {len(tracks):,} tracks"
        edits: list[Edit[ProjectState]] = [
            SetShapes(media=frames[frame], before=tuple(gone), title=title, layer=PROPOSALS)
            for frame, found in shapes.items()
            if (gone := [shape for shape in found if bounds(shape.geometry) is not None])
        ]
        edits.append(SetTracks(video=video, after=tuple(tracks), title=title))
        self._project.perform(Batch.of(title, edits))
        return [track.id for track in tracks]

    def _track(self, video: Digest, id: TrackId) -> Track:  # noqa: A002
        for track in self._project.state.tracks.of(video):
            if track.id == id:
                return track
        raise NotFound("The video has no such track.", "It may have been deleted meanwhile.")

    def _tracker(self, id: str) -> type[Tracker]:  # noqa: A002
        kinds = self.trackers()
        for kind in kinds:
            if kind.id == id:
                return kind
        known = ", ".join(kind.id for kind in kinds) or "none"
        raise NotFound(f"There is no tracker “{id}”.", f"There are: {known}.")

    def _linker(self, id: str) -> Linker:  # noqa: A002
        for one in self._plugins.linkers():
            if id in ("", one.id):
                return one
        raise NotFound(f"There is no linker “{id}”.", "Look whether its plugin could be loaded.")


class _Steps:
    """The trackers of several things, going from frame to frame together."""

    def __init__(
        self,
        kind: type[Tracker],
        begun: Mapping[TrackId, Geometry],
        ends: Mapping[TrackId, int],
    ) -> None:
        self._begun, self._ends = begun, ends
        self._trackers = {id_: kind() for id_ in begun}
        self._first: int | None = None
        self.running = set(begun)
        self.found: dict[TrackId, dict[int, Geometry]] = {id_: {} for id_ in begun}
        self.lost: dict[TrackId, int] = {}

    def look(self, number: int, pixels: Pixels) -> None:
        """Let all that are still on their way find their thing on a frame."""
        if self._first is None:
            self._first = number
            for id_, geometry in self._begun.items():
                self._trackers[id_].begin(pixels, geometry)
                self.found[id_][number] = geometry
        else:
            for id_ in list(self.running):
                followed = self._trackers[id_].next(pixels)
                if followed is None:
                    self.lost[id_] = number
                    self.running.discard(id_)
                else:
                    self.found[id_][number] = followed.geometry
        self.running -= {id_ for id_ in self.running if self._ends[id_] == number}


def _begun(track: Track, frame: int, kind: type[Tracker]) -> Geometry:
    standing = at(track, frame)
    if standing is None:
        raise BadInput("The thing is not on this frame.", "Go to a frame on which it stands.")
    geometry = standing.shape.geometry
    if geometry.kind not in kind.kinds:
        raise BadInput(
            f"“{kind.title}” cannot follow a {geometry.kind.replace('_', ' ')}.",
            "Choose another tracker, or convert the shape.",
        )
    return geometry


def _limit(track: Track, frame: int, until: int) -> int:
    """Return the last frame a track is followed to: before the next that somebody looked at."""
    seen = [one.frame for one in track.keyframes if not one.proposed]
    if until >= frame:
        seen += [] if track.end is None else [track.end]
        return min([until, *(one - 1 for one in seen if one > frame)])
    return max([until, *(one + 1 for one in seen if one < frame)])


def _keys(track: Track, frame: int, found: Mapping[int, Geometry]) -> tuple[Keyframe, ...]:
    """Make keyframes of where a thing went: as few as say it."""
    if len(found) < 2:
        return ()
    here = key_at(track, frame)
    keys = [
        here.model_copy(update={"frame": number, "geometry": geometry, "proposed": True})
        for number, geometry in sorted(found.items())
    ]
    box = bounds(here.geometry)
    size = 0.0 if box is None else max(box.width, box.height)
    left = thinned(keys, max(TOLERANCE, _TOLERANCE_SHARE * size))
    return tuple(here if one.frame == frame else one for one in left)


def _taken(track: Track, keys: Sequence[Keyframe]) -> Track:
    low, high = keys[0].frame, keys[-1].frame
    kept = [one for one in track.keyframes if not (one.proposed and low <= one.frame <= high)]
    looked_at = {one.frame for one in kept if not one.proposed}
    new = [one for one in keys if one.frame not in looked_at]
    return put(track.model_copy(update={"keyframes": tuple(kept)}), *new)


def _seen(shapes: Mapping[int, Sequence[Shape]]) -> list[Seen]:
    return [
        Seen(frame, number, box, shape.label, 1.0 if shape.score is None else shape.score)
        for frame, found in shapes.items()
        for number, shape in enumerate(found)
        if (box := bounds(shape.geometry)) is not None
    ]


def _linked(chain: Sequence[tuple[int, Shape]], order: Sequence[int], z: float) -> Track:
    """Make a track of findings; it is out of the picture after the last one."""
    first = chain[0][1]
    keys = [Keyframe(frame=frame, geometry=shape.geometry, proposed=True) for frame, shape in chain]
    # Between two looks nobody knows; on the next one it was not found.
    later = [frame for frame in order if frame > chain[-1][0]]
    return Track(
        id=TrackId(new_id("track")),
        label=first.label,
        keyframes=tuple(keys),
        end=later[0] if later else None,
        author=first.author,
        z=z,
    )
