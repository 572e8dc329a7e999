"""Writing to a disk that may be full, read-only or gone, so that nothing is ever half there."""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from studio.errors import StudioError

_FULL = {errno.ENOSPC, errno.EDQUOT}
_SHUT = {errno.EROFS, errno.EACCES, errno.EPERM}


@contextlib.contextmanager
def told_plainly(place: Path) -> Iterator[None]:
    """Turn what a disk refuses into words for a person.

    Parameters
    ----------
    place : Path
        Where something is written; named in the error.

    Raises
    ------
    StudioError
        If the disk is full, read-only, not permitted or fails.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise StudioError(
                f"The disk that holds {place} is full; nothing was changed.",
                "Make room on it, then do it again.",
            ) from error
        if error.errno in _SHUT:
            raise StudioError(
                f"{place} may not be written to ({error.strerror}).",
                "Change its permissions, or copy the project to a disk that can be written.",
            ) from error
        raise StudioError(
            f"{place} could not be written ({error.strerror or error}).",
            "Check that the disk is still connected, then do it again.",
        ) from error


def force_out(descriptor: int) -> None:
    """Wait until the bytes of an open file are on the disk."""
    os.fsync(descriptor)


def force_out_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk, where the system can do that."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def part_of(path: Path) -> Path:
    """Name the temporary file that becomes `path`; no two writers get the same one."""
    return path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}.part")


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there as a whole or not at all, even after a power cut.

    Parameters
    ----------
    path : Path
        Replaced if it exists; its folder is made.
    data : bytes
        The new content.

    Raises
    ------
    StudioError
        If the disk refuses.
    """
    with told_plainly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = part_of(path)
        try:
            with part.open("wb") as file:
                file.write(data)
                file.flush()
                force_out(file.fileno())
            part.replace(path)
        except BaseException:
            part.unlink(missing_ok=True)
            raise
        force_out_folder(path.parent)
