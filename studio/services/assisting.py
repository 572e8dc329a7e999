"""Assisting: what the hand does is given to an assistant, and what it finds is brought back.

Nothing here waits: questions are answered one after the other in a thread, and of those that wait
only the newest is answered. What is found is a preview; `take` makes shapes of it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from studio.api.assistants import Answer, Assistant, Hand, Learner, Region, Window
from studio.domain.geometry import Box, Geometry, fault
from studio.domain.ids import JsonObject, new_id
from studio.domain.labels import PROPOSALS, LabelId, SetShapes, Shape, ShapeId
from studio.domain.media import MediaId, MediaItem
from studio.domain.project import Project
from studio.domain.residents import Message, Resident, Residents
from studio.errors import BadInput, Cancelled, NotFound, OutOfMemory, StudioError
from studio.services.assisted_shapes import geometry_of, stitched, window_on
from studio.services.labelling import Labelling
from studio.services.pixel_sources import Sources

_TILE = 512


class HasAssistants(Protocol):
    """The part of the plugin host that assisting needs."""

    def assistants(self) -> Sequence[Assistant]:
        """Return all assistants."""


@dataclass(frozen=True, slots=True)
class Question:
    """What the hand did, px of the picture."""

    assistant: str
    """Its id."""
    item: MediaItem
    area: Box
    """The part of the picture that counts."""
    hand: Hand
    """In px of the picture."""
    coarse: float = 1.0
    """How many px of the picture are one on the screen: nothing finer is asked for."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that was found, px of the picture."""

    geometry: Geometry
    label: int = 1
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What came of a question."""

    question: Question
    found: tuple[Found, ...] = ()
    path: NDArray[np.float64] | None = None
    """(N, 2): the open line up to the pointer."""
    words: str = ""
    error: StudioError | None = None


@dataclass
class _Kept:
    """What was made ready for the last window of an assistant."""

    window: Window
    place: Hashable
    key: Hashable
    prepared: object = field(repr=False)


class Assisting:
    """Asks assistants about the pictures of a project.

    Parameters
    ----------
    project : Project
        Takes the shapes.
    labelling : Labelling
        Knows the layer at hand.
    plugins : HasAssistants
        Bring the assistants.
    residents : Residents
        Gives those that learn a process of their own.
    """

    def __init__(
        self,
        project: Project,
        labelling: Labelling,
        plugins: HasAssistants,
        residents: Residents,
    ) -> None:
        self._project = project
        self._labelling = labelling
        self._plugins = plugins
        self._residents = residents
        self._processes: dict[str, Resident] = {}
        self._pool = ThreadPoolExecutor(1, "assisting")
        self._lock = threading.Lock()
        self._newest = 0
        self._sources = Sources(project.store)
        self._kept: dict[str, _Kept] = {}

    def assistants(self) -> Sequence[Assistant]:
        """Return all assistants."""
        return self._plugins.assistants()

    def ask(self, question: Question, told: Callable[[Finding], None]) -> None:
        """Ask; a question that still waits is forgotten.

        Parameters
        ----------
        question : Question
            What the hand did.
        told : callable
            Called in another thread with what was found, unless something newer was asked
            meanwhile; a `StudioError` comes as a finding too.
        """
        self._begin(lambda given_up: self._find(question, given_up), question, told)

    def spread(self, question: Question, told: Callable[[Finding], None]) -> None:
        """Let a learner say what the whole picture holds, tile by tile, as learned before."""
        self._begin(lambda given_up: self._spread(question, given_up), question, told)

    def give_up(self) -> None:
        """Forget what was asked; a process that is at it is ended."""
        with self._lock:
            self._newest += 1
            self._stopped = self._newest

    _stopped = 0

    def take(
        self, finding: Finding, labels: Mapping[int, LabelId], proposed: bool = False
    ) -> list[Shape]:
        """Make shapes of what was found, as one edit.

        Parameters
        ----------
        finding : Finding
            As it was told.
        labels : mapping of int to LabelId
            What the numbers of labels mean; what is found in others is left out.
        proposed : bool
            Let all go to the proposals, and not only those with a score; the rest goes to the
            layer at hand.
        """
        item = finding.question.item
        size = item.width, item.height
        assistant = self._assistant(finding.question.assistant)
        state = self._project.state
        found = [
            one
            for one in finding.found
            if labels.get(one.label) is not None and fault(one.geometry, *size) is None
        ]
        scored = any(one.score is not None for one in found)
        layer = PROPOSALS if proposed or scored else self._labelling.layer
        top = state.layer(layer).heights(item.id)[1]
        author = f"assistant:{assistant.id}" if layer == PROPOSALS else ""
        shapes = [
            Shape(
                id=ShapeId(new_id("shape")),
                label=labels[one.label],
                geometry=one.geometry,
                score=one.score,
                author=author,
                z=top + 1.0 + at,
            )
            for at, one in enumerate(found)
        ]
        if shapes:
            self._perform(item.id, shapes, assistant.title, layer)
        return shapes

    def close(self) -> None:
        """End the thread and the processes."""
        self.give_up()
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._sources.close()
        for process in self._processes.values():
            process.close()

    def _perform(self, media: MediaId, shapes: Sequence[Shape], title: str, layer: str) -> None:
        count = "a shape" if len(shapes) == 1 else f"{len(shapes):,} shapes"
        verb = "Propose" if layer == PROPOSALS else "Add"
        title = f"{verb} {count} ({title[0].lower()}{title[1:]})"
        self._project.perform(SetShapes(media=media, after=tuple(shapes), title=title, layer=layer))

    def _assistant(self, id: str) -> Assistant:  # noqa: A002
        for one in self.assistants():
            if one.id == id:
                return one
        raise NotFound(f"There is no assistant “{id}”.", "Look whether its plugin could be loaded.")

    def _begin(
        self,
        work: Callable[[Callable[[], bool]], Finding],
        question: Question,
        told: Callable[[Finding], None],
    ) -> None:
        with self._lock:
            self._newest += 1
            number = self._newest

        def run() -> None:
            if number != self._newest:
                return
            try:
                finding = work(lambda: self._stopped >= number)
            except Cancelled:
                return
            except StudioError as error:
                finding = Finding(question, error=error)
            except MemoryError:
                told_so = OutOfMemory("There is not enough memory for this.", "Zoom in first.")
                finding = Finding(question, error=told_so)
            if number == self._newest:
                told(finding)

        future: Future[None] = self._pool.submit(run)
        future.add_done_callback(_raise_again)

    def _find(self, question: Question, given_up: Callable[[], bool]) -> Finding:
        assistant = self._assistant(question.assistant)
        self._serve(assistant, given_up)
        window = self._window(assistant, question)
        hand = inward(question.hand, window)
        kept, key = self._kept.get(assistant.id), assistant.key(hand)
        if kept is None or kept.window is not window or kept.key != key:
            kept = _Kept(window, self._place(question), key, assistant.prepare(window, hand))
            self._kept[assistant.id] = kept
        answer = assistant.answer(window, hand, kept.prepared)
        return self._told(question, window, answer)

    def _place(self, question: Question) -> Hashable:
        return question.item.id, question.area, question.coarse

    def _window(self, assistant: Assistant, question: Question) -> Window:
        kept = self._kept.get(assistant.id)
        if kept is not None and kept.place == self._place(question):
            return kept.window
        item = question.item
        source, levels = self._sources.of(item)
        area = Box(0, 0, item.width, item.height) if assistant.whole else question.area
        window = window_on(source, levels, item, area, assistant.side, question.coarse)
        return replace(window, picture=item.id)

    def _told(self, question: Question, window: Window, answer: Answer) -> Finding:
        item, hand = question.item, question.hand
        found = []
        for region in answer.regions:
            geometry = geometry_of(region, window, hand.rings, (item.width, item.height))
            if geometry is not None:
                found.append(Found(geometry, region.label, region.score))
        path = None if answer.path is None else window.outward(answer.path)
        return Finding(question, tuple(found), path, answer.words)

    def _spread(self, question: Question, given_up: Callable[[], bool]) -> Finding:
        assistant = self._assistant(question.assistant)
        if not isinstance(assistant, Learner):
            raise BadInput(f"“{assistant.title}” learns nothing that could be spread.")
        self._serve(assistant, given_up)
        kept = self._kept.get(assistant.id)
        scale = kept.window.scale if kept is not None else 1.0
        source, levels = self._sources.of(question.item)
        found = stitched(assistant, source, levels, question.item, scale, _TILE, given_up)
        whole = Window(np.zeros((1, 1, 3), np.uint8), 0.0, 0.0, scale)
        regions = tuple(Region(mask=mask, label=label) for label, mask in found.items())
        return self._told(question, whole, Answer(regions))

    def _serve(self, assistant: Assistant, given_up: Callable[[], bool]) -> None:
        if not isinstance(assistant, Learner):
            return
        process = self._processes.get(assistant.server)
        if process is None:
            process = self._processes[assistant.server] = self._residents(assistant.server)

        def ask(call: str, facts: JsonObject, arrays: Mapping[str, NDArray[Any]]) -> Message:
            return process.ask(call, facts, arrays, given_up)

        assistant.ask = ask


def inward(hand: Hand, window: Window) -> Hand:
    """Return what the hand did in px of a window."""

    def points(given: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
        turned = window.inward(np.asarray(given, np.float64).reshape(-1, 2))
        return tuple((float(x), float(y)) for x, y in turned)

    return replace(
        hand,
        points=points(hand.points),
        box=None if hand.box is None else points(hand.box),  # type: ignore[arg-type]
        strokes=tuple(
            replace(one, points=points(one.points), radius=one.radius / window.scale)
            for one in hand.strokes
        ),
        rings=tuple(window.inward(ring) for ring in hand.rings),
    )


def _raise_again(future: Future[None]) -> None:
    """Let a defect reach the crash reporter instead of vanishing with its future."""
    error = None if future.cancelled() else future.exception()
    if error is not None:
        threading.excepthook(
            threading.ExceptHookArgs((type(error), error, error.__traceback__, None))
        )
