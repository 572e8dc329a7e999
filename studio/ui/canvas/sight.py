"""What a person does not want to see for now; of the session alone, never of the project."""

from __future__ import annotations

from collections.abc import Iterable

from psygnal import Signal

from studio.domain.labels import LabelId, Shape, ShapeId


class Sight:
    """Hidden shapes and labels: not drawn, not hit, not chosen; edits still reach them."""

    changed = Signal()
    """Others are hidden now."""

    def __init__(self) -> None:
        self.shapes: frozenset[ShapeId] = frozenset()
        """Shapes that are hidden one by one."""
        self.labels: frozenset[LabelId] = frozenset()
        """Labels whose shapes are all hidden."""

    def __bool__(self) -> bool:
        """Tell whether anything is hidden."""
        return bool(self.shapes or self.labels)

    def sees(self, shape: Shape) -> bool:
        """Tell whether a shape is shown."""
        return shape.id not in self.shapes and shape.label not in self.labels

    def hide(self, ids: Iterable[ShapeId]) -> None:
        """Hide some shapes more."""
        self._set(self.shapes | frozenset(ids), self.labels)

    def hide_label(self, label: LabelId, hidden: bool) -> None:
        """Hide or show all shapes of a label."""
        others = self.labels - {label}
        self._set(self.shapes, others | {label} if hidden else others)

    def show_all(self) -> None:
        """Hide nothing."""
        self._set(frozenset(), frozenset())

    def _set(self, shapes: frozenset[ShapeId], labels: frozenset[LabelId]) -> None:
        if (shapes, labels) != (self.shapes, self.labels):
            self.shapes, self.labels = shapes, labels
            self.changed.emit()


class SureSight(Sight):
    """Hides what another sight hides, and proposals of which a model is not sure enough.

    Parameters
    ----------
    other : Sight
        Whose hidden shapes and labels are hidden here too; its news are its own.
    """

    def __init__(self, other: Sight) -> None:
        super().__init__()
        self._other = other
        self.least = 0.0
        """Score from which on proposals are shown, 0..1; those without a score always are."""

    def __bool__(self) -> bool:
        """Tell whether anything is hidden."""
        return self.least > 0 or bool(self._other)

    def sees(self, shape: Shape) -> bool:
        """Tell whether a shape is shown."""
        sure = shape.score is None or shape.score >= self.least
        return sure and self._other.sees(shape)

    def show_from(self, least: float) -> None:
        """Show proposals from a score on, 0..1."""
        if least != self.least:
            self.least = least
            self.changed.emit()
