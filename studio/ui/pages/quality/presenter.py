"""What the Quality page shows; knows no Qt."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from studio.api.pictures import Pixels, pixels_of, small_pixels_of
from studio.domain.geometry import Box, bounds
from studio.domain.labels import AREA_BINS, LabelId, LayerStatistics
from studio.domain.media import MediaId
from studio.domain.quality import (
    MISSING,
    Agreement,
    LabelErrors,
    Measured,
    PairAgreement,
    Suspect,
    SuspectKind,
)
from studio.services.quality import LABELS_NAME, CheckScore, Settled
from studio.services.session import Session

WORDS: dict[SuspectKind, str] = {
    "picture": "Picture under a wrong label",
    "swapped": "Wrong label",
    "badly_located": "Badly located",
    "overlooked": "Overlooked",
}
_AROUND = 0.4
"""How much of its surroundings a thing is shown with, of its longer side."""
_LEAST_CUT = 48
_SMALL = 224


class Bar(NamedTuple):
    """A named figure with its interval."""

    name: str
    value: float
    low: float | None = None
    high: float | None = None


class QualityPresenter:
    """Decides what stands on the page.

    Parameters
    ----------
    session : Session
        The open project.
    """

    def __init__(self, session: Session) -> None:
        self._session = session

    def name(self, label: LabelId | None) -> str:
        """Return the name of a label; an unknown one stands for itself."""
        if label is None or label == MISSING:
            return "nothing"
        known = self._session.project.state.schema.get(label)
        return known.name if known is not None else str(label)

    def people(self) -> list[str]:
        """Return all who can be compared: the labels, then annotators."""
        return [LABELS_NAME, *self._session.quality.annotators.names()]

    # --- statistics

    def counted(self, told: LayerStatistics) -> str:
        """Say what stands in a layer."""
        if not told.shapes:
            return "Nothing stands in this layer yet."
        kinds = ", ".join(
            f"{count:,} × {kind.replace('_', ' ')}" for kind, count in told.kinds.items()
        )
        return f"{told.shapes:,} shapes on {told.pictures:,} pictures: {kinds}."

    def label_rows(self, told: LayerStatistics) -> list[list[str]]:
        """Return label, shapes, pictures, mean size."""
        return [
            [
                self.name(one.label),
                f"{one.shapes:,}",
                f"{one.pictures:,}",
                f"{one.width:,.0f} × {one.height:,.0f}" if any(one.areas) else "–",
            ]
            for one in told.labels
        ]

    def label_bars(self, told: LayerStatistics) -> list[Bar]:
        """Return how many shapes each label has."""
        return [Bar(self.name(one.label), one.shapes) for one in told.labels]

    def area_bars(self, told: LayerStatistics, row: int) -> list[Bar]:
        """Return how large the shapes of a label are, from the first to the last bin in use."""
        if not 0 <= row < len(told.labels):
            return []
        areas = told.labels[row].areas
        used = [at for at in range(AREA_BINS) if areas[at]]
        if not used:
            return []
        # An area of 4 to the power of b is a square with sides of 2 to the power of b.
        return [Bar(f"{2 ** (at / 2):.0f}²", areas[at]) for at in range(used[0], used[-1] + 1)]

    def said_rows(self, told: LayerStatistics) -> list[list[str]]:
        """Return attribute, value, shapes, pictures."""
        return [[a.name, a.value, f"{a.shapes:,}", f"{a.pictures:,}"] for a in told.attributes]

    def meeting_rows(self, told: LayerStatistics) -> list[list[str]]:
        """Return the labels that meet most often on one picture."""
        most = sorted(told.together.items(), key=lambda one: (-one[1], one[0]))
        return [[self.name(a), self.name(b), f"{count:,}"] for (a, b), count in most]

    # --- agreement

    def pair_said(self, told: Agreement, pair: PairAgreement) -> str:
        """Say how far two people agree."""
        return (
            f"{pair.first} and {pair.second} have both seen {pair.pictures:,} pictures, drew"
            f" {pair.shapes[0]:,} and {pair.shapes[1]:,} shapes, and mean the same thing with"
            f" {pair.matches:,}. Found alike {figure(pair.detection)}, and named alike"
            f" {figure(pair.right)}. Overlap {figure(pair.overlap)}."
            f" Cohen's kappa {figure(pair.kappa, 1)}; over all, Krippendorff's alpha"
            f" {figure(told.alpha, 1)}."
        )

    def class_bars(self, pair: PairAgreement) -> list[Bar]:
        """Return F1 of each label, with intervals."""
        return [
            Bar(self.name(one.label), one.f1.value, one.f1.low, one.f1.high)
            for one in pair.classes
            if one.f1.value is not None
        ]

    def confusion(self, told: Agreement, pair: PairAgreement) -> tuple[list[list[int]], list[str]]:
        """Return the matrix of two people over the labels that occur, and their names."""
        table = pair.confusion
        used = [
            at for at in range(len(told.labels)) if sum(table[at]) + sum(row[at] for row in table)
        ]
        cells = [[table[row][column] for column in used] for row in used]
        return cells, [self.name(told.labels[at]) for at in used]

    def settled_said(self, told: Settled) -> str:
        """Say what came of a consensus."""
        said = [
            f"{told.agreed:,} shapes on {told.pictures:,} pictures are agreed on,"
            f" {told.dropped:,} of a minority were left out, {len(told.open):,} wait for a person."
        ]
        if told.kept:
            said.append(f"{told.kept:,} pictures carry labels already and were left alone.")
        return " ".join(said)

    def open_rows(self, told: Settled) -> list[tuple[str, str, str]]:
        """Return what waits for a person: picture, its id, the shape's place in words."""
        rows: list[tuple[str, str, str]] = []
        for one in told.open:
            said = ", ".join(f"{who} {self.name(s.label)}" for who, s in one.quarrel.members)
            about = "which label" if one.quarrel.reason == "label" else "whether it is there"
            rows.append((one.media, f"{one.picture} · {about}", said))
        return rows

    # --- label errors

    def ranked_said(self, told: LabelErrors, waiting: int) -> str:
        """Say what a ranking found."""
        how = {
            "pixels": "by plain pixels, each picture judged by others",
            "features": "by what a model sees, each picture judged by others",
            "detections": "by what a package finds",
        }[told.method]
        return (
            f"{told.estimated:,} of {told.looked:,} labels are probably wrong, {how}."
            f" {waiting:,} of the ranking are still as they were."
        )

    def caption(self, suspect: Suspect) -> str:
        """Return what stands below a suspect."""
        looks = self.name(suspect.suggested)
        if suspect.kind == "overlooked":
            return f"{looks} missing"
        if suspect.kind == "badly_located":
            return f"{self.name(suspect.given)} lies off"
        return f"{self.name(suspect.given)} → {looks}"

    def known(self, media: MediaId) -> bool:
        """Tell whether the project still has a picture."""
        return media in self._session.project.state.media

    def look(self, suspect: Suspect) -> Callable[[], Pixels]:
        """Return what reads the picture of a suspect, cut to the thing in question."""
        project = self._session.project
        item = project.state.media.get(suspect.media)
        place = self._place(suspect)
        if place is None:
            return self.small(suspect.media)

        def read() -> Pixels:
            pixels = pixels_of(project.store, item)
            more = max(_AROUND * max(place.width, place.height), _LEAST_CUT / 4)
            x0, y0 = max(0, int(place.x0 - more)), max(0, int(place.y0 - more))
            x1, y1 = int(place.x1 + more) + 1, int(place.y1 + more) + 1
            return pixels[y0:y1, x0:x1].copy()

        return read

    def small(self, media: MediaId) -> Callable[[], Pixels]:
        """Return what reads a picture small."""
        project = self._session.project
        item = project.state.media.get(media)
        return lambda: small_pixels_of(project.store, item, _SMALL)

    def _place(self, suspect: Suspect) -> Box | None:
        """Return where to look: what was drawn and what the model sees together."""
        places = [Box(*suspect.place)] if suspect.place is not None else []
        for shape in self._session.project.state.annotations.of(suspect.media):
            if shape.id == suspect.shape and (box := bounds(shape.geometry)) is not None:
                places.append(box)
        if not places:
            return None
        return Box(
            min(one.x0 for one in places),
            min(one.y0 for one in places),
            max(one.x1 for one in places),
            max(one.y1 for one in places),
        )

    # --- checks

    def score_rows(self, scores: Sequence[CheckScore]) -> list[list[str]]:
        """Return annotator, how far, and three figures."""
        rows = []
        for one in scores:
            told = one.told
            figures = ["–"] * 3
            if told is not None:
                figures = [figure(told.right), figure(told.detection), figure(told.overlap)]
            rows.append([one.name, f"{one.done:,} of {one.given:,}", *figures])
        return rows

    def score_bars(self, scores: Sequence[CheckScore]) -> list[Bar]:
        """Return how much each annotator has right."""
        return [
            Bar(one.name, told.value, told.low, told.high)
            for one in scores
            if one.told is not None and (told := one.told.right).value is not None
        ]


def figure(told: Measured, scale: float = 100) -> str:
    """Write a figure with its interval: shares as per cent, coefficients as they are."""
    digits, unit = (1, " %") if scale == 100 else (2, "")
    if told.value is None:
        return "unknown"
    said = f"{scale * told.value:.{digits}f}{unit}"
    if told.low is not None and told.high is not None:
        said += f" ({scale * told.low:.{digits}f} to {scale * told.high:.{digits}f})"
    return said.replace("-", "−")
