"""The job folder, read and written: the same few files wherever a job runs.

Only the worker writes `events.jsonl`, `lease.json` and `exit.json`; only the side that ordered the
job writes `order.json` and `control.jsonl`.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import orjson
import psutil
from pydantic import ValidationError

from studio.domain.jobs import MESSAGES, Control, JobExit, JobMessage, JobOrder, JobState
from studio.errors import Damaged, NotFound


class Batch(NamedTuple):
    """Messages read from a position of the event file, and where to read on."""

    messages: list[JobMessage]
    offset: int


class Lease(NamedTuple):
    """Which process works on a job; the start time tells it from a later one of the same number."""

    pid: int
    started: float


class JobFolder:
    """One job folder.

    Parameters
    ----------
    path : Path
        Need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.order_file = path / "order.json"
        self.environment_file = path / "env.json"
        self.events_file = path / "events.jsonl"
        self.control_file = path / "control.jsonl"
        self.lease_file = path / "lease.json"
        self.exit_file = path / "exit.json"
        self.log_file = path / "log.txt"
        self.checkpoints = path / "checkpoints"

    @classmethod
    def create(cls, path: Path, order: JobOrder) -> JobFolder:
        """Make the folder with its order."""
        path.mkdir(parents=True, exist_ok=True)
        folder = cls(path)
        replace_file(folder.order_file, order.model_dump_json(indent=1).encode())
        return folder

    def order(self) -> JobOrder:
        """Read the order.

        Raises
        ------
        NotFound
            If there is none.
        Damaged
            If it does not follow its schema.
        """
        try:
            return JobOrder.model_validate_json(self.order_file.read_bytes())
        except OSError as error:
            raise NotFound(f"There is no job in {self.path}.") from error
        except ValidationError as error:
            raise Damaged(f"The order in {self.path} is broken: {error}.") from error

    def read(self, offset: int = 0) -> Batch:
        """Read whole lines of the event file from a byte offset on; a torn last line waits.

        A line that a kill left torn in the middle of the file is passed over.
        """
        try:
            with self.events_file.open("rb") as file:
                file.seek(offset)
                data = file.read()
        except FileNotFoundError:
            return Batch([], offset)
        end = data.rfind(b"\n") + 1
        messages: list[JobMessage] = []
        for line in data[:end].splitlines():
            with contextlib.suppress(ValidationError, orjson.JSONDecodeError):
                messages.append(MESSAGES.validate_python(orjson.loads(line)))
        return Batch(messages, offset + end)

    def exit(self) -> JobExit | None:
        """Read how the job ended, or None while it has not."""
        try:
            return JobExit.model_validate_json(self.exit_file.read_bytes())
        except (OSError, ValidationError):
            return None

    def lease(self) -> Lease | None:
        """Read which process works on the job, or None."""
        try:
            document = orjson.loads(self.lease_file.read_bytes())
            return Lease(int(document["pid"]), float(document["started"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def take_lease(self) -> None:
        """Say that this process works on the job."""
        process = psutil.Process()
        document = {"pid": process.pid, "started": process.create_time()}
        replace_file(self.lease_file, orjson.dumps(document))

    def held(self) -> bool:
        """Tell whether the process of the lease lives, on this machine."""
        lease = self.lease()
        if lease is None:
            return False
        try:
            process = psutil.Process(lease.pid)
            # Each process reads the time of boot for itself, in whole seconds.
            same = abs(process.create_time() - lease.started) < 2.5
            return same and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False

    def ask(self, control: Control) -> None:
        """Append what the person asks for."""
        with self.control_file.open("ab") as file:
            file.write(control.model_dump_json().encode() + b"\n")

    def asked(self) -> Sequence[Control]:
        """Read what was asked for so far."""
        try:
            lines = self.control_file.read_bytes().splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            with contextlib.suppress(ValidationError):
                found.append(Control.model_validate_json(line))
        return found

    def state(self, alive: bool | None = None) -> JobState:
        """Derive the state of the job from its folder.

        Parameters
        ----------
        alive : bool, optional
            Whether the worker's process lives, where it runs on another machine; left out, the
            lease is looked up on this one.
        """
        ended = self.exit()
        if ended is not None:
            return ended.state
        if self.lease() is None and alive is None:
            return "queued"
        if not (self.held() if alive is None else alive):
            return "lost"
        asked = [control.ask for control in self.asked()]
        if "cancel" in asked:
            return "cancelling"
        return "pausing" if "pause" in asked else "running"

    def clear_for_resume(self) -> None:
        """Forget the last exit and what was asked, so that the job can go on."""
        for file in (self.exit_file, self.control_file, self.lease_file):
            file.unlink(missing_ok=True)


def replace_file(path: Path, data: bytes) -> None:
    """Write a file so that it is there as a whole or not at all, even after a power cut.

    Parameters
    ----------
    path : Path
        Replaced if it exists; its folder must exist.
    data : bytes
        The new content.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
