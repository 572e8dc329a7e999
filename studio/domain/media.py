"""Media: pictures by the digest of their bytes, and what was refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal, NewType, Protocol, TypeAlias

from pydantic import Field

from studio.domain.artefacts import Value
from studio.domain.ids import Digest

MediaId = NewType("MediaId", str)
"""Digest of the file, and for a page of a multi-page or animated file `#` and its number from 0."""


class MediaItem(Value):
    """One picture: a file, or one page of a file with several."""

    id: MediaId
    name: str
    """Path relative to the folder it came from, with `/`."""
    width: int
    """Columns of the upright picture (after the EXIF turn), px."""
    height: int
    """Rows of the upright picture (after the EXIF turn), px."""
    mode: str = "RGB"
    """Pixel mode of the file as Pillow names it, for example `L`, `I;16` or `CMYK`."""
    group: str = ""
    """What must stay in one split: a folder, a patient, a video. Empty for none."""

    @property
    def digest(self) -> Digest:
        """Digest of the file's bytes."""
        return Digest(self.id.partition("#")[0])

    @property
    def page(self) -> int:
        """Number of the page inside the file, from 0."""
        return int(self.id.partition("#")[2] or 0)


def media_id(digest: Digest, page: int = 0, pages: int = 1) -> MediaId:
    """Name one page of a file; a file with one page is named by its digest alone."""
    return MediaId(f"{digest}#{page}" if pages > 1 else digest)


class Problem(Value):
    """Something in the input that was not taken, or was taken with a change; never fatal."""

    path: str
    reason: str
    severity: Literal["refused", "changed", "duplicate"] = "refused"


Span: TypeAlias = tuple[float | None, float | None]
"""The least and the greatest value that pass, both included; None for no end."""
ANY: Span = (None, None)
"""A span that everything passes."""
ShapeWord: TypeAlias = Literal["author", "attribute", "geometry"]
"""What filters can ask of shapes in one word: who drew, name of an attribute, kind."""
MediaOrder: TypeAlias = Literal["added", "name", "shapes", "least_sure", "changed"]


@dataclass(frozen=True, slots=True)
class MediaFilter:
    """Which media a page of the grid shows, and in what order; all that is said must hold.

    What is said of shapes (label, attribute, geometry, author, area, share) must hold of one and
    the same shape.
    """

    text: str = ""
    """Part of the name; case does not matter."""
    label: str = ""
    """Id of a label that must occur on the picture, itself or one under it; `-` for pictures with
    no shape at all."""
    attribute: str = ""
    """Name of an attribute that a shape must have."""
    value: str = ""
    """What the attribute must say, as `said` writes it; empty for anything."""
    geometry: str = ""
    """Kind of geometry that must occur."""
    author: str = ""
    """Who must have drawn a shape."""
    area: Span = ANY
    """Of a shape, px²."""
    share: Span = ANY
    """Of a shape in the area of its picture, 0..1."""
    layer: str = ""
    """The layer whose shapes are meant; empty for the labels."""
    shapes: Span = ANY
    """How many labels the picture carries."""
    score: Span = ANY
    """Of a proposal on the picture, 0..1."""
    review: str = ""
    """State of the review."""
    comments: Literal["", "open", "any", "none"] = ""
    """Whether people have said something about it: nothing asked, unresolved, any, none."""
    group: str = ""
    """The group it must belong to."""
    width: Span = ANY
    """Of the picture, px."""
    height: Span = ANY
    """Of the picture, px."""
    order: MediaOrder = "added"
    """By when they came, name, number of labels, score of the least sure proposal (those without
    any last), or the newest change."""
    descending: bool = False
    """The other way round; `changed` begins with the newest, and so with the oldest if this is
    set."""


EVERYTHING = MediaFilter()
LABELLED = MediaFilter(shapes=(1, None))


class NamedFilter(Value):
    """A filter that a person keeps under a name."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    where: MediaFilter


def said(value: str | bool | int | float) -> str:
    """Write the value of an attribute as filters name it: `true`, `2`, `0.5`, or the text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


class MediaItems(Protocol):
    """The media of a project, in the order in which they were first added."""

    def add(self, items: Sequence[MediaItem]) -> None:
        """Append media; those already there are left as they are."""

    def remove(self, ids: Sequence[MediaId]) -> None:
        """Take media out of the project; their bytes stay in the store."""

    def get(self, id: MediaId) -> MediaItem:  # noqa: A002
        """Return one; raises `NotFound`."""

    def __contains__(self, id: object) -> bool:  # noqa: A002
        """Tell whether the project has it."""

    def count(self, where: MediaFilter = EVERYTHING) -> int:
        """Count the media that pass a filter."""

    def page(self, start: int, length: int, where: MediaFilter = EVERYTHING) -> Sequence[MediaItem]:
        """Return `length` media from position `start` among those that pass a filter."""

    def following(self, id: MediaId, where: MediaFilter = EVERYTHING) -> MediaItem | None:  # noqa: A002
        """Return the first that was added after one and passes a filter, or None.

        The one need not pass itself; the order the filter asks for is not looked at.
        """

    def position(self, id: MediaId, where: MediaFilter = EVERYTHING) -> int | None:  # noqa: A002
        """Return where one stands among those that pass a filter, from 0; None if it does not."""

    def words(self, about: ShapeWord) -> Sequence[str]:
        """Return what shapes ever said in one word, in order: for the choices of a filter."""

    def __iter__(self) -> Iterator[MediaItem]:
        """Walk over all media in order."""


class HasMedia(Protocol):
    """The part of a project that edits of media need."""

    @property
    def media(self) -> MediaItems:
        """The project's media."""


class AddMedia(Value):
    """Edit: media enter the project."""

    kind: ClassVar[str] = "media.add"
    items: tuple[MediaItem, ...]

    @property
    def title(self) -> str:
        """Words for the Edit menu."""
        return f"Add {len(self.items):,} media"

    def do(self, project: HasMedia) -> None:
        """Append the media."""
        project.media.add(self.items)

    def undo(self, project: HasMedia) -> None:
        """Take them out again."""
        project.media.remove([item.id for item in self.items])


class HasFilters(Protocol):
    """The part of a project that edits of filters need."""

    filters: tuple[NamedFilter, ...]


class SetFilters(Value):
    """Edit: the filters that are kept under a name change."""

    kind: ClassVar[str] = "filters.set"
    before: tuple[NamedFilter, ...]
    after: tuple[NamedFilter, ...]
    title: str = "Change saved filters"

    def do(self, project: HasFilters) -> None:
        """Bring about `after`."""
        project.filters = self.after

    def undo(self, project: HasFilters) -> None:
        """Bring back `before`."""
        project.filters = self.before
