"""The media of a project, by their place in the order in which they came."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem
from studio.errors import NotFound
from studio.storage.database import Database, media, shapes

_COLUMNS = (media.c.id, media.c.name, media.c.width, media.c.height, media.c.mode, media.c.group)
_AT_ONCE = 500


class StoredMedia:
    """Fulfils `studio.domain.media.MediaItems` with a table.

    Parameters
    ----------
    database : Database
        Of the project.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        # Whether a position is a place, so that a page deep down need not be counted to.
        self._dense: bool | None = None

    def add(self, items: Sequence[MediaItem]) -> None:
        """Append media; those already there are left as they are."""
        rows = [item.model_dump() for item in items]
        with self._database.writing() as connection:
            if rows:
                connection.execute(media.insert().prefix_with("OR IGNORE"), rows)
        self._dense = None

    def remove(self, ids: Sequence[MediaId]) -> None:
        """Take media out of the project."""
        with self._database.writing() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                some = ids[start : start + _AT_ONCE]
                connection.execute(media.delete().where(media.c.id.in_(some)))
        self._dense = None

    def get(self, id: MediaId) -> MediaItem:  # noqa: A002
        """Return one; raises `NotFound`."""
        query = sa.select(*_COLUMNS).where(media.c.id == id)
        with self._database.reading() as connection:
            row = connection.execute(query).mappings().first()
        if row is None:
            raise NotFound(f"The picture {id[:19]}… is not in this project.")
        return _item(row)

    def __contains__(self, id: object) -> bool:  # noqa: A002
        query = sa.select(media.c.place).where(media.c.id == id)
        with self._database.reading() as connection:
            return connection.execute(query).first() is not None

    def count(self, where: MediaFilter = EVERYTHING) -> int:
        """Count the media that pass a filter."""
        query = _filtered(sa.select(sa.func.count()).select_from(media), where)
        with self._database.reading() as connection:
            return int(connection.execute(query).scalar_one())

    def page(self, start: int, length: int, where: MediaFilter = EVERYTHING) -> Sequence[MediaItem]:
        """Return `length` media from position `start` among those that pass a filter."""
        query = _filtered(sa.select(*_COLUMNS), where).order_by(media.c.place).limit(length)
        if where == EVERYTHING and self._places_are_dense():
            query = query.where(media.c.place > start)
        else:
            query = query.offset(start)
        with self._database.reading() as connection:
            return [_item(row) for row in connection.execute(query).mappings()]

    def __iter__(self) -> Iterator[MediaItem]:
        query = sa.select(*_COLUMNS).order_by(media.c.place)
        with self._database.reading() as connection:
            rows = connection.execute(query).mappings().all()
        return iter([_item(row) for row in rows])

    def _places_are_dense(self) -> bool:
        """Tell whether places run from 1 without gaps, so that a position is a place."""
        if self._dense is None:
            query = sa.select(sa.func.count(), sa.func.max(media.c.place)).select_from(media)
            with self._database.reading() as connection:
                count, last = connection.execute(query).one()
            self._dense = count == (last or 0)
        return self._dense


def _item(row: sa.RowMapping) -> MediaItem:
    return MediaItem.model_construct(
        id=row["id"],
        name=row["name"],
        width=row["width"],
        height=row["height"],
        mode=row["mode"],
        group=row["group"],
    )


def _filtered(query: sa.Select[Any], where: MediaFilter) -> sa.Select[Any]:
    if where.text:
        escaped = where.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        query = query.where(media.c.name.ilike(f"%{escaped}%", escape="\\"))
    if where.label == "-":
        drawn = sa.select(shapes.c.media).where(shapes.c.media == media.c.id)
        query = query.where(~drawn.exists())
    elif where.label:
        labelled = sa.select(shapes.c.media).where(
            shapes.c.label == where.label, shapes.c.media == media.c.id
        )
        query = query.where(labelled.exists())
    return query
