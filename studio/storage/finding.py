"""Finding media: a filter becomes one query over the index."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa
from numpy.typing import NDArray

from studio.domain.labels import LABELS, PROPOSALS, LabelId, LabelSchema
from studio.domain.media import ANY, MediaFilter, Span
from studio.storage.database import Database
from studio.storage.facets import ALL_SHAPES, find, named

Places = NDArray[np.int64]

_RARE = 20_000
"""Facets on fewer pictures are looked up first; others are met soon enough on the way through."""
_MARKS = "marks CROSS JOIN media ON media.place = marks.picture"
_COMMENTED = "SELECT pictures.key FROM comments JOIN pictures ON pictures.id = comments.media"
_ORDERS = {
    "added": ("media.place",),
    "name": ("media.folded", "media.place"),
    "shapes": ("media.shapes", "media.place"),
    "least_sure": ("media.least", "media.place"),
    "changed": ("touches.at",),
}


class Query(NamedTuple):
    """The query for the media that pass a filter."""

    tables: str
    conditions: tuple[str, ...]
    order: str
    values: dict[str, Any]

    def select(self, what: str, *, ordered: bool = True) -> str:
        """Return the query for something of the media that pass."""
        where = f" WHERE {' AND '.join(self.conditions)}" if self.conditions else ""
        return f"SELECT {what} FROM {self.tables}{where}" + f" ORDER BY {self.order}" * ordered

    def among(self, places: Sequence[int]) -> Query:
        """Return the query for those that have one of these places."""
        few = f"media.place IN ({_listed(places)})"
        return self._replace(conditions=(*self.conditions, few))


class _Conditions:
    """Gathers conditions and their values."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.values: dict[str, Any] = {}

    def say(self, condition: str, /, **values: Any) -> None:
        """Add a condition."""
        self.texts.append(condition)
        self.values.update(values)

    def within(self, what: str, span: Span, name: str, unit: str = "1") -> None:
        """Add that something lies in a span, counted in a unit."""
        for end, sign, value in (("low", ">=", span[0]), ("high", "<=", span[1])):
            if value is not None:
                self.say(f"{what} {sign} :{name}_{end} * {unit}", **{f"{name}_{end}": value})


def labels_meant(database: Database, where: MediaFilter) -> tuple[str, ...]:
    """Return the labels that a filter asks for: the one it names, and those under it."""
    if where.label in ("", "-"):
        return ()
    schema = LabelSchema.model_validate_json(database.fact("labels") or "{}")
    return tuple(sorted(schema.under(LabelId(where.label)))) or (where.label,)


def asked(database: Database, where: MediaFilter, labels: Sequence[str]) -> Query:
    """Return the query for a filter, with the labels it asks for."""
    found = _Conditions()
    groups = _facet_groups(database, where, labels)
    _about_pictures(found, where)
    _about_shapes(found, where, groups)
    first = _first(database, where, groups)
    if len(groups) > 1 and not first:
        # All are frequent: what they share is found ten times as fast as by walking over the media.
        found.say(f"media.place IN ({' INTERSECT '.join(map(_pictures, groups))})")
    else:
        for group in groups:
            if group != first:
                found.say(_marked(group))
    tables = "media"
    if len(first) == 1:
        tables = _MARKS
        found.say(_at(first))
    elif first:
        chosen = f"SELECT DISTINCT picture FROM marks WHERE {_at(first)}"
        tables = f"({chosen}) AS first CROSS JOIN media ON media.place = first.picture"
    if where.order == "changed":
        by_change = "touches CROSS JOIN media ON media.place = touches.picture"
        joined = f"{tables} CROSS JOIN touches ON touches.picture = media.place"
        tables = joined if first else by_change
    if groups or where.label == "-" or where.area != ANY or where.share != ANY:
        found.values["layer"] = where.layer
    return Query(tables, tuple(found.texts), _order(where, tables), found.values)


def places(database: Database, query: Query, most: int | None = None) -> Places:
    """Return the places of media that pass, in order.

    Parameters
    ----------
    most : int, optional
        How many, from the first; left out, all.

    Returns
    -------
    ndarray, shape (n,), int64
        Places, from 1.
    """
    inner = query.select("media.place AS place")
    with database.reading() as connection:
        if most is not None:
            limited = sa.text(f"{inner} LIMIT {most}")
            return np.array(connection.execute(limited, query.values).scalars().all(), np.int64)
        # One text of all numbers is made and read ten times as fast as a row for each.
        whole = sa.text(f"SELECT group_concat(place) FROM ({inner})")
        text = connection.execute(whole, query.values).scalar()
    return np.fromstring(text or "", np.int64, sep=",")


def count(database: Database, query: Query) -> int:
    """Return how many media pass."""
    with database.reading() as connection:
        only_marks = query.tables == _MARKS and len(query.conditions) == 1
        if only_marks and _all_are_media(connection):
            query = query._replace(tables="marks")
        counted = sa.text(query.select("count(*)", ordered=False))
        return int(connection.execute(counted, query.values).scalar_one())


def _all_are_media(connection: sa.Connection) -> bool:
    """Tell whether every picture that anything speaks of is in the project."""
    counted = "SELECT (SELECT max(key) FROM pictures) = (SELECT count(*) FROM media)"
    return bool(connection.execute(sa.text(counted)).scalar())


def _facet_groups(
    database: Database, where: MediaFilter, labels: Sequence[str]
) -> list[tuple[int, ...]]:
    """Return, for each thing said of shapes, the facets of which one must be there."""
    said: list[list[str]] = []
    if labels:
        said.append([named("label", label) for label in labels])
    if where.attribute and where.value:
        said.append([named("is", where.attribute, where.value)])
    elif where.attribute:
        said.append([named("has", where.attribute)])
    if where.geometry:
        said.append([named("kind", where.geometry)])
    if where.author:
        said.append([named("author", where.author)])
    # A facet that no shape ever had has no number; -1 is on no picture.
    return [tuple(find(database, names)) or (-1,) for names in said]


def _about_pictures(found: _Conditions, where: MediaFilter) -> None:
    if where.text:
        found.say("instr(media.folded, :text) > 0", text=where.text.casefold())
    if where.label == "-":
        nothing = f"NOT {_marked((ALL_SHAPES,))}"
        found.say("media.shapes = 0" if where.layer == LABELS else nothing)
    if where.review:
        found.say("media.review = :review", review=where.review)
    if where.group:
        found.say('media."group" = :group', group=where.group)
    if where.comments == "open":
        found.say(f"media.place IN ({_COMMENTED} WHERE NOT comments.resolved)")
    elif where.comments:
        found.say(f"media.place {'NOT ' * (where.comments == 'none')}IN ({_COMMENTED})")
    found.within("media.shapes", where.shapes, "shapes")
    found.within("media.width", where.width, "width")
    found.within("media.height", where.height, "height")
    if where.score != ANY:
        among = _Conditions()
        among.within("shapes.score", where.score, "score")
        found.say(_drawn(":proposals", among.texts), proposals=PROPOSALS, **among.values)


def _about_shapes(
    found: _Conditions, where: MediaFilter, groups: Sequence[tuple[int, ...]]
) -> None:
    """Add that one shape is all that is said, where counts by facet alone cannot tell."""
    among = _Conditions()
    among.within("shapes.area", where.area, "area")
    among.within("shapes.area", where.share, "share", "media.width * media.height")
    if not among.texts and len(groups) < 2:
        return
    for group in groups:
        either = " OR ".join(f"instr(shapes.facets, ',{facet},')" for facet in group)
        among.say(f"({either})")
    found.say(_drawn(":layer", among.texts), **among.values)


def _first(
    database: Database, where: MediaFilter, groups: Sequence[tuple[int, ...]]
) -> tuple[int, ...]:
    """Return the group of facets to begin with; an empty one for walking over the media.

    Pictures of one facet come in order, whatever their number; others must be sorted, which pays
    for few.
    """
    fewest, rarest = _RARE, tuple[int, ...]()
    for group in groups:
        counted = f"SELECT count(*) FROM (SELECT 1 FROM marks WHERE {_at(group)} LIMIT {fewest})"
        with database.reading() as connection:
            number = int(connection.execute(sa.text(counted), {"layer": where.layer}).scalar_one())
        if number < fewest:
            fewest, rarest = number, group
    alone = where.order == "added" and len(groups) == 1 and len(groups[0]) == 1
    return groups[0] if alone else rarest


def _order(where: MediaFilter, tables: str) -> str:
    columns = _ORDERS[where.order]
    if where.order == "added" and tables == _MARKS:
        columns = ("marks.picture",)
    down = where.descending != (where.order == "changed")
    return ", ".join(f"{column} DESC" if down else column for column in columns)


def _drawn(layer: str, conditions: Sequence[str]) -> str:
    return (
        "EXISTS (SELECT 1 FROM shapes WHERE shapes.picture = media.place"
        f" AND shapes.layer = {layer} AND {' AND '.join(conditions)})"
    )


def _marked(group: Sequence[int]) -> str:
    among = "EXISTS (SELECT 1 FROM marks AS m WHERE m.layer = :layer AND m.picture = media.place"
    return f"{among} AND m.facet IN ({_listed(group)}))"


def _pictures(group: Sequence[int]) -> str:
    return f"SELECT picture FROM marks WHERE {_at(group)}"


def _at(group: Sequence[int]) -> str:
    return f"marks.layer = :layer AND marks.facet IN ({_listed(group)})"


def _listed(numbers: Sequence[int]) -> str:
    return ",".join(map(str, numbers))
