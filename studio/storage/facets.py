"""Facets: what can be said of a shape in one word, as numbers that the index counts by picture."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, TypeAlias

import sqlalchemy as sa

from studio.domain.labels import Shape
from studio.domain.media import said
from studio.storage.database import Database
from studio.storage.tables import facets

FacetKind: TypeAlias = Literal["label", "kind", "author", "has", "is"]
ALL_SHAPES = 0
"""Number of the facet that every shape has."""
_KEEP = sa.text("INSERT OR IGNORE INTO facets (key, name) VALUES (:key, :name)")
_LONGEST = 200
"""Longer values of attributes are texts, not words to look for."""
_BETWEEN = "\x1f"


def named(kind: FacetKind, *words: str) -> str:
    """Return the name of a facet."""
    return _BETWEEN.join((kind, *words))


def facets_of(shape: Shape) -> Iterator[str]:
    """Walk over the names of what can be said of a shape."""
    yield named("label", shape.label)
    yield named("kind", shape.geometry.kind)
    if shape.author:
        yield named("author", shape.author)
    for name, value in shape.attributes.items():
        yield named("has", name)
        text = said(value)
        if len(text) <= _LONGEST:
            yield named("is", name, text)


def keep(database: Database, names: Iterable[str]) -> dict[str, int]:
    """Give facets their numbers, and write them down with the transaction that is open.

    A number is given once and for all in memory and written with each use: a transaction that
    fails takes nothing with it that a later one would miss.
    """
    numbers = {name: _number(database, name) for name in names}
    rows = [{"key": key, "name": name} for name, key in numbers.items()]
    database.write_later(_KEEP, rows, first=True)
    return numbers


def find(database: Database, names: Iterable[str]) -> list[int]:
    """Return the numbers of those facets that any shape ever had."""
    known = _known(database)
    return [known[name] for name in names if name in known]


def words(database: Database, kind: FacetKind) -> Iterator[tuple[str, ...]]:
    """Walk over what facets of a kind say, in order."""
    for name in sorted(_known(database)):
        first, *rest = name.split(_BETWEEN)
        if first == kind:
            yield tuple(rest)


def words_of(name: str) -> list[str]:
    """Return what the name of a facet says: its kind, and its words."""
    return name.split(_BETWEEN)


def _number(database: Database, name: str) -> int:
    known = _known(database)
    with database.numbering:
        return known.setdefault(name, len(known) + 1)


def _known(database: Database) -> dict[str, int]:
    if database.numbers is None:
        with database.reading() as connection:
            rows = connection.execute(sa.select(facets.c.name, facets.c.key)).all()
        # Numbers begin at 1 and have no gaps only while none was lost; the greatest rules.
        with database.numbering:
            if database.numbers is None:
                database.numbers = _gapless({str(name): int(key) for name, key in rows})
    return database.numbers


def _gapless(found: dict[str, int]) -> dict[str, int]:
    """Fill gaps with names nobody can ask for, so that the count of names is the last number."""
    taken = set(found.values())
    for key in range(1, max(taken, default=0) + 1):
        if key not in taken:
            found[f"lost{_BETWEEN}{key}"] = key
    return found
