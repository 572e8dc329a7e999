"""Pictures on disk, as formats look for them."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from studio.api.formats import Source

__all__ = ["PictureIndex", "is_picture", "lines_of", "pictures", "relative", "source", "walk"]

PICTURE_ENDINGS = frozenset((
    ".apng", ".avif", ".avifs", ".bmp", ".cur", ".dds", ".dib", ".gif", ".heic", ".heif", ".ico",
    ".j2c", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg", ".jpx", ".mpo", ".pbm", ".pcx",
    ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".psd", ".qoi", ".sgi", ".tga", ".tif", ".tiff",
    ".webp", ".xbm",
))  # fmt: skip
"""Endings taken for pictures; what cannot be read of them is reported, not passed over."""

MOST_TEXT_BYTES = 512 * 2**20
"""Label files larger than this are refused."""


def is_picture(path: Path) -> bool:
    """Tell by its name whether a file is meant to be a picture."""
    return path.suffix.casefold() in PICTURE_ENDINGS and not path.name.startswith(".")


def walk(folder: Path) -> Iterator[Path]:
    """Walk over all files below a folder, sorted; hidden ones and linked folders left out."""
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if not f.startswith(".") and f != "__MACOSX")
        for name in sorted(files):
            if not name.startswith("."):
                yield Path(here, name)


def pictures(path: Path) -> list[Path]:
    """Return the pictures below a folder, sorted by their path; a file stands for itself."""
    if path.is_file():
        return [path]
    found = [file for file in walk(path) if is_picture(file)]
    return sorted(found, key=lambda file: relative(file, path))


def relative(path: Path, root: Path) -> str:
    """Return a file's path below a folder, with `/`; its bare name if it is not below."""
    try:
        return path.relative_to(root if root.is_dir() else root.parent).as_posix()
    except ValueError:
        return path.name


def source(path: Path, root: Path, name: str = "") -> Source:
    """Return a picture file as a source named by its path below the imported folder."""
    return Source(name or relative(path, root), path.read_bytes)


def lines_of(path: Path) -> list[str]:
    """Read the lines of a text file.

    Raises
    ------
    ValueError
        If it is absurdly large or not text.
    """
    if path.stat().st_size > MOST_TEXT_BYTES:
        raise ValueError("it is too large for a label file")
    return path.read_bytes().decode("utf-8-sig").splitlines()


class PictureIndex:
    """Finds the picture that a label file speaks of, however loosely it names it.

    Parameters
    ----------
    root : Path
        The imported folder.
    without : sequence of str
        Names of folders, lower case, whose pictures are masks and the like.
    """

    def __init__(self, root: Path, without: Sequence[str] = ()) -> None:
        self.root = root
        self.all = [
            file
            for file in pictures(root)
            if not any(part.casefold() in without for part in file.relative_to(root).parts[:-1])
        ]
        self._paths = {relative(file, root): file for file in self.all}
        self._names: dict[str, list[Path]] = {}
        for file in self.all:
            self._names.setdefault(file.name, []).append(file)
            if file.stem != file.name:
                self._names.setdefault(file.stem, []).append(file)

    def find(self, name: str, near: Path) -> Path | None:
        """Return the picture of a name.

        Parameters
        ----------
        name : str
            As the label file gives it: a path, a bare name, or one without its ending.
        near : Path
            The label file; of several pictures of one name the closest is taken.
        """
        wanted = PurePosixPath(name.replace("\\", "/"))
        if str(wanted) in self._paths:
            return self._paths[str(wanted)]
        found = self._names.get(wanted.name) or self._names.get(wanted.stem) or []
        if not found:
            return None
        return min(found, key=lambda file: (_ending(file, wanted), _distance(file, near)))


def _ending(file: Path, wanted: PurePosixPath) -> int:
    """Count how many parts of a wanted path a file lacks at its end."""
    same = 0
    for ours, theirs in zip(reversed(file.parts), reversed(wanted.parts), strict=False):
        if ours != theirs:
            break
        same += 1
    return -same


def _distance(file: Path, near: Path) -> tuple[int, str]:
    """Measure how little of a label file's path a picture shares; `/labels/x` is near `/images/x`.

    Folders are compared as a set, because train and val often stand on either side of `images`.
    """
    return (-len(set(file.parent.parts) & set(near.parent.parts)), str(file))
