"""Media: pictures by the digest of their bytes, and what was refused with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import ClassVar, Literal, NamedTuple, NewType, Protocol

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


class MediaFilter(NamedTuple):
    """Which media a page of the grid shows."""

    text: str = ""
    """Part of the name; case does not matter."""
    label: str = ""
    """Id of a label that must occur on the picture; `-` for pictures with no label at all."""


EVERYTHING = MediaFilter()


class MediaItems(Protocol):
    """The media of a project, in the order in which they were added."""

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
