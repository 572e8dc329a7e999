"""Zip archives from strangers, unpacked so that nothing lands outside and nothing fills the disk.

Members are read in memory and written under names that were checked; the archive's own paths,
links and permissions are never followed.
"""

from __future__ import annotations

import stat
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from studio.api.files import is_picture
from studio.errors import UnsafeArchive

__all__ = ["UnsafeArchive", "is_archive", "unpack"]

MOST_MEMBERS = 1_000_000
MOST_BYTES = 64 * 2**30
"""All members together, bytes."""
MOST_MEMBER_BYTES = 2 * 2**30
"""One member, bytes: it passes through memory."""
MOST_SHRUNK = 1100
"""Unpacked over packed size; deflate reaches 1,032 at the very most."""
_HARMLESS_BYTES = 64 * 2**20
_ADVICE = "Do not trust this file; ask where it came from."


def is_archive(path: Path) -> bool:
    """Tell whether a file is a zip archive, by its name and its content."""
    return path.suffix.casefold() == ".zip" and path.is_file()


def unpack(path: Path, folder: Path, outline: bool = False) -> Path:
    """Unpack a zip archive into an empty folder.

    Parameters
    ----------
    path : Path
        The archive.
    folder : Path
        Made if it is not there.
    outline : bool
        Write pictures as empty files: enough to find out the format.

    Returns
    -------
    Path
        The folder; or the only folder in it, where everything lies in one.

    Raises
    ------
    UnsafeArchive
        If a member points outside, is a link, or unpacks to an absurd size; nothing is written
        before all names and sizes were looked at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with zipfile.ZipFile(path) as archive:
            members = _checked(archive)
            for name, member in members.items():
                target = folder.joinpath(*PurePosixPath(name).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                bare = outline and is_picture(target)
                target.write_bytes(b"" if bare else _read(archive, member))
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
        raise UnsafeArchive(
            f"“{path.name}” cannot be unpacked: {error}.", "Unpack it by hand and try the folder."
        ) from error
    inside = list(folder.iterdir())
    return inside[0] if len(inside) == 1 and inside[0].is_dir() else folder


def _checked(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Look at all names and sizes; return the files to write, by their safe names."""
    members = archive.infolist()
    total = sum(member.file_size for member in members)
    packed = sum(member.compress_size for member in members)
    if len(members) > MOST_MEMBERS or total > MOST_BYTES:
        raise UnsafeArchive(f"It holds {len(members):,} files of {total:,} bytes.", _ADVICE)
    if total > _HARMLESS_BYTES and total > MOST_SHRUNK * max(packed, 1):
        raise UnsafeArchive(f"It grows from {packed:,} to {total:,} bytes: a zip bomb.", _ADVICE)
    safe: dict[str, zipfile.ZipInfo] = {}
    for member in members:
        name = _safe_name(member)
        if name and not member.is_dir():
            safe[name] = member
    return safe


def _safe_name(member: zipfile.ZipInfo) -> str:
    """Return the relative path of a member, or nothing for what systems leave behind."""
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise UnsafeArchive(f"Its member “{name}” is a link or a device.", _ADVICE)
    if name.startswith("/") or ".." in parts or ":" in name or "\0" in name:
        raise UnsafeArchive(f"Its member “{name}” points outside of the archive.", _ADVICE)
    if member.file_size > MOST_MEMBER_BYTES:
        raise UnsafeArchive(f"Its member “{name}” has {member.file_size:,} bytes.", _ADVICE)
    if parts and (parts[0] == "__MACOSX" or parts[-1].startswith(".")):
        return ""
    return "/".join(parts)


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    """Read a member, and no more of it than it said it has."""
    with archive.open(member) as file:
        data = file.read(member.file_size + 1)
    if len(data) > member.file_size:
        raise UnsafeArchive(f"Its member “{member.filename}” is larger than it says.", _ADVICE)
    return data
