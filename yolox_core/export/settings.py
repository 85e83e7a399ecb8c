"""What an exported file takes and gives."""

from dataclasses import dataclass

from yolox_core.errors import ValueOutOfRange
from yolox_core.fields import FieldSpec, check, described


@dataclass(frozen=True, slots=True)
class ExportSettings:
    """Kind and contract of an exported file. `image_size` (side, or height and width) 0 takes that of the checkpoint.

    Input: `images` float32 [B, 3, H, W], BGR 0..255, letterboxed: scaled by min(H / h, W / w), top-left on grey 114.
    Output, one of: `outputs` [B, A, 5 + C] float32, decoded (cx, cy, w, h in input pixels, objectness, class
    probabilities) or not (the four box numbers as the network gives them, as in the published ONNX files); or, with
    suppression inside, `detections` [N, 7] float32: image of the batch, x1, y1, x2, y2, class id, score, best first.
    """

    kind: str = described("onnx", FieldSpec("Kind of file.", choices=("onnx", "torchscript")))
    is_decoded: bool = True
    has_nms: bool = False
    is_half: bool = False
    batch: int = described(0, FieldSpec("Images in a batch, 0 for any number.", "images", 0, 1024))
    image_size: int | tuple[int, int] = 0
    conf_threshold: float = described(0.25, FieldSpec("Lowest score that counts.", minimum=0.0, maximum=1.0))
    nms_threshold: float = described(
        0.45, FieldSpec("IoU above which the weaker of two boxes is dropped.", minimum=0.0, maximum=1.0)
    )

    def checked(self) -> "ExportSettings":
        """These settings. Raises ValueOutOfRange for a value that cannot work."""
        check(self)
        if self.has_nms and not self.is_decoded:
            raise ValueOutOfRange(
                "Suppression needs decoded boxes.", field="has_nms", action="Leave out one of --nms and --no-decode."
            )
        return self

    @property
    def output_name(self) -> str:
        """Name of the one output of the file."""
        return "detections" if self.has_nms else "outputs"

    @property
    def suffix(self) -> str:
        """The ending of the file's name."""
        return ".onnx" if self.kind == "onnx" else ".torchscript.pt"
