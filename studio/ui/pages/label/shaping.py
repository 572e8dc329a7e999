"""What can be made of the chosen shapes, as commands; errors are told, never raised."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from studio.domain.geometry import GeometryKind
from studio.domain.geometry.converting import has_inside, kinds_from
from studio.domain.geometry.regions import Joining
from studio.domain.labels import Shape
from studio.domain.media import MediaItem
from studio.services.shaping import Shaping, words
from studio.ui.canvas.model import CanvasModel
from studio.ui.desk import Command

_CONVERSIONS: tuple[GeometryKind, ...] = (
    "box", "rotated_box", "polygon", "mask", "polyline", "points", "ellipse", "circle", "bezier",
)  # fmt: skip
_JOININGS: tuple[tuple[Joining, str, str, str], ...] = (
    ("union", "Unite shapes", "Ctrl+U", "stack-2"),
    ("intersection", "Intersect shapes", "", "layers-intersect"),
    ("difference", "Subtract from the first shape", "", "layers-subtract"),
    ("symmetric_difference", "Exclude overlap", "", "artboard"),
)
_NONE = "Select a shape first."
_TWO = "Select two shapes with an inside, the one to keep first."


class ShapeVerbs:
    """Deeds that make shapes out of the chosen ones.

    Parameters
    ----------
    model : CanvasModel
        What is chosen.
    shaping : Shaping
        Makes the edits.
    attempt : callable
        Does something and tells its errors.
    """

    def __init__(
        self, model: CanvasModel, shaping: Shaping, attempt: Callable[[Callable[[], object]], bool]
    ) -> None:
        self._model = model
        self._shaping = shaping
        self._attempt = attempt

    def commands(self) -> list[Command]:
        """List them for menus, palette and keys."""
        some = self.some
        verbs = [
            ("separate", "Separate parts", self.separate, "", "unlink"),
            ("simplify", "Simplify outline", self.simplify, "", "vector"),
            ("group", "Group shapes", self.group, "Ctrl+G", "link"),
            ("ungroup", "Ungroup shapes", self.ungroup, "Ctrl+Shift+G", "unlink"),
            ("lock", "Lock or unlock shapes", self.lock, "Ctrl+L", "lock"),
        ]
        return [
            *self._joinings(),
            *(
                Command(f"label.{id_}", title, verb, keys, icon, "Edit", some, _NONE)
                for id_, title, verb, keys, icon in verbs
            ),
            *self._conversions(),
        ]

    def _joinings(self) -> list[Command]:
        return [
            Command(
                f"label.join_{how}",
                title,
                partial(self.join, how),
                keys,
                icon,
                "Edit",
                self.two,
                _TWO,
            )
            for how, title, keys, icon in _JOININGS
        ]

    def _conversions(self) -> list[Command]:
        return [
            Command(
                f"label.to_{kind}",
                f"Convert to {words(kind)}",
                partial(self.convert, kind),
                "",
                "arrows-shuffle",
                "",
                partial(self.can_become, kind),
                f"Select shapes that can become a {words(kind)}.",
            )
            for kind in _CONVERSIONS
        ]

    def some(self) -> bool:
        """Tell whether a shape is chosen."""
        return bool(self._model.selection)

    def two(self) -> bool:
        """Tell whether two or more shapes with an inside are chosen."""
        chosen = self._in_turn()
        return len(chosen) > 1 and all(has_inside(shape.geometry) for shape in chosen)

    def can_become(self, kind: GeometryKind) -> bool:
        """Tell whether all chosen shapes can become a kind."""
        chosen = self._model.chosen()
        return bool(chosen) and all(kind in kinds_from(shape.geometry) for shape in chosen)

    def convert(self, kind: GeometryKind) -> None:
        """Turn the chosen shapes into another kind."""
        self._do(lambda item, shapes: self._shaping.convert(item, shapes, kind))

    def join(self, how: Joining) -> None:
        """Make one region of the chosen shapes; the one chosen first is kept."""
        self._do(lambda item, shapes: self._shaping.join(item, shapes, how))

    def separate(self) -> None:
        """Make a shape of each part."""
        self._do(lambda item, shapes: self._shaping.separate(item, shapes[0]))

    def simplify(self) -> None:
        """Leave out points nobody needs."""
        self._do(self._shaping.simplify)

    def group(self) -> None:
        """Let the chosen shapes belong together."""
        self._do(self._shaping.group)

    def ungroup(self) -> None:
        """Let them belong to nothing."""
        self._do(self._shaping.ungroup)

    def lock(self) -> None:
        """Lock the chosen shapes, or unlock them if all are locked."""
        on = not all(shape.locked for shape in self._model.chosen())
        self._do(lambda item, shapes: self._shaping.lock(item, shapes, on))

    def _in_turn(self) -> list[Shape]:
        """Return the chosen shapes in the order in which they were chosen."""
        found = (self._model.table.get(id_) for id_ in self._model.selection)
        return [shape for shape in found if shape is not None]

    def _do(self, deed: Callable[[MediaItem, Sequence[Shape]], Sequence[Shape]]) -> None:
        item, shapes = self._model.item, self._in_turn()
        if item is None or not shapes:
            return
        made: list[Shape] = []
        self._attempt(lambda: made.extend(deed(item, shapes)))
        if made:
            self._model.select(shape.id for shape in made)
