"""Projects of a person: make one, open one, and remember which were open lately."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from studio.domain.ids import JsonValue
from studio.domain.project import Project, ProjectFiles
from studio.errors import BadInput
from studio.services.settings import Settings

REMEMBERED = 20
"""So many recent projects are kept."""


@dataclass(frozen=True, slots=True)
class RecentProject:
    """A project that was open lately."""

    name: str
    folder: Path
    exists: bool
    """Whether the folder still holds a project."""


class Projects:
    """Opens projects and keeps the list of recent ones.

    Parameters
    ----------
    files : ProjectFiles
        Where projects come from.
    settings : Settings
        Keeps the list.
    """

    def __init__(self, files: ProjectFiles, settings: Settings) -> None:
        self._files = files
        self._settings = settings

    def create(self, folder: Path, name: str) -> Project:
        """Make an empty project and open it; see `ProjectFiles.create` for what can go wrong.

        Raises
        ------
        BadInput
            If the name is empty.
        """
        if not name.strip():
            raise BadInput("A project needs a name.", "Give it one.")
        project = self._files.create(_absolute(folder), name.strip())
        self._remember(project)
        return project

    def open(self, folder: Path) -> Project:
        """Open a project; see `ProjectFiles.open` for what can go wrong."""
        project = self._files.open(_absolute(folder))
        self._remember(project)
        return project

    def recent(self) -> list[RecentProject]:
        """List the projects that were open lately, newest first."""
        return [
            RecentProject(name, folder, self._files.is_project(folder))
            for name, folder in self._listed()
        ]

    def forget(self, folder: Path) -> None:
        """Take a project off the list; the project itself is left alone."""
        self._keep([one for one in self._listed() if one[1] != _absolute(folder)])

    def _remember(self, project: Project) -> None:
        others = [one for one in self._listed() if one[1] != project.folder]
        self._keep([(project.name, project.folder), *others])

    def _listed(self) -> list[tuple[str, Path]]:
        found: list[tuple[str, Path]] = []
        entries = self._settings.get("recent")
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get("folder"), str):
                folder = Path(str(entry["folder"]))
                found.append((str(entry.get("name") or folder.name), folder))
        return found

    def _keep(self, listed: list[tuple[str, Path]]) -> None:
        entries: list[JsonValue] = [
            {"name": name, "folder": str(folder)} for name, folder in listed[:REMEMBERED]
        ]
        self._settings.set("recent", entries)


def _absolute(folder: Path) -> Path:
    return folder.expanduser().resolve()
