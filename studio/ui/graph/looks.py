"""How the state of a node is shown: words, icon and colour; knows no Qt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Sign(NamedTuple):
    """How one state is told apart, by shape and word as well as by colour."""

    words: str
    icon: str
    token: str


SIGNS = {
    "": Sign("", "", "quiet"),
    "fault": Sign("Cannot run yet", "alert-triangle", "warning"),
    "known": Sign("Known", "circle-check", "quiet"),
    "will_run": Sign("Will run", "player-play", "accent"),
    "may_run": Sign("May run", "circle-dashed", "accent"),
    "waiting": Sign("Waiting", "hourglass", "quiet"),
    "cached": Sign("Known", "circle-check", "success"),
    "running": Sign("Running", "loader", "accent"),
    "finished": Sign("Finished", "circle-check", "success"),
    "failed": Sign("Failed", "alert-circle", "error"),
    "skipped": Sign("Skipped", "player-skip-forward", "warning"),
    "cancelled": Sign("Cancelled", "circle-x", "warning"),
}
"""The first six are plans, the others what a run said."""


@dataclass(frozen=True)
class Look:
    """State of one node.

    Attributes
    ----------
    state : str
        A key of `SIGNS`.
    why : str
        Why it runs, or not; on failure what happened and what to do.
    percent : int or None
        How far it is, 0..100.
    left : str
        Time left or taken, in words.
    """

    state: str = ""
    why: str = ""
    percent: int | None = None
    left: str = ""

    @property
    def sign(self) -> Sign:
        """How the state is told apart."""
        return SIGNS[self.state]

    @property
    def sentence(self) -> str:
        """The state with its reason."""
        if self.why.casefold().startswith(self.words.casefold()):
            return self.why[:1].upper() + self.why[1:]
        reason = f". {self.why[:1].upper()}{self.why[1:]}" if self.why else ""
        return self.words + reason

    @property
    def words(self) -> str:
        """The state in a few words, with percent and time."""
        parts = [self.sign.words]
        if self.percent is not None:
            parts.append(f"{self.percent} %")
        if self.left:
            parts.append(self.left)
        return " · ".join(part for part in parts if part)


PLAIN = Look()
