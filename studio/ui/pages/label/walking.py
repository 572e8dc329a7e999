"""From picture to picture of the queue."""

from __future__ import annotations

from collections.abc import Callable

from studio.services.queues import filters
from studio.ui.desk import Command, Desk
from studio.ui.pages.label.presenter import UNLABELLED, Walk

_WHY = "Import pictures first."


class Walking:
    """The steps of the label page.

    Parameters
    ----------
    desk : Desk
        Hears where there is nothing to go to.
    walk : Walk
        The way that is gone.
    shown : callable
        Shows the picture the way has come to.
    """

    def __init__(self, desk: Desk, walk: Walk, shown: Callable[[], None]) -> None:
        self._desk = desk
        self._walk = walk
        self._shown = shown

    def steps(self) -> list[Command]:
        """Those that have a button."""
        there = self._has_picture
        return [
            Command(
                "label.previous", "Previous picture", self.previous, "A", "chevron-left", "Go",
                there, _WHY,
            ),
            Command(
                "label.next", "Next picture", self.next, "D", "chevron-right", "Go", there, _WHY
            ),
            Command(
                "label.unlabelled", "Next unlabelled picture", self.next_unlabelled, "N",
                "player-skip-forward", "Go", there, _WHY,
            ),
        ]  # fmt: skip

    def commands(self) -> list[Command]:
        """Those that have none."""
        there = self._has_picture
        return [
            Command(
                "label.waiting", "Next picture that waits for review", self.next_waiting, "Shift+W",
                "hourglass", "Go", there, _WHY,
            ),
            Command(
                "label.rejected", "Next rejected picture", self.next_rejected, "", "circle-x", "Go",
                there, _WHY,
            ),
        ]  # fmt: skip

    def next(self) -> None:
        """Show the next picture."""
        self._walk.step(1)
        self._shown()

    def previous(self) -> None:
        """Show the one before."""
        self._walk.step(-1)
        self._shown()

    def next_unlabelled(self) -> None:
        """Show the next picture without a label."""
        self._ahead("label", UNLABELLED.label, "Every picture carries a label.")

    def next_waiting(self) -> None:
        """Show the next picture that waits for review."""
        self._ahead("review", "labelled", "No picture waits for review.")

    def next_rejected(self) -> None:
        """Show the next picture that was given back."""
        self._ahead("review", "rejected", "No picture is rejected.")

    def _ahead(self, field: str, value: str, none: str) -> None:
        before = self._walk.item
        found = self._walk.ahead(**{field: value})
        if found is None and filters(self._walk.where) and self._walk.where != UNLABELLED:
            everything = Command("queue.clear", "Clear filter", self._desk.queue.clear)
            self._desk.toast(f"{none[:-1]} among those that pass the filter.", "info", everything)
        elif found is None:
            self._desk.toast(none, "success")
        elif before is not None and found.id == before.id:
            self._desk.hint("This is the only one")
        self._shown()

    def _has_picture(self) -> bool:
        return self._walk.item is not None
