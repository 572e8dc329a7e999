"""A network trained on another host is, bit by bit, the one trained here."""

from __future__ import annotations

from pathlib import Path

import pytest

from studio import app
from studio.domain.artefacts import get_artefact
from studio.domain.datasets import SplitPlan
from studio.domain.ids import Digest
from studio.domain.models import ModelVersion
from studio.errors import HostUntrusted
from studio.services.samples import Samples
from studio.services.session import Session
from tests.compute.conftest import Server

pytestmark = [pytest.mark.sshd, pytest.mark.slow]


def train(session: Session, dataset: Digest, target: str) -> ModelVersion:
    made = session.runner.submit(
        "train.classifier",
        {"architecture": "small_cnn", "epochs": 1},
        {"dataset": dataset},
        seed=5,
        device="cpu",
        target=target,
        again=True,
    )
    assert made.job is not None
    ended = session.runner.wait(made.job)
    assert ended.state == "finished", ended
    steps, losses = session.runner.record(made.job).curves["loss"].arrays()
    assert len(steps) > 10
    assert losses[-1] < losses[0]
    return get_artefact(session.project.store, ended.outputs["model"], ModelVersion)


def test_it_gives_the_same_weights_there_as_here(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_HOME", str(tmp_path / "home"))
    # Sums over other numbers of threads have other last bits; SSH hands no such wish on.
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    studio = app.studio()
    session = Samples(studio.create).create("digits", tmp_path / "project")
    split = session.datasets.create(SplitPlan(seed=1))
    assert split.job is not None
    dataset = session.runner.wait(split.job).outputs["dataset"]
    here = train(session, dataset, "local")

    host = server.host(folder=str(tmp_path / "far"))
    studio.settings.set("hosts", [host.model_dump()])
    assert session.runner.targets() == ["local", "loop"]
    with pytest.raises(HostUntrusted):
        train(session, dataset, "loop")
    keys = studio.keys()
    keys.trust(host, keys.offered(host).fingerprint)
    there = train(session, dataset, "loop")
    assert there.weights == here.weights
    assert there == here
    session.close()
