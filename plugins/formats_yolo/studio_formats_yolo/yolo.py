"""YOLO: one text file a picture; numbers are shares of the picture's width and height.

`k cx cy w h` is a box by its centre, `k x1 y1 … xn yn` an outline; k counts labels from 0. Turned
boxes are four corners; poses a box and then the joints, as many as `kpt_shape` in `data.yaml` says.
A row of five numbers is always a box.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from studio.api.files import PictureIndex, lines_of, relative, source, walk
from studio.api.formats import (
    AnnotatedMedia,
    Drawn,
    Found,
    LabelSchema,
    Polygon,
    Problem,
    Shape,
    Skeleton,
    SkeletonSpec,
    UnreadableLabels,
    Written,
    converted,
    extended,
)
from studio.api.images import probe
from studio.api.losses import Keeps
from studio.errors import UnreadableImage
from studio_formats_yolo.names import quoted, read_facts, read_names
from studio_formats_yolo.rows import Joints, Layout, drawn_of, numbers_of, row_of

_SAMPLE = 200
"""So many rows are looked at to tell turned boxes from outlines."""
_NOT_LABELS = {"train.txt", "val.txt", "test.txt", "classes.txt", "labels.txt", "readme.txt"}


class Yolo:
    """YOLO detection and segmentation, read and written."""

    name = "yolo"
    title = "YOLO"
    reads = True
    writes = True
    geometries = frozenset({"box", "polygon"})
    keeps = Keeps(geometries=frozenset({"box", "polygon"}))
    layout: Layout = "detect"

    def recognises(self, path: Path) -> float:
        """Want names of labels, and text files made of numbers, laid out as this format is."""
        if not path.is_dir() or not read_names(path):
            return 0.0
        rows = _sample(path)
        if not rows:
            return 0.0
        return 0.8 if _layout(path, rows) == self.layout else 0.1

    def read(self, path: Path, problems: list[Problem]) -> Iterator[Found]:
        """Walk over the pictures; one without a text file comes without shapes."""
        root = path if path.is_dir() else path.parent
        names = read_names(root)
        if not names:
            raise UnreadableLabels(
                "The names of the labels are missing.", "Add a data.yaml or a classes.txt."
            )
        reader = _Reader(root, names, self.layout, read_facts(root)[1], problems, set())
        index = PictureIndex(root, ("masks",))
        files = _by_picture(root, index, problems)
        for picture in index.all:
            file = files.get(picture)
            drawn = list(reader.drawn(file, picture)) if file else []
            yield Found(source(picture, root), drawn)
        if len(reader.kinds) > 1 and self.layout != "pose":
            reason = "Rows of boxes and of outlines are mixed; each was read as what it is."
            problems.append(Problem(path=path.name, reason=reason, severity="changed"))

    def label_order(self, path: Path) -> Sequence[str]:
        """The names, in the order of their numbers."""
        return read_names(path if path.is_dir() else path.parent)

    def write(self, schema: LabelSchema, items: Sequence[AnnotatedMedia]) -> Written:
        """Write `data.yaml` and one text file a picture; one without shapes is empty."""
        written = Written(pictures="images")
        shapes = [shape for item in items for shape in item.shapes]
        outlines = any(isinstance(shape.geometry, Polygon) for shape in shapes)
        boxes = sum(shape.kind == "box" for shape in shapes) if outlines else 0
        numbers = {label.id: number for number, label in enumerate(schema.labels)}
        joints = Joints(_most_joints(schema, shapes)) if self.layout == "pose" else Joints()
        for item in items:
            size = (item.media.width, item.media.height)
            lines = []
            for together in _objects(item.shapes):
                if outlines:
                    together = [_as_outline(shape, size) for shape in together]
                row = " ".join(map(repr, row_of(together, size, joints)))
                lines.append(f"{numbers[together[0].label]} {row}\n")
            stem = str(PurePosixPath(item.media.name).with_suffix(""))
            written.files[f"labels/{stem}.txt"] = "".join(lines).encode()
        task = "segment" if outlines else self.layout
        written.files["data.yaml"] = _yaml(schema, items, task, joints).encode()
        if boxes:
            written.lost.append(
                f"YOLO does not mix boxes and outlines: {boxes:,} boxes became outlines."
            )
        return written


class YoloTurned(Yolo):
    """YOLO with turned boxes, read and written: four corners a row."""

    name = "yolo_obb"
    title = "YOLO, turned boxes"
    geometries = frozenset({"rotated_box"})
    keeps = Keeps(geometries=frozenset({"rotated_box"}))
    layout: Layout = "obb"


class YoloPose(Yolo):
    """YOLO with poses, read and written: a box and its joints a row."""

    name = "yolo_pose"
    title = "YOLO, poses"
    geometries = frozenset({"box", "skeleton"})
    keeps = Keeps(geometries=frozenset({"box", "skeleton"}), hidden_joints=True)
    layout: Layout = "pose"

    def schema(self, path: Path) -> LabelSchema:
        """Give labels the joints that `data.yaml` names, or numbers them from 1."""
        root = path if path.is_dir() else path.parent
        _, joints = read_facts(root)
        spec = SkeletonSpec(joints=tuple(str(k) for k in range(1, joints.total + 1)))
        plain = extended(LabelSchema(), read_names(root))
        return LabelSchema(
            labels=tuple(label.model_copy(update={"skeleton": spec}) for label in plain.labels)
        )


def _objects(shapes: Sequence[Shape]) -> list[list[Shape]]:
    """Bring a skeleton together with the one box of its label in its group."""
    objects: dict[str, list[Shape]] = {}
    for shape in shapes:
        key = f"{shape.label} {shape.group}" if shape.group else shape.id
        there = objects.get(key, [])
        if len(there) == 1 and {there[0].kind, shape.kind} == {"box", "skeleton"}:
            there.append(shape)
        else:
            objects[shape.id if there else key] = [shape]
    return list(objects.values())


def _as_outline(shape: Shape, size: tuple[int, int]) -> Shape:
    outline = converted(shape.geometry, "polygon", size)
    return shape.model_copy(update={"geometry": outline or shape.geometry})


def _most_joints(schema: LabelSchema, shapes: Sequence[Shape]) -> int:
    drawn = (len(s.geometry.joints) for s in shapes if isinstance(s.geometry, Skeleton))
    named = (len(label.skeleton.joints) for label in schema.labels if label.skeleton)
    return max([*drawn, *named], default=0)


def _sample(path: Path) -> list[list[float]]:
    rows: list[list[float]] = []
    for file in _label_files(path):
        try:
            found = map(numbers_of, (line for line in lines_of(file) if line.strip()))
            rows += [row for row in found if isinstance(row, list)]
        except ValueError:
            continue
        if len(rows) >= _SAMPLE:
            break
    return rows


def _layout(path: Path, rows: list[list[float]]) -> Layout:
    """Tell what long rows are: what `data.yaml` says, else four corners of a turned box if all are
    that and not all of them stand upright."""
    task, joints = read_facts(path)
    if task == "pose" or joints.total:
        return "pose"
    if task:
        return "obb" if task == "obb" else "detect"
    if any(len(row) not in (9, 10) for row in rows):
        return "detect"
    corners = [tuple(zip(row[1:9:2], row[2:9:2], strict=True)) for row in rows]
    upright = all(len({x for x, _ in c}) == 2 and len({y for _, y in c}) == 2 for c in corners)
    return "detect" if upright else "obb"


def _yaml(schema: LabelSchema, items: Sequence[AnnotatedMedia], task: str, joints: Joints) -> str:
    firsts = {item.media.name.split("/")[0] for item in items if "/" in item.media.name}
    places = {
        split: f"images/{split}" if split in firsts else "images" for split in ("train", "val")
    }
    names = "".join(f"  {k}: {quoted(name)}\n" for k, name in enumerate(schema.names))
    test = "test: images/test\n" if "test" in firsts else ""
    shape = f"kpt_shape: [{joints.total}, {joints.numbers}]\n" if joints.total else ""
    start = f"path: .\ntrain: {places['train']}\nval: {places['val']}\n{test}"
    return f"{start}task: {task}\n{shape}names:\n{names}"


def _label_files(root: Path) -> Iterator[Path]:
    for file in walk(root):
        if file.suffix.casefold() == ".txt" and file.name.casefold() not in _NOT_LABELS:
            yield file


def _by_picture(root: Path, index: PictureIndex, problems: list[Problem]) -> dict[Path, Path]:
    """Find the text file of each picture: in `labels` for `images`, or beside it."""
    files = {file.relative_to(root).as_posix(): file for file in _label_files(root)}
    found: dict[Path, Path] = {}
    for picture in index.all:
        place = PurePosixPath(relative(picture, root)).with_suffix(".txt")
        for wanted in _places(place):
            if wanted in files:
                found[picture] = files.pop(wanted)
                break
    for name, file in files.items():
        # What is left may be notes of a person: only files made of numbers are missed.
        try:
            first = next((line for line in lines_of(file) if line.strip()), "")
        except ValueError:
            continue
        if first and isinstance(numbers_of(first), list):
            problems.append(Problem(path=name, reason="Its picture is not there."))
    return found


def _places(place: PurePosixPath) -> Iterator[str]:
    parts = list(place.parts)
    for number in reversed(range(len(parts) - 1)):
        if parts[number].casefold() == "images":
            for folder in ("labels", "Annotations", "annotations"):
                yield "/".join([*parts[:number], folder, *parts[number + 1 :]])
    yield str(place)
    yield str(place.parent / "labels" / place.name)
    for folder in ("sources", "pictures"):
        if place.parent.name == folder:
            yield str(place.parent.parent / "labels" / place.name)
    yield f"labels/{place.name}"


class _Reader(NamedTuple):
    """Reads the text files of one folder."""

    root: Path
    names: Sequence[str]
    layout: Layout
    joints: Joints
    problems: list[Problem]
    kinds: set[str]

    def drawn(self, file: Path, picture: Path) -> Iterator[Drawn]:
        """Read the rows of one picture; those that cannot be taken are reported."""
        where = relative(file, self.root)
        try:
            lines = lines_of(file)
            info = probe(picture.read_bytes()) if any(line.strip() for line in lines) else None
        except (ValueError, OSError) as error:
            self.problems.append(Problem(path=where, reason=f"It cannot be read: {error}."))
            return
        except UnreadableImage:
            return  # The picture itself will be reported.
        for number, line in enumerate(lines, 1):
            if not line.strip() or info is None:
                continue
            size = info.width, info.height
            drawn = drawn_of(line, self.names, size, self.layout, self.joints)
            if isinstance(drawn, str):
                place = f"{where}, line {number}"
                self.problems.append(Problem(path=place, reason=f"{drawn}."))
                continue
            self.kinds.update(one.geometry.kind for one in drawn)
            for one in drawn:
                yield one._replace(group=f"{number}") if one.group else one
