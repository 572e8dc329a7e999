"""How a network sees pictures: embeddings, probabilities, and how much they waver."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TypeGuard

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from studio.api.engine import Features
from studio.domain.media import MediaItem
from studio.domain.models import ModelVersion
from studio.domain.operations import Context
from studio.engine import networks
from studio.engine.gradcam import last_spatial_layer, layer
from studio.engine.postprocess import detect
from studio.engine.whole_network import WholeNetwork, batch_size, batches
from studio.errors import BadInput

_DROPOUT = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.AlphaDropout)


def features(
    ctx: Context,
    plugins: networks.Architectures,
    model: ModelVersion,
    pictures: Sequence[MediaItem],
    draws: int = 0,
) -> Features:
    """Run a network over pictures and keep what it sees.

    Parameters
    ----------
    model : ModelVersion
        A classifier or a detector.
    pictures : sequence of MediaItem
        At least one.
    draws : int
        How often to ask again with dropout at work (Gal and Ghahramani 2016).

    Raises
    ------
    BadInput
        If there are no pictures, or draws are wanted of a network without dropout.
    """
    if not pictures:
        raise BadInput("There are no pictures to look at.", "Choose some.")
    network = networks.load(ctx.store, model, plugins).to(ctx.device).eval()
    whole = WholeNetwork(network, model.input, model.task).to(ctx.device).eval()
    shaky = [module for module in network.modules() if isinstance(module, _DROPOUT)]
    if draws and not shaky:
        raise BadInput(
            f"The network “{model.architecture}” has no dropout, so its answers do not waver.",
            "Choose another strategy, or an architecture with dropout.",
        )
    embeddings: list[NDArray[np.float32]] = []
    probabilities: list[NDArray[np.float32]] = []
    drawn: list[NDArray[np.float32]] = []
    done = 0
    for some, batch in batches(ctx.store, pictures, model.input, batch_size(model.input)):
        pixels = torch.from_numpy(batch).to(ctx.device)
        with torch.no_grad(), _watched(whole, model, pixels) as seen:
            probabilities.append(_probabilities(whole, pixels, model))
            embeddings.append(seen[-1])
        if draws:
            drawn.append(_drawn(whole, pixels, model, shaky, draws))
        done += len(some)
        ctx.progress(done, len(pictures), "pictures")
    empty = np.zeros((0, len(pictures), len(model.label_schema.labels)), np.float32)
    return Features(
        np.concatenate(embeddings),
        np.concatenate(probabilities),
        np.concatenate(drawn, axis=1) if drawn else empty,
    )


def _probabilities(
    whole: WholeNetwork, pixels: torch.Tensor, model: ModelVersion
) -> NDArray[np.float32]:
    said = whole(pixels)
    if isinstance(said, torch.Tensor):
        return said.float().cpu().numpy()
    boxes, scores = (one.float().cpu().numpy() for one in said)
    found = np.zeros((len(boxes), len(model.label_schema.labels)), np.float32)
    for place in range(len(boxes)):
        _, sure, labels = detect(boxes[place], scores[place])
        np.maximum.at(found[place], labels.astype(np.intp), sure)
    return found


def _drawn(
    whole: WholeNetwork,
    pixels: torch.Tensor,
    model: ModelVersion,
    shaky: Sequence[nn.Module],
    draws: int,
) -> NDArray[np.float32]:
    for module in shaky:
        module.train()
    try:
        with torch.no_grad():
            return np.stack([_probabilities(whole, pixels, model) for _ in range(draws)])
    finally:
        for module in shaky:
            module.eval()


@contextmanager
def _watched(
    whole: WholeNetwork, model: ModelVersion, pixels: torch.Tensor
) -> Iterator[list[NDArray[np.float32]]]:
    """Collect what goes into the last layer, or the mean over the last feature map."""
    seen: list[NDArray[np.float32]] = []
    linear = [module for module in whole.network.modules() if isinstance(module, nn.Linear)]

    def into(module: nn.Module, given: tuple[torch.Tensor, ...]) -> None:
        del module
        seen.append(given[0].float().flatten(1).cpu().numpy())

    def out_of(module: nn.Module, given: object, made: object) -> None:
        del module, given
        maps = made.values() if isinstance(made, dict) else made
        maps = maps if isinstance(maps, Iterable) and not _is_map(maps) else [maps]
        means = [one.float().mean((2, 3)).cpu().numpy() for one in maps if _is_map(one)]
        seen.append(np.concatenate(means, axis=1))

    backbone = getattr(whole.network, "backbone", None)
    if model.task == "classification" and linear:
        handle = linear[-1].register_forward_pre_hook(into)
    elif isinstance(backbone, nn.Module):
        # The last map of a detector's head says where a box is centred, not what is seen.
        handle = backbone.register_forward_hook(out_of)
    else:
        name = last_spatial_layer(whole.network, whole.normalised(pixels[:1]))
        handle = layer(whole.network, name).register_forward_hook(out_of)
    try:
        yield seen
    finally:
        handle.remove()


def _is_map(made: object) -> TypeGuard[torch.Tensor]:
    return isinstance(made, torch.Tensor) and made.ndim == 4
