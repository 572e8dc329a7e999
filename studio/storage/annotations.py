"""The shapes of a project, by picture and rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import orjson
import sqlalchemy as sa

from studio.domain.labels import LabelId, Shape, ShapeId
from studio.domain.media import MediaId
from studio.storage.database import Database, shapes


class StoredAnnotations:
    """Fulfils `studio.domain.labels.Annotations` with a table.

    Parameters
    ----------
    database : Database
        Of the project.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, media: MediaId) -> Sequence[Shape]:
        """Return the shapes of one picture, lowest first."""
        query = sa.select(shapes.c.body).where(shapes.c.media == media).order_by(shapes.c.rank)
        with self._database.reading() as connection:
            return [_shape(body) for body in connection.execute(query).scalars()]

    def put(self, media: MediaId, added: Sequence[Shape]) -> None:
        """Add shapes on top, or replace those whose id is already there in their place."""
        query = sa.select(shapes.c.id, shapes.c.rank).where(shapes.c.media == media)
        with self._database.writing() as connection:
            ranks: dict[str, int] = {row.id: row.rank for row in connection.execute(query)}
            top = max(ranks.values(), default=-1) + 1
            rows = []
            for shape in added:
                if shape.id not in ranks:
                    ranks[shape.id] = top
                    top += 1
                rows.append(_row(media, shape, ranks[shape.id]))
            if rows:
                connection.execute(shapes.insert().prefix_with("OR REPLACE"), rows)

    def remove(self, media: MediaId, ids: Sequence[ShapeId]) -> None:
        """Take shapes away; ids that are not there are passed over."""
        with self._database.writing() as connection:
            for id_ in ids:
                connection.execute(
                    shapes.delete().where(shapes.c.media == media, shapes.c.id == id_)
                )

    def replace(self, media: MediaId, all_shapes: Sequence[Shape]) -> None:
        """Set all shapes of one picture, lowest first."""
        with self._database.writing() as connection:
            connection.execute(shapes.delete().where(shapes.c.media == media))
            rows = [_row(media, shape, rank) for rank, shape in enumerate(all_shapes)]
            if rows:
                connection.execute(shapes.insert(), rows)

    def all(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        """Walk over the pictures that carry shapes."""
        query = sa.select(shapes.c.media, shapes.c.body).order_by(shapes.c.media, shapes.c.rank)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for media, group in groupby(rows, key=lambda row: row.media):
            yield MediaId(media), [_shape(row.body) for row in group]

    def counts(self) -> Mapping[LabelId, int]:
        """Return how many shapes each label has."""
        query = sa.select(shapes.c.label, sa.func.count()).group_by(shapes.c.label)
        with self._database.reading() as connection:
            return {LabelId(label): count for label, count in connection.execute(query)}


def _row(media: MediaId, shape: Shape, rank: int) -> dict[str, object]:
    body = orjson.dumps(shape.model_dump(mode="json"))
    return {"media": media, "id": shape.id, "rank": rank, "label": shape.label, "body": body}


def _shape(body: bytes) -> Shape:
    return Shape.model_validate(orjson.loads(body))
