"""Projects as folders: made, opened under a lock, and brought up to their journal."""

from __future__ import annotations

import json
import os
import socket
import time
from contextlib import suppress
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import ValidationError

from studio.api.job_folder import JobFolder
from studio.domain.history import Edit, Entry, History, stacks
from studio.domain.ids import new_id
from studio.domain.labels import LabelSchema
from studio.domain.project import JobRecord, ProjectEvents, ProjectState
from studio.errors import Conflict, Damaged, NotFound, StudioError
from studio.storage.annotations import StoredAnnotations
from studio.storage.database import Database
from studio.storage.disk import told_plainly, write_whole
from studio.storage.indexes import StoredArtefacts, StoredGraphs, StoredJobs
from studio.storage.journal import DiskJournal
from studio.storage.media import StoredMedia
from studio.storage.objects import DiskObjects
from studio.storage.results import DiskResults

FORMAT = 1


class StoredState:
    """What edits act upon, in the project's index.

    Parameters
    ----------
    database : Database
        Of the project.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.media = StoredMedia(database)
        self.annotations = StoredAnnotations(database)
        self.graphs = StoredGraphs(database)

    @property
    def schema(self) -> LabelSchema:
        """The project's labels."""
        text = self._database.fact("labels")
        return LabelSchema.model_validate_json(text) if text else LabelSchema()

    @schema.setter
    def schema(self, schema: LabelSchema) -> None:
        self._database.set_fact("labels", schema.model_dump_json())


class DiskProject:
    """An open project; see `studio.domain.project.Project` for the words.

    Parameters
    ----------
    folder : Path
        Of the project.
    name : str
        As `project.json` has it.
    lock : FileLock
        Held until the project is closed.
    """

    def __init__(self, folder: Path, name: str, lock: FileLock) -> None:
        self.folder = folder
        self.name = name
        self._lock = lock
        self.store = DiskObjects(folder / "objects")
        self.results = DiskResults(folder / "results", self.store)
        self._database = Database(folder / "project.db")
        self.state: ProjectState = StoredState(self._database)
        self.artefacts = StoredArtefacts(self._database)
        self.jobs = StoredJobs(self._database)
        self.events = ProjectEvents()
        journal = DiskJournal(folder / "journal.jsonl")
        entries = journal.entries()
        self.recovered = self._catch_up(entries)
        if self._database.fresh:
            self._find_jobs()
        past, future = stacks(entries)
        self.history: History[ProjectState] = History(
            self.state, journal, self._database.edit, past, future
        )

    def perform(self, edit: Edit[ProjectState]) -> None:
        """Journal and make an edit, and tell those who listen."""
        self.history.perform(edit)
        self.events.edited.emit(edit)

    def undo(self) -> Edit[ProjectState] | None:
        """Take the last edit back, and tell those who listen."""
        edit = self.history.undo()
        if edit is not None:
            self.events.edited.emit(edit)
        return edit

    def redo(self) -> Edit[ProjectState] | None:
        """Make the last undone edit again, and tell those who listen."""
        edit = self.history.redo()
        if edit is not None:
            self.events.edited.emit(edit)
        return edit

    def runs_folder(self) -> Path:
        """Return the folder that holds one folder a job."""
        return self._made("runs")

    def exports_folder(self) -> Path:
        """Return the folder where packages are written out."""
        return self._made("exports")

    def close(self) -> None:
        """Give the lock back; closing twice does nothing."""
        self._database.close()
        self._lock.release()

    def _made(self, name: str) -> Path:
        path = self.folder / name
        path.mkdir(exist_ok=True)
        return path

    def _catch_up(self, entries: list[Entry]) -> int:
        """Apply what the journal has and the index has not; returns how many edits that were."""
        applied = self._database.applied
        missing = [entry for entry in entries if entry.seq > applied]
        if not missing:
            return 0
        past, future = stacks(entries[:applied])
        with self._database.writing():
            for entry in missing:
                with self._database.edit(entry.seq):
                    if entry.act == "do" and entry.edit is not None:
                        entry.edit.do(self.state)
                        past.append(entry.edit)
                        future.clear()
                    elif entry.act == "undo" and past:
                        future.append(past.pop())
                        future[-1].undo(self.state)
                    elif entry.act == "redo" and future:
                        past.append(future.pop())
                        past[-1].do(self.state)
        return 0 if self._database.fresh else len(missing)

    def _find_jobs(self) -> None:
        """Fill the index of jobs from their folders, as far as they tell."""
        for order_file in sorted((self.folder / "runs").glob("job-*/order.json")):
            with suppress(StudioError):
                self.jobs.add(JobRecord(order=JobFolder(order_file.parent).order()))


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
        lock = FileLock(folder / ".lock")
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
        except (ValueError, KeyError, TypeError, ValidationError) as error:
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
