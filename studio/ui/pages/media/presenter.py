"""What the media page says; knows no Qt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from studio.domain.labels import ImportReport, LabelSchema, Shape
from studio.domain.media import MediaFilter, MediaItem, Problem
from studio.domain.reviews import ReviewState
from studio.services.queues import filters

_FAR: dict[ReviewState, str] = {
    "labelled": "waiting for review",
    "approved": "approved",
    "rejected": "rejected",
}
SEVERITIES = {"refused": "Refused", "changed": "Changed", "duplicate": "Already there"}


def details(
    item: MediaItem, shapes: Sequence[Shape], schema: LabelSchema, size: int
) -> list[tuple[str, str]]:
    """List what is known of a picture, as title and text.

    Parameters
    ----------
    size : int, bytes
        Of the file.
    """
    counts = Counter(shape.label for shape in shapes)
    labels = [f"{label.name} × {counts[label.id]}" for label in schema.labels if counts[label.id]]
    rows = [
        ("Name", item.name),
        ("Size", f"{item.width:,} × {item.height:,} px"),
        ("File", bytes_in_words(size)),
        ("Mode", item.mode),
        ("Labels", ", ".join(labels) or "None yet"),
    ]
    if item.page:
        rows.append(("Page", f"{item.page + 1}"))
    if item.group:
        rows.append(("Group", item.group))
    return rows


def bytes_in_words(size: int) -> str:
    """Write a size in bytes for people: `812 B`, `14.2 kB`, `3.1 MB`."""
    amount = float(size)
    for unit in ("B", "kB", "MB"):
        if amount < 1000:
            return f"{amount:.0f} {unit}" if unit == "B" else f"{amount:.1f} {unit}"
        amount /= 1000
    return f"{amount:.1f} GB"


def counted(shown: int, total: int, where: MediaFilter, reviews: Mapping[ReviewState, int]) -> str:
    """Say how many pictures are shown, and how many of all are how far in review."""
    said = f"{total:,} pictures" if total != 1 else "1 picture"
    if filters(where):
        said = f"{shown:,} of {total:,} pictures"
    far = [(reviews[state], word) for state, word in _FAR.items() if reviews[state]]
    return " · ".join([said, *(f"{count:,} {word}" for count, word in far)])


def outcome(report: ImportReport) -> str:
    """Say in one sentence what an import brought."""
    kinds = Counter(problem.severity for problem in report.problems)
    parts = [f"Brought in {report.pictures:,} pictures"]
    if report.shapes:
        parts[0] += f" with {report.shapes:,} shapes"
    if kinds["duplicate"]:
        parts.append(f"{kinds['duplicate']:,} were already there")
    if kinds["refused"]:
        parts.append(f"{kinds['refused']:,} were refused")
    if kinds["changed"]:
        parts.append(f"{kinds['changed']:,} were changed")
    return "; ".join(parts) + "."


def by_severity(problems: Sequence[Problem]) -> list[Problem]:
    """Sort problems: refused first, then changed, then duplicates."""
    rank = {severity: number for number, severity in enumerate(SEVERITIES)}
    return sorted(problems, key=lambda problem: (rank[problem.severity], problem.path))
