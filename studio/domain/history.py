"""Undo: every change a person makes is an `Edit`, and one `History` per project holds them all.

An edit is a value: it can be written to the journal and read back. The journal is appended before
the edit is applied, so that a killed window loses at most the gesture in progress.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, ClassVar, Generic, Literal, NamedTuple, Protocol, TypeVar

from psygnal import Signal

P = TypeVar("P")
P_contra = TypeVar("P_contra", contravariant=True)


class Edit(Protocol[P_contra]):
    """A change to a project that can be taken back; `do` and `undo` are exact inverses."""

    kind: ClassVar[str]

    @property
    def title(self) -> str:
        """Words for the Edit menu, in the imperative: “Add box”."""

    def do(self, project: P_contra) -> None:
        """Make the change."""

    def undo(self, project: P_contra) -> None:
        """Take it back."""


class Entry(NamedTuple):
    """One line of the journal.

    `do` carries an edit; `undo` and `redo` carry none, they step over the edits before them.
    """

    seq: int
    """Position in the journal, from 1, without gaps."""
    act: Literal["do", "undo", "redo"]
    edit: Edit[Any] | None
    time: float
    """Seconds since 1970, UTC."""
    author: str = ""
    """Who did it."""


class Journal(Protocol):
    """The append-only truth about edits."""

    def append(self, act: Literal["do", "undo", "redo"], edit: Edit[Any] | None) -> Entry:
        """Write one entry and force it to disk before returning."""

    def entries(self) -> Sequence[Entry]:
        """Read all whole entries in order; a torn last line is left out."""

    def mentioning(self, text: str) -> set[int]:
        """Return the numbers of the entries whose edit speaks of an id."""


class History(Generic[P]):
    """The undo stack of one project.

    Parameters
    ----------
    project : P
        What edits act upon.
    journal : Journal
        Where entries go before they are applied.
    transaction : callable
        Called with the journal position; gives the context in which an edit is applied, so that the
        index and its position in the journal change together.
    past, future : sequence of Edit
        The stacks as they were left, oldest edit first and next redo last.
    """

    changed = Signal()
    """Something was done, undone or redone."""

    def __init__(
        self,
        project: P,
        journal: Journal,
        transaction: Callable[[int], AbstractContextManager[None]],
        past: Sequence[Edit[P]] = (),
        future: Sequence[Edit[P]] = (),
    ) -> None:
        self._project = project
        self._journal = journal
        self._transaction = transaction
        self._past: list[Edit[P]] = list(past)
        self._future: list[Edit[P]] = list(future)

    @property
    def undo_title(self) -> str | None:
        """Title of the edit that `undo` would take back, or None."""
        return self._past[-1].title if self._past else None

    @property
    def redo_title(self) -> str | None:
        """Title of the edit that `redo` would make again, or None."""
        return self._future[-1].title if self._future else None

    @property
    def titles(self) -> list[str]:
        """Titles of all edits that could be undone, oldest first."""
        return [edit.title for edit in self._past]

    def perform(self, edit: Edit[P]) -> None:
        """Write an edit to the journal, make it, and forget what could have been redone."""
        entry = self._journal.append("do", edit)
        with self._transaction(entry.seq):
            edit.do(self._project)
        self._past.append(edit)
        self._future.clear()
        self.changed.emit()

    def undo(self) -> Edit[P] | None:
        """Take the last edit back; returns it, or None if there was none."""
        if not self._past:
            return None
        entry = self._journal.append("undo", None)
        with self._transaction(entry.seq):
            self._past[-1].undo(self._project)
        edit = self._past.pop()
        self._future.append(edit)
        self.changed.emit()
        return edit

    def redo(self) -> Edit[P] | None:
        """Make the last undone edit again; returns it, or None if there was none."""
        if not self._future:
            return None
        entry = self._journal.append("redo", None)
        with self._transaction(entry.seq):
            self._future[-1].do(self._project)
        edit = self._future.pop()
        self._past.append(edit)
        self.changed.emit()
        return edit


def stacks(entries: Sequence[Entry]) -> tuple[list[Edit[Any]], list[Edit[Any]]]:
    """Replay the acts of a journal without applying them.

    Parameters
    ----------
    entries : sequence of Entry
        In order.

    Returns
    -------
    past, future : list of Edit
        What `History` starts with.
    """
    past: list[Edit[Any]] = []
    future: list[Edit[Any]] = []
    for entry in entries:
        if entry.act == "do" and entry.edit is not None:
            past.append(entry.edit)
            future.clear()
        elif entry.act == "undo" and past:
            future.append(past.pop())
        elif entry.act == "redo" and future:
            past.append(future.pop())
    return past, future
