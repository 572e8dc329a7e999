"""Networks by the name of their architecture: built, filled with weights, and written again."""

from __future__ import annotations

import importlib
import io
from collections.abc import Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, Protocol
from urllib.error import URLError

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_safetensors
from safetensors.torch import load_file, save
from torch import nn

from studio.api.engine import Architecture
from studio.domain.ids import JsonValue
from studio.domain.models import InputSpec, ModelVersion
from studio.domain.objects import ObjectStore
from studio.errors import BadInput, Damaged, NotFound


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


def start_from_file(network: nn.Module, path: Path) -> list[str]:
    """Fill what fits from a file of weights: `.safetensors`, or a state dict saved by torch.

    Parameters
    ----------
    network : nn.Module
        Changed in place.
    path : Path
        Nothing in it is executed.

    Returns
    -------
    list of str
        Names of the weights that did not fit and stay as they were, such as the last layer's.

    Raises
    ------
    NotFound
        If there is no such file.
    BadInput
        If it holds no weights, or none that fit.
    """
    if not path.is_file():
        raise NotFound(f"There is no file of weights at {path}.", "Check the path.")
    try:
        if path.suffix == ".safetensors":
            found: Any = load_file(path)
        else:
            found = torch.load(io.BytesIO(path.read_bytes()), "cpu", weights_only=True)
    except (OSError, RuntimeError, ValueError, EOFError, UnpicklingError, SafetensorError) as error:
        raise BadInput(
            f"{path.name} holds no weights that can be read safely: {str(error).splitlines()[0]}",
            "Save it as a state dict or as safetensors.",
        ) from error
    found = found.get("state_dict", found.get("model", found)) if isinstance(found, dict) else {}
    return _fill_what_fits(network, found, path.name)


def start_from_published(network: nn.Module, architecture: Architecture) -> list[str]:
    """Fill what fits from torchvision's published weights, fetched once from the internet.

    Raises
    ------
    BadInput
        If there are none for this architecture, or they cannot be fetched.
    """
    if not architecture.pretrained:
        raise BadInput(
            f"There are no published weights for {architecture.name}.",
            "Train it from scratch, or name a file of weights.",
        )
    from torchvision.models import get_weight

    try:
        state = get_weight(architecture.pretrained).get_state_dict(progress=False)
    except (URLError, OSError, TimeoutError) as error:
        raise BadInput(
            f"The published weights of {architecture.name} could not be fetched: {error}.",
            "Go online once, or lay the file on this machine and name it as “weights”.",
        ) from error
    return _fill_what_fits(network, dict(state), architecture.pretrained)


def _fill_what_fits(network: nn.Module, found: Mapping[str, Any], source: str) -> list[str]:
    own = network.state_dict()
    # A detector keeps its backbone under a prefix; published weights have none.
    prefixes = ("", "backbone.body.", "backbone.")
    fitting: dict[str, torch.Tensor] = {}
    for name, tensor in found.items():
        for prefix in prefixes:
            target = own.get(prefix + name)
            if target is not None and isinstance(tensor, torch.Tensor):
                if target.shape == tensor.shape:
                    fitting[prefix + name] = tensor
                break
    if not fitting:
        raise BadInput(
            f"No weight of {source} fits this network.", "Choose weights of the same architecture."
        )
    network.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))
