"""The tables of the index. Change `SCHEMA_VERSION` with them: older indexes are then made anew."""

from __future__ import annotations

import sqlalchemy as sa

SCHEMA_VERSION = 3

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
media = sa.Table(
    "media",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("picture", sa.Integer, nullable=False, unique=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("folded", sa.String, nullable=False, index=True),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("mode", sa.String, nullable=False),
    sa.Column("group", sa.String, nullable=False),
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
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.UniqueConstraint("picture", "layer", "id"),
    sa.Index("shapes_by_height", "picture", "layer", "z"),
    sa.Index("shapes_by_label", "label", "layer", "picture"),
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
