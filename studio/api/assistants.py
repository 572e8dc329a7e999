"""Assistants: what turns a small gesture of the hand into shapes.

An assistant sees a `Window` of the picture and a `Hand`, what the hand did there. Both are in px of
the window, so that it needs to know neither how large the picture is nor how near it is looked at.
It runs off the GUI thread, and what it answers is shown before it is taken.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from studio.domain.geometry import BoolArray, Box, FloatArray, Point, box_iou
from studio.domain.geometry.filling import filled
from studio.domain.ids import JsonObject
from studio.domain.residents import Message

__all__ = [
    "Answer",
    "Ask",
    "Assistant",
    "BoolArray",
    "Box",
    "FloatArray",
    "Gesture",
    "Hand",
    "JsonObject",
    "Learner",
    "Option",
    "PixelSource",
    "Point",
    "Region",
    "Scribble",
    "Window",
    "box_iou",
    "filled",
]

Gesture: TypeAlias = Literal["drag", "path", "cut", "paint", "scribble", "shape"]
"""What the hand does.

- `drag`: press on a thing and drag; the way of the drag is a strength.
- `path`: click point after point, the last one follows the pointer.
- `cut`: drag a box around a thing, then strokes that belong to it or do not.
- `paint`: one stroke after the other over what belongs to the thing.
- `scribble`: strokes in several labels; the answer is a region for each label.
- `shape`: a chosen shape is made better, or looked for elsewhere.
"""

Ask: TypeAlias = Callable[[str, JsonObject, Mapping[str, NDArray[Any]]], Message]
"""Calls the process of its own that an assistant has; see `studio.domain.residents.Resident`."""


class PixelSource(Protocol):
    """A picture that can be read in parts, each level half as large as the one before."""

    def read(self, level: int, x0: int, y0: int, x1: int, y1: int) -> NDArray[np.uint8]:
        """Return a part of a level.

        Parameters
        ----------
        level : int
            0 is the picture itself.
        x0, y0, x1, y1 : int
            Edges of the part, px of that level.

        Returns
        -------
        (y1 - y0, x1 - x0, 3) uint8
            RGB.
        """


@dataclass(frozen=True, slots=True)
class Window:
    """A part of the picture, no larger than the assistant's `side`."""

    pixels: NDArray[np.uint8]
    """(H, W, 3) uint8, RGB."""
    left: float = 0.0
    """Where its left edge lies, px of the picture."""
    top: float = 0.0
    scale: float = 1.0
    """How many px of the picture one px of the window stands for, 1 or more."""
    picture: str = ""
    """Tells pictures apart."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, px of the window."""
        return int(self.pixels.shape[1]), int(self.pixels.shape[0])

    def inward(self, points: FloatArray) -> FloatArray:
        """Return (N, 2) points of the picture as points of the window."""
        return (points - (self.left, self.top)) / self.scale

    def outward(self, points: FloatArray) -> FloatArray:
        """Return (N, 2) points of the window as points of the picture."""
        return points * self.scale + (self.left, self.top)


@dataclass(frozen=True, slots=True)
class Scribble:
    """One stroke of the hand, px of the window."""

    points: tuple[Point, ...]
    label: int = 1
    """1, 2, … for the label it stands for; 0 for what is none of them, or outside."""
    radius: float = 2.0


@dataclass(frozen=True, slots=True)
class Hand:
    """What the hand did so far, px of the window."""

    points: tuple[Point, ...] = ()
    """Where it pressed or clicked."""
    reach: float = 0.0
    """How far a drag went, logical px of the screen."""
    box: tuple[Point, Point] | None = None
    """Top left and bottom right corner."""
    strokes: tuple[Scribble, ...] = ()
    rings: tuple[FloatArray, ...] = ()
    """The lines that bound the chosen shape, each (N, 2) float64."""
    options: dict[str, float] = field(default_factory=dict)
    """What the assistant's options are set to, by name."""


@dataclass(frozen=True, slots=True)
class Region:
    """One thing that was found, px of the window; exactly one of the three says where."""

    mask: BoolArray | None = None
    """(H, W) bool."""
    ring: FloatArray | None = None
    """(N, 2) float64, a closed line."""
    placed: FloatArray | None = None
    """(2, 3) float64: where the chosen shape stands again, p ↦ A p + b."""
    label: int = 1
    """Which of the labels of the scribbles it is."""
    score: float | None = None
    """How sure it is, 0..1; regions with a score are proposals."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an assistant found."""

    regions: tuple[Region, ...] = ()
    path: FloatArray | None = None
    """(N, 2) float64: the open line up to the pointer, while a path is not closed."""
    words: str = ""
    """What a person should know of it, one short sentence; empty for nothing."""


@dataclass(frozen=True, slots=True)
class Option:
    """Something about an assistant that a person sets."""

    name: str
    title: str
    default: float
    low: float = 0.0
    high: float = 1.0
    step: float = 1.0
    """0..1 with a step of 1 is a switch."""

    @property
    def switch(self) -> bool:
        """Whether it is on or off."""
        return (self.low, self.high, self.step) == (0.0, 1.0, 1.0)


class Assistant(ABC):
    """Base of the assistants.

    A subclass sets the class variables and writes `answer`. What takes long and does not depend on
    the last move of the hand belongs into `prepare`: it is called again only when its `key` is
    another or the window is.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    icon: ClassVar[str]
    hint: ClassVar[str]
    gesture: ClassVar[Gesture]
    shortcut: ClassVar[str] = ""
    options: ClassVar[tuple[Option, ...]] = ()
    side: ClassVar[int] = 512
    """Longest side of the window it wants, px."""
    around: ClassVar[float] = 0.5
    """How much of the surroundings of the gesture it wants to see, as a share of its size."""
    whole: ClassVar[bool] = False
    """Whether it wants to see the whole picture, however small that makes it."""

    def key(self, hand: Hand) -> Hashable:
        """Return what of the hand the preparation depends on."""
        del hand
        return ()

    def prepare(self, window: Window, hand: Hand) -> object:
        """Return what can be made ready ahead, for all answers about this window."""
        del window, hand
        return None

    @abstractmethod
    def answer(self, window: Window, hand: Hand, prepared: object) -> Answer:
        """Return what is meant; nothing where nothing can be found.

        Parameters
        ----------
        window : Window
            What is seen.
        hand : Hand
            What the hand did.
        prepared : object
            What `prepare` returned.
        """


class Learner(Assistant):
    """Base of the assistants that learn from the hand, in a process of their own.

    `answer` learns and says what the window holds; `apply` says it of any other part.
    """

    server: ClassVar[str]
    """Module that is the main of the process; calls `studio.api.resident.serve`."""
    margin: ClassVar[int] = 16
    """How far around a pixel it looks, px; tiles overlap by so much."""
    ask: Ask
    """Set before it is used."""

    @abstractmethod
    def apply(self, window: Window) -> Answer:
        """Return a region for each label that was learned and is seen here.

        Raises
        ------
        NotFound
            If nothing was learned yet.
        """
