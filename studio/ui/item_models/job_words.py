"""How a job's state is said to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

from studio.domain.jobs import ACTIVE, JobState

if TYPE_CHECKING:
    from studio.services.job_runner import JobView

STATES: dict[JobState, str] = {
    "queued": "Waiting",
    "running": "Running",
    "pausing": "Pausing",
    "paused": "Paused",
    "cancelling": "Cancelling",
    "cancelled": "Cancelled",
    "finished": "Finished",
    "failed": "Failed",
    "lost": "Interrupted",
}
ICONS: dict[JobState, tuple[str, str]] = {
    "queued": ("hourglass", "quiet"),
    "running": ("player-play", "accent"),
    "pausing": ("player-pause", "accent"),
    "paused": ("player-pause", "warning"),
    "cancelling": ("player-stop", "warning"),
    "cancelled": ("circle-x", "quiet"),
    "finished": ("circle-check", "success"),
    "failed": ("alert-circle", "error"),
    "lost": ("alert-triangle", "warning"),
}
"""Icon and token of each state."""


def percent_of(job: JobView) -> int | None:
    """Return how far an active job is, 0..100, or None while that is not known."""
    progress = job.progress
    if job.state == "finished":
        return 100
    if progress is None or progress.total <= 0:
        return None
    return min(100, round(100 * progress.done / progress.total))


def time_left(job: JobView) -> str:
    """Say how long an active job will still take, in words; empty while that is not known."""
    if job.state not in ACTIVE or job.progress is None or job.progress.seconds_left is None:
        return ""
    return f"{duration(job.progress.seconds_left)} left"


def duration(seconds: float) -> str:
    """Write a duration in the two units that matter: `42 s`, `3 min 20 s`, `2 h 5 min`."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if minutes < 10 and rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"
