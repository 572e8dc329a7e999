"""What the loop costs on top of plain torch, with every step recorded.

    python benchmarks/loop_overhead.py

A network of 784-128-10 on batches of 32, about 0.6 ms a step: the smallest training worth having.
Both loops do the same arithmetic on the same data; they take turns, and the best of each counts,
since the machine may be busy. Goal: at most 1.02.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import torch
from torch import nn
from torch.nn import functional

from studio.api.engine import TrainingParams
from studio.api.job_folder import JobFolder
from studio.engine.context import JobContext
from studio.engine.loop import Loop, Precision
from studio.engine.room import EngineRoom
from studio.services.plugin_host import PluginHost
from studio.storage.objects import DiskObjects

STEPS = 3000
ROUNDS = 7
BATCH = 32


def network() -> nn.Module:
    """Build the network, the same each time."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10))


class Work:
    """The batches; the whole run is one epoch without validation."""

    steps_per_epoch = STEPS

    def __init__(self) -> None:
        generator = torch.Generator().manual_seed(1)
        self.x = torch.randn(64, BATCH, 784, generator=generator)
        self.y = torch.randint(0, 10, (64, BATCH), generator=generator)

    def loss(self, network: nn.Module, epoch: int, batch: int) -> torch.Tensor:
        """Return the loss of one batch."""
        place = batch % 64
        return functional.cross_entropy(network(self.x[place]), self.y[place])

    def validate(self, network: nn.Module) -> dict[str, float]:
        """Measure nothing."""
        return {}


def plain(work: Work) -> float:
    """Train by a loop as anyone writes it; returns seconds."""
    model = network()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: 1.0)
    begun = time.perf_counter()
    for step in range(STEPS):
        optimiser.zero_grad(set_to_none=True)
        loss = work.loss(model, 0, step)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step()
        schedule.step()
    return time.perf_counter() - begun


def ours(work: Work) -> float:
    """Train by the studio's loop, every step recorded in an event file; returns seconds."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plugins = PluginHost([], installed=False)
        job = JobFolder(folder)
        store = DiskObjects(folder / "objects")
        ctx = JobContext(job, store, EngineRoom(plugins), plugins, 0, "cpu", 1)
        params = TrainingParams(
            epochs=1, learning_rate=1e-3, schedule="constant", checkpoint_seconds=1e9
        )
        loop = Loop(ctx, network(), work, params, Precision(torch.device("cpu")))
        begun = time.perf_counter()
        loop.run()
        seconds = time.perf_counter() - begun
        ctx.close()
        recorded = sum(
            len(m.steps) for m in job.read().messages if m.kind == "metrics" and "loss" in m.values
        )
        assert recorded == STEPS, f"{STEPS - recorded} steps were lost"
        return seconds


def main() -> None:
    """Measure, and print the ratio."""
    torch.set_num_threads(1)
    work = Work()
    plain(work)
    pairs = [(plain(work), ours(work)) for _ in range(ROUNDS)]
    best_plain, best_ours = min(a for a, _ in pairs), min(b for _, b in pairs)
    print(f"plain torch   {1e6 * best_plain / STEPS:8.1f} us a step")
    print(f"studio's loop {1e6 * best_ours / STEPS:8.1f} us a step, every step recorded")
    print(f"ratio         {best_ours / best_plain:8.3f}   (goal <= 1.02)")
    medians = sorted(b / a for a, b in pairs)
    print(
        f"pair by pair  {medians[0]:.3f} .. {medians[len(medians) // 2]:.3f} .. {medians[-1]:.3f}"
    )


if __name__ == "__main__":
    main()
