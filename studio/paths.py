"""Folders that belong to the person and to the installation, never to a project."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

_APP = "visual-ai-studio"


def _home(kind: str, default: str) -> Path:
    override = os.environ.get("STUDIO_HOME")
    return Path(override) / kind if override else Path(default)


def settings_folder() -> Path:
    """Where settings, recent projects and known hosts are kept; `STUDIO_HOME` moves it."""
    return _home("config", platformdirs.user_config_dir(_APP))


def data_folder() -> Path:
    """Where the person's plugins and sample projects are kept; `STUDIO_HOME` moves it."""
    return _home("data", platformdirs.user_data_dir(_APP))


def cache_folder() -> Path:
    """Where things are kept that may be thrown away; `STUDIO_HOME` moves it."""
    return _home("cache", platformdirs.user_cache_dir(_APP))


def installation() -> Path:
    """The folder that holds `studio/`, `plugins/` and `resources/`."""
    return Path(__file__).resolve().parent.parent


def resources() -> Path:
    """Icons, themes, fonts, templates, samples and help that ship with the studio."""
    return installation() / "resources"


def builtin_plugins() -> Path:
    """The folder of plugins that ship with the studio."""
    return installation() / "plugins"
