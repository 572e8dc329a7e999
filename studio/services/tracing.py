"""Tracing: who did what to a shape, a comment or a track, and when."""

from __future__ import annotations

from typing import NamedTuple

from studio.domain.project import Project


class Touch(NamedTuple):
    """One line of the history of a thing."""

    title: str
    """What was done, as the Edit menu has it."""
    act: str
    """`do`, `undo` or `redo`."""
    author: str
    """Who did it; empty where that was not kept."""
    at: float
    """Seconds since 1970, UTC."""


class Tracing:
    """Reads the journal for one thing.

    Parameters
    ----------
    project : Project
        Whose journal is read.
    """

    def __init__(self, project: Project) -> None:
        self._project = project

    def of(self, id: str) -> list[Touch]:  # noqa: A002
        """Return everything that ever touched a thing, oldest first.

        Parameters
        ----------
        id : str
            Of a shape, a comment or a track.

        Returns
        -------
        list of Touch
            Undone edits stand there with the undoing behind them.
        """
        journal = self._project.journal
        speaking = journal.mentioning(id)
        found: list[Touch] = []
        # An undo carries no edit: which one it took back follows from all that came before.
        past: list[tuple[int, str]] = []
        future: list[tuple[int, str]] = []
        for entry in journal.entries():
            if entry.act == "do" and entry.edit is not None:
                past.append((entry.seq, entry.edit.title))
                future.clear()
            elif entry.act == "undo" and past:
                future.append(past.pop())
            elif entry.act == "redo" and future:
                past.append(future.pop())
            else:
                continue
            seq, title = future[-1] if entry.act == "undo" else past[-1]
            if seq in speaking:
                found.append(Touch(title, entry.act, entry.author, entry.time))
        return found
