"""What a running operation has in hand: events out, wishes in, both through the job folder."""

from __future__ import annotations

import math
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path
from types import FrameType
from typing import Literal

import orjson
import psutil

from studio.api.engine import Engine
from studio.api.job_folder import JobFolder
from studio.api.operations import Contributions
from studio.domain.jobs import Beat, JobMessage, Logged, Progressed, Started
from studio.domain.objects import ObjectStore
from studio.errors import Cancelled

_FLUSH_SECONDS = 0.25
_FLUSH_ROWS = 4096
_PROGRESS_SECONDS = 0.1
_POLL_SECONDS = 0.25
_BEAT_SECONDS = 2.0


class EventWriter:
    """Appends messages to the event file, whole lines at a time.

    Parameters
    ----------
    folder : JobFolder
        The only process that writes here is this one.
    """

    def __init__(self, folder: JobFolder) -> None:
        self._lock = threading.Lock()
        self._file = os.open(folder.events_file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        if os.fstat(self._file).st_size and not _ends_a_line(folder.events_file):
            # A killed worker left half a line; end it so that ours starts on its own.
            os.write(self._file, b"\n")

    def write(self, message: JobMessage) -> None:
        """Append one message."""
        self.write_line(orjson.dumps(message.model_dump(mode="json")) + b"\n")

    def write_line(self, line: bytes) -> None:
        """Append one line that is JSON already."""
        with self._lock:
            view = memoryview(line)
            while view:
                view = view[os.write(self._file, view) :]

    def close(self) -> None:
        """Force everything to disk."""
        with self._lock:
            os.fsync(self._file)
            os.close(self._file)


def _ends_a_line(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read(1) == b"\n"


class JobContext:
    """The context of one operation in a worker.

    Parameters
    ----------
    folder : JobFolder
        Of the job.
    store : ObjectStore
        Where content is.
    engine : Engine
        Loads torch at the first use.
    plugins : Contributions
        Formats and architectures.
    seed : int
        Of the order.
    device : str
        `cpu` or `cuda:0`.
    attempt : int
        From 1.

    Attributes
    ----------
    resumable : bool
        Whether SIGTERM means a pause, as the work keeps checkpoints, or the end.
    """

    def __init__(
        self,
        folder: JobFolder,
        store: ObjectStore,
        engine: Engine,
        plugins: Contributions,
        seed: int,
        device: str,
        attempt: int,
    ) -> None:
        self.store = store
        self.engine = engine
        self.plugins = plugins
        self.seed = seed
        self.device = device
        self.folder = folder.path
        self.resumable = True
        self._job = folder
        self._attempt = attempt
        self._events = EventWriter(folder)
        self._steps: list[int] = []
        self._columns: dict[str, list[float | None]] = {}
        self._flushed = time.monotonic()
        self._begun = time.monotonic()
        self._first_done: int | None = None
        self._told = 0.0
        self._asked: Literal["pause", "cancel"] | None = None
        self._polled = 0.0
        self._control_time = -1
        self._step: int | None = None
        self._stop = threading.Event()
        self._beats = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self, device: str) -> None:
        """Say that work has begun, and begin to give signs of life.

        Parameters
        ----------
        device : str
            For people.
        """
        self._job.take_lease()
        self._events.write(
            Started(
                attempt=self._attempt, host=socket.gethostname(), pid=os.getpid(), device=device
            )
        )
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._terminated)
        self._beats.start()

    def close(self) -> None:
        """Write what is still held back."""
        self._stop.set()
        if self._beats.is_alive():
            self._beats.join()
        self._flush()
        self._events.close()

    def emit(self, message: JobMessage) -> None:
        """Write a message of any kind."""
        self._events.write(message)

    def progress(self, done: int, total: int, unit: str = "") -> None:
        """Say how far the work is; see `studio.domain.operations.Context`."""
        now = time.monotonic()
        if self._first_done is None:
            self._first_done, self._begun = done, now
        if now - self._told >= _PROGRESS_SECONDS or done >= total > 0:
            self._told = now
            fresh = done - self._first_done
            spent = now - self._begun
            left = spent / fresh * (total - done) if fresh > 0 and spent > 0.5 else None
            self._events.write(Progressed(done=done, total=total, unit=unit, seconds_left=left))
        if self.asked() == "cancel":
            raise Cancelled("It was cancelled.")

    def metrics(self, step: int, /, **values: float) -> None:
        """Record numbers of one step; see `studio.domain.operations.Context`."""
        if values.keys() != self._columns.keys():
            self._flush()
            self._columns = {name: [] for name in values}
        self._steps.append(step)
        self._step = step
        for name, value in values.items():
            self._columns[name].append(value if math.isfinite(value) else None)
        full = len(self._steps) >= _FLUSH_ROWS
        if full or time.monotonic() - self._flushed >= _FLUSH_SECONDS:
            self._flush()

    def settle(self) -> None:
        """Write everything that is held back; see `studio.domain.operations.Context`."""
        self._flush()

    def log(self, text: str, level: Literal["info", "warning", "error"] = "info") -> None:
        """Say one sentence to the person who watches."""
        self._events.write(Logged(level=level, text=text))

    def asked(self) -> Literal["pause", "cancel"] | None:
        """Return what the person asked for; looks at the control file four times a second."""
        now = time.monotonic()
        if now - self._polled >= _POLL_SECONDS and self._asked != "cancel":
            self._polled = now
            self._look()
        return self._asked

    def _look(self) -> None:
        try:
            changed = self._job.control_file.stat().st_mtime_ns
        except OSError:
            return
        if changed != self._control_time:
            self._control_time = changed
            asked = [control.ask for control in self._job.asked()]
            if "cancel" in asked:
                self._asked = "cancel"
            elif asked:
                self._asked = "pause"

    def _terminated(self, number: int, frame: FrameType | None) -> None:
        """Treat SIGTERM as a wish: what keeps checkpoints writes one and goes, the rest ends."""
        del number, frame
        if self._asked is None:
            self._asked = "pause" if self.resumable else "cancel"

    def _flush(self) -> None:
        self._flushed = time.monotonic()
        if self._steps:
            # As `Measured`, without the cost of a model for each batch.
            document = {
                "kind": "metrics",
                "attempt": self._attempt,
                "steps": self._steps,
                "values": self._columns,
            }
            self._events.write_line(orjson.dumps(document) + b"\n")
            self._steps = []
            self._columns = {name: [] for name in self._columns}

    def _beat(self) -> None:
        process = psutil.Process()
        while not self._stop.wait(_BEAT_SECONDS):
            rss = process.memory_info().rss / 2**20
            beat = Beat(rss_mib=round(rss, 1), gpu_mib=_gpu_mib(), step=self._step)
            self._events.write(beat)


def _gpu_mib() -> float | None:
    """Return the GPU memory this process holds, if it uses one; never loads torch, MiB."""
    torch = sys.modules.get("torch")
    # Another thread may be in the middle of importing it.
    cuda = getattr(torch, "cuda", None)
    if cuda is None or not getattr(cuda, "is_initialized", bool)():
        return None
    return round(float(cuda.memory_reserved()) / 2**20, 1)
