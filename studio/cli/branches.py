"""Commands for branches of the labels."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.opening import JsonOption, ProjectOption, opened
from studio.cli.terminal import Terminal
from studio.domain.labels import ShapeId
from studio.errors import BadInput
from studio.services.branching import Choice, Difference

cli = typer.Typer(help="Labels worked on apart, and merged again.", no_args_is_help=True)
NameArgument = Annotated[str, typer.Argument(help="Name of the branch.")]


@cli.command("list")
def list_(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """List the branches with what differs from the labels."""
    terminal = Terminal(json)
    with opened(project) as session:
        branching = session.branching
        found = {name: len(branching.differences(name)) for name in branching.branches()}
        rows = [f"{name}: {count:,} differences" for name, count in found.items()]
        terminal.result({"branches": dict(found)}, rows or ["There are no branches."])


@cli.command()
def begin(name: NameArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Begin a branch from the labels as they are."""
    terminal = Terminal(json)
    with opened(project) as session:
        layer = session.branching.begin(name)
        terminal.result({"layer": layer}, [f"The branch “{name.strip()}” begins."])


@cli.command()
def merge(
    name: NameArgument,
    conflicts: Annotated[
        str, typer.Option(help="Whose shape is taken in conflicts: labels, branch or none.")
    ] = "none",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Bring a branch into the labels; what both sides changed waits unless you choose a side."""
    terminal = Terminal(json)
    if conflicts not in ("labels", "branch", "none"):
        raise BadInput(
            f"Conflicts cannot be settled by “{conflicts}”.", "Say labels, branch or none."
        )
    with opened(project) as session:
        chosen: dict[ShapeId, Choice] = {}
        if conflicts in ("labels", "branch"):
            side: Choice = "labels" if conflicts == "labels" else "branch"
            differing = session.branching.differences(name)
            chosen = {one.id: side for one in differing if one.conflict}
        waiting = session.branching.merge(name, chosen)
        rows = [_said(one) for one in waiting]
        terminal.result(
            {"conflicts": [{"media": one.media, "shape": one.id} for one in waiting]},
            [f"Merged. {len(waiting):,} conflicts wait for a decision.", *rows],
        )


@cli.command()
def end(name: NameArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Take a branch away."""
    terminal = Terminal(json)
    with opened(project) as session:
        session.branching.end(name)
        terminal.result({"ended": name}, [f"The branch “{name}” is gone; undo brings it back."])


def _said(one: Difference) -> str:
    sides = ["deleted" if shape is None else "changed" for shape in (one.labels, one.branch)]
    return f"{one.id} on {one.media[:19]}…: {sides[0]} in the labels, {sides[1]} in the branch"
