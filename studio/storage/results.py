"""The memory of the operation engine: one small file a key."""

from __future__ import annotations

import hashlib
from pathlib import Path

import orjson

from studio.domain.ids import JsonObject
from studio.domain.objects import ObjectStore
from studio.storage.disk import write_whole


class DiskResults:
    """A `ResultIndex` in a folder.

    Parameters
    ----------
    folder : Path
        Need not exist yet.
    store : ObjectStore
        Where the outputs that records name are looked for.
    """

    def __init__(self, folder: Path, store: ObjectStore) -> None:
        self.folder = folder
        self._store = store

    def get(self, key: str) -> JsonObject | None:
        """Return what is remembered, unless an output it names is gone."""
        try:
            record = orjson.loads(self._path(key).read_bytes())
        except (OSError, ValueError):
            return None
        if not isinstance(record, dict):
            return None
        outputs = record.get("outputs", {})
        if not isinstance(outputs, dict):
            return None
        return record if all(digest in self._store for digest in outputs.values()) else None

    def put(self, key: str, record: JsonObject) -> None:
        """Remember a record; it replaces an older one as a whole.

        Raises
        ------
        StudioError
            If the disk is full or may not be written.
        """
        write_whole(self._path(key), orjson.dumps(record, option=orjson.OPT_SORT_KEYS))

    def _path(self, key: str) -> Path:
        name = key.removeprefix("sha256:")
        if not (len(name) >= 2 and name.isascii() and name.isalnum()):
            name = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / name[:2] / f"{name}.json"
