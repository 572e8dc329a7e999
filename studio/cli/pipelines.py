"""Commands about pipelines and single operations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio import app
from studio.cli.opening import (
    AgainOption,
    DeviceOption,
    JsonOption,
    ParamOption,
    ProjectOption,
    SeedOption,
    TargetOption,
    opened,
    parameters,
    short,
)
from studio.cli.terminal import Terminal
from studio.domain.ids import Digest, JsonValue, is_digest
from studio.domain.jobs import NodeChanged
from studio.domain.pipelines import Graph, NodeId, parse
from studio.errors import InvalidGraph, InvalidParameters, NotFound
from studio.services.job_runner import Submission
from studio.services.session import Session


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (run, plan, op, templates):
        cli.command()(command)


def _graph(session: Session, given: str) -> Graph:
    """Find a graph: a file, a pipeline of the project, or a template."""
    path = Path(given)
    if path.is_file():
        return parse(path.read_bytes())
    found = session.pipelines.get(given)
    if found is not None:
        return found[0]
    for template in session.pipelines.templates():
        if template.name == given:
            return template.graph
    raise NotFound(
        f"There is no file, pipeline or template called “{given}”.",
        "`studio templates` lists templates.",
    )


def _set(graph: Graph, given: list[str] | None) -> Graph:
    """Change parameters of nodes: `node.name=value`."""
    nodes = dict(graph.nodes)
    for place, value in parameters(given).items():
        node, _, name = place.partition(".")
        if NodeId(node) not in nodes or not name:
            raise InvalidParameters(
                f"“{place}” names no parameter of a node.", "Write --param node.name=value."
            )
        old = nodes[NodeId(node)]
        nodes[NodeId(node)] = old.model_copy(update={"params": old.params | {name: value}})
    return graph.model_copy(update={"nodes": nodes})


def run(
    graph: Annotated[str, typer.Argument(help="Pipeline file, or name of a pipeline or template.")],
    only: Annotated[
        list[str] | None, typer.Option(help="Run up to this node; may stand several times.")
    ] = None,
    param: ParamOption = None,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Run a pipeline; what is known from before is not done again."""
    terminal = Terminal(json)
    with opened(project) as session:
        chosen = _set(_graph(session, graph), param)
        job = session.pipelines.run_graph(
            chosen, only=[NodeId(node) for node in only or []], seed=seed, device=device
        )
        try:
            terminal.follow(session.runner, Submission(job, None), "Run pipeline")
        finally:
            nodes = session.runner.record(job).nodes
            _report(terminal, job, nodes)


def _report(terminal: Terminal, job: str, nodes: dict[str, NodeChanged]) -> None:
    ran = [node for node in nodes.values() if node.state == "finished"]
    cached = [node for node in nodes.values() if node.state == "cached"]
    listed: dict[str, JsonValue] = {
        name: node.model_dump(mode="json") for name, node in nodes.items()
    }
    rows = [
        [
            name,
            node.state,
            "" if node.seconds is None else f"{node.seconds:.1f}",
            ", ".join(short(digest) for digest in node.outputs.values()),
            node.why,
        ]
        for name, node in nodes.items()
    ]
    terminal.table("Nodes", ["Node", "State", "Seconds", "Outputs", "Why"], rows)
    said = f"{len(ran)} nodes ran, {len(cached)} were known from before"
    if not ran and cached:
        said = f"Nothing to do: all {len(cached)} nodes were known from before"
    terminal.result({"job": job, "nodes": listed, "ran": len(ran), "cached": len(cached)}, [said])


def plan(
    graph: Annotated[str, typer.Argument(help="Pipeline file, or name of a pipeline or template.")],
    param: ParamOption = None,
    seed: SeedOption = 0,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Say for each node whether it would run, and why."""
    terminal = Terminal(json)
    with opened(project) as session:
        chosen = _set(_graph(session, graph), param)
        faults = session.pipelines.faults(chosen)
        if faults:
            raise InvalidGraph(
                "The pipeline cannot run: "
                + "; ".join(f"{f.node or 'pipeline'}: {f.reason}" for f in faults[:5])
            )
        planned = session.pipelines.plan(chosen, session.pipelines.bindings(chosen), seed=seed)
        listed: dict[str, JsonValue] = {
            str(node): {"state": one.state, "why": one.why} for node, one in planned.items()
        }
        terminal.result({"nodes": listed})
        rows = [[str(node), one.state, one.why] for node, one in planned.items()]
        terminal.table("Plan", ["Node", "State", "Why"], rows)


def op(
    operation: Annotated[str, typer.Argument(help="Id of the operation; `list` shows all.")],
    input: Annotated[  # noqa: A002
        list[str] | None, typer.Option(help="Input as port=digest; may stand several times.")
    ] = None,
    param: ParamOption = None,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    again: AgainOption = False,
    describe: Annotated[
        bool, typer.Option("--describe", help="Show ports and parameters, and stop.")
    ] = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Run one operation by its id."""
    terminal = Terminal(json)
    if operation == "list" or describe:
        _describe(terminal, operation)
        return
    inputs: dict[str, Digest] = {}
    for pair in input or []:
        port, _, digest = pair.partition("=")
        if not is_digest(digest):
            raise InvalidParameters(f"“{pair}” is not of the form port=sha256:….")
        inputs[port] = Digest(digest)
    with opened(project) as session:
        submission = session.runner.submit(
            operation, parameters(param), inputs, seed=seed, device=device, target=target,
            again=again,
        )  # fmt: skip
        outputs = terminal.follow(session.runner, submission, operation)
        lines = [f"{port} = {digest}" for port, digest in outputs.items()]
        terminal.result({"job": submission.job, "outputs": dict(outputs)}, lines)


def _describe(terminal: Terminal, operation: str) -> None:
    host = app.studio().plugins
    if operation == "list":
        rows = [[one.room, one.id, one.title, one.summary] for one in host.all()]
        terminal.table("Operations", ["Room", "Id", "Title", "What it does"], rows)
        listed: list[JsonValue] = [{"id": one.id, "title": one.title} for one in host.all()]
        terminal.result({"operations": listed})
        return
    found = host.get(operation)
    ports: dict[str, JsonValue] = {port.name: port.kind for port in found.inputs}
    outputs: dict[str, JsonValue] = {port.name: port.kind for port in found.outputs}
    rows = []
    for name, info in found.params.model_fields.items():
        default = "required" if info.is_required() else repr(info.default)
        rows.append([name, str(info.annotation), default, info.description or ""])
    terminal.table("Inputs", ["Port", "Kind"], [[k, str(v)] for k, v in ports.items()])
    terminal.table("Outputs", ["Port", "Kind"], [[k, str(v)] for k, v in outputs.items()])
    terminal.table("Parameters", ["Name", "Type", "Default", "Meaning"], rows)
    schema = found.params.model_json_schema()
    terminal.result(
        {"id": found.id, "version": found.version, "inputs": ports, "outputs": outputs,
         "parameters": schema},
        [found.summary],
    )  # fmt: skip


def templates(project: ProjectOption = Path(), json: JsonOption = False) -> None:
    """List the pipelines that ship with the studio."""
    terminal = Terminal(json)
    with opened(project) as session:
        found = session.pipelines.templates()
        listed: list[JsonValue] = [{"name": one.name, "title": one.title} for one in found]
        terminal.result({"templates": listed})
        rows = [[one.name, one.title, f"{len(one.graph.nodes)}"] for one in found]
        terminal.table("Templates", ["Name", "Title", "Nodes"], rows)
