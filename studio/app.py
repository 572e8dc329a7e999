"""Where the house is wired for a person: the only file that knows every floor."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from studio import paths
from studio.compute.host import Host
from studio.compute.labelimg import LabelImgProgram
from studio.compute.residents import ResidentProcess
from studio.compute.targets import Targets, hosts
from studio.domain.project import Project
from studio.services.active_learning import ActiveLearning
from studio.services.assisting import Assisting
from studio.services.branching import Branching
from studio.services.dataset_versions import DatasetVersions
from studio.services.exporting import Exporting
from studio.services.filming import Filming
from studio.services.following import Following
from studio.services.importing import Importing
from studio.services.job_runner import JobRunner
from studio.services.labelimg import LabelImg
from studio.services.labelling import Labelling
from studio.services.packaging import Packaging
from studio.services.pipelines import Pipelines
from studio.services.plugin_host import PluginHost
from studio.services.prelabelling import Prelabelling
from studio.services.projects import Projects
from studio.services.prompting import SERVER as PROMPT_SERVER
from studio.services.prompting import Prompting
from studio.services.proposals import Proposals
from studio.services.quality import Quality
from studio.services.reviewing import Reviewing
from studio.services.session import Session
from studio.services.settings import Settings
from studio.services.shaping import Shaping
from studio.services.tracing import Tracing
from studio.services.tracking import Tracking
from studio.storage.project_files import DiskProjectFiles

if TYPE_CHECKING:
    from studio.compute.host_keys import HostKeys


class Studio:
    """Everything that is there before a project is open.

    Parameters
    ----------
    settings : Settings
        The person's.
    plugins : PluginHost
        Nothing is loaded before it is asked.
    folders : list of Path
        Of plugins; workers find theirs there too.
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

    def hosts(self) -> list[Host]:
        """Return the hosts of the settings, those that can be read as such."""
        return hosts(self.settings.get("hosts"))

    def keys(self) -> HostKeys:
        """Return the keys of hosts: `offered` shows one, `trust` keeps it once confirmed."""
        from studio.compute.host_keys import HostKeys

        return HostKeys(_known_hosts())

    def _learner(self, module: str) -> ResidentProcess:
        """Return the process that an assistant of a plugin learns in."""
        folders = [state.folder for state in self.plugins.plugins() if state.folder]
        return ResidentProcess(module, folders)

    def _session(self, project: Project) -> Session:
        targets = Targets(project, self.settings, self.plugins, self._folders, _known_hosts())
        runner = JobRunner(project, self.plugins, targets, targets.close)
        datasets = DatasetVersions(project, runner)
        labelling = Labelling(project)
        return Session(
            project=project,
            plugins=self.plugins,
            settings=self.settings,
            runner=runner,
            labelling=labelling,
            shaping=Shaping(project, labelling),
            prelabelling=Prelabelling(project, runner),
            active=ActiveLearning(project, runner, datasets.snapshot),
            proposals=Proposals(project, labelling),
            assisting=Assisting(project, labelling, self.plugins, self._learner),
            prompting=Prompting(project.store, ResidentProcess(PROMPT_SERVER), _embeddings()),
            labelimg=LabelImg(project, labelling, labelimg_program()),
            branching=Branching(project),
            reviewing=Reviewing(project),
            quality=Quality(project, runner, datasets.snapshot),
            tracing=Tracing(project),
            filming=Filming(project),
            tracking=Tracking(project),
            following=Following(project, self.plugins),
            importing=Importing(project, self.plugins, runner),
            exporting=Exporting(project, self.plugins),
            datasets=datasets,
            packaging=Packaging(project, runner),
            pipelines=Pipelines(project, self.plugins, runner, datasets.snapshot),
        )


def _embeddings() -> Path:
    return paths.cache_folder() / "embeddings"


def labelimg_program() -> LabelImgProgram:
    """Return labelImg as it is installed for this person."""
    return LabelImgProgram(paths.data_folder() / "labelimg")


def _known_hosts() -> Path:
    return paths.settings_folder() / "known_hosts"


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
        Open the sample project, making it first if it is not there; a given project goes first.
    """
    from studio.ui.main import run

    return run(studio(), project, sample="digits" if sample else "")
