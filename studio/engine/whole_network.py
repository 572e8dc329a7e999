"""The network with its preparation inside: the one that is measured, and the one that leaves.

Input is `pixels`, (N, H, W, C) uint8. Classifiers give `scores` (N, K), softmax; detectors give
`boxes` (N, A, 4), px of the input, and `scores` (N, A, K) in 0..1.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from studio.api.images import to_input
from studio.api.pictures import pixels_of
from studio.domain.media import MediaItem
from studio.domain.models import InputSpec, Task
from studio.domain.objects import ObjectStore

Arrays = list[NDArray[Any]]

OUTPUTS: dict[Task, tuple[str, ...]] = {
    "classification": ("scores",),
    "detection": ("boxes", "scores"),
}
"""Names of the outputs, in order; scores are always last."""


class WholeNetwork(nn.Module):
    """A trained network between pixels and scores.

    Parameters
    ----------
    network : nn.Module
        Takes (N, C, H, W) float32, normalised; see the detection contract for detectors.
    spec : InputSpec
        Says how to normalise.
    task : Task
        Classifiers get a softmax.
    """

    mean: torch.Tensor
    deviation: torch.Tensor

    def __init__(self, network: nn.Module, spec: InputSpec, task: Task) -> None:
        super().__init__()
        self.network = network
        self.task = task
        shape = (1, spec.channels, 1, 1)
        self.register_buffer("mean", _channels(spec.mean, spec.channels).reshape(shape))
        self.register_buffer("deviation", _channels(spec.std, spec.channels).reshape(shape))

    def normalised(self, pixels: torch.Tensor) -> torch.Tensor:
        """Turn pixels (N, H, W, C) uint8 into what the network takes, (N, C, H, W) float32."""
        return (pixels.permute(0, 3, 1, 2).to(torch.float32) / 255 - self.mean) / self.deviation

    def forward(self, pixels: torch.Tensor) -> torch.Tensor | tuple[torch.Tensor, torch.Tensor]:
        """Give the outputs named in the head of this module."""
        said = self.network(self.normalised(pixels))
        if self.task == "classification":
            return torch.softmax(said, dim=1)
        boxes, scores = said
        return boxes, scores


def _channels(values: tuple[float, ...], channels: int) -> torch.Tensor:
    # One value may stand for all channels; three for a grey input are averaged.
    numbers = values if len(values) == channels else (sum(values) / len(values),) * channels
    return torch.tensor(numbers, dtype=torch.float32)


def run(whole: WholeNetwork, batch: NDArray[np.uint8], device: str = "cpu") -> Arrays:
    """Run the network on a batch of fitted pictures; float32, without the rounding of TF32.

    Parameters
    ----------
    whole : WholeNetwork
        In eval mode, on `device`.
    batch : (N, H, W, C) uint8
        Fitted to the model's input.

    Returns
    -------
    list of float32 arrays
        In the order of `OUTPUTS`.
    """
    with torch.inference_mode(), torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
        said = whole(torch.from_numpy(batch).to(device))
    outputs = said if isinstance(said, tuple) else (said,)
    return [output.float().cpu().numpy() for output in outputs]


def batches(
    store: ObjectStore, pictures: Sequence[MediaItem], spec: InputSpec, size: int
) -> Iterator[tuple[Sequence[MediaItem], NDArray[np.uint8]]]:
    """Decode pictures and fit them to a model's input, some at a time.

    Returns
    -------
    iterator of (pictures, (N, H, W, C) uint8)
        In the given order, N at most `size`.
    """
    for start in range(0, len(pictures), size):
        some = pictures[start : start + size]
        fitted = [to_input(pixels_of(store, one), spec) for one in some]
        yield some, np.stack(fitted)


def batch_size(spec: InputSpec) -> int:
    """Choose how many pictures to run at once, so that a batch stays below 4 megapixels."""
    return max(1, min(256, 4_000_000 // (spec.width * spec.height)))
