"""Training learns, resumes bit for bit after a kill, and refuses what it cannot use."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from studio.api.images import png
from studio.compute.local import LocalCompute
from studio.domain.artefacts import get_artefact, put_artefact
from studio.domain.datasets import DatasetItem, DatasetVersion, Split, SplitPlan
from studio.domain.geometry import Box, Geometry, Tag
from studio.domain.ids import Digest
from studio.domain.jobs import JobExit
from studio.domain.labels import AnnotatedMedia, LabelSchema, Shape, ShapeId, extended
from studio.domain.media import MediaItem, media_id
from studio.domain.models import ModelVersion
from studio.domain.project import Project
from studio.paths import builtin_plugins
from studio.services.job_runner import JobRunner
from studio.services.plugin_host import PluginHost
from studio.storage.project_files import DiskProjectFiles

SMALL = {"image_size": 16, "epochs": 3, "batch_size": 12, "checkpoint_seconds": 0.0}


@dataclass
class Gym:
    """A project whose jobs train."""

    project: Project
    runner: JobRunner
    _undisturbed: dict[str, JobExit] = field(default_factory=dict)

    def undisturbed(self, dataset: Digest, task: str = "classifier", **params: object) -> JobExit:
        """Train to the end, once for all tests that compare with it."""
        key = f"{dataset} {task} {sorted(params.items())}"
        if key not in self._undisturbed:
            self._undisturbed[key] = self.train(dataset, task, **params)
        return self._undisturbed[key]

    def dataset(
        self, boxes: bool = False, count: int = 48, labels: Sequence[str] = ("lying", "upright")
    ) -> Digest:
        """Make pictures of bright bars, upright or lying; the label says which."""
        schema = extended(LabelSchema(), labels)
        rng = np.random.default_rng(5)
        entries = []
        for number in range(count):
            upright = number % 2
            pixels = rng.integers(0, 60, (24, 24, 3)).astype(np.uint8)
            left, top = (int(v) for v in rng.integers(1, 10, 2))
            width, height = (4, 13) if upright else (13, 4)
            pixels[top : top + height, left : left + width] = 220
            label = schema.labels[upright].id
            geometry: Geometry = Tag()
            if boxes:
                geometry = Box(left, top, left + width, top + height)
            shape = Shape(id=ShapeId(f"s{number}"), label=label, geometry=geometry)
            digest = self.project.store.put(png(pixels))
            media = MediaItem(id=media_id(digest), name=f"{number}.png", width=24, height=24)
            split: Split = "val" if number % 6 == 0 else "train"
            item = AnnotatedMedia(media=media, shapes=(shape,))
            entries.append(DatasetItem(split=split, item=item))
        plan = SplitPlan(strategy="given")
        version = DatasetVersion.write(self.project.store, schema, plan, entries)
        return put_artefact(self.project.store, version)

    def train(self, dataset: Digest, task: str = "classifier", **params: object) -> JobExit:
        made = self.order(dataset, task, **params)
        return self.runner.wait(made)

    def order(self, dataset: Digest, task: str = "classifier", **params: object) -> str:
        values = SMALL | params
        made = self.runner.submit(
            f"train.{task}", values, {"dataset": dataset}, device="cpu", again=True
        )
        assert made.job is not None
        return made.job

    def model(self, ended: JobExit) -> ModelVersion:
        assert ended.state == "finished", ended
        return get_artefact(self.project.store, ended.outputs["model"], ModelVersion)


@pytest.fixture(scope="module")
def gym(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gym]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OMP_NUM_THREADS", "1")
        project = DiskProjectFiles().create(tmp_path_factory.mktemp("gym") / "project", "gym")
        plugins = PluginHost([builtin_plugins()], installed=False)
        local = LocalCompute(project.folder / "objects", [builtin_plugins()])
        yield Gym(project, JobRunner(project, plugins, {"local": local}))
        project.close()


def wait_for_step(gym: Gym, job: str, step: int) -> None:
    folder = gym.runner.folder(job)  # type: ignore[arg-type]
    deadline = time.monotonic() + 60
    while not list(folder.checkpoints.glob(f"step-{step:09}.pt")):
        assert time.monotonic() < deadline, "the training did not get that far"
        assert folder.exit() is None, "the training ended before it was killed"
        time.sleep(0.002)


def test_a_classifier_learns_and_records_every_step(gym: Gym) -> None:
    job = gym.order(gym.dataset(), epochs=12, learning_rate=0.01, augment=False)
    model = gym.model(gym.runner.wait(job))  # type: ignore[arg-type]
    assert model.metrics["val_accuracy"] >= 0.9
    steps, losses = gym.runner.record(job).curves["loss"].arrays()  # type: ignore[arg-type]
    assert steps.tolist() == list(range(12 * 3))
    assert losses[-1] < losses[0]


def test_equal_orders_give_equal_weights(gym: Gym) -> None:
    dataset = gym.dataset()
    first, second = gym.undisturbed(dataset), gym.train(dataset)
    assert gym.model(first).weights == gym.model(second).weights
    assert first.outputs == second.outputs
    assert gym.train(dataset, learning_rate=0.002).outputs != first.outputs


def test_a_killed_training_ends_with_the_same_weights_and_curve(gym: Gym) -> None:
    dataset = gym.dataset()
    whole = gym.order(dataset)
    undisturbed = gym.runner.wait(whole)  # type: ignore[arg-type]
    killed = gym.order(dataset)
    for step in (2, 4, 7):
        wait_for_step(gym, killed, step)
        lease = gym.runner.folder(killed).lease()  # type: ignore[arg-type]
        assert lease is not None
        os.kill(lease.pid, signal.SIGKILL)
        gym.runner.wait(killed)  # type: ignore[arg-type]
        gym.runner.resume(killed)  # type: ignore[arg-type]
    ended = gym.runner.wait(killed)  # type: ignore[arg-type]
    assert ended.outputs == undisturbed.outputs
    curves = [gym.runner.record(job).curves["loss"].arrays() for job in (whole, killed)]  # type: ignore[arg-type]
    assert curves[0][0].tolist() == curves[1][0].tolist()
    assert curves[0][1].tolist() == curves[1][1].tolist()


def test_a_damaged_checkpoint_falls_back_to_the_one_before(gym: Gym) -> None:
    dataset = gym.dataset()
    undisturbed = gym.undisturbed(dataset)
    job = gym.order(dataset)
    wait_for_step(gym, job, 5)
    folder = gym.runner.folder(job)  # type: ignore[arg-type]
    lease = folder.lease()
    assert lease is not None
    os.kill(lease.pid, signal.SIGKILL)
    gym.runner.wait(job)  # type: ignore[arg-type]
    newest = max(folder.checkpoints.glob("step-*.pt"))
    newest.write_bytes(newest.read_bytes()[:-100])
    gym.runner.resume(job)  # type: ignore[arg-type]
    assert gym.runner.wait(job).outputs == undisturbed.outputs  # type: ignore[arg-type]


def test_a_pause_writes_a_checkpoint_and_resume_goes_on(gym: Gym) -> None:
    dataset = gym.dataset()
    undisturbed = gym.train(dataset, epochs=150, checkpoint_seconds=1000)
    job = gym.order(dataset, epochs=150, checkpoint_seconds=1000)
    folder = gym.runner.folder(job)  # type: ignore[arg-type]
    deadline = time.monotonic() + 60
    while not any(m.kind == "metrics" for m in folder.read().messages):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    gym.runner.pause(job)  # type: ignore[arg-type]
    ended = gym.runner.wait(job)  # type: ignore[arg-type]
    assert ended.state == "paused"
    gym.runner.resume(job)  # type: ignore[arg-type]
    assert gym.runner.wait(job).outputs == undisturbed.outputs  # type: ignore[arg-type]


def test_a_detector_learns_to_find_bars(gym: Gym) -> None:
    dataset = gym.dataset(boxes=True)
    ended = gym.train(
        dataset, "detector", image_size=64, epochs=14, learning_rate=0.004, checkpoint_seconds=60
    )
    assert gym.model(ended).metrics["val_ap50"] > 0.3


def test_a_detector_resumes_bit_for_bit(gym: Gym) -> None:
    dataset = gym.dataset(boxes=True, count=24)
    small = {"image_size": 48, "epochs": 2, "batch_size": 5, "flip": True}
    undisturbed = gym.undisturbed(dataset, "detector", **small)
    job = gym.order(dataset, "detector", **small)
    wait_for_step(gym, job, 5)
    lease = gym.runner.folder(job).lease()  # type: ignore[arg-type]
    assert lease is not None
    os.kill(lease.pid, signal.SIGKILL)
    gym.runner.wait(job)  # type: ignore[arg-type]
    gym.runner.resume(job)  # type: ignore[arg-type]
    assert gym.runner.wait(job).outputs == undisturbed.outputs  # type: ignore[arg-type]


def test_an_architecture_for_another_task_is_refused(gym: Gym) -> None:
    ended = gym.train(gym.dataset(), architecture="fcos_small")
    assert ended.state == "failed"
    assert "detection" in ended.what_happened
    assert ended.what_to_do


def test_a_training_starts_from_a_file_of_weights(gym: Gym, tmp_path: Path) -> None:
    dataset = gym.dataset()
    first = gym.model(gym.undisturbed(dataset))
    file = tmp_path / "start.safetensors"
    gym.project.store.copy_to(first.weights, file)
    job = gym.order(dataset, weights=str(file))
    assert gym.runner.wait(job).state == "finished"  # type: ignore[arg-type]
    said = " ".join(line.text for line in gym.runner.record(job).logs)  # type: ignore[arg-type]
    assert "0 weights are new" in said


def start_words(gym: Gym, job: str) -> str:
    return " ".join(line.text for line in gym.runner.record(job).logs)  # type: ignore[arg-type]


def test_a_training_starts_from_a_model_that_knew_fewer_labels(gym: Gym) -> None:
    first = gym.undisturbed(gym.dataset())
    more = gym.dataset(labels=("lying", "upright", "bent"))
    made = gym.runner.submit(
        "train.classifier",
        SMALL | {"epochs": 1},
        {"dataset": more, "start": first.outputs["model"]},
        device="cpu",
    )
    assert made.job is not None
    model = gym.model(gym.runner.wait(made.job))
    assert len(model.label_schema.labels) == 3
    assert "2 weights are new: head.bias, head.weight" in start_words(gym, made.job)


def test_published_weights_that_cannot_be_fetched_are_explained(
    gym: Gym, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nothing listens there, so that the test is offline wherever it runs.
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("no_proxy", "")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    params = {"architecture": "resnet18", "pretrained": True, "image_size": 64}
    ended = gym.train(gym.dataset(), **params)
    assert ended.state == "failed"
    assert "could not be fetched" in ended.what_happened
    assert "resnet18-" in ended.what_to_do


@pytest.mark.parametrize(
    "params",
    [
        {"architecture": "convnext_tiny", "image_size": 8},
        {"architecture": "resnet18", "image_size": 16, "batch_size": 1},
    ],
)
def test_pictures_or_batches_too_small_for_a_network_are_refused(
    gym: Gym, params: dict[str, object]
) -> None:
    ended = gym.train(gym.dataset(), **params)
    assert ended.state == "failed"
    assert "cannot be trained on" in ended.what_happened
    assert "arger" in ended.what_to_do


def test_a_detector_with_nothing_drawn_is_refused(gym: Gym) -> None:
    ended = gym.train(gym.dataset(), "detector", image_size=32)
    assert ended.state == "failed"
    assert "Nothing is drawn" in ended.what_happened
