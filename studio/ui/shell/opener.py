"""What the window needs of the house to open projects."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from studio.services.plugin_host import PluginHost
    from studio.services.projects import Projects
    from studio.services.session import Session
    from studio.services.settings import Settings


class Opener(Protocol):
    """The composed studio, as `studio.app` makes it."""

    @property
    def projects(self) -> Projects:
        """Recent projects."""

    @property
    def plugins(self) -> PluginHost:
        """What plugins brought, and which of them failed."""

    @property
    def settings(self) -> Settings:
        """The person's settings."""

    def open(self, folder: Path) -> Session:
        """Open a project."""

    def create(self, folder: Path, name: str) -> Session:
        """Make a project and open it."""
