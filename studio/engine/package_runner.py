"""Runs this model package: pictures in, labels or boxes out.

    python runner.py picture.jpg                 one line a picture
    python runner.py --json folder/*.png         JSON, one object a line
    python runner.py --selftest                  repeats the recorded answers
    python runner.py --benchmark                 measures the speed on this machine

Needs numpy and onnxruntime; Pillow only to read picture files and to resize. From Python:

    import runner
    model = runner.load("path/of/the/package")
    answer = model.predict(pixels)               # (H, W, 3) uint8, RGB, upright

Exit codes: 0 done, 1 the self-test failed, 2 a picture or an option cannot be used, 5 the package
was changed after it was made.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import hashlib
import io
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import onnxruntime

from studio.engine.postprocess import back_to_picture, detect, top

SUMS = "SHA256SUMS"
_SILENT = 4
"""onnxruntime's level for fatal errors only; what matters is raised, not logged."""


class DamagedPackageError(Exception):
    """A file of the package is missing or differs from what was packed."""


def checked(folder: Path) -> dict[str, bytes]:
    """Read all files of a package that its list of checksums names.

    Returns
    -------
    dict of str to bytes
        By path with `/`.

    Raises
    ------
    DamagedPackageError
        Naming the first file that is missing or differs.
    """
    files: dict[str, bytes] = {}
    try:
        listed = (folder / SUMS).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DamagedPackageError(f"{SUMS} is missing or broken.") from error
    for line in listed:
        digest, _, name = line.partition("  ")
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise DamagedPackageError(f"{name} is missing.") from error
        if hashlib.sha256(files[name]).hexdigest() != digest:
            raise DamagedPackageError(f"{name} was changed after the package was made.")
    for name in ("model.onnx", "contract.json"):
        if name not in files:
            raise DamagedPackageError(f"{SUMS} does not list {name}.")
    return files


def cuda_is_there() -> bool:
    """Tell whether the NVIDIA driver is there and sees a device."""
    name = "nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1"
    try:
        driver = ctypes.CDLL(name)
        count = ctypes.c_int(0)
        if driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
            return False
    except (OSError, AttributeError):
        return False
    return count.value > 0


def open_session(model: bytes, device: str = "auto") -> Any:
    """Open an ONNX model, on CUDA where it works and is not forbidden, else on the CPU."""
    providers: list[Any] = ["CPUExecutionProvider"]
    available = onnxruntime.get_available_providers()
    if device != "cpu" and "CUDAExecutionProvider" in available and cuda_is_there():
        if hasattr(onnxruntime, "preload_dlls"):
            with contextlib.redirect_stdout(io.StringIO()):
                onnxruntime.preload_dlls()
        # TF32 would round scores to three digits, more than the stated agreement allows.
        providers.insert(0, ("CUDAExecutionProvider", {"use_tf32": "0"}))
    onnxruntime.set_default_logger_severity(_SILENT)
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _SILENT
    return onnxruntime.InferenceSession(model, options, providers=providers)


class Runner:
    """A model package that is ready to answer.

    Parameters
    ----------
    contract : mapping
        `contract.json`.
    model : bytes
        `model.onnx`.
    device : str
        `auto`, `cpu` or `cuda`.
    pictures : module
        Brings `to_input` and `fitted_size`, as `pictures.py` of the package does; only needed for
        pictures whose size is not that of the model's input.
    """

    def __init__(
        self,
        contract: Mapping[str, Any],
        model: bytes,
        device: str = "auto",
        pictures: ModuleType | None = None,
    ) -> None:
        self.contract = contract
        self.task = str(contract["task"])
        self.labels: list[str] = [label["name"] for label in contract["labels"]]
        self.spec = SimpleNamespace(**contract["input"])
        self.pictures = pictures
        self._session = open_session(model, device)

    @property
    def provider(self) -> str:
        """Name of onnxruntime's execution provider."""
        return str(self._session.get_providers()[0])

    def run(self, batch: np.ndarray[Any, Any]) -> list[np.ndarray[Any, Any]]:
        """Run the network.

        Parameters
        ----------
        batch : (N, H, W, C) uint8
            Fitted to the model's input.

        Returns
        -------
        list of arrays
            Classification: scores (N, K). Detection: boxes (N, A, 4) in px of the input, and
            scores (N, A, K).
        """
        outputs: list[np.ndarray[Any, Any]] = self._session.run(None, {"pixels": batch})
        return outputs

    def fit(self, pixels: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Fit an upright RGB picture (H, W, 3) uint8 to the model's input."""
        shape = (self.spec.height, self.spec.width, self.spec.channels)
        if pixels.shape == shape:
            return pixels
        if self.pictures is None:
            raise ValueError(f"without Pillow, pictures must be of shape {shape}")
        fitted: np.ndarray[Any, Any] = self.pictures.to_input(pixels, self.spec)
        return fitted

    def answer(
        self, outputs: Sequence[np.ndarray[Any, Any]], size: tuple[int, int]
    ) -> dict[str, Any]:
        """Put the raw outputs for one picture into words.

        Parameters
        ----------
        outputs : sequence of arrays
            As `run` gives them, without the first axis.
        size : (int, int), px
            Columns and rows of the upright picture.

        Returns
        -------
        dict
            Classification: `label`, `index`, `score` and `scores` in the order of the labels.
            Detection: `detections`, each with `label`, `index`, `score` and `box` (x0, y0, x1, y1
            in px of the upright picture), highest score first.
        """
        if self.task == "classification":
            best = int(top(outputs[0], 1)[0])
            return {
                "label": self.labels[best],
                "index": best,
                "score": float(outputs[0][best]),
                "scores": [float(score) for score in outputs[0]],
            }
        rules = self.contract["detection"]
        found = detect(
            outputs[0],
            outputs[1],
            rules["score_threshold"],
            rules["overlap"],
            rules["candidates"],
            rules["most"],
        )
        boxes = back_to_picture(found.boxes, size, self._fitted_size(size))
        rows = zip(found.labels, found.scores, boxes, strict=True)
        return {
            "detections": [
                {
                    "label": self.labels[int(label)],
                    "index": int(label),
                    "score": float(score),
                    "box": [float(edge) for edge in box],
                }
                for label, score, box in rows
            ]
        }

    def _fitted_size(self, size: tuple[int, int]) -> tuple[int, int]:
        full = (self.spec.width, self.spec.height)
        if self.spec.fit == "stretch" or size == full:
            return full
        if self.pictures is None:
            raise ValueError(f"without Pillow, pictures must be of {full[0]} × {full[1]} px")
        columns, rows = self.pictures.fitted_size(*size, self.spec)
        return int(columns), int(rows)

    def predict_batch(self, pictures: Sequence[np.ndarray[Any, Any]]) -> list[dict[str, Any]]:
        """Answer for several upright RGB pictures, each (H, W, 3) uint8, in one run."""
        if not pictures:
            return []
        outputs = self.run(np.stack([self.fit(pixels) for pixels in pictures]))
        return [
            self.answer([one[place] for one in outputs], (pixels.shape[1], pixels.shape[0]))
            for place, pixels in enumerate(pictures)
        ]

    def predict(self, pixels: np.ndarray[Any, Any]) -> dict[str, Any]:
        """Answer for one upright RGB picture, (H, W, 3) uint8."""
        return self.predict_batch([pixels])[0]

    def largest_difference(self, inputs: np.ndarray[Any, Any], recorded: Sequence[Any]) -> float:
        """Run recorded inputs again; return the largest difference of any score, in 0..1."""
        outputs = self.run(inputs)
        return float(np.abs(outputs[-1].astype(np.float64) - recorded[-1]).max(initial=0.0))


def load(folder: str | Path, device: str = "auto") -> Runner:
    """Check a package's files and make it ready.

    Raises
    ------
    DamagedPackageError
        If any file differs from its checksum.
    """
    folder = Path(folder)
    files = checked(folder)
    pictures = _pictures(files["pictures.py"]) if "pictures.py" in files else None
    return Runner(json.loads(files["contract.json"]), files["model.onnx"], device, pictures)


def _pictures(source: bytes) -> ModuleType | None:
    """Load the part that needs Pillow from the checked bytes; None without Pillow."""
    module = ModuleType("pictures")
    try:
        exec(compile(source, "pictures.py", "exec"), module.__dict__)
    except ImportError:
        return None
    return module


def selftest(folder: Path, device: str = "auto") -> tuple[bool, str]:
    """Repeat the recorded answers of a package; return whether they agree, and one sentence."""
    runner = load(folder, device)
    inputs = np.load(folder / "selftest" / "pixels.npy", allow_pickle=False)
    names = runner.contract["outputs"]
    recorded = [np.load(folder / "selftest" / f"{name}.npy", allow_pickle=False) for name in names]
    difference = runner.largest_difference(inputs, recorded)
    tolerance = float(runner.contract["agreement"]["tolerance"])
    agrees = difference <= tolerance
    verdict = "agrees" if agrees else "DOES NOT AGREE"
    return agrees, (
        f"Self-test on {runner.provider}: {verdict}; {len(inputs)} recorded pictures, largest "
        f"difference of a score {difference:.2e}, allowed {tolerance:.0e}."
    )


def benchmark(runner: Runner, seconds: float = 2.0) -> str:
    """Measure one picture at a time for some seconds; return one sentence."""
    spec = runner.spec
    batch = np.full((1, spec.height, spec.width, spec.channels), 127, np.uint8)
    runner.run(batch)
    times: list[float] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or not times:
        begun = time.perf_counter()
        runner.run(batch)
        times.append(1000 * (time.perf_counter() - begun))
    low, high = np.percentile(times, [50, 95])
    return f"{runner.provider}: median {low:.2f} ms, 95 % within {high:.2f} ms ({len(times)} runs)."


def _words(answer: Mapping[str, Any]) -> str:
    if "detections" not in answer:
        return f"{answer['label']} {100 * answer['score']:.1f} %"
    found = [
        f"{one['label']} {100 * one['score']:.1f} % at "
        + ", ".join(f"{edge:.0f}" for edge in one["box"])
        for one in answer["detections"]
    ]
    return "; ".join(found) or "nothing found"


def _predict_files(runner: Runner, names: Sequence[str], as_json: bool) -> int:
    if runner.pictures is None:
        sys.stderr.write("Reading picture files needs Pillow: python -m pip install pillow\n")
        return 2
    refused = 0
    for name in names:
        try:
            answer = runner.predict(runner.pictures.decode(Path(name).read_bytes()))
        except (OSError, ValueError) as error:
            refused = 2
            sys.stderr.write(f"{name}: {error}\n")
            continue
        line = json.dumps({"picture": name, **answer}) if as_json else f"{name}: {_words(answer)}"
        sys.stdout.write(line + "\n")
    return refused


def main(arguments: Sequence[str] | None = None, folder: Path | None = None) -> int:
    """Do what the command line asks; return the exit code."""
    parser = argparse.ArgumentParser(description="Run this model package on pictures.")
    parser.add_argument("pictures", nargs="*", help="picture files")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.add_argument("--selftest", action="store_true", help="repeat the recorded answers")
    parser.add_argument("--benchmark", action="store_true", help="measure the speed")
    parser.add_argument("--device", choices=("auto", "cpu", "cuda"), default="auto")
    asked = parser.parse_args(arguments)
    folder = folder or Path(__file__).resolve().parent
    if not (asked.pictures or asked.selftest or asked.benchmark):
        parser.print_usage(sys.stderr)
        return 2
    try:
        if asked.selftest:
            agrees, sentence = selftest(folder, asked.device)
            sys.stdout.write(sentence + "\n")
            if not agrees:
                return 1
        runner = load(folder, asked.device)
    except DamagedPackageError as error:
        sys.stderr.write(f"The package is damaged: {error}\n")
        return 5
    if asked.benchmark:
        sys.stdout.write(benchmark(runner) + "\n")
    return _predict_files(runner, asked.pictures, asked.json) if asked.pictures else 0


if __name__ == "__main__":
    sys.exit(main())
