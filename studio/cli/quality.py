"""Commands for the quality of labels: agreement, consensus, checks, statistics, label errors."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from studio.cli.opening import (
    AgainOption,
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
from studio.domain.ids import Digest, JsonObject, JsonValue
from studio.domain.labels import LabelId, LabelSchema
from studio.domain.media import MediaFilter
from studio.domain.quality import MISSING, Agreement, LabelErrors, Measured, Suspect
from studio.errors import BadInput
from studio.services.quality import LABELS_NAME, CheckScore
from studio.services.session import Session

cli = typer.Typer(
    help="How good labels are: agreement, consensus, checks, statistics, and what looks wrong.",
    no_args_is_help=True,
)
_KINDS = {
    "picture": "picture under a wrong label",
    "swapped": "wrong label",
    "badly_located": "badly located",
    "overlooked": "overlooked",
}
_SHOWN = 20


def _people(begun: str) -> list[str]:
    # What cannot be opened cannot be completed, and an error would break the person's line.
    return [one for one in (LABELS_NAME,) if one.startswith(begun)]


PeopleOption = Annotated[
    list[str] | None,
    typer.Option(
        "--by", "-b", help="Annotator, or “labels”; may stand several times. All by default.",
        autocompletion=_people,
    ),
]  # fmt: skip
LeastOption = Annotated[
    float, typer.Option(min=0.01, max=1, help="Overlap from which shapes mean the same thing.")
]
DrawsOption = Annotated[
    int, typer.Option(min=0, max=100_000, help="Drawings that intervals are told from.")
]


@cli.command()
def assign(
    annotator: Annotated[str, typer.Argument(help="Name of the person.")],
    label: Annotated[str, typer.Option(help="Only pictures with this label.")] = "",
    text: Annotated[str, typer.Option(help="Only pictures whose name has this part.")] = "",
    count: Annotated[int, typer.Option(min=0, help="At most so many; 0 for all.")] = 0,
    checks: Annotated[
        float, typer.Option(min=0, max=0.5, help="Share of the queue that are checks.")
    ] = 0.0,
    seed: SeedOption = 0,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Give somebody pictures to label apart from the others, in a branch that begins empty."""
    terminal = Terminal(json)
    with opened(project) as session:
        where = MediaFilter(text=text, label=_label_id(session, label))
        media = session.project.state.media
        wanted = media.page(0, count or media.count(where), where)
        total = session.quality.annotators.assign(
            annotator, [item.id for item in wanted], checks=checks, seed=seed
        )
        line = f"{total:,} pictures wait for {annotator} in the branch of that name."
        terminal.result({"annotator": annotator, "pictures": total}, [line])


@cli.command("next")
def next_(
    annotator: Annotated[str, typer.Argument(help="Name of the person.")],
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Name the next picture somebody has to label, and how far they are."""
    terminal = Terminal(json)
    with opened(project) as session:
        people = session.quality.annotators
        people.layer(annotator)
        queue, seen = people.queue(annotator), people.seen(annotator)
        item = people.next(annotator)
        done = sum(id_ in seen for id_ in queue)
        document: JsonObject = {
            "annotator": annotator,
            "next": None if item is None else {"media": item.id, "name": item.name},
            "labelled": done,
            "total": len(queue),
        }
        name = item.name if item else "The queue is done"
        terminal.result(document, [f"{name} · {done:,} of {len(queue):,} labelled"])


@cli.command()
def agreement(
    by: PeopleOption = None,
    least: LeastOption = 0.5,
    draws: DrawsOption = 1000,
    seed: SeedOption = 0,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Say how far annotators agree, with 95 % intervals over pictures."""
    terminal = Terminal(json)
    with opened(project) as session:
        told = session.quality.agreeing.agreement(by or (), least=least, draws=draws, seed=seed)
        _show_agreement(terminal, told, session.project.state.schema)
        alpha = f"Krippendorff's alpha {_figure(told.alpha)} over {told.pictures:,} pictures."
        terminal.result(told.model_dump(mode="json"), [alpha])


@cli.command()
def consensus(
    by: PeopleOption = None,
    into: Annotated[
        Literal["proposals", "labels"], typer.Option(help="Where it is written.")
    ] = "proposals",
    least: LeastOption = 0.5,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Write down what most annotators mean; conflicts are listed for a person."""
    terminal = Terminal(json)
    with opened(project) as session:
        told = session.quality.agreeing.settle(by or (), into=into, least=least)
        names = _names(session.project.state.schema)
        rows = [
            [
                one.picture,
                one.quarrel.reason,
                ", ".join(f"{who} {names[shape.label]}" for who, shape in one.quarrel.members),
            ]
            for one in told.open
        ]
        if rows:
            terminal.table("To be decided by a person", ["Picture", "About", "Said"], rows[:_SHOWN])
        document: JsonObject = {
            "pictures": told.pictures,
            "agreed": told.agreed,
            "dropped": told.dropped,
            "kept": told.kept,
            "open": [{"picture": a, "about": b, "said": c} for a, b, c in rows],
        }
        lines = [
            f"{told.agreed:,} shapes of {told.pictures:,} pictures are in the {into},"
            f" {told.dropped:,} of a minority are left out, {len(rows):,} wait for a person."
        ]
        if told.kept:
            lines.append(f"{told.kept:,} pictures carry labels already and were left alone.")
        terminal.result(document, lines)


@cli.command()
def honeypots(
    keep: Annotated[
        int, typer.Option(min=0, help="Keep the truth of so many labelled pictures first.")
    ] = 0,
    release: Annotated[bool, typer.Option(help="Forget the truth of all of them.")] = False,
    seed: SeedOption = 0,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Score annotators on pictures whose truth is known; `assign --checks` mixes them in."""
    terminal = Terminal(json)
    with opened(project) as session:
        checks = session.quality.checks
        if keep and release:
            raise BadInput("Checks are either kept or released.", "Leave one of the options out.")
        kept = checks.keep(count=keep, seed=seed) if keep else 0
        released = checks.release() if release else 0
        scores = checks.scores(seed=seed)
        columns = ["Annotator", "Seen", "Right (F1)", "Found (F1)", "Overlap"]
        rows = [_score_row(one) for one in scores]
        if rows:
            terminal.table("Scores on checks", columns, rows)
        document: JsonObject = {
            "checks": len(checks.pictures()),
            "kept": kept,
            "released": released,
            "scores": [_score_document(one) for one in scores],
        }
        terminal.result(document, [f"{len(checks.pictures()):,} pictures are kept as checks."])


@cli.command()
def statistics(
    by: Annotated[
        str, typer.Option("--by", "-b", help="Annotator or branch.", autocompletion=_people)
    ] = LABELS_NAME,
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Count shapes, pictures, sizes, attributes, and labels that meet on a picture."""
    terminal = Terminal(json)
    with opened(project) as session:
        told = session.quality.statistics(session.quality.annotators.layer(by))
        names = _names(session.project.state.schema)
        rows = [
            [
                names[one.label], f"{one.shapes:,}", f"{one.pictures:,}", f"{one.area:,.0f}",
                f"{one.width:,.1f}", f"{one.height:,.1f}",
            ]
            for one in told.labels
        ]  # fmt: skip
        columns = ["Label", "Shapes", "Pictures", "Area px²", "Width px", "Height px"]
        terminal.table("Labels", columns, rows)
        spoken = [[a.name, a.value, f"{a.shapes:,}", f"{a.pictures:,}"] for a in told.attributes]
        if spoken:
            terminal.table("Attributes", ["Name", "Value", "Shapes", "Pictures"], spoken[:_SHOWN])
        meeting = sorted(told.together.items(), key=lambda one: -one[1])
        met: list[JsonValue] = [[a, b, count] for (a, b), count in meeting]
        document: JsonObject = {
            "shapes": told.shapes,
            "pictures": told.pictures,
            "labels": [{**one._asdict(), "areas": list(one.areas)} for one in told.labels],
            "kinds": {str(kind): count for kind, count in told.kinds.items()},
            "attributes": [one._asdict() for one in told.attributes],
            "together": met,
        }
        lines = [f"{told.shapes:,} shapes on {told.pictures:,} pictures."]
        if meeting:
            (one, other), count = meeting[0]
            lines.append(f"{names[one]} and {names[other]} meet on {count:,} pictures.")
        terminal.result(document, lines)


@cli.command()
def duplicates(
    bits: Annotated[
        int, typer.Option(min=0, max=12, help="In how many of 64 bits hashes may differ.")
    ] = 4,
    again: AgainOption = False,
    target: TargetOption = "local",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Group pictures that look alike."""
    terminal = Terminal(json)
    with opened(project) as session:
        looking = session.quality.looking
        submission = looking.find_duplicates(bits, target=target, again=again)
        outputs = terminal.follow(session.runner, submission, "Compare")
        digest = Digest(outputs["duplicates"])
        told = looking.duplicates(digest)
        assert told is not None
        rows = [
            [f"{at:,}", f"{len(group):,}", ", ".join(one.name for one in group[:4])]
            for at, group in enumerate(told.groups[:_SHOWN], 1)
        ]
        if rows:
            terminal.table("Pictures that look alike", ["Group", "Pictures", "Names"], rows)
        more = sum(len(group) - 1 for group in told.groups)
        line = (
            f"{len(told.groups):,} groups with {more:,} pictures too many, of {told.pictures:,};"
            f" {told.passed_over:,} were too flat or not readable."
        )
        terminal.result({"result": digest, **told.model_dump(mode="json")}, [line])


@cli.command("label-errors")
def label_errors(
    package: Annotated[
        str, typer.Option(help="Digest of a detector's package; judges shapes, not pictures.")
    ] = "",
    model: Annotated[
        str, typer.Option(help="Digest of a model whose sight judges; else plain pixels do.")
    ] = "",
    sure: Annotated[
        float, typer.Option(min=0.05, max=0.99, help="Less sure answers accuse nobody.")
    ] = 0.5,
    seed: SeedOption = 0,
    device: DeviceOption = "auto",
    target: TargetOption = "local",
    project: ProjectOption = Path(),
    json: JsonOption = False,
) -> None:
    """Rank labels by how wrong they look."""
    terminal = Terminal(json)
    with opened(project) as session:
        looking = session.quality.looking
        if package:
            chosen = find(session.project, "package", package, "package", "package")
            submission = looking.rank_shapes(chosen, sure=sure, device=device, target=target)
        else:
            sight = find(session.project, "model", model, "model", "train") if model else None
            submission = looking.rank_labels(sight, seed=seed, device=device, target=target)
        outputs = terminal.follow(session.runner, submission, "Rank labels")
        digest = Digest(outputs["label-errors"])
        told = looking.errors(digest)
        assert told is not None
        _show_errors(terminal, digest, told)


def _show_errors(terminal: Terminal, digest: Digest, told: LabelErrors) -> None:
    names = _names(told.label_schema)
    rows = [_suspect_row(one, names) for one in told.suspects[:_SHOWN]]
    terminal.table(
        "Labels to look at again", ["Picture", "What", "Label", "Looks like", "Score"], rows
    )
    terminal.result(
        {"result": digest, **told.model_dump(mode="json")},
        [
            f"{told.estimated:,} of {told.looked:,} labels are probably wrong"
            f" (ranking {short(digest)})."
        ],
    )


def _show_agreement(terminal: Terminal, told: Agreement, schema: LabelSchema) -> None:
    names = _names(schema)
    columns = ["Between", "Pictures", "Matches", "Overlap", "Found (F1)", "Right (F1)", "Kappa"]
    rows = [
        [
            f"{one.first} and {one.second}", f"{one.pictures:,}", f"{one.matches:,}",
            _figure(one.overlap), _figure(one.detection), _figure(one.right), _figure(one.kappa),
        ]
        for one in told.pairs
    ]  # fmt: skip
    terminal.table("Agreement, with 95 % intervals", columns, rows)
    for one in told.pairs:
        by_class = [
            [names[c.label], f"{c.first:,}", f"{c.second:,}", _figure(c.f1)] for c in one.classes
        ]
        title = f"{one.first} and {one.second}"
        terminal.table(title, ["Label", one.first, one.second, "F1"], by_class)


def _figure(told: Measured) -> str:
    if told.value is None:
        return "–"
    if told.low is None or told.high is None:
        return f"{told.value:.3f}"
    return f"{told.value:.3f} ({told.low:.3f} to {told.high:.3f})".replace("-", "−")


def _score_row(one: CheckScore) -> list[str]:
    figures = ["–"] * 3
    if one.told is not None:
        figures = [_figure(told) for told in (one.told.right, one.told.detection, one.told.overlap)]
    return [one.name, f"{one.done:,} of {one.given:,}", *figures]


def _score_document(one: CheckScore) -> JsonObject:
    told = None if one.told is None else one.told.model_dump(mode="json")
    return {"annotator": one.name, "given": one.given, "seen": one.done, "told": told}


def _suspect_row(one: Suspect, names: dict[LabelId, str]) -> list[str]:
    given = "–" if one.given is None else names[one.given]
    suggested = "–" if one.suggested is None else names[one.suggested]
    return [one.name, _KINDS[one.kind], given, suggested, percent(one.score)]


class _Named(dict[LabelId, str]):
    """Names of labels; an id that is not known stands for itself."""

    def __missing__(self, id_: LabelId) -> str:
        return "nothing" if id_ == MISSING else str(id_)


def _names(schema: LabelSchema) -> dict[LabelId, str]:
    return _Named({label.id: label.name for label in schema.labels})


def _label_id(session: Session, name: str) -> str:
    if not name:
        return ""
    label = session.project.state.schema.named(name)
    if label is None:
        known = ", ".join(session.project.state.schema.names) or "none"
        raise BadInput(f"There is no label “{name}”.", f"Known are {known}.")
    return label.id
