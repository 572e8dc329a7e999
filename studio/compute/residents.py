"""Resident processes on this machine."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import IO, Any

from numpy.typing import NDArray

from studio import errors, paths
from studio.api.resident import Message, read_message, write_message
from studio.domain.ids import JsonObject
from studio.errors import Cancelled, ComputeFailed, StudioError

_TICK_SECONDS = 0.02
_GRACE_SECONDS = 2.0
_TOLD = 400
"""So much of what it said last is passed on when a process ends, characters."""


class ResidentProcess:
    """Fulfils `studio.domain.residents.Resident` with a process of this Python.

    Parameters
    ----------
    module : str
        Its main; calls `studio.api.resident.serve`.
    folders : sequence of str
        Where modules are looked for besides the usual places, as those of plugins.
    """

    def __init__(self, module: str, folders: Sequence[str] = ()) -> None:
        self._module = module
        self._folders = tuple(folders)
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._said: IO[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Id of the process, or None where it is not there."""
        return self._process.pid if self._process is not None else None

    def ask(
        self,
        call: str,
        facts: JsonObject | None = None,
        arrays: Mapping[str, NDArray[Any]] | None = None,
        given_up: Callable[[], bool] = lambda: False,
    ) -> Message:
        """Call and wait for the answer; see `studio.domain.residents.Resident.ask`."""
        with self._lock:
            if given_up():
                raise Cancelled("It was given up.")
            process = self._running()
            watch = _Watch(process, given_up)
            try:
                with watch:
                    answer = _exchange(process, Message(call, facts or {}, arrays or {}))
            except (OSError, EOFError, ValueError) as error:
                self._end()
                if watch.fired:
                    raise Cancelled("It was given up.") from None
                raise self._ended(process.returncode) from error
        if answer.call == "error":
            raise _raised(answer.facts)
        return answer

    def close(self) -> None:
        """End the process."""
        with self._lock:
            self._end()
            if self._said is not None:
                self._said.close()
                self._said = None

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._end()
        if self._said is not None:
            self._said.close()
        self._said = tempfile.TemporaryFile()  # noqa: SIM115 (open as long as the process)
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._said,
                cwd=paths.installation(),
                env=self._environment(),
            )
        except OSError as error:
            raise ComputeFailed(
                f"A process of its own could not be started ({error.strerror}).",
                "Close other programs and try again.",
            ) from error
        return self._process

    def _environment(self) -> dict[str, str]:
        known = os.environ.get("PYTHONPATH", "")
        folders = [*self._folders, *([known] if known else [])]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(folders)} if folders else {**os.environ}

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(_GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _ended(self, code: int | None) -> ComputeFailed:
        said = ""
        if self._said is not None:
            self._said.seek(0)
            lines = self._said.read().decode("utf-8", "replace").strip().splitlines()
            said = f" It said last “{lines[-1][-_TOLD:]}”." if lines else ""
        return ComputeFailed(
            f"The process that did this ended ({code}).{said}",
            "Try again: it is started anew. If it ends each time, the model may not fit here.",
        )


class _Watch:
    """Ends a process once its call is given up."""

    def __init__(self, process: subprocess.Popen[bytes], given_up: Callable[[], bool]) -> None:
        self._process = process
        self._given_up = given_up
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self.fired = False

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._over.wait(_TICK_SECONDS):
            if self._given_up():
                self.fired = True
                self._process.kill()
                return


def _exchange(process: subprocess.Popen[bytes], message: Message) -> Message:
    assert process.stdin is not None
    assert process.stdout is not None
    write_message(process.stdin, message)  # type: ignore[arg-type]
    answer = read_message(process.stdout)  # type: ignore[arg-type]
    if answer is None:
        raise EOFError
    return answer


def _raised(facts: JsonObject) -> StudioError:
    kind = getattr(errors, str(facts.get("kind")), StudioError)
    if not (isinstance(kind, type) and issubclass(kind, StudioError)):
        kind = StudioError
    return kind(str(facts.get("what_happened", "")), str(facts.get("what_to_do", "")))
