"""Pause, resume and cancel for the run that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from studio.domain.jobs import ACTIVE, JobId, JobState
from studio.errors import StudioError
from studio.services.job_runner import JobView
from studio.ui.desk import Command, Desk
from studio.ui.pages.train.run_list import RunList

_STILL: tuple[JobState, ...] = ("paused", "lost", "failed", "cancelled")


class RunVerbs:
    """Asks things of the current run of a list.

    Parameters
    ----------
    desk : Desk
        For the runner.
    runs : RunList
        Knows which run is looked at.
    asked : callable
        Called after something was asked.
    """

    def __init__(self, desk: Desk, runs: RunList, asked: Callable[[], None]) -> None:
        self._desk = desk
        self._runs = runs
        self._asked = asked

    def commands(self) -> Sequence[Command]:
        """List the commands."""
        runner = self._desk.session.runner
        return tuple(
            Command(
                f"train.{verb}", f"{verb.capitalize()} run", partial(self._ask, ask), "", picture,
                "Run", partial(self._is_in, states), why,
            )
            for verb, ask, picture, states, why in (
                ("pause", runner.pause, "player-pause", ("running",), "No run is under way."),
                ("resume", runner.resume, "player-play", _STILL, "No run stands still."),
                ("cancel", runner.cancel, "player-stop", tuple(ACTIVE), "No run is under way."),
            )
        )  # fmt: skip

    def view(self) -> JobView | None:
        """Return how the current run stands, or None."""
        job = self._runs.current()
        return self._desk.session.runner.view(JobId(job)) if job else None

    def _is_in(self, states: Sequence[JobState]) -> bool:
        view = self.view()
        return view is not None and view.state in states

    def _ask(self, ask: Callable[[JobId], None]) -> None:
        try:
            ask(JobId(self._runs.current()))
        except StudioError as error:
            self._desk.fail(error)
        self._asked()
