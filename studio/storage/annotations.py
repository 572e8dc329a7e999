"""The shapes of a project, by picture and rank."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

import orjson
import sqlalchemy as sa

from studio.domain.labels import LabelId, Shape, ShapeId
from studio.domain.media import MediaId
from studio.storage.database import Database
from studio.storage.tables import pictures, shapes

KNOW = sa.text("INSERT OR IGNORE INTO pictures (id) VALUES (:id)")
"""Gives a picture its number."""

_PUT = sa.text(
    "INSERT INTO shapes (picture, id, label, body)"
    " SELECT key, :shape, :label, :body FROM pictures WHERE id = :media"
    " ON CONFLICT (picture, id) DO UPDATE SET label = excluded.label, body = excluded.body"
)
_REMOVE = sa.text(
    "DELETE FROM shapes"
    " WHERE picture = (SELECT key FROM pictures WHERE id = :media) AND id = :shape"
)
_CLEAR = sa.text("DELETE FROM shapes WHERE picture = (SELECT key FROM pictures WHERE id = :media)")


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
        query = (
            sa.select(shapes.c.body)
            .join(pictures, pictures.c.key == shapes.c.picture)
            .where(pictures.c.id == media)
            .order_by(shapes.c.rank)
        )
        with self._database.reading() as connection:
            return tuple(_shape(body) for body in connection.execute(query).scalars())

    def put(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Add shapes on top, or replace those whose id is already there in their place."""
        if shapes:
            with self._database.gathering():
                self._database.write_later(KNOW, [{"id": media}], first=True)
                self._database.write_later(_PUT, [_row(media, shape) for shape in shapes])

    def remove(self, media: MediaId, ids: Sequence[ShapeId]) -> None:
        """Take shapes away; ids that are not there are passed over."""
        self._database.write_later(_REMOVE, [{"media": media, "shape": id_} for id_ in ids])

    def replace(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Set all shapes of one picture, lowest first."""
        with self._database.gathering():
            self._database.write_later(_CLEAR, [{"media": media}])
            self.put(media, shapes)

    def all(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        """Walk over the pictures that carry shapes."""
        query = (
            sa.select(pictures.c.id, shapes.c.body)
            .join(pictures, pictures.c.key == shapes.c.picture)
            .order_by(shapes.c.picture, shapes.c.rank)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for media, group in groupby(rows, key=lambda row: str(row.id)):
            yield MediaId(media), tuple(_shape(row.body) for row in group)

    def counts(self) -> Mapping[LabelId, int]:
        """Return how many shapes each label has."""
        query = sa.select(shapes.c.label, sa.func.count()).group_by(shapes.c.label)
        with self._database.reading() as connection:
            return {LabelId(label): count for label, count in connection.execute(query)}


def _row(media: MediaId, shape: Shape) -> dict[str, object]:
    body = orjson.dumps(shape.model_dump(mode="json"))
    return {"media": media, "shape": shape.id, "label": shape.label, "body": body}


def _shape(body: bytes) -> Shape:
    return Shape.model_validate(orjson.loads(body))
