"""Words for artefacts in lists: what a person tells them apart by."""

from __future__ import annotations

from studio.domain.artefacts import Stored
from studio.domain.ids import JsonObject, JsonValue


def title_of(stored: Stored) -> str:
    """Return one line for an artefact, from its config alone.

    Parameters
    ----------
    stored : Stored
        Kind and config.
    """
    config = stored.config
    match stored.kind:
        case "labels":
            return (
                f"{_count(config['media_count'])} pictures, {_count(config['shape_count'])} shapes"
            )
        case "dataset":
            return _dataset(config["statistics"])
        case "model":
            return f"{config['architecture']}{_best(config['metrics'])}"
        case "evaluation":
            return f"{config['split']}: {_headline(config['figures'])}"
        case "explanation":
            return f"{config['method']}, {_length(config['maps'])} pictures"
        case "package":
            return str(config["name"])
        case "predictions":
            return f"{_length(config['media'])} pictures"
        case "label-queue":
            return f"{_length(config['pictures'])} pictures by {config['strategy']}"
        case "learning-study":
            return f"{_strategies(config['curves'])} against chance"
        case "arm-report":
            return f"{_strategies(config['curves'])} against chance, {_labelled(config)} labelled"
        case "import-report":
            return f"{_count(config['pictures'])} pictures read as {config['format']}"
        case _:
            return stored.kind


def _count(value: JsonValue) -> str:
    return f"{value:,}" if isinstance(value, int) else "?"


def _length(value: JsonValue) -> str:
    return f"{len(value):,}" if isinstance(value, (list, dict)) else "?"


def _strategies(curves: JsonValue) -> str:
    rows = curves if isinstance(curves, list) else []
    names = [str(row["strategy"]) for row in rows if isinstance(row, dict)]
    return ", ".join(name.replace("_", " ") for name in names if name != "random")


def _labelled(config: JsonObject) -> str:
    both = config["labelled"]
    whole = [one for one in both if isinstance(one, int)] if isinstance(both, list) else []
    return f"{sum(whole):,}"


def _dataset(statistics: JsonValue) -> str:
    media = statistics.get("media") if isinstance(statistics, dict) else None
    if not isinstance(media, dict):
        return "dataset version"
    parts = [f"{_count(media.get(split, 0))} {split}" for split in ("train", "val", "test")]
    return " · ".join(parts)


def _best(metrics: JsonValue) -> str:
    if not isinstance(metrics, dict) or not metrics:
        return ""
    preferred = ("val_accuracy", "val_ap50", "accuracy")
    name = next((one for one in preferred if one in metrics), min(metrics))
    value = metrics[name]
    return f", {name.replace('_', ' ')} {value:.3f}" if isinstance(value, (int, float)) else ""


def _headline(figures: JsonValue) -> str:
    if isinstance(figures, dict):
        for name in ("accuracy", "AP50"):
            value = figures.get(name)
            if isinstance(value, (int, float)):
                return f"{name} {100 * value:.1f} %"
    return "evaluation"
