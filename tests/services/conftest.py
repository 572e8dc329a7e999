"""A project with the arithmetic plugin, whose jobs run in real worker processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from studio.compute.local import LocalCompute
from studio.domain.artefacts import get_artefact
from studio.domain.ids import Digest
from studio.domain.packaging import Files
from studio.domain.project import Project
from studio.services.job_runner import JobRunner
from studio.services.pipelines import Pipelines
from studio.services.plugin_host import PluginHost
from studio.storage.project_files import DiskProjectFiles

PLUGINS = Path(__file__).resolve().parents[1] / "fakes" / "plugins"


@dataclass
class Bench:
    """What the tests of jobs and pipelines work with."""

    project: Project
    plugins: PluginHost
    runner: JobRunner
    pipelines: Pipelines

    def number(self, outputs: dict[str, Digest], port: str = "files") -> int:
        files = get_artefact(self.project.store, outputs[port], Files)
        return int(self.project.store.get(files.files["n"]))

    def reopened(self) -> Bench:
        """Return the same project as a second window would see it after the first is gone."""
        self.runner.close()
        self.project.close()
        return open_bench(self.project.folder)


def open_bench(folder: Path) -> Bench:
    files = DiskProjectFiles()
    there = files.is_project(folder)
    project = files.open(folder) if there else files.create(folder, "bench")
    plugins = PluginHost([PLUGINS], installed=False)
    compute = LocalCompute(folder / "objects", [PLUGINS], grace_seconds=1.0)
    runner = JobRunner(project, plugins, {"local": compute})
    pipelines = Pipelines(project, plugins, runner, lambda: Digest(""))
    return Bench(project, plugins, runner, pipelines)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    made = open_bench(tmp_path / "project")
    yield made
    made.project.close()


@pytest.fixture
def wait_until() -> Callable[[Callable[[], bool]], None]:
    import time

    def wait(there: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 30
        while not there():
            assert time.monotonic() < deadline, "it did not happen within 30 s"
            time.sleep(0.02)

    return wait
