"""What the label page shows next, and what it says; knows no Qt."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from studio.domain.labels import LabelSchema, Shape
from studio.domain.media import MediaFilter, MediaId, MediaItem
from studio.domain.project import ProjectState
from studio.services.queues import cleared, filters
from studio.ui.canvas.model import words

UNLABELLED = MediaFilter(label="-")
ALL_LABELLED = "Every picture carries a label"


class Showing(Protocol):
    """What the way needs of the queue that all pages share."""

    @property
    def where(self) -> MediaFilter:
        """What passes, and in what order."""

    def show(self, where: MediaFilter) -> None:
        """Look at other pictures."""


class Walk:
    """The way through the queue of a project, picture by picture.

    Parameters
    ----------
    state : ProjectState
        Of the open project.
    queue : Showing
        Which pictures are walked through, and in what order.
    """

    def __init__(self, state: ProjectState, queue: Showing) -> None:
        self._state = state
        self._queue = queue
        self.row = 0
        self.item: MediaItem | None = None
        self._beside: tuple[MediaItem | None, MediaItem | None] = None, None

    @property
    def where(self) -> MediaFilter:
        """What passes, and in what order."""
        return self._queue.where

    def count(self) -> int:
        """Return how many pictures pass the filter."""
        return self._state.media.count(self.where)

    def at(self, row: int) -> MediaItem | None:
        """Go to a row of the filtered list; beyond its ends nothing changes."""
        found = self._state.media.page(row, 1, self.where) if row >= 0 else ()
        if found:
            self.row, self.item = row, found[0]
            self._remember()
        return self.item

    def step(self, by: int) -> MediaItem | None:
        """Go on or back by one; past either end it stays."""
        here = self._state.media.page(self.row, 1, self.where)
        if self.item is None or (here and here[0].id == self.item.id):
            return self.at(self.row + by)
        # What was done to the picture took it out of the queue, or to another place in it: the
        # way goes on where it stood.
        beside = self._beside[by > 0]
        row = None if beside is None else self._state.media.position(beside.id, self.where)
        # Where it left, its row was taken by the next one.
        return self.at(row if row is not None else self.row + min(by, 0))

    def beside(self) -> list[MediaItem]:
        """Return the pictures after and before the one that is shown."""
        rows = (row for row in (self.row + 1, self.row - 1) if row >= 0)
        return [item for row in rows for item in self._state.media.page(row, 1, self.where)]

    def place(self) -> int | None:
        """Find the picture that is shown in a queue that changed; None if it does not pass."""
        row = None if self.item is None else self._state.media.position(self.item.id, self.where)
        if row is not None:
            self.row = row
            self._remember()
        return row

    def find(self, id: MediaId) -> MediaItem | None:  # noqa: A002
        """Go to a picture by its id; the filter is lifted if it hides it. None if it is gone."""
        if id not in self._state.media:
            return None
        self.item = self._state.media.get(id)
        if self.place() is None:
            self._queue.show(cleared(self.where))
            self.place()
        return self.item

    def ahead(self, **asked: str) -> MediaItem | None:
        """Go to the next picture of the queue that also passes what is asked.

        From the end it goes on at the beginning; None, and no step, if no picture passes.

        Parameters
        ----------
        **asked
            Fields of a `MediaFilter`; what the queue itself asks for must hold too.
        """
        if any(getattr(self.where, name) not in ("", value) for name, value in asked.items()):
            return None
        wanted = replace(self.where, **asked)  # type: ignore[arg-type]
        media = self._state.media
        count = media.count(wanted)
        if not count:
            return None
        number = self._passed(wanted, count)
        found = media.page(number if number < count else 0, 1, wanted)
        return self.find(found[0].id) if found else None

    def _passed(self, wanted: MediaFilter, count: int) -> int:
        """Return how many of the wanted stand up to the picture that is shown, itself too."""
        media, here = self._state.media, self.row
        low, high = 0, count
        while low < high:
            middle = (low + high) // 2
            item = media.page(middle, 1, wanted)[0]
            row = media.position(item.id, self.where)
            passed = row is not None and row < here
            low, high = (middle + 1, high) if passed else (low, middle)
        shown = media.page(low, 1, wanted)
        return low + bool(shown and self.item is not None and shown[0].id == self.item.id)

    def _remember(self) -> None:
        first = max(0, self.row - 1)
        found = list(self._state.media.page(first, self.row + 2 - first, self.where))
        at = self.row - first
        before = found[at - 1] if at and found else None
        self._beside = before, found[at + 1] if len(found) > at + 1 else None


def place_in_words(walk: Walk) -> str:
    """Say which picture of how many is shown."""
    if walk.item is None:
        return ""
    count = walk.count()
    if walk.where == UNLABELLED and not count:
        return ALL_LABELLED
    if not count:
        return "None passes the filter"
    only = " in the queue" if filters(walk.where) else ""
    only = " unlabelled" if walk.where == UNLABELLED else only
    return f"{min(walk.row + 1, max(1, count)):,} of {count:,}{only}"


def shape_in_words(shape: Shape, schema: LabelSchema) -> str:
    """Say what a shape is, for the list."""
    label = schema.get(shape.label)
    name = label.name if label else str(shape.label)
    by = " · proposed by a model" if shape.author.startswith("model:") else ""
    return f"{name} · {words(shape.geometry)}{by}"
