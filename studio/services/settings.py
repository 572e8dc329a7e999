"""Settings of a person: one table says what there is, one small file keeps what was changed."""

from __future__ import annotations

import contextlib
import os
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import orjson
from psygnal import Signal

from studio.domain.ids import JsonValue
from studio.errors import BadInput, StudioError

SettingKind: TypeAlias = Literal["choice", "bool", "list"]


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing a person can set; the settings dialog is generated from these."""

    key: str
    group: str
    label: str
    kind: SettingKind
    default: JsonValue
    choices: tuple[str, ...] = ()
    note: str = ""


SETTINGS: tuple[Setting, ...] = (
    Setting(
        "theme",
        "Appearance",
        "Theme",
        "choice",
        "system",
        ("light", "dark", "contrast", "system"),
        "System follows the desktop.",
    ),
    Setting(
        "device",
        "Compute",
        "Device",
        "choice",
        "auto",
        ("auto", "cpu", "cuda"),
        "Auto takes a GPU where there is one.",
    ),
    Setting(
        "hosts",
        "Compute",
        "Hosts reached by SSH",
        "list",
        [],
        (),
        "Each with name, host, port, user, key file, Python and folder.",
    ),
    Setting("keys", "Keys", "Keys of commands", "list", [], (), "Pairs of a command and its keys."),
    Setting("label_page", "Label page", "What is switched on there", "list", []),
    Setting("recent", "Projects", "Recent projects", "list", []),
    Setting("tour_done", "Help", "The tour was taken", "bool", False),
)


class Settings:
    """What a person set, in a file that is replaced as a whole at each change.

    Parameters
    ----------
    folder : Path
        Holds `settings.json`; need not exist yet.
    """

    changed = Signal(str)
    """Carries the key."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "settings.json"
        self._table = {setting.key: setting for setting in SETTINGS}
        self._lock = threading.Lock()

    def get(self, key: str) -> JsonValue:
        """Return what was set, or the default; a value that no longer fits counts as unset.

        Raises
        ------
        BadInput
            If there is no such setting.
        """
        setting = self._setting(key)
        values = self._read()
        if key in values and _fault(setting, values[key]) is None:
            return values[key]
        return setting.default

    def set(self, key: str, value: JsonValue) -> None:
        """Set one value, keep it at once and tell those who listen.

        Raises
        ------
        BadInput
            If there is no such setting, or it cannot have this value.
        StudioError
            If the file cannot be written.
        """
        setting = self._setting(key)
        if reason := _fault(setting, value):
            raise BadInput(f"“{setting.label}” {reason}.", "Choose another value.")
        with self._lock:
            values = self._read()
            if key in values and values[key] == value:
                return
            self._write({**values, key: value})
        self.changed.emit(key)

    def _setting(self, key: str) -> Setting:
        try:
            return self._table[key]
        except KeyError:
            known = ", ".join(sorted(self._table))
            raise BadInput(f"There is no setting “{key}”.", f"There are {known}.") from None

    def _read(self) -> dict[str, JsonValue]:
        try:
            document = orjson.loads(self._file.read_bytes())
        except (OSError, ValueError):
            return {}
        return document if isinstance(document, dict) else {}

    def _write(self, values: dict[str, JsonValue]) -> None:
        part = self._file.with_name(f".settings.{os.getpid()}.{secrets.token_hex(4)}.part")
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            self._set_aside_if_broken()
            part.write_bytes(orjson.dumps(values, option=orjson.OPT_INDENT_2))
            part.replace(self._file)
        except OSError as error:
            with contextlib.suppress(OSError):
                part.unlink()
            raise StudioError(
                f"The settings could not be kept in {self._file} ({error.strerror}).",
                "Make room on the disk or change the folder's permissions.",
            ) from error

    def _set_aside_if_broken(self) -> None:
        """Keep a file that cannot be read under another name before a new one takes its place."""
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return
        try:
            whole = isinstance(orjson.loads(data), dict)
        except ValueError:
            whole = False
        if not whole:
            self._file.replace(self._file.with_suffix(".broken.json"))


def _fault(setting: Setting, value: JsonValue) -> str | None:
    if setting.kind == "choice" and value not in setting.choices:
        return f"can be {', '.join(setting.choices)}, not “{value}”"
    if setting.kind == "bool" and not isinstance(value, bool):
        return f"can be on or off, not “{value}”"
    if setting.kind == "list" and not isinstance(value, list):
        return f"is a list, not “{value}”"
    return None
