"""What a plugin says about itself.

A plugin is a folder with a `pyproject.toml` whose table `[project.entry-points."studio.plugins"]`
names one `Plugin`; it may also be an installed distribution with the same entry point. Nothing of
it is imported before it is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Plugin"]


@dataclass(frozen=True, slots=True)
class Plugin:
    """The contributions of a plugin, as dotted names `module:attribute` that are loaded late.

    Attributes
    ----------
    name : str
        As in the entry point.
    title : str
        For the list of plugins.
    api : str
        Version of `studio.api` it was written for: `0.1`. The first number must match, while it is
        0 the second one too.
    operations, formats, architectures, targets : tuple of str
        Dotted names of `Operation`, `Format`, `Architecture` values and `Compute` classes.
    assistants : tuple of str
        Dotted names of `Assistant` classes.
    trackers, linkers : tuple of str
        Dotted names of `Tracker` and `Linker` classes.
    """

    name: str
    title: str
    api: str
    operations: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    architectures: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    assistants: tuple[str, ...] = ()
    trackers: tuple[str, ...] = ()
    linkers: tuple[str, ...] = ()
