"""What the video page shows and says; knows no Qt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from studio.domain.labels import LabelSchema
from studio.domain.tracks import Track, Video


class Span(NamedTuple):
    """A run of frames through which a track stands in one way."""

    first: int
    last: int
    """The last frame, included."""
    occluded: bool
    proposed: bool
    """Whether a keyframe that nobody looked at has a say in it."""


def spans(track: Track, frames: int) -> list[Span]:
    """Return where a track stands, keyframe by keyframe; where it is outside there is none.

    Parameters
    ----------
    track : Track
        Any.
    frames : int
        How many the film has.
    """
    end = frames if track.end is None else min(track.end, frames)
    keys = track.keyframes
    found = []
    for number, key in enumerate(keys):
        after = keys[number + 1] if number + 1 < len(keys) else None
        last = min(after.frame if after else end, end) - 1
        if not key.outside and key.frame <= last:
            proposed = key.proposed or (after is not None and after.proposed)
            found.append(Span(key.frame, last, key.occluded, proposed))
    return found


def clock(frame: int, video: Video) -> str:
    """Say when a frame is shown: minutes, seconds and hundredths."""
    seconds = frame * video.seconds / video.frames
    return f"{int(seconds // 60)}:{seconds % 60:05.2f}"


def frame_of(text: str, video: Video) -> int | None:
    """Read a frame that a person typed: its number, or its time as `clock` writes it.

    Returns
    -------
    int or None
        Within the film; None where it cannot be understood.
    """
    minutes, colon, seconds = text.strip().rpartition(":")
    try:
        if colon:
            at = int(minutes) * 60 + float(seconds)
            frame = round(at * video.frames / video.seconds)
        else:
            frame = int(seconds.replace(",", ""))
    except (ValueError, OverflowError):
        return None
    return min(max(frame, 0), video.frames - 1)


def track_words(track: Track, schema: LabelSchema) -> str:
    """Say in one line what a track is: for lists and those who hear them."""
    label = schema.get(track.label)
    keys = len(track.keyframes)
    end = "" if track.end is None else f" to {track.end - 1:,}"
    noun = "keyframe" if keys == 1 else "keyframes"
    words = f"{label.name if label else track.label} · from {track.keyframes[0].frame:,}{end}"
    open_ = sum(key.proposed for key in track.keyframes)
    return f"{words} · {keys:,} {noun}" + (f" · {open_:,} proposed" if open_ else "")


def key_before(tracks: Sequence[Track], frame: int) -> int | None:
    """Return the nearest keyframe before a frame, or None."""
    found = [key.frame for one in tracks for key in one.keyframes if key.frame < frame]
    return max(found, default=None)


def key_after(tracks: Sequence[Track], frame: int) -> int | None:
    """Return the nearest keyframe after a frame, or None."""
    found = [key.frame for one in tracks for key in one.keyframes if key.frame > frame]
    return min(found, default=None)


def chosen_tracks(tracks: Sequence[Track], ids: Collection[str]) -> list[Track]:
    """Return the tracks of some ids, in the order of the film."""
    return [track for track in tracks if track.id in ids]
