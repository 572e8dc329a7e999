"""An open project in memory: real history and edits, no files, no jobs of its own."""

from __future__ import annotations

import contextlib
import hashlib
import io
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import numpy as np
from psygnal import Signal

from studio.api.images import png
from studio.compute.residents import ResidentProcess
from studio.domain.history import Edit, History
from studio.domain.ids import Digest, digest_of
from studio.domain.jobs import JobExit, JobId, JobOrder, JobState, Logged, Progressed, Started
from studio.domain.labels import LabelSchema, extended
from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem, ShapeWord
from studio.domain.project import ArtefactRecord, Companion, ProjectEvents, accompanied
from studio.domain.residents import Message
from studio.domain.runs import RunRecord
from studio.errors import Conflict, NotFound
from studio.paths import builtin_plugins
from studio.services.active_learning import ActiveLearning
from studio.services.assisting import Assisting
from studio.services.branching import Branching
from studio.services.dataset_versions import DatasetVersions
from studio.services.exporting import Exporting
from studio.services.filming import Filming
from studio.services.following import Following
from studio.services.labelling import Labelling
from studio.services.pipelines import Pipelines
from studio.services.plugin_host import PluginHost
from studio.services.prelabelling import Prelabelling
from studio.services.prompting import Prompting
from studio.services.proposals import Proposals
from studio.services.quality import Quality
from studio.services.reviewing import Reviewing
from studio.services.shaping import Shaping
from studio.services.tracing import Tracing
from studio.services.tracking import Tracking
from tests.fakes.project import MemoryAnnotations, MemoryJournal, MemoryState


class Store:
    """Objects in a dict."""

    def __init__(self) -> None:
        self.objects: dict[Digest, bytes] = {}

    def put(self, data: bytes) -> Digest:
        digest = digest_of(data)
        self.objects[digest] = data
        return digest

    def put_many(self, blobs: Iterable[bytes]) -> list[Digest]:
        return [self.put(blob) for blob in blobs]

    def get(self, digest: Digest) -> bytes:
        if digest not in self.objects:
            raise NotFound(f"There is no object {digest}.")
        return self.objects[digest]

    def put_file(self, path: Path) -> Digest:
        return self.put(path.read_bytes())

    def open(self, digest: Digest) -> BinaryIO:
        return io.BytesIO(self.get(digest))

    def size(self, digest: Digest) -> int:
        return len(self.get(digest))

    def __contains__(self, digest: object) -> bool:
        return digest in self.objects


class Media:
    """Media in a list; the filter walks over all of them and knows name, label and review."""

    def __init__(self, state: MemoryState) -> None:
        self.items: list[MediaItem] = []
        self._state = state
        self._annotations: MemoryAnnotations = state.annotations

    def add(self, items: Sequence[MediaItem]) -> None:
        self.items += [item for item in items if item not in self.items[-10:]]

    def remove(self, ids: Sequence[MediaId]) -> None:
        self.items = [item for item in self.items if item.id not in set(ids)]

    def get(self, id: MediaId) -> MediaItem:  # noqa: A002
        for item in self.items:
            if item.id == id:
                return item
        raise NotFound(f"There is no picture {id}.")

    def __contains__(self, id: object) -> bool:  # noqa: A002
        return any(item.id == id for item in self.items)

    def _passing(self, where: MediaFilter) -> list[MediaItem]:
        if where == EVERYTHING:
            return self.items
        return [item for item in self.items if self._passes(item, where)]

    def _passes(self, item: MediaItem, where: MediaFilter) -> bool:
        labels = {shape.label for shape in self._annotations.of(item.id)}
        if len(self._annotations.of(item.id)) < (where.shapes[0] or 0):
            return False
        if where.label == "-" and labels:
            return False
        if where.label not in ("", "-") and where.label not in labels:
            return False
        if where.review and self._state.reviews.of(item.id).state != where.review:
            return False
        return where.text.casefold() in item.name.casefold()

    def count(self, where: MediaFilter = EVERYTHING) -> int:
        return len(self._passing(where))

    def page(self, start: int, length: int, where: MediaFilter = EVERYTHING) -> list[MediaItem]:
        return self._passing(where)[start : start + length]

    def following(self, id: MediaId, where: MediaFilter = EVERYTHING) -> MediaItem | None:  # noqa: A002
        items = self.items
        ids = [item.id for item in items]
        rest = items[ids.index(id) + 1 :] if id in ids else []
        return next((item for item in rest if item in self._passing(where)), None)

    def position(self, id: MediaId, where: MediaFilter = EVERYTHING) -> int | None:  # noqa: A002
        ids = [item.id for item in self._passing(where)]
        return ids.index(id) if id in ids else None

    def words(self, about: ShapeWord) -> Sequence[str]:
        drawn = [shape for _, shapes in self._annotations.all() for shape in shapes]
        said = {
            "author": {shape.author for shape in drawn} - {""},
            "attribute": {name for shape in drawn for name in shape.attributes},
            "geometry": {shape.geometry.kind for shape in drawn},
        }
        return sorted(said[about])

    def __iter__(self) -> Iterator[MediaItem]:
        return iter(self.items)


class Artefacts:
    def __init__(self) -> None:
        self.records: list[ArtefactRecord] = []
        self._made_from: dict[Digest, tuple[Digest, ...]] = {}

    def add(self, record: ArtefactRecord, made_from: Sequence[Digest] = ()) -> None:
        self.records.insert(0, record)
        self._made_from[record.digest] = tuple(made_from)

    def of_kind(self, kind: str) -> list[ArtefactRecord]:
        return [record for record in self.records if record.kind == kind]

    def get(self, digest: Digest) -> ArtefactRecord:
        for record in self.records:
            if record.digest == digest:
                return record
        raise NotFound("There is no such artefact.")

    def sources(self, digest: Digest) -> list[ArtefactRecord]:
        made_from = self._made_from.get(digest, ())
        return [record for record in self.records if record.digest in made_from]

    def uses(self, digest: Digest) -> list[ArtefactRecord]:
        made = self._made_from
        return [record for record in self.records if digest in made.get(record.digest, ())]


class Project:
    """A project in memory, with the real history."""

    def __init__(self, folder: Path, name: str = "Bottle caps") -> None:
        self.folder = folder
        self.name = name
        self._memory = MemoryState()
        self._memory.media = Media(self._memory)
        self.state: Any = self._memory
        self.store = Store()
        self.artefacts = Artefacts()
        self.events = ProjectEvents()
        self.companions: list[Companion] = []
        self.recovered = 0
        self.closed = False
        self.journal = MemoryJournal()
        self.history: History[Any] = History(
            self.state, self.journal, lambda seq: contextlib.nullcontext()
        )

    def perform(self, edit: Edit[Any]) -> None:
        edit = accompanied(edit, self.companions)
        self._memory.touched.clear()
        self.history.perform(edit)
        self._tell(edit)

    def undo(self) -> Edit[Any] | None:
        self._memory.touched.clear()
        return self._tell(self.history.undo())

    def redo(self) -> Edit[Any] | None:
        self._memory.touched.clear()
        return self._tell(self.history.redo())

    def _tell(self, edit: Edit[Any] | None) -> Edit[Any] | None:
        for news in self._memory.touched:
            self.events.shapes_changed.emit(news)
        if edit is not None:
            self.events.edited.emit(edit)
        return edit

    def close(self) -> None:
        self.closed = True


class Runner:
    """Jobs that tests put there; asked things are written down."""

    def __init__(self) -> None:
        self.views: list[Any] = []
        self.asked: list[tuple[str, str]] = []
        self.records: dict[str, RunRecord] = {}
        self.polls = 0
        self.trouble: Exception | None = None

    def put(
        self,
        id: str,  # noqa: A002
        title: str,
        state: JobState,
        progress: Progressed | None = None,
        exit: JobExit | None = None,  # noqa: A002
    ) -> None:
        order = JobOrder(id=JobId(id), operation="train.classifier@1", title=title, created=1.0)
        started = Started(attempt=1, host="here", pid=1, device="CPU (2 cores)")
        view = SimpleNamespace(
            order=order, state=state, progress=progress, exit=exit, started=started
        )
        self.views = [one for one in self.views if one.order.id != id]
        self.views.insert(0, view)
        record = RunRecord()
        record.take([Logged(text=f"{title} began"), Logged(text="Reading pictures")])
        self.records[id] = record

    def jobs(self) -> list[Any]:
        return list(self.views)

    def view(self, id: str) -> Any:  # noqa: A002
        return next(one for one in self.views if one.order.id == id)

    def record(self, id: str) -> RunRecord:  # noqa: A002
        return self.records[id]

    def pause(self, id: str) -> None:  # noqa: A002
        self.asked.append(("pause", id))

    def resume(self, id: str) -> None:  # noqa: A002
        self.asked.append(("resume", id))

    def cancel(self, id: str) -> None:  # noqa: A002
        self.asked.append(("cancel", id))

    def targets(self) -> list[str]:
        return ["local"]

    def poll(self) -> list[str]:
        self.polls += 1
        if self.trouble is not None:
            raise self.trouble
        return []

    def close(self) -> None:
        pass


class DiscResident:
    """A promptable model that sees a disc of 9 px about the first point."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def ask(
        self, call: str, facts: Any = None, arrays: Any = None, given_up: Any = None
    ) -> Message:
        del facts, given_up
        self.asked.append(call)
        if call != "segment":
            return Message("answer", {}, {})
        rows, columns = np.mgrid[0:60, 0:80] + 0.5
        x, y = arrays["points"][0]
        return Message("answer", {"score": 0.9}, {"mask": np.hypot(columns - x, rows - y) <= 9})

    def close(self) -> None:
        """Nothing runs."""


class Settings:
    """Settings in a dict."""

    changed = Signal(str)

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"theme": "light", "device": "auto", "recent": []}

    def get(self, key: str) -> Any:
        return self.values.get(key)

    def set(self, key: str, value: Any) -> None:
        self.values[key] = value
        self.changed.emit(key)


class Opener:
    """Opens projects in memory; a folder named `locked` is open elsewhere."""

    def __init__(self) -> None:
        self.settings: Any = Settings()
        self.plugins: Any = PluginHost([builtin_plugins()], installed=False)
        self.projects: Any = SimpleNamespace(recent=lambda: list(self.recents))
        self.recents: list[Any] = []
        self.sessions: list[Any] = []

    def open(self, folder: Path) -> Any:
        if folder.name == "locked":
            raise Conflict(
                "The project “locked” is open in another window.", "Close it there first."
            )
        session = session_of(Project(folder), self)
        self.sessions.append(session)
        return session

    def create(self, folder: Path, name: str) -> Any:
        session = session_of(Project(folder, name), self)
        self.sessions.append(session)
        return session


def session_of(project: Any, opener: Opener) -> Any:
    """Put a session together around a project in memory."""
    runner: Any = Runner()
    labelling = Labelling(project)
    return SimpleNamespace(
        project=project,
        runner=runner,
        settings=opener.settings,
        plugins=opener.plugins,
        labelling=labelling,
        shaping=Shaping(project, labelling),
        prelabelling=Prelabelling(project, runner),
        proposals=Proposals(project, labelling),
        active=ActiveLearning(project, runner, lambda: Digest("")),
        assisting=Assisting(project, labelling, opener.plugins, ResidentProcess),
        prompting=Prompting(project.store, DiscResident(), project.folder / "seen"),
        labelimg=None,
        branching=Branching(project),
        reviewing=Reviewing(project),
        quality=Quality(project, runner, lambda: Digest("")),
        tracing=Tracing(project),
        filming=Filming(project),
        tracking=Tracking(project),
        following=Following(project, opener.plugins),
        importing=None,
        exporting=Exporting(project, opener.plugins),
        datasets=DatasetVersions(project, runner),  # type: ignore[arg-type]
        packaging=None,
        pipelines=Pipelines(project, opener.plugins, runner, lambda: Digest("")),
        close=project.close,
    )


def fill(project: Project, count: int, labels: Sequence[str] = ("bolt", "cap", "nut")) -> None:
    """Put pictures into a project; the first 64 differ in their pixels, the rest repeat them."""
    project.state.schema = extended(LabelSchema(), labels)
    rng = np.random.default_rng(1)
    known: list[Digest] = []
    for number in range(min(count, 64)):
        pixels = np.full((60, 80, 3), rng.integers(60, 220, 3), np.uint8)
        pixels[20:40, 10 + number % 40 : 40 + number % 40] = rng.integers(0, 255, 3)
        known.append(project.store.put(png(pixels)))
    items = project.state.media.items
    for number in range(count):
        digest = known[number] if number < 64 else _name(number)
        if number >= 64:
            project.store.objects[digest] = project.store.objects[known[number % 64]]
        items.append(
            MediaItem(id=MediaId(digest), name=f"caps/{number:06d}.png", width=80, height=60)
        )


def _name(number: int) -> Digest:
    return Digest("sha256:" + hashlib.sha256(str(number).encode()).hexdigest())
