"""Jobs run in processes of their own, are followed by their folders, and are never run twice."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from studio.compute.local import LocalCompute
from studio.domain.jobs import JobHandle
from studio.errors import ComputeFailed, InvalidParameters, NotFound
from studio.services.job_runner import JobRunner
from tests.services.conftest import PLUGINS, Bench

Wait = Callable[[Callable[[], bool]], None]


def test_an_operation_gives_its_output(bench: Bench) -> None:
    made = bench.runner.submit("test.number", {"value": 7})
    assert made.job is not None
    ended = bench.runner.wait(made.job)
    assert ended.state == "finished"
    assert bench.number(ended.outputs) == 7


def test_what_is_known_starts_no_job(bench: Bench) -> None:
    first = bench.runner.submit("test.number", {"value": 7})
    assert first.job is not None
    ended = bench.runner.wait(first.job)
    second = bench.runner.submit("test.number", {"value": 7})
    assert second.job is None
    assert second.outputs == ended.outputs
    assert bench.runner.submit("test.number", {"value": 8}).job is not None
    assert bench.runner.submit("test.number", {"value": 7}, seed=1).job is not None
    assert bench.runner.submit("test.number", {"value": 7}, again=True).job is not None


def test_outputs_are_indexed_with_what_they_were_made_from(bench: Bench) -> None:
    one = bench.runner.submit("test.number", {"value": 7}).job
    assert one is not None
    seven = bench.runner.wait(one).outputs["files"]
    two = bench.runner.submit("test.half", {}, {"a": seven}).job
    assert two is not None
    three = bench.runner.wait(two).outputs["files"]
    assert [r.digest for r in bench.project.artefacts.sources(three)] == [seven]
    assert [r.digest for r in bench.project.artefacts.uses(seven)] == [three]


def test_wrong_parameters_are_refused_before_anything_runs(bench: Bench) -> None:
    with pytest.raises(InvalidParameters, match="valu"):
        bench.runner.submit("test.number", {"valu": 7})
    with pytest.raises(InvalidParameters, match="to"):
        bench.runner.submit("test.count", {"to": 0})
    with pytest.raises(InvalidParameters, match="takes"):
        bench.runner.submit("test.half")
    with pytest.raises(NotFound, match=r"test\.nmber"):
        bench.runner.submit("test.nmber")
    assert bench.runner.jobs() == []


def test_a_refusal_reaches_the_person_in_two_sentences(bench: Bench) -> None:
    one = bench.runner.submit("test.number", {"value": 7}).job
    assert one is not None
    seven = bench.runner.wait(one).outputs["files"]
    made = bench.runner.submit("test.fail", {}, {"a": seven}).job
    assert made is not None
    ended = bench.runner.wait(made)
    assert ended.state == "failed"
    assert ended.what_happened == "The number is not to its taste."
    assert ended.what_to_do == "Give another one."


def test_a_worker_that_dies_leaves_a_job_that_is_lost(bench: Bench) -> None:
    made = bench.runner.submit("test.die").job
    assert made is not None
    ended = bench.runner.wait(made)
    assert bench.runner.view(made).state == "lost"
    assert "resume" in ended.what_to_do


def test_progress_and_metrics_arrive_complete(bench: Bench) -> None:
    made = bench.runner.submit("test.count", {"to": 40, "seconds": 0.001}).job
    assert made is not None
    bench.runner.wait(made)
    steps, values = bench.runner.record(made).curves["loss"].arrays()
    assert steps.tolist() == list(range(40))
    assert values[3] == 0.25
    assert [line.text for line in bench.runner.record(made).logs] == ["counted"]


def test_pause_and_resume_go_on_where_it_was(bench: Bench, wait_until: Wait) -> None:
    made = bench.runner.submit("test.count", {"to": 60, "seconds": 0.05}).job
    assert made is not None
    kept = bench.runner.folder(made).checkpoints / "at"
    wait_until(kept.exists)
    bench.runner.pause(made)
    assert bench.runner.wait(made).state == "paused"
    at = int(kept.read_text())
    assert 0 < at < 60
    bench.runner.resume(made)
    assert bench.runner.wait(made).state == "finished"
    steps, _ = bench.runner.record(made).curves["loss"].arrays()
    assert steps.tolist() == list(range(60))


def test_cancel_ends_it_within_a_second_or_two(bench: Bench, wait_until: Wait) -> None:
    made = bench.runner.submit("test.count", {"to": 1000, "seconds": 0.05}).job
    assert made is not None
    wait_until(lambda: bench.runner.folder(made).lease() is not None)
    bench.runner.cancel(made)
    assert bench.runner.wait(made).state == "cancelled"


def test_a_worker_that_hears_nothing_is_ended_and_counts_as_cancelled(
    bench: Bench, wait_until: Wait
) -> None:
    made = bench.runner.submit("test.deaf").job
    assert made is not None
    folder = bench.runner.folder(made)
    wait_until(lambda: any(m.kind == "started" for m in folder.read().messages))
    bench.runner.cancel(made)
    assert bench.runner.wait(made).state == "cancelled"


def test_a_killed_worker_is_resumed_from_its_checkpoint(bench: Bench, wait_until: Wait) -> None:
    made = bench.runner.submit("test.count", {"to": 40, "seconds": 0.05}).job
    assert made is not None
    folder = bench.runner.folder(made)
    kept = folder.checkpoints / "at"
    wait_until(lambda: kept.exists() and int(kept.read_text() or 0) > 3)
    lease = folder.lease()
    assert lease is not None
    os.kill(lease.pid, signal.SIGKILL)
    bench.runner.wait(made)
    assert bench.runner.view(made).state == "lost"
    bench.runner.resume(made)
    assert bench.runner.wait(made).state == "finished"
    started = [m for m in folder.read().messages if m.kind == "started"]
    assert [m.attempt for m in started] == [1, 2]


def test_a_job_outlives_the_window_that_ordered_it(bench: Bench, wait_until: Wait) -> None:
    made = bench.runner.submit("test.count", {"to": 30, "seconds": 0.05}).job
    assert made is not None
    wait_until(lambda: bench.runner.folder(made).lease() is not None)
    again = bench.reopened()
    try:
        assert again.runner.view(made).state == "running"
        assert again.runner.wait(made).state == "finished"
        assert again.project.artefacts.of_kind("files")
    finally:
        again.project.close()


def test_a_torn_line_of_events_is_passed_over(bench: Bench) -> None:
    made = bench.runner.submit("test.number", {"value": 1}).job
    assert made is not None
    bench.runner.wait(made)
    folder = bench.runner.folder(made)
    whole = folder.read()
    with folder.events_file.open("ab") as file:
        file.write(b'{"kind":"log","te')
    assert folder.read().messages == whole.messages
    assert folder.read().offset == whole.offset


def test_a_worker_that_cannot_be_started_leaves_a_failed_job(bench: Bench) -> None:
    broken = LocalCompute(bench.project.folder / "objects", [PLUGINS], python="/nowhere/python")
    runner = JobRunner(bench.project, bench.plugins, {"local": broken})
    with pytest.raises(ComputeFailed, match="nowhere"):
        runner.submit("test.number")
    (view,) = runner.jobs()
    assert view.state == "failed"
    runner.close()
    (seen_later,) = bench.reopened().runner.jobs()
    assert seen_later.state == "failed"
    assert seen_later.exit is not None
    assert "/nowhere/python" in seen_later.exit.what_to_do


def test_a_slow_place_does_not_hold_up_the_others(bench: Bench) -> None:
    """The window asks ten times a second how jobs stand; it must never wait for a network."""
    asked, go = threading.Event(), threading.Event()

    class Slow(LocalCompute):
        name = "slow"

        def sync(self, handle: JobHandle, folder: Path) -> None:
            asked.set()
            go.wait(20)

    slow = Slow(bench.project.folder / "objects", [PLUGINS])
    local = LocalCompute(bench.project.folder / "objects", [PLUGINS])
    runner = JobRunner(bench.project, bench.plugins, {"local": local, "slow": slow})
    made = runner.submit("test.count", {"to": 3}, target="slow").job
    poller = threading.Thread(target=runner.poll)
    poller.start()
    assert asked.wait(10)
    begun = time.monotonic()
    assert len(runner.jobs()) == 1
    other = runner.submit("test.number", {"value": 5}).job
    assert other is not None
    assert runner.view(other).state == "running"
    assert time.monotonic() - begun < 5
    go.set()
    poller.join()
    assert made is not None
    assert runner.wait(made).state == "finished"
    assert runner.wait(other).state == "finished"
    runner.close()
