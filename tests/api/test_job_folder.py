"""A job folder is read right while it is written, torn or half-way gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.job_folder import JobFolder, replace_file
from studio.domain.jobs import Control, JobExit, JobId, JobOrder, Logged
from studio.errors import Damaged, NotFound

ORDER = JobOrder(id=JobId("job-1"), operation="test.x@1", params={"a": [1, "ü"]}, seed=4)


@pytest.fixture
def folder(tmp_path: Path) -> JobFolder:
    return JobFolder.create(tmp_path / "job", ORDER)


def line(text: str) -> bytes:
    return orjson.dumps(Logged(text=text).model_dump()) + b"\n"


def test_the_order_comes_back(folder: JobFolder) -> None:
    assert folder.order() == ORDER


def test_a_missing_or_broken_order_is_told(folder: JobFolder, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        JobFolder(tmp_path / "nowhere").order()
    folder.order_file.write_bytes(b"{")
    with pytest.raises(Damaged):
        folder.order()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(texts=st.lists(st.text(max_size=30), max_size=12), cuts=st.lists(st.integers(1, 400)))
def test_pieces_of_any_size_give_the_same_messages(
    folder: JobFolder, texts: list[str], cuts: list[int]
) -> None:
    whole = b"".join(map(line, texts))
    folder.events_file.write_bytes(b"")
    offset, read = 0, []
    for end in [*sorted(cuts), len(whole)]:
        folder.events_file.write_bytes(whole[:end])
        batch = folder.read(offset)
        offset = batch.offset
        read += batch.messages
    assert [m.text for m in read if isinstance(m, Logged)] == texts
    assert offset == len(whole)


def test_lines_that_mean_nothing_are_passed_over(folder: JobFolder) -> None:
    folder.events_file.write_bytes(
        line("a") + b"\x00\xff\n" + b'{"kind":"later"}\n' + b"[]\n\n" + line("b")
    )
    assert [m.text for m in folder.read().messages if isinstance(m, Logged)] == ["a", "b"]


def test_the_state_is_derived_from_what_is_there(folder: JobFolder) -> None:
    assert folder.state() == "queued"
    folder.take_lease()
    assert folder.held()
    assert folder.state() == "running"
    folder.ask(Control(ask="pause"))
    assert folder.state() == "pausing"
    folder.ask(Control(ask="cancel"))
    assert folder.state() == "cancelling"
    assert folder.state(alive=False) == "lost"
    replace_file(folder.exit_file, JobExit(state="cancelled").model_dump_json().encode())
    assert folder.state() == "cancelled"
    folder.clear_for_resume()
    assert folder.state() == "queued"


def test_the_lease_of_a_process_that_is_gone_holds_nothing(folder: JobFolder) -> None:
    source = (
        "import sys; from pathlib import Path; from studio.api.job_folder import JobFolder;"
        "JobFolder(Path(sys.argv[1])).take_lease()"
    )
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONPATH": str(root)}
    command = [sys.executable, "-c", source, str(folder.path)]
    subprocess.run(command, check=True, env=environment, timeout=60)
    assert folder.lease() is not None
    assert not folder.held()
    assert folder.state() == "lost"


def test_a_reused_process_number_fools_nobody(folder: JobFolder) -> None:
    folder.take_lease()
    lease = orjson.loads(folder.lease_file.read_bytes())
    replace_file(folder.lease_file, orjson.dumps(lease | {"started": lease["started"] - 60}))
    assert not folder.held()


@pytest.mark.parametrize("content", [b"", b"{", b'{"pid": "x"}', b"[]", b"null"])
def test_a_broken_lease_is_none(folder: JobFolder, content: bytes) -> None:
    folder.lease_file.write_bytes(content)
    assert folder.lease() is None
    assert not folder.held()


@pytest.mark.parametrize("content", [b"", b"{", b'{"state": "odd"}', b"[]"])
def test_a_broken_exit_is_none(folder: JobFolder, content: bytes) -> None:
    folder.exit_file.write_bytes(content)
    assert folder.exit() is None


def test_a_wish_that_cannot_be_read_is_passed_over(folder: JobFolder) -> None:
    folder.control_file.write_bytes(b'{"ask":"dance"}\n\xff\n')
    folder.ask(Control(ask="pause"))
    assert [one.ask for one in folder.asked()] == ["pause"]


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    replace_file(file, b"one")
    replace_file(file, b"two")
    assert file.read_bytes() == b"two"
    assert list(tmp_path.iterdir()) == [file]
