"""The whole life on the sample project, in one command."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Annotated

import typer

from studio import app, paths
from studio.cli import reports
from studio.cli.opening import DeviceOption, JsonOption, SeedOption, percent
from studio.cli.terminal import Terminal
from studio.domain.artefacts import get_artefact
from studio.domain.evaluation import EvaluationReport
from studio.domain.ids import Digest
from studio.domain.packaging import ModelPackage
from studio.errors import ComputeFailed
from studio.services.job_runner import Submission
from studio.services.samples import Samples
from studio.services.session import Session


def quickstart(
    folder: Annotated[
        Path | None, typer.Argument(help="Project folder; the studio's own by default.")
    ] = None,
    sample: Annotated[str, typer.Option(help="digits (classify) or scenes (detect).")] = "digits",
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    json: JsonOption = False,
) -> None:
    """Live the whole life on sample data: import, split, train, evaluate, explain, package."""
    terminal = Terminal(json)
    begun = time.monotonic()
    place = folder or paths.data_folder() / "samples" / sample
    session = open_sample(sample, place)
    try:
        terminal.say(f"Sample project “{sample}” in {place}")
        template = "classify" if sample == "digits" else "detect"
        graph = next(t.graph for t in session.pipelines.templates() if t.name == template)
        job = session.pipelines.run_graph(graph, seed=seed, device=device)
        terminal.follow(session.runner, Submission(job, None), "Run the pipeline")
        _report(terminal, session, job, time.monotonic() - begun)
    finally:
        session.close()


def open_sample(sample: str, place: Path) -> Session:
    """Open the sample project, making it first if it is not there."""
    studio = app.studio()
    if (place / "project.json").exists():
        return studio.open(place)
    return Samples(studio.create).create(sample, place)


def _report(terminal: Terminal, session: Session, job: str, seconds: float) -> None:
    nodes = session.runner.record(job).nodes  # type: ignore[arg-type]
    outputs = {port: digest for node in nodes.values() for port, digest in node.outputs.items()}
    store = session.project.store
    if not {"package", "evaluation"} <= outputs.keys():
        raise ComputeFailed(
            "The pipeline ended without a package.", f"`studio jobs log {job}` shows why."
        )
    report = get_artefact(store, Digest(outputs["evaluation"]), EvaluationReport)
    made = get_artefact(store, Digest(outputs["package"]), ModelPackage)
    folder = session.packaging.write_out(Digest(outputs["package"]), None)
    name = "accuracy" if made.task == "classification" else "AP50"
    ran = sum(node.state == "finished" for node in nodes.values())
    agreement = made.agreement
    terminal.result(
        {
            "project": str(session.project.folder),
            "package": str(folder),
            "digest": outputs["package"],
            name.lower(): report.figures.get(name),
            "verified": agreement.verified,
            "agreement": agreement.share,
            "largest_difference": agreement.largest_difference,
            "nodes_run": ran,
            "nodes_cached": sum(node.state == "cached" for node in nodes.values()),
            "seconds": round(seconds, 1),
        },
        [
            f"Test {name}: {percent(report.figures.get(name))} on {report.pictures:,} pictures",
            *(["Nothing was trained again: all results were known."] if not ran else []),
        ],
    )
    if not terminal.as_json:
        reports.package(terminal, Digest(outputs["package"]), made, folder)
        terminal.result({}, [f"Done in {seconds:.0f} s. Project: {session.project.folder}"])
    if not agreement.verified:
        raise ComputeFailed(
            "The package does not agree with the trained model.",
            "Do not ship it; report this with the job's log.",
        )
