"""An exported network as an ONNX file: the recorded graph, suppression where wanted, and what a deployer must know."""

import json
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from yolox_core.errors import Unavailable
from yolox_core.export.recorder import Recorder
from yolox_core.export.settings import ExportSettings

if TYPE_CHECKING:
    import onnx

OPSET, IR_VERSION = 17, 8  # read by every runtime since 2022
MOST_PER_CLASS = 1000  # detections of one class in one image; runtimes on GPUs set this much memory aside


def onnx_model(
    network: nn.Module, images: Tensor, settings: ExportSettings, metadata: dict[str, object]
) -> "onnx.ModelProto":
    """The model of a float32 network, recorded while it works on `images`. Raises Unavailable without onnx.

    With suppression inside, its `outputs` are there too: `without_inner_outputs` takes them away.
    """
    try:
        from onnx import TensorProto, helper
    except ImportError as error:
        raise Unavailable("The package onnx is missing.", where="export", action="Install onnx.") from error

    recorder = Recorder(images, is_half=settings.is_half)
    with torch.inference_mode(), recorder:
        outputs = network(images)
    batch = settings.batch or "batch"
    recorder.nodes.append(helper.make_node("Identity", [recorder.name(outputs)], ["outputs"]))
    results = [helper.make_tensor_value_info("outputs", TensorProto.FLOAT, [batch, *outputs.shape[1:]])]
    if settings.has_nms:
        rows = _suppressed(recorder, classes=outputs.shape[2] - 5, settings=settings)
        recorder.nodes.append(helper.make_node("Identity", [rows], ["detections"]))
        results.insert(0, helper.make_tensor_value_info("detections", TensorProto.FLOAT, ["detections", 7]))
    graph = helper.make_graph(
        recorder.nodes,
        "yolox",
        [helper.make_tensor_value_info("images", TensorProto.FLOAT, [batch, *images.shape[1:]])],
        results,
        recorder.constants,
    )
    model = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR_VERSION, producer_name="yolox-workbench"
    )
    helper.set_model_props(
        model, {key: text if isinstance(text, str) else json.dumps(text) for key, text in metadata.items()}
    )
    return model


def without_inner_outputs(model: "onnx.ModelProto") -> bytes:
    """The file's content, with its first output only."""
    del model.graph.output[1:]
    return bytes(model.SerializeToString())


def _suppressed(to: Recorder, *, classes: int, settings: ExportSettings) -> str:
    """Detections [N, 7] of the decoded `outputs`: as `network.Suppression`, in ONNX's own operations."""

    def part(start: int, end: int) -> str:
        return to.add("Slice", "outputs", to.constant([start]), to.constant([end]), to.constant([2]))

    class_scores = part(5, 5 + classes)
    best = to.add("ArgMax", class_scores, axis=2, keepdims=1)
    is_best = to.add("Equal", best, to.constant(np.arange(classes)[None, None]))
    scores = to.add("Where", is_best, to.add("Mul", class_scores, part(4, 5)), to.constant(np.float32(-1)))
    scores = to.add("Transpose", scores, perm=[0, 2, 1])
    # ONNX keeps what is above its threshold, we keep what reaches ours
    below = np.nextafter(np.float32(settings.conf_threshold), np.float32(-1))
    chosen = to.add(
        "NonMaxSuppression",
        part(0, 4),
        scores,
        to.constant([MOST_PER_CLASS]),
        to.constant(np.array([settings.nms_threshold], np.float32)),
        to.constant(np.array([below], np.float32)),
        center_point_box=1,
    )
    values = to.add("Unsqueeze", to.add("GatherND", scores, chosen), to.constant([1]))
    image_and_place = to.add("Gather", chosen, to.constant([0, 2]), axis=1)
    boxes = to.add("GatherND", _corners(to, part(0, 2), part(2, 4)), image_and_place)
    ids = to.add("Cast", chosen, to=1)
    image, class_id = (to.add("Gather", ids, to.constant([column]), axis=1) for column in (0, 1))
    rows = to.add("Concat", image, boxes, class_id, values, axis=1)
    count = to.add("Slice", to.add("Shape", values), to.constant([0]), to.constant([1]))
    to.add("TopK", to.add("Reshape", values, to.constant([-1])), count)
    order = f"{to.nodes[-1].name}_order"
    to.nodes[-1].output.append(order)
    return to.add("Gather", rows, order, axis=0)


def _corners(to: Recorder, centres: str, sides: str) -> str:
    half = to.add("Mul", sides, to.constant(np.float32(0.5)))
    return to.add("Concat", to.add("Sub", centres, half), to.add("Add", centres, half), axis=2)
