"""What a plot of curves holds for each line; knows Qt only through its items."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from studio.domain.runs import Curve
from studio.ui.plots.pyramid import Pyramid
from studio.ui.plots.smoothing import Smoother


@dataclass
class Line:
    """A metric of a run, followed while it grows.

    Attributes
    ----------
    name : str
        Metric, in words.
    run : str
        Title of the run.
    curve : Curve
        Where it is read from.
    colour, dash : int
        Numbers of the series' colour and dash.
    """

    name: str
    run: str
    curve: Curve
    colour: int = 0
    dash: int = 0
    raw: Pyramid = field(default_factory=Pyramid)
    smooth: Pyramid = field(default_factory=Pyramid)
    _weight: float = 0.0
    _smoother: Smoother | None = None
    _rewritten: int = 0

    @property
    def smoothed(self) -> bool:
        """Whether there is a smooth line to draw over the raw one."""
        return self._smoother is not None

    def smooth_by(self, weight: float) -> None:
        """Smooth from the start again; a weight of 0 draws the raw line alone."""
        self._weight = weight
        self._smoother = Smoother(weight) if weight > 0 else None
        self.smooth.clear()
        if self._smoother is not None:
            self.smooth.append(self.raw.x, self._smoother.extend(self.raw.y))

    def read(self) -> bool:
        """Take what is new of the curve; returns whether there was anything."""
        if len(self.curve) == len(self.raw) and self.curve.rewritten == self._rewritten:
            return False
        steps, values = self.curve.tail(len(self.raw))
        if self.curve.rewritten != self._rewritten:
            self._rewritten = self.curve.rewritten
            self.raw.clear()
            self.smooth_by(self._weight)
            steps, values = self.curve.tail(0)
        self.raw.append(steps, values)
        if self._smoother is not None:
            self.smooth.append(steps, self._smoother.extend(values))
        return True

    def latest(self) -> float:
        """Return the newest value; NaN while there is none or it is not a number."""
        return float(self.raw.y[-1]) if len(self.raw) else math.nan

    def at(self, step: float) -> float:
        """Return the value at the step nearest to a place; NaN without any."""
        found = self.raw.at(step)
        return found[1] if found else math.nan


def number(value: float) -> str:
    """Write a measured value with four digits that matter: `0.1234`, `1.2e-05`, `12,345`."""
    if not math.isfinite(value):
        return "not a number"
    size = abs(value)
    if value == 0:
        return "0"
    if size < 1e-3:
        return f"{value:.2e}"
    return f"{value:,.0f}" if size >= 10_000 else f"{value:.4g}"
