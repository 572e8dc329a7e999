"""What commands say: lines for people, or one JSON document for programs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import orjson
from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from studio.domain.ids import JsonValue
from studio.errors import Cancelled, ComputeFailed, Paused, StudioError
from studio.services.job_runner import JobRunner, JobView, Submission

_ENDS = {"failed": ComputeFailed, "cancelled": Cancelled, "paused": Paused}


class Terminal:
    """Speaks to a person, or to a program.

    Parameters
    ----------
    as_json : bool
        Print one JSON document at the end, and nothing else, on standard output.
    """

    def __init__(self, as_json: bool = False) -> None:
        self.as_json = as_json
        self._err = Console(stderr=True, highlight=False)
        self._out = Console(highlight=False)

    def say(self, text: str) -> None:
        """Tell a person one line; a program does not hear it."""
        if not self.as_json:
            self._err.print(text, markup=False)

    def result(self, document: Mapping[str, JsonValue], lines: Sequence[str] = ()) -> None:
        """Give the result of a command: the document to a program, the lines to a person."""
        if self.as_json:
            sys.stdout.buffer.write(
                orjson.dumps(dict(document), option=orjson.OPT_INDENT_2) + b"\n"
            )
            sys.stdout.buffer.flush()
        else:
            for line in lines:
                self._out.print(line, markup=False, soft_wrap=True)

    def table(self, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table to a person; numbers stand to the right."""
        if self.as_json:
            return
        table = Table(title=title, title_justify="left")
        for number, column in enumerate(columns):
            right = bool(rows) and all(_is_number(row[number]) for row in rows)
            table.add_column(column, justify="right" if right else "left", overflow="fold")
        for row in rows:
            table.add_row(*row)
        self._out.print(table)

    def error(self, error: StudioError) -> None:
        """Say what happened and what to do."""
        if self.as_json:
            document = {
                "error": type(error).__name__,
                "what_happened": error.what_happened,
                "what_to_do": error.what_to_do,
            }
            self.result(document)
            return
        self._err.print(error.what_happened, style="bold red", markup=False)
        if error.what_to_do:
            self._err.print(error.what_to_do, markup=False)

    def follow(self, runner: JobRunner, submission: Submission, title: str) -> dict[str, str]:
        """Wait for a job with a progress bar and give its outputs.

        Raises
        ------
        StudioError
            What the job said when it failed, or that it was paused or cancelled.
        """
        if submission.job is None:
            self.say(f"{title}: nothing to do, the result is known from before")
            return dict(submission.outputs or {})
        with self._bar(title) as bar:
            ended = runner.wait(submission.job, lambda view: _show(bar, view))
        if ended.state != "finished":
            raise _ENDS.get(ended.state, ComputeFailed)(
                ended.what_happened or f"“{title}” ended as {ended.state}.",
                ended.what_to_do or f"`studio jobs log {submission.job}` shows what it said.",
            )
        return dict(ended.outputs)

    @contextmanager
    def counting(self, title: str, unit: str) -> Iterator[Callable[[int, int, str], None]]:
        """Show how far a deed is that counts for itself; gives what it tells its progress to."""
        with self._bar(title) as (progress, task):

            def tell(done: int, total: int, name: str) -> None:
                words = f"{title} · {name}" if name else title
                progress.update(task, completed=done, total=total, description=words, unit=unit)

            yield tell

    @contextmanager
    def _bar(self, title: str) -> Iterator[tuple[Progress, TaskID]]:
        progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[unit]}"),
            TimeElapsedColumn(),
            TextColumn("{task.fields[left]}"),
            console=self._err,
            disable=self.as_json,
            transient=True,
        )
        with progress:
            yield progress, progress.add_task(title, total=None, unit="", left="")


def _show(bar: tuple[Progress, TaskID], view: JobView) -> None:
    progress, task = bar
    now = view.progress
    if now is not None:
        left = "" if now.seconds_left is None else f"{time_left(now.seconds_left)} left"
        progress.update(task, completed=now.done, total=now.total, unit=now.unit, left=left)


def time_left(seconds: float) -> str:
    """Write a span of time as a person says it: `40 s`, `3 min`, `2 h 10 min`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"


def _is_number(text: str) -> bool:
    return (
        text.replace(",", "").replace(".", "").replace("%", "").replace("–", "").strip().isdigit()
    )
