"""A project: the state that edits change, and the index of what was made from it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, ClassVar, Protocol, TypeAlias

from psygnal import Signal

from studio.domain.artefacts import Value
from studio.domain.history import Edit, History, Journal
from studio.domain.ids import Digest, JsonObject
from studio.domain.jobs import JobHandle, JobId, JobOrder
from studio.domain.labels import (
    AnnotateMany,
    Annotations,
    CopyLayer,
    LabelSchema,
    LayerName,
    SetBranches,
    SetSchema,
    SetShapes,
)
from studio.domain.media import AddMedia, MediaItems, NamedFilter, SetFilters
from studio.domain.objects import ObjectStore, ResultIndex
from studio.domain.pipelines import ChangeGraph, Graphs
from studio.domain.reviews import Comments, Reviews, SetComment, SetReviews
from studio.domain.tracks import AddVideos, SetTracks, Tracks, Videos


class ProjectState(Protocol):
    """What edits act upon."""

    media: MediaItems
    annotations: Annotations
    reviews: Reviews
    comments: Comments
    videos: Videos
    tracks: Tracks
    graphs: Graphs
    schema: LabelSchema
    branches: tuple[str, ...]
    """Names of sets of labels that are worked on apart."""
    filters: tuple[NamedFilter, ...]
    """Filters that are kept under a name, in order."""

    def layer(self, name: LayerName) -> Annotations:
        """Return a layer of shapes; one that nobody has put shapes into is empty."""

    def layers(self) -> Sequence[LayerName]:
        """Return the names of layers that hold shapes, in order."""

    def copy_layer(self, source: LayerName, target: LayerName) -> None:
        """Put all shapes of a layer into another one, under the same ids."""

    def clear_layer(self, name: LayerName) -> None:
        """Take all shapes of a layer away."""


class Batch(Value):
    """Edit: several edits that are done and undone as one."""

    kind: ClassVar[str] = "batch"
    title: str
    edits: tuple[JsonObject, ...]
    """Each as `to_json` writes it."""

    @classmethod
    def of(cls, title: str, edits: Sequence[Edit[Any]]) -> Batch:
        """Put edits together under one title."""
        return cls(title=title, edits=tuple(to_json(edit) for edit in edits))

    def do(self, project: ProjectState) -> None:
        """Do them in order."""
        for edit in self.edits:
            from_json(edit).do(project)

    def undo(self, project: ProjectState) -> None:
        """Undo them in reverse order."""
        for edit in reversed(self.edits):
            from_json(edit).undo(project)


_KINDS: tuple[type[Any], ...] = (
    AddMedia,
    AddVideos,
    AnnotateMany,
    Batch,
    ChangeGraph,
    CopyLayer,
    SetBranches,
    SetComment,
    SetFilters,
    SetReviews,
    SetSchema,
    SetShapes,
    SetTracks,
)
_EDITS: dict[str, type[Any]] = {edit.kind: edit for edit in _KINDS}


def to_json(edit: Edit[Any]) -> JsonObject:
    """Write an edit as the journal keeps it: its fields and its `kind`."""
    body: JsonObject = edit.model_dump(mode="json", by_alias=True)  # type: ignore[attr-defined]
    return {"kind": edit.kind, **body}


def from_json(document: JsonObject) -> Edit[ProjectState]:
    """Read an edit back; raises `KeyError` for an unknown kind, `ValueError` for a broken one."""
    body = {name: value for name, value in document.items() if name != "kind"}
    edit: Edit[ProjectState] = _EDITS[str(document["kind"])].model_validate(body)
    return edit


Companion: TypeAlias = Callable[[Edit[ProjectState]], Sequence[Edit[ProjectState]]]
"""Says what an edit that is about to be made brings along, so that all is undone as one."""


def accompanied(edit: Edit[ProjectState], companions: Sequence[Companion]) -> Edit[ProjectState]:
    """Return an edit with all that it brings along, under its own title."""
    more = [one for companion in companions for one in companion(edit)]
    return Batch.of(edit.title, [edit, *more]) if more else edit


class ArtefactRecord(Value):
    """A line of the project's index of artefacts."""

    digest: Digest
    kind: str
    title: str
    created: float
    """Seconds since 1970, UTC."""
    job: JobId | None = None
    """The job that made it first."""


class ArtefactIndex(Protocol):
    """The lineage graph of a project: what was made, and from what."""

    def add(self, record: ArtefactRecord, made_from: Sequence[Digest] = ()) -> None:
        """Note an artefact and what it was made from; noting it again changes nothing."""

    def of_kind(self, kind: str) -> Sequence[ArtefactRecord]:
        """Return artefacts of a kind, newest first."""

    def get(self, digest: Digest) -> ArtefactRecord:
        """Return one record; raises `NotFound`."""

    def sources(self, digest: Digest) -> Sequence[ArtefactRecord]:
        """Return what it was made from, directly."""

    def uses(self, digest: Digest) -> Sequence[ArtefactRecord]:
        """Return what was made from it, directly."""


class JobRecord(Value):
    """A line of the project's index of jobs."""

    order: JobOrder
    handle: JobHandle | None = None


class JobIndex(Protocol):
    """The jobs of a project; their state stands in their folders, not here."""

    def add(self, record: JobRecord) -> None:
        """Note a job, or note it again with its handle."""

    def get(self, id: JobId) -> JobRecord:  # noqa: A002
        """Return one record; raises `NotFound`."""

    def all(self) -> Sequence[JobRecord]:
        """Return all, newest first."""


class ProjectEvents:
    """What happens in an open project; emitted on the thread that caused it."""

    edited = Signal(object)
    """An edit was done, undone or redone; carries the edit."""
    shapes_changed = Signal(object)
    """Shapes of a picture are others now; carries `ShapesChanged`, before `edited` is emitted;
    `EVERYWHERE` after an edit that touched very many."""
    job_changed = Signal(str)
    """New messages or a new state; carries the job's id."""
    artefact_added = Signal(object)
    """Carries the `ArtefactRecord`."""


class Project(Protocol):
    """An open project."""

    @property
    def folder(self) -> Path:
        """Where it is."""

    @property
    def name(self) -> str:
        """As the person gave it."""

    @property
    def state(self) -> ProjectState:
        """What edits act upon."""

    @property
    def history(self) -> History[ProjectState]:
        """What can be undone."""

    @property
    def journal(self) -> Journal:
        """All that was ever done."""

    @property
    def store(self) -> ObjectStore:
        """Content by digest."""

    @property
    def results(self) -> ResultIndex:
        """What each key gave."""

    @property
    def artefacts(self) -> ArtefactIndex:
        """What was made, and from what."""

    @property
    def jobs(self) -> JobIndex:
        """What was ordered."""

    @property
    def events(self) -> ProjectEvents:
        """What happens."""

    @property
    def companions(self) -> list[Companion]:
        """What edits bring along; whoever adds one has it asked from then on."""

    @property
    def recovered(self) -> int:
        """Edits found in the journal but not yet in the index when it was opened."""

    def perform(self, edit: Edit[ProjectState]) -> None:
        """Journal and make an edit, and tell those who listen."""

    def undo(self) -> Edit[ProjectState] | None:
        """Take the last edit back, and tell those who listen."""

    def redo(self) -> Edit[ProjectState] | None:
        """Make the last undone edit again, and tell those who listen."""

    def runs_folder(self) -> Path:
        """Return the folder that holds one folder a job."""

    def exports_folder(self) -> Path:
        """Return the folder where packages are written out."""

    def close(self) -> None:
        """Give the lock back; closing twice does nothing."""


class ProjectFiles(Protocol):
    """Where projects come from."""

    def create(self, folder: Path, name: str) -> Project:
        """Make an empty project in a new or empty folder.

        Raises
        ------
        Conflict
            If the folder holds something already.
        """

    def open(self, folder: Path) -> Project:
        """Open a project, bringing its index up to its journal.

        Raises
        ------
        NotFound
            If the folder holds no project.
        Conflict
            If another window or command has it open.
        Damaged
            If the journal is broken before its last line.
        """

    def is_project(self, folder: Path) -> bool:
        """Tell whether a folder holds a project."""
