from __future__ import annotations

import stat
import zipfile
from pathlib import Path

import pytest

from studio.api import archives
from studio.errors import UnsafeArchive
from tests.fakes.media_work import Work, pixels


def packed(path: Path, members: dict[str, bytes], mode: int = 0) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.external_attr = mode << 16
            archive.writestr(member, content)
    return path


def test_a_zip_is_read_like_the_folder_it_holds(work: Work, tmp_path: Path) -> None:
    path = packed(
        tmp_path / "pets.zip",
        {
            "pets/cat/1.png": pixels((9, 9), 1),
            "pets/dog/2.png": pixels((9, 9), 2),
            "__MACOSX/pets/cat/._1.png": b"rubbish",
        },
    )
    reading = work.read(path)
    assert reading.names == ["cat/1.png", "dog/2.png"]
    assert reading.labels.label_schema.names == ["cat", "dog"]
    assert not reading.report.problems


@pytest.mark.parametrize(
    "name", ["../up.png", "/etc/up.png", "a/../../up.png", "..\\up.png", "C:\\up.png", "\\up.png"]
)
def test_members_that_point_outside_are_refused(work: Work, tmp_path: Path, name: str) -> None:
    path = packed(tmp_path / "bad.zip", {"good.png": pixels((9, 9), 1), name: b"x"})
    with pytest.raises(UnsafeArchive, match="points outside"):
        work.read(path)
    assert not list(tmp_path.rglob("up.png"))
    assert not list(tmp_path.rglob("good.png"))


def test_links_are_refused(work: Work, tmp_path: Path) -> None:
    path = packed(tmp_path / "link.zip", {"a.png": b"/etc/passwd"}, stat.S_IFLNK | 0o777)
    with pytest.raises(UnsafeArchive, match="link or a device"):
        work.read(path)


def test_bombs_are_refused(work: Work, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = packed(tmp_path / "bomb.zip", {"a.pgm": bytes(1_000_000)})
    monkeypatch.setattr(archives, "MOST_SHRUNK", 100)
    monkeypatch.setattr(archives, "_HARMLESS_BYTES", 1000)
    with pytest.raises(UnsafeArchive, match="zip bomb"):
        work.read(path)


def test_a_member_larger_than_it_says_is_refused(work: Work, tmp_path: Path) -> None:
    path = packed(tmp_path / "liar.zip", {"a.png": bytes(50_000)})
    data = path.read_bytes()
    path.write_bytes(data.replace((50_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(UnsafeArchive):
        work.read(path)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and rubbish"])
def test_what_is_no_zip_is_refused(work: Work, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "no.zip").write_bytes(content)
    with pytest.raises(UnsafeArchive, match="cannot be unpacked"):
        work.read(tmp_path / "no.zip")


def test_nothing_unpacked_stays_behind(work: Work, tmp_path: Path) -> None:
    work.read(packed(tmp_path / "pets.zip", {"1.png": pixels((9, 9), 1)}))
    assert list(work.folder.iterdir()) == []
