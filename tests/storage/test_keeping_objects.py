"""The same laws for the store on disk and for the one in memory; then what only a disk can do."""

from __future__ import annotations

import errno
import multiprocessing
import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.domain.ids import Digest, digest_of
from studio.domain.objects import ObjectStore
from studio.errors import Damaged, NotFound, StudioError
from studio.storage import disk, packs
from studio.storage.objects import SMALL, DiskObjects
from studio.storage.results import DiskResults
from tests.fakes.objects import MemoryObjects, MemoryResults

MISSING = digest_of(b"never put")


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    return MemoryObjects() if request.param == "memory" else DiskObjects(tmp_path / "objects")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(blobs=st.lists(st.binary(max_size=40)), single=st.binary(max_size=40))
def test_what_is_put_comes_back(store: ObjectStore, blobs: list[bytes], single: bytes) -> None:
    digests = [*store.put_many(blobs), store.put(single)]
    assert digests == [digest_of(blob) for blob in [*blobs, single]]
    for digest, blob in zip(digests, [*blobs, single], strict=True):
        assert digest in store
        assert store.get(digest) == blob
        assert store.size(digest) == len(blob)
        with store.open(digest) as file:
            assert file.read() == blob
    assert set(digests) <= set(store)
    assert len(list(store)) == len(set(store))


def test_a_missing_object_is_said_to_be_missing(store: ObjectStore, tmp_path: Path) -> None:
    assert MISSING not in store
    assert "no digest" not in store
    for read in (store.get, store.open, store.size):
        with pytest.raises(NotFound):
            read(MISSING)
    with pytest.raises(NotFound):
        store.put_file(tmp_path / "not there")


def test_files_go_in_and_out_whole(store: ObjectStore, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(os.urandom(3 * 2**20))
    digest = store.put_file(source)
    assert store.put_file(source) == digest
    store.copy_to(digest, tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == source.read_bytes()
    assert sorted(p.name for p in tmp_path.iterdir() if p.is_file()) == ["copy", "source"]


def test_results_are_forgotten_with_their_objects(tmp_path: Path) -> None:
    store = DiskObjects(tmp_path / "objects")
    for results in (DiskResults(tmp_path / "results", store), MemoryResults(store)):
        kept = store.put(b"output")
        results.put("ab12", {"outputs": {"model": kept}})
        results.put("cd34", {"outputs": {"model": MISSING}})
        results.put("../../odd key", {"outputs": {}})
        assert results.get("ab12") == {"outputs": {"model": kept}}
        assert results.get("../../odd key") == {"outputs": {}}
        assert results.get("cd34") is None
        assert results.get("unknown") is None
    (tmp_path / "results" / "ab" / "ab12.json").write_bytes(b'{"outputs"')
    assert DiskResults(tmp_path / "results", store).get("ab12") is None


def test_small_objects_share_packs_and_big_ones_do_not(tmp_path: Path) -> None:
    store = DiskObjects(tmp_path)
    big = os.urandom(SMALL + 1)
    store.put_many([*(b"%d" % n for n in range(1_000)), big, b"7", big])
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(path.suffix for path in files) == ["", ".idx", ".pack"]
    store.put_many(b"%d" % n for n in range(1_000))
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3


def test_a_full_pack_is_followed_by_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("studio.storage.objects.PACK_LIMIT", 1_000)
    store = DiskObjects(tmp_path)
    blobs = [os.urandom(300) for _ in range(20)]
    digests = store.put_many(blobs)
    assert len(list(tmp_path.glob("packs/*.pack"))) == 5
    assert [DiskObjects(tmp_path).get(digest) for digest in digests] == blobs


def test_another_process_sees_packs_at_once(tmp_path: Path) -> None:
    early = DiskObjects(tmp_path)
    assert MISSING not in early
    digest = DiskObjects(tmp_path).put_many([b"never put"])[0]
    assert early.get(digest) == b"never put"
    assert early.size(digest) == 9


@pytest.mark.parametrize("pack", [False, True])
def test_damage_is_found_and_mended_by_putting_again(tmp_path: Path, pack: bool) -> None:
    store = DiskObjects(tmp_path)
    digest = store.put_many([b"precious"])[0] if pack else store.put(b"precious")
    place = next(p for p in tmp_path.rglob("*") if p.is_file() and p.suffix != ".idx")
    place.write_bytes(b"PRECIOUS")
    store = DiskObjects(tmp_path)
    with pytest.raises(Damaged):
        store.get(digest)
    assert store.put(b"precious") == digest
    assert store.get(digest) == b"precious"
    assert DiskObjects(tmp_path).get(digest) == b"precious"


def test_a_broken_index_hides_only_its_own_pack(tmp_path: Path) -> None:
    store = DiskObjects(tmp_path)
    lost = store.put_many([b"lost"])[0]
    next(tmp_path.glob("packs/*.idx")).write_bytes(b"rubbish")
    kept = store.put_many([b"kept"])[0]
    fresh = DiskObjects(tmp_path)
    assert fresh.get(kept) == b"kept"
    with pytest.raises(NotFound):
        fresh.get(lost)
    fresh.put_many([b"lost"])
    assert fresh.get(lost) == b"lost"


@pytest.mark.parametrize(
    ("number", "word"), [(errno.ENOSPC, "full"), (errno.EROFS, "written"), (errno.EIO, "disk")]
)
def test_a_disk_that_refuses_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, word: str
) -> None:
    store = DiskObjects(tmp_path / "objects")
    before = store.put(b"before")
    source = tmp_path / "source"
    source.write_bytes(b"file")

    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    # The one place that forces bytes out: a disk that is full says so there at the latest.
    for module in (disk, packs, __import__("studio.storage.objects", fromlist=["objects"])):
        monkeypatch.setattr(module, "force_out", refuse)
    deeds: list[Callable[[], object]] = [
        lambda: store.put(b"after"),
        lambda: store.put_many([b"after"]),
        lambda: store.put_file(source),
        lambda: store.copy_to(before, tmp_path / "copy"),
    ]
    for deed in deeds:
        with pytest.raises(StudioError) as caught:
            deed()
        assert word in str(caught.value)
        assert caught.value.what_to_do
    assert list(DiskObjects(tmp_path / "objects")) == [before]
    assert not list(tmp_path.rglob("*.part"))


def _write(folder: Path, number: int) -> None:
    store = DiskObjects(folder)
    for round_ in range(5):
        store.put_many(b"%d" % n for n in range(round_ * 100, round_ * 100 + 200))
        store.put(b"single %d %d" % (number, round_))


def test_several_processes_write_and_read_one_store(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, n)) for n in range(3)]
    for writer in writers:
        writer.start()
    reader = DiskObjects(tmp_path)
    while any(writer.is_alive() for writer in writers):
        for digest in reader:
            reader.get(digest)
        time.sleep(0.02)
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    expected = {digest_of(b"%d" % n) for n in range(600)}
    expected |= {digest_of(b"single %d %d" % (n, r)) for n in range(3) for r in range(5)}
    assert set(reader) == expected
    assert all(digest_of(reader.get(digest)) == digest for digest in expected)


def test_half_written_files_of_killed_writers_go_after_a_day(tmp_path: Path) -> None:
    store = DiskObjects(tmp_path)
    store.put(b"x")
    old, young = tmp_path / ".incoming.1.ab.part", tmp_path / ".incoming.2.ab.part"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, 0))
    store.sweep()
    assert not old.exists()
    assert young.exists()


def test_twenty_thousand_small_pictures_take_seconds(tmp_path: Path) -> None:
    store = DiskObjects(tmp_path)
    blobs = [b"%d" % n * 60 for n in range(20_000)]
    begun = time.perf_counter()
    digests = store.put_many(blobs)
    assert time.perf_counter() - begun < 5
    begun = time.perf_counter()
    for digest in digests[::10]:
        store.get(Digest(digest))
    assert time.perf_counter() - begun < 2
