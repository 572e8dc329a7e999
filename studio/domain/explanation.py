"""Explanations: where on a picture the model looked."""

from __future__ import annotations

from typing import ClassVar

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.ids import Digest
from studio.domain.labels import LabelId, LabelSchema
from studio.domain.media import MediaItem


class SaliencyMap(Value):
    """How much each place of one picture speaks for one label."""

    media: MediaItem
    label: LabelId
    """The label that is explained."""
    score: float
    """Its probability."""
    heat: Digest
    """8-bit grey PNG of the model's input size; 255 speaks most for the label."""


class Explanation(Artefact):
    """Saliency maps of some pictures by one method."""

    kind: ClassVar[str] = "explanation"
    noun: ClassVar[str] = "an explanation"

    method: str
    """For example `grad-cam` (Selvaraju et al. 2017)."""
    label_schema: LabelSchema
    maps: tuple[SaliencyMap, ...]

    def layers(self) -> tuple[Layer, ...]:
        """The heat maps."""
        return tuple(Layer(f"{n}.png", m.heat, "image/png") for n, m in enumerate(self.maps))
