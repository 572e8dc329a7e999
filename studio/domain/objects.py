"""What the rest of the house needs from the content-addressed store."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO, Protocol

from studio.domain.ids import Digest, JsonObject


class ObjectStore(Protocol):
    """Bytes by their digest; what is put in never changes."""

    def put(self, data: bytes) -> Digest:
        """Keep bytes; putting the same bytes twice costs nothing and gives the same digest."""

    def put_many(self, blobs: Iterable[bytes]) -> list[Digest]:
        """Keep many small runs of bytes together in packs; digests come in the given order."""

    def put_file(self, path: Path) -> Digest:
        """Keep a copy of a file, streamed; the file itself is left alone."""

    def get(self, digest: Digest) -> bytes:
        """Return the bytes of an object.

        Raises
        ------
        NotFound
            If the store has no such object.
        Damaged
            If the stored bytes no longer have this digest.
        """

    def open(self, digest: Digest) -> BinaryIO:
        """Open an object for reading; the same errors as `get`, but no digest check."""

    def size(self, digest: Digest) -> int:
        """Return the length of an object in bytes; raises `NotFound`."""

    def copy_to(self, digest: Digest, path: Path) -> None:
        """Write an object to a file, replacing it as a whole or not at all."""

    def __contains__(self, digest: object) -> bool:
        """Tell whether the object is here."""

    def __iter__(self) -> Iterator[Digest]:
        """Walk over all digests, in no particular order."""


class ResultIndex(Protocol):
    """The memory of the operation engine: what a key gave the last time."""

    def get(self, key: str) -> JsonObject | None:
        """Return the result record of a key, or None if nothing is remembered.

        A record whose objects are gone from the store counts as forgotten.
        """

    def put(self, key: str, record: JsonObject) -> None:
        """Remember the result record of a key; it replaces an older one as a whole."""
