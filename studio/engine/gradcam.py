"""Grad-CAM: which places of a picture speak for a label (Selvaraju et al. 2017, section 3).

The network runs without gradients up to the explained layer; only what follows is differentiated,
so that an explanation costs hardly more than the forward pass it needs anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from studio.api.images import png
from studio.domain.explanation import Explanation, SaliencyMap
from studio.domain.labels import LabelSchema
from studio.domain.media import MediaItem
from studio.domain.models import ModelVersion
from studio.domain.operations import Context
from studio.engine import networks
from studio.engine.whole_network import WholeNetwork, batches
from studio.errors import BadInput, NotFound

_BATCH = 16


class Maps(NamedTuple):
    """Explanations of a batch."""

    heat: torch.Tensor
    """(N, h, w) float32 at the explained layer's size; negative where a place speaks against."""
    labels: torch.Tensor
    """(N,) int64, the explained labels."""
    scores: torch.Tensor
    """(N,) float32, their probabilities."""


def explain(
    ctx: Context,
    plugins: networks.Architectures,
    model: ModelVersion,
    pictures: Sequence[MediaItem],
    label: str,
) -> Explanation:
    """Make a map for each picture.

    Parameters
    ----------
    label : str
        Name or id of the label to explain; empty explains each picture's top label.

    Raises
    ------
    BadInput
        If the model is not a classifier, or no layer keeps a picture's two dimensions.
    NotFound
        If the model knows no such label.
    """
    if model.task != "classification":
        raise BadInput("Grad-CAM explains classifiers; this model is a detector.",
                       "Choose a classifier.")  # fmt: skip
    target = _label(model.label_schema, label)
    network = networks.load(ctx.store, model, plugins).to(ctx.device).eval()
    whole = WholeNetwork(network, model.input, model.task).to(ctx.device).eval()
    name = plugins.architecture(model.architecture).explained_layer
    maps: list[SaliencyMap] = []
    for some, batch in batches(ctx.store, pictures, model.input, _BATCH):
        inputs = whole.normalised(torch.from_numpy(batch).to(ctx.device))
        name = name or last_spatial_layer(network, inputs[:1])
        found = grad_cam(network, inputs, layer(network, name), target)
        for place, heat in enumerate(pictures_of(found.heat, batch.shape[1], batch.shape[2])):
            maps.append(
                SaliencyMap(
                    media=some[place],
                    label=model.label_schema.labels[int(found.labels[place])].id,
                    score=float(found.scores[place]),
                    heat=ctx.store.put(png(heat)),
                )
            )
        ctx.progress(len(maps), len(pictures), "pictures")
    return Explanation(method="grad-cam", label_schema=model.label_schema, maps=tuple(maps))


def _label(schema: LabelSchema, text: str) -> int | None:
    for number, label in enumerate(schema.labels):
        if text in (label.id, label.name):
            return number
    if text:
        raise NotFound(f"The model knows no label “{text}”.", f"It knows {schema.names}.")
    return None


def layer(network: nn.Module, name: str) -> nn.Module:
    """Return a layer by its dotted name; raises `NotFound`."""
    try:
        return network.get_submodule(name)
    except AttributeError as error:
        raise NotFound(f"The network has no layer “{name}”.") from error


def last_spatial_layer(network: nn.Module, inputs: torch.Tensor) -> str:
    """Find the module that is the last to give something with a picture's two dimensions.

    Parameters
    ----------
    inputs : (1, C, H, W) float32
        Any picture; it is run once.

    Raises
    ------
    BadInput
        If there is none.
    """
    seen: list[str] = []

    def watch(name: str) -> Any:
        def note(module: nn.Module, given: Any, output: Any) -> None:
            del module, given
            if isinstance(output, torch.Tensor) and output.ndim == 4 and min(output.shape[2:]) > 1:
                seen.append(name)

        return note

    hooks: list[RemovableHandle] = []
    for name, module in network.named_modules():
        if name:
            hooks.append(module.register_forward_hook(watch(name)))
    try:
        with torch.no_grad():
            network(inputs)
    finally:
        for hook in hooks:
            hook.remove()
    if not seen:
        raise BadInput(
            "No layer of this network keeps a picture's two dimensions.",
            "Grad-CAM cannot explain it.",
        )
    return seen[-1]


def grad_cam(
    network: nn.Module, inputs: torch.Tensor, explained: nn.Module, target: int | None = None
) -> Maps:
    """Weigh each channel of a layer by the mean of its gradient, and add the channels up.

    Parameters
    ----------
    network : nn.Module
        In eval mode; gives logits (N, K).
    inputs : (N, C, H, W) float32
        Normalised.
    explained : nn.Module
        A layer of the network with output (N, c, h, w).
    target : int, optional
        Number of the label; left out, each picture's top label.
    """
    kept: list[torch.Tensor] = []

    def cut(module: nn.Module, given: Any, output: torch.Tensor) -> torch.Tensor:
        del module, given
        kept.append(output.detach().requires_grad_())
        # A copy goes on, because layers that follow may work in place.
        return kept[-1].clone()

    learning = [one for one in network.parameters() if one.requires_grad]
    hook = explained.register_forward_hook(cut)
    try:
        for parameter in learning:
            parameter.requires_grad_(False)
        with torch.enable_grad():
            logits = network(inputs)
            labels = logits.argmax(1) if target is None else logits.new_full(
                (len(logits),), target, dtype=torch.int64
            )  # fmt: skip
            wanted = logits.gather(1, labels[:, None]).sum()
            (gradient,) = torch.autograd.grad(wanted, kept[-1])
    finally:
        hook.remove()
        for parameter in learning:
            parameter.requires_grad_(True)
    weights = gradient.mean(dim=(2, 3), keepdim=True)
    heat = (weights * kept[-1].detach()).sum(dim=1)
    scores = torch.softmax(logits.detach(), 1).gather(1, labels[:, None])[:, 0]
    return Maps(heat, labels, scores)


def pictures_of(heat: torch.Tensor, height: int, width: int) -> NDArray[np.uint8]:
    """Turn maps into grey pictures of the model's input size.

    What speaks against the label is left out, as in the paper; the strongest place of each map
    becomes 255.

    Returns
    -------
    (N, height, width) uint8
        All 0 where nothing speaks for the label.
    """
    positive = torch.relu(heat)[:, None]
    large = functional.interpolate(positive, (height, width), mode="bilinear")[:, 0]
    peak = large.amax(dim=(1, 2), keepdim=True)
    scaled = torch.where(peak > 0, large / peak.clamp_min(torch.finfo(peak.dtype).tiny), large)
    shades: NDArray[np.uint8] = (scaled * 255).round().to(torch.uint8).cpu().numpy()
    return shades
