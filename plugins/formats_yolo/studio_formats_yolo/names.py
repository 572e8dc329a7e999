"""The names of labels in a YOLO folder: from `data.yaml`, or one a line in a text file.

Of YAML only the key `names` is read, in the three ways in which it is written there: a list in
brackets, a list of dashes, a table of numbers.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from studio.api.files import lines_of
from studio_formats_yolo.rows import Joints

_PLAIN = ("classes.txt", "obj.names", "predefined_classes.txt", "labels.txt")
_QUOTED = re.compile(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"")
_SHAPE = re.compile(r"^kpt_shape:\s*\[\s*(\d{1,6})\s*,\s*([23])\s*\]")
MOST_JOINTS = 10_000
_ENTRY = re.compile(r"^\s*(?:(\d+)\s*:|-)\s+(.*)$")


def read_names(folder: Path) -> list[str]:
    """Return the names of the labels in the order of their numbers; empty if they are not there."""
    for file in (*sorted(folder.glob("*.yaml")), *sorted(folder.glob("*.yml"))):
        names = _from_yaml(_text(file))
        if names:
            return names
    for name in _PLAIN:
        lines = [line.strip() for line in _text(folder / name)]
        while lines and not lines[-1]:
            lines.pop()
        if lines:
            return _distinct(lines)
    return []


def read_facts(folder: Path) -> tuple[str, Joints]:
    """Return what `data.yaml` says of its rows: the task, empty for unsaid, and the joints."""
    task, joints = "", Joints()
    for file in (*sorted(folder.glob("*.yaml")), *sorted(folder.glob("*.yml"))):
        for line in _text(file):
            shape = _SHAPE.match(line)
            if shape and int(shape[1]) <= MOST_JOINTS:
                joints = Joints(int(shape[1]), int(shape[2]))
            if line.startswith("task:"):
                task = _unquoted(_bare(line.removeprefix("task:")))
    return task, joints


def quoted(name: str) -> str:
    """Write a name so that any YAML reader takes it for a text."""
    return json.dumps(name, ensure_ascii=False)


def _text(file: Path) -> list[str]:
    try:
        return lines_of(file) if file.is_file() else []
    except (ValueError, OSError):
        return []


def _from_yaml(lines: list[str]) -> list[str]:
    for number, line in enumerate(lines):
        if not line.startswith("names:"):
            continue
        rest = _bare(line.removeprefix("names:"))
        if rest:
            return _in_brackets(rest, lines[number + 1 :])
        entries: dict[int, str] = {}
        for entry in lines[number + 1 :]:
            found = _ENTRY.match(entry)
            if found:
                entries[int(found[1] or len(entries))] = _value(found[2])
            elif entry.strip() and not entry.lstrip().startswith("#"):
                break
        if entries and max(entries) < 100_000:
            return _distinct([entries.get(k, "") for k in range(max(entries) + 1)])
    return []


def _in_brackets(start: str, further: list[str]) -> list[str]:
    text = start
    for line in further:
        if text.endswith(("]", "}")):
            break
        text += " " + _bare(line)
    inner = re.findall(r"'(?:[^']|'')*'|\"(?:[^\"\\]|\\.)*\"|[^,\[\]{}]+", text)
    words = [word.strip() for word in inner if word.strip()]
    if text.startswith("{"):
        words = [word.partition(":")[2].strip() or word for word in words if word != ":"]
    return _distinct([_unquoted(word) for word in words])


def _value(text: str) -> str:
    """Read one value; a `#` inside quotes begins no comment."""
    start = _QUOTED.match(text.strip())
    return _unquoted(start[0] if start else _bare(text))


def _bare(text: str) -> str:
    """Take white space and a comment off the end."""
    return re.sub(r"\s+#.*$", "", text).strip()


def _unquoted(text: str) -> str:
    if len(text) >= 2 and text[0] == text[-1] == '"':
        try:
            return str(json.loads(text))
        except ValueError:
            return text[1:-1]
    if len(text) >= 2 and text[0] == text[-1] == "'":
        return text[1:-1].replace("''", "'")
    return text


def _distinct(names: list[str]) -> list[str]:
    """Give empty and repeated names a number, so that the order stays."""
    seen: set[str] = set()
    found = []
    for number, name in enumerate(names):
        own = name if name and name not in seen else f"{name or 'label'} {number}"
        seen.add(own)
        found.append(own)
    return found
