"""From picture to picture of a queue that a model and chance have set up."""

from __future__ import annotations

from collections.abc import Callable

from studio.domain.media import MediaId
from studio.errors import StudioError
from studio.ui.canvas.model import CanvasModel
from studio.ui.desk import Command, Desk


class LearningQueue:
    """Leads through the newest queue with pictures that wait; which arm one is of is not told.

    Parameters
    ----------
    desk : Desk
        For the session.
    model : CanvasModel
        Knows the picture that is shown.
    shown : callable
        Shows a picture.
    """

    def __init__(
        self, desk: Desk, model: CanvasModel, shown: Callable[[MediaId | None], None]
    ) -> None:
        self._desk = desk
        self._model = model
        self._shown = shown

    def commands(self) -> list[Command]:
        """List them for menus and palette."""
        return [
            Command(
                "label.queue_next", "Next picture to learn from", self.next, "Shift+D",
                "school",
                "Go", self._has_queue, "Choose pictures on the Active page first.",
            )
        ]  # fmt: skip

    def next(self) -> None:
        """Show the next picture of the queue, behind the one that is shown."""
        active, item = self._desk.session.active, self._model.item
        try:
            now = active.current()
            found = None
            if now is not None:
                found = active.next(item.id if item is not None else None, now.digest)
        except StudioError as error:
            self._desk.fail(error)
            return
        if now is None or found is None:
            compare = Command("label.go_active", "Compare with chance", self._go)
            self._desk.toast("Every picture of the queue is labelled.", "success", compare)
            return
        self._shown(found.id)
        self._desk.hint(f"{now.done:,} of {now.total:,} pictures of the queue are labelled")

    def _go(self) -> None:
        self._desk.go("active")

    def _has_queue(self) -> bool:
        return bool(self._desk.session.active.queues())
