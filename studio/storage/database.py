"""The project's database: an index of journal, results and runs, thrown away when in doubt."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import DatabaseError

from studio.errors import Damaged, StudioError
from studio.storage.tables import SCHEMA_VERSION, TRIGGERS, facts, metadata

Row = Mapping[str, object]
_TOUCH = sa.text(
    "INSERT OR REPLACE INTO touches (picture) SELECT key FROM pictures WHERE id = :media"
)


class _Transaction:
    """The open transaction of one thread, with the rows that wait to be written together."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self.first: dict[sa.Executable, list[Row]] = {}
        self.waiting: list[tuple[sa.Executable, list[Row]]] = []
        self.touched = False
        self.pictures: dict[str, None] = {}

    def flush(self) -> None:
        waiting = [*self.first.items(), *self.waiting]
        self.first, self.waiting = {}, []
        if self.pictures:
            waiting.append((_TOUCH, [{"media": id_} for id_ in self.pictures]))
            self.pictures = {}
        for statement, rows in waiting:
            self.connection.execute(statement, rows)


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
        self._broken = False
        self.numbers: dict[str, int] | None = None
        """Numbers of facets, read when they are first needed."""
        self.numbering = threading.Lock()
        self.version = 0
        """Counts up whenever media, shapes or labels change; for what is remembered of them."""
        self.fresh = not path.exists()
        """Whether the index began empty, and so has to be filled from journal and folders."""
        self._engine = self._connect()
        if self.fresh:
            self._make()
        elif not self._usable():
            self.start_over()

    def start_over(self) -> None:
        """Throw the index away and begin an empty one."""
        self._engine.dispose()
        self._remove()
        self._engine = self._connect()
        self.fresh = True
        self._make()

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
        """Give a connection inside one transaction; nested calls share the outermost.

        Raises
        ------
        StudioError
            If the disk is full or may not be written.
        """
        with self._writing:
            current = self._current()
            if current is not None:
                current.flush()
                yield current.connection
                return
            with self._told_plainly(), self._engine.begin() as connection:
                current = self._local.current = _Transaction(connection)
                try:
                    yield connection
                    current.flush()
                finally:
                    self._local.current = None
            if current.touched:
                self.version += 1

    @contextmanager
    def reading(self) -> Iterator[sa.Connection]:
        """Give a connection for reading; inside a transaction of this thread, that one."""
        current = self._current()
        if current is not None:
            current.flush()
            yield current.connection
            return
        with self._told_plainly(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def gathering(self) -> Iterator[None]:
        """Make what is written later one transaction, without writing what waits already."""
        if self._current() is not None:
            yield
            return
        with self.writing():
            yield

    def write_later(
        self, statement: sa.Executable, rows: Sequence[Row], *, first: bool = False
    ) -> None:
        """Write rows with the next read or at the end of the transaction, many in one go.

        Parameters
        ----------
        statement : Executable
            Neighbours with the same statement (by identity) are carried out together.
        rows : sequence of mapping
            Its parameters; in a transaction of many small edits they gather.
        first : bool
            Whether it may be carried out before all that waits already.
        """
        if not rows:
            return
        current = self._current()
        if current is None:
            with self.writing():
                self.write_later(statement, rows, first=first)
            return
        current.touched = True
        if first:
            current.first.setdefault(statement, []).extend(rows)
        elif current.waiting and current.waiting[-1][0] is statement:
            current.waiting[-1][1].extend(rows)
        else:
            current.waiting.append((statement, list(rows)))

    def touch(self, media: Sequence[str]) -> None:
        """Note, within a transaction, that pictures are others after what was written later."""
        current = self._current()
        if current is None:
            with self.writing():
                self.touch(media)
            return
        current.touched = True
        current.pictures.update(dict.fromkeys(media))

    @property
    def unsettled(self) -> bool:
        """Whether this thread is amid a change, so that what it reads must not be remembered."""
        current = self._current()
        return current is not None and current.touched

    def close(self) -> None:
        """Close all connections; an index found broken is removed, to be rebuilt."""
        self._engine.dispose()
        if self._broken:
            self._remove()

    def _current(self) -> _Transaction | None:
        found: _Transaction | None = getattr(self._local, "current", None)
        return found

    @contextmanager
    def _told_plainly(self) -> Iterator[None]:
        try:
            yield
        except DatabaseError as error:
            reason = str(error.orig)
            if "malformed" in reason or "not a database" in reason:
                self._broken = True
                raise Damaged(
                    f"The index of the project in {self._path.parent} is damaged ({reason}).",
                    "Close the project and open it again; the index is then made anew.",
                ) from error
            raise StudioError(
                f"The index of the project in {self._path.parent} cannot be used ({reason}).",
                "Make room on the disk and check that its folder may be written, then try again.",
            ) from error

    def _remove(self) -> None:
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _make(self) -> None:
        with self._told_plainly():
            metadata.create_all(self._engine)
            with self._engine.begin() as connection:
                for trigger in TRIGGERS:
                    connection.exec_driver_sql(trigger)
        self.set_fact("schema", str(SCHEMA_VERSION))

    def _connect(self) -> sa.Engine:
        engine = sa.create_engine(
            f"sqlite:///{self._path}",
            connect_args={"check_same_thread": False, "timeout": 30},
            poolclass=sa.pool.QueuePool,
            max_overflow=-1,
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
        try:
            return self.fact("schema") == str(SCHEMA_VERSION)
        except StudioError:
            self._broken = False
            return False
