"""Packs: many small objects in one file, with a sorted list of digests beside it.

A pack is the bytes one after another. Its index is a header, the sorted digests (32 bytes each) and
for each its offset and size, as little-endian uint64. A pack is renamed into place before its
index, and only indexes are looked for, so that a reader never sees half of one.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.domain.ids import new_id
from studio.storage.disk import force_out, force_out_folder, part_of, write_whole

PACK_LIMIT = 64 * 2**20
"""A pack is closed when it has grown to this size, bytes."""

_MAGIC = b"STPACK01"
_HEADER = struct.Struct("<8sQ")
_Sorted: TypeAlias = tuple[NDArray[np.uint64], NDArray[np.int64]]
"""First 8 bytes of every digest, rising, and the number of its pack and its row there."""


class Place(NamedTuple):
    """Where a packed object lies."""

    pack: Pack
    offset: int
    size: int


class Pack:
    """One closed pack, mapped into memory.

    Parameters
    ----------
    index : Path
        Its `.idx` file; the `.pack` file lies beside it.
    """

    def __init__(self, index: Path) -> None:
        data = np.fromfile(index, np.uint8)
        magic, self.count = _HEADER.unpack_from(data[: _HEADER.size].tobytes())
        end = _HEADER.size + 32 * self.count
        if magic != _MAGIC or len(data) != end + 16 * self.count:
            raise ValueError(f"{index} is not the index of a pack")
        self.digests: NDArray[np.uint8] = data[_HEADER.size : end].reshape(self.count, 32)
        self.spans: NDArray[np.uint64] = data[end:].view("<u8").reshape(self.count, 2)
        self.path = index.with_suffix(".pack")
        with self.path.open("rb") as file:
            self._bytes = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)

    def heads(self) -> NDArray[np.uint64]:
        """Return the first 8 bytes of each digest as a number, (N,) uint64, rising."""
        return np.ascontiguousarray(self.digests[:, :8]).view(">u8")[:, 0].astype(np.uint64)

    def read(self, offset: int, size: int) -> bytes:
        """Return a run of the pack's bytes."""
        return self._bytes[offset : offset + size]

    def close(self) -> None:
        """Give the mapping back."""
        self._bytes.close()


class PackShelf:
    """All packs of a folder, searched as one sorted list.

    Parameters
    ----------
    folder : Path
        Need not exist yet; other processes may add packs at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._packs: dict[str, Pack] = {}
        self._order: list[Pack] = []
        self._sorted: _Sorted = (np.zeros(0, np.uint64), np.zeros((0, 2), np.int64))
        self._lock = threading.Lock()

    def look_again(self) -> bool:
        """Take in packs that were written since; tell whether there were any."""
        with self._lock:
            try:
                names = {path.name for path in self.folder.iterdir() if path.suffix == ".idx"}
            except FileNotFoundError:
                return False
            fresh = sorted(names - self._packs.keys())
            heads, rows = [self._sorted[0]], [self._sorted[1]]
            order = list(self._order)
            for name in fresh:
                try:
                    pack = Pack(self.folder / name)
                except (OSError, ValueError, struct.error):
                    # Whoever misses an object of a broken pack is told so by name.
                    continue
                heads.append(pack.heads())
                numbers = np.arange(pack.count)
                rows.append(np.stack([np.full(pack.count, len(order)), numbers], axis=1))
                order.append(pack)
                self._packs[name] = pack
            if len(heads) == 1:
                return False
            joined = np.concatenate(heads)
            by_head = np.argsort(joined, kind="stable")
            # Readers take no lock: the list only grows, and the sorted pair changes at once.
            self._order = order
            self._sorted = (joined[by_head], np.concatenate(rows)[by_head])
            return True

    def find(self, digest: bytes) -> Place | None:
        """Look up one object.

        Parameters
        ----------
        digest : bytes
            32 bytes.
        """
        heads, rows = self._sorted
        wanted = np.uint64(int.from_bytes(digest[:8], "big"))
        row = int(np.searchsorted(heads, wanted))
        while row < len(heads) and heads[row] == wanted:
            pack, number = self._order[int(rows[row, 0])], int(rows[row, 1])
            if pack.digests[number].tobytes() == digest:
                offset, size = pack.spans[number]
                return Place(pack, int(offset), int(size))
            row += 1
        return None

    def __iter__(self) -> Iterator[bytes]:
        for pack in list(self._order):
            for number in range(pack.count):
                yield pack.digests[number].tobytes()


class PackWriter:
    """Collects small objects into one pack; nothing is visible before `close`.

    Parameters
    ----------
    folder : Path
        Folder of packs; is made.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / f"{new_id('pack')}.pack"
        self._part = part_of(self._path)
        self._file = self._part.open("wb")
        self._spans: dict[bytes, tuple[int, int]] = {}
        self.size = 0

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._spans

    def add(self, digest: bytes, data: bytes) -> None:
        """Append one object."""
        self._file.write(data)
        self._spans[digest] = (self.size, len(data))
        self.size += len(data)

    def close(self) -> None:
        """Force the pack to disk and make it visible."""
        if not self.size:
            self.give_up()
            return
        try:
            self._file.flush()
            force_out(self._file.fileno())
            self._file.close()
            self._part.replace(self._path)
            write_whole(self._path.with_suffix(".idx"), self._index())
        except BaseException:
            self.give_up()
            raise
        force_out_folder(self._path.parent)

    def give_up(self) -> None:
        """Throw away what was collected."""
        self._file.close()
        self._part.unlink(missing_ok=True)
        self._path.unlink(missing_ok=True)

    def _index(self) -> bytes:
        digests = sorted(self._spans)
        spans = np.asarray([self._spans[digest] for digest in digests], "<u8")
        return _HEADER.pack(_MAGIC, len(digests)) + b"".join(digests) + spans.tobytes()


def raw_digest(data: bytes) -> bytes:
    """Return the sha256 of bytes as 32 bytes."""
    return hashlib.sha256(data).digest()
