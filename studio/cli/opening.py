"""How commands open a project and find the artefacts they are told about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, TypeAlias

import orjson
import typer

from studio import app
from studio.domain.ids import Digest, JsonValue
from studio.domain.jobs import Device
from studio.domain.project import Project
from studio.errors import InvalidParameters, NotFound
from studio.services.session import Session

ProjectOption: TypeAlias = Annotated[
    Path, typer.Option("--project", "-p", help="Folder of the project.", envvar="STUDIO_PROJECT")
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print the result as one JSON document.")
]
DeviceOption: TypeAlias = Annotated[Device, typer.Option(help="Device to work on.")]
TargetOption: TypeAlias = Annotated[
    str, typer.Option(help="Where it runs: local, or the name of a host from the settings.")
]
SeedOption: TypeAlias = Annotated[int, typer.Option(help="Source of all randomness.")]
ParamOption: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--param", "-P", help="Parameter as name=value; may stand several times."),
]
AgainOption: TypeAlias = Annotated[
    bool, typer.Option("--again", help="Do it again even if the result is known.")
]


@contextmanager
def opened(folder: Path) -> Iterator[Session]:
    """Open a project for one command."""
    session = app.studio().open(folder)
    try:
        yield session
    finally:
        session.close()


def find(project: Project, kind: str, given: str, noun: str, how: str) -> Digest:
    """Find an artefact by the beginning of its digest, or the newest of its kind.

    Parameters
    ----------
    kind : str
        Kind of artefact.
    given : str
        Beginning of the digest, with or without `sha256:`; empty for the newest.
    noun, how : str
        For the error: what is missing, and the command that makes one.

    Raises
    ------
    NotFound
        If there is none, or more than one begins so.
    """
    records = project.artefacts.of_kind(kind)
    if not records:
        raise NotFound(f"The project has no {noun} yet.", f"Make one with `studio {how}`.")
    if not given:
        return records[0].digest
    prefix = given if given.startswith("sha256:") else f"sha256:{given}"
    matching = [record.digest for record in records if record.digest.startswith(prefix)]
    if len(matching) != 1:
        found = "none" if not matching else f"{len(matching)}"
        raise NotFound(
            f"“{given}” should name one {noun}, but {found} begin so.",
            "`studio artefacts` lists them.",
        )
    return matching[0]


def parameters(given: list[str] | None, **named: JsonValue) -> dict[str, JsonValue]:
    """Read `name=value` pairs; values are JSON where they can be, else text.

    Parameters
    ----------
    given : list of str
        As the person wrote them.
    **named
        Parameters with an option of their own; None means not set.
    """
    values: dict[str, JsonValue] = {k: v for k, v in named.items() if v is not None}
    for pair in given or []:
        name, sign, text = pair.partition("=")
        if not sign:
            raise InvalidParameters(f"“{pair}” is not of the form name=value.")
        try:
            values[name] = orjson.loads(text)
        except orjson.JSONDecodeError:
            values[name] = text
    return values


def short(digest: str) -> str:
    """Return the beginning of a digest, enough for a person to tell it from others."""
    return digest.removeprefix("sha256:")[:12]


def percent(value: float | None) -> str:
    """Write a share as per cent; a dash where it has no meaning."""
    return "–" if value is None else f"{100 * value:.2f} %"


def as_json(outputs: Mapping[str, str]) -> dict[str, JsonValue]:
    """Return outputs as a JSON object."""
    return dict(outputs)
