"""What the verbs of tracking make of a track: values in, values out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from studio.domain.geometry import Geometry
from studio.domain.labels import AttributeValue, Shape
from studio.domain.tracks import Keyframe, Track, TrackId, at
from studio.errors import BadInput, Conflict


def put(track: Track, *keyframes: Keyframe) -> Track:
    """Add keyframes, or replace those that stand on the same frames."""
    by_frame = {one.frame: one for one in (*track.keyframes, *keyframes)}
    return _with(track, keyframes=tuple(by_frame[frame] for frame in sorted(by_frame)))


def key_at(track: Track, frame: int) -> Keyframe:
    """Return the keyframe that says of a frame exactly what the track says of it.

    It is the keyframe that stands there, or one between its neighbours; `end` is not looked at, and
    where the thing is outside so is the keyframe.

    Raises
    ------
    BadInput
        If the track begins later.
    """
    number = bisect_right(track.keyframes, frame, key=lambda one: one.frame) - 1
    if number < 0:
        raise BadInput(
            f"The track begins at frame {track.keyframes[0].frame:,} only.",
            "Draw the thing there, or go to a frame on which it stands.",
        )
    here = track.keyframes[number]
    if here.frame == frame:
        return here
    # What is out of the picture is on its way all the same.
    seen = tuple(_said(one, "outside", False) for one in track.keyframes[number : number + 2])
    standing = at(_with(track, end=None, keyframes=seen), frame)
    assert standing is not None
    update = {"frame": frame, "geometry": standing.shape.geometry, "proposed": standing.proposed}
    return here.model_copy(update=update)


def moved(track: Track, frame: int, geometry: Geometry) -> Track:
    """Let the thing stand somewhere on a frame, as a keyframe that was looked at.

    Before its first keyframe the track begins earlier, from its end on it ends later; a thing that
    was out of the picture is back from there on.
    """
    if frame < track.keyframes[0].frame:
        first = track.keyframes[0]
        key = first.model_copy(update={"frame": frame, "outside": False})
    else:
        key = key_at(track, frame)
    key = key.model_copy(update={"geometry": geometry, "outside": False, "proposed": False})
    if track.end is not None and frame >= track.end:
        track = _with(_trimmed(track), end=frame + 1)
    return put(track, key)


def keyed(track: Track, frame: int) -> Track:
    """Make a keyframe that was looked at of how the thing stands on a frame."""
    if at(track, frame) is None:
        raise BadInput("The thing is not on this frame.", "Go to a frame on which it stands.")
    return put(track, key_at(track, frame).model_copy(update={"proposed": False}))


def unkeyed(track: Track, frame: int) -> Track:
    """Take a keyframe away."""
    left = tuple(one for one in track.keyframes if one.frame != frame)
    if len(left) == len(track.keyframes):
        raise BadInput(f"Frame {frame:,} is no keyframe of the track.", "Go to a keyframe.")
    if not left:
        raise BadInput("This is the only keyframe of the track.", "Delete the track instead.")
    return _with(track, keyframes=left)


def carried(track: Track, source: int, target: int) -> Track:
    """Let a keyframe stand on another frame; one that stands there gives way."""
    found = [one for one in track.keyframes if one.frame == source]
    if not found:
        raise BadInput(f"Frame {source:,} is no keyframe of the track.", "Go to a keyframe.")
    left = _with(track, keyframes=tuple(one for one in track.keyframes if one.frame != source))
    return put(left, found[0].model_copy(update={"frame": target}))


def said(track: Track, frame: int, name: str, value: object) -> Track:
    """Say something that holds from a frame on, until the track says otherwise by itself.

    Parameters
    ----------
    track : Track
        Has begun by that frame.
    frame : int
        From here on.
    name : str
        `outside` or `occluded`.
    value : bool
        What holds.
    """
    return _run(track, frame, lambda one: getattr(one, name), lambda one: _said(one, name, value))


def described(track: Track, frame: int, changes: Mapping[str, AttributeValue | None]) -> Track:
    """Give attributes values that hold from a frame on, each until it changes by itself."""
    for name, value in changes.items():
        track = _attributed(track, frame, name, value)
    return track


def merely(
    attributes: Mapping[str, AttributeValue], changes: Mapping[str, AttributeValue | None]
) -> dict[str, AttributeValue]:
    """Return attributes after changes; None takes one away."""
    changed = {**attributes, **changes}
    return {name: value for name, value in changed.items() if value is not None}


def _attributed(track: Track, frame: int, name: str, value: AttributeValue | None) -> Track:
    return _run(
        track,
        frame,
        lambda one: one.attributes.get(name),
        lambda one: _said(one, "attributes", merely(one.attributes, {name: value})),
    )


def _run(
    track: Track,
    frame: int,
    seen: Callable[[Keyframe], object],
    turned: Callable[[Keyframe], Keyframe],
) -> Track:
    """Turn the keyframes from a frame on as long as they say what is said there now."""
    first = key_at(track, frame)
    old = seen(first)
    keys = [turned(first).model_copy(update={"proposed": False})]
    for one in track.keyframes:
        if one.frame > frame:
            if seen(one) != old:
                break
            keys.append(turned(one))
    return put(track, *keys)


def ended(track: Track, end: int | None) -> Track:
    """Let a track end before a frame; keyframes from there on are kept, but do not show."""
    if end is not None and end <= track.keyframes[0].frame:
        raise BadInput("The track begins only there.", "Delete the track instead.")
    return _with(track, end=end)


def accepted(track: Track, frames: Collection[int] | None) -> Track:
    """Take proposed keyframes as looked at: those on some frames, or all."""
    keys = [
        one.model_copy(update={"proposed": False})
        for one in track.keyframes
        if one.proposed and (frames is None or one.frame in frames)
    ]
    return put(track, *keys)


def divided(track: Track, frame: int, id: TrackId) -> tuple[Track, Track]:  # noqa: A002
    """Cut a track in two: the first ends before a frame, the second begins there.

    The first keeps its later keyframes, which do not show, so that it stands where it stood.
    """
    if frame <= track.keyframes[0].frame or (track.end is not None and frame >= track.end):
        raise BadInput(
            "There is nothing to split at this frame.",
            "Go to a frame between the first and the last of the track.",
        )
    later = tuple(one for one in track.keyframes if one.frame > frame)
    second = _with(track, id=id, keyframes=(key_at(track, frame), *later))
    return _with(track, end=frame), second


def united(tracks: Sequence[Track]) -> Track:
    """Make one track of several; it keeps id, label and height of the one that begins first.

    Raises
    ------
    BadInput
        If there are fewer than two.
    Conflict
        If two stand on the same frame and have keyframes there that differ.
    """
    if len(tracks) < 2:
        raise BadInput("There is nothing to merge.", "Select two tracks or more.")
    first, *others = sorted(tracks, key=lambda track: track.keyframes[0].frame)
    for other in others:
        first = _joined(first, other)
    return first


def _joined(a: Track, b: Track) -> Track:
    """Unite two tracks of which `a` does not begin later."""
    seam = b.keyframes[0].frame
    attributes = {**b.attributes, **a.attributes}
    if a.end is not None and a.end <= seam:
        keys = [one for one in a.keyframes if one.frame < a.end]
        if a.end < seam:
            keys.append(key_at(a, a.end).model_copy(update={"outside": True}))
        together = _with(b, id=a.id, keyframes=(*keys, *b.keyframes))
        if a.end == seam and all(one.frame != seam for one in a.keyframes):
            together = _without_seam(together, seam)
        keys_together = together.keyframes
    else:
        keys_together = _interleaved(a, b)
    end = None if a.end is None or b.end is None else max(a.end, b.end)
    if a.end is not None and a.end <= seam:
        end = b.end
    return _with(a, keyframes=keys_together, end=end, attributes=attributes)


def _without_seam(track: Track, seam: int) -> Track:
    """Leave the keyframe of a cut out, if it says nothing of its own."""
    left = _with(track, keyframes=tuple(one for one in track.keyframes if one.frame != seam))
    here = next(one for one in track.keyframes if one.frame == seam)
    return left if key_at(left, seam) == here else track


def _interleaved(a: Track, b: Track) -> tuple[Keyframe, ...]:
    found: dict[int, Keyframe] = {}
    for one, other in ((a, b), (b, a)):
        for key in _shown(one):
            if key.outside and at(other, key.frame) is not None:
                # The other says where the thing is meanwhile.
                continue
            known = found.get(key.frame)
            if known is None or known.outside:
                found[key.frame] = key
            elif not key.outside and known.geometry != key.geometry:
                raise Conflict(
                    f"The tracks stand in two places on frame {key.frame:,}.",
                    "Take one of the keyframes away there, or end one track before it.",
                )
    return tuple(found[frame] for frame in sorted(found))


def _shown(track: Track) -> Iterable[Keyframe]:
    return (one for one in track.keyframes if track.end is None or one.frame < track.end)


def _trimmed(track: Track) -> Track:
    """Drop the keyframes that do not show since the track ends before them."""
    if track.end is None or track.keyframes[-1].frame < track.end:
        return track
    # Where it stood on its last frame is said by what came after; keep that.
    last = key_at(track, track.end - 1)
    kept = tuple(one for one in track.keyframes if one.frame < track.end - 1)
    return _with(track, keyframes=(*kept, last))


def drawn_on(track: Track, frame: int, shape: Shape | None) -> Track:
    """Take over what a person did to the shape of a track on a picked frame.

    Parameters
    ----------
    track : Track
        As it was.
    frame : int
        Of the picture.
    shape : Shape or None
        As the person left it; None if it was deleted. Where it stands and what it says become a
        keyframe; label, height, group and lock are of the track as a whole.

    Returns
    -------
    Track
        Stands on that frame exactly as the shape.
    """
    standing = at(track, frame)
    if shape is None:
        return track if standing is None else _off(track, frame)
    if standing is not None and standing.shape == shape:
        return track
    if standing is None or standing.shape.geometry != shape.geometry:
        track = moved(track, frame, shape.geometry)
    whole = {n: v for n, v in track.attributes.items() if n in shape.attributes}
    if merely(whole, key_at(track, frame).attributes) != shape.attributes:
        own = {n: v for n, v in shape.attributes.items() if whole.get(n) != v}
        known = key_at(track, frame).attributes
        track = described(track, frame, {**dict.fromkeys(known, None), **own})
    return _with(
        track,
        attributes=whole,
        label=shape.label,
        z=shape.z,
        group=shape.group,
        locked=shape.locked,
        author=shape.author,
    )


def _off(track: Track, frame: int) -> Track:
    """Let the thing be out of the picture on one frame."""
    out = key_at(track, frame).model_copy(update={"outside": True, "proposed": False})
    back = at(track, frame + 1)
    keys = [out] if back is None else [out, key_at(track, frame + 1)]
    return put(track, *keys)


def _with(track: Track, **changes: Any) -> Track:
    return track.model_copy(update=changes)


def _said(key: Keyframe, name: str, value: object) -> Keyframe:
    return key.model_copy(update={name: value})
