"""The journal: each edit is a line that is forced to disk before the edit is made.

A line is a JSON object that begins with the CRC-32 of what follows it, so that every line can be
checked at each start without its edit being read. Edits of earlier days are read when they are
undone, not before.
"""

from __future__ import annotations

import threading
import time
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Literal, NamedTuple

import orjson

from studio.domain.history import Edit, Entry
from studio.domain.project import ProjectState, from_json, to_json
from studio.errors import Damaged
from studio.person import person
from studio.storage.disk import force_out, force_out_folder, told_plainly

_HEAD = len(b'{"check":"00000000",')
_EDIT = b',"edit":'


class _Line(NamedTuple):
    start: int
    end: int
    check: str


class WrittenEdit:
    """An edit that stands in the journal and is read only when it is needed.

    Parameters
    ----------
    path : Path
        The journal.
    title : str
        Words for the Edit menu.
    start, end : int
        Where its line stands, bytes.
    """

    kind: ClassVar[str] = "journal.line"
    __slots__ = ("_end", "_path", "_start", "_title")

    def __init__(self, path: Path, title: str, start: int, end: int) -> None:
        self._path = path
        self._title = title
        self._start = start
        self._end = end

    @property
    def title(self) -> str:
        """Words for the Edit menu."""
        return self._title

    def read(self) -> Edit[ProjectState]:
        """Read the edit itself.

        Raises
        ------
        Damaged
            If this studio cannot read it.
        """
        try:
            with self._path.open("rb") as file:
                file.seek(self._start)
                line = file.read(self._end - self._start)
            return from_json(orjson.loads(line)["edit"])
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"The edit “{self._title}” in {self._path} cannot be read: {error}.",
                "It may come from a newer studio; update, or bring the project back from a backup.",
            ) from error

    def do(self, project: ProjectState) -> None:
        """Make the change."""
        self.read().do(project)

    def undo(self, project: ProjectState) -> None:
        """Take it back."""
        self.read().undo(project)


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
        self._lines: list[_Line] | None = None
        self._file: BinaryIO | None = None

    def append(self, act: Literal["do", "undo", "redo"], edit: Edit[Any] | None) -> Entry:
        """Write one entry and force it to disk; on an error the journal is as it was.

        Raises
        ------
        StudioError
            If the disk is full or may not be written.
        """
        with self._lock, told_plainly(self._path):
            lines = self._known()
            entry = Entry(len(lines) + 1, act, edit, time.time(), person())
            text = _write(entry)
            start = lines[-1].end if lines else 0
            file = self._open()
            try:
                file.seek(start)
                # What a killed process left of a line behind the last whole one goes.
                file.truncate()
                file.write(text)
                file.flush()
                force_out(file.fileno())
            except OSError:
                file.truncate(start)
                raise
            lines.append(_Line(start, start + len(text), _check_of(text)))
            return entry

    def retract(self, seq: int) -> None:
        """Take the last entry back, because its edit could not be made.

        Parameters
        ----------
        seq : int
            Of the last entry; any other is left alone.
        """
        with self._lock, told_plainly(self._path):
            lines = self._known()
            if seq == len(lines):
                file = self._open()
                file.truncate(lines.pop().start)
                force_out(file.fileno())

    def entries(self) -> Sequence[Entry]:
        """Read all whole entries in order; a torn last line is left out.

        Raises
        ------
        Damaged
            If a line before the last is broken, naming it.
        """
        with self._lock:
            entries, self._lines = self._scan()
            return entries

    def mentioning(self, text: str) -> set[int]:
        """Return the numbers of the entries whose edit speaks of an id, 1 GB in about a second."""
        with self._lock, told_plainly(self._path):
            lines = self._known()
            if not lines:
                return set()
            data = self._path.read_bytes()
        starts = [line.start for line in lines]
        wanted, found, at = orjson.dumps(text), set(), -1
        while (at := data.find(wanted, at + 1)) >= 0:
            found.add(bisect_right(starts, at))
        return found

    def check(self, seq: int) -> str:
        """Return the checksum of an entry, or an empty text if there is no such entry."""
        with self._lock:
            lines = self._known()
            return lines[seq - 1].check if 0 < seq <= len(lines) else ""

    def close(self) -> None:
        """Close the file; the next entry opens it again."""
        with self._lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def _known(self) -> list[_Line]:
        if self._lines is None:
            self._lines = self._scan()[1]
        return self._lines

    def _open(self) -> BinaryIO:
        if self._file is None:
            self._path.touch()
            force_out_folder(self._path.parent)
            self._file = self._path.open("r+b", buffering=0)
        return self._file

    def _scan(self) -> tuple[list[Entry], list[_Line]]:
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return [], []
        except OSError as error:
            raise Damaged(
                f"The journal {self._path} cannot be read ({error.strerror}).",
                "Check the disk and the permissions of the project's folder.",
            ) from error
        entries: list[Entry] = []
        lines: list[_Line] = []
        start = 0
        while (end := data.find(b"\n", start) + 1) > 0:
            entry = self._parse(data, start, end, len(lines) + 1)
            if entry is None:
                if data.find(b"\n", end) >= 0:
                    raise self._broken(len(lines) + 1)
                break
            entries.append(entry)
            lines.append(_Line(start, end, data[start + 10 : start + 18].decode()))
            start = end
        return entries, lines

    def _parse(self, data: bytes, start: int, end: int, number: int) -> Entry | None:
        line = data[start : end - 1]
        if b"%08x" % zlib.crc32(line[_HEAD:]) != line[10:18]:
            return None
        try:
            head, found, _ = line.partition(_EDIT)
            document = orjson.loads(head + b"}" if found else head)
            edit = WrittenEdit(self._path, document["title"], start, end) if found else None
            author = str(document.get("author", ""))
            entry = Entry(document["seq"], document["act"], edit, document["time"], author)
        except (ValueError, KeyError, TypeError):
            return None
        if entry.seq != number:
            raise self._broken(number)
        return entry

    def _broken(self, number: int) -> Damaged:
        return Damaged(
            f"Line {number} of {self._path} is broken.",
            "Bring journal.jsonl back from a backup; what follows that line cannot be trusted.",
        )


def _write(entry: Entry) -> bytes:
    head = {"seq": entry.seq, "act": entry.act, "time": entry.time, "author": entry.author}
    if entry.edit is None:
        rest = orjson.dumps(head)[1:]
    else:
        titled = orjson.dumps({**head, "title": entry.edit.title})
        rest = titled[1:-1] + _EDIT + orjson.dumps(to_json(entry.edit)) + b"}"
    return b'{"check":"%08x",' % zlib.crc32(rest) + rest + b"\n"


def _check_of(text: bytes) -> str:
    return text[10:18].decode()
