"""A real OpenSSH server on loopback, and a line to it that can be cut."""

from __future__ import annotations

import contextlib
import shutil
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.compute.host import Host
from studio.compute.host_keys import HostKeys

SSHD = "/usr/sbin/sshd"


@dataclass
class Server:
    """A running sshd."""

    folder: Path
    port: int
    process: subprocess.Popen[bytes]

    def host(self, **given: object) -> Host:
        told = {
            "name": "loop",
            "host": "127.0.0.1",
            "port": self.port,
            "key_file": str(self.folder / "person"),
            "python": sys.executable,
            "folder": str(self.folder / "far"),
        }
        return Host.model_validate(told | given)

    def keys(self, file: Path) -> HostKeys:
        """Return keys that do not look at those of the person who runs the tests."""
        return HostKeys(file, others=[])

    def trusting(self, file: Path) -> HostKeys:
        keys = self.keys(file)
        keys.trust(self.host(), keys.offered(self.host()).fingerprint)
        return keys

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(10)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


def make_key(file: Path) -> None:
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(file)], check=True, timeout=20
    )


def start_server(folder: Path, port: int, host_key: str = "host") -> Server:
    """Start sshd for the person who runs the tests; its keys are made as needed."""
    for name in ("person", host_key):
        if not (folder / name).exists():
            make_key(folder / name)
    shutil.copyfile(folder / "person.pub", folder / "authorized")
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress 127.0.0.1:{port}\nHostKey {folder / host_key}\n"
        f"AuthorizedKeysFile {folder / 'authorized'}\nPidFile none\n"
        "StrictModes no\nUsePAM no\nPasswordAuthentication no\n"
        "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n"
    )
    with (folder / "sshd.log").open("ab") as log:
        process = subprocess.Popen(
            [SSHD, "-D", "-e", "-f", str(config)], stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return Server(folder, port, process)
        except OSError:
            if process.poll() is not None:
                break
            time.sleep(0.05)
    process.kill()
    process.wait()
    pytest.skip(f"sshd does not start here: {(folder / 'sshd.log').read_text()[-300:]}")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if not Path(SSHD).exists() or shutil.which("ssh-keygen") is None:
        pytest.skip("needs an OpenSSH server (package openssh-server)")
    if Path("/run").is_dir():
        # The package's service makes it at boot; where nothing boots, nobody has.
        with contextlib.suppress(PermissionError):
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    running = start_server(tmp_path_factory.mktemp("sshd"), free_port())
    yield running
    running.stop()


class Line:
    """A port that passes everything on to another, until it is cut.

    Parameters
    ----------
    to : int
        Port on loopback.
    """

    def __init__(self, to: int) -> None:
        self._to = to
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._door.getsockname()[1])
        self._pairs: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self.passed = 0
        self.cut_after: int | None = None
        self.calls = 0
        self.down = False
        self._run(self._accept)

    def _run(self, target: Callable[..., None], *given: object) -> None:
        thread = threading.Thread(target=target, args=given, daemon=True)
        thread.start()
        self._threads.append(thread)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._door.accept()
            except OSError:
                return
            self.calls += 1
            if self.down:
                near.close()
                continue
            far = socket.create_connection(("127.0.0.1", self._to))
            with self._lock:
                self._pairs += [near, far]
            self._run(self._pass, near, far)
            self._run(self._pass, far, near)

    def _pass(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(2**14):
                sink.sendall(data)
                self.passed += len(data)
                if self.cut_after is not None and self.passed >= self.cut_after:
                    self.cut_after = None
                    self.cut()
        except OSError:
            pass
        self._close(source, sink)

    def cut(self) -> None:
        """Break every connection that is open now; new ones pass."""
        with self._lock:
            pairs, self._pairs = self._pairs, []
        self._close(*pairs)

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.cut()
        for thread in self._threads:
            thread.join(5)

    @staticmethod
    def _close(*ends: socket.socket) -> None:
        for end in ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()


@pytest.fixture
def line(server: Server) -> Iterator[Line]:
    made = Line(server.port)
    yield made
    made.close()
