"""The journal: each edit is a line that is forced to disk before the edit is made."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import orjson

from studio.domain.history import Edit, Entry
from studio.domain.ids import JsonObject
from studio.domain.project import from_json, to_json
from studio.errors import Damaged
from studio.storage.disk import told_plainly


class DiskJournal:
    """An append-only file of edits, one JSON line each.

    Parameters
    ----------
    path : Path
        Made at the first entry.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._last: int | None = None
        self._end = 0

    def append(self, act: Literal["do", "undo", "redo"], edit: Edit[Any] | None) -> Entry:
        """Write one entry and force it to disk."""
        with self._lock, told_plainly(self._path.parent):
            if self._last is None:
                list(self._read())
            assert self._last is not None
            entry = Entry(self._last + 1, act, edit, time.time())
            document: JsonObject = {"seq": entry.seq, "act": act, "time": entry.time}
            if edit is not None:
                document["edit"] = to_json(edit)
            line = orjson.dumps(document) + b"\n"
            with self._path.open("r+b" if self._path.exists() else "x+b") as file:
                # Whatever a killed process left of a line behind the last whole one goes.
                file.truncate(self._end)
                file.seek(self._end)
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
            self._last, self._end = entry.seq, self._end + len(line)
            return entry

    def entries(self) -> list[Entry]:
        """Read all whole entries in order.

        Raises
        ------
        Damaged
            If a line before the last is broken, naming it.
        """
        with self._lock:
            return list(self._read())

    def _read(self) -> Iterator[Entry]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            data = b""
        self._end = data.rfind(b"\n") + 1
        number = 0
        for number, line in enumerate(data[: self._end].splitlines(), 1):
            yield self._parse(number, line)
        self._last = number

    def _parse(self, number: int, line: bytes) -> Entry:
        try:
            document = orjson.loads(line)
            edit = from_json(document["edit"]) if "edit" in document else None
            entry = Entry(document["seq"], document["act"], edit, document["time"])
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"Line {number} of {self._path} is broken: {error}.",
                "Bring the journal back from a backup; what follows the line cannot be trusted.",
            ) from error
        if entry.seq != number:
            raise Damaged(
                f"Line {number} of {self._path} says it is entry {entry.seq}.",
                "A part of the journal is missing; bring it back from a backup.",
            )
        return entry
