"""How many events a second go from a working operation to the curves of the window.

One event is one step's metrics (a loss and a learning rate). They are written by the job's context,
read back by the job folder and taken into the run's record; every one is looked for afterwards. The
peer is what one would write without a studio: a row an event in SQLite in WAL mode, committed one
by one so that a reader sees it and a killed writer loses none, then read back and put into arrays.
Ours holds events back for at most a quarter of a second, or until the work writes a checkpoint.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from studio.api.job_folder import JobFolder
from studio.domain.jobs import JobId, JobOrder
from studio.domain.runs import RunRecord
from studio.engine.context import JobContext
from studio.engine.room import EngineRoom
from studio.services.plugin_host import PluginHost
from studio.storage.objects import DiskObjects

EVENTS = 500_000
PEER_EVENTS = 50_000
REPEATS = 3


def ours(folder: Path, events: int) -> tuple[float, float]:
    """Write, read and check; returns seconds of writing and of reading."""
    job = JobFolder.create(folder, JobOrder(id=JobId("job-bench"), operation="bench.x@1"))
    plugins = PluginHost([], installed=False)
    store = DiskObjects(folder / "objects")
    context = JobContext(job, store, EngineRoom(plugins), plugins, 0, "cpu", 1)
    begun = time.perf_counter()
    for step in range(events):
        context.metrics(step, loss=1.0 / (step + 1), rate=0.1)
    context.close()
    written = time.perf_counter()
    record = RunRecord()
    record.take(job.read().messages)
    steps, values = record.curves["loss"].arrays()
    read = time.perf_counter()
    check(steps, values, events)
    return written - begun, read - written


def peer(folder: Path, events: int) -> tuple[float, float]:
    """The same through SQLite; returns seconds of writing and of reading."""
    file = folder / "events.db"
    begun = time.perf_counter()
    with contextlib.closing(sqlite3.connect(file, isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        database.execute("CREATE TABLE event (step INTEGER PRIMARY KEY, loss REAL, rate REAL)")
        for step in range(events):
            database.execute("INSERT INTO event VALUES (?, ?, ?)", (step, 1.0 / (step + 1), 0.1))
    written = time.perf_counter()
    with contextlib.closing(sqlite3.connect(file)) as database:
        rows = database.execute("SELECT step, loss FROM event ORDER BY step").fetchall()
    steps = np.array([row[0] for row in rows], np.int64)
    values = np.array([row[1] for row in rows], np.float64)
    read = time.perf_counter()
    check(steps, values, events)
    return written - begun, read - written


def check(steps: np.ndarray, values: np.ndarray, events: int) -> None:
    """Raise unless every event is there, once, in order and with its value."""
    wanted = np.arange(events)
    if not (np.array_equal(steps, wanted) and np.array_equal(values, 1.0 / (wanted + 1))):
        raise SystemExit(f"lost or changed: {events} written, {len(steps)} read")


def best(way: Callable[[Path, int], tuple[float, float]], events: int) -> tuple[float, float]:
    """Return the events a second of writing and of both ways together, best of a few."""
    figures = []
    for _ in range(REPEATS):
        with tempfile.TemporaryDirectory() as folder:
            wrote, read = way(Path(folder), events)
            figures.append((events / wrote, events / (wrote + read)))
    return max(figure[0] for figure in figures), max(figure[1] for figure in figures)


def main() -> None:
    """Print events a second, and the ratio to the peer."""
    writing, together = best(ours, EVENTS)
    peer_writing, peer_together = best(peer, PEER_EVENTS)
    document = {
        "events": EVENTS,
        "lost": 0,
        "written_per_second": round(writing),
        "written_and_read_per_second": round(together),
        "peer": f"SQLite {sqlite3.sqlite_version}, WAL, one commit an event",
        "peer_written_per_second": round(peer_writing),
        "peer_written_and_read_per_second": round(peer_together),
        "ratio": round(together / peer_together, 2),
    }
    print(json.dumps(document, indent=1))
    if together < 100_000:
        raise SystemExit("fewer than 100,000 events a second")


if __name__ == "__main__":
    main()
