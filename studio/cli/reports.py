"""What commands print of each artefact."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from studio.api.images import decode, overlay, png
from studio.api.losses import Loss
from studio.api.pictures import pixels_of
from studio.cli.opening import percent, short
from studio.cli.terminal import Terminal
from studio.domain.artefacts import get_artefact
from studio.domain.datasets import SPLITS, DatasetVersion
from studio.domain.evaluation import EvaluationReport
from studio.domain.explanation import Explanation
from studio.domain.ids import Digest, JsonValue
from studio.domain.labels import ImportReport, LabelId, LabelSchema
from studio.domain.models import ModelVersion
from studio.domain.objects import ObjectStore
from studio.domain.packaging import ModelPackage, Predictions
from studio.errors import BadInput

_SHOWN = 20


def task_of(store: ObjectStore, dataset: DatasetVersion) -> str:
    """Tell which trainer fits a dataset: `detector` if anything is drawn, else `classifier`.

    Raises
    ------
    BadInput
        If no picture carries a label.
    """
    tagged = False
    for entry in dataset.read(store):
        for shape in entry.item.shapes:
            if shape.kind != "tag":
                return "detector"
            tagged = True
    if not tagged:
        raise BadInput(
            "No picture of this dataset version carries a label.",
            "Label some pictures, or import labels, and make a new version.",
        )
    return "classifier"


def import_report(terminal: Terminal, path: str, report: ImportReport) -> None:
    """Say what came in and what did not."""
    terminal.say(
        f"{path}: {report.pictures:,} pictures and {report.shapes:,} shapes read as {report.format}"
    )
    rows = [[p.severity, p.path, p.reason] for p in report.problems[:_SHOWN]]
    if rows:
        more = len(report.problems) - len(rows)
        terminal.table(
            f"{len(report.problems):,} problems" + (f", {more:,} more" if more else ""),
            ["What", "Where", "Why"],
            rows,
        )


def dataset(terminal: Terminal, digest: Digest, version: DatasetVersion) -> None:
    """Show a dataset version's splits and leaks."""
    counts = version.statistics
    terminal.result(
        {"dataset": digest, "statistics": counts.model_dump(mode="json")},
        [f"Dataset version {short(digest)}"],
    )
    rows = [["pictures", *(f"{counts.media.get(s, 0):,}" for s in SPLITS)]]
    for label in version.label_schema.labels:
        of = counts.labels.get(label.id, {})
        rows.append([label.name, *(f"{of.get(s, 0):,}" for s in SPLITS)])
    terminal.table("Splits", ["", *SPLITS], rows)
    if counts.leak_count:
        leaks = [[leak.reason, leak.first, leak.second] for leak in counts.leaks[:_SHOWN]]
        terminal.table(f"{counts.leak_count:,} leaks", ["Why", "Picture", "Picture"], leaks)


def model(terminal: Terminal, store: ObjectStore, digest: Digest, job: str | None) -> None:
    """Show a trained model's figures."""
    version = get_artefact(store, digest, ModelVersion)
    terminal.result(
        {
            "model": digest,
            "weights": version.weights,
            "architecture": version.architecture,
            "metrics": dict(version.metrics),
            "job": job,
        },
        [
            f"Model {short(digest)} ({version.architecture})",
            *(f"  {name}: {value:.4f}" for name, value in sorted(version.metrics.items())),
        ],
    )


def evaluation(terminal: Terminal, digest: Digest, report: EvaluationReport) -> None:
    """Show figures, per label and confusion."""
    names = report.label_schema.names
    terminal.result(
        {
            "evaluation": digest,
            "split": report.split,
            "pictures": report.pictures,
            "figures": dict(report.figures),
            "labels": [figures.model_dump(mode="json") for figures in report.labels],
            "confusion": [list(row) for row in report.confusion],
        },
        [f"Evaluation {short(digest)} on {report.pictures:,} pictures of {report.split}"],
    )
    figures = [[name, percent(value)] for name, value in report.figures.items()]
    terminal.table("Figures", ["Figure", "Value"], figures)
    rows = [
        [
            _name(report.label_schema, one.label),
            f"{one.support:,}",
            percent(one.precision),
            percent(one.recall),
            percent(one.f1),
        ]
        for one in report.labels
    ]
    terminal.table("Labels", ["Label", "Support", "Precision", "Recall", "F1"], rows)
    if len(report.confusion) <= 12:
        heads = names if len(report.confusion) == len(names) else [*names, "missed"]
        sides = names if len(report.confusion) == len(names) else [*names, "invented"]
        grid = [
            [side, *(f"{count:,}" for count in row)]
            for side, row in zip(sides, report.confusion, strict=True)
        ]
        terminal.table("Truth (rows) against prediction", ["", *heads], grid)


def package(terminal: Terminal, digest: Digest, made: ModelPackage, folder: Path) -> None:
    """Show where a package is and how well it agrees with the trained model."""
    agreement = made.agreement
    word = "verified" if agreement.verified else "NOT verified"
    terminal.result(
        {
            "package": digest,
            "folder": str(folder),
            "verified": agreement.verified,
            "agreement": {**agreement.model_dump(mode="json"), "share": agreement.share},
            "figures": dict(made.figures),
        },
        [
            f"Package {short(digest)} in {folder}",
            f"  {word}: agrees with the trained model on {agreement.agreeing:,} of "
            f"{agreement.pictures:,} pictures; largest difference of a score "
            f"{agreement.largest_difference:.2g} (tolerance {agreement.tolerance:.2g})",
            f"  run it: python {folder}/runner.py PICTURE",
        ],
    )


def predictions(terminal: Terminal, store: ObjectStore, found: Predictions) -> list[JsonValue]:
    """Show what a package said, and return it for programs."""
    rows: list[list[str]] = []
    answers: list[JsonValue] = []
    for verdict in found.read(store):
        answers.append(verdict.model_dump(mode="json"))
        if found.task == "classification":
            said = _name(found.label_schema, verdict.predicted)
            rows.append([verdict.name, said, percent(verdict.score)])
        else:
            for one in verdict.detections:
                box = ", ".join(f"{edge:.0f}" for edge in one.box)
                rows.append([verdict.name, _name(found.label_schema, one.label), box])
    title = f"Predictions ({found.provider})"
    columns = ["Picture", "Label", "Score" if found.task == "classification" else "Box, px"]
    terminal.table(title, columns, rows)
    return answers


def _name(schema: LabelSchema, label: LabelId | None) -> str:
    found = schema.get(label) if label else None
    return found.name if found else "–"


def write_overlays(store: ObjectStore, explanation: Explanation, folder: Path) -> list[Path]:
    """Lay each heat map over its picture and write PNG files.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for number, one in enumerate(explanation.maps):
        picture = pixels_of(store, one.media)
        shown = overlay(picture, decode(store.get(one.heat))[:, :, 0])
        stem = f"{number:03}_{_name(explanation.label_schema, one.label)}_{one.media.name}"
        path = folder / f"{''.join(c if c.isalnum() else '_' for c in stem)}.png"
        path.write_bytes(png(shown))
        written.append(path)
    return written


def losses(terminal: Terminal, found: Sequence[Loss]) -> None:
    """Say what a format would lose."""
    facts: list[JsonValue] = [
        {"what": loss.what, "count": loss.count, "example": loss.example} for loss in found
    ]
    terminal.result({"losses": facts}, [f"{loss}." for loss in found] or ["Nothing would be lost."])
