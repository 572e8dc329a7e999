"""The model card: what is known of a model, and nothing that is not."""

from __future__ import annotations

from collections.abc import Mapping

from studio.domain.datasets import SPLITS, DatasetVersion
from studio.domain.models import ModelVersion
from studio.domain.packaging import Agreement

Figures = Mapping[str, Mapping[str, float | None]]
"""By split, then by name."""


def model_card(
    name: str,
    model: ModelVersion,
    dataset: DatasetVersion,
    agreement: Agreement,
    figures: Figures,
) -> bytes:
    """Write a model card in Markdown.

    Parameters
    ----------
    figures : mapping
        Measured through the exported network itself.

    Returns
    -------
    bytes
        UTF-8; the same facts give the same bytes.
    """
    parts = [
        f"# {name}",
        _what(model),
        "## How good it is\n\n" + _figures(figures),
        "## Agreement with the trained network\n\n" + _agreement(agreement),
        "## Data\n\n" + _data(dataset),
        "## How it was trained\n\n" + _training(model),
        "## Intended use\n\n"
        "To find the labels named above on pictures like those it was trained on. The studio does "
        "not know what it will be used for; whoever uses it writes that here.",
        "## Limits\n\n" + _limits(model, dataset, figures),
    ]
    return ("\n\n".join(parts) + "\n").encode()


def _what(model: ModelVersion) -> str:
    deed = "Image classification" if model.task == "classification" else "Object detection"
    spec = model.input
    colour = "colour" if spec.channels == 3 else "grey"
    labels = ", ".join(model.label_schema.names)
    fit = "stretched" if spec.fit == "stretch" else "scaled with its aspect kept, and padded,"
    return (
        f"{deed} with the network `{model.architecture}`.\n\n"
        f"- Input: {colour} pictures, {fit} to {spec.width} × {spec.height} px\n"
        f"- Labels ({len(model.label_schema.labels)}): {labels}\n"
        f"- Weights: `{model.weights}`"
    )


def _number(value: float | None) -> str:
    return "no meaning here" if value is None else f"{value:.4f}"


def _figures(figures: Figures) -> str:
    if not figures:
        return "Not measured: the splits hold no labelled pictures."
    splits = list(figures)
    names = list(dict.fromkeys(name for split in splits for name in figures[split]))
    head = "| figure | " + " | ".join(splits) + " |\n|---" * 1
    rows = [
        f"| {name} | " + " | ".join(_number(figures[s].get(name)) for s in splits) + " |"
        for name in names
    ]
    rule = "|---" * len(splits) + "|"
    return head + rule + "\n" + "\n".join(rows)


def _agreement(agreement: Agreement) -> str:
    if not agreement.pictures:
        return "**Not verified**: there were no pictures to compare on."
    verdict = "Verified" if agreement.verified else "**NOT VERIFIED**"
    return (
        f"{verdict}: {agreement.agreeing:,} of {agreement.pictures:,} pictures give the same "
        f"answer through onnxruntime as through torch. The largest difference of any score is "
        f"{agreement.largest_difference:.2e}; allowed is {agreement.tolerance:.0e}, which leaves "
        "room for the order of float32 sums and for nothing more."
    )


def _data(dataset: DatasetVersion) -> str:
    numbers = dataset.statistics
    rows = [
        f"| {split} | {numbers.media.get(split, 0):,} | {numbers.shapes.get(split, 0):,} |"
        for split in SPLITS
    ]
    plan = dataset.plan
    dealt = f"Dealt by strategy “{plan.strategy}”, seed {plan.seed}."
    leaks = numbers.leak_count
    found = "no leak between splits was found" if not leaks else f"{leaks:,} leaks were found"
    return (
        "| split | pictures | labels drawn |\n|---|---|---|\n"
        + "\n".join(rows)
        + f"\n\n{dealt} When it was made, {found}."
    )


def _training(model: ModelVersion) -> str:
    known = [f"- {name}: {value}" for name, value in sorted(model.options.items())]
    known += [f"- best validation {n}: {v:.4f}" for n, v in sorted(model.metrics.items())]
    facts = "\n".join(known) or "- nothing beyond the network's name is recorded with the weights"
    return f"- network: `{model.architecture}`\n{facts}"


def _limits(model: ModelVersion, dataset: DatasetVersion, figures: Figures) -> str:
    said = [
        "- It gives one of its labels even to pictures of something else."
        if model.task == "classification"
        else f"- Detections with a score of {model.score_threshold:g} or less are not shown.",
        "- The figures hold for pictures like those of the splits; they say nothing of others.",
        "- It was not examined for fairness, nor for robustness against harmful input.",
    ]
    if "test" not in figures:
        said.append("- There is no figure on a test split.")
    if dataset.statistics.leak_count:
        said.append("- Some pictures occur in several splits; the figures may be too good.")
    counts = dataset.statistics.labels
    rare = [
        label.name
        for label in model.label_schema.labels
        if counts.get(label.id, {}).get("train", 0) < 10
    ]
    if rare:
        said.append(f"- Fewer than ten examples to learn from: {', '.join(rare)}.")
    return "\n".join(said)
