"""What the label page shows next, and what it says; knows no Qt."""

from __future__ import annotations

from studio.domain.labels import LabelSchema, Shape
from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem
from studio.domain.project import ProjectState
from studio.ui.canvas.model import words

UNLABELLED = MediaFilter(label="-")
ALL_LABELLED = "Every picture carries a label"
_PAGE = 256


class Walk:
    """The way through the pictures of a project, one by one.

    Parameters
    ----------
    state : ProjectState
        Of the open project.
    """

    def __init__(self, state: ProjectState) -> None:
        self._state = state
        self.where: MediaFilter = EVERYTHING
        self.row = 0
        self.item: MediaItem | None = None

    def count(self) -> int:
        """Return how many pictures pass the filter."""
        return self._state.media.count(self.where)

    def at(self, row: int) -> MediaItem | None:
        """Go to a row of the filtered list; beyond its ends nothing changes."""
        found = self._state.media.page(row, 1, self.where) if row >= 0 else ()
        if found:
            self.row, self.item = row, found[0]
        return self.item

    def step(self, by: int) -> MediaItem | None:
        """Go on or back; past either end it stays."""
        # A picture that just left the filter has given its row to the next one.
        here = self._state.media.page(self.row, 1, self.where)
        left = self.item is not None and (not here or here[0].id != self.item.id)
        return self.at(self.row + by - (1 if left and by > 0 else 0))

    def beside(self) -> list[MediaItem]:
        """Return the pictures after and before the one that is shown."""
        rows = (row for row in (self.row + 1, self.row - 1) if row >= 0)
        return [item for row in rows for item in self._state.media.page(row, 1, self.where)]

    def find(self, id: MediaId) -> MediaItem | None:  # noqa: A002
        """Go to a picture by its id; the filter is lifted if it hides it. None if it is gone."""
        if id not in self._state.media:
            return None
        for where in (self.where, EVERYTHING):
            start = 0
            while page := self._state.media.page(start, _PAGE, where):
                for place, item in enumerate(page):
                    if item.id == id:
                        self.where, self.row, self.item = where, start + place, item
                        return item
                start += _PAGE
        return None

    def next_unlabelled(self) -> MediaItem | None:
        """Go to the next picture without any label, from the start again at the end."""
        if not self._state.media.count(UNLABELLED):
            return None
        if self.where == UNLABELLED:
            before = self.item
            return self.at(0) if self.step(1) == before else self.item
        start = self.row + 1
        while page := self._state.media.page(start, _PAGE, self.where):
            for place, item in enumerate(page):
                if not self._state.annotations.of(item.id):
                    return self.at(start + place)
            start += _PAGE
        return self.find(self._state.media.page(0, 1, UNLABELLED)[0].id)


def place_in_words(walk: Walk) -> str:
    """Say which picture of how many is shown."""
    if walk.item is None:
        return ""
    count = walk.count()
    if walk.where == UNLABELLED and not count:
        return ALL_LABELLED
    only = " unlabelled" if walk.where == UNLABELLED else ""
    return f"{min(walk.row + 1, max(1, count)):,} of {count:,}{only}"


def shape_in_words(shape: Shape, schema: LabelSchema) -> str:
    """Say what a shape is, for the list."""
    label = schema.get(shape.label)
    name = label.name if label else str(shape.label)
    by = " · proposed by a model" if shape.author.startswith("model:") else ""
    return f"{name} · {words(shape.geometry)}{by}"
