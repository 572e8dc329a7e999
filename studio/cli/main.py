"""The `studio` command: what all subcommands share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from studio import __version__, app, log
from studio.cli import (
    active,
    branches,
    films,
    hosts,
    jobs,
    labelimg,
    life,
    pipelines,
    projects,
    quality,
    review,
)
from studio.cli.terminal import Terminal
from studio.errors import StudioError

cli = typer.Typer(
    name="studio",
    help="From a folder of pictures to a verified model package, without a window.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
projects.register(cli)
life.register(cli)
pipelines.register(cli)
cli.add_typer(jobs.cli, name="jobs")
cli.add_typer(hosts.cli, name="hosts")
cli.add_typer(labelimg.cli, name="labelimg")
cli.add_typer(branches.cli, name="branches")
cli.add_typer(films.cli, name="films")
cli.add_typer(active.cli, name="active")
cli.add_typer(review.cli, name="review")
cli.add_typer(quality.cli, name="quality")


@cli.callback(invoke_without_command=True)
def _common(
    ctx: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Also show what the studio logs.")
    ] = False,
) -> None:
    """From a folder of pictures to a verified model package, without a window."""
    log.set_up(10 if verbose else 30)
    if version:
        Terminal().result({"version": __version__}, [__version__])
        raise typer.Exit
    if ctx.invoked_subcommand is None:
        Terminal().result({}, [ctx.get_help()])


@cli.command()
def window(
    project: Annotated[Path | None, typer.Argument(help="Project to open.")] = None,
    sample: Annotated[
        bool, typer.Option(help="Open the sample project, making it first if need be.")
    ] = False,
) -> None:
    """Open the window."""
    raise typer.Exit(app.window(project, sample=sample))


@contextmanager
def _errors(terminal: Terminal) -> Iterator[None]:
    try:
        yield
    except StudioError as error:
        terminal.error(error)
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        terminal.say("Stopped.")
        sys.exit(130)


def main() -> None:
    """Run the command line; a `StudioError` becomes two sentences and an exit code."""
    with _errors(Terminal("--json" in sys.argv)):
        cli()
