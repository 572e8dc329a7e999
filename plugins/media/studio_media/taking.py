"""Turning what was found into media and shapes of the project."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from studio.api.artefacts import (
    AnnotatedMedia,
    Digest,
    LabelSchema,
    MediaId,
    MediaItem,
    Problem,
    Shape,
    ShapeId,
    media_id,
)
from studio.api.formats import Drawn, Found, Geometry, Tag, clipped, fault
from studio.api.images import ImageInfo

MOST_PROBLEMS = 10_000
"""Further ones are counted, not named."""
_ROUNDING = 0.01
"""Reaching so far beyond the edge is put right without a word, px."""


class Taker:
    """Collects pictures and shapes, and says what it did not take.

    Parameters
    ----------
    schema : LabelSchema
        All labels that may occur.
    problems : list of Problem
        Grows.
    """

    def __init__(self, schema: LabelSchema, problems: list[Problem]) -> None:
        self.schema = schema
        self.items: list[AnnotatedMedia] = []
        self._ids = {label.name: label.id for label in schema.labels}
        self._problems = problems
        self._seen: dict[Digest, int] = {}

    def refuse(self, path: str, reason: str) -> None:
        """Report something that was left out."""
        self._tell(Problem(path=path, reason=reason))

    def take(self, found: Found, digest: Digest, pages: Sequence[ImageInfo]) -> None:
        """Take one file whose bytes are in the store.

        Parameters
        ----------
        found : Found
            With what is drawn on it; of several pages the shapes go to the first.
        digest : Digest
            Of its bytes.
        pages : sequence of ImageInfo
            Those that could be decoded.
        """
        name = found.source.name
        if digest in self._seen:
            self._take_again(found, self._seen[digest])
            return
        self._seen[digest] = len(self.items)
        claimed = pages[0].pages
        if len(pages) < claimed:
            reason = f"Only {len(pages):,} of {claimed:,} pages were taken."
            self._tell(Problem(path=name, reason=reason, severity="changed"))
        self._check_size(found, pages[0])
        for number, page in enumerate(pages):
            media = MediaItem(
                id=media_id(digest, number, claimed),
                name=f"{name}#{number}" if claimed > 1 else name,
                width=page.width,
                height=page.height,
                mode=page.mode,
                # Pages of one file look alike, so they stay in one split.
                group=found.group or (name if claimed > 1 else ""),
            )
            shapes = self._shapes(media, found.drawn) if number == 0 else ()
            self.items.append(AnnotatedMedia(media=media, shapes=shapes))

    def _take_again(self, found: Found, place: int) -> None:
        """Report a file that came before; its shapes are taken if it had none then."""
        first = self.items[place]
        reason = f"It has the same bytes as “{first.media.name}”."
        if found.drawn and first.shapes:
            reason += f" Its {len(found.drawn):,} shapes were left out."
        elif found.drawn:
            shapes = self._shapes(first.media, found.drawn)
            self.items[place] = first.model_copy(update={"shapes": shapes})
        self._tell(Problem(path=found.source.name, reason=reason, severity="duplicate"))

    def _check_size(self, found: Found, page: ImageInfo) -> None:
        if found.size is not None and found.size != (page.width, page.height):
            claimed, real = found.size, (page.width, page.height)
            reason = (
                f"Its labels speak of {claimed[0]} × {claimed[1]} px,"
                f" but it has {real[0]} × {real[1]} px."
            )
            self._tell(Problem(path=found.source.name, reason=reason, severity="changed"))

    def _shapes(self, media: MediaItem, drawn: Sequence[Drawn]) -> tuple[Shape, ...]:
        shapes: list[Shape] = []
        tags: set[str] = set()
        for number, one in enumerate(drawn):
            label = self._ids.get(one.label)
            if label is None:
                self.refuse(media.name, f"Shape {number + 1} has an unusable label.")
                continue
            if isinstance(one.geometry, Tag):
                if one.label in tags:
                    continue
                tags.add(one.label)
            geometry = self._fitted(media, one)
            if geometry is None:
                continue
            shapes.append(
                Shape(
                    id=_shape_id(media.id, number, one.label),
                    label=label,
                    geometry=geometry,
                    attributes=one.attributes,
                    group=one.group,
                    score=one.score,
                    author=one.author,
                    locked=one.locked,
                    z=float(number),
                )
            )
        return tuple(shapes)

    def _fitted(self, media: MediaItem, drawn: Drawn) -> Geometry | None:
        """Clip a shape to its picture; None if nothing with an area is left."""
        before = fault(drawn.geometry, 2**40, 2**40)
        if before is not None and "outside" not in before:
            self.refuse(media.name, f"{drawn.label}: {before}.")
            return None
        within, by = clipped(drawn.geometry, media.width, media.height)
        reason = fault(within, media.width, media.height)
        if reason is not None:
            self.refuse(media.name, f"{drawn.label}: it lies outside the picture.")
            return None
        if by > _ROUNDING:
            reason = f"{drawn.label}: it reached {by:.4g} px outside and was clipped."
            self._tell(Problem(path=media.name, reason=reason, severity="changed"))
        return within

    def _tell(self, problem: Problem) -> None:
        if len(self._problems) < MOST_PROBLEMS:
            self._problems.append(problem)
        elif len(self._problems) == MOST_PROBLEMS:
            reason = f"There is more like this; only the first {MOST_PROBLEMS:,} are listed."
            self._problems.append(Problem(path="", reason=reason, severity="changed"))


def _shape_id(media: MediaId, number: int, label: str) -> ShapeId:
    """Name a shape so that the same import gives the same ids."""
    text = f"{media}|{number}|{label}".encode()
    return ShapeId("shape-" + hashlib.sha256(text).hexdigest()[:20])
