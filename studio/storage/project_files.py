"""Projects as folders: made, opened under a lock, and brought up to their journal."""

from __future__ import annotations

import json
import os
import socket
import time
from pathlib import Path

from filelock import FileLock, Timeout

from studio.domain.ids import new_id
from studio.errors import Conflict, Damaged, NotFound
from studio.storage.disk import told_plainly, write_whole
from studio.storage.project import DiskProject

FORMAT = 1


class DiskProjectFiles:
    """Fulfils `studio.domain.project.ProjectFiles` with folders."""

    def create(self, folder: Path, name: str) -> DiskProject:
        """Make an empty project in a new or empty folder; raises `Conflict`."""
        with told_plainly(folder):
            folder.mkdir(parents=True, exist_ok=True)
            occupied = next(iter(folder.iterdir()), None)
        if occupied is not None:
            what = "a project" if self.is_project(folder) else f"“{occupied.name}”"
            raise Conflict(
                f"{folder} already holds {what}.", "Choose a new or empty folder, or open it."
            )
        head = {"format": FORMAT, "id": new_id("project"), "name": name, "created": time.time()}
        write_whole(folder / "project.json", json.dumps(head, indent=1).encode())
        return self.open(folder)

    def open(self, folder: Path) -> DiskProject:
        """Open a project; raises `NotFound`, `Conflict` or `Damaged`."""
        folder = folder.resolve()
        name = self._name(folder)
        # Any thread may close the project; a killed process gives the lock back by ending.
        lock = FileLock(folder / ".lock", thread_local=False)
        with told_plainly(folder):
            try:
                lock.acquire(timeout=0)
            except Timeout as error:
                raise Conflict(
                    f"“{name}” is already open{_holder(folder)}.",
                    "Close it there first, or wait until that command is done.",
                ) from error
        try:
            holder = {"pid": os.getpid(), "host": socket.gethostname(), "since": time.time()}
            write_whole(folder / ".holder.json", json.dumps(holder).encode())
            return DiskProject(folder, name, lock)
        except BaseException:
            lock.release()
            raise

    def is_project(self, folder: Path) -> bool:
        """Tell whether a folder holds a project."""
        return (folder / "project.json").is_file()

    def _name(self, folder: Path) -> str:
        try:
            head = json.loads((folder / "project.json").read_bytes())
            if head["format"] > FORMAT:
                raise Damaged(
                    f"{folder} was written by a newer studio (format {head['format']}).",
                    "Update the studio to open it.",
                )
            return str(head["name"])
        except FileNotFoundError as error:
            raise NotFound(
                f"{folder} holds no project.",
                "Make one with `studio new`, or choose another folder.",
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"The file project.json in {folder} is broken: {error}.",
                "Bring it back from a backup.",
            ) from error


def _holder(folder: Path) -> str:
    """Say who has the project open, as far as that is known."""
    try:
        holder = json.loads((folder / ".holder.json").read_bytes())
        since = time.strftime("%d %b %H:%M", time.localtime(holder["since"]))
        return f" in process {holder['pid']} on {holder['host']} since {since}"
    except (OSError, ValueError, KeyError, TypeError):
        return ""
