"""labelImg: pictures go out to it with their boxes, and what it wrote comes back as one edit."""

from __future__ import annotations

import hashlib
import io
import re
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import orjson
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring
from PIL import Image

from studio.api.images import png
from studio.api.pictures import in_video, pixels_of
from studio.domain.geometry import Box, clipped, fault
from studio.domain.history import Edit
from studio.domain.ids import new_id
from studio.domain.labels import (
    LabelId,
    SetSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import MediaId, MediaItem, Problem
from studio.domain.project import Batch, Project, ProjectState
from studio.errors import BadInput, NotFound, StudioError
from studio.services.labelling import Labelling

_NOTE = "studio.json"
_ORIENTATION = 274
_EDGES = ("xmin", "ymin", "xmax", "ymax")
_Key = tuple[str, int, int, int, int]


class Program(Protocol):
    """The program itself."""

    def start(self, pictures: Path, names: Path, labels: Path) -> object:
        """Show it on a folder of pictures; raises `NotFound` where it is not installed."""


class TakenBack(NamedTuple):
    """What came back."""

    pictures: int
    """On how many pictures something changed."""
    added: int
    removed: int
    problems: tuple[Problem, ...]


class LabelImg:
    """Sends pictures to labelImg and takes back what it wrote.

    Parameters
    ----------
    project : Project
        Whose pictures they are.
    labelling : Labelling
        Says in which layer the hand works.
    program : Program
        labelImg.
    """

    def __init__(self, project: Project, labelling: Labelling, program: Program) -> None:
        self._project = project
        self._labelling = labelling
        self._program = program

    @property
    def folder(self) -> Path:
        """Where pictures and boxes lie for it."""
        return self._project.folder / "labelimg"

    def open(self, media: Sequence[MediaId]) -> Path:
        """Write pictures with their boxes, and show labelImg on them.

        Parameters
        ----------
        media : sequence of MediaId
            Which pictures.

        Returns
        -------
        Path
            The folder they were written to; `take_back` reads it.

        Raises
        ------
        BadInput
            If there are no pictures.
        NotFound
            If labelImg is not installed.
        """
        if not media:
            raise BadInput("There are no pictures to open in labelImg.", "Choose some.")
        self.write(media)
        self._program.start(
            self.folder / "pictures", self.folder / "names.txt", self.folder / "labels"
        )
        return self.folder

    def write(self, media: Sequence[MediaId]) -> None:
        """Write pictures with their boxes; what an earlier turn wrote is replaced."""
        pictures, labels = self.folder / "pictures", self.folder / "labels"
        names = {label.id: label.name for label in self._project.state.schema.labels}
        note: dict[str, object] = {}
        try:
            for folder in (pictures, labels):
                folder.mkdir(parents=True, exist_ok=True)
                for old in folder.iterdir():
                    old.unlink()
            for number, id_ in enumerate(media):
                item = self._project.state.media.get(id_)
                data, suffix = self._bytes(item)
                name = f"{number:06d}_{_plain(item.name)}{suffix}"
                (pictures / name).write_bytes(data)
                boxes = [
                    one for one in self._labelling.shapes(id_) if isinstance(one.geometry, Box)
                ]
                text = _xml(name, item, boxes, names)
                file = labels / f"{Path(name).stem}.xml"
                if boxes:
                    file.write_bytes(text)
                note[file.name] = {
                    "media": id_,
                    "digest": hashlib.sha256(text).hexdigest() if boxes else "",
                    "shapes": [[one.id, *_key(names[one.label], one)] for one in boxes],
                }
            (self.folder / "names.txt").write_text("\n".join(names.values()), "utf-8")
            (self.folder / _NOTE).write_bytes(orjson.dumps(note))
        except OSError as error:
            raise StudioError(
                f"The pictures could not be written for labelImg ({error.strerror}).",
                "Make room on the disk.",
            ) from error

    def take_back(self) -> TakenBack:
        """Take over what labelImg changed since, as one edit; taking it twice changes nothing.

        Boxes that it left alone stay the same shapes; shapes of other kinds are not touched.

        Raises
        ------
        NotFound
            If nothing was sent to labelImg.
        """
        try:
            note = orjson.loads((self.folder / _NOTE).read_bytes())
        except (OSError, ValueError) as error:
            raise NotFound(
                "Nothing was sent to labelImg from this project.", "Open pictures in it first."
            ) from error
        problems: list[Problem] = []
        changes: list[tuple[MediaId, list[Shape], list[_Key]]] = []
        for name, sent in note.items():
            change = self._change(name, sent, problems)
            if change is not None:
                changes.append(change)
        return self._perform(changes, problems)

    def _change(
        self, name: str, sent: dict[str, object], problems: list[Problem]
    ) -> tuple[MediaId, list[Shape], list[_Key]] | None:
        """Return which shapes go and which boxes come on one picture, or None for no change."""
        file, media = self.folder / "labels" / name, MediaId(str(sent["media"]))
        try:
            data = file.read_bytes() if file.exists() else b""
        except OSError as error:
            problems.append(Problem(path=name, reason=f"It cannot be read ({error.strerror})."))
            return None
        if hashlib.sha256(data).hexdigest() == sent["digest"] or (not data and not sent["digest"]):
            return None
        if media not in self._project.state.media:
            problems.append(Problem(path=name, reason="Its picture left the project."))
            return None
        try:
            found = Counter(_read(data)) if data else Counter[_Key]()
        except (ET.ParseError, DefusedXmlException, ValueError, OverflowError) as error:
            problems.append(Problem(path=name, reason=f"It is not labelImg's XML: {error}."))
            return None
        now = {shape.id: shape for shape in self._labelling.shapes(media)}
        gone: list[Shape] = []
        for id_, *rest in sent["shapes"]:  # type: ignore[attr-defined]
            key: _Key = (str(rest[0]), *map(int, rest[1:]))  # type: ignore[assignment]
            if found[key] > 0:
                found[key] -= 1
            elif id_ in now:
                gone.append(now[id_])
        come = self._fresh(media, list(found.elements()), name, problems)
        return (media, gone, come) if gone or come else None

    def _fresh(
        self, media: MediaId, found: Sequence[_Key], name: str, problems: list[Problem]
    ) -> list[_Key]:
        """Leave out what stands there already from an earlier taking back, and what is no box."""
        item = self._project.state.media.get(media)
        labels = {label.id: label.name for label in self._project.state.schema.labels}
        known = Counter(
            _key(labels[shape.label], shape)
            for shape in self._labelling.shapes(media)
            if isinstance(shape.geometry, Box)
        )
        fresh: list[_Key] = []
        for key in found:
            if known[key] > 0:
                known[key] -= 1
                continue
            reason = fault(_box(key, item), item.width, item.height)
            if reason is not None:
                problems.append(Problem(path=name, reason=f"{key[0]}: {reason}."))
            else:
                fresh.append(key)
        return fresh

    def _perform(
        self, changes: list[tuple[MediaId, list[Shape], list[_Key]]], problems: list[Problem]
    ) -> TakenBack:
        state = self._project.state
        wider = extended(state.schema, sorted({key[0] for _, _, come in changes for key in come}))
        ids = {label.name: label.id for label in wider.labels}
        edits: list[Edit[ProjectState]] = []
        if wider != state.schema:
            edits.append(SetSchema(before=state.schema, after=wider, title="Add labels"))
        for media, gone, come in changes:
            top = state.layer(self._labelling.layer).heights(media)[1] + 1.0
            item = state.media.get(media)
            shapes = tuple(
                Shape(
                    id=ShapeId(new_id("shape")),
                    label=LabelId(ids[key[0]]),
                    geometry=_box(key, item),
                    z=top + at,
                )
                for at, key in enumerate(come)
            )
            layer = self._labelling.layer
            edits.append(SetShapes(media=media, before=tuple(gone), after=shapes, layer=layer))
        if edits:
            self._project.perform(Batch.of("Take back from labelImg", edits))
        added, removed = (sum(len(change[at]) for change in changes) for at in (2, 1))
        return TakenBack(len(changes), added, removed, tuple(problems))

    def _bytes(self, item: MediaItem) -> tuple[bytes, str]:
        """Return a picture as labelImg can show it: upright, as JPEG or PNG."""
        if "#" not in item.id and not in_video(item):
            data = self._project.store.get(item.digest)
            with Image.open(io.BytesIO(data)) as image:
                turned = image.getexif().get(_ORIENTATION, 1) != 1
                if image.format in ("JPEG", "PNG") and not turned:
                    return data, f".{image.format.lower()}"
        return png(pixels_of(self._project.store, item)), ".png"


def _plain(name: str) -> str:
    stem = name.rpartition("/")[2].rpartition(".")[0] or name.rpartition("/")[2]
    return re.sub(r"[^\w-]", "_", stem)[:80]


def _key(label: str, shape: Shape) -> _Key:
    """Return a box as labelImg keeps it: whole numbers, first pixel 1."""
    box = shape.geometry
    assert isinstance(box, Box)
    return label, int(box.x0 + 1), int(box.y0 + 1), int(box.x1), int(box.y1)


def _box(key: _Key, item: MediaItem) -> Box:
    box, _ = clipped(Box(key[1] - 1.0, key[2] - 1.0, key[3], key[4]), item.width, item.height)
    assert isinstance(box, Box)
    return box


def _xml(name: str, item: MediaItem, shapes: Sequence[Shape], names: dict[LabelId, str]) -> bytes:
    root = ET.Element("annotation")
    ET.SubElement(root, "filename").text = name
    size = ET.SubElement(root, "size")
    for part, value in (("width", item.width), ("height", item.height), ("depth", 3)):
        ET.SubElement(size, part).text = str(value)
    for shape in shapes:
        thing = ET.SubElement(root, "object")
        label, *edges = _key(names[shape.label], shape)
        ET.SubElement(thing, "name").text = str(label)
        for part in ("truncated", "difficult"):
            said = str(shape.attributes.get(part, "0")) in ("1", "True")
            ET.SubElement(thing, part).text = str(int(said))
        place = ET.SubElement(thing, "bndbox")
        for part, value in zip(_EDGES, edges, strict=True):
            ET.SubElement(place, part).text = str(value)
    text: bytes = ET.tostring(root, encoding="utf-8")
    return text


def _read(data: bytes) -> list[_Key]:
    found: list[_Key] = []
    for thing in fromstring(data).iter("object"):
        name = (thing.findtext("name") or "").strip()
        place = thing.find("bndbox")
        if not name or place is None:
            raise ValueError("an object has no name or no box")
        edges = [int(float(place.findtext(edge) or "nan")) for edge in _EDGES]
        found.append((name[:200], edges[0], edges[1], edges[2], edges[3]))
    return found
