"""Reviews and comments, videos and tracks: values kept whole, by the thing they speak of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import sqlalchemy as sa

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
from studio.storage.annotations import KNOW
from studio.storage.database import Database
from studio.storage.tables import comments, media, pictures, reviews, tracks, videos

_REVIEW = sa.text(
    "INSERT OR REPLACE INTO reviews (picture, state, body)"
    " SELECT key, :state, :body FROM pictures WHERE id = :media"
)
_COMMENT = sa.text(
    "INSERT INTO comments (id, media, resolved, body) VALUES (:id, :media, :resolved, :body)"
    " ON CONFLICT (id) DO UPDATE SET resolved = excluded.resolved, body = excluded.body"
)
_TOUCH_COMMENTED = sa.text(
    "INSERT OR REPLACE INTO touches (picture) SELECT pictures.key FROM comments"
    " JOIN pictures ON pictures.id = comments.media WHERE comments.id = :id"
)
_UNCOMMENT = sa.text("DELETE FROM comments WHERE id = :id")
_VIDEO = sa.text("INSERT OR IGNORE INTO videos (digest, body) VALUES (:digest, :body)")
_UNVIDEO = sa.text("DELETE FROM videos WHERE digest = :digest")
_TRACK = sa.text(
    "INSERT INTO tracks (video, id, z, body) VALUES (:video, :id, :z, :body)"
    " ON CONFLICT (video, id) DO UPDATE SET z = excluded.z, body = excluded.body"
)
_UNTRACK = sa.text("DELETE FROM tracks WHERE video = :video AND id = :id")


class StoredReviews:
    """Fulfils `studio.domain.reviews.Reviews` with a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, media: MediaId) -> Review:
        """Return the state of one picture."""
        query = (
            sa.select(reviews.c.body)
            .join(pictures, pictures.c.key == reviews.c.picture)
            .where(pictures.c.id == media)
        )
        with self._database.reading() as connection:
            body = connection.execute(query).scalar()
        return OPEN if body is None else Review.model_validate_json(body)

    def put(self, media: MediaId, review: Review) -> None:
        """Set the state of one picture."""
        with self._database.gathering():
            self._database.write_later(KNOW, [{"id": media}], first=True)
            row = {"media": media, "state": review.state, "body": review.model_dump_json()}
            self._database.write_later(_REVIEW, [row])
            self._database.touch([media])

    def counts(self) -> Mapping[ReviewState, int]:
        """Return how many pictures of the project are in each state."""
        query = (
            sa.select(reviews.c.state, sa.func.count())
            .join(media, media.c.place == reviews.c.picture)
            .group_by(reviews.c.state)
        )
        with self._database.reading() as connection:
            found = {str(state): int(count) for state, count in connection.execute(query)}
            every = connection.execute(sa.select(sa.func.count()).select_from(media)).scalar_one()
        counts = {state: found.get(state, 0) for state in REVIEW_STATES}
        counts["open"] = every - sum(n for state, n in counts.items() if state != "open")
        return counts


class StoredComments:
    """Fulfils `studio.domain.reviews.Comments` with a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, media: MediaId) -> Sequence[Comment]:
        """Return the comments on one picture, oldest first."""
        return self._read(sa.select(comments.c.body).where(comments.c.media == media))

    def put(self, comment: Comment) -> None:
        """Add a comment, or replace the one with its id."""
        row = {
            "id": comment.id,
            "media": comment.media,
            "resolved": comment.resolved,
            "body": comment.model_dump_json(),
        }
        with self._database.gathering():
            self._database.write_later(_COMMENT, [row])
            self._database.touch([comment.media])

    def remove(self, id: CommentId) -> None:  # noqa: A002
        """Take a comment away."""
        with self._database.gathering():
            self._database.write_later(_TOUCH_COMMENTED, [{"id": id}])
            self._database.write_later(_UNCOMMENT, [{"id": id}])

    def all(self, *, resolved: bool | None = None) -> Sequence[Comment]:
        """Return all comments, oldest first; only (un)resolved ones if asked for."""
        query = sa.select(comments.c.body)
        if resolved is not None:
            query = query.where(comments.c.resolved == resolved)
        return self._read(query)

    def _read(self, query: sa.Select[str]) -> Sequence[Comment]:
        with self._database.reading() as connection:
            bodies = connection.execute(query.order_by(comments.c.place)).scalars().all()
        return sorted(map(Comment.model_validate_json, bodies), key=lambda comment: comment.at)


class StoredVideos:
    """Fulfils `studio.domain.tracks.Videos` with a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, videos: Sequence[Video]) -> None:
        """Append videos; those already there are left as they are."""
        rows = [{"digest": video.digest, "body": video.model_dump_json()} for video in videos]
        self._database.write_later(_VIDEO, rows)

    def remove(self, digests: Sequence[Digest]) -> None:
        """Take videos out of the project; their bytes stay in the store."""
        self._database.write_later(_UNVIDEO, [{"digest": digest} for digest in digests])

    def get(self, digest: Digest) -> Video:
        """Return one; raises `NotFound`."""
        query = sa.select(videos.c.body).where(videos.c.digest == digest)
        with self._database.reading() as connection:
            body = connection.execute(query).scalar()
        if body is None:
            raise NotFound("The project has no such video.", "Import the video first.")
        return Video.model_validate_json(body)

    def __iter__(self) -> Iterator[Video]:
        with self._database.reading() as connection:
            query = sa.select(videos.c.body).order_by(videos.c.place)
            bodies = connection.execute(query).scalars().all()
        yield from map(Video.model_validate_json, bodies)


class _KnownTracks(NamedTuple):
    """The tracks of one video as they were at a version of the database."""

    version: int
    video: Digest
    by_row: Mapping[str, Track]
    tracks: tuple[Track, ...]


class StoredTracks:
    """Fulfils `studio.domain.tracks.Tracks` with a table."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known = _KnownTracks(-1, Digest(""), {}, ())

    def of(self, video: Digest) -> Sequence[Track]:
        """Return the tracks of a video, lowest first.

        They are asked for at every frame that is shown. Of the video that was asked for last all
        are known as long as nothing changed, and after a change those whose row is the same.
        """
        known, version = self._known, self._database.version
        settled = not self._database.unsettled
        if settled and (known.version, known.video) == (version, video):
            return known.tracks
        query = (
            sa.select(tracks.c.body)
            .where(tracks.c.video == video)
            .order_by(tracks.c.z, tracks.c.rank)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).scalars().all()
        read = known.by_row
        by_row = {row: read.get(row) or Track.model_validate_json(row) for row in rows}
        found = tuple(by_row[row] for row in rows)
        if settled:
            self._known = _KnownTracks(version, video, by_row, found)
        return found

    def put(self, video: Digest, tracks: Sequence[Track]) -> None:
        """Add tracks, or replace those whose id is already there."""
        rows = [
            {"video": video, "id": track.id, "z": track.z, "body": track.model_dump_json()}
            for track in tracks
        ]
        self._database.write_later(_TRACK, rows)

    def remove(self, video: Digest, ids: Sequence[TrackId]) -> None:
        """Take tracks away; ids that are not there are passed over."""
        self._database.write_later(_UNTRACK, [{"video": video, "id": id_} for id_ in ids])
