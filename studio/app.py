"""Where the house is wired for a person: the only file that knows every floor."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from studio import paths
from studio.compute.local import LocalCompute
from studio.domain.jobs import Compute
from studio.domain.project import Project
from studio.services.dataset_versions import DatasetVersions
from studio.services.importing import Importing
from studio.services.job_runner import JobRunner
from studio.services.labelling import Labelling
from studio.services.packaging import Packaging
from studio.services.pipelines import Pipelines
from studio.services.plugin_host import PluginHost
from studio.services.projects import Projects
from studio.services.samples import Samples
from studio.services.session import Session
from studio.services.settings import Settings
from studio.storage.project_files import DiskProjectFiles


class Studio:
    """Everything that is there before a project is open.

    Parameters
    ----------
    settings : Settings
        The person's.
    plugins : PluginHost
        Nothing is loaded before it is asked.
    """

    def __init__(self, settings: Settings, plugins: PluginHost, folders: list[Path]) -> None:
        self.settings = settings
        self.plugins = plugins
        self.projects = Projects(DiskProjectFiles(), settings)
        self._folders = folders

    def open(self, folder: Path) -> Session:
        """Open a project with all its deeds; raises what `ProjectFiles.open` raises."""
        return self._session(self.projects.open(folder))

    def create(self, folder: Path, name: str) -> Session:
        """Make a project and open it; raises what `ProjectFiles.create` raises."""
        return self._session(self.projects.create(folder, name))

    def _session(self, project: Project) -> Session:
        runner = JobRunner(project, self.plugins, self._targets(project))
        datasets = DatasetVersions(project, runner)
        return Session(
            project=project,
            plugins=self.plugins,
            settings=self.settings,
            runner=runner,
            labelling=Labelling(project),
            importing=Importing(project, self.plugins, runner),
            datasets=datasets,
            packaging=Packaging(project, runner),
            pipelines=Pipelines(project, self.plugins, runner, datasets.snapshot),
        )

    def _targets(self, project: Project) -> Mapping[str, Compute]:
        store = project.folder / "objects"
        return {"local": LocalCompute(store, self._folders)}


def studio() -> Studio:
    """Wire the studio; cheap, since plugins and torch are loaded when they are needed."""
    folders = [paths.builtin_plugins(), paths.data_folder() / "plugins"]
    return Studio(Settings(paths.settings_folder()), PluginHost(folders), folders)


def window(project: Path | None, *, sample: bool = False) -> int:
    """Open the window; returns its exit code.

    Parameters
    ----------
    project : Path, optional
        To open at once.
    sample : bool
        Open the sample project, making it first if it is not there.
    """
    from studio.ui.main import run

    if sample and project is None:
        project = paths.data_folder() / "samples" / "digits"
        if not (project / "project.json").exists():
            Samples(studio().create).create("digits", project).close()
    return run(studio(), project)
