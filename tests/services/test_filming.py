"""Films come in, and frames of them are pictures like any other."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.api import film_shelf
from studio.api.films import Film
from studio.api.pictures import pixels_of, small_pixels_of
from studio.domain.datasets import SplitPlan, deal
from studio.domain.geometry import Box
from studio.domain.labels import AnnotatedMedia, LabelSchema, extended
from studio.domain.media import MediaItem, media_id
from studio.domain.tracks import Video
from studio.errors import BadInput, Cancelled, NotFound
from studio.services.filming import Filming
from studio.services.tracking import Tracking
from studio.storage.project import DiskProject
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.films import film, number_of


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[DiskProject]:
    made = DiskProjectFiles().create(tmp_path / "project", "films")
    made.state.schema = extended(LabelSchema(), ["car"])
    yield made
    film_shelf.let_go(made.store)
    made.close()


def films_in(folder: Path, *forms: str) -> Path:
    (folder / "deep").mkdir(parents=True)
    codecs = {"mp4": "libx264", "mov": "libx264", "mkv": "libx264", "avi": "mpeg4", "webm": "vp9"}
    writers = {"mkv": "matroska"}
    for form in forms:
        data = film(12, writers.get(form, form), codecs[form], keyframes=6)
        (folder / "deep" / f"one.{form}").write_bytes(data)
    return folder


def test_films_of_many_forms_come_in_as_one_edit_and_broken_ones_are_told(
    project: DiskProject, tmp_path: Path
) -> None:
    folder = films_in(tmp_path / "films", "mp4", "mov", "mkv", "avi", "webm")
    whole = (folder / "deep" / "one.mp4").read_bytes()
    (folder / "again.mp4").write_bytes(whole)
    (folder / "torn.mp4").write_bytes(whole[: len(whole) // 2])
    (folder / "notes.txt").write_text("no film")
    filming = Filming(project)
    told: list[str] = []

    read = filming.import_films(
        [folder, folder / "notes.txt", folder / "gone.mp4"],
        lambda done, total, name: told.append(f"{done}/{total} {name}"),
    )

    names = [video.name for video in read.videos]
    assert names == ["again.mp4", *(f"deep/one.{f}" for f in ("avi", "mkv", "mov", "webm"))]
    assert all((v.width, v.height, v.frames) == (192, 96, 12) for v in read.videos)
    told_of = {problem.path: problem.severity for problem in read.problems}
    assert told_of == {
        "torn.mp4": "refused", "notes.txt": "refused", "gone.mp4": "refused",
        "deep/one.mp4": "duplicate",
    }  # fmt: skip
    assert told[0].startswith("0/9 ")
    assert len(told) == 9
    assert project.history.titles == ["Add 5 videos"]
    project.undo()
    assert filming.videos() == ()


def test_an_import_that_is_given_up_changes_nothing(project: DiskProject, tmp_path: Path) -> None:
    folder = films_in(tmp_path / "films", "mp4", "mkv")
    asked = iter([False, True])
    with pytest.raises(Cancelled):
        Filming(project).import_films([folder], cancelled=lambda: next(asked))
    assert not project.history.titles


def test_a_film_is_read_through_once_only(
    project: DiskProject, tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filming = Filming(project)
    video = filming.import_films([films_in(tmp_path / "films", "mp4")]).videos[0]
    monkeypatch.setattr("studio.api.films._index", lambda container: pytest.fail("read again"))
    with filming.open(video.digest) as opened:
        assert [number_of(opened.picture(n)) for n in (11, 0, 5)] == [11, 0, 5]
    # Whatever happens to the kept index, the film can be read.
    monkeypatch.undo()
    monkeypatch.setenv("STUDIO_HOME", str(home))
    for kept in (home / "cache" / "films").iterdir():
        kept.write_bytes(b"torn")
    with filming.open(video.digest) as opened:
        assert number_of(opened.picture(7)) == 7


def test_picked_frames_are_exact_wherever_pictures_are_read(
    project: DiskProject, tmp_path: Path
) -> None:
    filming = Filming(project)
    video = filming.import_films([films_in(tmp_path / "films", "mp4")]).videos[0]
    ids = filming.pick(video.digest, [7, 3, 7])
    assert ids == [media_id(video.digest, 3, 12), media_id(video.digest, 7, 12)]
    assert filming.picked(video.digest) == {3: ids[0], 7: ids[1]}
    with Film(io.BytesIO(project.store.get(video.digest))) as oracle:
        for number, id_ in filming.picked(video.digest).items():
            item = project.state.media.get(id_)
            assert (item.width, item.height, item.group) == (192, 96, video.name)
            np.testing.assert_array_equal(pixels_of(project.store, item), oracle.picture(number))
            assert small_pixels_of(project.store, item, 48).shape == (24, 48, 3)
    assert filming.pick(video.digest, [3]) == ids[:1]
    assert len(project.history.titles) == 2
    project.undo()
    assert filming.picked(video.digest) == {}
    with pytest.raises(NotFound):
        filming.pick(video.digest, [0, 12])
    assert filming.picked(video.digest) == {}


def test_a_film_of_one_frame_is_a_picture_too(project: DiskProject, tmp_path: Path) -> None:
    (tmp_path / "still.mp4").write_bytes(film(1))
    filming = Filming(project)
    video = filming.import_films([tmp_path / "still.mp4"]).videos[0]
    (id_,) = filming.pick(video.digest, [0])
    assert number_of(pixels_of(project.store, project.state.media.get(id_))) == 0


def test_a_picked_frame_carries_the_tracks_that_stand_on_it(
    project: DiskProject, tmp_path: Path
) -> None:
    filming, tracking = Filming(project), Tracking(project)
    video = filming.import_films([films_in(tmp_path / "films", "mp4")]).videos[0]
    car = project.state.schema.labels[0].id
    track = tracking.draw(video.digest, 2, car, Box(0, 0, 10, 10))
    tracking.move(video.digest, track, 6, Box(40, 0, 50, 10))
    before, on, after = filming.pick(video.digest, [0, 3, 9])
    found = [project.state.annotations.of(id_) for id_ in (before, on, after)]
    assert [len(shapes) for shapes in found] == [0, 1, 1]
    assert (found[1][0].id, found[1][0].geometry) == (track, Box(10, 0, 20, 10))
    project.undo()
    assert not project.state.annotations.of(on)


def test_a_rate_takes_the_frame_that_is_shown_then(project: DiskProject, tmp_path: Path) -> None:
    # Shown at 0, 40, 80, then nothing new before 1 s, then every 100 ms.
    times = [0, 40, 80, 1000, 1100, 1200, 1300]
    (tmp_path / "uneven.mkv").write_bytes(film(7, "matroska", times=times, between=0))
    filming = Filming(project)
    video = filming.import_films([tmp_path / "uneven.mkv"]).videos[0].digest

    def oracle(step_ms: int) -> list[int]:
        shown = [max(n for n, t in enumerate(times) if t <= at) for at in range(0, 1301, step_ms)]
        return list(dict.fromkeys(shown))

    for step in (1, 40, 50, 100, 250, 500, 1000, 5000):
        assert list(filming.rate(video, every_s=step / 1000)) == oracle(step), step
    assert list(filming.rate(video, per_second=4)) == oracle(250)
    assert list(filming.rate(video, every=3)) == [0, 3, 6]
    for wrong in ({}, {"every": 0}, {"every_s": -1.0}, {"per_second": 1.0, "every": 2}):
        with pytest.raises(BadInput):
            filming.rate(video, **wrong)  # type: ignore[arg-type]


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(0, 30)), min_size=1, max_size=6),
    st.sampled_from(["stratified", "random", "group"]),
    st.integers(0, 1000),
)
@settings(max_examples=60)
def test_frames_of_one_film_stay_in_one_split(
    films: list[tuple[int, int]], strategy: str, seed: int
) -> None:
    items: list[MediaItem] = []
    for number, (count, others) in enumerate(films):
        digest: object = f"sha256:{number:064x}"
        name = f"{number}.mp4"
        video = Video(digest=digest, name=name, width=8, height=8, frames=50, rate="25")  # type: ignore[arg-type]
        items += [video.frame(frame) for frame in range(count)]
        items += [
            MediaItem(id=f"sha256:{1000 * number + n + 99:064x}", name=f"{n}", width=8, height=8)  # type: ignore[arg-type]
            for n in range(others)
        ]
    plan = SplitPlan(strategy=strategy, seed=seed)  # type: ignore[arg-type]
    dealt = deal([AnnotatedMedia(media=item) for item in items], plan)
    assert len(dealt) == len(items)
    splits: dict[str, set[str]] = {}
    for entry in dealt:
        if entry.item.media.group:
            splits.setdefault(entry.item.media.group, set()).add(entry.split)
    assert all(len(found) == 1 for found in splits.values())
