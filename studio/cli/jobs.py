"""Commands about jobs: list them, look into one, pause, resume, cancel."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from studio.cli.opening import JsonOption, ProjectOption, opened
from studio.cli.terminal import Terminal, time_left
from studio.domain.ids import JsonValue
from studio.domain.jobs import ACTIVE, JobId
from studio.errors import NotFound
from studio.services.job_runner import JobView
from studio.services.session import Session

cli = typer.Typer(
    help="Jobs: list, look into, pause, resume and cancel them.", no_args_is_help=True
)

JobArgument = Annotated[str, typer.Argument(help="Id of the job, or its last few characters.")]


def _find(session: Session, given: str) -> JobId:
    matching = [v.order.id for v in session.runner.jobs() if v.order.id.endswith(given)]
    if len(matching) != 1:
        found = "no job ends" if not matching else f"{len(matching)} jobs end"
        raise NotFound(f"{found} with “{given}”.".capitalize(), "`studio jobs list` shows them.")
    return matching[0]


def _json(view: JobView) -> dict[str, JsonValue]:
    return {
        "id": view.order.id,
        "operation": view.order.operation,
        "title": view.order.title,
        "state": view.state,
        "target": view.order.target,
        "created": view.order.created,
        "progress": view.progress.model_dump(mode="json") if view.progress else None,
        "exit": view.exit.model_dump(mode="json") if view.exit else None,
    }


@cli.command("list")
def list_jobs(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """List jobs, newest first."""
    terminal = Terminal(json)
    with opened(project) as session:
        session.runner.poll()
        views = session.runner.jobs()
        terminal.result({"jobs": [_json(view) for view in views]})
        rows = []
        for view in views:
            share = view.progress
            done = f"{100 * share.done / share.total:.0f} %" if share and share.total else ""
            made = time.strftime("%d %b %H:%M", time.localtime(view.order.created))
            title = view.order.title or view.order.operation
            rows.append([view.order.id, title, view.state, done, view.order.target, made])
        terminal.table("Jobs", ["Id", "What", "State", "Done", "Where", "Made"], rows)


@cli.command()
def log(job: JobArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Show what a job said, its latest metrics and how it ended."""
    terminal = Terminal(json)
    with opened(project) as session:
        session.runner.poll()
        id_ = _find(session, job)
        view, record = session.runner.view(id_), session.runner.record(id_)
        document = _json(view)
        document["log"] = [line.model_dump(mode="json") for line in record.logs]
        document["metrics"] = dict(record.latest())
        lines = [f"{line.level}: {line.text}" for line in record.logs]
        lines += [f"{name} = {value:.5g}" for name, value in sorted(record.latest().items())]
        if view.exit and view.exit.what_happened:
            lines += [view.exit.what_happened, view.exit.what_to_do]
        terminal.result(document, [f"{id_} is {view.state}", *lines])


@cli.command()
def pause(job: JobArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Write a checkpoint, stop, and free the device."""
    with opened(project) as session:
        id_ = _find(session, job)
        session.runner.pause(id_)
        Terminal(json).result({"job": id_, "asked": "pause"}, [f"Asked {id_} to pause."])


@cli.command()
def cancel(job: JobArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """End a job; what it wrote so far stays."""
    with opened(project) as session:
        id_ = _find(session, job)
        session.runner.cancel(id_)
        Terminal(json).result({"job": id_, "asked": "cancel"}, [f"Asked {id_} to stop."])


@cli.command()
def resume(job: JobArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Go on with a paused, lost, cancelled or failed job from its last checkpoint."""
    with opened(project) as session:
        id_ = _find(session, job)
        session.runner.resume(id_)
        Terminal(json).result({"job": id_, "asked": "resume"}, [f"{id_} goes on."])


@cli.command()
def watch(job: JobArgument, project: ProjectOption = Path()) -> None:
    """Follow a job until it ends, one line a change."""
    with opened(project) as session:
        id_ = _find(session, job)
        terminal, seen = Terminal(), 0
        while True:
            session.runner.poll()
            record, view = session.runner.record(id_), session.runner.view(id_)
            for line in record.logs[seen:]:
                terminal.say(f"{line.level}: {line.text}")
            seen = len(record.logs)
            if view.state not in ACTIVE:
                terminal.result({}, [f"{id_} is {view.state}"])
                sys.exit(0 if view.state == "finished" else 7)
            left = view.progress.seconds_left if view.progress else None
            if left is not None:
                terminal.say(f"{time_left(left)} left")
            time.sleep(1.0)
