"""Videos, and the tracks that things leave in them.

A frame that a person or a rate picked out of a video is a `MediaItem` like any other: its id is
`media_id(digest, frame, frames)`, its group the video, so that all frames of one video stay in one
split. A track says where a thing is on every frame; on a picked-out frame it stands as a shape.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import Annotated, ClassVar, NamedTuple, NewType, Protocol

from pydantic import Field, field_validator

from studio.domain.artefacts import Value
from studio.domain.geometry import Geometry
from studio.domain.geometry.interpolating import between
from studio.domain.ids import Digest
from studio.domain.labels import AttributeValue, LabelId, Shape, ShapeId
from studio.domain.media import MediaItem, media_id

TrackId = NewType("TrackId", str)


class Video(Value):
    """A film by the digest of its file; frames are numbered from 0 in the order they are shown."""

    digest: Digest
    name: str
    """Path relative to the folder it came from, with `/`."""
    width: int
    """Columns of an upright frame, px."""
    height: int
    """Rows of an upright frame, px."""
    frames: int
    """How many frames can be decoded."""
    rate: str
    """Mean frames per second as a fraction, for example `30000/1001`."""

    @property
    def seconds(self) -> float:
        """How long it lasts."""
        return float(self.frames / Fraction(self.rate))

    def frame(self, number: int) -> MediaItem:
        """Return a frame as a picture of the project."""
        return MediaItem(
            id=media_id(self.digest, number, self.frames),
            name=f"{self.name}#{number:0{len(str(self.frames - 1))}}",
            width=self.width,
            height=self.height,
            mode=_FRAME,
            group=self.name,
        )


_FRAME = "video"
"""Pixel mode of pictures that are decoded out of a film."""


def in_video(item: MediaItem) -> bool:
    """Tell whether a picture is a frame of a video, so that its file is a film."""
    return item.mode == _FRAME


class Keyframe(Value):
    """What a person or a tracker said about a thing on one frame."""

    frame: Annotated[int, Field(ge=0)]
    geometry: Annotated[Geometry, Field(discriminator="kind")]
    outside: bool = False
    """From here on the thing is out of the picture."""
    occluded: bool = False
    """From here on something is before it."""
    attributes: dict[str, AttributeValue] = {}
    """Attributes that change from frame to frame, from here on."""
    proposed: bool = False
    """Whether a tracker set it and nobody has looked at it."""


class Track(Value):
    """One thing through a video."""

    id: TrackId
    label: LabelId
    keyframes: tuple[Keyframe, ...]
    """By frame, each frame once; before the first there is nothing."""
    end: int | None = None
    """The frame after the last one it is on; None for to the end of the video."""
    attributes: dict[str, AttributeValue] = {}
    """Attributes that hold on all frames."""
    author: str = ""
    z: float = 0.0
    """Height: of two shapes the higher lies on top."""
    group: str = ""
    locked: bool = False

    @field_validator("keyframes")
    @classmethod
    def _in_order(cls, keyframes: tuple[Keyframe, ...]) -> tuple[Keyframe, ...]:
        frames = [keyframe.frame for keyframe in keyframes]
        if any(b <= a for a, b in pairwise(frames)):
            raise ValueError("keyframes stand in order, each frame once")
        if not frames:
            raise ValueError("a track needs a keyframe")
        return keyframes


class Standing(NamedTuple):
    """How a track stands on one frame."""

    shape: Shape
    """Under the id of the track; the attributes are those of the track and of the frame."""
    occluded: bool
    proposed: bool
    """Whether a keyframe nobody has looked at has a say in it."""
    at_key: bool
    """Whether the frame is a keyframe."""


def at(track: Track, frame: int) -> Standing | None:
    """Say how a track stands on a frame.

    Between two keyframes the geometry goes evenly from one to the other; what is not geometry
    holds from its keyframe on. After the last keyframe the thing stays where it was.

    Parameters
    ----------
    track : Track
        Any.
    frame : int
        From 0.

    Returns
    -------
    Standing or None
        None where the thing is not in the picture.
    """
    number = bisect_right(track.keyframes, frame, key=lambda keyframe: keyframe.frame) - 1
    if number < 0 or (track.end is not None and frame >= track.end):
        return None
    here = track.keyframes[number]
    if here.outside:
        return None
    geometry, proposed = here.geometry, here.proposed
    at_key = here.frame == frame
    if not at_key and number + 1 < len(track.keyframes):
        there = track.keyframes[number + 1]
        share = (frame - here.frame) / (there.frame - here.frame)
        geometry, proposed = between(geometry, there.geometry, share), proposed or there.proposed
    shape = Shape(
        id=ShapeId(track.id),
        label=track.label,
        geometry=geometry,
        attributes={**track.attributes, **here.attributes},
        author=track.author,
        z=track.z,
        group=track.group,
        locked=track.locked,
    )
    return Standing(shape, here.occluded, proposed, at_key)


class Videos(Protocol):
    """The videos of a project, in the order in which they were added."""

    def add(self, videos: Sequence[Video]) -> None:
        """Append videos; those already there are left as they are."""

    def remove(self, digests: Sequence[Digest]) -> None:
        """Take videos out of the project; their bytes stay in the store."""

    def get(self, digest: Digest) -> Video:
        """Return one; raises `NotFound`."""

    def __iter__(self) -> Iterator[Video]:
        """Walk over all in order."""


class Tracks(Protocol):
    """The tracks of a project, by video."""

    def of(self, video: Digest) -> Sequence[Track]:
        """Return the tracks of a video, lowest first."""

    def put(self, video: Digest, tracks: Sequence[Track]) -> None:
        """Add tracks, or replace those whose id is already there."""

    def remove(self, video: Digest, ids: Sequence[TrackId]) -> None:
        """Take tracks away; ids that are not there are passed over."""


class HasVideos(Protocol):
    """The part of a project that edits of videos need."""

    @property
    def videos(self) -> Videos:
        """Its videos."""

    @property
    def tracks(self) -> Tracks:
        """What moves in them."""


class AddVideos(Value):
    """Edit: videos enter the project."""

    kind: ClassVar[str] = "videos.add"
    videos: tuple[Video, ...]

    @property
    def title(self) -> str:
        """Words for the Edit menu."""
        return "Add video" if len(self.videos) == 1 else f"Add {len(self.videos):,} videos"

    def do(self, project: HasVideos) -> None:
        """Append the videos."""
        project.videos.add(self.videos)

    def undo(self, project: HasVideos) -> None:
        """Take them out again."""
        project.videos.remove([video.digest for video in self.videos])


class SetTracks(Value):
    """Edit: some tracks of a video change from `before` to `after`, as in `SetShapes`."""

    kind: ClassVar[str] = "tracks.set"
    video: Digest
    before: tuple[Track, ...] = ()
    after: tuple[Track, ...] = ()
    title: str = "Change tracks"

    def do(self, project: HasVideos) -> None:
        """Bring about `after`."""
        self._swap(project, self.before, self.after)

    def undo(self, project: HasVideos) -> None:
        """Bring back `before`."""
        self._swap(project, self.after, self.before)

    def _swap(self, project: HasVideos, old: tuple[Track, ...], new: tuple[Track, ...]) -> None:
        kept = {track.id for track in new}
        gone = [track.id for track in old if track.id not in kept]
        if gone:
            project.tracks.remove(self.video, gone)
        if new:
            project.tracks.put(self.video, new)
