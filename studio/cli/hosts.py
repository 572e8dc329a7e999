"""Commands about hosts: name one, trust its key, forget it; `--target NAME` runs jobs there."""

from __future__ import annotations

from typing import Annotated

import typer

from studio import app
from studio.cli.opening import JsonOption
from studio.cli.terminal import Terminal
from studio.domain.ids import JsonValue
from studio.errors import Cancelled, Conflict, InvalidParameters, NotFound

cli = typer.Typer(help="Name, trust and forget hosts that jobs run on.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="Name of the compute target.")]


def _kept() -> list[dict[str, JsonValue]]:
    found = app.studio().settings.get("hosts")
    return [dict(one) for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@cli.command("list")
def list_hosts(json: JsonOption = False) -> None:
    """List hosts."""
    terminal = Terminal(json)
    found = app.studio().hosts()
    listed: list[JsonValue] = [host.model_dump(mode="json") for host in found]
    terminal.result({"hosts": listed})
    rows = [[host.name, host.command(), host.python, host.folder] for host in found]
    terminal.table("Hosts", ["Name", "Reached by", "Python", "Folder"], rows)


@cli.command()
def add(
    name: NameArgument,
    host: Annotated[str, typer.Argument(help="Name or address of the machine.")],
    port: Annotated[int, typer.Option(help="Of its SSH server.")] = 22,
    user: Annotated[str, typer.Option(help="Account there; yours by default.")] = "",
    key_file: Annotated[str, typer.Option(help="Private key that is tried first.")] = "",
    python: Annotated[
        str, typer.Option(help="Python there, of an environment with the engine.")
    ] = "python3",
    folder: Annotated[
        str, typer.Option(help="Where the studio may keep its things there.")
    ] = "~/.visual-ai-studio",
    json: JsonOption = False,
) -> None:
    """Name a host; its key is trusted by a command of its own."""
    studio = app.studio()
    kept = _kept()
    if name == "local" or any(one.get("name") == name for one in kept):
        raise Conflict(f"There is a compute target “{name}” already.", "Choose another name.")
    fresh: dict[str, JsonValue] = {
        "name": name, "host": host, "port": port, "user": user, "key_file": key_file,
        "python": python, "folder": folder,
    }  # fmt: skip
    every: list[JsonValue] = [*kept, fresh]
    studio.settings.set("hosts", every)
    if all(one.name != name for one in studio.hosts()):
        studio.settings.set("hosts", [*kept])
        raise InvalidParameters(f"“{host}” with port {port} is no host that could be reached.")
    Terminal(json).result(
        {"host": fresh}, [f"Added {name}. Now trust its key: studio hosts trust {name}"]
    )


@cli.command()
def remove(name: NameArgument, json: JsonOption = False) -> None:
    """Forget a host; what runs there goes on."""
    kept = _kept()
    left: list[JsonValue] = [one for one in kept if one.get("name") != name]
    if len(left) == len(kept):
        raise NotFound(f"There is no host “{name}”.", "`studio hosts list` shows them.")
    app.studio().settings.set("hosts", left)
    Terminal(json).result({"removed": name}, [f"Removed {name}."])


@cli.command()
def trust(
    name: NameArgument,
    yes: Annotated[
        bool, typer.Option("--yes", help="Trust the key that is offered now without asking.")
    ] = False,
    fingerprint: Annotated[
        str, typer.Option(help="Trust only a key with this fingerprint (SHA256:…).")
    ] = "",
    json: JsonOption = False,
) -> None:
    """Show the key a host offers, and keep it once you have compared it."""
    terminal = Terminal(json)
    studio = app.studio()
    host = next((one for one in studio.hosts() if one.name == name), None)
    if host is None:
        raise NotFound(f"There is no host “{name}”.", "`studio hosts list` shows them.")
    offered = studio.keys().offered(host)
    terminal.say(f"{host.host} offers the key {offered.fingerprint} ({offered.kind})")
    if fingerprint and fingerprint != offered.fingerprint:
        raise Conflict(
            f"That is not {fingerprint}.", "Somebody may stand between you and the host."
        )
    if not (yes or fingerprint):
        terminal.say("Compare it with what the host's keeper told you.")
        if not typer.confirm("Is it the same?", err=True):
            raise Cancelled("The key was not trusted.")
    studio.keys().trust(host, offered.fingerprint)
    terminal.result(
        {"trusted": name, "fingerprint": offered.fingerprint},
        [f"Trusted. Run jobs there with --target {name}."],
    )
