"""Packages as folders and archives: written whole or not at all, and checked."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from studio.domain.artefacts import get_artefact
from studio.domain.ids import Digest
from studio.domain.jobs import Device
from studio.domain.packaging import ModelPackage
from studio.domain.project import Project
from studio.errors import BadInput, ComputeFailed, Conflict, Damaged
from studio.services.job_runner import JobRunner, Submission

SUMS = "SHA256SUMS"
_BEGINNING = (1980, 1, 1, 0, 0, 0)
"""The time of all files in an archive, so that equal packages are equal archives."""


class Packaging:
    """Writes packages out of the project.

    Parameters
    ----------
    project : Project
        Holds the packages.
    runner : JobRunner
        Makes new ones.
    """

    def __init__(self, project: Project, runner: JobRunner) -> None:
        self._project = project
        self._runner = runner

    def write_out(self, package: Digest, folder: Path | None = None) -> Path:
        """Write a package to a folder, or to an archive if the name ends in `.zip`.

        Parameters
        ----------
        package : Digest
            Of a `ModelPackage`.
        folder : Path, optional
            New or empty; left out, a folder of the package's name below the project's exports.

        Returns
        -------
        Path
            What was written. A folder that holds this very package already is left as it is.

        Raises
        ------
        Conflict
            If something else is there already.
        Damaged
            If a file differs from its checksum.
        """
        found = get_artefact(self._project.store, package, ModelPackage)
        short = package.removeprefix("sha256:")[:8]
        goal = folder or self._project.exports_folder() / f"{_plain(found.name)}-{short}"
        if goal.suffix == ".zip":
            return self._write_zip(found, goal)
        if goal.is_dir() and any(goal.iterdir()):
            if self._same(found, goal):
                return goal
            raise Conflict(f"The folder {goal} holds something already.", "Choose another folder.")
        self._write(found.files, goal)
        return goal

    def write_files(self, files: Mapping[str, Digest], folder: Path) -> Path:
        """Write stored files to a new or empty folder, all of them or none.

        Raises
        ------
        Conflict
            If the folder holds something.
        """
        if folder.is_dir() and any(folder.iterdir()):
            raise Conflict(
                f"The folder {folder} holds something already.", "Choose another folder."
            )
        self._write(files, folder)
        return folder

    def verify(self, folder: Path) -> list[str]:
        """Check a written package against its own list of checksums.

        Returns
        -------
        list of str
            One sentence for each file that is missing, differs or was added; empty if all is well.
        """
        try:
            rows = (folder / SUMS).read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return [f"{SUMS} is missing or cannot be read."]
        listed = {name: digest for digest, _, name in (row.partition("  ") for row in rows)}
        problems = []
        for name, digest in sorted(listed.items()):
            if not _is_inside(name):
                problems.append(f"{SUMS} names “{name}”, which lies outside of the package.")
                continue
            try:
                fresh = hashlib.sha256((folder / name).read_bytes()).hexdigest()
            except OSError:
                problems.append(f"{name} is missing.")
                continue
            if fresh != digest:
                problems.append(f"{name} was changed.")
        there = {
            path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()
        }
        added = sorted(name for name in there - {SUMS, *listed} if "__pycache__/" not in name)
        return problems + [f"{name} was added." for name in added]

    def predict(self, package: Digest, labels: Digest, device: Device = "auto") -> Submission:
        """Order a package to be asked about pictures; see `JobRunner.submit`.

        Parameters
        ----------
        labels : Digest
            Of a `LabelSet` that names the pictures.
        """
        inputs = {"package": package, "labels": labels}
        return self._runner.submit("predict.package", {}, inputs, device=device)

    def _same(self, package: ModelPackage, folder: Path) -> bool:
        try:
            sums = (folder / SUMS).read_bytes()
        except OSError:
            return False
        return sums == self._project.store.get(package.files[SUMS]) and not self.verify(folder)

    def _write(self, files: Mapping[str, Digest], goal: Path) -> None:
        _refuse_outside(files)
        try:
            goal.parent.mkdir(parents=True, exist_ok=True)
            draft = Path(tempfile.mkdtemp(prefix=f".{goal.name}.", dir=goal.parent))
        except OSError as error:
            raise _unwritable(goal, error) from error
        try:
            for path, digest in sorted(files.items()):
                target = draft / path
                target.parent.mkdir(parents=True, exist_ok=True)
                self._project.store.copy_to(digest, target)
            if problems := self.verify(draft) if SUMS in files else []:
                raise Damaged(" ".join(problems), "Make the package anew.")
            draft.chmod(0o755)
            if goal.is_dir():
                goal.rmdir()
            draft.rename(goal)
        except OSError as error:
            raise _unwritable(goal, error) from error
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def _write_zip(self, package: ModelPackage, goal: Path) -> Path:
        if goal.exists():
            raise Conflict(f"{goal} is there already.", "Choose another name.")
        _refuse_outside(package.files)
        draft = goal.with_name(f".{goal.name}.{os.getpid()}.part")
        try:
            goal.parent.mkdir(parents=True, exist_ok=True)
            with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive:
                for path, digest in sorted(package.files.items()):
                    entry = zipfile.ZipInfo(f"{goal.stem}/{path}", _BEGINNING)
                    entry.compress_type = zipfile.ZIP_DEFLATED
                    entry.external_attr = 0o644 << 16
                    archive.writestr(entry, self._project.store.get(digest))
            draft.replace(goal)
        except OSError as error:
            raise _unwritable(goal, error) from error
        finally:
            draft.unlink(missing_ok=True)
        return goal


def _plain(name: str) -> str:
    """Turn a name into one that every file system takes."""
    kept = "".join(c if c.isalnum() or c in "-_." else "-" for c in name).strip(".-")
    return kept or "package"


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    plain = "\\" not in name and ":" not in name
    return bool(name) and plain and not path.is_absolute() and ".." not in path.parts


def _refuse_outside(files: Mapping[str, Digest]) -> None:
    for name in files:
        if not _is_inside(name):
            raise BadInput(f"“{name}” would be written outside of the folder.", "It is refused.")


def _unwritable(goal: Path, error: OSError) -> ComputeFailed:
    return ComputeFailed(
        f"{goal} cannot be written: {error.strerror or error}.",
        "Choose a folder with room that you may write to.",
    )
