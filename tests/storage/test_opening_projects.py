"""Projects are made, locked, opened, found damaged and brought back."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import orjson
import pytest

from studio.domain.artefacts import put_artefact
from studio.domain.geometry import Box
from studio.domain.ids import digest_of
from studio.domain.jobs import JobExit, JobId, JobOrder
from studio.domain.labels import ImportReport, LabelSchema, SetSchema
from studio.domain.media import AddMedia, MediaFilter
from studio.domain.project import ArtefactIndex, ArtefactRecord, JobIndex, JobRecord, Project
from studio.errors import Conflict, Damaged, NotFound, StudioError
from studio.services.labelling import Labelling
from studio.storage import disk, journal
from studio.storage.journal import DiskJournal
from studio.storage.project_files import DiskProjectFiles
from tests.fakes.project import MemoryArtefacts, MemoryJobs, everything
from tests.storage.gestures import gesture, picture, prepare

FILES = DiskProjectFiles()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = FILES.create(tmp_path / "project", "Bottle caps")
    prepare(made)
    yield made
    made.close()


def _filled(project: Project) -> tuple[object, ...]:
    chance = random.Random(3)
    for _ in range(30):
        gesture(project, chance)
    return everything(project.state)


def test_a_new_project_has_its_name_and_folders(project: Project) -> None:
    assert project.name == "Bottle caps"
    assert project.runs_folder().is_dir()
    assert project.exports_folder().is_dir()
    assert FILES.is_project(project.folder)
    assert not FILES.is_project(project.folder.parent)


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"x")
    with pytest.raises(Conflict, match=r"holiday\.jpg"):
        FILES.create(tmp_path, "Mine")
    assert [path.name for path in tmp_path.iterdir()] == ["holiday.jpg"]
    with pytest.raises(NotFound):
        FILES.open(tmp_path)


def test_a_second_window_is_told_who_has_the_project(project: Project) -> None:
    with pytest.raises(Conflict, match=str(os.getpid())):
        FILES.open(project.folder)
    project.close()
    project.close()
    FILES.open(project.folder).close()


def test_a_killed_window_gives_the_lock_back(project: Project) -> None:
    project.close()
    command = [sys.executable, "-m", "tests.storage.gestures", str(project.folder), "1"]
    root = Path(__file__).resolve().parents[2]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=root)
    assert other.stdout is not None
    other.stdout.readline()
    with pytest.raises(Conflict, match=str(other.pid)):
        FILES.open(project.folder)
    other.kill()
    other.communicate()
    FILES.open(project.folder).close()


def test_a_project_of_a_newer_studio_is_not_touched(project: Project) -> None:
    project.close()
    head = project.folder / "project.json"
    head.write_text(json.dumps(json.loads(head.read_text()) | {"format": 99}))
    with pytest.raises(Damaged, match="newer studio"):
        FILES.open(project.folder)
    head.write_text("{")
    with pytest.raises(Damaged, match=r"project\.json"):
        FILES.open(project.folder)


@pytest.mark.parametrize("harm", ["gone", "rubbish", "old", "other journal", "empty"])
def test_the_index_is_made_anew_from_the_journal(project: Project, harm: str) -> None:
    state = _filled(project)
    database = project.folder / "project.db"
    if harm == "old":
        project._database.set_fact("schema", "0")  # type: ignore[attr-defined]
    if harm == "other journal":
        project._database.set_fact("applied", "7 00000000")  # type: ignore[attr-defined]
    project.close()
    if harm in ("gone", "rubbish", "empty"):
        for file in project.folder.glob("project.db*"):
            file.unlink()
    if harm in ("rubbish", "empty"):
        database.write_bytes(b"rubbish" * 10_000 if harm == "rubbish" else b"")
    again = FILES.open(project.folder)
    assert everything(again.state) == state
    assert again.recovered == 0
    again.close()


def test_edits_that_the_index_lacks_are_recovered(project: Project) -> None:
    written = DiskJournal(project.folder / "journal.jsonl")
    project.close()
    written.append("do", AddMedia(items=(picture(77),)))
    written.append("undo", None)
    written.append("redo", None)
    written.close()
    again = FILES.open(project.folder)
    assert again.recovered == 3
    assert picture(77).id in again.state.media
    again.close()
    again = FILES.open(project.folder)
    assert again.recovered == 0
    again.close()


def test_a_torn_last_line_is_forgotten_and_overwritten(project: Project) -> None:
    state = _filled(project)
    project.close()
    file = project.folder / "journal.jsonl"
    whole = file.read_bytes()
    for torn in (b'{"check":"00', b'{"check":"00000000","seq":5}\n', b"\0" * 100, b"{" * 9_000):
        file.write_bytes(whole + torn)
        again = FILES.open(project.folder)
        assert everything(again.state) == state
        Labelling(again).add_label(f"after {len(torn)}")
        state = everything(again.state)
        again.close()
        lines = file.read_bytes().splitlines()
        assert [orjson.loads(line)["seq"] for line in lines] == list(range(1, len(lines) + 1))
        whole = file.read_bytes()


def test_a_broken_line_in_the_middle_is_named(project: Project) -> None:
    _filled(project)
    project.close()
    file = project.folder / "journal.jsonl"
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join([lines[0], lines[1].replace(b"cap", b"cop"), *lines[2:]]))
    with pytest.raises(Damaged, match="Line 2 "):
        FILES.open(project.folder)
    file.write_bytes(b"".join([*lines[:3], *lines[4:]]))
    with pytest.raises(Damaged, match="Line 4 "):
        FILES.open(project.folder)


class _Fails:
    kind: ClassVar[str] = "schema.set"
    title = "Fails"

    def __init__(self, inner: SetSchema) -> None:
        self._inner = inner

    def model_dump(self, **options: object) -> dict[str, object]:
        return self._inner.model_dump(mode="json")

    def do(self, project: Project) -> None:
        self._inner.do(project)
        raise NotFound("It cannot be done.")

    def undo(self, project: Project) -> None:
        raise AssertionError


def test_an_edit_that_fails_leaves_no_trace(project: Project) -> None:
    state = everything(project.state)
    edit = SetSchema(before=project.state.schema, after=LabelSchema())
    with pytest.raises(NotFound):
        project.perform(_Fails(edit))  # type: ignore[arg-type]
    assert everything(project.state) == state
    assert project.history.undo_title == "Add label “nut”"
    project.close()
    again = FILES.open(project.folder)
    assert everything(again.state) == state
    again.close()


def test_a_full_disk_keeps_the_project_as_it_was(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = everything(project.state)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(journal, "force_out", full)
        patched.setattr(disk, "force_out", full)
        with pytest.raises(StudioError, match="full"):
            Labelling(project).add_label("too much")
    assert everything(project.state) == state
    Labelling(project).add_label("fits")
    project.close()
    again = FILES.open(project.folder)
    assert again.state.schema.named("fits") is not None
    assert again.state.schema.named("too much") is None
    again.close()


def test_an_edit_is_safe_within_ten_milliseconds(project: Project) -> None:
    labelling, media = Labelling(project), picture(0).id
    label = project.state.schema.labels[0].id
    taken = []
    for _ in range(50):
        begun = time.perf_counter()
        labelling.add(media, label, Box(0, 0, 5, 5))
        taken.append(time.perf_counter() - begun)
    assert sorted(taken)[25] < 0.01


def test_threads_read_while_the_window_writes(project: Project) -> None:
    labelling, media = Labelling(project), picture(0).id
    label = project.state.schema.labels[0].id
    seen: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            shapes = project.state.annotations.of(media)
            assert project.state.media.count(MediaFilter(label=label)) <= 1
            seen.append(len(shapes))

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for _ in range(50):
        labelling.add(media, label, Box(0, 0, 5, 5))
    stop.set()
    for reader in readers:
        reader.join()
    assert len(seen) > 3
    assert max(seen) <= 50
    assert project.state.media.count(MediaFilter(label=label)) == 1


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_artefacts_know_what_they_were_made_from(project: Project, kind: str) -> None:
    index: ArtefactIndex = project.artefacts if kind == "disk" else MemoryArtefacts()
    names = [digest_of(b"%d" % n) for n in range(3)]
    records = [
        ArtefactRecord(digest=name, kind="model" if n else "dataset", title=str(n), created=n)
        for n, name in enumerate(names)
    ]
    index.add(records[0])
    index.add(records[1], [names[0]])
    index.add(records[2], [names[0], names[1]])
    index.add(records[2].model_copy(update={"title": "again"}))
    assert list(index.of_kind("model")) == [records[2], records[1]]
    assert list(index.sources(names[2])) == records[:2]
    assert list(index.uses(names[0])) == records[1:]
    assert index.get(names[2]).title == "2"
    with pytest.raises(NotFound):
        index.get(digest_of(b"unknown"))


@pytest.mark.parametrize("kind", ["disk", "memory"])
def test_jobs_are_listed_newest_first(project: Project, kind: str) -> None:
    index: JobIndex = project.jobs if kind == "disk" else MemoryJobs()
    orders = [JobOrder(id=JobId(f"job-{n}"), operation="x@1") for n in range(3)]
    for order in orders:
        index.add(JobRecord(order=order))
    index.add(JobRecord(order=orders[0], handle=None))
    assert [record.order.id for record in index.all()] == ["job-2", "job-1", "job-0"]
    assert index.get(JobId("job-1")).order == orders[1]
    with pytest.raises(NotFound):
        index.get(JobId("job-9"))


def test_jobs_and_what_they_made_are_found_again(project: Project) -> None:
    source = put_artefact(project.store, ImportReport(format="voc", pictures=1, shapes=2))
    made = put_artefact(project.store, ImportReport(format="voc", pictures=3, shapes=4))
    folder = project.runs_folder() / "job-1"
    folder.mkdir()
    order = JobOrder(id=JobId("job-1"), operation="x@1", inputs={"a": source}, title="Import")
    (folder / "order.json").write_text(order.model_dump_json())
    (folder / "exit.json").write_text(
        JobExit(state="finished", outputs={"report": made}).model_dump_json()
    )
    (project.runs_folder() / "job-2").mkdir()
    (project.runs_folder() / "job-2" / "order.json").write_text("{")
    project.close()
    (project.folder / "project.db").unlink()
    again = FILES.open(project.folder)
    assert [record.order for record in again.jobs.all()] == [order]
    assert again.artefacts.get(made).job == "job-1"
    assert [record.digest for record in again.artefacts.sources(made)] == [source]
    again.close()
