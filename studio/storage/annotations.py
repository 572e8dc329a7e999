"""The shapes of a project, by layer, picture and height."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain, groupby
from typing import TypeVar

import orjson
import sqlalchemy as sa

from studio.domain.geometry import area, bounds
from studio.domain.labels import (
    LABELS,
    LabelId,
    LayerName,
    LayerStatistics,
    Shape,
    ShapeId,
    ShapesChanged,
)
from studio.domain.media import MediaId
from studio.storage.database import Database
from studio.storage.facets import facets_of, find, keep, named, words
from studio.storage.statistics import statistics
from studio.storage.tables import facets, marks, pictures, shapes

T = TypeVar("T")

KNOW = sa.text("INSERT OR IGNORE INTO pictures (id) VALUES (:id)")
"""Gives a picture its number."""

_PUT = sa.text(
    "INSERT INTO shapes"
    " (layer, picture, id, label, z, area, width, height, score, facets, body)"
    " SELECT :layer, key, :shape, :label, :z, :area, :width, :height, :score, :facets, :body"
    " FROM pictures WHERE id = :media"
    " ON CONFLICT (picture, layer, id) DO UPDATE SET"
    " label = excluded.label, z = excluded.z, area = excluded.area, width = excluded.width,"
    " height = excluded.height, score = excluded.score, facets = excluded.facets,"
    " body = excluded.body"
)
_REMOVE = sa.text(
    "DELETE FROM shapes WHERE layer = :layer"
    " AND picture = (SELECT key FROM pictures WHERE id = :media) AND id = :shape"
)
_COPY = sa.text(
    "INSERT INTO shapes"
    " (layer, picture, id, label, z, area, width, height, score, facets, body)"
    " SELECT :target, picture, id, label, z, area, width, height, score, facets, body"
    " FROM shapes WHERE layer = :source ORDER BY rank"
)
_TOUCH_LAYER = sa.text(
    "INSERT OR REPLACE INTO touches (picture)"
    " SELECT DISTINCT picture FROM marks WHERE layer = :layer AND facet = 0"
)
_CLEAR = sa.text("DELETE FROM shapes WHERE layer = :layer")
_LABEL = named("label", "")
_NONE = object()
_UNSAID = {
    name: field.default for name, field in Shape.model_fields.items() if not field.is_required()
}


class StoredAnnotations:
    """Fulfils `studio.domain.labels.Annotations` with a table.

    Parameters
    ----------
    database : Database
        Of the project.
    layer : LayerName
        Which shapes.
    tell : callable, optional
        Called with every change.
    """

    def __init__(
        self,
        database: Database,
        layer: LayerName = LABELS,
        tell: Callable[[ShapesChanged], None] = lambda news: None,
    ) -> None:
        self._database = database
        self._layer = layer
        self._tell = tell

    def of(self, media: MediaId) -> Sequence[Shape]:
        """Return the shapes of one picture, lowest first."""
        query = self._on(media, shapes.c.body).order_by(shapes.c.z, shapes.c.id)
        with self._database.reading() as connection:
            return tuple(_shape(body) for body in connection.execute(query).scalars())

    def put(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Add shapes, or replace those whose id is already there."""
        if shapes:
            with self._database.gathering():
                self._database.write_later(KNOW, [{"id": media}], first=True)
                said = {shape.id: tuple(facets_of(shape)) for shape in shapes}
                numbers = keep(self._database, dict.fromkeys(chain(*said.values())))
                rows = [
                    _row(self._layer, media, shape, [numbers[name] for name in said[shape.id]])
                    for shape in shapes
                ]
                self._database.write_later(_PUT, rows)
                self._database.touch([media])
            self._tell(ShapesChanged(self._layer, media, tuple(shapes), ()))

    def remove(self, media: MediaId, ids: Sequence[ShapeId]) -> None:
        """Take shapes away; ids that are not there are passed over."""
        rows = [{"layer": self._layer, "media": media, "shape": id_} for id_ in ids]
        with self._database.gathering():
            self._database.write_later(_REMOVE, rows)
            self._database.touch([media])
        self._tell(ShapesChanged(self._layer, media, (), tuple(ids)))

    def all(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        """Walk over the pictures that carry shapes."""
        query = (
            sa.select(pictures.c.id, shapes.c.body)
            .join(pictures, pictures.c.key == shapes.c.picture)
            .where(shapes.c.layer == self._layer)
            .order_by(shapes.c.picture, shapes.c.z, shapes.c.id)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        for media, group in groupby(rows, key=lambda row: str(row.id)):
            yield MediaId(media), tuple(_shape(row.body) for row in group)

    def labels(self, media: MediaId) -> Sequence[LabelId]:
        """Return the labels that occur on a picture, in the order in which they first came up."""
        known = {named("label", word): LabelId(word) for (word,) in words(self._database, "label")}
        numbers = dict(zip(find(self._database, known), known.values(), strict=True))
        picture = sa.select(pictures.c.key).where(pictures.c.id == media).scalar_subquery()
        query = sa.select(marks.c.facet).where(
            marks.c.layer == self._layer,
            marks.c.facet.in_(numbers),
            marks.c.picture == picture,
            marks.c.shapes > 0,
        )
        with self._database.reading() as connection:
            found = connection.execute(query.order_by(marks.c.facet)).scalars().all()
        return [numbers[one] for one in found]

    def counts(self) -> Mapping[LabelId, int]:
        """Return how many shapes each label has."""
        query = (
            sa.select(facets.c.name, sa.func.sum(marks.c.shapes))
            .join(facets, facets.c.key == marks.c.facet)
            .where(marks.c.layer == self._layer, facets.c.name.startswith(_LABEL, autoescape=True))
            .group_by(marks.c.facet)
        )
        with self._database.reading() as connection:
            found = connection.execute(query).all()
        return {LabelId(name.removeprefix(_LABEL)): int(count) for name, count in found}

    def heights(self, media: MediaId) -> tuple[float, float]:
        """Return the least and the greatest height on a picture; zeros where it has no shapes."""
        # Two queries: each is one step along the index, both in one would walk over all shapes.
        low = self._on(media, sa.func.min(shapes.c.z))
        high = self._on(media, sa.func.max(shapes.c.z))
        with self._database.reading() as connection:
            found = connection.execute(low).scalar(), connection.execute(high).scalar()
        return float(found[0] or 0.0), float(found[1] or 0.0)

    def statistics(self) -> LayerStatistics:
        """Count what stands in the layer."""
        return statistics(self._database, self._layer)

    def _on(self, media: MediaId, what: sa.ColumnElement[T]) -> sa.Select[T]:
        picture = sa.select(pictures.c.key).where(pictures.c.id == media).scalar_subquery()
        return sa.select(what).where(shapes.c.picture == picture, shapes.c.layer == self._layer)


def layer_names(database: Database) -> Sequence[LayerName]:
    """Return the names of layers that hold shapes, in order."""
    names: list[LayerName] = []
    # One step along the index a layer; DISTINCT would walk over all of it.
    query = sa.select(sa.func.min(marks.c.layer))
    with database.reading() as connection:
        name = connection.execute(query).scalar()
        while name is not None:
            names.append(str(name))
            name = connection.execute(query.where(marks.c.layer > name)).scalar()
    return names


def copy_layer(database: Database, source: LayerName, target: LayerName) -> None:
    """Put all shapes of a layer into another one, under the same ids."""
    with database.gathering():
        database.write_later(_COPY, [{"source": source, "target": target}])
        database.write_later(_TOUCH_LAYER, [{"layer": target}])


def clear_layer(database: Database, name: LayerName) -> None:
    """Take all shapes of a layer away."""
    with database.gathering():
        database.write_later(_TOUCH_LAYER, [{"layer": name}])
        database.write_later(_CLEAR, [{"layer": name}])


def _row(
    layer: LayerName, media: MediaId, shape: Shape, facets: Sequence[int]
) -> dict[str, object]:
    box = bounds(shape.geometry)
    said = shape.model_dump(mode="json").items()
    body = orjson.dumps({name: value for name, value in said if _UNSAID.get(name, _NONE) != value})
    return {
        "layer": layer,
        "media": media,
        "shape": shape.id,
        "label": shape.label,
        "z": shape.z,
        "area": area(shape.geometry),
        "width": box.width if box else 0.0,
        "height": box.height if box else 0.0,
        "score": shape.score,
        "facets": f",{','.join(map(str, facets))},",
        "body": body,
    }


def _shape(body: bytes) -> Shape:
    return Shape.model_validate(orjson.loads(body))
