"""Jobs on this machine: each worker is a process group of its own that outlives the window."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from studio import paths
from studio.api.job_folder import JobFolder, replace_file
from studio.domain.jobs import Control, JobExit, JobHandle
from studio.errors import ComputeFailed

_PR_SET_PDEATHSIG = 1  # prctl(2)
_GRACE_SECONDS = 5.0


class LocalCompute:
    """This machine as a compute target.

    Parameters
    ----------
    store : Path
        The project's `objects`.
    plugins : sequence of Path
        Where workers find plugins.
    python : str, optional
        Interpreter of the workers' environment; `STUDIO_WORKER_PYTHON`, or this one.
    grace_seconds : float
        How long a worker may take to obey before its process group is ended.
    bound : bool
        Whether workers stop when the process that started them is gone; those of a window go on.
    """

    name = "local"

    def __init__(
        self,
        store: Path,
        plugins: Sequence[Path],
        python: str = "",
        grace_seconds: float = _GRACE_SECONDS,
        bound: bool = False,
    ) -> None:
        self._bound = bound
        self._store = store
        self._plugins = list(plugins)
        self._python = python or os.environ.get("STUDIO_WORKER_PYTHON") or sys.executable
        self._grace = grace_seconds

    def start(self, folder: Path) -> JobHandle:
        """Start or resume the job of a folder."""
        job = JobFolder(folder)
        order = job.order()
        if getattr(sys, "frozen", False) and self._python == sys.executable:
            raise ComputeFailed(
                "This bundle shows and edits projects; it does not carry the engine jobs need.",
                "Set STUDIO_WORKER_PYTHON to the Python of an environment that has the engine, or "
                "run the job on a host.",
            )
        search = [str(paths.installation()), os.environ.get("PYTHONPATH", "")]
        environment = os.environ | {
            "PYTHONPATH": os.pathsep.join(filter(None, search)),
            "PYTHONUNBUFFERED": "1",
        }
        group = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
        try:
            with job.log_file.open("ab") as log:
                process = subprocess.Popen(
                    self._command(folder),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    cwd=folder,
                    env=environment,
                    start_new_session=sys.platform != "win32",
                    creationflags=group,
                )
        except OSError as error:
            raise ComputeFailed(
                f"The worker could not be started: {error}.",
                f"Look whether {self._python} is there and the disk has room.",
            ) from error
        # Someone must wait for the process, or it stays a zombie for as long as this one lives.
        threading.Thread(target=process.wait, name=f"wait-{process.pid}", daemon=True).start()
        return JobHandle(
            job=order.id, target=self.name, folder=str(folder), reference=str(process.pid)
        )

    def sync(self, handle: JobHandle, folder: Path) -> None:
        """Do nothing: the folder is the truth already."""

    def alive(self, handle: JobHandle) -> bool | None:
        """Tell whether the worker lives: by its lease, or before it took one by its number."""
        job = JobFolder(Path(handle.folder))
        if job.lease() is not None:
            return job.held()
        try:
            process = psutil.Process(int(handle.reference))
            return process.status() != psutil.STATUS_ZOMBIE and _is_worker(process, handle)
        except (psutil.Error, ValueError):
            return False

    def ask(self, handle: JobHandle, folder: Path, control: Control) -> None:
        """Pass on a wish; a worker that does not obey `cancel` in time is ended with its group."""
        job = JobFolder(folder)
        job.ask(control)
        if control.ask == "cancel":
            threading.Thread(
                target=self._end, args=(handle, job), name=f"cancel-{handle.job}", daemon=True
            ).start()

    def _command(self, folder: Path) -> list[str]:
        command = [self._python, "-m", "studio.worker", str(folder), "--store", str(self._store)]
        for plugins in self._plugins:
            command += ["--plugins", str(plugins)]
        if self._bound:
            command.append(f"--bound={os.getpid()}")
        return command

    def _end(self, handle: JobHandle, job: JobFolder) -> None:
        for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
            deadline = time.monotonic() + self._grace
            while time.monotonic() < deadline:
                if job.exit() is not None or not self.alive(handle):
                    return
                time.sleep(0.05)
            _signal_group(int(handle.reference), number)
        # It can say nothing any more; what the person asked for has come about all the same.
        ended = JobExit(state="cancelled", what_happened="It was ended before it could answer.")
        if job.exit() is None:
            replace_file(job.exit_file, ended.model_dump_json(indent=1).encode())


def stop_with_parent(parent: int) -> None:
    """Have this process told by SIGTERM when the one that started it is gone; Linux only.

    Elsewhere the worker goes on to its end, and is found by its lease.

    Parameters
    ----------
    parent : int
        Process number; it may be gone already.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


def _is_worker(process: psutil.Process, handle: JobHandle) -> bool:
    # For a moment after its start a process has no command line yet.
    words = process.cmdline()
    return not words or handle.folder in words


def _signal_group(pid: int, number: int) -> None:
    """Signal a process group; whoever is killed takes along children with groups of their own."""
    heirs: list[psutil.Process] = []
    if number != signal.SIGTERM:
        with contextlib.suppress(psutil.Error):
            heirs = psutil.Process(pid).children(recursive=True)
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            subprocess.run(["taskkill", "/T", "/F", "/PID", str(pid)], check=False)
        else:
            os.killpg(pid, number)
    for heir in heirs:
        with contextlib.suppress(psutil.Error):
            heir.kill()
