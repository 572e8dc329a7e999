"""Commands about projects: make one, look at one, list what is in it, check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio import app
from studio.cli.opening import JsonOption, ProjectOption, opened, short
from studio.cli.terminal import Terminal
from studio.domain.ids import Digest, JsonValue
from studio.domain.media import EVERYTHING
from studio.errors import Damaged, StudioError
from studio.services.samples import Samples

_KINDS = ("labels", "dataset", "model", "evaluation", "explanation", "package", "predictions")


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (new, info, recent, artefacts, check, plugins):
        cli.command()(command)


def new(
    folder: Annotated[Path, typer.Argument(help="New or empty folder.")],
    name: Annotated[str, typer.Option(help="Name; the folder's own by default.")] = "",
    sample: Annotated[str, typer.Option(help="Fill it with sample data: digits or scenes.")] = "",
    json: JsonOption = False,
) -> None:
    """Make a project."""
    terminal = Terminal(json)
    studio = app.studio()
    if sample:
        session = Samples(studio.create).create(sample, folder)
    else:
        session = studio.create(folder, name or folder.resolve().name)
    try:
        media = session.project.state.media.count(EVERYTHING)
        terminal.result(
            {"project": str(folder), "name": session.project.name, "media": media},
            [f"Made the project “{session.project.name}” in {folder} ({media:,} pictures)."],
        )
    finally:
        session.close()


def info(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Show what a project holds."""
    terminal = Terminal(json)
    with opened(project) as session:
        state = session.project.state
        counts = state.annotations.counts()
        labels = {label.name: counts.get(label.id, 0) for label in state.schema.labels}
        kinds = {kind: len(session.project.artefacts.of_kind(kind)) for kind in _KINDS}
        media = state.media.count(EVERYTHING)
        terminal.result(
            {
                "name": session.project.name,
                "media": media,
                "labels": dict(labels),
                "artefacts": dict(kinds),
                "recovered": session.project.recovered,
            },
            [f"{session.project.name}: {media:,} pictures"],
        )
        rows = [[name, f"{count:,}"] for name, count in labels.items()]
        terminal.table("Labels", ["Label", "Shapes"], rows)
        made = [[kind, f"{count:,}"] for kind, count in kinds.items() if count]
        terminal.table("Made so far", ["Kind", "Count"], made)


def recent(json: JsonOption = False) -> None:
    """List projects that were open lately."""
    terminal = Terminal(json)
    found = app.studio().projects.recent()
    listed: list[JsonValue] = [
        {"name": one.name, "folder": str(one.folder), "exists": one.exists} for one in found
    ]
    terminal.result({"recent": listed})
    rows = [[one.name, str(one.folder), "" if one.exists else "gone"] for one in found]
    terminal.table("Recent projects", ["Name", "Folder", ""], rows)


def artefacts(
    kind: Annotated[str, typer.Argument(help="Kind, for example model; all by default.")] = "",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """List dataset versions, models, reports and packages, newest first."""
    terminal = Terminal(json)
    with opened(project) as session:
        index = session.project.artefacts
        found = [r for k in ([kind] if kind else _KINDS) for r in index.of_kind(k)]
        sources = {r.digest: [s.digest for s in index.sources(r.digest)] for r in found}
        listed: list[JsonValue] = [
            {**record.model_dump(mode="json"), "made_from": list(sources[record.digest])}
            for record in found
        ]
        terminal.result({"artefacts": listed})
        rows = [
            [r.kind, short(r.digest), r.title, ", ".join(map(short, sources[r.digest]))]
            for r in found
        ]
        terminal.table("Artefacts", ["Kind", "Digest", "Title", "Made from"], rows)


def check(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """Read every stored object again and compare it with its digest."""
    terminal = Terminal(json)
    with opened(project) as session:
        store = session.project.store
        bad: list[Digest] = []
        total = 0
        for digest in store:
            total += 1
            try:
                store.get(digest)
            except StudioError:
                bad.append(digest)
        terminal.result(
            {"objects": total, "damaged": list(bad)},
            [f"{total:,} objects read, {len(bad):,} damaged."],
        )
        if bad:
            raise Damaged(
                f"{len(bad):,} objects no longer match their digest, the first is {bad[0]}.",
                "Bring the project back from a backup, or import those pictures again.",
            )


def plugins(json: JsonOption = False) -> None:
    """List plugins, what they bring, and which could not be loaded and why."""
    terminal = Terminal(json)
    host = app.studio().plugins
    operations: list[JsonValue] = [
        {"id": op.id, "version": op.version, "title": op.title, "room": op.room}
        for op in host.all()
    ]
    states = host.plugins()
    listed: list[JsonValue] = [
        {"name": s.name, "title": s.title, "version": s.version, "problem": s.problem}
        for s in states
    ]
    terminal.result({"plugins": listed, "operations": operations})
    rows = [[s.name, s.title, s.version, s.problem or "ok"] for s in states]
    terminal.table("Plugins", ["Name", "Title", "Version", "State"], rows)
    deeds = [[op.room, op.reference, op.title] for op in host.all()]
    terminal.table("Operations", ["Room", "Operation", "Title"], deeds)
