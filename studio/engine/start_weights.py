"""Where the weights of a new training come from: a model, a file, or what torchvision publishes.

Weights that do not fit stay as they were drawn, such as the last layer's where the labels differ;
each function returns their names, so that the person can be told.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from http.client import HTTPException
from pathlib import Path, PurePosixPath
from pickle import UnpicklingError
from urllib.parse import urlsplit

import torch
from safetensors import SafetensorError
from safetensors.torch import load as read_safetensors
from safetensors.torch import load_file
from torch import nn

from studio.api.engine import Architecture, weights_folder
from studio.errors import BadInput, NotFound

_UNREADABLE = (
    OSError, RuntimeError, ValueError, EOFError, UnpicklingError, SafetensorError, LookupError,
    TypeError, AttributeError, AssertionError, OverflowError, MemoryError, ImportError,
    struct.error,
)  # fmt: skip
"""What torch raises over files that are no weights; its readers agree on no one error."""

_NAMED = 4


def from_model(network: nn.Module, weights: bytes) -> list[str]:
    """Fill what fits from the weights of a model version; the rest is returned by name.

    Raises
    ------
    BadInput
        If they cannot be read, or none fits.
    """
    try:
        found = read_safetensors(weights)
    except _UNREADABLE as error:
        raise _unreadable("The model to start from", error) from error
    return _fill_what_fits(network, found, "the model to start from")


def from_file(network: nn.Module, path: Path) -> list[str]:
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
        Names of the weights that did not fit and stay as they were.

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
        if path.suffix.casefold() == ".safetensors":
            found: object = load_file(path)
        else:
            found = torch.load(path, "cpu", weights_only=True)
    except _UNREADABLE as error:
        raise _unreadable(path.name, error) from error
    return _fill_what_fits(network, found, path.name)


def from_published(network: nn.Module, architecture: Architecture) -> list[str]:
    """Fill what fits from torchvision's published weights.

    A file of their name in `weights_folder()` is taken first; else they are fetched once from the
    internet, checked against the digest in their name, and read without executing anything.

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

    published = get_weight(architecture.pretrained)
    name = PurePosixPath(urlsplit(published.url).path).name
    laid = weights_folder() / name
    if laid.is_file():
        return from_file(network, laid)
    try:
        state = published.get_state_dict(
            progress=False, map_location="cpu", check_hash=True, weights_only=True
        )
    except (*_UNREADABLE, HTTPException) as error:
        raise BadInput(
            f"The published weights of {architecture.name} could not be fetched: {_why(error)}.",
            f"Go online once, or lay {name} into {weights_folder()}.",
        ) from error
    return _fill_what_fits(network, state, architecture.pretrained)


def said(left: Sequence[str]) -> str:
    """Say to a person which weights are new."""
    if not left:
        return "0 weights are new"
    more = f" and {len(left) - _NAMED} more" if len(left) > _NAMED else ""
    return f"{len(left)} weights are new: {', '.join(left[:_NAMED])}{more}"


def _why(error: BaseException) -> str:
    first = str(error).strip().partition("\n")[0]
    return first.rstrip(".") or type(error).__name__


def _unreadable(what: str, error: BaseException) -> BadInput:
    return BadInput(
        f"{what} holds no weights that can be read safely: {_why(error)}.",
        "Save them as a state dict or as safetensors.",
    )


def _state_dict(found: object) -> dict[str, torch.Tensor]:
    """Find the tensors of a state dict, also where a training script wrapped it."""
    for wrapper in ("state_dict", "model"):
        inner = found.get(wrapper) if isinstance(found, Mapping) else None
        if isinstance(inner, Mapping):
            found = inner
    if not isinstance(found, Mapping):
        return {}
    return {
        str(name).removeprefix("module."): tensor
        for name, tensor in found.items()
        if isinstance(tensor, torch.Tensor) and _plain(tensor)
    }


def _plain(tensor: torch.Tensor) -> bool:
    dense = tensor.layout == torch.strided and not tensor.is_quantized
    return dense and not tensor.is_complex()


def _places(name: str) -> Iterator[str]:
    """List the names a weight may have in a detector, which keeps its backbone under a prefix."""
    yield name
    yield f"backbone.body.{name}"
    yield f"backbone.body.{name.removeprefix('features.')}"
    yield f"backbone.{name}"


def _fill_what_fits(network: nn.Module, found: object, source: str) -> list[str]:
    own = network.state_dict()
    fitting: dict[str, torch.Tensor] = {}
    for name, tensor in _state_dict(found).items():
        place = next((place for place in _places(name) if place in own), None)
        if place is not None and own[place].shape == tensor.shape:
            fitting[place] = tensor
    if not any(tensor.ndim for tensor in fitting.values()):
        raise BadInput(
            f"No weight of {source} fits this network.", "Choose weights of the same architecture."
        )
    if not all(bool(torch.isfinite(tensor.float()).all()) for tensor in fitting.values()):
        raise BadInput(f"Some weights of {source} are not finite numbers.", "Choose other weights.")
    network.load_state_dict(fitting, strict=False)
    return sorted(set(own) - set(fitting))
