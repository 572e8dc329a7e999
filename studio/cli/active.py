"""Commands for active learning: what to label next, and whether choosing it pays."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from studio.cli.opening import (
    DeviceOption,
    JsonOption,
    ProjectOption,
    SeedOption,
    TargetOption,
    find,
    opened,
    percent,
    short,
)
from studio.cli.terminal import Terminal
from studio.domain.artefacts import get_artefact
from studio.domain.ids import Digest, JsonObject
from studio.domain.project import Project
from studio.domain.selecting import ArmReport, Curve, LearningStudy, Strategy
from studio.errors import NotFound
from studio.services.active_learning import STRATEGIES, WORDS, QueueProgress, verdict

cli = typer.Typer(
    help="Let a model say what to label next, always held against chance.", no_args_is_help=True
)


def _complete(begun: str) -> list[str]:
    return [one for one in STRATEGIES if one.startswith(begun)]


@cli.command("queue")
def queue_(
    strategy: Annotated[
        Strategy, typer.Option(help="What makes a picture worth labelling.")
    ] = "margin",
    batch: Annotated[
        int, typer.Option(min=1, help="Pictures of the strategy; as many of chance come too.")
    ] = 20,
    model: Annotated[str, typer.Option(help="Digest of the model; the newest by default.")] = "",
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Choose pictures to label next; chance stands blindly among them."""
    terminal = Terminal(json)
    with opened(project) as session:
        chosen = find(session.project, "model", model, "trained model", "train")
        submission = session.active.choose(
            chosen, strategy, batch, seed=seed, device=device, target=target
        )
        outputs = terminal.follow(session.runner, submission, "Choose pictures")
        found = session.active.progress(Digest(outputs["label-queue"]))
        terminal.result(
            _document(found),
            [
                f"Queue {short(found.digest)} with {found.total:,} pictures by {WORDS[strategy]}"
                f" and by chance, of {found.queue.pool:,} without labels.",
                "`studio active next` names the next, `studio active report` compares the arms.",
            ],
        )


@cli.command("next")
def next_(
    queue: Annotated[str, typer.Option(help="Digest of the queue; else the one at work.")] = "",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Name the next picture to label, and how far the queue is."""
    terminal = Terminal(json)
    with opened(project) as session:
        found = _queue(session.project, queue)
        progress = session.active.progress(found) if queue else session.active.current()
        progress = progress or session.active.progress(found)
        item = session.active.next(queue=progress.digest)
        document = _document(progress)
        document["next"] = None if item is None else {"media": item.id, "name": item.name}
        far = f"{progress.done:,} of {progress.total:,} labelled"
        line = f"{item.name} · {far}" if item else f"The queue is done · {far}"
        terminal.result(document, [line])


@cli.command()
def study(
    strategy: Annotated[
        list[str] | None,
        typer.Option("--strategy", "-s", help="May stand several times.", autocompletion=_complete),
    ] = None,
    start: Annotated[int, typer.Option(min=2, help="Labels at the beginning.")] = 20,
    batch: Annotated[int, typer.Option(min=1, help="Labels that come in a round.")] = 20,
    rounds: Annotated[int, typer.Option(min=1, help="How many rounds.")] = 8,
    repetitions: Annotated[int, typer.Option(min=3, help="How often all is repeated.")] = 5,
    model: Annotated[str, typer.Option(help="Digest of the model; the newest by default.")] = "",
    dataset: Annotated[
        str, typer.Option(help="Digest of the dataset version; the newest by default.")
    ] = "",
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Replay labelling of known pictures: each strategy against chance."""
    terminal = Terminal(json)
    with opened(project) as session:
        chosen = find(session.project, "model", model, "trained model", "train")
        version = find(session.project, "dataset", dataset, "dataset version", "split")
        named = [_strategy(one) for one in strategy or ["margin"]]
        submission = session.active.study(
            chosen, version, named, start=start, batch=batch, rounds=rounds,
            repetitions=repetitions, seed=seed, device=device, target=target,
        )  # fmt: skip
        outputs = terminal.follow(session.runner, submission, "Replay")
        digest = Digest(outputs["learning-study"])
        found = get_artefact(session.project.store, digest, LearningStudy)
        columns = ["Strategy", *(f"{size:,}" for size in found.sizes)]
        terminal.table(_measured(found.measure), columns, [_row(one) for one in found.curves])
        lines = [
            f"{WORDS[one.strategy]}. {verdict(one.gain, one.interval)}"
            for one in found.curves
            if one.gain is not None and one.interval is not None
        ]
        terminal.result({"study": digest, **found.model_dump(mode="json")}, lines)


@cli.command()
def report(
    queue: Annotated[str, typer.Option(help="Digest of the queue; the newest by default.")] = "",
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Compare what was labelled of a queue with what chance chose."""
    terminal = Terminal(json)
    with opened(project) as session:
        found = _queue(session.project, queue)
        submission = session.active.compare(found, seed=seed, device=device, target=target)
        outputs = terminal.follow(session.runner, submission, "Compare")
        digest = Digest(outputs["arm-report"])
        told = get_artefact(session.project.store, digest, ArmReport)
        columns = ["Learned from", *(f"+{size:,}" for size in told.sizes)]
        terminal.table(_measured(told.measure), columns, [_row(one) for one in told.curves])
        terminal.result(
            {"report": digest, "queue": found, **told.model_dump(mode="json")},
            [
                f"{WORDS[told.strategy]}. {verdict(told.gain, told.interval)}",
                f"Labelled {told.labelled[0]:,} chosen and {told.labelled[1]:,} of chance;"
                f" the model was wrong on {percent(told.surprised[0])}"
                f" and {percent(told.surprised[1])}.",
            ],
        )


def _queue(project: Project, given: str) -> Digest:
    return find(project, "label-queue", given, "queue of pictures to label", "active queue")


def _strategy(given: str) -> Strategy:
    for one in STRATEGIES:
        if one == given.replace("-", "_"):
            return one
    raise NotFound(f"There is no strategy “{given}”.", f"Known are {', '.join(STRATEGIES)}.")


def _document(found: QueueProgress) -> JsonObject:
    # Neither arms nor scores of what waits: who labels is not to know.
    return {
        "queue": found.digest,
        "strategy": found.queue.strategy,
        "pool": found.queue.pool,
        "labelled": found.done,
        "total": found.total,
        "waiting": [{"media": one.media, "name": one.name} for one in found.waiting],
    }


def _measured(measure: str) -> str:
    return "Accuracy" if measure == "accuracy" else "mAP of the labels that occur on a picture"


def _row(curve: Curve) -> list[str]:
    columns = zip(*curve.accuracy, strict=True)
    return [WORDS[curve.strategy], *(percent(sum(one) / len(one)) for one in columns)]
