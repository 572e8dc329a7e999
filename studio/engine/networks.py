"""Networks by the name of their architecture: built, filled with weights, and written again."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Protocol

from safetensors import SafetensorError
from safetensors.torch import load as read_safetensors
from safetensors.torch import save
from torch import nn

from studio.api.engine import Architecture
from studio.domain.ids import JsonValue
from studio.domain.models import InputSpec, ModelVersion
from studio.domain.objects import ObjectStore
from studio.errors import BadInput, Damaged


class Architectures(Protocol):
    """Where architectures are looked up."""

    def architecture(self, name: str) -> Architecture:
        """Return an architecture by its name; raises `NotFound`."""


def build(
    architecture: Architecture,
    labels: int,
    spec: InputSpec,
    options: Mapping[str, JsonValue] | None = None,
) -> nn.Module:
    """Build an untrained network.

    Parameters
    ----------
    architecture : Architecture
        Names the builder.
    labels : int
        Number of labels, at least 1.
    spec : InputSpec
        What the network will be given.
    options : mapping, optional
        Further wishes of the architecture.

    Returns
    -------
    nn.Module
        In training mode, on the CPU, weights drawn from torch's global generator.
    """
    module, _, name = architecture.build.partition(":")
    network = getattr(importlib.import_module(module), name)(labels, spec, dict(options or {}))
    if not isinstance(network, nn.Module):
        raise BadInput(f"{architecture.build} did not build a torch module.")
    return network


def load(store: ObjectStore, model: ModelVersion, plugins: Architectures) -> nn.Module:
    """Build a model's network and fill it with its weights.

    Returns
    -------
    nn.Module
        In eval mode, on the CPU.

    Raises
    ------
    NotFound
        If no plugin brings the architecture, or the weights are not in the store.
    Damaged
        If the weights do not fit the architecture.
    """
    architecture = plugins.architecture(model.architecture)
    labels = len(model.label_schema.labels)
    network = build(architecture, labels, model.input, model.options)
    fill(network, store.get(model.weights))
    return network.eval()


def fill(network: nn.Module, weights: bytes) -> None:
    """Fill a network with weights that must fit exactly; raises `Damaged`."""
    try:
        network.load_state_dict(read_safetensors(weights), strict=True)
    except (RuntimeError, ValueError, SafetensorError) as error:
        raise Damaged(
            f"The weights do not fit the network: {str(error).splitlines()[0]}",
            "The plugin that builds it may have changed; train again, or install that version.",
        ) from error


def weights_of(network: nn.Module) -> bytes:
    """Write a network's weights as safetensors; equal weights give equal bytes."""
    state = {
        name: tensor.detach().to("cpu").contiguous().clone()
        for name, tensor in sorted(network.state_dict().items())
    }
    return save(state)
