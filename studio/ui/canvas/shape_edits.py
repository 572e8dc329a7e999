"""What a canvas asks of whoever keeps its shapes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from psygnal import SignalInstance

from studio.domain.geometry import Geometry
from studio.domain.labels import LabelId, LayerName, Shape
from studio.domain.media import MediaId


class ShapeEdits(Protocol):
    """Shapes of pictures, and the edits of them; `Labelling` and `FrameShapes` are such."""

    @property
    def layer(self) -> LayerName:
        """The layer at hand."""

    @property
    def news(self) -> SignalInstance:
        """Tells which shapes changed, as `ShapesChanged`."""

    def shapes(self, media: MediaId, layer: LayerName | None = None) -> Sequence[Shape]:
        """Return the shapes of a picture."""

    def add(self, media: MediaId, label: LabelId, geometry: Geometry, author: str = "") -> Shape:
        """Draw a shape."""

    def change(
        self, media: MediaId, before: Sequence[Shape], after: Sequence[Shape], title: str
    ) -> None:
        """Turn shapes into others of the same ids."""

    def delete(self, media: MediaId, shapes: Sequence[Shape]) -> None:
        """Take shapes away."""

    def paste(
        self, media: MediaId, shapes: Sequence[Shape], shift: tuple[float, float]
    ) -> Sequence[Shape]:
        """Lay copies of shapes down; returns them."""
