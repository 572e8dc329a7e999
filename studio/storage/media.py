"""The media of a project, by their place in the order in which they came."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import sqlalchemy as sa

from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem, ShapeWord
from studio.errors import NotFound
from studio.storage.annotations import KNOW
from studio.storage.database import Database
from studio.storage.facets import FacetKind, words
from studio.storage.finding import Places, Query, asked, count, labels_meant, places
from studio.storage.tables import UNSURE, media, pictures, touches

_ITEMS = sa.select(
    media.c.place,
    pictures.c.id,
    media.c.name,
    media.c.width,
    media.c.height,
    media.c.mode,
    media.c.group,
).join_from(media, pictures, pictures.c.key == media.c.place)
_ADD = sa.text(
    'INSERT OR IGNORE INTO media (place, name, folded, width, height, mode, "group",'
    " shapes, least, review) SELECT key, :name, :folded, :width, :height, :mode, :group,"
    " coalesce((SELECT shapes FROM marks WHERE layer = '' AND facet = 0 AND picture = key), 0),"
    " coalesce((SELECT min(score) FROM shapes WHERE picture = key AND layer = 'proposals'),"
    f" {UNSURE}),"
    " coalesce((SELECT state FROM reviews WHERE picture = key), 'open')"
    " FROM pictures WHERE id = :id"
)
_REMOVE = sa.text("DELETE FROM media WHERE place = (SELECT key FROM pictures WHERE id = :id)")
_WORDS: dict[ShapeWord, FacetKind] = {"author": "author", "attribute": "has", "geometry": "kind"}
_AT_ONCE = 10_000
_REMEMBERED = 8
_FIRST = 2_048
"""So far the first places are looked for; all are found once somebody looks further."""
_FEW_CHANGED = 2_000
"""After more changes than these all places are found anew."""


@dataclass
class _Found:
    """What is remembered of a filter."""

    version: int
    """Of the index."""
    seen: int
    """Number of the last change taken into account."""
    query: Query
    count: int | None = None
    first: Places | None = None
    all: Places | None = None


class StoredMedia:
    """Fulfils `studio.domain.media.MediaItems` with a table.

    The first places of the media that pass a filter are found at once, all of them when somebody
    looks further. Those are kept, and after a change only the pictures it touched are asked again.

    Parameters
    ----------
    database : Database
        Of the project.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: OrderedDict[tuple[MediaFilter, tuple[str, ...]], _Found] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, items: Sequence[MediaItem]) -> None:
        """Append media; those already there are left as they are."""
        rows = [{**dict(item), "folded": item.name.casefold()} for item in items]
        with self._database.gathering():
            self._database.write_later(KNOW, [{"id": item.id} for item in items], first=True)
            self._database.write_later(_ADD, rows)
            self._database.touch([item.id for item in items])

    def remove(self, ids: Sequence[MediaId]) -> None:
        """Take media out of the project; their bytes stay in the store."""
        with self._database.gathering():
            self._database.write_later(_REMOVE, [{"id": id_} for id_ in ids])
            self._database.touch(ids)

    def get(self, id: MediaId) -> MediaItem:  # noqa: A002
        """Return one; raises `NotFound`."""
        with self._database.reading() as connection:
            row = connection.execute(_ITEMS.where(pictures.c.id == id)).first()
        if row is None:
            raise NotFound(f"The picture {id[:19]}… is not in this project.", "Import it first.")
        return _item(row)

    def __contains__(self, id: object) -> bool:  # noqa: A002
        if not isinstance(id, str):
            return False
        query = sa.select(media.c.place).join_from(media, pictures, pictures.c.key == media.c.place)
        with self._database.reading() as connection:
            return connection.execute(query.where(pictures.c.id == id)).first() is not None

    def count(self, where: MediaFilter = EVERYTHING) -> int:
        """Count the media that pass a filter."""
        found = self._up_to_date(where)
        if found.count is None:
            found.count = count(self._database, found.query)
        return found.count

    def page(self, start: int, length: int, where: MediaFilter = EVERYTHING) -> Sequence[MediaItem]:
        """Return `length` media from position `start` among those that pass a filter."""
        first, end = max(start, 0), max(start, 0) + max(length, 0)
        if where == EVERYTHING and self._without_gaps():
            return self._between(first, end)
        some = self._places(self._up_to_date(where), end)[first:end]
        items: list[MediaItem] = []
        for begin in range(0, len(some), _AT_ONCE):
            now = some[begin : begin + _AT_ONCE].tolist()
            with self._database.reading() as connection:
                rows = connection.execute(_ITEMS.where(media.c.place.in_(now))).all()
            by_place = {row[0]: row for row in rows}
            items += [_item(by_place[place]) for place in now if place in by_place]
        return items

    def following(self, id: MediaId, where: MediaFilter = EVERYTHING) -> MediaItem | None:  # noqa: A002
        """Return the first that was added after one and passes a filter, or None."""
        where = replace(where, order="added", descending=False)
        query = asked(self._database, where, labels_meant(self._database, where))
        own = "(SELECT key FROM pictures WHERE id = :after)"
        behind = query._replace(
            conditions=(*query.conditions, f"media.place > {own}"),
            values={**query.values, "after": id},
        )
        for place in places(self._database, behind, 1).tolist():
            with self._database.reading() as connection:
                row = connection.execute(_ITEMS.where(media.c.place == place)).first()
            return None if row is None else _item(row)
        return None

    def position(self, id: MediaId, where: MediaFilter = EVERYTHING) -> int | None:  # noqa: A002
        """Return where one stands among those that pass a filter, from 0; None if it does not."""
        query = sa.select(media.c.place).join_from(media, pictures, pictures.c.key == media.c.place)
        with self._database.reading() as connection:
            place = connection.execute(query.where(pictures.c.id == id)).scalar()
        if place is None:
            return None
        if where == EVERYTHING and self._without_gaps():
            return int(place) - 1
        found = self._up_to_date(where)
        for end in (_FIRST, _FIRST + 1):
            at = np.flatnonzero(self._places(found, end) == place)
            if len(at):
                return int(at[0])
        return None

    def words(self, about: ShapeWord) -> Sequence[str]:
        """Return what shapes ever said in one word, in order."""
        return [word for (word,) in words(self._database, _WORDS[about])]

    def __iter__(self) -> Iterator[MediaItem]:
        last = 0
        while True:
            query = _ITEMS.where(media.c.place > last).order_by(media.c.place).limit(_AT_ONCE)
            with self._database.reading() as connection:
                rows = connection.execute(query).all()
            if not rows:
                return
            last = int(rows[-1][0])
            yield from map(_item, rows)

    def _between(self, first: int, end: int) -> list[MediaItem]:
        """Return media from position `first` to `end`, where places have no gaps."""
        query = _ITEMS.where(media.c.place > first, media.c.place <= end).order_by(media.c.place)
        with self._database.reading() as connection:
            return [_item(row) for row in connection.execute(query)]

    def _without_gaps(self) -> bool:
        last = sa.select(sa.func.max(media.c.place))
        with self._database.reading() as connection:
            return self.count() == (connection.execute(last).scalar() or 0)

    def _places(self, found: _Found, end: int) -> Places:
        """Return at least the first `end` places, or all there are."""
        if found.all is not None:
            return found.all
        first = found.first
        if end <= _FIRST:
            if first is None or len(first) < end:
                first = found.first = places(self._database, found.query, end)
            if len(first) >= end:
                return first
            found.all = first
        else:
            found.all = places(self._database, found.query)
        found.count = len(found.all)
        return found.all

    def _up_to_date(self, where: MediaFilter) -> _Found:
        """Return what is known of a filter as the project is now."""
        labels = labels_meant(self._database, where)
        if self._database.unsettled:
            return _Found(-1, 0, asked(self._database, where, labels))
        version, key = self._database.version, (where, labels)
        with self._lock:
            known = self._found.get(key)
            if known is not None and known.version == version:
                self._found.move_to_end(key)
                return known
        fresh = _Found(version, self._last_change(), asked(self._database, where, labels))
        if known is not None and known.all is not None and where.order == "added":
            fresh.all = self._mended(known.all, fresh.query, known.seen, where.descending)
            fresh.count = None if fresh.all is None else len(fresh.all)
        with self._lock:
            self._found[key] = fresh
            self._found.move_to_end(key)
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return fresh

    def _mended(self, before: Places, query: Query, seen: int, falling: bool) -> Places | None:
        """Ask the pictures changed since then again; None where those are many."""
        changed = sa.select(touches.c.picture).where(touches.c.at > seen).limit(_FEW_CHANGED + 1)
        with self._database.reading() as connection:
            some = [int(place) for place in connection.execute(changed).scalars()]
        if len(some) > _FEW_CHANGED:
            return None
        rising = before[::-1] if falling else before
        asked_again = np.sort(np.array(some, np.int64))
        at = np.searchsorted(rising, asked_again)
        there = at < len(rising)
        there[there] = rising[at[there]] == asked_again[there]
        rest = np.delete(rising, at[there])
        passing = np.sort(places(self._database, query.among(some)))
        mended = np.insert(rest, np.searchsorted(rest, passing), passing)
        return mended[::-1] if falling else mended

    def _last_change(self) -> int:
        with self._database.reading() as connection:
            last = connection.execute(sa.select(sa.func.max(touches.c.at))).scalar()
        return int(last or 0)


def _item(row: Sequence[Any]) -> MediaItem:
    # What the index holds was a valid item before, and a grid asks for thousands at once.
    return MediaItem.model_construct(
        id=MediaId(row[1]), name=row[2], width=row[3], height=row[4], mode=row[5], group=row[6]
    )
