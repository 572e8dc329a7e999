"""Networks that are asked by points and boxes: SAM's encoder and decoder as ONNX files.

The encoder sees a picture once; the decoder turns its embedding and a prompt into a mask. Two
builds are read, told apart by the inputs of their decoder: that of SAM (`image_embeddings`,
`orig_im_size`) and that of SAM 2 (`image_embed` and two `high_res_feats`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as refusals

from studio.engine.package_runner import cuda_is_there
from studio.errors import BadInput

Floats: TypeAlias = NDArray[np.float32]
Embedding: TypeAlias = dict[str, Floats]

_MEAN = np.array([123.675, 116.28, 103.53], np.float32)
_DEVIATION = np.array([58.395, 57.12, 57.375], np.float32)
"""Of the pictures SAM was trained on, by channel, in 0..255."""
_REFUSALS = (
    refusals.EPFail, refusals.Fail, refusals.InvalidArgument, refusals.InvalidGraph,
    refusals.InvalidProtobuf, refusals.NoModel, refusals.NoSuchFile, refusals.NotImplemented,
    refusals.RuntimeException, OSError, ValueError,
)  # fmt: skip
"""What onnxruntime raises over files and inputs; its errors share no base of their own."""
_PAD = -1.0
"""Label of a point that says nothing."""


class PromptableModel:
    """An encoder and a decoder, ready to be asked.

    Parameters
    ----------
    encoder, decoder : Path
        ONNX files.
    input_size : int
        Longer side of what a SAM encoder sees, px; SAM 2's says so itself.

    Raises
    ------
    BadInput
        If a file is no network, or they are not the two of a SAM.
    """

    def __init__(self, encoder: Path, decoder: Path, input_size: int = 1024) -> None:
        self._encoder, self._decoder = _session(encoder), _session(decoder)
        self._inputs = {one.name: one for one in self._decoder.get_inputs()}
        self._outputs = [one.name for one in self._decoder.get_outputs()]
        if {"image_embeddings", "point_coords"} <= self._inputs.keys():
            self._second = False
        elif {"image_embed", "point_coords"} <= self._inputs.keys():
            self._second = True
        else:
            taken = ", ".join(self._inputs)
            raise BadInput(
                f"“{decoder.name}” is not the decoder of a SAM: it takes {taken}.",
                "Choose a decoder that takes point_coords and an embedding of the picture.",
            )
        shape = self._encoder.get_inputs()[0].shape
        fixed = [side for side in shape[-2:] if isinstance(side, int)]
        self._rank = len(shape)
        self._size = fixed[0] if self._rank == 4 and len(fixed) == 2 else input_size
        self._stretched = (fixed[0], fixed[1]) if len(fixed) == 2 else (input_size, input_size)

    def embed(self, pixels: NDArray[np.uint8]) -> Embedding:
        """See a picture.

        Parameters
        ----------
        pixels : (H, W, 3) uint8
            RGB, upright.

        Returns
        -------
        dict of str to array
            Under the names the decoder takes them by, and the picture's size as `size` (H, W).
        """
        given = self._for_second(pixels) if self._second else self._for_first(pixels)
        made = _run(self._encoder, {self._encoder.get_inputs()[0].name: given})
        names = [one.name for one in self._encoder.get_outputs()]
        if not self._second:
            names = ["image_embeddings", *names[1:]]
        elif "image_embed" not in names:
            names = ["high_res_feats_0", "high_res_feats_1", "image_embed"][-len(names) :]
        found: Embedding = dict(zip(names, made, strict=False))
        found["size"] = np.array(pixels.shape[:2], np.float32)
        return found

    def segment(
        self, embedding: Mapping[str, Floats], points: Floats, labels: Floats
    ) -> tuple[NDArray[np.bool_], float]:
        """Answer a prompt.

        Parameters
        ----------
        embedding : mapping
            Of the picture, as `embed` gave it.
        points : (N, 2) float32
            x and y, px of the picture.
        labels : (N,) float32
            1 inside, 0 outside, 2 and 3 the top left and bottom right corner of a box.

        Returns
        -------
        mask : (H, W) bool
            The best of the masks, at the picture's size.
        score : float
            What the network makes of it: an overlap it expects, about 0..1.
        """
        high, wide = (int(side) for side in embedding["size"])
        scale_y, scale_x = self._scale(high, wide)
        coordinates = points.astype(np.float32) * np.array([scale_x, scale_y], np.float32)
        coordinates = np.concatenate([coordinates, np.zeros((1, 2), np.float32)])[None]
        known = np.concatenate([labels.astype(np.float32), np.array([_PAD], np.float32)])[None]
        given: dict[str, Any] = {"point_coords": coordinates, "point_labels": known}
        for name, one in self._inputs.items():
            if name in embedding:
                given[name] = embedding[name]
            elif name == "mask_input":
                given[name] = np.zeros(self._mask_shape(one.shape), np.float32)
            elif name == "has_mask_input":
                given[name] = np.zeros(1, np.float32)
            elif name == "orig_im_size":
                given[name] = np.array([high, wide], np.float32)
        made = dict(zip(self._outputs, _run(self._decoder, given), strict=True))
        return self._best(made, high, wide)

    def _best(
        self, made: Mapping[str, Floats], high: int, wide: int
    ) -> tuple[NDArray[np.bool_], float]:
        low = made.get("low_res_masks")
        masks = low if low is not None and not self._second else made[self._outputs[0]]
        scores = next((value for name, value in made.items() if "iou" in name), None)
        best = int(np.argmax(scores.reshape(-1))) if scores is not None else 0
        logits = masks.reshape(-1, *masks.shape[-2:])[best]
        if low is not None and not self._second:
            shown = self._fitted_size(high, wide)
            share = logits.shape[0] / self._size
            rows, columns = (max(1, round(side * share)) for side in shown)
            logits = logits[:rows, :columns]
        found = _resized(np.ascontiguousarray(logits, np.float32), high, wide) > 0
        return found, float(scores.reshape(-1)[best]) if scores is not None else 1.0

    def _scale(self, high: int, wide: int) -> tuple[float, float]:
        rows, columns = self._stretched if self._second else self._fitted_size(high, wide)
        return rows / high, columns / wide

    def _fitted_size(self, high: int, wide: int) -> tuple[int, int]:
        share = self._size / max(high, wide)
        return max(1, int(high * share + 0.5)), max(1, int(wide * share + 0.5))

    def _mask_shape(self, shape: list[Any]) -> tuple[int, ...]:
        sides = [side if isinstance(side, int) else self._stretched[0] // 4 for side in shape[-2:]]
        return 1, 1, sides[0], sides[1]

    def _for_first(self, pixels: NDArray[np.uint8]) -> Floats:
        rows, columns = self._fitted_size(*pixels.shape[:2])
        seen = _resized(pixels, rows, columns).astype(np.float32)
        if self._rank == 3:
            return seen
        whole = np.zeros((1, 3, self._size, self._size), np.float32)
        whole[0, :, :rows, :columns] = ((seen - _MEAN) / _DEVIATION).transpose(2, 0, 1)
        return whole

    def _for_second(self, pixels: NDArray[np.uint8]) -> Floats:
        seen = _resized(pixels, *self._stretched).astype(np.float32)
        scaled: Floats = ((seen - _MEAN) / _DEVIATION).transpose(2, 0, 1)[None]
        return np.ascontiguousarray(scaled)


def _session(path: Path) -> ort.InferenceSession:
    providers = ["CPUExecutionProvider"]
    if cuda_is_there() and "CUDAExecutionProvider" in ort.get_available_providers():
        providers.insert(0, "CUDAExecutionProvider")
    try:
        return ort.InferenceSession(str(path), providers=providers)
    except _REFUSALS as error:
        raise BadInput(
            f"“{path.name}” cannot be read as a network ({str(error).splitlines()[0][:200]}).",
            "Choose an ONNX file; it may have been cut short on its way.",
        ) from error


def _run(session: ort.InferenceSession, given: Mapping[str, Any]) -> list[Any]:
    try:
        made: list[Any] = session.run(None, dict(given))
    except _REFUSALS as error:
        raise BadInput(
            f"The model could not be run ({str(error).splitlines()[0][:200]}).",
            "Its encoder and decoder may not belong together; export both anew.",
        ) from error
    return made


def _resized(array: NDArray[Any], rows: int, columns: int) -> NDArray[Any]:
    import cv2

    return cv2.resize(array, (columns, rows), interpolation=cv2.INTER_LINEAR)
