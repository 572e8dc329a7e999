"""What stands where no picture passes the filter."""

from __future__ import annotations

from studio.domain.labels import LabelSchema
from studio.ui.desk import Command
from studio.ui.media_queue import Queue
from studio.ui.queue.words import missing
from studio.ui.widgets.empty_state import EmptyState


class NothingFound(EmptyState):
    """Says what no picture is, and offers to look at all of them.

    Parameters
    ----------
    queue : Queue
        Whose filter is cleared.
    """

    def __init__(self, queue: Queue) -> None:
        super().__init__(
            "photo-search",
            "No picture passes the filter",
            "Other pictures are still there.",
            Command("queue.clear", "Clear filter", queue.clear, "", "x"),
        )
        self._queue = queue

    def take_up(self, schema: LabelSchema) -> None:
        """Say what is missing now."""
        asked = missing(self._queue.where, schema)
        self.say("No picture passes the filter", asked or "Other pictures are still there.")
