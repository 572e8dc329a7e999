"""The places where jobs of a project can run: this machine, and the hosts of the settings."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from studio.compute.host import Host
from studio.compute.local import LocalCompute
from studio.domain.ids import JsonValue
from studio.domain.jobs import Compute
from studio.domain.objects import ObjectStore
from studio.domain.operations import Catalogue

if TYPE_CHECKING:
    from studio.compute.ssh import SshCompute

_log = logging.getLogger(__name__)


class Answers(Protocol):
    """What a person set."""

    def get(self, key: str) -> JsonValue:
        """Return a value by its key."""


class Workplace(Protocol):
    """What is needed of a project."""

    @property
    def folder(self) -> Path:
        """Where it is."""

    @property
    def store(self) -> ObjectStore:
        """Content by digest."""


class Targets(Mapping[str, Compute]):
    """Compute targets by name; hosts added to the settings are there at once.

    Parameters
    ----------
    project : Workplace
        Whose jobs run there.
    settings : Answers
        With the list `hosts`.
    catalogue : Catalogue
        All operations.
    plugins : sequence of Path
        Folders of plugins.
    known_hosts : Path
        The studio's own list of keys.
    """

    def __init__(
        self,
        project: Workplace,
        settings: Answers,
        catalogue: Catalogue,
        plugins: Sequence[Path],
        known_hosts: Path,
    ) -> None:
        self._project = project
        self._settings = settings
        self._catalogue = catalogue
        self._plugins = plugins
        self._known_hosts = known_hosts
        self._local = LocalCompute(project.folder / "objects", plugins)
        self._open: dict[str, tuple[Host, SshCompute]] = {}

    def __getitem__(self, name: str) -> Compute:
        if name == self._local.name:
            return self._local
        host = {host.name: host for host in hosts(self._settings.get("hosts"))}[name]
        known = self._open.get(name)
        if known is None or known[0] != host:
            if known is not None:
                known[1].close()
            self._open[name] = known = (host, self._made(host))
        return known[1]

    def __iter__(self) -> Iterator[str]:
        yield self._local.name
        yield from (host.name for host in hosts(self._settings.get("hosts")))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def close(self) -> None:
        """Hang up everywhere; jobs go on."""
        for _, compute in self._open.values():
            compute.close()

    def _made(self, host: Host) -> SshCompute:
        # paramiko is only loaded where a host is used.
        from studio.compute.host_keys import HostKeys
        from studio.compute.ssh import SshCompute

        keys = HostKeys(self._known_hosts)
        return SshCompute(host, keys, self._project.store, self._catalogue, self._plugins)


def hosts(value: JsonValue) -> list[Host]:
    """Read the hosts of the settings; what cannot be one is passed over and logged."""
    found: dict[str, Host] = {}
    for entry in value if isinstance(value, list) else []:
        try:
            host = Host.model_validate(entry)
        except ValidationError as error:
            _log.warning("A host of the settings is passed over: %s", error)
            continue
        if host.name != LocalCompute.name:
            found.setdefault(host.name, host)
    return list(found.values())
