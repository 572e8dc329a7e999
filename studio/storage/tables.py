"""The tables of the index. Change `SCHEMA_VERSION` with them: older indexes are then made anew."""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 4

metadata = sa.MetaData()

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
# Names of pictures are long; rows that speak of them carry a number. It is never given up, so that
# shapes find their picture again when an undone import is redone.
pictures = sa.Table(
    "pictures",
    metadata,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
)
# The place of a picture in the list is its number, so that what is found by picture is in order.
# What the last columns say of a picture is kept right by the triggers.
media = sa.Table(
    "media",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("folded", sa.String, nullable=False, index=True),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("mode", sa.String, nullable=False),
    sa.Column("group", sa.String, nullable=False, index=True),
    sa.Column("shapes", sa.Integer, nullable=False, index=True),
    sa.Column("least", sa.Float, nullable=False, index=True),
    sa.Column("review", sa.String, nullable=False, index=True),
)
# Of two shapes at one height the one with the greater id lies on top: in every layer alike.
shapes = sa.Table(
    "shapes",
    metadata,
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("layer", sa.String, nullable=False),
    sa.Column("picture", sa.Integer, nullable=False),
    sa.Column("id", sa.String, nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("z", sa.Float, nullable=False),
    sa.Column("area", sa.Float, nullable=False),
    sa.Column("width", sa.Float, nullable=False),
    sa.Column("height", sa.Float, nullable=False),
    sa.Column("score", sa.Float),
    # Numbers of its facets between commas: `,3,17,`.
    sa.Column("facets", sa.String, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("picture", "layer", "id"),
    sa.Index("shapes_by_height", "picture", "layer", "z"),
    sa.Index("proposals", "picture", "score", sqlite_where=sa.text("layer = 'proposals'")),
)
# What can be said of shapes and asked of pictures: a label, a kind, an author, an attribute.
facets = sa.Table(
    "facets",
    metadata,
    sa.Column("key", sa.Integer, primary_key=True),
    sa.Column("name", sa.String, nullable=False, unique=True),
)
# How many shapes of a picture have a facet; number 0 is the facet that all shapes have.
marks = sa.Table(
    "marks",
    metadata,
    sa.Column("layer", sa.String, primary_key=True),
    sa.Column("facet", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("picture", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("shapes", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)
# Which pictures were changed when: the newest has the greatest number, and no number comes twice.
touches = sa.Table(
    "touches",
    metadata,
    sa.Column("at", sa.Integer, primary_key=True),
    sa.Column("picture", sa.Integer, nullable=False, unique=True),
    sqlite_autoincrement=True,
)
reviews = sa.Table(
    "reviews",
    metadata,
    sa.Column("picture", sa.Integer, primary_key=True),
    sa.Column("state", sa.String, nullable=False, index=True),
    sa.Column("body", sa.String, nullable=False),
)
comments = sa.Table(
    "comments",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("media", sa.String, nullable=False, index=True),
    sa.Column("resolved", sa.Boolean, nullable=False),
    sa.Column("body", sa.String, nullable=False),
)
videos = sa.Table(
    "videos",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String, nullable=False, unique=True),
    sa.Column("body", sa.String, nullable=False),
)
tracks = sa.Table(
    "tracks",
    metadata,
    sa.Column("rank", sa.Integer, primary_key=True),
    sa.Column("video", sa.String, nullable=False),
    sa.Column("id", sa.String, nullable=False),
    sa.Column("z", sa.Float, nullable=False),
    sa.Column("body", sa.String, nullable=False),
    sa.UniqueConstraint("video", "id"),
)
graphs = sa.Table(
    "graphs",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("graph", sa.String, nullable=False),
    sa.Column("layout", sa.String, nullable=False),
)
artefacts = sa.Table(
    "artefacts",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("digest", sa.String, nullable=False, unique=True),
    sa.Column("kind", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("created", sa.Float, nullable=False),
    sa.Column("job", sa.String),
)
edges = sa.Table(
    "edges",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("made", sa.String, primary_key=True, index=True),
)
jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("record", sa.String, nullable=False),
)

UNSURE = "2.0"
"""Stands for the least score of pictures without proposals, so that they come last."""
_EACH = "(SELECT value FROM json_each('[0' || rtrim({row}.facets, ',') || ']'))"
_MARK = (
    "INSERT INTO marks (layer, facet, picture, shapes)"
    " SELECT NEW.layer, value, NEW.picture, 1"
    " FROM json_each('[0' || rtrim(NEW.facets, ',') || ']') WHERE true"
    " ON CONFLICT (layer, facet, picture) DO UPDATE SET shapes = shapes + 1;"
)
_OLD = f"layer = OLD.layer AND picture = OLD.picture AND facet IN {_EACH.format(row='OLD')}"
_UNMARK = (
    f"UPDATE marks SET shapes = shapes - 1 WHERE {_OLD};"
    f" DELETE FROM marks WHERE shapes = 0 AND {_OLD};"
)
_LEAST = (
    "UPDATE media SET least = coalesce((SELECT min(score) FROM shapes"
    f" WHERE picture = media.place AND layer = 'proposals'), {UNSURE})"
    " WHERE place = {row}.picture;"
)
_COUNT = "UPDATE media SET shapes = shapes {by} WHERE place = {row}.picture;"
TRIGGERS = (
    f"CREATE TRIGGER shape_comes AFTER INSERT ON shapes BEGIN {_MARK} END",
    f"CREATE TRIGGER shape_goes AFTER DELETE ON shapes BEGIN {_UNMARK} END",
    "CREATE TRIGGER shape_turns AFTER UPDATE ON shapes WHEN OLD.facets <> NEW.facets"
    f" BEGIN {_UNMARK} {_MARK} END",
    "CREATE TRIGGER label_comes AFTER INSERT ON shapes WHEN NEW.layer = ''"
    f" BEGIN {_COUNT.format(by='+ 1', row='NEW')} END",
    "CREATE TRIGGER label_goes AFTER DELETE ON shapes WHEN OLD.layer = ''"
    f" BEGIN {_COUNT.format(by='- 1', row='OLD')} END",
    "CREATE TRIGGER proposal_comes AFTER INSERT ON shapes"
    " WHEN NEW.layer = 'proposals' AND NEW.score IS NOT NULL"
    " BEGIN UPDATE media SET least = min(least, NEW.score) WHERE place = NEW.picture; END",
    "CREATE TRIGGER proposal_turns AFTER UPDATE ON shapes WHEN NEW.layer = 'proposals'"
    f" BEGIN {_LEAST.format(row='NEW')} END",
    "CREATE TRIGGER proposal_goes AFTER DELETE ON shapes WHEN OLD.layer = 'proposals'"
    f" BEGIN {_LEAST.format(row='OLD')} END",
    "CREATE TRIGGER review_comes AFTER INSERT ON reviews"
    " BEGIN UPDATE media SET review = NEW.state WHERE place = NEW.picture; END",
)
"""Keep `marks` and what `media` says of shapes and reviews right, whoever writes."""
