"""Tracks of a film as shapes on one frame of it, so that any canvas draws and changes them."""

from __future__ import annotations

from collections.abc import Sequence

from psygnal import Signal

from studio.domain.geometry import Geometry, Tag, moved
from studio.domain.ids import Digest, new_id
from studio.domain.labels import (
    EVERYWHERE,
    LABELS,
    LabelId,
    LayerName,
    Shape,
    ShapesChanged,
)
from studio.domain.media import MediaId, MediaItem
from studio.domain.tracks import Keyframe, Standing, Track, TrackId, Video, at
from studio.errors import BadInput, NotFound
from studio.services.track_verbs import drawn_on
from studio.services.tracking import Tracking


class FrameShapes:
    """Fulfils what a canvas asks of `Labelling`, for the frame that is looked at.

    Parameters
    ----------
    tracking : Tracking
        Makes the edits.
    """

    news = Signal(ShapesChanged)
    """Shapes are others now, also by undoing."""
    layer: LayerName = LABELS

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self.video: Video | None = None
        self.frame = 0
        tracking.changed.connect(self._hear)

    def look(self, video: Video | None, frame: int) -> MediaItem | None:
        """Look at a frame; returns it as a picture."""
        self.video, self.frame = video, frame
        return None if video is None else video.frame(frame)

    def close(self) -> None:
        """Hear no more news."""
        self._tracking.changed.disconnect(self._hear, missing_ok=True)

    def standing(self) -> Sequence[Standing]:
        """Return how the tracks stand on the frame, lowest first."""
        if self.video is None:
            return ()
        return self._tracking.standing(self.video.digest, self.frame)

    def shapes(self, media: MediaId, layer: LayerName | None = None) -> Sequence[Shape]:
        """Return the shapes of the frame; there are none beside the labels."""
        del media
        return [one.shape for one in self.standing()] if layer in (None, LABELS) else ()

    def add(self, media: MediaId, label: LabelId, geometry: Geometry, author: str = "") -> Shape:
        """Begin a track on the frame.

        Raises
        ------
        BadInput
            If it has no place on the frame.
        """
        del media, author
        if isinstance(geometry, Tag):
            raise BadInput("A track has a place on the frame.", "Draw a box or another shape.")
        track = self._tracking.draw(self._digest(), self.frame, label, geometry)
        return self._shape(track)

    def change(
        self, media: MediaId, before: Sequence[Shape], after: Sequence[Shape], title: str
    ) -> None:
        """Turn shapes into others on the frame, as one edit: each is a keyframe there."""
        del media, before
        known = self._tracks()
        turned = [
            drawn_on(known[TrackId(shape.id)], self.frame, shape)
            for shape in after
            if TrackId(shape.id) in known
        ]
        self._tracking.add(self._digest(), turned, title)

    def delete(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Take whole tracks away."""
        del media
        self._tracking.delete(self._digest(), [TrackId(shape.id) for shape in shapes])

    def paste(
        self, media: MediaId, shapes: Sequence[Shape], shift: tuple[float, float]
    ) -> Sequence[Shape]:
        """Begin a track on the frame with each shape, as one edit."""
        del media
        top = max((track.z for track in self._tracks().values()), default=0.0)
        tracks = [
            Track(
                id=TrackId(new_id("track")),
                label=shape.label,
                keyframes=(Keyframe(frame=self.frame, geometry=moved(shape.geometry, *shift)),),
                attributes=shape.attributes,
                z=top + 1.0 + number,
            )
            for number, shape in enumerate(shapes)
        ]
        self._tracking.add(self._digest(), tracks, "Paste")
        return [self._shape(track.id) for track in tracks]

    def _tracks(self) -> dict[TrackId, Track]:
        return {track.id: track for track in self._tracking.of(self._digest())}

    def _shape(self, id: TrackId) -> Shape:  # noqa: A002
        standing = at(self._tracks()[id], self.frame)
        if standing is None:
            raise NotFound("The track does not stand on this frame.")
        return standing.shape

    def _digest(self) -> Digest:
        if self.video is None:
            raise NotFound("There is no film to draw on.", "Import a film first.")
        return self.video.digest

    def _hear(self, video: str) -> None:
        if self.video is not None and video == self.video.digest:
            self.news.emit(EVERYWHERE)
