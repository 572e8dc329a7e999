"""Objects on their way between two stores: only what is missing, as one packed stream.

Both ends run this: the worker's side over standard input and output, the window's side over the
connection. Each object is checked against its digest where it arrives; what arrived stays, so that
a transfer that was cut goes on where it was.
"""

from __future__ import annotations

import json
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, Literal, TypeAlias, get_args

from studio.domain.artefacts import Artefact, get_artefact, head
from studio.domain.ids import Digest, digest_of, is_digest
from studio.domain.objects import ObjectStore
from studio.errors import BadInput, Damaged

Deed: TypeAlias = Literal["missing", "take", "give"]
DEEDS: tuple[Deed, ...] = get_args(Deed)

_PREFIX = "sha256:"
_BIG = 16 * 2**20


def serve(deed: Deed, store: ObjectStore, scratch: Path, given: BinaryIO, out: BinaryIO) -> None:
    """Do one deed of the far end.

    Parameters
    ----------
    deed : str
        `missing`: of the digests given, one a line, name those that are not here. `take`: keep the
        objects of the stream given. `give`: write the objects whose digests are given.
    store : ObjectStore
        The far one.
    scratch : Path
        Folder for big objects on their way.
    given, out : binary file
        Standard input and output.
    """
    if deed == "take":
        take(store, given, scratch)
        return
    digests = [Digest(line) for line in given.read().decode("ascii").split()]
    if deed == "missing":
        out.write("".join(f"{one}\n" for one in digests if one not in store).encode())
    else:
        give(store, digests, out)
    out.flush()


def give(store: ObjectStore, digests: Iterable[Digest], out: BinaryIO) -> None:
    """Write objects as one stream; raises `NotFound` if one is not there."""
    with tarfile.open(fileobj=out, mode="w|") as stream:
        for digest in digests:
            member = tarfile.TarInfo(digest.removeprefix(_PREFIX))
            member.size = store.size(digest)
            with store.open(digest) as file:
                stream.addfile(member, file)


def take(store: ObjectStore, given: BinaryIO, scratch: Path) -> None:
    """Keep the objects of a stream.

    Raises
    ------
    BadInput
        If the stream is no such stream, or ends too early.
    Damaged
        If an object does not match its name.
    """
    try:
        with tarfile.open(fileobj=given, mode="r|") as stream:
            store.put_many(_small(stream, store, scratch))
    except tarfile.TarError as error:
        raise BadInput(f"The transfer of objects broke off: {error}.", "Try again.") from error


def _small(stream: tarfile.TarFile, store: ObjectStore, scratch: Path) -> Iterator[bytes]:
    """Yield small objects to be packed together; big ones go to the store at once."""
    for member in stream:
        file = stream.extractfile(member)
        digest = Digest(_PREFIX + member.name)
        if file is None or not is_digest(digest):
            raise BadInput(f"“{member.name}” in a transfer is no object.")
        if member.size > _BIG:
            with tempfile.TemporaryDirectory(dir=scratch) as folder:
                part = Path(folder) / "object"
                with part.open("wb") as copy:
                    shutil.copyfileobj(file, copy, 2**20)
                _check(digest, store.put_file(part))
            continue
        data = file.read()
        _check(digest, digest_of(data))
        yield data


def _check(named: Digest, found: Digest) -> None:
    if named != found:
        raise Damaged(f"The object {named[:19]}… was damaged on its way.", "Try again.")


def closure(store: ObjectStore, digest: Digest, kind: type[Artefact]) -> set[Digest]:
    """Name all objects that are needed to use an artefact; it must be here as a whole."""
    artefact = get_artefact(store, digest, kind)
    stored = head(store, digest)
    return {digest, stored.config_digest, *artefact.references(store)}


def named_in(manifest: bytes) -> set[Digest]:
    """Name the config and the layers of a manifest.

    Raises
    ------
    Damaged
        If it is none.
    """
    try:
        document = json.loads(manifest)
        parts = [document["config"], *document["layers"]]
        return {Digest(str(part["digest"])) for part in parts}
    except (ValueError, KeyError, TypeError) as error:
        raise Damaged("What the host gave is not the manifest of an artefact.") from error


def pack_files(files: Iterable[tuple[str, Path | bytes]], out: BinaryIO) -> None:
    """Write files as one stream, without owners or times.

    Parameters
    ----------
    files : iterable of (name, path or bytes)
        Names inside the stream, with `/`.
    """
    with tarfile.open(fileobj=out, mode="w|") as stream:
        for name, source in files:
            data = source if isinstance(source, bytes) else source.read_bytes()
            member = tarfile.TarInfo(name)
            member.size, member.mode = len(data), 0o644
            stream.addfile(member, BytesIO(data))
