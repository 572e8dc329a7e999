"""The content-addressed store on disk: big objects as files, small ones in packs.

Any number of processes may read and write one store at once: what is there never changes, and what
comes in appears by a rename.
"""

from __future__ import annotations

import hashlib
import io
import shutil
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from studio.domain.ids import Digest, digest_of, is_digest
from studio.errors import Damaged, NotFound
from studio.storage.disk import force_out, force_out_folder, part_of, told_plainly, write_whole
from studio.storage.packs import PACK_LIMIT, PackShelf, PackWriter, Place, raw_digest

SMALL = 256 * 2**10
"""Objects of at most this size go into packs when many are put at once, bytes."""

_CHUNK = 2**20
_LEFT_OVER_S = 24 * 3600


class DiskObjects:
    """An `ObjectStore` in a folder.

    Parameters
    ----------
    folder : Path
        Need not exist yet.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packs = PackShelf(folder / "packs")
        self._packs.look_again()

    def put(self, data: bytes) -> Digest:
        """Keep bytes as a file of their own; the same bytes again cost one comparison.

        Raises
        ------
        StudioError
            If the disk is full or may not be written.
        """
        digest = digest_of(data)
        if not self._holds(_raw(digest), data):
            write_whole(self._path(digest), data)
        return digest

    def put_many(self, blobs: Iterable[bytes]) -> list[Digest]:
        """Keep many runs of bytes; small ones are packed and forced to disk pack by pack.

        Parameters
        ----------
        blobs : iterable of bytes
            Taken one by one; at most one pack is held open.

        Returns
        -------
        list of Digest
            In the given order.

        Raises
        ------
        StudioError
            If the disk is full or may not be written; packs closed before stay.
        """
        digests: list[Digest] = []
        self._packs.look_again()
        with told_plainly(self.folder):
            writer: PackWriter | None = None
            try:
                for blob in blobs:
                    raw = raw_digest(blob)
                    digests.append(Digest("sha256:" + raw.hex()))
                    if len(blob) > SMALL or not blob:
                        self.put(blob)
                        continue
                    if (writer is not None and raw in writer) or self._holds(raw, blob):
                        continue
                    writer = writer or PackWriter(self._packs.folder)
                    writer.add(raw, blob)
                    if writer.size >= PACK_LIMIT:
                        closing, writer = writer, None
                        closing.close()
                        self._packs.look_again()
            except BaseException:
                if writer is not None:
                    writer.give_up()
                raise
            if writer is not None:
                writer.close()
                self._packs.look_again()
        return digests

    def put_file(self, path: Path) -> Digest:
        """Keep a copy of a file, read once and in pieces.

        Raises
        ------
        NotFound
            If the file cannot be read.
        StudioError
            If the disk is full or may not be written.
        """
        try:
            source = path.open("rb")
        except OSError as error:
            raise NotFound(
                f"{path} could not be read ({error.strerror}).", "Check that it is still there."
            ) from error
        with source, told_plainly(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            part = part_of(self.folder / "incoming")
            sha256 = hashlib.sha256()
            try:
                with part.open("wb") as copy:
                    while piece := source.read(_CHUNK):
                        sha256.update(piece)
                        copy.write(piece)
                    copy.flush()
                    force_out(copy.fileno())
                digest = Digest("sha256:" + sha256.hexdigest())
                if digest not in self:
                    target = self._path(digest)
                    target.parent.mkdir(exist_ok=True)
                    part.replace(target)
                    force_out_folder(target.parent)
            finally:
                part.unlink(missing_ok=True)
        return digest

    def get(self, digest: Digest) -> bytes:
        """Return the bytes of an object, checked against its digest; see `ObjectStore.get`."""
        with self.open(digest) as file:
            data = file.read()
        if digest_of(data) != digest:
            raise Damaged(
                f"The stored object {digest[:19]}… no longer matches its digest.",
                "Import it again, or bring the project back from a backup.",
            )
        return data

    def open(self, digest: Digest) -> BinaryIO:
        """Open an object for reading, unchecked."""
        try:
            return self._path(digest).open("rb")
        except FileNotFoundError:
            place = self._packed(_raw(digest))
        except OSError as error:
            raise Damaged(
                f"The stored object {digest[:19]}… could not be read ({error.strerror}).",
                "Check the disk and the permissions of the project's folder.",
            ) from error
        if place is None:
            raise NotFound(
                f"The store has no object {digest[:19]}….",
                "Bring the project's objects folder back from a backup, or import it again.",
            )
        return io.BytesIO(place.pack.read(place.offset, place.size))

    def size(self, digest: Digest) -> int:
        """Return the length of an object in bytes; raises `NotFound`."""
        try:
            return self._path(digest).stat().st_size
        except FileNotFoundError:
            with self.open(digest) as file:
                return file.seek(0, io.SEEK_END)

    def copy_to(self, digest: Digest, path: Path) -> None:
        """Write an object to a file, replacing it as a whole or not at all."""
        with self.open(digest) as source, told_plainly(path):
            part = part_of(path)
            try:
                with part.open("wb") as copy:
                    shutil.copyfileobj(source, copy, _CHUNK)
                    copy.flush()
                    force_out(copy.fileno())
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)

    def __contains__(self, digest: object) -> bool:
        if not isinstance(digest, str) or not is_digest(digest):
            return False
        known = Digest(digest)
        return self._path(known).exists() or self._packed(_raw(known)) is not None

    def __iter__(self) -> Iterator[Digest]:
        self._packs.look_again()
        packed = set(self._packs)
        for raw in packed:
            yield Digest("sha256:" + raw.hex())
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            digest = Digest("sha256:" + path.name)
            if is_digest(digest) and bytes.fromhex(path.name) not in packed:
                yield digest

    def sweep(self) -> None:
        """Remove what killed writers left half-written more than a day ago."""
        before = time.time() - _LEFT_OVER_S
        for pattern in (".*.part", "*/.*.part"):
            for part in self.folder.glob(pattern):
                try:
                    if part.stat().st_mtime < before:
                        part.unlink()
                except OSError:  # another process was quicker, or the disk is read-only
                    continue

    def _path(self, digest: Digest) -> Path:
        if not is_digest(digest):
            raise NotFound(f"“{digest}” is not the name of an object.")
        digits = digest.removeprefix("sha256:")
        return self.folder / digits[:2] / digits

    def _packed(self, raw: bytes) -> Place | None:
        place = self._packs.find(raw)
        if place is None and self._packs.look_again():
            place = self._packs.find(raw)
        return place

    def _holds(self, raw: bytes, data: bytes) -> bool:
        """Tell whether the store has these very bytes; a damaged copy counts as none."""
        digits = raw.hex()
        try:
            return (self.folder / digits[:2] / digits).read_bytes() == data
        except OSError:
            place = self._packs.find(raw)
        return place is not None and place.pack.read(place.offset, place.size) == data


def _raw(digest: Digest) -> bytes:
    return bytes.fromhex(digest.removeprefix("sha256:"))
