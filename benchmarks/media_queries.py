"""A project of 1,000,000 pictures and 10,000,000 boxes: how soon the grid opens, filters answer.

    python benchmarks/media_queries.py [--pictures 1000000] [--boxes 10] [--folder KEPT]

The peer keeps the same boxes and pictures in pandas frames in memory and filters by walking over
their columns. Boxes are written into the index by its own statements and triggers, without the
journal: this measures finding, not importing.
"""

from __future__ import annotations

import argparse
import gc
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from filelock import FileLock

from studio.domain.geometry import Box
from studio.domain.ids import digest_of
from studio.domain.labels import (
    PROPOSALS,
    LabelId,
    LabelSchema,
    SetShapes,
    Shape,
    ShapeId,
    extended,
)
from studio.domain.media import EVERYTHING, MediaFilter, MediaId, MediaItem
from studio.domain.reviews import Review, SetReviews
from studio.storage.database import Database
from studio.storage.project import DiskProject, StoredState
from studio.storage.project_files import DiskProjectFiles

LABELS = [f"class {number}" for number in range(20)]
GRID = 256


def made(folder: Path, pictures: int, boxes: int) -> dict[str, np.ndarray[Any, Any]]:
    """Fill the index of a fresh project; returns what the peer needs."""
    schema = extended(LabelSchema(), LABELS)
    chance = np.random.default_rng(0)
    count = pictures * boxes
    # The first labels are frequent, the last ones rare, as in real sets.
    shares = 1 / np.arange(1, len(LABELS) + 1) ** 2
    labels = chance.choice(len(LABELS), count, p=shares / shares.sum()).astype(np.int8)
    sides = chance.uniform(5, 300, (count, 2)).astype(np.float32)
    hard = chance.random(count) < 0.02
    columns = {
        "picture": np.repeat(np.arange(pictures, dtype=np.int32), boxes),
        "label": labels,
        "area": sides.prod(1),
        "hard": hard,
    }
    if DiskProjectFiles().is_project(folder):
        return columns
    project = DiskProjectFiles().create(folder, "Many")
    project.state.schema = schema
    project.close()
    database = Database(folder / "project.db")
    state = StoredState(database)
    ids = [label.id for label in schema.labels]
    for start in range(0, pictures, 10_000):
        some = range(start, min(start + 10_000, pictures))
        with database.writing():
            state.media.add([item(number) for number in some])
            for number in some:
                rows = range(number * boxes, (number + 1) * boxes)
                shapes = [shape(row, ids[labels[row]], sides[row], hard[row]) for row in rows]
                state.annotations.put(item(number).id, shapes)
            state.touched.clear()
    with database.writing():
        for number in range(0, pictures, 50):
            state.reviews.put(item(number).id, Review(state="approved"))
            state.layer(PROPOSALS).put(
                item(number).id, [shape(number, ids[0], sides[number], False, 0.5)]
            )
    database.close()
    return columns


def item(number: int) -> MediaItem:
    return MediaItem(
        id=MediaId(digest_of(b"%d" % number)),
        name=f"shop/camera {number % 9}/{number:07d}.jpg",
        width=1920,
        height=1080,
    )


def shape(row: int, label: LabelId, side: Any, hard: bool, score: float | None = None) -> Shape:
    attributes = {"difficult": True} if hard else {}
    return Shape.model_construct(
        id=ShapeId(f"shape-{row:09d}"),
        label=label,
        geometry=Box(0.0, 0.0, float(side[0]), float(side[1])),
        attributes=attributes,
        author="",
        z=float(row % 100),
        group="",
        locked=False,
        score=score,
    )


def timed(deed: Callable[[], Any], times: int = 1) -> tuple[float, Any]:
    taken, result = [], None
    for _ in range(times):
        begun = time.perf_counter()
        result = deed()
        taken.append(time.perf_counter() - begun)
    return min(taken) * 1000, result


def memory() -> float:
    gc.collect()
    return psutil.Process().memory_info().rss / 2**20


ASKED = {
    "label on 9 pictures of 10": MediaFilter(label="class_0"),
    "label in the middle": MediaFilter(label="class_5"),
    "rarest label": MediaFilter(label="class_19"),
    "attribute": MediaFilter(attribute="difficult", value="true"),
    "approved": MediaFilter(review="approved"),
    "open": MediaFilter(review="open"),
    "no label": MediaFilter(label="-"),
    "text in most names": MediaFilter(text="camera"),
    "text in one name": MediaFilter(text="0999999"),
    "label and attribute of one shape": MediaFilter(
        label="class_5", attribute="difficult", value="true"
    ),
    "label and size of one shape": MediaFilter(label="class_0", area=(None, 200.0)),
    "score of a proposal": MediaFilter(score=(None, 0.6)),
    "by name": MediaFilter(order="name"),
    "by number of shapes": MediaFilter(order="shapes", descending=True),
    "least sure first": MediaFilter(order="least_sure"),
    "newest change first": MediaFilter(order="changed"),
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pictures", type=int, default=1_000_000)
    parser.add_argument("--boxes", type=int, default=10)
    parser.add_argument("--folder", type=Path, default=None)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = given.folder or Path(place) / "project"
        begun = time.perf_counter()
        columns = made(folder, given.pictures, given.boxes)
        size = (folder / "project.db").stat().st_size / 2**20
        print(
            f"{given.pictures:,} pictures, {given.pictures * given.boxes:,} boxes: index filled in "
            f"{time.perf_counter() - begun:.0f} s, {size:,.0f} MiB"
        )
        ours(folder)
        peer(columns, given.pictures)


def ours(folder: Path) -> None:
    before = memory()
    begun = time.perf_counter()
    project = DiskProject(folder, "Many", FileLock(folder / ".lock"))
    media = project.state.media
    count = media.count()
    page = media.page(0, GRID)
    print(
        f"open to the first page of the grid: {1000 * (time.perf_counter() - begun):.0f} ms "
        f"({count:,} pictures, {len(page)} shown)"
    )
    print(f"{'ours':36}{'first page':>12}{'count':>10}{'again':>10}{'found':>12}")
    for words, where in ASKED.items():
        first, _ = timed(lambda where=where: media.page(0, GRID, where))
        counted, found = timed(lambda where=where: media.count(where))
        again, _ = timed(lambda where=where: media.page(0, GRID, where), 3)
        print(f"{words:36}{first:9.1f} ms{counted:7.1f} ms{again:7.1f} ms{found:12,}")
    where = ASKED["label on 9 pictures of 10"]
    deep, _ = timed(lambda: media.page(500_000, GRID, where))
    print(f"a page in the middle of the frequent label: {deep:.0f} ms")
    id_ = page[0].id
    for number in range(3):
        edit(project, id_, number)
        far, _ = timed(lambda: media.page(500_000, GRID, where))
        near, _ = timed(lambda: media.page(0, GRID, MediaFilter(label="class_5")))
        all_, _ = timed(lambda: (media.count(EVERYTHING), media.page(0, GRID)))
        again, _ = timed(lambda: media.count(MediaFilter(label="class_5")))
        print(
            f"after an edit: middle {far:.1f} ms, first page of another label {near:.1f} ms, "
            f"its count {again:.1f} ms, all {all_:.1f} ms"
        )
    print(f"memory of the process: {before:.0f} MiB before, {memory():.0f} MiB after")
    project.close()


def edit(project: DiskProject, media: MediaId, number: int) -> None:
    """Change one label and one review, as a hand does."""
    box = shape(10**8 + number, LabelId("class_5"), (10, 10), False)
    before = project.state.reviews.of(media)
    taken, _ = timed(lambda: project.perform(SetShapes(media=media, after=(box,))))
    project.perform(
        SetReviews(before=((media, before),), after=((media, Review(state="labelled")),))
    )
    print(f"the edit itself: {taken:.1f} ms")


def peer(columns: dict[str, np.ndarray[Any, Any]], pictures: int) -> None:
    import pandas as pd

    before = memory()
    frame = pd.DataFrame({**columns, "label": pd.Categorical.from_codes(columns["label"], LABELS)})
    names = pd.Series([f"shop/camera {n % 9}/{n:07d}.jpg" for n in range(pictures)])
    print(f"pandas, all columns in memory: {memory() - before:.0f} MiB more")
    asked = {
        "label on 9 pictures of 10": lambda: frame.picture[frame.label == LABELS[0]].unique(),
        "label in the middle": lambda: frame.picture[frame.label == LABELS[5]].unique(),
        "rarest label": lambda: frame.picture[frame.label == LABELS[19]].unique(),
        "attribute": lambda: frame.picture[frame.hard].unique(),
        "text in most names": lambda: names[names.str.contains("camera", regex=False)],
        "label and attribute of one shape": lambda: frame.picture[
            (frame.label == LABELS[5]) & frame.hard
        ].unique(),
        "label and size of one shape": lambda: frame.picture[
            (frame.label == LABELS[0]) & (frame.area <= 200)
        ].unique(),
    }
    for words, deed in asked.items():
        taken, found = timed(deed, 3)
        print(f"{words:36}{taken:9.1f} ms{'':20}{len(found):12,}")


if __name__ == "__main__":
    main()
