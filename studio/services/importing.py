"""Bringing pictures and labels into a project: a job reads them, one edit takes them over."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

from studio.api.archives import is_archive, unpack
from studio.api.formats import Format
from studio.domain.artefacts import get_artefact
from studio.domain.history import Edit
from studio.domain.ids import Digest, JsonObject
from studio.domain.labels import (
    AnnotatedMedia,
    AnnotateMany,
    ImportReport,
    Label,
    LabelId,
    LabelSchema,
    LabelSet,
    SetSchema,
    Shape,
    extended,
)
from studio.domain.media import AddMedia, MediaId, MediaItem, Problem
from studio.domain.project import Batch, Project, ProjectState
from studio.services.job_runner import JobRunner, Submission
from studio.services.plugin_host import PluginHost

_MOST_DUPLICATES_NAMED = 1000


class Importing:
    """Imports of one open project.

    Parameters
    ----------
    project : Project
        Open.
    plugins : PluginHost
        Brings the formats.
    runner : JobRunner
        Runs the reading in a worker.
    """

    def __init__(self, project: Project, plugins: PluginHost, runner: JobRunner) -> None:
        self._project = project
        self._plugins = plugins
        self._runner = runner

    def formats_for(self, path: Path) -> list[tuple[Format, float]]:
        """Say which formats a file or folder may be of.

        Parameters
        ----------
        path : Path
            A file, a folder, or a zip of which only the outline is looked at.

        Returns
        -------
        list of (Format, float)
            The likeliest first, with how sure it is, in 0..1; those that are not left out.
        """
        if is_archive(path):
            with tempfile.TemporaryDirectory() as folder:
                return self._recognised(unpack(path, Path(folder), outline=True))
        return self._recognised(path)

    def _recognised(self, path: Path) -> list[tuple[Format, float]]:
        found = [(form, form.recognises(path)) for form in self._plugins.formats() if form.reads]
        return sorted(((f, s) for f, s in found if s > 0), key=lambda pair: -pair[1])

    def start(self, path: Path | Sequence[Path], format: str = "") -> Submission:  # noqa: A002
        """Begin to read pictures and labels; nothing in the project changes yet.

        Parameters
        ----------
        path : Path or sequence of Path
            Files, folders or zips.
        format : str
            Name of the format; found out if empty.
        """
        paths = [path] if isinstance(path, Path) else list(path)
        lines = "\n".join(str(one.absolute()) for one in paths)
        params: JsonObject = {"path": lines, "format": format}
        words = paths[0].name if len(paths) == 1 else f"{len(paths):,} files"
        return self._runner.submit("labels.import", params, title=f"Import {words}")

    def accept(self, outputs: Mapping[str, Digest]) -> ImportReport:
        """Take what was read over into the project, as one edit that can be undone.

        Pictures that are there already stay as they are; they get the new shapes only if they
        carried none.

        Parameters
        ----------
        outputs : mapping of str to Digest
            Of the job: `labels` and `report`.

        Returns
        -------
        ImportReport
            With the pictures and shapes that are new, and those that were there as duplicates.
        """
        store, state = self._project.store, self._project.state
        labels = get_artefact(store, Digest(outputs["labels"]), LabelSet)
        report = get_artefact(store, Digest(outputs["report"]), ImportReport)
        schema = _merged(state.schema, labels.label_schema)
        renaming = _renaming(labels.label_schema, schema)
        media, shapes, problems = _new(labels.read(store), state, renaming)
        edits: list[Edit[ProjectState]] = []
        if schema != state.schema:
            edits.append(SetSchema(before=state.schema, after=schema))
        if media:
            edits.append(AddMedia(items=tuple(media)))
        if shapes:
            edits.append(AnnotateMany(shapes=tuple(shapes.items())))
        if edits:
            self._project.perform(Batch.of(f"Import {len(media):,} pictures", edits))
        return report.model_copy(
            update={
                "pictures": len(media),
                "shapes": sum(map(len, shapes.values())),
                "problems": report.problems + _named(problems),
            }
        )


def _merged(ours: LabelSchema, theirs: LabelSchema) -> LabelSchema:
    """Add their labels by name; a new one brings its colour, attributes and joints along."""
    wider = extended(ours, theirs.names)
    ids = _renaming(theirs, wider)
    known = {label.name for label in ours.labels}
    colours = {label.colour for label in ours.labels}
    merged: list[Label] = []
    for label in wider.labels:
        said = theirs.named(label.name)
        if label.name in known or said is None:
            merged.append(label)
            continue
        facts = said.model_copy(
            update={
                "id": label.id,
                "parent": ids.get(said.parent) if said.parent is not None else None,
                "colour": label.colour if said.colour in colours else said.colour,
            }
        )
        merged.append(facts)
    return LabelSchema(labels=tuple(merged))


def _renaming(theirs: LabelSchema, schema: LabelSchema) -> dict[LabelId, LabelId]:
    """Map the ids of the import to those of the project, by name."""
    return {
        label.id: known.id
        for label in theirs.labels
        if (known := schema.named(label.name)) is not None
    }


def _new(
    items: Iterable[AnnotatedMedia], state: ProjectState, renaming: Mapping[LabelId, LabelId]
) -> tuple[list[MediaItem], dict[MediaId, tuple[Shape, ...]], list[Problem]]:
    """Part what is new from what the project has."""
    known = {item.id for item in state.media}
    media: list[MediaItem] = []
    shapes: dict[MediaId, tuple[Shape, ...]] = {}
    problems: list[Problem] = []
    for item in items:
        id_ = item.media.id
        there = id_ in known
        bare = bool(item.shapes) and not (there and state.annotations.of(id_))
        if bare:
            shapes[id_] = tuple(
                shape.model_copy(update={"label": renaming.get(shape.label, shape.label)})
                for shape in item.shapes
            )
        if there:
            added = f" It got its {len(item.shapes):,} shapes." if bare else ""
            reason = f"The project has this picture already.{added}"
            severity: Literal["changed", "duplicate"] = "changed" if bare else "duplicate"
            problems.append(Problem(path=item.media.name, reason=reason, severity=severity))
        else:
            media.append(item.media)
    return media, shapes, problems


def _named(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Keep a report readable when a whole large folder was there already."""
    rest = len(problems) - _MOST_DUPLICATES_NAMED
    if rest <= 0:
        return tuple(problems)
    more = Problem(
        path="", reason=f"{rest:,} further pictures were there already.", severity="duplicate"
    )
    return (*problems[:_MOST_DUPLICATES_NAMED], more)
