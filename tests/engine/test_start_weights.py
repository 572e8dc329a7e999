"""A training starts from weights that fit, says what is new, and runs none of their code."""

from __future__ import annotations

import contextlib
import io
import os
import pickle
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.torch import save_file
from torch import nn
from torchvision.models import get_weight

from studio.api.engine import Architecture, InputSpec, weights_folder
from studio.engine import start_weights
from studio.engine.networks import fill, weights_of
from studio.errors import BadInput, Damaged, NotFound, StudioError


def network(labels: int = 2) -> nn.Module:
    body = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    return nn.ModuleDict({"body": body, "head": nn.Linear(4, labels)})


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Torch remarks upon odd pickles before it refuses them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@pytest.mark.parametrize("ending", [".safetensors", ".pth"])
def test_what_fits_is_taken_and_the_head_is_named_as_new(tmp_path: Path, ending: str) -> None:
    source, target = network(labels=5), network(labels=2)
    file = tmp_path / f"start{ending}"
    state = {name: tensor.contiguous() for name, tensor in source.state_dict().items()}
    save_file(state, file) if ending == ".safetensors" else torch.save(state, file)
    before = target.state_dict()["head.weight"].clone()
    left = start_weights.from_file(target, file)
    assert left == ["head.bias", "head.weight"]
    assert start_weights.said(left) == "2 weights are new: head.bias, head.weight"
    assert torch.equal(target.state_dict()["body.0.weight"], state["body.0.weight"])
    assert torch.equal(target.state_dict()["head.weight"], before)


@pytest.mark.parametrize("wrapper", ["state_dict", "model"])
def test_the_wrappings_of_training_scripts_are_taken_off(tmp_path: Path, wrapper: str) -> None:
    source, target = network(), network()
    state = {f"module.{name}": tensor for name, tensor in source.state_dict().items()}
    torch.save({wrapper: state, "epoch": 3}, tmp_path / "start.pth")
    assert start_weights.from_file(target, tmp_path / "start.pth") == []
    assert weights_of(target) == weights_of(source)


def test_weights_of_another_network_are_refused(tmp_path: Path) -> None:
    torch.save({"other": torch.ones(3)}, tmp_path / "start.pth")
    with pytest.raises(BadInput, match="No weight"):
        start_weights.from_file(network(), tmp_path / "start.pth")


def test_weights_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    state = network().state_dict()
    state["head.bias"] = torch.tensor([float("nan"), 0.0])
    torch.save(state, tmp_path / "start.pth")
    with pytest.raises(BadInput, match="not finite"):
        start_weights.from_file(network(), tmp_path / "start.pth")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        start_weights.from_file(network(), tmp_path / "none.pth")


def test_a_file_that_would_run_code_is_refused_and_does_not_run(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return os.system, (f"touch {tmp_path / 'pwned'}",)

    plain, zipped = tmp_path / "plain.pth", tmp_path / "zipped.pth"
    plain.write_bytes(pickle.dumps(Evil()))
    torch.save({"body.0.weight": Evil()}, zipped)
    for file in (plain, zipped):
        with quiet(), pytest.raises(BadInput, match="read safely"):
            start_weights.from_file(network(), file)
    assert not (tmp_path / "pwned").exists()


def _saved(legacy: bool) -> bytes:
    out = io.BytesIO()
    state = network().state_dict()
    torch.save(state, out, _use_new_zipfile_serialization=not legacy)
    return out.getvalue()


_GOOD = (_saved(True), _saved(False), pickle.dumps([1, 2]), pickle.dumps({"a": 3}))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    base=st.sampled_from(_GOOD) | st.binary(max_size=40).map(lambda tail: b"\x80\x02" + tail),
    cut=st.floats(0, 1),
    harm=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), max_size=6),
    ending=st.sampled_from([".pth", ".safetensors"]),
)
def test_a_harmed_file_is_refused_with_words(
    tmp_path: Path, base: bytes, cut: float, harm: list[tuple[float, int]], ending: str
) -> None:
    data = bytearray(base[: int(len(base) * (0.2 + cut))])
    for place, value in harm:
        if data:
            data[int(place * len(data))] = value
    file = tmp_path / f"harmed{ending}"
    file.write_bytes(data)
    refusal: StudioError | None = None
    with quiet():
        try:
            start_weights.from_file(network(), file)
        except StudioError as error:
            refusal = error
    assert refusal is None or (refusal.what_happened and refusal.what_to_do)


def _resnet() -> Architecture:
    return Architecture(
        "resnet18", "classification", "R", "x:y", InputSpec(width=32, height=32),
        pretrained="ResNet18_Weights.DEFAULT",
    )  # fmt: skip


def test_published_weights_are_taken_from_the_folder_for_machines_without_internet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from torchvision.models import resnet18

    monkeypatch.setenv("STUDIO_HOME", str(tmp_path))
    assert weights_folder().is_relative_to(tmp_path)
    name = get_weight("ResNet18_Weights.DEFAULT").url.rpartition("/")[2]
    weights_folder().mkdir(parents=True)
    source = resnet18(weights=None)
    torch.save(source.state_dict(), weights_folder() / name)
    target = resnet18(weights=None, num_classes=3)
    assert start_weights.from_published(target, _resnet()) == ["fc.bias", "fc.weight"]
    assert torch.equal(target.conv1.weight, source.conv1.weight)


def test_an_architecture_without_published_weights_says_so() -> None:
    bare = Architecture("small", "classification", "S", "x:y", InputSpec(width=8, height=8))
    with pytest.raises(BadInput, match="no published weights"):
        start_weights.from_published(network(), bare)


def test_equal_weights_give_equal_bytes_whatever_their_layout() -> None:
    one = network()
    bytes_before = weights_of(one)
    assert weights_of(one.to(memory_format=torch.channels_last)) == bytes_before
    other = network()
    fill(other, bytes_before)
    assert weights_of(other) == bytes_before


def test_weights_must_fit_a_model_exactly() -> None:
    with pytest.raises(Damaged):
        fill(network(labels=2), weights_of(network(labels=3)))
    with pytest.raises(Damaged):
        fill(network(), b"no weights at all")
