"""Model versions: weights with everything that is needed to use them rightly."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, TypeAlias

from pydantic import Field

from studio.domain.artefacts import Artefact, Layer, Value
from studio.domain.ids import Digest, JsonValue
from studio.domain.labels import LabelSchema

Task: TypeAlias = Literal["classification", "detection"]


class InputSpec(Value):
    """How a picture becomes the model's input.

    The upright RGB picture (8 bits) is turned to grey if `channels` is 1 (ITU-R BT.601 luma),
    resized to `height` × `width` by Pillow's bilinear filter, and given as uint8 (N, H, W, C).
    Division by 255 and normalisation with `mean` and `std` happen inside the exported network.
    """

    width: Annotated[int, Field(ge=8, le=4096, json_schema_extra={"unit": "px"})]
    height: Annotated[int, Field(ge=8, le=4096, json_schema_extra={"unit": "px"})]
    channels: Literal[1, 3] = 3
    fit: Literal["stretch", "letterbox"] = "stretch"
    """`letterbox` keeps the aspect and pads right and bottom with grey 114."""
    mean: tuple[float, ...] = (0.485, 0.456, 0.406)
    """Per channel, of values in 0..1."""
    std: tuple[float, ...] = (0.229, 0.224, 0.225)


class ModelVersion(Artefact):
    """A trained network: weights as safetensors, and its contract."""

    kind: ClassVar[str] = "model"
    noun: ClassVar[str] = "a trained model"

    task: Task
    architecture: str
    """Name under which a trainer plugin builds the network, for example `resnet18`."""
    options: dict[str, JsonValue] = {}
    """What the builder was given beyond the number of labels."""
    label_schema: LabelSchema
    """Output number k of the network stands for label k of this schema."""
    input: InputSpec
    weights: Digest
    """safetensors file."""
    score_threshold: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Detections below are not shown; a classifier ignores it."""
    metrics: dict[str, float] = {}
    """Best validation figures, by name."""

    def layers(self) -> tuple[Layer, ...]:
        """The weights."""
        return (Layer("weights.safetensors", self.weights, "application/vnd.safetensors"),)
