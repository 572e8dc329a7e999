"""An open project: its state in the index, its truth in the journal."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import orjson
from filelock import FileLock

from studio.domain.history import Edit, Entry, History, stacks
from studio.domain.labels import (
    EVERYWHERE,
    LABELS,
    Annotations,
    LabelSchema,
    LayerName,
    ShapesChanged,
)
from studio.domain.media import MediaItems, NamedFilter
from studio.domain.pipelines import Graphs
from studio.domain.project import Companion, ProjectEvents, ProjectState, accompanied
from studio.domain.reviews import Comments, Reviews
from studio.domain.tracks import Tracks, Videos
from studio.errors import Damaged
from studio.storage.annotations import (
    StoredAnnotations,
    clear_layer,
    copy_layer,
    layer_names,
)
from studio.storage.database import Database
from studio.storage.disk import told_plainly
from studio.storage.indexes import StoredArtefacts, StoredGraphs, StoredJobs
from studio.storage.journal import DiskJournal, WrittenEdit
from studio.storage.media import StoredMedia
from studio.storage.objects import DiskObjects
from studio.storage.remarks import StoredComments, StoredReviews, StoredTracks, StoredVideos
from studio.storage.results import DiskResults
from studio.storage.traces import find_traces

_MOST_NEWS = 64
"""An edit that touched more pictures is an import: nobody follows it picture by picture."""


class StoredState:
    """What edits act upon, in the project's index.

    Parameters
    ----------
    database : Database
        Of the project.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.media: MediaItems = StoredMedia(database)
        self.reviews: Reviews = StoredReviews(database)
        self.comments: Comments = StoredComments(database)
        self.videos: Videos = StoredVideos(database)
        self.tracks: Tracks = StoredTracks(database)
        self.graphs: Graphs = StoredGraphs(database)
        self.touched: list[ShapesChanged] = []
        """What became of shapes since it was emptied last."""
        self.annotations: Annotations = self.layer(LABELS)

    def layer(self, name: LayerName) -> Annotations:
        """Return a layer of shapes; one that nobody has put shapes into is empty."""
        return StoredAnnotations(self._database, name, self.touched.append)

    def layers(self) -> Sequence[LayerName]:
        """Return the names of layers that hold shapes, in order."""
        return layer_names(self._database)

    def copy_layer(self, source: LayerName, target: LayerName) -> None:
        """Put all shapes of a layer into another one, under the same ids."""
        copy_layer(self._database, source, target)
        self.touched.append(EVERYWHERE)

    def clear_layer(self, name: LayerName) -> None:
        """Take all shapes of a layer away."""
        clear_layer(self._database, name)
        self.touched.append(EVERYWHERE)

    @property
    def schema(self) -> LabelSchema:
        """The project's labels."""
        text = self._database.fact("labels")
        return LabelSchema.model_validate_json(text) if text else LabelSchema()

    @schema.setter
    def schema(self, schema: LabelSchema) -> None:
        self._database.set_fact("labels", schema.model_dump_json())

    @property
    def branches(self) -> tuple[str, ...]:
        """Names of sets of labels that are worked on apart."""
        text = self._database.fact("branches")
        return tuple(orjson.loads(text)) if text else ()

    @branches.setter
    def branches(self, names: tuple[str, ...]) -> None:
        self._database.set_fact("branches", orjson.dumps(names).decode())

    @property
    def filters(self) -> tuple[NamedFilter, ...]:
        """Filters that are kept under a name, in order."""
        text = self._database.fact("filters")
        return tuple(map(NamedFilter.model_validate, orjson.loads(text))) if text else ()

    @filters.setter
    def filters(self, kept: tuple[NamedFilter, ...]) -> None:
        rows = [one.model_dump(mode="json") for one in kept]
        self._database.set_fact("filters", orjson.dumps(rows).decode())


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
        self._one_at_a_time = threading.RLock()
        self.store = DiskObjects(folder / "objects")
        self.store.sweep()
        self.results = DiskResults(folder / "results", self.store)
        self.journal = DiskJournal(folder / "journal.jsonl")
        entries = self.journal.entries()
        self._database = Database(folder / "project.db")
        try:
            stored = StoredState(self._database)
            self.state: ProjectState = stored
            self._touched = stored.touched
            self.artefacts = StoredArtefacts(self._database)
            self.jobs = StoredJobs(self._database)
            self.events = ProjectEvents()
            self.companions: list[Companion] = []
            entries, self.recovered = self._catch_up(entries)
            self._touched.clear()
            find_traces(self, everything=self._database.fresh)
        except BaseException:
            self._database.close()
            raise
        past, future = stacks(entries)
        self.history: History[ProjectState] = History(
            self.state, self.journal, self._applying, past, future
        )

    def perform(self, edit: Edit[ProjectState]) -> None:
        """Journal and make an edit, and tell those who listen."""
        with self._one_at_a_time:
            edit = accompanied(edit, self.companions)
            self._touched.clear()
            self.history.perform(edit)
            touched = tuple(self._touched)
        self._tell(edit, touched)

    def undo(self) -> Edit[ProjectState] | None:
        """Take the last edit back, and tell those who listen."""
        with self._one_at_a_time:
            self._touched.clear()
            edit = self.history.undo()
            touched = tuple(self._touched)
        return self._tell(edit, touched)

    def redo(self) -> Edit[ProjectState] | None:
        """Make the last undone edit again, and tell those who listen."""
        with self._one_at_a_time:
            self._touched.clear()
            edit = self.history.redo()
            touched = tuple(self._touched)
        return self._tell(edit, touched)

    def runs_folder(self) -> Path:
        """Return the folder that holds one folder a job."""
        return self._made("runs")

    def exports_folder(self) -> Path:
        """Return the folder where packages are written out."""
        return self._made("exports")

    def close(self) -> None:
        """Give the lock back; closing twice does nothing."""
        self.journal.close()
        self._database.close()
        self._lock.release()

    def _tell(
        self, edit: Edit[ProjectState] | None, touched: Sequence[ShapesChanged]
    ) -> Edit[ProjectState] | None:
        whole = edit.read() if isinstance(edit, WrittenEdit) else edit
        for news in touched if len(touched) <= _MOST_NEWS else (EVERYWHERE,):
            self.events.shapes_changed.emit(news)
        if whole is not None:
            self.events.edited.emit(whole)
        return whole

    def _made(self, name: str) -> Path:
        path = self.folder / name
        with told_plainly(path):
            path.mkdir(exist_ok=True)
        return path

    @contextmanager
    def _applying(self, seq: int) -> Iterator[None]:
        """Give the transaction of one edit; if it fails, its journal entry goes as well."""
        try:
            with self._database.writing():
                yield
                self._note(seq)
        except BaseException:
            self.journal.retract(seq)
            raise

    def _note(self, seq: int) -> None:
        self._database.set_fact("applied", f"{seq} {self.journal.check(seq)}")

    def _catch_up(self, entries: Sequence[Entry]) -> tuple[Sequence[Entry], int]:
        """Apply what the journal has and the index has not.

        Returns
        -------
        entries : sequence of Entry
            Of the journal, less a last one that could not be applied: nobody was told it was made.
        recovered : int
            How many edits the index lacked though it had been there.
        """
        applied = self._applied(entries)
        past, future = stacks(entries[:applied])
        recovered = 0
        with self._database.writing():
            for entry in entries[applied:]:
                try:
                    with self._savepoint():
                        _apply(entry, self.state, past, future)
                except (Damaged, LookupError, ValueError) as error:
                    if entry.seq < len(entries):
                        raise Damaged(
                            f"Line {entry.seq} of the journal in {self.folder} cannot be applied: "
                            f"{error}.",
                            "Update the studio, or bring journal.jsonl back from a backup.",
                        ) from error
                    self.journal.retract(entry.seq)
                    entries = entries[:-1]
                    break
                recovered += 1
            if entries:
                self._note(len(entries))
        return entries, 0 if self._database.fresh else recovered

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        with self._database.writing() as connection, connection.begin_nested():
            yield
            with self._database.reading():
                """Reading writes what waits, so that it fails here if it fails."""

    def _applied(self, entries: Sequence[Entry]) -> int:
        """Return how many entries the index holds; one of another journal is thrown away."""
        number, _, check = (self._database.fact("applied") or "0 ").partition(" ")
        applied = int(number)
        if applied > len(entries) or self.journal.check(applied) != check:
            self._database.start_over()
            return 0
        return applied


def _apply(
    entry: Entry,
    state: ProjectState,
    past: list[Edit[ProjectState]],
    future: list[Edit[ProjectState]],
) -> None:
    if entry.act == "do" and entry.edit is not None:
        entry.edit.do(state)
        past.append(entry.edit)
        future.clear()
    elif entry.act == "undo" and past:
        past[-1].undo(state)
        future.append(past.pop())
    elif entry.act == "redo" and future:
        future[-1].do(state)
        past.append(future.pop())
