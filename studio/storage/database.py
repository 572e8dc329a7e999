"""The project's database: an index of journal, results and runs, thrown away when in doubt."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

SCHEMA_VERSION = 1

metadata = sa.MetaData()

facts = sa.Table(
    "facts",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
media = sa.Table(
    "media",
    metadata,
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
    sa.Column("mode", sa.String, nullable=False),
    sa.Column("group", sa.String, nullable=False),
    sqlite_autoincrement=False,
)
shapes = sa.Table(
    "shapes",
    metadata,
    sa.Column("media", sa.String, primary_key=True),
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("rank", sa.Integer, nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Index("shapes_by_label", "label", "media"),
    sqlite_with_rowid=False,
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
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
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
    sa.Column("place", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("id", sa.String, nullable=False, unique=True),
    sa.Column("record", sa.String, nullable=False),
)


class Database:
    """One SQLite file in WAL mode; any thread may read, edits are written under one transaction.

    Parameters
    ----------
    path : Path
        Made with its tables if it is not there; made anew if it is broken or of another version.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self._writing = threading.RLock()
        self.fresh = not path.exists()
        self._engine = self._connect()
        if not self._usable():
            self._engine.dispose()
            for suffix in ("", "-wal", "-shm"):
                path.with_name(path.name + suffix).unlink(missing_ok=True)
            self._engine = self._connect()
            self.fresh = True
        if self.fresh:
            metadata.create_all(self._engine)
            self.set_fact("schema", str(SCHEMA_VERSION))

    @property
    def applied(self) -> int:
        """Position in the journal up to which edits stand in the index."""
        return int(self.fact("applied") or 0)

    def fact(self, name: str) -> str | None:
        """Return one of the few things that are only known once, or None."""
        query = sa.select(facts.c.value).where(facts.c.name == name)
        with self.reading() as connection:
            found = connection.execute(query).scalar()
        return None if found is None else str(found)

    def set_fact(self, name: str, value: str) -> None:
        """Keep a fact."""
        with self.writing() as connection:
            connection.execute(
                facts.insert().prefix_with("OR REPLACE"), {"name": name, "value": value}
            )

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Give a connection inside one transaction; nested calls share the outermost."""
        with self._writing:
            current: sa.Connection | None = getattr(self._local, "connection", None)
            if current is not None:
                yield current
                return
            with self._engine.begin() as connection:
                self._local.connection = connection
                try:
                    yield connection
                finally:
                    self._local.connection = None

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection for reading; inside a transaction of this thread, that one."""
        current: sa.Connection | None = getattr(self._local, "connection", None)
        if current is not None:
            yield current
            return
        with self._engine.connect() as connection:
            yield connection

    @contextmanager
    def edit(self, seq: int) -> Iterator[None]:
        """Give the transaction in which an edit is applied with its position in the journal."""
        with self.writing():
            yield
            self.set_fact("applied", str(seq))

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def _connect(self) -> sa.Engine:
        engine = sa.create_engine(
            f"sqlite:///{self._path}",
            connect_args={"check_same_thread": False, "timeout": 30},
            poolclass=sa.pool.QueuePool,
        )

        def prepare(connection: object, record: object) -> None:
            del record
            cursor = connection.cursor()  # type: ignore[attr-defined]
            cursor.execute("PRAGMA journal_mode=WAL")
            # The journal is the truth and is forced to disk; the index may be rebuilt from it.
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA cache_size=-65536")
            cursor.close()

        sa.event.listen(engine, "connect", prepare)
        return engine

    def _usable(self) -> bool:
        if self.fresh:
            return True
        try:
            return self.fact("schema") == str(SCHEMA_VERSION)
        except DatabaseError:
            return False
