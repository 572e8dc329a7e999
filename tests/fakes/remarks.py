"""Reviews, comments, videos and tracks in dicts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from studio.domain.ids import Digest
from studio.domain.media import MediaId
from studio.domain.reviews import (
    OPEN,
    REVIEW_STATES,
    Comment,
    CommentId,
    Review,
    ReviewState,
)
from studio.domain.tracks import Track, TrackId, Video
from studio.errors import NotFound


class MemoryReviews:
    def __init__(self, media: Callable[[], Sequence[MediaId]]) -> None:
        self.states: dict[MediaId, Review] = {}
        self._media = media

    def of(self, media: MediaId) -> Review:
        return self.states.get(media, OPEN)

    def put(self, media: MediaId, review: Review) -> None:
        self.states[media] = review

    def counts(self) -> Mapping[ReviewState, int]:
        found = [self.of(media).state for media in self._media()]
        return {state: found.count(state) for state in REVIEW_STATES}


class MemoryComments:
    def __init__(self) -> None:
        self.comments: dict[CommentId, Comment] = {}

    def of(self, media: MediaId) -> Sequence[Comment]:
        return [comment for comment in self.all() if comment.media == media]

    def put(self, comment: Comment) -> None:
        self.comments[comment.id] = comment

    def remove(self, id: CommentId) -> None:  # noqa: A002
        self.comments.pop(id, None)

    def all(self, *, resolved: bool | None = None) -> Sequence[Comment]:
        kept = [one for one in self.comments.values() if resolved in (None, one.resolved)]
        return sorted(kept, key=lambda comment: comment.at)


class MemoryVideos:
    def __init__(self) -> None:
        self.videos: dict[Digest, Video] = {}

    def add(self, videos: Sequence[Video]) -> None:
        for video in videos:
            self.videos.setdefault(video.digest, video)

    def remove(self, digests: Sequence[Digest]) -> None:
        for digest in digests:
            self.videos.pop(digest, None)

    def get(self, digest: Digest) -> Video:
        if digest not in self.videos:
            raise NotFound("The project has no such video.", "Import the video first.")
        return self.videos[digest]

    def __iter__(self) -> Iterator[Video]:
        return iter(list(self.videos.values()))


class MemoryTracks:
    def __init__(self) -> None:
        self.tracks: dict[Digest, dict[TrackId, Track]] = {}

    def of(self, video: Digest) -> Sequence[Track]:
        return sorted(self.tracks.get(video, {}).values(), key=lambda track: track.z)

    def put(self, video: Digest, tracks: Sequence[Track]) -> None:
        self.tracks.setdefault(video, {}).update({track.id: track for track in tracks})

    def remove(self, video: Digest, ids: Sequence[TrackId]) -> None:
        for id_ in ids:
            self.tracks.get(video, {}).pop(id_, None)
