"""The plugin host: finds plugins, loads them late, and keeps their failures to themselves."""

from __future__ import annotations

import difflib
import importlib
import sys
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import metadata
from pathlib import Path
from typing import Any, TypeVar

from studio.api import API_VERSION
from studio.api.assistants import Assistant
from studio.api.engine import Architecture
from studio.api.formats import Format
from studio.api.plugin import Plugin
from studio.api.trackers import Linker, Tracker
from studio.domain.jobs import Compute
from studio.domain.models import Task
from studio.domain.operations import Operation
from studio.errors import NotFound, PluginFailed
from studio.services.source_code import code_digest, reads_attribute

_GROUP = "studio.plugins"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class PluginState:
    """A plugin as the list of plugins shows it."""

    name: str
    title: str
    version: str
    folder: str
    """Empty for one that is installed as a distribution."""
    target: str
    """Dotted name of its `Plugin`."""
    problem: str = ""
    """Why it could not be loaded; empty if it could."""


class PluginHost:
    """Everything that plugins brought.

    Parameters
    ----------
    folders : sequence of Path
        Folders that hold one folder a plugin.
    installed : bool
        Whether installed distributions are asked as well.
    """

    def __init__(self, folders: Sequence[Path], installed: bool = True) -> None:
        self._folders = list(folders)
        self._installed = installed
        self._states: list[PluginState] | None = None
        self._operations: dict[str, Operation] = {}
        self._formats: dict[str, Format] = {}
        self._architectures: dict[str, Architecture] = {}
        self._targets: list[type[Compute]] = []
        self._assistants: dict[str, Assistant] = {}
        self._trackers: dict[str, type[Tracker]] = {}
        self._linkers: dict[str, Linker] = {}
        self._code: dict[str, str] = {}

    def plugins(self) -> Sequence[PluginState]:
        """List plugins, those that failed too."""
        if self._states is None:
            found = [state for folder in self._folders for state in _in_folder(folder)]
            if self._installed:
                found += _installed_distributions({state.name for state in found})
            self._states = [self._load(state) for state in found]
        return self._states

    def get(self, id: str) -> Operation:  # noqa: A002
        """Return an operation by its id, with or without `@version`; raises `NotFound`."""
        self.plugins()
        name = id.partition("@")[0]
        return _found(self._operations, name, "operation")

    def all(self) -> Sequence[Operation]:
        """Return all operations, by room and title."""
        self.plugins()
        return sorted(self._operations.values(), key=lambda one: (one.room, one.title))

    def code(self, operation: Operation) -> str:
        """Return the digest of an operation's source and of the environment it needs."""
        self.plugins()
        if operation.id not in self._code:
            modules = [operation.function.__module__]
            if reads_attribute(modules[0], "engine"):
                modules.append("studio.engine.room")
                modules += [one.build.partition(":")[0] for one in self._architectures.values()]
            self._code[operation.id] = code_digest(modules)
        return self._code[operation.id]

    def format(self, name: str) -> Format:
        """Return a format by its name; raises `NotFound`."""
        self.plugins()
        return _found(self._formats, name, "format")

    def formats(self) -> Sequence[Format]:
        """Return all formats, by name."""
        self.plugins()
        return [self._formats[name] for name in sorted(self._formats)]

    def architecture(self, name: str) -> Architecture:
        """Return an architecture by its name; raises `NotFound`."""
        self.plugins()
        return _found(self._architectures, name, "architecture")

    def architectures(self, task: Task | None = None) -> Sequence[Architecture]:
        """Return architectures, of one task or of all, in the order plugins name them."""
        self.plugins()
        return [one for one in self._architectures.values() if task in (None, one.task)]

    def targets(self) -> Sequence[type[Compute]]:
        """Return the kinds of compute targets that plugins brought."""
        self.plugins()
        return list(self._targets)

    def assistants(self) -> Sequence[Assistant]:
        """Return all assistants, in the order plugins name them."""
        self.plugins()
        return list(self._assistants.values())

    def trackers(self) -> Sequence[type[Tracker]]:
        """Return all kinds of trackers, in the order plugins name them."""
        self.plugins()
        return list(self._trackers.values())

    def linkers(self) -> Sequence[Linker]:
        """Return all linkers, in the order plugins name them."""
        self.plugins()
        return list(self._linkers.values())

    def _load(self, state: PluginState) -> PluginState:
        if state.problem:
            return state
        try:
            if state.folder and state.folder not in sys.path:
                sys.path.append(state.folder)
            plugin = _attribute(state.target)
            if not isinstance(plugin, Plugin):
                raise PluginFailed(f"{state.target} is not a Plugin.")
            self._check_version(plugin)
            self._take(plugin)
        except Exception as error:  # noqa: BLE001  (one plugin must never stop the studio)
            reason = str(error) if isinstance(error, PluginFailed) else repr(error)
            return replace(state, problem=reason)
        return replace(state, title=plugin.title)

    @staticmethod
    def _check_version(plugin: Plugin) -> None:
        ours, theirs = API_VERSION.split("."), plugin.api.split(".")
        compatible = ours[0] == theirs[0] and (ours[0] != "0" or ours[1] == theirs[1])
        if not compatible:
            raise PluginFailed(
                f"It was written for studio.api {plugin.api}; this studio has {API_VERSION}.",
                "Look for another version of the plugin.",
            )

    def _take(self, plugin: Plugin) -> None:
        """Take all contributions, or none if one of them is broken."""
        operations = {}
        for name in plugin.operations:
            one = _attribute(name)
            if not isinstance(one, Operation):
                raise PluginFailed(f"{name} is not an operation.")
            if one.id in self._operations:
                raise PluginFailed(f"Another plugin already brings the operation {one.id}.")
            operations[one.id] = one
        formats = {}
        for name in plugin.formats:
            made: Format = _attribute(name)()
            if made.name in self._formats:
                raise PluginFailed(f"Another plugin already brings the format {made.name}.")
            formats[made.name] = made
        architectures = {}
        for name in plugin.architectures:
            found = _attribute(name)
            for one in found if isinstance(found, (list, tuple)) else (found,):
                if one.name in self._architectures:
                    raise PluginFailed(f"Another plugin already brings {one.name}.")
                architectures[one.name] = one
        targets = [_attribute(name) for name in plugin.targets]
        assistants = self._new_assistants(plugin)
        trackers = self._new_trackers(plugin)
        linkers: dict[str, Linker] = {one.id: one() for one in map(_attribute, plugin.linkers)}
        self._operations |= operations
        self._formats |= formats
        self._architectures |= architectures
        self._targets += targets
        self._assistants |= assistants
        self._trackers |= trackers
        self._linkers |= linkers

    def _new_assistants(self, plugin: Plugin) -> dict[str, Assistant]:
        made: dict[str, Assistant] = {}
        for name in plugin.assistants:
            one = _attribute(name)()
            if not isinstance(one, Assistant):
                raise PluginFailed(f"{name} is not an assistant.")
            if one.id in self._assistants or one.id in made:
                raise PluginFailed(f"Another plugin already brings the assistant {one.id}.")
            made[one.id] = one
        return made

    def _new_trackers(self, plugin: Plugin) -> dict[str, type[Tracker]]:
        kinds: dict[str, type[Tracker]] = {}
        for name in plugin.trackers:
            kind = _attribute(name)
            if not (isinstance(kind, type) and issubclass(kind, Tracker)):
                raise PluginFailed(f"{name} is not a tracker.")
            if kind.id in self._trackers or kind.id in kinds:
                raise PluginFailed(f"Another plugin already brings the tracker {kind.id}.")
            kinds[kind.id] = kind
        return kinds


def _attribute(dotted: str) -> Any:
    module, _, name = dotted.partition(":")
    return getattr(importlib.import_module(module), name)


def _in_folder(folder: Path) -> list[PluginState]:
    found = []
    for file in sorted(folder.glob("*/pyproject.toml")):
        try:
            document = tomllib.loads(file.read_text("utf-8"))
            project = document["project"]
            entries = project["entry-points"][_GROUP]
        except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError) as error:
            name = file.parent.name
            reason = f"Its pyproject.toml names no plugin: {error!r}."
            found.append(PluginState(name, name, "", str(file.parent), "", reason))
            continue
        for name, target in entries.items():
            version = str(project.get("version", ""))
            found.append(PluginState(name, name, version, str(file.parent), str(target)))
    return found


def _installed_distributions(known: set[str]) -> list[PluginState]:
    found = []
    for entry in metadata.entry_points(group=_GROUP):
        if entry.name not in known:
            version = entry.dist.version if entry.dist else ""
            found.append(PluginState(entry.name, entry.name, version, "", entry.value))
    return found


def _found(things: Mapping[str, T], name: str, noun: str) -> T:
    if name in things:
        return things[name]
    close = difflib.get_close_matches(name, things, 3)
    raise NotFound(
        f"There is no {noun} “{name}”.",
        f"Did you mean {', '.join(close)}?" if close else "`studio plugins` lists what there is.",
    )
