"""Two ONNX files with the signature of SAM or SAM 2, small enough to be made by a test.

The encoder keeps the picture's grey values on a coarse grid. The decoder takes the cells whose grey
is near to that under the first point: enough to tell one thing from another, and exactly checkable.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

GRID = 64
FLOAT = TensorProto.FLOAT


def _constant(name: str, value: object, dtype: type = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.array(value, dtype), name)


def _save(nodes: list, name: str, inputs: list, outputs: list, constants: list, path: Path) -> None:
    graph = helper.make_graph(nodes, name, inputs, outputs, constants)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def _shrink(name: str) -> onnx.NodeProto:
    return helper.make_node("Resize", ["grey", "", "", "sizes"], [name], mode="linear")


def write_sam(folder: Path, side: int = 256) -> Path:
    """Write encoder (1, 3, side, side), decoder and YAML of a SAM; returns the YAML file."""
    _save(
        [
            helper.make_node("ReduceMean", ["image"], ["grey"], axes=[1], keepdims=1),
            helper.make_node(
                "Resize", ["grey", "", "", "sizes"], ["image_embeddings"], mode="linear"
            ),
        ],
        "encoder",
        [helper.make_tensor_value_info("image", FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info("image_embeddings", FLOAT, [1, 1, GRID, GRID])],
        [_constant("sizes", [1, 1, GRID, GRID], np.int64)],
        folder / "sam.encoder.onnx",
    )
    _decoder(folder / "sam.decoder.onnx", "image_embeddings", side, second=False)
    return _yaml(folder, "segment_anything", "sam", side)


def write_sam2(folder: Path, side: int = 256) -> Path:
    """Write encoder, decoder and YAML of a SAM 2; returns the YAML file."""
    outputs = ("high_res_feats_0", "high_res_feats_1", "image_embed")
    _save(
        [
            helper.make_node("ReduceMean", ["image"], ["grey"], axes=[1], keepdims=1),
            *(_shrink(name) for name in outputs),
        ],
        "encoder",
        [helper.make_tensor_value_info("image", FLOAT, [1, 3, side, side])],
        [helper.make_tensor_value_info(name, FLOAT, [1, 1, GRID, GRID]) for name in outputs],
        [_constant("sizes", [1, 1, GRID, GRID], np.int64)],
        folder / "sam2.encoder.onnx",
    )
    _decoder(folder / "sam2.decoder.onnx", "image_embed", side, second=True)
    return _yaml(folder, "segment_anything_2", "sam2", side)


def _decoder(path: Path, embedding: str, side: int, second: bool) -> None:
    mask_sides = [1, 1, side // 4, side // 4] if second else [1, 1, 256, 256]
    inputs = [
        helper.make_tensor_value_info(embedding, FLOAT, [1, 1, GRID, GRID]),
        helper.make_tensor_value_info("point_coords", FLOAT, [1, "n", 2]),
        helper.make_tensor_value_info("point_labels", FLOAT, [1, "n"]),
        helper.make_tensor_value_info("mask_input", FLOAT, mask_sides),
        helper.make_tensor_value_info("has_mask_input", FLOAT, [1]),
    ]
    if second:
        inputs[1:1] = [
            helper.make_tensor_value_info(name, FLOAT, [1, 1, GRID, GRID])
            for name in ("high_res_feats_0", "high_res_feats_1")
        ]
    else:
        inputs.append(helper.make_tensor_value_info("orig_im_size", FLOAT, [2]))
    low = "masks" if second else "low_res_masks"
    nodes = [
        helper.make_node("Slice", ["point_coords", "zero", "one", "axis"], ["first"]),
        helper.make_node("Mul", ["first", "share"], ["place"]),
        helper.make_node("Cast", ["place"], ["cell"], to=TensorProto.INT64),
        helper.make_node("Clip", ["cell", "low", "high"], ["inside"]),
        helper.make_node("Split", ["inside", "halves"], ["x", "y"], axis=2),
        helper.make_node("Mul", ["y", "grid"], ["row"]),
        helper.make_node("Add", ["row", "x"], ["flat"]),
        helper.make_node("Reshape", [embedding, "line"], ["values"]),
        helper.make_node("Reshape", ["flat", "alone"], ["index"]),
        helper.make_node("Gather", ["values", "index"], ["wanted"], axis=0),
        helper.make_node("Sub", [embedding, "wanted"], ["apart"]),
        helper.make_node("Abs", ["apart"], ["distance"]),
        helper.make_node("Sub", ["near", "distance"], [low]),
        helper.make_node("Identity", ["sure"], ["iou_predictions"]),
    ]
    outputs = [
        helper.make_tensor_value_info(low, FLOAT, [1, 1, GRID, GRID]),
        helper.make_tensor_value_info("iou_predictions", FLOAT, [1, 1]),
    ]
    if not second:
        nodes.append(helper.make_node("Identity", [low], ["masks"]))
        outputs.insert(0, helper.make_tensor_value_info("masks", FLOAT, [1, 1, GRID, GRID]))
    constants = [
        _constant("zero", [0], np.int64),
        _constant("one", [1], np.int64),
        _constant("axis", [1], np.int64),
        _constant("share", GRID / side),
        _constant("low", 0, np.int64),
        _constant("high", GRID - 1, np.int64),
        _constant("halves", [1, 1], np.int64),
        _constant("grid", GRID, np.int64),
        _constant("line", [-1], np.int64),
        _constant("alone", [1], np.int64),
        _constant("near", 0.5),
        _constant("sure", [[0.875]]),
    ]
    _save(nodes, "decoder", inputs, outputs, constants, path)


def _yaml(folder: Path, type_: str, name: str, side: int) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(
        f"type: {type_}\nname: {name}-test\ndisplay_name: Test of {name}\n"
        f"encoder_model_path: {name}.encoder.onnx\ndecoder_model_path: {name}.decoder.onnx\n"
        f"input_size: {side}\nmax_width: 1024\nmax_height: 682\n",
        "utf-8",
    )
    return path
