"""All about the quality of labels in one hand."""

from __future__ import annotations

from collections.abc import Callable

from studio.domain.ids import Digest
from studio.domain.labels import LABELS, LayerName, LayerStatistics
from studio.domain.project import Project
from studio.services.job_runner import JobRunner
from studio.services.quality.annotators import Annotators
from studio.services.quality.checks import Checks
from studio.services.quality.consensus import Agreeing
from studio.services.quality.looking import Looking


class Quality:
    """What can be asked about the labels of a project.

    Parameters
    ----------
    project : Project
        Whose labels.
    runner : JobRunner
        Runs what takes long.
    snapshot : callable
        Freezes the project's labels and gives their digest.
    """

    def __init__(self, project: Project, runner: JobRunner, snapshot: Callable[[], Digest]) -> None:
        self._project = project
        self.annotators = Annotators(project)
        self.agreeing = Agreeing(project, self.annotators)
        self.checks = Checks(project, self.annotators)
        self.looking = Looking(project, runner, snapshot)

    def statistics(self, layer: LayerName = LABELS) -> LayerStatistics:
        """Count what stands in a layer, over the index: no shape is read."""
        return self._project.state.layer(layer).statistics()
