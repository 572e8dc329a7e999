"""Labelling: what a hand on the canvas or a command does to shapes and labels, one edit a deed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from psygnal import SignalInstance
from pydantic import ValidationError

from studio.domain.geometry import Geometry, Tag, moved
from studio.domain.history import Edit
from studio.domain.ids import Digest, new_id
from studio.domain.labels import (
    LABELS,
    Annotations,
    Label,
    LabelId,
    LabelSchema,
    LayerName,
    SetSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import MediaId
from studio.domain.project import Batch, Project, ProjectState
from studio.domain.tracks import SetTracks, Track
from studio.errors import BadInput, Conflict, NotFound


class Labelling:
    """The verbs of labelling.

    Parameters
    ----------
    project : Project
        Whose history takes the edits.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self.layer: LayerName = LABELS
        """The layer the hand works in."""

    @property
    def news(self) -> SignalInstance:
        """Says which shapes of which picture are others now; carries `ShapesChanged`."""
        return self._project.events.shapes_changed

    @property
    def _shapes(self) -> Annotations:
        return self._project.state.layer(self.layer)

    def shapes(self, media: MediaId, layer: LayerName | None = None) -> Sequence[Shape]:
        """Return the shapes of one picture in a layer, the one at hand if none is named."""
        shapes = self._shapes if layer is None else self._project.state.layer(layer)
        return shapes.of(media)

    def add(self, media: MediaId, label: LabelId, geometry: Geometry, author: str = "") -> Shape:
        """Draw one shape on top.

        Raises
        ------
        NotFound
            If the project has no such label.
        """
        name = self._label(label).name
        shape = Shape(
            id=_shape_id(), label=label, geometry=geometry, author=author, z=self._top(media)
        )
        title = f"Add {geometry.kind} “{name}”"
        self._project.perform(self._set(media, (), (shape,), title))
        return shape

    def change(
        self, media: MediaId, before: Sequence[Shape], after: Sequence[Shape], title: str
    ) -> None:
        """Turn some shapes into others; equal before and after is no edit.

        Parameters
        ----------
        media : MediaId
            The picture.
        before, after : sequence of Shape
            Those that differ: by id, those only before go, those only after come.
        title : str
            Words for the Edit menu.
        """
        if tuple(before) != tuple(after):
            self._project.perform(self._set(media, before, after, title))

    def delete(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Take shapes away; they come back in their place when it is undone."""
        if shapes:
            title = "Delete shape" if len(shapes) == 1 else f"Delete {len(shapes):,} shapes"
            self._project.perform(self._set(media, shapes, (), title))

    def set_tag(self, media: MediaId, label: LabelId, on: bool) -> None:
        """Give the picture as a whole a label, or take it away; nothing if it is so already.

        Raises
        ------
        NotFound
            If the project has no such label.
        """
        name = self._label(label).name
        there = [
            shape
            for shape in self.shapes(media)
            if shape.label == label and isinstance(shape.geometry, Tag)
        ]
        if on and not there:
            self.add(media, label, Tag())
        elif there and not on:
            self._project.perform(self._set(media, there, (), f"Remove tag “{name}”"))

    def paste(
        self, media: MediaId, shapes: Sequence[Shape], offset: tuple[float, float] = (0.0, 0.0)
    ) -> list[Shape]:
        """Put copies of shapes on top, under ids of their own.

        Parameters
        ----------
        media : MediaId
            The picture that gets them.
        shapes : sequence of Shape
            From any picture; those whose label is gone are left out, as are tags already there.
        offset : tuple of float, px
            How far right and down.

        Returns
        -------
        list of Shape
            The copies.
        """
        schema = self._project.state.schema
        tags = {shape.label for shape in self.shapes(media) if isinstance(shape.geometry, Tag)}
        kept = [
            shape
            for shape in shapes
            if schema.get(shape.label) is not None
            and not (isinstance(shape.geometry, Tag) and shape.label in tags)
        ]
        top = self._top(media)
        copies = [
            shape.model_copy(
                update={
                    "id": _shape_id(),
                    "geometry": moved(shape.geometry, *offset),
                    "z": top + at,
                }
            )
            for at, shape in enumerate(kept)
        ]
        if copies:
            title = "Paste shape" if len(copies) == 1 else f"Paste {len(copies):,} shapes"
            self._project.perform(self._set(media, (), copies, title))
        return copies

    def bring_to_front(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Lay shapes above all others, in the order they have."""
        top = self._top(media)
        if [shape.z for shape in shapes] != [top - 1.0]:
            self._lay(media, shapes, top, "Bring to front")

    def send_to_back(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Lay shapes below all others, in the order they have."""
        low = self._shapes.heights(media)[0]
        if [shape.z for shape in shapes] != [low]:
            self._lay(media, shapes, low - len(shapes), "Send to back")

    def _lay(self, media: MediaId, shapes: Sequence[Shape], z: float, title: str) -> None:
        before = sorted(shapes, key=lambda shape: shape.z)
        after = [shape.model_copy(update={"z": z + at}) for at, shape in enumerate(before)]
        self.change(media, before, after, title)

    def add_label(self, name: str) -> Label:
        """Add a label with the next free colour.

        Raises
        ------
        BadInput
            If the name is empty or too long.
        Conflict
            If a label has this name.
        """
        schema = self._project.state.schema
        name = self._free_name(name)
        try:
            after = extended(schema, [name])
        except ValidationError as error:
            raise _unusable(error) from error
        self._change_schema(after, f"Add label “{name}”")
        return after.labels[-1]

    def rename_label(self, id: LabelId, name: str) -> None:  # noqa: A002
        """Give a label another name; its shapes keep it. Errors as for `add_label`."""
        label = self._label(id)
        if name.strip() != label.name:
            name = self._free_name(name)
            renamed = _with(self._project.state.schema, label, name=name)
            self._change_schema(renamed, f"Rename label to “{name}”")

    def recolour_label(self, id: LabelId, colour: str) -> None:  # noqa: A002
        """Give a label another colour, `#rrggbb`.

        Raises
        ------
        BadInput
            If it is no colour.
        """
        label = self._label(id)
        if colour.lower() != label.colour:
            recoloured = _with(self._project.state.schema, label, colour=colour.lower())
            self._change_schema(recoloured, f"Recolour label “{label.name}”")

    def redefine_label(self, label: Label) -> None:
        """Give the label with this id everything that is said here: parent, attributes, joints.

        Raises
        ------
        NotFound
            If the project has no such label.
        Conflict
            If another label has its name.
        BadInput
            If it would lie under itself.
        """
        before = self._label(label.id)
        if before == label:
            return
        if label.name != before.name:
            label = label.model_copy(update={"name": self._free_name(label.name)})
        changed = _with(self._project.state.schema, before, **label.model_dump(exclude={"id"}))
        self._change_schema(changed, f"Change label “{label.name}”")

    def merge_labels(self, gone: LabelId, into: LabelId) -> None:
        """Give all shapes and tracks of one label another one, and remove the first; one edit.

        Raises
        ------
        NotFound
            If the project lacks one of them.
        """
        old, kept = self._label(gone), self._label(into)
        if gone == into:
            return
        title = f"Merge label “{old.name}” into “{kept.name}”"
        edits: list[Edit[ProjectState]] = []
        for layer, media, shapes in self._everywhere():
            before = tuple(shape for shape in shapes if shape.label == gone)
            after = tuple(shape.model_copy(update={"label": into}) for shape in before)
            if before:
                edit = SetShapes(media=media, before=before, after=after, title=title, layer=layer)
                edits.append(edit)
        for video, tracks in self._tracks(gone):
            moved = tuple(track.model_copy(update={"label": into}) for track in tracks)
            edits.append(SetTracks(video=video, before=tracks, after=moved, title=title))
        edits.append(self._without(gone, title))
        self._project.perform(Batch.of(title, edits))

    def remove_label(self, id: LabelId) -> None:  # noqa: A002
        """Remove a label with all its shapes and tracks, as one edit."""
        label = self._label(id)
        title = f"Remove label “{label.name}”"
        edits: list[Edit[ProjectState]] = []
        for layer, media, shapes in self._everywhere():
            gone = tuple(shape for shape in shapes if shape.label == id)
            if gone:
                edits.append(SetShapes(media=media, before=gone, title=title, layer=layer))
        for video, tracks in self._tracks(id):
            edits.append(SetTracks(video=video, before=tracks, title=title))
        edits.append(self._without(id, title))
        self._project.perform(Batch.of(title, edits))

    def _everywhere(self) -> Iterator[tuple[LayerName, MediaId, Sequence[Shape]]]:
        """Walk over the pictures of all layers: a label is the same in each of them."""
        state = self._project.state
        for layer in state.layers():
            for media, shapes in state.layer(layer).all():
                yield layer, media, shapes

    def _tracks(self, label: LabelId) -> Iterator[tuple[Digest, tuple[Track, ...]]]:
        """Walk over the videos in which something with a label moves."""
        state = self._project.state
        for video in state.videos:
            found = tuple(one for one in state.tracks.of(video.digest) if one.label == label)
            if found:
                yield video.digest, found

    def _without(self, gone: LabelId, title: str) -> SetSchema:
        """Make the edit that removes a label; those under it move up to its parent."""
        before = self._project.state.schema
        above = self._label(gone).parent
        left = tuple(
            label.model_copy(update={"parent": above}) if label.parent == gone else label
            for label in before.labels
            if label.id != gone
        )
        return SetSchema(before=before, after=LabelSchema(labels=left), title=title)

    def reorder_labels(self, ids: Sequence[LabelId]) -> None:
        """Put the labels in another order; models number them by it.

        Raises
        ------
        BadInput
            If these are not exactly the project's labels.
        """
        by_id = {label.id: label for label in self._project.state.schema.labels}
        if len(ids) != len(by_id) or set(ids) != by_id.keys():
            raise BadInput("The new order does not name each label once.", "Name every label.")
        after = LabelSchema(labels=tuple(by_id[id_] for id_ in ids))
        self._change_schema(after, "Reorder labels")

    def _set(
        self, media: MediaId, before: Sequence[Shape], after: Sequence[Shape], title: str
    ) -> SetShapes:
        return SetShapes(
            media=media,
            before=tuple(before),
            after=tuple(after),
            title=title,
            layer=self.layer,
        )

    def _top(self, media: MediaId) -> float:
        """Return a height above all shapes of a picture."""
        return self._shapes.heights(media)[1] + 1.0

    def _change_schema(self, after: LabelSchema, title: str) -> None:
        before = self._project.state.schema
        if before != after:
            self._project.perform(SetSchema(before=before, after=after, title=title))

    def _label(self, id: LabelId) -> Label:  # noqa: A002
        label = self._project.state.schema.get(id)
        if label is None:
            raise NotFound(f"The project has no label “{id}”.", "Add the label first.")
        return label

    def _free_name(self, name: str) -> str:
        name = name.strip()
        if not name:
            raise BadInput("A label needs a name.", "Give it one.")
        if self._project.state.schema.named(name) is not None:
            raise Conflict(f"There is a label “{name}” already.", "Choose another name.")
        return name


def _with(schema: LabelSchema, label: Label, **changes: object) -> LabelSchema:
    try:
        changed = Label.model_validate(label.model_dump() | changes)
        return LabelSchema(
            labels=tuple(changed if other.id == label.id else other for other in schema.labels)
        )
    except ValidationError as error:
        raise _unusable(error) from error


def _unusable(error: ValidationError) -> BadInput:
    first = error.errors()[0]
    if first["type"] == "value_error":
        return BadInput(f"{first['msg'].removeprefix('Value error, ')}.", "Choose something else.")
    return BadInput(
        f"The label's {'.'.join(map(str, first['loc']))} cannot be that ({first['msg']}).",
        "A name has at most 200 characters, a colour looks like #4477aa.",
    )


def _shape_id() -> ShapeId:
    return ShapeId(new_id("shape"))
