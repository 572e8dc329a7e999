"""Runs: what a job that trains leaves behind, as curves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from studio.domain.jobs import Beat, JobMessage, Logged, Measured, NodeChanged, Progressed, Started


@dataclass
class Curve:
    """One metric over the steps of a run; the last attempt at a step wins.

    Steps mostly arrive in order, so they are kept as they come and put right only when read.
    """

    _steps: list[int] = field(default_factory=list)
    _values: list[float] = field(default_factory=list)
    _in_order: bool = True

    def extend(self, steps: Iterable[int], values: Iterable[float | None]) -> None:
        """Append a batch; None stands for a number that is not finite."""
        for step, value in zip(steps, values, strict=True):
            if self._steps and step <= self._steps[-1]:
                self._in_order = False
            self._steps.append(step)
            self._values.append(math.nan if value is None else value)

    def __len__(self) -> int:
        return len(self._steps)

    def arrays(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the curve.

        Returns
        -------
        steps : (N,) int64
            Strictly rising.
        values : (N,) float64
            NaN where the number was not finite.
        """
        if not self._in_order:
            latest = dict(zip(self._steps, self._values, strict=True))
            self._steps = sorted(latest)
            self._values = [latest[step] for step in self._steps]
            self._in_order = True
        return np.asarray(self._steps, np.int64), np.asarray(self._values, np.float64)


@dataclass
class RunRecord:
    """What is known of a job from the messages read so far."""

    curves: dict[str, Curve] = field(default_factory=dict)
    logs: list[Logged] = field(default_factory=list)
    nodes: dict[str, NodeChanged] = field(default_factory=dict)
    started: Started | None = None
    progress: Progressed | None = None
    beat: Beat | None = None

    def take(self, messages: Iterable[JobMessage]) -> None:
        """Add messages in the order in which they were written."""
        for message in messages:
            match message:
                case Measured():
                    for name, values in message.values.items():
                        self.curves.setdefault(name, Curve()).extend(message.steps, values)
                case Logged():
                    self.logs.append(message)
                case NodeChanged():
                    self.nodes[message.node] = message
                case Started():
                    self.started = message
                case Progressed():
                    self.progress = message
                case Beat():
                    self.beat = message

    def latest(self) -> Mapping[str, float]:
        """Return the newest value of each metric."""
        return {name: float(c.arrays()[1][-1]) for name, c in self.curves.items() if len(c)}
