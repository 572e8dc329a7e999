"""Commands for review: who has handed in what, what is right, and what people say about it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from studio.cli.opening import JsonOption, ProjectOption, opened
from studio.cli.terminal import Terminal
from studio.domain.geometry import Box
from studio.domain.ids import JsonObject
from studio.domain.labels import ShapeId
from studio.domain.media import MediaFilter, MediaId, MediaItem
from studio.domain.project import Project
from studio.domain.reviews import REVIEW_STATES, Comment, ReviewState
from studio.errors import BadInput, NotFound
from studio.services.session import Session

cli = typer.Typer(
    help="Hand pictures in, approve or reject them, and comment on them.", no_args_is_help=True
)
_STATES: dict[ReviewState, str] = {
    "open": "Open",
    "labelled": "Waits for review",
    "approved": "Approved",
    "rejected": "Rejected",
}
_PAGE = 1000
_SAME = 20
"""So many pictures of one name are looked at; more of them are not told apart by their name."""


def _states(begun: str) -> list[str]:
    return [one for one in REVIEW_STATES if one.startswith(begun)]


PicturesArgument: TypeAlias = Annotated[
    list[str], typer.Argument(help="Names of pictures as `studio review list` writes them, or ids.")
]
PictureArgument: TypeAlias = Annotated[
    str, typer.Argument(help="Name of the picture as `studio review list` writes it, or its id.")
]
StateOption: TypeAlias = Annotated[
    str, typer.Option(help="State: open, labelled, approved, rejected.", autocompletion=_states)
]
CommentArgument: TypeAlias = Annotated[
    str, typer.Argument(help="Id of the comment, or the beginning of it.")
]


@cli.command("list")
def list_(
    state: StateOption = "",
    text: Annotated[str, typer.Option(help="Part of the name.")] = "",
    most: Annotated[int, typer.Option(min=1, help="At most so many pictures.")] = 100,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """List pictures with their state, and how many are in each."""
    terminal = Terminal(json)
    where = MediaFilter(text=text, review=_state(state) if state else "")
    with opened(project) as session:
        found = session.project.state.media.page(0, most, where)
        total = session.project.state.media.count(where)
        rows = [_row(session, item) for item in found]
        columns = ["Picture", "State", "Who", "Unresolved comments"]
        cells = [
            [str(row["name"]), _STATES[_state(str(row["state"]))], str(row["by"]), str(row["open"])]
            for row in rows
        ]
        terminal.table("Review", columns, cells)
        counts = {str(one): count for one, count in session.reviewing.counts().items()}
        line = " · ".join(f"{_STATES[_state(one)]} {count:,}" for one, count in counts.items())
        more = f"The first {len(rows):,} of {total:,} pictures are listed."
        terminal.result(
            {"counts": {**counts}, "total": total, "pictures": [*rows]},
            [line, *([more] if len(rows) < total else [])],
        )


@cli.command("next")
def next_(
    after: Annotated[str, typer.Option(help="Name or id of the picture at hand.")] = "",
    state: StateOption = "labelled",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Name the next picture that waits for review."""
    terminal = Terminal(json)
    with opened(project) as session:
        behind = _named(session.project, after).id if after else None
        item = session.reviewing.next(behind, _state(state))
        waiting = session.reviewing.waiting(_state(state))
        told = None if item is None else _row(session, item)
        line = f"{item.name} · {waiting:,} in this state" if item else "No other picture is there."
        terminal.result({"next": told, "count": waiting}, [line])


@cli.command("hand-in")
def hand_in(
    pictures: PicturesArgument, project: ProjectOption = Path(), json: JsonOption = False
) -> None:
    """Say that pictures are labelled and wait for review."""
    with opened(project) as session:
        _changed(json, session.reviewing.hand_in(_ids(session.project, pictures)), "labelled")


@cli.command()
def approve(
    pictures: PicturesArgument,
    four_eyes: Annotated[
        bool, typer.Option("--four-eyes", help="Nobody may approve what they labelled.")
    ] = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Say that pictures are right."""
    with opened(project) as session:
        ids = _ids(session.project, pictures)
        _changed(json, session.reviewing.approve(ids, four_eyes=four_eyes), "approved")


@cli.command()
def reject(
    pictures: PicturesArgument,
    reason: Annotated[str, typer.Option(help="What is to be mended.")],
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Give pictures back with a reason, which stands as a comment."""
    with opened(project) as session:
        ids = _ids(session.project, pictures)
        _changed(json, session.reviewing.reject(ids, reason), "rejected")


@cli.command()
def reopen(
    pictures: PicturesArgument, project: ProjectOption = Path(), json: JsonOption = False
) -> None:
    """Forget what was said of how far pictures are."""
    with opened(project) as session:
        _changed(json, session.reviewing.reopen(_ids(session.project, pictures)), "open")


@cli.command()
def comment(
    picture: PictureArgument,
    text: Annotated[str, typer.Argument(help="What you say.")],
    at: Annotated[
        str, typer.Option(help="Place as x1,y1,x2,y2 in px of the upright picture.")
    ] = "",
    shape: Annotated[str, typer.Option(help="Id of the shape that is meant.")] = "",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Comment on a picture, a place on it or a shape."""
    with opened(project) as session:
        item = _named(session.project, picture)
        place = _place(at) if at else None
        meant = ShapeId(shape) if shape else None
        made = session.reviewing.comment(item.id, text, place, meant)
        Terminal(json).result(_document(made), [f"Comment {made.id} stands on {item.name}."])


@cli.command()
def comments(
    picture: Annotated[str, typer.Argument(help="Name or id of a picture; else all.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Resolved comments too.")] = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """List comments, oldest first."""
    terminal = Terminal(json)
    with opened(project) as session:
        state = session.project.state
        if picture:
            found = session.reviewing.comments(_named(session.project, picture).id)
        else:
            found = state.comments.all()
        shown = [one for one in found if every or not one.resolved]
        rows = [
            [
                one.id,
                state.media.get(one.media).name if one.media in state.media else one.media[:19],
                one.author,
                "\n".join([one.text, *(f"{r.author}: {r.text}" for r in one.replies)]),
            ]
            for one in shown
        ]
        terminal.table("Comments", ["Comment", "Picture", "Who", "What"], rows)
        terminal.result({"comments": [_document(one) for one in shown]}, [f"{len(shown):,} found."])


@cli.command()
def reply(
    comment: CommentArgument,
    text: Annotated[str, typer.Argument(help="What you answer.")],
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Answer a comment."""
    with opened(project) as session:
        now = session.reviewing.reply(session.reviewing.named(comment), text)
        line = f"Comment {now.id} has {len(now.replies):,} replies."
        Terminal(json).result(_document(now), [line])


@cli.command()
def resolve(
    comment: CommentArgument,
    again: Annotated[bool, typer.Option("--reopen", help="Open it again.")] = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Close a comment, or open it again."""
    with opened(project) as session:
        found = session.reviewing.named(comment)
        now = session.reviewing.resolve(found, resolved=not again)
        line = f"Comment {now.id} is {'open again' if again else 'resolved'}."
        Terminal(json).result(_document(now), [line])


@cli.command()
def reword(
    comment: CommentArgument,
    text: Annotated[str, typer.Argument(help="The other words.")],
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Say a comment in other words."""
    with opened(project) as session:
        now = session.reviewing.reword(session.reviewing.named(comment), text)
        Terminal(json).result(_document(now), [f"Comment {now.id} says it otherwise."])


@cli.command()
def withdraw(
    comment: CommentArgument, project: ProjectOption = Path(), json: JsonOption = False
) -> None:
    """Take a comment away with its replies; undo brings it back."""
    with opened(project) as session:
        found = session.reviewing.named(comment)
        session.reviewing.withdraw(found)
        Terminal(json).result({"withdrawn": found.id}, [f"Comment {found.id} is withdrawn."])


def _changed(as_json: bool, count: int, state: ReviewState) -> None:
    line = f"{_STATES[state]}: {count:,} pictures." if count else "They were already so."
    Terminal(as_json).result({"changed": count, "state": state}, [line])


def _state(given: str) -> ReviewState:
    for one in REVIEW_STATES:
        if one == given:
            return one
    raise BadInput(f"There is no state “{given}”.", f"Known are {', '.join(REVIEW_STATES)}.")


def _place(given: str) -> Box:
    try:
        x1, y1, x2, y2 = (float(part) for part in given.split(","))
        return Box(x1, y1, x2, y2)
    except ValueError as error:
        raise BadInput(f"“{given}” is no place.", "Write x1,y1,x2,y2 in px.") from error


def _ids(project: Project, given: Sequence[str]) -> list[MediaId]:
    return [_named(project, one).id for one in given]


def _named(project: Project, given: str) -> MediaItem:
    """Return the picture that has an id or a name."""
    media = project.state.media
    if MediaId(given) in media:
        return media.get(MediaId(given))
    near = media.page(0, _PAGE, MediaFilter(text=given))
    found = [item for item in near if item.name == given] or [
        item for item in near if item.name.endswith(f"/{given}")
    ]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFound(
            f"{len(found):,} pictures are named “{given}”.",
            f"Name one by its id: {', '.join(item.id for item in found[:_SAME])}.",
        )
    raise NotFound(f"There is no picture “{given}”.", "`studio review list` names them.")


def _row(session: Session, item: MediaItem) -> JsonObject:
    review = session.reviewing.of(item.id)
    said = session.reviewing.comments(item.id)
    return {
        "media": item.id,
        "name": item.name,
        "state": review.state,
        "by": review.by,
        "at": review.at,
        "comments": len(said),
        "open": sum(not one.resolved for one in said),
    }


def _document(comment: Comment) -> JsonObject:
    return dict(comment.model_dump(mode="json"))
