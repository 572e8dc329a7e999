"""Commands that send pictures to labelImg and take back what it wrote."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.opening import JsonOption, ProjectOption, opened
from studio.cli.terminal import Terminal
from studio.domain.media import EVERYTHING, MediaFilter
from studio.errors import NotFound

cli = typer.Typer(help="Label in labelImg, and take back what it wrote.", no_args_is_help=True)
_UNLABELLED = MediaFilter(label="-")
_PAGE = 1000


@cli.command()
def install(json: JsonOption = False) -> None:
    """Install labelImg in an environment of its own."""
    from studio.app import labelimg_program

    terminal = Terminal(json)
    python = labelimg_program().install()
    terminal.result({"python": str(python)}, [f"labelImg is installed for {python}."])


@cli.command("open")
def open_(
    unlabelled: Annotated[bool, typer.Option(help="Only pictures without labels.")] = False,
    most: Annotated[int, typer.Option(min=1, help="At most so many pictures.")] = 500,
    show: Annotated[bool, typer.Option(help="Start labelImg; else only write the files.")] = True,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write pictures with their boxes, and show labelImg on them."""
    terminal = Terminal(json)
    with opened(project) as session:
        where = _UNLABELLED if unlabelled else EVERYTHING
        media = [item.id for item in session.project.state.media.page(0, most, where)]
        if not media:
            raise NotFound("There is no such picture.", "Import pictures first.")
        if show:
            session.labelimg.open(media)
        else:
            session.labelimg.write(media)
        folder = session.labelimg.folder
        terminal.result(
            {"folder": str(folder), "pictures": len(media)},
            [f"Wrote {len(media):,} pictures to {folder}. `studio labelimg take-back` reads them."],
        )


@cli.command("take-back")
def take_back(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Take over what labelImg changed since, as one edit."""
    terminal = Terminal(json)
    with opened(project) as session:
        back = session.labelimg.take_back()
        terminal.result(
            {
                "pictures": back.pictures,
                "added": back.added,
                "removed": back.removed,
                "problems": [problem.model_dump(mode="json") for problem in back.problems],
            },
            [
                f"{back.added:,} boxes came and {back.removed:,} went on {back.pictures:,}"
                " pictures.",
                *(f"{problem.path}: {problem.reason}" for problem in back.problems),
            ],
        )
