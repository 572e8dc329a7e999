"""A project in dicts: the same laws as on disk, without the disk."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

from studio.domain.history import Edit, Entry, History
from studio.domain.ids import Digest
from studio.domain.jobs import JobId
from studio.domain.labels import (
    EVERYWHERE,
    LABELS,
    LabelId,
    LabelSchema,
    LayerName,
    LayerStatistics,
    Shape,
    ShapeId,
    ShapesChanged,
)
from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem, NamedFilter, ShapeWord
from studio.domain.pipelines import Graph, Layout
from studio.domain.project import (
    ArtefactRecord,
    Companion,
    JobRecord,
    ProjectEvents,
    ProjectState,
    accompanied,
    to_json,
)
from studio.errors import NotFound
from tests.fakes.counting import statistics_of
from tests.fakes.objects import MemoryObjects, MemoryResults
from tests.fakes.remarks import MemoryComments, MemoryReviews, MemoryTracks, MemoryVideos


class MemoryJournal:
    def __init__(self) -> None:
        self.written: list[Entry] = []

    def append(self, act: Literal["do", "undo", "redo"], edit: Edit[Any] | None) -> Entry:
        entry = Entry(len(self.written) + 1, act, edit, time.time())
        self.written.append(entry)
        return entry

    def entries(self) -> Sequence[Entry]:
        return self.written

    def mentioning(self, text: str) -> set[int]:
        return {
            entry.seq
            for entry in self.written
            if entry.edit is not None and f'"{text}"' in str(to_json(entry.edit)).replace("'", '"')
        }


class MemoryAnnotations:
    def __init__(
        self,
        layer: LayerName = LABELS,
        tell: Callable[[ShapesChanged], None] = lambda news: None,
    ) -> None:
        self.shapes: dict[MediaId, dict[ShapeId, Shape]] = {}
        self._layer = layer
        self._tell = tell

    def of(self, media: MediaId) -> Sequence[Shape]:
        found = self.shapes.get(media, {}).values()
        return tuple(sorted(found, key=lambda shape: (shape.z, shape.id)))

    def put(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        if shapes:
            self.shapes.setdefault(media, {}).update({shape.id: shape for shape in shapes})
            self._tell(ShapesChanged(self._layer, media, tuple(shapes), ()))

    def remove(self, media: MediaId, ids: Sequence[ShapeId]) -> None:
        for id_ in ids:
            self.shapes.get(media, {}).pop(id_, None)
        if not self.shapes.get(media):
            self.shapes.pop(media, None)
        self._tell(ShapesChanged(self._layer, media, (), tuple(ids)))

    def all(self) -> Iterator[tuple[MediaId, Sequence[Shape]]]:
        return iter([(media, self.of(media)) for media in self.shapes])

    def counts(self) -> Mapping[LabelId, int]:
        found: dict[LabelId, int] = {}
        for _, shapes in self.all():
            for shape in shapes:
                found[shape.label] = found.get(shape.label, 0) + 1
        return found

    def labels(self, media: MediaId) -> Sequence[LabelId]:
        return list(dict.fromkeys(shape.label for shape in self.of(media)))

    def heights(self, media: MediaId) -> tuple[float, float]:
        found = [shape.z for shape in self.of(media)] or [0.0]
        return min(found), max(found)

    def statistics(self) -> LayerStatistics:
        return statistics_of(list(self.all()))


class MemoryMedia:
    def __init__(
        self, annotations: MemoryAnnotations, reviews: Callable[[], MemoryReviews]
    ) -> None:
        self.items: dict[MediaId, MediaItem] = {}
        self._annotations = annotations
        self._reviews = reviews

    def add(self, items: Sequence[MediaItem]) -> None:
        for item in items:
            self.items.setdefault(item.id, item)

    def remove(self, ids: Sequence[MediaId]) -> None:
        for id_ in ids:
            self.items.pop(id_, None)

    def get(self, id: MediaId) -> MediaItem:  # noqa: A002
        if id not in self.items:
            raise NotFound(f"There is no picture {id}.")
        return self.items[id]

    def __contains__(self, id: object) -> bool:  # noqa: A002
        return id in self.items

    def count(self, where: MediaFilter = EVERYTHING) -> int:
        return len(self._passing(where))

    def page(self, start: int, length: int, where: MediaFilter = EVERYTHING) -> Sequence[MediaItem]:
        return self._passing(where)[start : start + length]

    def following(self, id: MediaId, where: MediaFilter = EVERYTHING) -> MediaItem | None:  # noqa: A002
        items = list(self.items.values())
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
        return iter(list(self.items.values()))

    def _passing(self, where: MediaFilter) -> list[MediaItem]:
        return [item for item in self.items.values() if self._passes(item, where)]

    def _passes(self, item: MediaItem, where: MediaFilter) -> bool:
        labels = {shape.label for shape in self._annotations.of(item.id)}
        wanted = not labels if where.label == "-" else not where.label or where.label in labels
        wanted = wanted and len(self._annotations.of(item.id)) >= (where.shapes[0] or 0)
        stands = not where.review or self._reviews().of(item.id).state == where.review
        return wanted and stands and where.text.casefold() in item.name.casefold()


class MemoryGraphs:
    def __init__(self) -> None:
        self.graphs: dict[str, tuple[Graph, Layout]] = {}

    def get(self, name: str) -> tuple[Graph, Layout] | None:
        return self.graphs.get(name)

    def put(self, name: str, graph: Graph, layout: Layout) -> None:
        self.graphs[name] = (graph, layout)
        if not graph.nodes and not graph.inputs and not layout.positions:
            del self.graphs[name]

    def remove(self, name: str) -> None:
        self.graphs.pop(name, None)

    def names(self) -> Sequence[str]:
        return sorted(self.graphs)


class MemoryState:
    """Fulfils `ProjectState`."""

    def __init__(self) -> None:
        self.touched: list[ShapesChanged] = []
        self._layers: dict[LayerName, MemoryAnnotations] = {}
        self.annotations: Any = self.layer(LABELS)
        self.media: Any = MemoryMedia(self.annotations, lambda: self.reviews)
        self.reviews: Any = MemoryReviews(lambda: [item.id for item in self.media])
        self.comments: Any = MemoryComments()
        self.videos: Any = MemoryVideos()
        self.tracks: Any = MemoryTracks()
        self.graphs: Any = MemoryGraphs()
        self.schema = LabelSchema()
        self.branches: tuple[str, ...] = ()
        self.filters: tuple[NamedFilter, ...] = ()

    def layer(self, name: LayerName) -> MemoryAnnotations:
        return self._layers.setdefault(name, MemoryAnnotations(name, self.touched.append))

    def layers(self) -> Sequence[LayerName]:
        return sorted(name for name, layer in self._layers.items() if layer.shapes)

    def copy_layer(self, source: LayerName, target: LayerName) -> None:
        for media, shapes in self.layer(source).all():
            self.layer(target).put(media, shapes)

    def clear_layer(self, name: LayerName) -> None:
        self.layer(name).shapes.clear()
        self.touched.append(EVERYWHERE)


class MemoryArtefacts:
    """Fulfils `ArtefactIndex`."""

    def __init__(self) -> None:
        self.records: dict[Digest, ArtefactRecord] = {}
        self.edges: dict[tuple[Digest, Digest], None] = {}

    def add(self, record: ArtefactRecord, made_from: Sequence[Digest] = ()) -> None:
        self.records.setdefault(record.digest, record)
        self.edges.update({(source, record.digest): None for source in made_from})

    def of_kind(self, kind: str) -> Sequence[ArtefactRecord]:
        return [record for record in reversed(self.records.values()) if record.kind == kind]

    def get(self, digest: Digest) -> ArtefactRecord:
        if digest not in self.records:
            raise NotFound(f"There is no artefact {digest}.")
        return self.records[digest]

    def sources(self, digest: Digest) -> Sequence[ArtefactRecord]:
        return [r for r in self.records.values() if (r.digest, digest) in self.edges]

    def uses(self, digest: Digest) -> Sequence[ArtefactRecord]:
        return [r for r in self.records.values() if (digest, r.digest) in self.edges]


class MemoryJobs:
    """Fulfils `JobIndex`."""

    def __init__(self) -> None:
        self.records: dict[JobId, JobRecord] = {}

    def add(self, record: JobRecord) -> None:
        self.records[record.order.id] = record

    def get(self, id: JobId) -> JobRecord:  # noqa: A002
        if id not in self.records:
            raise NotFound(f"There is no job {id}.")
        return self.records[id]

    def all(self) -> Sequence[JobRecord]:
        return list(reversed(self.records.values()))


class MemoryProject:
    """Fulfils `Project`."""

    def __init__(self, folder: Path = Path("nowhere"), name: str = "In memory") -> None:
        self.folder = folder
        self.name = name
        self._memory = MemoryState()
        self.state: ProjectState = self._memory
        self.journal = MemoryJournal()
        self.history: History[ProjectState] = History(
            self.state, self.journal, lambda seq: contextlib.nullcontext()
        )
        self.store = MemoryObjects()
        self.results = MemoryResults(self.store)
        self.artefacts = MemoryArtefacts()
        self.jobs = MemoryJobs()
        self.events = ProjectEvents()
        self.companions: list[Companion] = []
        self.recovered = 0

    def perform(self, edit: Edit[ProjectState]) -> None:
        edit = accompanied(edit, self.companions)
        self._memory.touched.clear()
        self.history.perform(edit)
        self._tell(edit)

    def undo(self) -> Edit[ProjectState] | None:
        self._memory.touched.clear()
        return self._tell(self.history.undo())

    def redo(self) -> Edit[ProjectState] | None:
        self._memory.touched.clear()
        return self._tell(self.history.redo())

    def _tell(self, edit: Edit[ProjectState] | None) -> Edit[ProjectState] | None:
        for news in self._memory.touched:
            self.events.shapes_changed.emit(news)
        if edit is not None:
            self.events.edited.emit(edit)
        return edit

    def runs_folder(self) -> Path:
        return self.folder / "runs"

    def exports_folder(self) -> Path:
        return self.folder / "exports"

    def close(self) -> None:
        """Nothing is held."""


def everything(state: ProjectState) -> tuple[object, ...]:
    """Return all that edits can change, so that two states can be compared."""
    return (
        tuple(state.media),
        {media: tuple(shapes) for media, shapes in state.annotations.all()},
        {name: state.graphs.get(name) for name in state.graphs.names()},
        state.schema,
    )
