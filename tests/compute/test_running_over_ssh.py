"""The same order over SSH gives the same; a cut loses and doubles nothing; keys are strict."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from studio.compute.host import Host
from studio.compute.host_keys import HostKeys
from studio.compute.local import LocalCompute
from studio.compute.ssh import SshCompute
from studio.domain.ids import Digest
from studio.domain.jobs import JobId
from studio.domain.project import Project
from studio.errors import ComputeFailed, HostUntrusted
from studio.services.job_runner import JobRunner
from studio.services.plugin_host import PluginHost
from studio.storage.project_files import DiskProjectFiles
from tests.compute.conftest import Line, Server, free_port, make_key, start_server

pytestmark = pytest.mark.sshd
PLUGINS = Path(__file__).resolve().parents[1] / "fakes" / "plugins"


class Bench:
    """A project whose jobs run here and over there."""

    def __init__(self, folder: Path, host: Host, keys: HostKeys) -> None:
        files = DiskProjectFiles()
        there = files.is_project(folder)
        self.project: Project = files.open(folder) if there else files.create(folder, "bench")
        plugins = PluginHost([PLUGINS], installed=False)
        self.far = SshCompute(host, keys, self.project.store, plugins, [PLUGINS], 1.0)
        local = LocalCompute(folder / "objects", [PLUGINS])
        targets = {"local": local, "loop": self.far}
        self.runner = JobRunner(self.project, plugins, targets, self.far.close)

    def order(self, operation: str, target: str = "loop", **params: float) -> JobId:
        made = self.runner.submit(operation, params, target=target, again=True)
        assert made.job is not None
        return made.job

    def close(self) -> None:
        self.runner.close()
        self.project.close()


@pytest.fixture
def bench(tmp_path: Path, server: Server) -> Iterator[Bench]:
    made = Bench(tmp_path / "project", server.host(), server.trusting(tmp_path / "known"))
    yield made
    made.close()


def until(there: Callable[[], bool], what: str = "it did not happen") -> None:
    deadline = time.monotonic() + 40
    while not there():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def steps(bench: Bench, job: JobId) -> list[int]:
    """Return the steps as they stand in the mirror: a doubled or lost one shows."""
    messages = bench.runner.folder(job).read().messages
    return [step for m in messages if m.kind == "metrics" for step in m.steps]


def test_a_job_gives_the_same_there_as_here(bench: Bench) -> None:
    here = bench.runner.wait(bench.order("test.number", "local", value=70))
    one = bench.order("test.number", value=70)
    there = bench.runner.wait(one)
    assert there.state == "finished", there
    assert there.outputs == here.outputs
    seventy = there.outputs["files"]
    half = bench.runner.submit("test.half", {}, {"a": seventy}, target="loop")
    assert half.job is not None
    ended = bench.runner.wait(half.job)
    assert ended.state == "finished", ended
    again = bench.runner.submit("test.half", {}, {"a": seventy})
    assert again.outputs == ended.outputs
    assert ended.outputs["files"] in bench.project.store
    record = bench.project.artefacts.sources(ended.outputs["files"])
    assert [one.digest for one in record] == [seventy]


def test_events_arrive_while_it_runs_and_none_is_lost(bench: Bench) -> None:
    job = bench.order("test.count", to=60, seconds=0.05)
    until(lambda: bool(bench.runner.poll()) and 0 < len(steps(bench, job)) < 60)
    assert bench.runner.view(job).state == "running"
    assert bench.runner.wait(job).state == "finished"
    assert steps(bench, job) == list(range(60))
    assert [line.text for line in bench.runner.record(job).logs] == ["counted"]


def test_a_cut_line_loses_and_doubles_nothing(tmp_path: Path, server: Server, line: Line) -> None:
    host = server.host(port=line.port)
    keys = server.keys(tmp_path / "known")
    keys.trust(host, keys.offered(host).fingerprint)
    bench = Bench(tmp_path / "project", host, keys)
    job = bench.order("test.count", to=120, seconds=0.05)
    calls = line.calls
    for _ in range(3):
        seen = len(steps(bench, job))
        line.cut()
        bench.runner.poll()
        assert bench.runner.view(job).state == "running"
        until(lambda: bool(bench.runner.poll()) and len(steps(bench, job)) > seen)  # noqa: B023
    assert line.calls >= calls + 3
    line.down = True
    line.cut()
    until(lambda: bool(bench.runner.poll()) and bench.runner.view(job).trouble != "")
    assert "“loop”" in bench.runner.view(job).trouble
    assert bench.runner.view(job).state == "running"
    line.down = False
    assert bench.runner.wait(job).state == "finished"
    assert steps(bench, job) == list(range(120))
    bench.close()


def test_pause_and_resume_go_on_from_the_checkpoint_there(bench: Bench) -> None:
    job = bench.order("test.count", to=60, seconds=0.05)
    until(lambda: bool(bench.runner.poll()) and len(steps(bench, job)) > 0)
    bench.runner.pause(job)
    assert bench.runner.view(job).state == "pausing"
    assert bench.runner.wait(job).state == "paused"
    bench.runner.resume(job)
    assert bench.runner.wait(job).state == "finished"
    assert steps(bench, job) == list(range(60))
    attempts = [m.attempt for m in bench.runner.folder(job).read().messages if m.kind == "started"]
    assert attempts == [1, 2]


def test_cancel_reaches_it(bench: Bench) -> None:
    job = bench.order("test.count", to=5000, seconds=0.05)
    until(lambda: bool(bench.runner.poll()) and len(steps(bench, job)) > 0)
    bench.runner.cancel(job)
    assert bench.runner.wait(job).state == "cancelled"


def test_a_worker_that_does_not_obey_is_ended_with_its_group(bench: Bench) -> None:
    job = bench.order("test.deaf")
    group = number_of(bench, job)
    until(lambda: bool(bench.runner.poll()) and bench.runner.view(job).started is not None)
    bench.runner.cancel(job)
    bench.runner.wait(job)
    assert bench.runner.view(job).state == "lost"
    until(lambda: not runs(group))


def test_a_killed_worker_is_lost_and_can_be_resumed(bench: Bench) -> None:
    job = bench.order("test.count", to=150, seconds=0.05)
    until(lambda: bool(bench.runner.poll()) and len(steps(bench, job)) > 0)
    os.killpg(number_of(bench, job), signal.SIGKILL)
    bench.runner.wait(job)
    assert bench.runner.view(job).state == "lost"
    bench.runner.resume(job)
    assert bench.runner.wait(job).state == "finished"


def test_a_job_there_outlives_the_window(tmp_path: Path, server: Server) -> None:
    keys = server.trusting(tmp_path / "known")
    first = Bench(tmp_path / "project", server.host(), keys)
    job = first.order("test.count", to=30, seconds=0.05)
    first.close()
    second = Bench(tmp_path / "project", server.host(), keys)
    assert second.runner.wait(job).state == "finished"
    assert steps(second, job) == list(range(30))
    assert second.project.artefacts.of_kind("files")
    second.close()


def test_an_unknown_key_is_refused_until_it_is_trusted(tmp_path: Path, server: Server) -> None:
    keys = server.keys(tmp_path / "known")
    with pytest.raises(HostUntrusted, match="SHA256:") as refused:
        keys.connect(server.host())
    assert keys.offered(server.host()).fingerprint in refused.value.what_happened
    with pytest.raises(HostUntrusted, match="another key"):
        keys.trust(server.host(), "SHA256:somethingelse")
    keys.trust(server.host(), keys.offered(server.host()).fingerprint)
    keys.connect(server.host()).close()


def test_a_changed_key_is_refused(tmp_path: Path, server: Server) -> None:
    port = free_port()
    folder = tmp_path / "sshd"
    folder.mkdir()
    known = tmp_path / "known"
    first = start_server(folder, port)
    first.trusting(known)
    first.stop()
    second = start_server(folder, port, "stranger")
    try:
        with pytest.raises(HostUntrusted, match="another key than before"):
            second.keys(known).connect(second.host())
        bench = Bench(tmp_path / "project", second.host(), second.keys(known))
        with pytest.raises(HostUntrusted):
            bench.order("test.number", value=1)
        (view,) = bench.runner.jobs()
        assert view.state == "failed"
        bench.close()
        keys = second.keys(known)
        keys.trust(second.host(), keys.offered(second.host()).fingerprint)
        keys.connect(second.host()).close()
        assert len(known.read_text().splitlines()) == 1
    finally:
        second.stop()


def test_a_revoked_key_is_refused(tmp_path: Path, server: Server) -> None:
    keys = server.trusting(tmp_path / "known")
    text = keys.offered(server.host()).text
    with (tmp_path / "known").open("a") as file:
        file.write(f"@revoked * ssh-ed25519 {text}\n")
    with pytest.raises(HostUntrusted, match="revoked"):
        keys.connect(server.host())


def test_lines_that_cannot_be_read_hide_no_others(tmp_path: Path, server: Server) -> None:
    known = tmp_path / "known"
    keys = server.trusting(known)
    odd = b"# mine\n@cert-authority *.example ssh-ed25519 AAAA\nhost ssh-rsa !\n\xff\n"
    known.write_bytes(odd + known.read_bytes())
    keys.connect(server.host()).close()


def test_a_stranger_is_not_let_in(tmp_path: Path, server: Server) -> None:
    make_key(tmp_path / "stranger")
    keys = server.trusting(tmp_path / "known")
    with pytest.raises(ComputeFailed, match="did not let"):
        keys.connect(server.host(key_file=str(tmp_path / "stranger")))


def test_a_python_without_the_packages_is_named(tmp_path: Path, server: Server) -> None:
    host = server.host(python="/nowhere/python")
    bench = Bench(tmp_path / "project", host, server.trusting(tmp_path / "known"))
    with pytest.raises(ComputeFailed) as refused:
        bench.order("test.number", value=1)
    assert "/nowhere/python" in refused.value.what_to_do
    bench.close()


def test_nobody_there_is_said_in_a_sentence(tmp_path: Path, server: Server) -> None:
    host = server.host(port=free_port())
    with pytest.raises(ComputeFailed, match="could not be reached"):
        server.keys(tmp_path / "known").connect(host)


def number_of(bench: Bench, job: JobId) -> int:
    handle = bench.project.jobs.get(job).handle
    assert handle is not None
    return int(handle.reference)


def runs(number: int) -> bool:
    import psutil

    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def test_big_inputs_survive_a_cut_on_their_way(tmp_path: Path, server: Server, line: Line) -> None:
    host = server.host(port=line.port, folder=str(tmp_path / "far"))
    keys = server.keys(tmp_path / "known")
    keys.trust(host, keys.offered(host).fingerprint)
    bench = Bench(tmp_path / "project", host, keys)
    big = bench.runner.wait(bench.order("test.big", "local", mebibytes=24)).outputs["files"]
    line.passed, line.cut_after = 0, 8 * 2**20
    with pytest.raises(ComputeFailed):
        bench.runner.submit("test.weigh", {}, {"a": big}, target="loop")
    made = bench.runner.submit("test.weigh", {}, {"a": big}, target="loop")
    assert made.job is not None
    ended = bench.runner.wait(made.job)
    assert ended.state == "finished", ended
    assert Digest(ended.outputs["files"]) in bench.project.store
    bench.close()


def test_big_outputs_survive_a_cut_on_their_way(tmp_path: Path, server: Server, line: Line) -> None:
    host = server.host(port=line.port, folder=str(tmp_path / "far"))
    keys = server.keys(tmp_path / "known")
    keys.trust(host, keys.offered(host).fingerprint)
    bench = Bench(tmp_path / "project", host, keys)
    job = bench.order("test.big", mebibytes=24)
    line.passed, line.cut_after = 0, 8 * 2**20
    ended = bench.runner.wait(job)
    assert line.cut_after is None, "the line was not cut"
    assert ended.state == "finished", ended
    assert ended.outputs["files"] in bench.project.store
    bench.close()
