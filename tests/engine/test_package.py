"""The written package by itself: elsewhere, with nothing of the studio in reach."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import onnxruntime
import PIL
import pytest
import torch
from PIL import Image

from studio.api import images
from studio.domain.models import InputSpec
from studio.domain.packaging import ModelPackage
from studio.engine.export import export
from studio.engine.package_files import pictures_source
from studio.engine.predict import predict
from studio.errors import UnreadableImage
from tests.fakes.small_world import Context, Plugins, dataset, model

torch.set_num_threads(1)

ALONE = """
import sys, runpy
sys.path[:] = [p for p in sys.path if "site-packages" not in p and p] + [{libraries!r}]
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {{"studio", "torch", "onnx", "scipy", "pydantic"}} | {absent!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Absent())
sys.argv = {arguments!r}
runpy.run_path({runner!r}, run_name="__main__")
"""


def packed(folder: Path, task: str) -> tuple[Context, ModelPackage, Path]:
    ctx = Context(folder)
    package = export(ctx, Plugins(), model(ctx, task), dataset(ctx), {"name": "Tiny"})
    written = folder / "package"
    for name, digest in package.files.items():
        (written / name).parent.mkdir(parents=True, exist_ok=True)
        ctx.store.copy_to(digest, written / name)
    return ctx, package, written


@pytest.fixture(scope="module", params=["classification", "detection"])
def package(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Context, ModelPackage, Path]:
    return packed(tmp_path_factory.mktemp("packed"), request.param)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with links to numpy, onnxruntime and Pillow, and nothing else."""
    folder = tmp_path_factory.mktemp("libraries")
    for module in (np, onnxruntime, PIL):
        source = Path(str(module.__file__)).parent
        for path in source.parent.glob(f"{source.name}*"):
            if path.name.removeprefix(source.name)[:1] in ("", ".", "-"):
                os.symlink(path, folder / path.name)
    for name in ("flatbuffers", "google"):
        found = Path(str(np.__file__)).parent.parent / name
        if found.exists():
            os.symlink(found, folder / name)
    return folder


def run_alone(
    folder: Path, libraries: Path, cwd: Path, *arguments: str, absent: frozenset[str] = frozenset()
) -> subprocess.CompletedProcess[str]:
    code = ALONE.format(
        libraries=str(libraries),
        arguments=["runner.py", *arguments],
        runner=str(folder / "runner.py"),
        absent=set(absent),
    )
    return subprocess.run(
        [sys.executable, "-I", "-S", "-c", code],
        cwd=cwd, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_it_answers_elsewhere_as_the_studio_does(
    package: tuple[Context, ModelPackage, Path], libraries: Path, tmp_path: Path
) -> None:
    ctx, made, folder = package
    media = [entry.item.media for entry in dataset(ctx).read(ctx.store, "test")][:3]
    for one in media:
        (tmp_path / one.name).write_bytes(ctx.store.get(one.digest))
    done = run_alone(folder, libraries, tmp_path, "--json", *[one.name for one in media])
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    names = made.label_schema.names
    found = predict(ctx, made, media)
    assert found.provider == "CPUExecutionProvider"
    for answer, verdict in zip(answers, found.read(ctx.store), strict=True):
        if made.task == "classification":
            assert answer["scores"] == pytest.approx(verdict.scores, abs=1e-6)
            label = made.label_schema.get(verdict.predicted or made.label_schema.labels[0].id)
            assert label is not None
            assert answer["label"] == label.name
        else:
            assert len(answer["detections"]) == len(verdict.detections) > 0
            for there, here in zip(answer["detections"], verdict.detections, strict=True):
                assert names[there["index"]] == there["label"]
                assert there["box"] == pytest.approx(here.box, abs=1e-3)


def test_the_self_test_and_the_benchmark_run_without_pillow(
    package: tuple[Context, ModelPackage, Path], libraries: Path, tmp_path: Path
) -> None:
    folder = package[2]
    bare = frozenset({"PIL"})
    done = run_alone(folder, libraries, tmp_path, "--selftest", "--benchmark", absent=bare)
    assert (done.returncode, done.stderr) == (0, "")
    assert "agrees" in done.stdout
    assert "median" in done.stdout
    refused = run_alone(folder, libraries, tmp_path, "x.png", absent=bare)
    assert refused.returncode == 2
    assert "needs Pillow" in refused.stderr


@pytest.mark.parametrize(
    "name", ["model.onnx", "contract.json", "pictures.py", "selftest/scores.npy"]
)
def test_a_tampered_byte_is_refused(
    package: tuple[Context, ModelPackage, Path], libraries: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(package[2], copy)
    data = bytearray((copy / name).read_bytes())
    data[len(data) // 2] ^= 1
    (copy / name).write_bytes(data)
    done = run_alone(copy, libraries, tmp_path, "--selftest")
    assert done.returncode == 5
    assert name in done.stderr


def test_a_missing_file_and_a_broken_picture_are_named(
    package: tuple[Context, ModelPackage, Path], libraries: Path, tmp_path: Path
) -> None:
    (tmp_path / "broken.png").write_bytes(b"no picture")
    done = run_alone(package[2], libraries, tmp_path, "broken.png", "absent.png")
    assert done.returncode == 2
    assert "broken.png: It is not an image" in done.stderr
    assert "absent.png" in done.stderr
    assert run_alone(package[2], libraries, tmp_path).returncode == 2


def loaded() -> ModuleType:
    module = ModuleType("pictures")
    exec(compile(pictures_source(), "pictures.py", "exec"), module.__dict__)
    return module


def odd_pictures() -> dict[str, bytes]:
    rng = np.random.default_rng(0)
    colour = Image.fromarray(rng.integers(0, 256, (31, 47, 3)).astype(np.uint8))
    deep = Image.fromarray(rng.integers(0, 65536, (20, 30)).astype(np.uint16))
    alpha = Image.fromarray(rng.integers(0, 256, (20, 30, 4)).astype(np.uint8))
    real = Image.fromarray(rng.normal(0, 5, (20, 30)).astype(np.float32))
    made: dict[str, tuple[Image.Image, str, dict[str, object]]] = {
        "cmyk": (colour.convert("CMYK"), "JPEG", {}),
        "deep": (deep, "PNG", {}),
        "deep tiff": (deep, "TIFF", {}),
        "alpha": (alpha, "PNG", {}),
        "palette": (colour.quantize(20), "GIF", {}),
        "real": (real, "TIFF", {}),
        "bits": (colour.convert("1"), "PNG", {}),
    }
    for turn in range(1, 9):
        exif = Image.Exif()
        exif[0x0112] = turn
        made[f"turn {turn}"] = (colour, "JPEG", {"exif": exif.tobytes()})
    found = {}
    for name, (image, kind, more) in made.items():
        out = io.BytesIO()
        image.save(out, kind, **more)
        found[name] = out.getvalue()
    return found


@pytest.mark.parametrize("name", sorted(odd_pictures()))
def test_odd_pictures_are_read_bit_for_bit_as_in_the_studio(name: str) -> None:
    data = odd_pictures()[name]
    theirs = loaded()
    pixels = images.decode(data)
    assert np.array_equal(theirs.decode(data), pixels)
    for fit in ("stretch", "letterbox"):
        for channels in (1, 3):
            spec = InputSpec(width=40, height=24, channels=channels, fit=fit)
            loose = SimpleNamespace(**spec.model_dump())
            assert np.array_equal(theirs.to_input(pixels, loose), images.to_input(pixels, spec))


@pytest.mark.real_data
def test_real_odd_pictures_are_read_or_refused_alike() -> None:
    root = Path(os.environ.get("STUDIO_REAL_DATA", Path(__file__).parents[3] / "shared" / "data"))
    files = [p for n in ("odd_images", "exif_orientation") for p in (root / n).rglob("*")]
    files = [path for path in files if path.is_file() and path.stat().st_size < 3_000_000]
    if not files:
        pytest.skip("the real data are not here")
    theirs = loaded()
    for path in files[:60]:
        data = path.read_bytes()
        try:
            expected = images.decode(data)
        except UnreadableImage:
            with pytest.raises(theirs.UnreadableImage):
                theirs.decode(data)
            continue
        assert np.array_equal(theirs.decode(data), expected), path.name


@pytest.mark.slow
def test_it_runs_in_a_fresh_environment(
    package: tuple[Context, ModelPackage, Path], libraries: Path, tmp_path: Path
) -> None:
    venv.create(tmp_path / "venv", with_pip=False, symlinks=True)
    place = next((tmp_path / "venv").glob("lib/python*/site-packages"))
    for entry in libraries.iterdir():
        os.symlink(entry.resolve(), place / entry.name)
    python = tmp_path / "venv" / "bin" / "python"
    done = subprocess.run(
        [python, package[2] / "runner.py", "--selftest"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    probe = subprocess.run([python, "-c", "import torch"], capture_output=True, check=False)
    assert probe.returncode != 0
