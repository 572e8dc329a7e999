"""Commands for the steps of the life: import, split, train, evaluate, explain, package, predict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli import reports
from studio.cli.opening import (
    AgainOption,
    DeviceOption,
    JsonOption,
    ParamOption,
    ProjectOption,
    SeedOption,
    TargetOption,
    find,
    opened,
    parameters,
    short,
)
from studio.cli.quickstart import quickstart
from studio.cli.terminal import Terminal
from studio.domain.artefacts import get_artefact
from studio.domain.datasets import DatasetVersion, SplitPlan
from studio.domain.evaluation import EvaluationReport
from studio.domain.explanation import Explanation
from studio.domain.ids import Digest, JsonValue
from studio.domain.packaging import Files, ModelPackage, Predictions
from studio.domain.project import Project
from studio.errors import BadInput, InvalidParameters


def register(cli: typer.Typer) -> None:
    """Add these commands to the command line."""
    cli.command("import")(import_media)
    cli.command("export-labels")(export_labels)
    for command in (split, train, evaluate, explain, package, predict, prelabel, quickstart):
        cli.command()(command)


def _dataset(project: Project, given: str) -> Digest:
    return find(project, "dataset", given, "dataset version", "split")


def _model(project: Project, given: str) -> Digest:
    return find(project, "model", given, "trained model", "train")


def import_media(
    paths: Annotated[list[Path], typer.Argument(help="Folders, pictures, zips or label files.")],
    project: ProjectOption = Path(),
    format: Annotated[str, typer.Option(help="Read as this format; found out by default.")] = "",  # noqa: A002
    json: JsonOption = False,
) -> None:
    """Bring pictures and labels into the project."""
    terminal = Terminal(json)
    with opened(project) as session:
        documents: list[JsonValue] = []
        for path in paths:
            submission = session.importing.start(path, format)
            outputs = terminal.follow(session.runner, submission, f"Import {path.name}")
            report = session.importing.accept({k: Digest(v) for k, v in outputs.items()})
            documents.append(report.model_dump(mode="json"))
            reports.import_report(terminal, str(path), report)
        terminal.result({"imports": documents})


def export_labels(
    folder: Annotated[Path, typer.Argument(help="New folder for the files.")],
    format: Annotated[str, typer.Option(help="As voc, yolo, yolo_pose, coco, cvat …")] = "coco",  # noqa: A002
    pictures: Annotated[bool, typer.Option(help="Copy the pictures too.")] = True,
    sidecar: Annotated[
        bool, typer.Option(help="Keep what the format cannot say in a file beside it.")
    ] = True,
    allow_lossy: Annotated[
        bool, typer.Option(help="Write even if something is lost for good.")
    ] = False,
    report: Annotated[bool, typer.Option(help="Only say what would be lost.")] = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write the project's labels in somebody's format."""
    terminal = Terminal(json)
    with opened(project) as session:
        losses = session.exporting.losses(format)
        if report or (losses and not sidecar and not allow_lossy):
            reports.losses(terminal, losses)
            if not report:
                raise BadInput(
                    "Something would be lost for good, so nothing was written.",
                    "Keep the sidecar, or say --allow-lossy.",
                )
            return
        submission = session.runner.submit(
            "labels.export",
            {"format": format, "with_pictures": pictures, "sidecar": sidecar},
            {"labels": session.datasets.snapshot()},
        )
        outputs = terminal.follow(session.runner, submission, f"Export as {format}")
        store = session.project.store
        files = get_artefact(store, Digest(outputs["files"]), Files)
        session.packaging.write_files(files.files, folder)
        terminal.result(
            {"folder": str(folder), "files": len(files.files), "notes": list(files.notes)},
            [f"Wrote {len(files.files):,} files to {folder}.", *files.notes],
        )


def split(
    strategy: Annotated[
        str, typer.Option(help="stratified, random, group or given.")
    ] = "stratified",
    val: Annotated[float, typer.Option(help="Share for validation.")] = 0.15,
    test: Annotated[float, typer.Option(help="Share for the test.")] = 0.15,
    seed: SeedOption = 0,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Freeze the labelled pictures into a dataset version with splits."""
    terminal = Terminal(json)
    try:
        plan = SplitPlan.model_validate(
            {"strategy": strategy, "val": val, "test": test, "seed": seed}
        )
    except ValueError as error:
        raise InvalidParameters(f"The split cannot be dealt like this: {error}") from error
    with opened(project) as session:
        outputs = terminal.follow(session.runner, session.datasets.create(plan), "Split")
        digest = Digest(outputs["dataset"])
        dataset = get_artefact(session.project.store, digest, DatasetVersion)
        reports.dataset(terminal, digest, dataset)


def train(
    dataset: Annotated[str, typer.Option(help="Dataset version; the newest by default.")] = "",
    task: Annotated[
        str, typer.Option(help="classifier or detector; found out from the labels by default.")
    ] = "",
    architecture: Annotated[str | None, typer.Option(help="Network to train.")] = None,
    epochs: Annotated[int | None, typer.Option(help="Passes over the training split.")] = None,
    batch_size: Annotated[int | None, typer.Option(help="Pictures in one step.")] = None,
    learning_rate: Annotated[float | None, typer.Option(help="Largest step size.")] = None,
    param: ParamOption = None,
    start: Annotated[str, typer.Option(help="Model to go on from.")] = "",
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    again: AgainOption = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Train a model on a dataset version."""
    terminal = Terminal(json)
    values = parameters(
        param,
        architecture=architecture,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
    )
    with opened(project) as session:
        inputs = {"dataset": _dataset(session.project, dataset)}
        version = get_artefact(session.project.store, inputs["dataset"], DatasetVersion)
        if start:
            inputs["start"] = _model(session.project, start)
        operation = f"train.{task or reports.task_of(session.project.store, version)}"
        submission = session.runner.submit(
            operation, values, inputs, seed=seed, device=device, target=target, again=again
        )
        outputs = terminal.follow(session.runner, submission, "Train")
        reports.model(terminal, session.project.store, Digest(outputs["model"]), submission.job)


def evaluate(
    model: Annotated[str, typer.Option(help="Model; the newest by default.")] = "",
    dataset: Annotated[str, typer.Option(help="Dataset version; the newest by default.")] = "",
    split: Annotated[str, typer.Option(help="train, val or test.")] = "test",
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    again: AgainOption = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Measure a model on one split."""
    terminal = Terminal(json)
    with opened(project) as session:
        inputs = {
            "model": _model(session.project, model),
            "dataset": _dataset(session.project, dataset),
        }
        submission = session.runner.submit(
            "evaluate.model", {"split": split}, inputs, device=device, target=target, again=again
        )
        outputs = terminal.follow(session.runner, submission, "Evaluate")
        digest = Digest(outputs["evaluation"])
        report = get_artefact(session.project.store, digest, EvaluationReport)
        reports.evaluation(terminal, digest, report)


def explain(
    folder: Annotated[Path, typer.Argument(help="New folder for pictures with heat maps.")],
    model: Annotated[str, typer.Option(help="Model; the newest by default.")] = "",
    dataset: Annotated[str, typer.Option(help="Dataset version; the newest by default.")] = "",
    param: ParamOption = None,
    device: DeviceOption = "auto",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Show where a classifier looks (Grad-CAM), laid over pictures."""
    terminal = Terminal(json)
    with opened(project) as session:
        inputs = {
            "model": _model(session.project, model),
            "dataset": _dataset(session.project, dataset),
        }
        submission = session.runner.submit(
            "explain.gradcam", parameters(param), inputs, device=device
        )
        outputs = terminal.follow(session.runner, submission, "Explain")
        store = session.project.store
        explanation = get_artefact(store, Digest(outputs["explanation"]), Explanation)
        written = reports.write_overlays(store, explanation, folder)
        terminal.result(
            {"folder": str(folder), "pictures": [str(path) for path in written]},
            [f"Wrote {len(written):,} pictures to {folder}."],
        )


def package(
    folder: Annotated[
        Path | None, typer.Argument(help="Folder to write; exports/ in the project by default.")
    ] = None,
    model: Annotated[str, typer.Option(help="Model; the newest by default.")] = "",
    dataset: Annotated[str, typer.Option(help="Dataset version; the newest by default.")] = "",
    param: ParamOption = None,
    device: DeviceOption = "auto",
    again: AgainOption = False,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Make a verified package: ONNX, contract, model card, self-test and runner."""
    terminal = Terminal(json)
    with opened(project) as session:
        inputs = {
            "model": _model(session.project, model),
            "dataset": _dataset(session.project, dataset),
        }
        submission = session.runner.submit(
            "package.onnx", parameters(param), inputs, device=device, again=again
        )
        outputs = terminal.follow(session.runner, submission, "Package")
        digest = Digest(outputs["package"])
        made = get_artefact(session.project.store, digest, ModelPackage)
        written = session.packaging.write_out(digest, folder)
        reports.package(terminal, digest, made, written)


def predict(
    paths: Annotated[list[Path], typer.Argument(help="Pictures or folders.")],
    package: Annotated[str, typer.Option(help="Package; the newest by default.")] = "",
    device: DeviceOption = "auto",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Ask a package what it sees on pictures, through onnxruntime."""
    terminal = Terminal(json)
    with opened(project) as session:
        chosen = find(session.project, "package", package, "package", "package")
        answers = []
        for path in paths:
            brought = terminal.follow(
                session.runner,
                session.runner.submit(
                    "labels.import", {"path": str(path.resolve()), "format": "images"}
                ),
                f"Read {path.name}",
            )
            outputs = terminal.follow(
                session.runner,
                session.runner.submit(
                    "predict.package",
                    {},
                    {"package": chosen, "labels": Digest(brought["labels"])},
                    device=device,
                ),
                f"Predict {path.name}",
            )
            store = session.project.store
            found = get_artefact(store, Digest(outputs["predictions"]), Predictions)
            answers += reports.predictions(terminal, store, found)
        terminal.result({"package": short(chosen), "pictures": answers})


def prelabel(
    package: Annotated[str, typer.Option(help="Package; the newest by default.")] = "",
    least_score: Annotated[float, typer.Option(help="Less sure answers are left out.")] = 0.3,
    device: DeviceOption = "auto",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Let a package propose labels for all pictures that carry none."""
    terminal = Terminal(json)
    with opened(project) as session:
        chosen = find(session.project, "package", package, "package", "package")
        submission = session.prelabelling.ask(chosen, device=device)
        outputs = terminal.follow(session.runner, submission, "Propose labels")
        count = session.prelabelling.take(Digest(outputs["predictions"]), least_score)
        terminal.result(
            {"proposals": count, "waiting": session.prelabelling.waiting()},
            [f"{count:,} proposals wait to be accepted or rejected."],
        )
