"""What a deployer must know of an exported file, kept inside it."""

from yolox_core.checkpoint import Checkpoint
from yolox_core.export.settings import ExportSettings
from yolox_core.model.head import STRIDES
from yolox_core.ops.letterbox import PADDING_GREY

FORMAT = "yolox-workbench-export/1"

INPUT = (
    "images: float32 [B, 3, H, W], channels B, G, R, values 0..255, not normalised; the picture is scaled by "
    f"min(H / height, W / width), bilinear, and put at the top left, the rest filled with {PADDING_GREY}"
)
DETECTIONS = (
    "detections: float32 [N, 7], one row a box, best score first: image of the batch (from 0), x1, y1, x2, y2 in input "
    "pixels (divide by the scale), class id (from 0), score"
)
DECODED = (
    "outputs: float32 [B, A, 5 + C]: centre x, centre y, width, height in input pixels (divide by the scale), "
    "objectness, class probabilities; score = objectness x class probability; suppression is yours"
)
UNDECODED = (
    "outputs: float32 [B, A, 5 + C]: x, y, w, h as the network gives them, objectness, class probabilities; A runs "
    "over the cells of the strides, row by row; centre = (xy + cell) x stride, side = exp(wh) x stride"
)


def file_metadata(checkpoint: Checkpoint, shape: tuple[int, int], settings: ExportSettings) -> dict[str, object]:
    """Names and plain values; in ONNX files each stands as text, what is no text as JSON."""
    metadata: dict[str, object] = {
        "format": FORMAT,
        "model": checkpoint.size,
        "class_names": list(checkpoint.class_names),
        "input_height": shape[0],
        "input_width": shape[1],
        "batch": settings.batch or "dynamic",
        "strides": list(STRIDES),
        "half": settings.is_half,
        "input": INPUT,
        "output": DETECTIONS if settings.has_nms else DECODED if settings.is_decoded else UNDECODED,
    }
    if settings.has_nms:
        metadata |= {"conf_threshold": settings.conf_threshold, "nms_threshold": settings.nms_threshold}
    return metadata
