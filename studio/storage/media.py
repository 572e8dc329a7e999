"""The media of a project, by their place in the order in which they came."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.domain.labels import LABELS
from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem
from studio.errors import NotFound
from studio.storage.annotations import KNOW
from studio.storage.database import Database
from studio.storage.tables import media, pictures, shapes

_ITEMS = sa.select(
    media.c.place,
    pictures.c.id,
    media.c.name,
    media.c.width,
    media.c.height,
    media.c.mode,
    media.c.group,
).join_from(media, pictures, pictures.c.key == media.c.picture)
_ADD = sa.text(
    'INSERT OR IGNORE INTO media (picture, name, folded, width, height, mode, "group")'
    " SELECT key, :name, :folded, :width, :height, :mode, :group FROM pictures WHERE id = :id"
)
_REMOVE = sa.text("DELETE FROM media WHERE picture = (SELECT key FROM pictures WHERE id = :id)")
_AT_ONCE = 10_000
_REMEMBERED = 8

Places = NDArray[np.int64]


class StoredMedia:
    """Fulfils `studio.domain.media.MediaItems` with a table.

    The places of the media that pass a filter are found once and kept until something changes, so
    that any page of a million costs one look-up.

    Parameters
    ----------
    database : Database
        Of the project.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._found: OrderedDict[MediaFilter, tuple[int, Places | int]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, items: Sequence[MediaItem]) -> None:
        """Append media; those already there are left as they are."""
        rows = [{**dict(item), "folded": item.name.casefold()} for item in items]
        with self._database.gathering():
            self._database.write_later(KNOW, [{"id": item.id} for item in items], first=True)
            self._database.write_later(_ADD, rows)

    def remove(self, ids: Sequence[MediaId]) -> None:
        """Take media out of the project; their bytes stay in the store."""
        self._database.write_later(_REMOVE, [{"id": id_} for id_ in ids])

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
        query = sa.select(media.c.place).join_from(
            media, pictures, pictures.c.key == media.c.picture
        )
        with self._database.reading() as connection:
            return connection.execute(query.where(pictures.c.id == id)).first() is not None

    def count(self, where: MediaFilter = EVERYTHING) -> int:
        """Count the media that pass a filter."""
        places = self._places(where)
        return places if isinstance(places, int) else len(places)

    def page(self, start: int, length: int, where: MediaFilter = EVERYTHING) -> Sequence[MediaItem]:
        """Return `length` media from position `start` among those that pass a filter."""
        places = self._places(where)
        first, end = max(start, 0), max(start, 0) + max(length, 0)
        if isinstance(places, int):
            return self._between(first, end)
        found: list[MediaItem] = []
        for begin in range(first, min(end, len(places)), _AT_ONCE):
            some = places[begin : min(begin + _AT_ONCE, end)].tolist()
            with self._database.reading() as connection:
                query = _ITEMS.where(media.c.place.in_(some)).order_by(media.c.place)
                found += [_item(row) for row in connection.execute(query)]
        return found

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

    def _places(self, where: MediaFilter) -> Places | int:
        """Return the places of what passes, rising; a number n stands for 1 to n."""
        if self._database.unsettled:
            return self._look_up(where)
        version = self._database.version
        with self._lock:
            known = self._found.get(where)
            if known is not None and known[0] == version:
                self._found.move_to_end(where)
                return known[1]
        places = self._look_up(where)
        with self._lock:
            self._found[where] = (version, places)
            self._found.move_to_end(where)
            while len(self._found) > _REMEMBERED:
                self._found.popitem(last=False)
        return places

    def _look_up(self, where: MediaFilter) -> Places | int:
        with self._database.reading() as connection:
            if where == EVERYTHING:
                extent = sa.select(sa.func.count(), sa.func.max(media.c.place)).select_from(media)
                count, last = connection.execute(extent).one()
                if count == (last or 0):
                    return int(count)
            # One text of all numbers is made and read ten times as fast as a row for each.
            found = _passing(where).subquery()
            listed = sa.select(sa.func.group_concat(found.c.place))
            text = connection.execute(listed).scalar()
        return np.sort(np.fromstring(text or "", np.int64, sep=","))


def _item(row: Sequence[Any]) -> MediaItem:
    # What the index holds was a valid item before, and a grid asks for thousands at once.
    return MediaItem.model_construct(
        id=MediaId(row[1]), name=row[2], width=row[3], height=row[4], mode=row[5], group=row[6]
    )


def _passing(where: MediaFilter) -> sa.Select[tuple[int]]:
    query = sa.select(media.c.place)
    if where.text:
        query = query.where(sa.func.instr(media.c.folded, where.text.casefold()) > 0)
    if where.label == "-":
        drawn = sa.select(shapes.c.rank).where(
            shapes.c.picture == media.c.picture, shapes.c.layer == LABELS
        )
        query = query.where(~drawn.exists())
    elif where.label:
        labelled = sa.select(shapes.c.picture).where(
            shapes.c.label == where.label, shapes.c.layer == LABELS
        )
        query = query.where(media.c.picture.in_(labelled))
    return query
