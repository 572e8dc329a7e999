"""The digest of the source that an operation can reach, and of the packages that source uses.

The imports of a module are read from its text, without running it, those inside functions too;
each module of the studio or of a plugin that is named there is read in turn. What lies outside, a
package from somebody else, enters with its version.
"""

from __future__ import annotations

import ast
import hashlib
import importlib.util
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import metadata
from pathlib import Path

_OWN = ("studio", "studio_")


def code_digest(modules: Iterable[str]) -> str:
    """Digest the sources reachable from some modules and the versions of what they use.

    Parameters
    ----------
    modules : iterable of str
        Dotted names; those that cannot be found are passed over.

    Returns
    -------
    str
        64 hexadecimal digits.
    """
    sources, packages = _closure(sorted(set(modules)))
    digest = hashlib.sha256()
    for name in sorted(sources):
        digest.update(name.encode() + b"\0" + sources[name] + b"\0")
    for name in sorted(packages):
        digest.update(f"{name}=={_version(name)}\0".encode())
    digest.update(f"python {sys.version_info[0]}.{sys.version_info[1]}".encode())
    return digest.hexdigest()


def _closure(modules: list[str]) -> tuple[dict[str, bytes], set[str]]:
    sources: dict[str, bytes] = {}
    packages: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name in sources:
            continue
        if not name.split(".")[0].startswith(_OWN):
            packages.add(name.split(".")[0])
            continue
        path = _file(name)
        if path is not None:
            sources[name] = path.read_bytes()
            todo += _imports(sources[name])
    return sources, packages


@cache
def _file(module: str) -> Path | None:
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, AttributeError, ValueError):
        return None
    origin = spec.origin if spec else None
    return Path(origin) if origin and origin.endswith(".py") else None


def _imports(source: bytes) -> set[str]:
    """Name the modules that a source imports; `from a import b` gives both `a` and `a.b`."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
            if node.module.split(".")[0].startswith(_OWN):
                found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


@cache
def _distributions() -> Mapping[str, list[str]]:
    return metadata.packages_distributions()


@cache
def _version(package: str) -> str:
    if package in sys.stdlib_module_names:
        return ""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        names = _distributions().get(package, [])
        return ",".join(f"{name} {metadata.version(name)}" for name in sorted(set(names)))
