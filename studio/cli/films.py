"""Commands for films: bring them in, pick frames out of them, let trackers follow things."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from studio.cli.opening import JsonOption, ProjectOption, opened
from studio.cli.terminal import Terminal
from studio.domain.ids import JsonObject
from studio.domain.project import Project
from studio.domain.tracks import TrackId, Video
from studio.errors import BadInput, NotFound
from studio.services.session import Session

cli = typer.Typer(
    help="Import films, extract frames, and follow things through them.", no_args_is_help=True
)
FilmArgument: TypeAlias = Annotated[
    str, typer.Argument(help="Name of the film as `studio films list` writes it, or its digest.")
]


@cli.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Films, and folders of films.")],
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Bring films into the project; those that are broken are named."""
    terminal = Terminal(json)
    with opened(project) as session:
        with terminal.counting("Importing films", "films") as progress:
            read = session.filming.import_films(files, progress)
        problems: list[JsonObject] = [
            {"path": one.path, "reason": one.reason} for one in read.problems
        ]
        lines = [f"{one.path}: {one.reason}" for one in read.problems]
        new = [_row(session, video) for video in read.videos]
        terminal.result(
            {"films": [*new], "problems": [*problems]}, [*lines, f"{len(new):,} films are new."]
        )
        if read.problems and not read.videos:
            raise BadInput("No film came in.", "The reasons stand above.")


@cli.command("list")
def list_(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """List the films of the project."""
    terminal = Terminal(json)
    with opened(project) as session:
        rows = [_row(session, video) for video in session.filming.videos()]
        columns = ["Film", "Frames", "Rate", "Size", "Tracks", "Picked"]
        keys = ("name", "frames", "rate", "size", "tracks", "picked")
        terminal.table("Films", columns, [[str(row[key]) for key in keys] for row in rows])
        terminal.result({"films": [*rows]})


@cli.command()
def extract(
    film: FilmArgument,
    every: Annotated[int | None, typer.Option(help="Every how manyth frame.", min=1)] = None,
    every_seconds: Annotated[float | None, typer.Option(help="So far apart in time, s.")] = None,
    per_second: Annotated[float | None, typer.Option(help="So many frames a second.")] = None,
    frame: Annotated[list[int] | None, typer.Option(help="This frame, from 0.")] = None,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Make frames of a film pictures of the project, with the shapes of the tracks on them."""
    terminal = Terminal(json)
    with opened(project) as session:
        video = _film(session.project, film)
        rated = any(one is not None for one in (every, every_seconds, per_second))
        if rated == bool(frame):
            raise BadInput("Which frames?", "Give either one rate, or frames by --frame.")
        numbers = frame or session.filming.rate(video.digest, every_seconds, per_second, every)
        before = len(session.filming.picked(video.digest))
        media = session.filming.pick(video.digest, numbers)
        new = len(session.filming.picked(video.digest)) - before
        terminal.result(
            {"pictures": [*media], "new": new},
            [f"{len(media):,} frames of “{video.name}” are pictures, {new:,} of them new."],
        )


@cli.command()
def tracks(film: FilmArgument, project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """List the tracks of a film."""
    terminal = Terminal(json)
    with opened(project) as session:
        video = _film(session.project, film)
        schema = session.project.state.schema
        rows: list[JsonObject] = []
        for track in session.tracking.of(video.digest):
            label = schema.get(track.label)
            rows.append(
                {
                    "id": track.id,
                    "label": label.name if label else track.label,
                    "first": track.keyframes[0].frame,
                    "end": track.end,
                    "keyframes": len(track.keyframes),
                    "proposed": sum(key.proposed for key in track.keyframes),
                }
            )
        keys = ("id", "label", "first", "end", "keyframes", "proposed")
        columns = ["Track", "Label", "From", "Ends before", "Keyframes", "Proposed"]
        cells = [["" if row[key] is None else str(row[key]) for key in keys] for row in rows]
        terminal.table(video.name, columns, cells)
        terminal.result({"tracks": [*rows]})


@cli.command()
def follow(
    film: FilmArgument,
    frame: Annotated[int, typer.Option(help="Where following begins.")] = 0,
    until: Annotated[int | None, typer.Option(help="Last frame that is looked at.")] = None,
    track: Annotated[
        list[str] | None, typer.Option(help="Id of a track, or its beginning; all if left out.")
    ] = None,
    tracker: Annotated[str, typer.Option(help="flow, template, or that of a plugin.")] = "flow",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Let a tracker propose where things go; what a person looked at stays as it is."""
    terminal = Terminal(json)
    with opened(project) as session:
        video = _film(session.project, film)
        known = [one.id for one in session.tracking.of(video.digest)]
        if track:
            ids = [_one(known, begun) for begun in track]
        else:
            ids = [TrackId(one.shape.id) for one in session.tracking.standing(video.digest, frame)]
        if not ids:
            raise NotFound(f"No track stands on frame {frame:,}.", "Draw one there first.")
        last = video.frames - 1 if until is None else until
        with terminal.counting("Following", "frames") as progress:
            count = session.following.follow(video.digest, ids, frame, last, tracker, progress)
        terminal.result({"keyframes": count, "tracks": [*ids]}, [f"{count:,} are proposed."])


def _film(project: Project, given: str) -> Video:
    videos = list(project.state.videos)
    raw = given.removeprefix("sha256:")
    found = [one for one in videos if one.name == given]
    found = found or [one for one in videos if raw and one.digest[7:].startswith(raw)]
    if len(found) == 1:
        return found[0]
    what = "more than one film" if found else "no film"
    raise NotFound(f"“{given}” names {what}.", "`studio films list` lists them.")


def _one(ids: list[TrackId], begun: str) -> TrackId:
    found = [one for one in ids if one.startswith(begun)]
    if len(found) != 1:
        raise NotFound(
            f"“{begun}” should name one track, but {len(found):,} begin so.",
            "`studio films tracks` lists them.",
        )
    return found[0]


def _row(session: Session, video: Video) -> JsonObject:
    return {
        "name": video.name,
        "digest": video.digest,
        "frames": video.frames,
        "rate": video.rate,
        "size": f"{video.width}x{video.height}",
        "tracks": len(session.tracking.of(video.digest)),
        "picked": len(session.filming.picked(video.digest)),
    }
