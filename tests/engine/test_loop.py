"""The loop by itself: what it does when numbers go wrong or the person wishes something."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
import torch
from torch import nn

from studio.api.engine import TrainingParams
from studio.engine.checkpoints import Checkpoint, Checkpoints
from studio.engine.loop import Loop, Precision
from studio.errors import BadInput, Cancelled, OutOfMemory, Paused
from tests.fakes.objects import MemoryObjects

Wish = Literal["pause", "cancel"] | None


class Quiet:
    """A context that remembers what it is told."""

    def __init__(self, folder: Path, wish: Callable[[], Wish] = lambda: None) -> None:
        self.store = MemoryObjects()
        self.seed = 0
        self.device = "cpu"
        self.folder = folder
        self.seen: dict[int, dict[str, float]] = {}
        self.logs: list[str] = []
        self._wish = wish

    def progress(self, done: int, total: int, unit: str = "") -> None:
        pass

    def metrics(self, step: int, /, **values: float) -> None:
        self.seen.setdefault(step, {}).update(values)

    def settle(self) -> None:
        pass

    def log(self, text: str, level: str = "info") -> None:
        self.logs.append(text)

    def asked(self) -> Wish:
        return self._wish()


class Line:
    """Fits y = 2x; from `sour` on the loss is no number."""

    steps_per_epoch = 10

    def __init__(self, sour: int = 10**9) -> None:
        self._sour = sour
        self.calls = 0

    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        self.calls += 1
        x = torch.linspace(-1, 1, 16)[:, None]
        loss: torch.Tensor = ((network(x) - 2 * x) ** 2).mean()
        return loss * float("nan") if self.calls > self._sour else loss

    def validate(self, network: nn.Module) -> dict[str, float]:
        weight = float(next(network.parameters()).detach().flatten()[0])
        return {"val_accuracy": -abs(weight - 2)}


def loop(ctx: Quiet, task: Line, **params: object) -> tuple[Loop, nn.Module]:
    torch.manual_seed(0)
    network = nn.Linear(1, 1)
    values = TrainingParams.model_validate({"epochs": 30, "learning_rate": 0.05} | params)
    precision = Precision(torch.device("cpu"))
    return Loop(ctx, network, task, values, precision), network


def test_it_learns_and_records_every_step(tmp_path: Path) -> None:
    ctx = Quiet(tmp_path)
    one, network = loop(ctx, Line())
    one.run()
    assert abs(float(next(network.parameters()).detach()) - 2) < 0.1
    assert sorted(ctx.seen) == list(range(300))
    assert all({"loss", "learning_rate"} <= seen.keys() for seen in ctx.seen.values())


def test_a_loss_that_is_no_number_is_named_with_advice(tmp_path: Path) -> None:
    one, _ = loop(Quiet(tmp_path), Line(sour=120))
    with pytest.raises(BadInput, match="no longer a number") as error:
        one.run()
    assert "learning rate" in error.value.what_to_do


class Greedy(Line):
    """Asks for more memory than any machine has."""

    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        return torch.empty(2**52).sum() + super().loss(network, epoch, batch)


def test_no_room_is_explained_on_the_cpu_too(tmp_path: Path) -> None:
    one, _ = loop(Quiet(tmp_path), Greedy())
    with pytest.raises(OutOfMemory) as error:
        one.run()
    assert "smaller batch" in error.value.what_to_do


class Level(Line):
    """Every epoch is equally accurate; the loss is lowest after the second."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[torch.Tensor] = []

    def validate(self, network: nn.Module) -> dict[str, float]:
        self.kept.append(next(network.parameters()).detach().clone())
        return {"val_accuracy": 1.0, "val_loss": abs(len(self.kept) - 2.0)}


def test_of_equally_accurate_epochs_the_one_with_the_lowest_loss_is_kept(tmp_path: Path) -> None:
    task = Level()
    one, network = loop(Quiet(tmp_path), task, epochs=4)
    assert one.run() == {"val_accuracy": 1.0, "val_loss": 0.0}
    assert torch.equal(next(network.parameters()), task.kept[1])


def test_best_weights_that_are_lost_are_said_and_measured_anew(tmp_path: Path) -> None:
    class Harmed(Level):
        def validate(self, network: nn.Module) -> dict[str, float]:
            for file in (tmp_path / "checkpoints").glob("best-*.pt"):
                file.write_bytes(file.read_bytes()[:-9])
            return super().validate(network)

    ctx, task = Quiet(tmp_path), Harmed()
    one, _ = loop(ctx, task, epochs=4)
    assert one.run() == {"val_accuracy": 1.0, "val_loss": 3.0}
    assert any("cannot be read back" in text for text in ctx.logs)


@pytest.mark.parametrize("schedule", ["one-cycle", "cosine", "constant"])
@pytest.mark.parametrize("optimiser", ["adamw", "sgd"])
def test_the_learning_rate_runs_as_its_schedule_says(
    tmp_path: Path, schedule: str, optimiser: str
) -> None:
    ctx = Quiet(tmp_path)
    one, _ = loop(ctx, Line(), schedule=schedule, optimiser=optimiser, epochs=10)
    one.run()
    rates = [ctx.seen[step]["learning_rate"] for step in range(100)]
    assert max(rates) == pytest.approx(0.05, rel=1e-3)
    if schedule == "constant":
        assert set(rates) == {0.05}
    else:
        assert rates[-1] < 0.01 * 0.05
        assert rates.index(max(rates)) == (30 if schedule == "one-cycle" else 0)


@pytest.mark.parametrize(("wish", "error"), [("pause", Paused), ("cancel", Cancelled)])
def test_a_wish_is_obeyed(tmp_path: Path, wish: Wish, error: type[Exception]) -> None:
    one, _ = loop(Quiet(tmp_path, lambda: wish), Line())
    with pytest.raises(error):
        one.run()
    there = Checkpoints(tmp_path / "checkpoints").latest() is not None
    assert there is (wish == "pause")


def test_a_paused_loop_goes_on_to_the_same_weights(tmp_path: Path) -> None:
    whole, network = loop(Quiet(tmp_path / "whole"), Line())
    whole.run()
    looks = iter([None, None, "pause"])
    first, _ = loop(Quiet(tmp_path / "cut", lambda: next(looks)), Line())
    with pytest.raises(Paused):
        first.run()
    second, resumed = loop(Quiet(tmp_path / "cut"), Line())
    second.run()
    pairs = zip(network.state_dict().values(), resumed.state_dict().values(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


@pytest.mark.parametrize("harm", ["cut", "bit", "empty", "other"])
def test_a_harmed_checkpoint_is_never_taken(tmp_path: Path, harm: str) -> None:
    kept = Checkpoints(tmp_path)
    for step in (3, 6):
        kept.save(Checkpoint(step, {"w": torch.ones(2)}, {}, {}, {}))
    newest = max(tmp_path.glob("step-*.pt"))
    data = newest.read_bytes()
    harmed = {
        "cut": data[:-7],
        "bit": data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
        "empty": b"",
        "other": b"not a checkpoint at all",
    }
    newest.write_bytes(harmed[harm])
    found = kept.latest()
    assert found is not None
    assert found.step == 3
