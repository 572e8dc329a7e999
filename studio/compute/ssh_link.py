"""One connection to a host: made when it is needed, and made again after a cut."""

from __future__ import annotations

import contextlib
import io
import shlex
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, cast

import paramiko

from studio.compute.host import Host
from studio.compute.host_keys import CONNECT_SECONDS, HostKeys
from studio.errors import ComputeFailed, HostUntrusted

_SILENCE_SECONDS = 120.0
_KEEPALIVE_SECONDS = 5
_AGAIN_SECONDS = 2.0
# sshd allows ten sessions on a connection; some are left for file transfer.
_SESSIONS = 6
_STDERR_BYTES = 64 * 2**10


class Answer(NamedTuple):
    """What a command said."""

    code: int
    out: bytes
    err: str


class SshLink:
    """A connection over which commands run and files are read.

    Parameters
    ----------
    host : Host
        Where to.
    keys : HostKeys
        Whom to trust.
    """

    def __init__(self, host: Host, keys: HostKeys) -> None:
        self.host = host
        self._keys = keys
        self._lock = threading.RLock()
        self._slots = threading.BoundedSemaphore(_SESSIONS)
        self._client: paramiko.SSHClient | None = None
        self._sftp: paramiko.SFTPClient | None = None
        self._refused: ComputeFailed | None = None
        self._again = 0.0

    def run(
        self,
        command: str,
        feed: Callable[[BinaryIO], None] | bytes = b"",
        take: Callable[[BinaryIO], None] | None = None,
    ) -> Answer:
        """Run a shell command there.

        Parameters
        ----------
        command : str
            For a POSIX shell, whatever the login shell is.
        feed : bytes or callable
            Its standard input, or what writes it.
        take : callable, optional
            Reads its standard output; otherwise that is gathered.

        Raises
        ------
        ComputeFailed
            If the host cannot be reached, or the line was cut before the command ended.
        """
        with self._slots, self._cut_told():
            transport = self._transport()
            channel = transport.open_session(timeout=CONNECT_SECONDS)
            try:
                channel.settimeout(_SILENCE_SECONDS)
                channel.exec_command(f"sh -c {shlex.quote(command)}")
                return self._talk(channel, feed, take)
            finally:
                channel.close()

    def read(self, path: str, offset: int = 0) -> bytes | None:
        """Read a file there from a byte on; None if there is none.

        Raises
        ------
        ComputeFailed
            If the host cannot be reached.
        """
        with self._lock, self._cut_told():
            files = self._files()
            try:
                size = files.stat(path).st_size or 0
                if size <= offset:
                    return b""
                with files.open(path, "rb") as file:
                    file.seek(offset)
                    return bytes(file.read(size - offset))
            except FileNotFoundError:
                return None

    def try_now(self) -> None:
        """Let the next deed try to connect, however short ago that failed: a person asks."""
        self._again = 0.0

    def close(self) -> None:
        """Hang up; the next deed connects again."""
        with self._lock:
            client, self._client, self._sftp = self._client, None, None
        if client is not None:
            client.close()

    def _talk(
        self,
        channel: paramiko.Channel,
        feed: Callable[[BinaryIO], None] | bytes,
        take: Callable[[BinaryIO], None] | None,
    ) -> Answer:
        said: list[bytes] = []
        # An error output that nobody reads stalls the command.
        drain = threading.Thread(target=_drain, args=(channel, said), daemon=True)
        drain.start()
        with contextlib.suppress(OSError):  # it went before it had read everything
            if isinstance(feed, bytes):
                channel.sendall(feed)
            else:
                with channel.makefile_stdin("wb") as stdin:
                    feed(cast(BinaryIO, stdin))
            channel.shutdown_write()
        out = io.BytesIO()
        with channel.makefile("rb") as stdout:
            if take is not None:
                take(cast(BinaryIO, stdout))
            else:
                while piece := stdout.read(2**16):
                    out.write(piece)
        code = channel.recv_exit_status()
        drain.join(CONNECT_SECONDS)
        if code == -1:
            raise EOFError("the line was cut")
        return Answer(code, out.getvalue(), b"".join(said).decode("utf-8", "replace"))

    def _transport(self) -> paramiko.Transport:
        with self._lock:
            transport = self._client.get_transport() if self._client else None
            if transport is not None and transport.is_active():
                return transport
            self.close()
            # Those who follow a job ask several times a second.
            if self._refused is not None and time.monotonic() < self._again:
                raise self._refused
            try:
                self._client = self._keys.connect(self.host)
            except ComputeFailed as error:
                self._refused, self._again = error, time.monotonic() + _AGAIN_SECONDS
                raise
            self._refused = None
            transport = self._client.get_transport()
            if transport is None:
                raise EOFError("the line was cut")
            transport.set_keepalive(_KEEPALIVE_SECONDS)
            return transport

    def _files(self) -> paramiko.SFTPClient:
        transport = self._transport()
        if self._sftp is None:
            self._sftp = paramiko.SFTPClient.from_transport(transport)
            channel = self._sftp.get_channel() if self._sftp else None
            if self._sftp is None or channel is None:
                raise EOFError("no file transfer")
            channel.settimeout(_SILENCE_SECONDS)
        return self._sftp

    @contextmanager
    def _cut_told(self) -> Iterator[None]:
        """Turn what a broken line raises into one sentence, and hang up."""
        try:
            yield
        except HostUntrusted:
            raise
        except (paramiko.SSHException, EOFError, OSError) as error:
            self.close()
            raise ComputeFailed(
                f"The connection to “{self.host.name}” was cut: {error or type(error).__name__}.",
                "The job there goes on; it is followed again as soon as the host is reached.",
            ) from error


def _drain(channel: paramiko.Channel, said: list[bytes]) -> None:
    kept = 0
    with contextlib.suppress(OSError):
        while piece := channel.recv_stderr(2**14):
            if kept < _STDERR_BYTES:
                said.append(piece)
                kept += len(piece)
