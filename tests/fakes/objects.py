"""An object store and a memory of results, in dicts."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from studio.domain.ids import Digest, JsonObject, digest_of
from studio.domain.objects import ObjectStore
from studio.errors import Damaged, NotFound


class MemoryObjects:
    """Fulfils `ObjectStore`."""

    def __init__(self) -> None:
        self.objects: dict[Digest, bytes] = {}

    def put(self, data: bytes) -> Digest:
        digest = digest_of(data)
        self.objects[digest] = bytes(data)
        return digest

    def put_many(self, blobs: Iterable[bytes]) -> list[Digest]:
        return [self.put(blob) for blob in blobs]

    def put_file(self, path: Path) -> Digest:
        try:
            return self.put(path.read_bytes())
        except OSError as error:
            raise NotFound(f"{path} could not be read.") from error

    def get(self, digest: Digest) -> bytes:
        with self.open(digest) as file:
            data = file.read()
        if digest_of(data) != digest:
            raise Damaged(f"The object {digest} no longer matches its digest.")
        return data

    def open(self, digest: Digest) -> BinaryIO:
        if digest not in self.objects:
            raise NotFound(f"There is no object {digest}.")
        return io.BytesIO(self.objects[digest])

    def size(self, digest: Digest) -> int:
        with self.open(digest) as file:
            return len(file.read())

    def copy_to(self, digest: Digest, path: Path) -> None:
        path.write_bytes(self.get(digest))

    def __contains__(self, digest: object) -> bool:
        return digest in self.objects

    def __iter__(self) -> Iterator[Digest]:
        return iter(list(self.objects))


class MemoryResults:
    """Fulfils `ResultIndex`."""

    def __init__(self, store: ObjectStore) -> None:
        self._store = store
        self.records: dict[str, JsonObject] = {}

    def get(self, key: str) -> JsonObject | None:
        record = self.records.get(key)
        outputs = record.get("outputs", {}) if record else {}
        assert isinstance(outputs, dict)
        return record if all(digest in self._store for digest in outputs.values()) else None

    def put(self, key: str, record: JsonObject) -> None:
        self.records[key] = record
