"""The queue at work: one filter and order for all pages of a project."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from studio.domain.media import EVERYTHING, MediaFilter, MediaOrder, NamedFilter
from studio.domain.project import Project
from studio.services.queues import cleared, forget_filter, keep_filter


class Queue(QObject):
    """Which pictures are looked at, and in what order.

    Parameters
    ----------
    project : Project
        Whose pictures they are.
    """

    changed = Signal()
    """Other pictures, or another order."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._where = EVERYTHING

    @property
    def where(self) -> MediaFilter:
        """What passes, and in what order."""
        return self._where

    def show(self, where: MediaFilter) -> None:
        """Look at other pictures."""
        if where != self._where:
            self._where = where
            self.changed.emit()

    def clear(self) -> None:
        """Look at all pictures, in the same order."""
        self.show(cleared(self._where))

    def sort(self, order: MediaOrder) -> None:
        """Change the order; the same order once more turns it round."""
        down = not self._where.descending if order == self._where.order else False
        self.show(replace(self._where, order=order, descending=down))

    def kept(self) -> tuple[NamedFilter, ...]:
        """Return the filters that are kept with the project."""
        return self._project.state.filters

    def keep(self, name: str) -> None:
        """Keep the filter at work under a name; raises `BadInput`."""
        keep_filter(self._project, name, self._where)

    def forget(self, name: str) -> None:
        """Forget a kept filter; raises `NotFound`."""
        forget_filter(self._project, name)
