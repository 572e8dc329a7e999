"""The keys by which hosts are known, and the way to a host whose key is known.

A host is only spoken to if its key is known: from the studio's own file, or from the person's
OpenSSH. A new key is stored after a person has compared its fingerprint; a changed one is refused.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import socket
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import paramiko

from studio.api.job_folder import replace_file
from studio.compute.host import Host
from studio.errors import ComputeFailed, HostUntrusted

CONNECT_SECONDS = 10.0
_USER_TIMEOUT_MS = 15_000


class OfferedKey(NamedTuple):
    """The key a host shows, to be compared with what its owner says."""

    kind: str
    fingerprint: str
    """As OpenSSH prints it: `SHA256:…`."""
    text: str
    """The public key, base64."""


def offered(key: paramiko.PKey) -> OfferedKey:
    """Describe a host's key."""
    digest = base64.b64encode(hashlib.sha256(key.asbytes()).digest()).decode().rstrip("=")
    return OfferedKey(key.get_name(), f"SHA256:{digest}", key.get_base64())


def reach(host: Host) -> socket.socket:
    """Open a connection that does not wait to fill packets, and that notices a dead line.

    Raises
    ------
    ComputeFailed
        If nobody answers there.
    """
    try:
        line = socket.create_connection((host.host, host.port), CONNECT_SECONDS)
    except OSError as error:
        raise ComputeFailed(
            f"“{host.name}” ({host.host}, port {host.port}) could not be reached: {error}.",
            "Look whether it is switched on, the network is there and the address is right.",
        ) from error
    # Without it, small requests wait for one another: a tenth of the speed or less.
    line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, _USER_TIMEOUT_MS)
    return line


class HostKeys:
    """The keys of hosts that may be trusted.

    Parameters
    ----------
    file : Path
        The studio's own list, in OpenSSH's form; need not exist yet.
    others : sequence of Path
        Lists that are read, never written; the person's OpenSSH list by default.
    """

    def __init__(self, file: Path, others: Sequence[Path] | None = None) -> None:
        self._file = file
        self._others = [Path.home() / ".ssh" / "known_hosts"] if others is None else list(others)

    def offered(self, host: Host) -> OfferedKey:
        """Ask a host for its key, without logging in; raises `ComputeFailed`."""
        transport = paramiko.Transport(reach(host))
        try:
            transport.start_client(timeout=CONNECT_SECONDS)
            return offered(transport.get_remote_server_key())
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise ComputeFailed(
                f"“{host.name}” answers, but does not speak SSH: {error}.", "Check the port."
            ) from error
        finally:
            transport.close()

    def trust(self, host: Host, fingerprint: str) -> None:
        """Store a host's key after a person has confirmed its fingerprint.

        Parameters
        ----------
        fingerprint : str
            The confirmed one; the host is asked again and must still show the same key.

        Raises
        ------
        HostUntrusted
            If it shows another key by now.
        """
        key = self.offered(host)
        if key.fingerprint != fingerprint:
            raise HostUntrusted(
                f"“{host.name}” now shows another key: {key.fingerprint}.",
                "Nothing was stored. Ask its owner which one is right.",
            )
        name = host.known_as()
        kept = [line for line in _lines(self._file) if line.split(" ")[0] != name]
        self._file.parent.mkdir(parents=True, exist_ok=True)
        lines = [*kept, f"{name} {key.kind} {key.text}"]
        replace_file(self._file, ("\n".join(lines) + "\n").encode())

    def forget(self, host: Host) -> None:
        """Remove a host's key from the studio's own list."""
        lines = _lines(self._file)
        kept = [line for line in lines if line.split(" ")[0] != host.known_as()]
        if kept != lines:
            replace_file(self._file, "".join(f"{line}\n" for line in kept).encode())

    def connect(self, host: Host) -> paramiko.SSHClient:
        """Log in to a host whose key is known.

        Raises
        ------
        HostUntrusted
            If its key is unknown, has changed or was revoked.
        ComputeFailed
            If it cannot be reached, or does not let the person in.
        """
        client = paramiko.SSHClient()
        client.set_missing_host_key_policy(_Refuse(host))
        try:
            for file in [*self._others, self._file]:
                _load(client.get_host_keys(), file)
            self._log_in(client, host)
            self._check_revoked(client, host)
        except BaseException:
            client.close()
            raise
        return client

    def _log_in(self, client: paramiko.SSHClient, host: Host) -> None:
        try:
            client.connect(
                host.host,
                host.port,
                username=host.login(),
                key_filename=str(Path(host.key_file).expanduser()) if host.key_file else None,
                sock=reach(host),
                timeout=CONNECT_SECONDS,
                banner_timeout=CONNECT_SECONDS,
                auth_timeout=2 * CONNECT_SECONDS,
                channel_timeout=CONNECT_SECONDS,
            )
        except paramiko.BadHostKeyException as error:
            raise _changed(host, error) from error
        except (paramiko.AuthenticationException, FileNotFoundError) as error:
            raise ComputeFailed(
                f"“{host.name}” did not let {host.login()} in: {error}.",
                f"Check the user and the key file; `{host.command()}` should work.",
            ) from error
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise ComputeFailed(
                f"The connection to “{host.name}” could not be set up: {error}.", "Try again."
            ) from error

    def _check_revoked(self, client: paramiko.SSHClient, host: Host) -> None:
        # paramiko passes over such lines.
        transport = client.get_transport()
        shown = offered(transport.get_remote_server_key()) if transport else None
        for file in [*self._others, self._file]:
            for line in _lines(file):
                if shown and line.startswith("@revoked") and shown.text in line.split():
                    raise HostUntrusted(
                        f"The key of “{host.name}” is marked as revoked in {file}.",
                        "Do not use this host before its owner has given it a new key.",
                    )


class _Refuse(paramiko.MissingHostKeyPolicy):
    """Refuses a key that nobody has confirmed, and says how to confirm it."""

    def __init__(self, host: Host) -> None:
        self._host = host

    def missing_host_key(
        self, client: paramiko.SSHClient, hostname: str, key: paramiko.PKey
    ) -> None:
        shown = offered(key)
        raise HostUntrusted(
            f"The key of “{self._host.name}” ({hostname}) is not known here. "
            f"It shows {shown.kind} {shown.fingerprint}.",
            "Compare this fingerprint with what its owner says, then trust the host: "
            f"`studio hosts trust {self._host.name}`.",
        )


def _changed(host: Host, error: paramiko.BadHostKeyException) -> HostUntrusted:
    now, before = offered(error.key), offered(error.expected_key)
    return HostUntrusted(
        f"“{host.name}” shows another key than before: {now.kind} {now.fingerprint} "
        f"instead of {before.kind} {before.fingerprint}. Somebody may be listening in.",
        "Ask its owner. Only if the key was really changed, forget the old one "
        f"(`ssh-keygen -R '{host.known_as()}'`, if it is in your OpenSSH list) and trust the new.",
    )


def _load(known: paramiko.HostKeys, file: Path) -> None:
    """Read a list line by line: one that paramiko cannot read must not hide the others."""
    for line in _lines(file):
        if line.startswith(("@", "#")):
            continue
        with contextlib.suppress(paramiko.SSHException, paramiko.hostkeys.InvalidHostKey):
            entry = paramiko.hostkeys.HostKeyEntry.from_line(line)
            if entry is not None and entry.key is not None:
                for name in entry.hostnames or []:
                    known.add(name, entry.key.get_name(), entry.key)


def _lines(file: Path) -> list[str]:
    try:
        lines = file.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line for line in lines if line.strip()]
