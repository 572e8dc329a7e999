"""An open project with every deed that can be done in it; both doors work with this."""

from __future__ import annotations

from dataclasses import dataclass

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
from studio.services.prompting import Prompting
from studio.services.proposals import Proposals
from studio.services.quality import Quality
from studio.services.reviewing import Reviewing
from studio.services.settings import Settings
from studio.services.shaping import Shaping
from studio.services.tracing import Tracing
from studio.services.tracking import Tracking


@dataclass(frozen=True)
class Session:
    """What a window or a command has in hand while a project is open."""

    project: Project
    plugins: PluginHost
    settings: Settings
    runner: JobRunner
    labelling: Labelling
    shaping: Shaping
    prelabelling: Prelabelling
    active: ActiveLearning
    proposals: Proposals
    prompting: Prompting
    assisting: Assisting
    labelimg: LabelImg
    branching: Branching
    reviewing: Reviewing
    quality: Quality
    tracing: Tracing
    filming: Filming
    tracking: Tracking
    following: Following
    importing: Importing
    exporting: Exporting
    datasets: DatasetVersions
    packaging: Packaging
    pipelines: Pipelines

    def close(self) -> None:
        """Stop following jobs (they go on) and give the project's lock back."""
        self.runner.close()
        self.prompting.close()
        self.assisting.close()
        self.filming.close()
        self.project.close()
