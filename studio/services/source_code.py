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
from functools import cache, lru_cache
from importlib import metadata
from pathlib import Path

_OWN = ("studio", "studio_")


def code_digest(modules: Iterable[str]) -> str:
    """Digest the sources reachable from some modules and the versions of what they use.

    Parameters
    ----------
    modules : iterable of str
        Dotted names; those that cannot be found are passed over. Their top packages count as
        source, whatever they are called.

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


def reads_attribute(module: str, attribute: str) -> bool:
    """Tell whether a module, or one of its own package that it imports, reads an attribute.

    Parameters
    ----------
    module : str
        Dotted name.
    attribute : str
        For example `engine`, as in `ctx.engine`.
    """
    sources, _ = _closure([module])
    return any(
        isinstance(node, ast.Attribute) and node.attr == attribute
        for name, source in sources.items()
        if _top(name) == _top(module)
        for node in ast.walk(ast.parse(source))
    )


def _closure(modules: list[str]) -> tuple[dict[str, bytes], set[str]]:
    own = {_top(name) for name in modules}
    sources: dict[str, bytes] = {}
    packages: set[str] = set()
    todo = list(modules)
    while todo:
        name = todo.pop()
        if name in sources:
            continue
        if _top(name) not in own and not _top(name).startswith(_OWN):
            packages.add(_top(name))
            continue
        path = _file(name)
        if path is not None:
            sources[name] = path.read_bytes()
            package = name if path.name == "__init__.py" else name.rpartition(".")[0]
            todo += _imports(sources[name], package)
    return sources, packages


def _top(name: str) -> str:
    return name.partition(".")[0]


@cache
def _file(module: str) -> Path | None:
    """Find a module's source on the disk; importing its parents could load torch."""
    top, *parts = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    if spec is None:
        return None
    if not parts:
        return Path(spec.origin) if spec.origin and spec.origin.endswith(".py") else None
    for folder in spec.submodule_search_locations or ():
        path = Path(folder, *parts)
        for file in (path / "__init__.py", path.with_suffix(".py")):
            if file.is_file():
                return file
    return None


@lru_cache(4096)
def _imports(source: bytes, package: str) -> frozenset[str]:
    """Name the modules that a source imports; `from a import b` gives both `a` and `a.b`.

    Parameters
    ----------
    package : str
        Where the source stands, for imports that begin with dots.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: -(node.level - 1) or None]
                base = ".".join([*above, *filter(None, [base])])
            found.add(base)
            found |= {f"{base}.{alias.name}" for alias in node.names}
    return frozenset(found)


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
