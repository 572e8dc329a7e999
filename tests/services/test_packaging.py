"""Packages written out: whole or not at all."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from studio.domain.artefacts import put_artefact
from studio.domain.ids import Digest
from studio.domain.labels import LabelSchema
from studio.domain.models import InputSpec
from studio.domain.packaging import Agreement, ModelPackage
from studio.errors import BadInput, ComputeFailed, Conflict, Damaged
from studio.services.packaging import Packaging
from tests.fakes.objects import MemoryObjects

FILES = {"model.onnx": b"network", "selftest/pixels.npy": b"pixels", "runner.py": b"program"}


class Ground:
    """A store, and a folder for exports."""

    def __init__(self, folder: Path) -> None:
        self.store = MemoryObjects()
        self.folder = folder
        project = SimpleNamespace(store=self.store, exports_folder=lambda: folder / "exports")
        self.ordered: list[tuple[Any, ...]] = []
        runner = SimpleNamespace(submit=lambda *a, **k: self.ordered.append((*a, k)))
        self.packaging = Packaging(cast(Any, project), cast(Any, runner))

    def package(self, name: str = "Café / cells", wrong_sums: bool = False) -> Digest:
        sums = "".join(
            f"{hashlib.sha256(data + b'x' * wrong_sums).hexdigest()}  {path}\n"
            for path, data in sorted(FILES.items())
        )
        files = {**FILES, "SHA256SUMS": sums.encode()}
        return put_artefact(
            self.store,
            ModelPackage(
                name=name,
                task="classification",
                label_schema=LabelSchema(),
                input=InputSpec(width=8, height=8),
                agreement=Agreement(pictures=1, agreeing=1, largest_difference=0, tolerance=1e-4),
                files={path: self.store.put(data) for path, data in files.items()},
            ),
        )


@pytest.fixture
def ground(tmp_path: Path) -> Ground:
    return Ground(tmp_path)


def test_a_package_is_written_below_the_exports_and_is_whole(ground: Ground) -> None:
    digest = ground.package()
    folder = ground.packaging.write_out(digest)
    assert folder == ground.folder / "exports" / f"Café---cells-{digest[7:15]}"
    assert ground.packaging.verify(folder) == []
    assert {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()} == {
        *FILES,
        "SHA256SUMS",
    }
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]


def test_writing_it_again_changes_nothing(ground: Ground) -> None:
    digest = ground.package()
    folder = ground.packaging.write_out(digest)
    before = (folder / "model.onnx").stat().st_mtime_ns
    assert ground.packaging.write_out(digest) == folder
    assert (folder / "model.onnx").stat().st_mtime_ns == before


def test_a_folder_with_other_things_is_left_alone(ground: Ground) -> None:
    mine = ground.folder / "mine"
    mine.mkdir()
    (mine / "letter.txt").write_text("dear")
    with pytest.raises(Conflict):
        ground.packaging.write_out(ground.package(), mine)
    with pytest.raises(Conflict):
        ground.packaging.write_files({}, mine)
    assert (mine / "letter.txt").read_text() == "dear"


def test_every_kind_of_damage_is_named(ground: Ground) -> None:
    folder = ground.packaging.write_out(ground.package())
    (folder / "model.onnx").write_bytes(b"Network")
    (folder / "runner.py").unlink()
    (folder / "numpy.py").write_text("")
    assert ground.packaging.verify(folder) == [
        "model.onnx was changed.",
        "runner.py is missing.",
        "numpy.py was added.",
    ]
    (folder / "SHA256SUMS").unlink()
    assert ground.packaging.verify(folder) == ["SHA256SUMS is missing or cannot be read."]


def test_files_that_break_their_checksums_are_never_written(ground: Ground) -> None:
    with pytest.raises(Damaged):
        ground.packaging.write_out(ground.package(wrong_sums=True), ground.folder / "out")
    assert list(ground.folder.iterdir()) == []


@pytest.mark.parametrize("name", ["../up", "/root", "a/../../b", "C:\\x", "a\\..\\b", ""])
def test_names_that_point_outside_are_refused(ground: Ground, name: str) -> None:
    with pytest.raises(BadInput):
        ground.packaging.write_files({name: ground.store.put(b"")}, ground.folder / "out")
    assert list(ground.folder.iterdir()) == []


def test_an_archive_holds_the_same_and_is_the_same_each_time(ground: Ground) -> None:
    digest = ground.package()
    first = ground.packaging.write_out(digest, ground.folder / "one" / "cells.zip")
    second = ground.packaging.write_out(digest, ground.folder / "two" / "cells.zip")
    assert first.read_bytes() == second.read_bytes()
    with zipfile.ZipFile(first) as archive:
        assert archive.read("cells/model.onnx") == b"network"
    with pytest.raises(Conflict):
        ground.packaging.write_out(digest, first)


def test_a_place_that_cannot_be_written_is_named(ground: Ground) -> None:
    (ground.folder / "file").write_text("")
    with pytest.raises(ComputeFailed, match="cannot be written"):
        ground.packaging.write_out(ground.package(), ground.folder / "file" / "below")


def test_files_of_any_kind_are_written_to_a_new_folder(ground: Ground) -> None:
    files = {"labels/a.txt": ground.store.put(b"one")}
    folder = ground.packaging.write_files(files, ground.folder / "labels")
    assert (folder / "labels" / "a.txt").read_bytes() == b"one"


def test_prediction_is_ordered_with_its_inputs(ground: Ground) -> None:
    ground.packaging.predict(Digest("p"), Digest("l"), "cpu")
    inputs = {"package": "p", "labels": "l"}
    assert ground.ordered == [("predict.package", {}, inputs, {"device": "cpu"})]
