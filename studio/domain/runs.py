"""Runs: what a job that trains leaves behind, as curves."""

from __future__ import annotations

import math
import threading
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
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)
    rewritten: int = 0
    """How often points were put right; what was read before such a time is out of date."""

    def extend(self, steps: Iterable[int], values: Iterable[float | None]) -> None:
        """Append a batch; None stands for a number that is not finite."""
        with self._lock:
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
        return self.tail(0)

    def tail(self, start: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the points from the `start`-th on; the cost is that of what is returned.

        A reader that keeps what it got reads all again whenever `rewritten` has changed.

        Parameters
        ----------
        start : int
            Points that were read before.

        Returns
        -------
        steps : (N - start,) int64
            Strictly rising.
        values : (N - start,) float64
            NaN where the number was not finite.
        """
        with self._lock:
            if not self._in_order:
                latest = dict(zip(self._steps, self._values, strict=True))
                self._steps = sorted(latest)
                self._values = [latest[step] for step in self._steps]
                self._in_order = True
                self.rewritten += 1
            steps, values = self._steps[start:], self._values[start:]
        return np.asarray(steps, np.int64), np.asarray(values, np.float64)


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
