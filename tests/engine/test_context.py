"""What a running operation says arrives whole, and what is asked of it is heard."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from studio.api.job_folder import JobFolder
from studio.domain.jobs import Control, JobId, JobOrder
from studio.domain.runs import RunRecord
from studio.engine import context as module
from studio.engine.context import JobContext
from studio.engine.room import EngineRoom
from studio.errors import Cancelled
from studio.services.plugin_host import PluginHost
from tests.fakes.objects import MemoryObjects


def make(folder: Path, attempt: int = 1) -> JobContext:
    job = JobFolder.create(folder, JobOrder(id=JobId("job-x"), operation="test.x@1"))
    plugins = PluginHost([], installed=False)
    engine = EngineRoom(plugins)
    return JobContext(job, MemoryObjects(), engine, plugins, 3, "cpu", attempt)


@pytest.fixture
def context(tmp_path: Path) -> Iterator[JobContext]:
    before = signal.getsignal(signal.SIGTERM)
    made = make(tmp_path / "job")
    yield made
    signal.signal(signal.SIGTERM, before)


def record(context: JobContext) -> RunRecord:
    made = RunRecord()
    made.take(JobFolder(context.folder).read().messages)
    return made


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["loss", "rate", "both"]), st.floats()), min_size=1, max_size=40
    )
)
def test_every_metric_arrives_once_whatever_its_columns(
    tmp_path: Path, rows: list[tuple[str, float]]
) -> None:
    folder = tmp_path / str(time.monotonic_ns())
    made = make(folder)
    for step, (name, value) in enumerate(rows):
        names = ("loss", "rate") if name == "both" else (name,)
        made.metrics(step, **dict.fromkeys(names, value))
    made.close()
    curves = record(made).curves
    for name in ("loss", "rate"):
        wanted = [step for step, (one, _) in enumerate(rows) if one in (name, "both")]
        steps = curves[name].arrays()[0].tolist() if name in curves else []
        assert steps == wanted


def test_what_is_no_number_becomes_a_gap(context: JobContext) -> None:
    context.metrics(0, loss=1.0)
    context.metrics(1, loss=float("nan"))
    context.metrics(2, loss=float("inf"))
    context.close()
    values = record(context).curves["loss"].arrays()[1]
    assert values[0] == 1.0
    assert np.isnan(values[1:]).all()
    assert len(values) == 3


def test_a_later_attempt_wins_at_the_same_step(tmp_path: Path) -> None:
    for attempt, value in ((1, 0.5), (2, 0.25)):
        made = make(tmp_path / "job", attempt)
        made.metrics(7, loss=value)
        made.close()
    assert record(made).curves["loss"].arrays()[1].tolist() == [0.25]


def test_a_line_torn_by_a_kill_costs_nothing_but_itself(tmp_path: Path) -> None:
    first = make(tmp_path / "job")
    first.log("one")
    first.close()
    with JobFolder(first.folder).events_file.open("ab") as file:
        file.write(b'{"kind":"log","text":"tw')
    second = make(tmp_path / "job", 2)
    second.log("three")
    second.close()
    assert [line.text for line in record(second).logs] == ["one", "three"]


def test_progress_is_throttled_and_says_how_long_it_takes(context: JobContext) -> None:
    begun = time.monotonic()
    done = 0
    while time.monotonic() - begun < 0.8:
        context.progress(done, 10**9, "steps")
        done += 1
    context.close()
    told = [m for m in JobFolder(context.folder).read().messages if m.kind == "progress"]
    assert done > 1000
    assert 2 <= len(told) <= 10
    assert told[-1].seconds_left is not None
    assert told[-1].seconds_left > 0


def test_the_last_step_is_always_told(context: JobContext) -> None:
    for done in range(101):
        context.progress(done, 100)
    context.close()
    progress = record(context).progress
    assert progress is not None
    assert progress.done == 100


def test_a_wish_is_heard_within_half_a_second(context: JobContext) -> None:
    assert context.asked() is None
    JobFolder(context.folder).ask(Control(ask="pause"))
    begun = time.monotonic()
    while context.asked() != "pause":
        assert time.monotonic() - begun < 0.5
        time.sleep(0.01)
    context.progress(1, 9)
    JobFolder(context.folder).ask(Control(ask="cancel"))
    time.sleep(0.3)
    with pytest.raises(Cancelled):
        context.progress(2, 9)
    context.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to catch")
@pytest.mark.parametrize(("resumable", "word"), [(True, "pause"), (False, "cancel")])
def test_sigterm_is_a_wish(context: JobContext, resumable: bool, word: str) -> None:
    context.resumable = resumable
    context.start("CPU")
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(0.05)
    assert context.asked() == word
    context.close()


def test_it_gives_signs_of_life(context: JobContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_BEAT_SECONDS", 0.05)
    context.start("CPU")
    time.sleep(0.3)
    context.close()
    made = record(context)
    assert made.beat is not None
    assert made.beat.rss_mib > 1
    assert made.started is not None
    assert made.started.device == "CPU"


def test_threads_never_mix_their_lines(context: JobContext) -> None:
    def talk(name: int) -> None:
        for number in range(200):
            context.log(f"{name} {number} " + "x" * 5000)

    threads = [threading.Thread(target=talk, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    context.close()
    assert len(record(context).logs) == 800
