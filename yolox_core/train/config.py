"""Everything a training run can be told, as one frozen record. No torch here: forms and command lines read it.

Ranges and defaults follow the YOLOX recipe (arXiv 2107.08430); pixel lengths are of the network input.
"""

import json
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from yolox_core.errors import UserError
from yolox_core.fields import FieldSpec, check, described

SIZES = ("nano", "tiny", "s", "m", "l", "x", "darknet53")
ACTIVATIONS = ("default", "silu", "relu", "lrelu")
PRECISIONS = ("auto", "float32", "bfloat16", "float16")


@dataclass(frozen=True)
class TrainConfig:
    """Settings of one training run; `checked()` refuses values that cannot work."""

    size: str = described(
        "nano", FieldSpec("Network size: larger is more accurate and slower.", choices=SIZES, depth="preset")
    )
    epochs: int = described(25, FieldSpec("Passes over the training images.", "epochs", 1, 10_000, depth="preset"))
    batch_size: int = described(
        8, FieldSpec("Images per step; the learning rate scales with it.", "images", 1, 1024, depth="usual")
    )
    image_size: int = described(416, FieldSpec("Width of the network input.", "px", 32, 2048, 32, depth="usual"))
    image_height: int = described(
        0, FieldSpec("Height of the network input; 0 makes it square.", "px", 0, 2048, 32, depth="everything")
    )
    device: str = described("auto", FieldSpec("Where to compute: auto, cpu, cuda, cuda:N or mps.", depth="usual"))
    weights: str = described(
        "",
        FieldSpec(
            "Checkpoint to start from; coco is the published network of the size, built-in our own small nano, auto "
            "the best of these that can be had, empty are random weights.",
            depth="preset",
            title="Start from",
        ),
    )
    depth: float = described(0.0, FieldSpec("Depth factor of the network; 0 takes that of the size.", "x", 0.0, 4.0))
    width: float = described(0.0, FieldSpec("Width factor of the network; 0 takes that of the size.", "x", 0.0, 4.0))
    activation: str = described(
        "default", FieldSpec("Activation function; default takes that of the size.", choices=ACTIVATIONS)
    )
    train_split: str = described(
        "train", FieldSpec("Split whose images are learned from.", depth="usual", title="Learn from")
    )
    val_split: str = described(
        "",
        FieldSpec(
            "Split that measures AP; empty takes val, valid or test, whichever exists first.",
            depth="usual",
            title="Measure on",
        ),
    )
    seed: int = described(
        0, FieldSpec("Seed of every random choice; a CPU run with the same seed repeats exactly.", "", 0, 2**31 - 1)
    )
    workers: int = described(2, FieldSpec("Threads that read and augment images.", "threads", 0, 64))
    cache_mb: int = described(
        1000, FieldSpec("Memory for decoded training images; 0 reads every image anew.", "MB", 0, 1_000_000)
    )
    base_lr: float = described(
        0.01, FieldSpec("Learning rate at batch 64; scaled linearly with the batch.", "", 1e-6, 1.0)
    )
    min_lr_ratio: float = described(0.05, FieldSpec("Final learning rate as a share of the highest.", "", 0.0, 1.0))
    warmup_epochs: int = described(1, FieldSpec("Epochs over which the rate grows from zero.", "epochs", 0, 100))
    no_aug_epochs: int = described(
        3, FieldSpec("Last epochs without mosaic and mixup, with the L1 loss.", "epochs", 0, 1000)
    )
    patience: int = described(
        0,
        FieldSpec("Stop after this many evaluations without a better AP; 0 never stops early.", "evaluations", 0, 1000),
    )
    precision: str = described(
        "auto",
        FieldSpec(
            "Number format of the network's arithmetic; auto is bfloat16 on GPUs that have it, float16 on other GPUs, "
            "float32 on the CPU.",
            choices=PRECISIONS,
        ),
    )
    accumulate: int = described(
        1,
        FieldSpec(
            "Batches whose gradients are summed before a step; the learning rate scales with it.", "batches", 1, 256
        ),
    )
    clip_norm: float = described(
        0.0, FieldSpec("Longest gradient of a step, as the norm over all weights; 0 clips nothing.", "", 0.0, 10_000.0)
    )
    freeze_backbone: bool = described(
        False, FieldSpec("Keep the backbone as loaded and train neck and head only; wants start weights.")
    )
    sync_norm: bool = described(
        True,
        FieldSpec("With several processes: normalise over the batch of all of them, as one process would; slower."),
    )
    momentum: float = described(0.9, FieldSpec("Momentum of SGD (Nesterov).", "", 0.0, 0.999))
    weight_decay: float = described(5e-4, FieldSpec("Weight decay of convolution weights.", "", 0.0, 0.1))
    ema_decay: float = described(
        0.9998, FieldSpec("Decay of the averaged weights that are evaluated; 0 turns averaging off.", "", 0.0, 0.99999)
    )
    mosaic_prob: float = described(1.0, FieldSpec("Share of samples composed of four images.", "", 0.0, 1.0))
    mosaic_scale_min: float = described(0.5, FieldSpec("Smallest zoom of a mosaic.", "x", 0.05, 4.0))
    mosaic_scale_max: float = described(1.5, FieldSpec("Largest zoom of a mosaic.", "x", 0.05, 4.0))
    mosaic_centred: bool = described(
        True,
        FieldSpec(
            "Turn and zoom a mosaic about its centre; off repeats the reference, which turns about the top-left corner."
        ),
    )
    mixup_prob: float = described(
        0.0,
        FieldSpec("Share of mosaics blended with a second image; the recipe uses 1 for s, m, l and x.", "", 0.0, 1.0),
    )
    mixup_scale_min: float = described(0.5, FieldSpec("Smallest zoom of the blended image.", "x", 0.05, 4.0))
    mixup_scale_max: float = described(1.5, FieldSpec("Largest zoom of the blended image.", "x", 0.05, 4.0))
    degrees: float = described(10.0, FieldSpec("Largest rotation either way.", "degrees", 0.0, 180.0))
    translate: float = described(0.1, FieldSpec("Largest shift either way as a share of the input side.", "", 0.0, 0.9))
    shear: float = described(2.0, FieldSpec("Largest shear either way.", "degrees", 0.0, 45.0))
    hsv_prob: float = described(1.0, FieldSpec("Share of samples whose colours are shifted.", "", 0.0, 1.0))
    hsv_hue: int = described(5, FieldSpec("Largest hue shift on OpenCV's scale of 180.", "steps", 0, 90))
    hsv_saturation: int = described(30, FieldSpec("Largest saturation shift on a scale of 255.", "steps", 0, 255))
    hsv_value: int = described(30, FieldSpec("Largest brightness shift on a scale of 255.", "steps", 0, 255))
    flip_prob: float = described(0.5, FieldSpec("Share of samples mirrored left to right.", "", 0.0, 1.0))
    multiscale_range: int = described(
        3,
        FieldSpec("Every 10 steps the input side changes by up to this many times 32 px either way.", "x 32 px", 0, 10),
    )
    max_boxes: int = described(
        0, FieldSpec("Most boxes of one training sample; 0 keeps all, the reference keeps 120.", "boxes", 0, 10_000)
    )
    history_interval: int = described(
        0,
        FieldSpec(
            "Epochs between checkpoints that are kept as epoch_N.pth; 0 keeps only best and last.", "epochs", 0, 1000
        ),
    )
    tensorboard: bool = described(False, FieldSpec("Also write TensorBoard files into the run folder."))
    eval_interval: int = described(1, FieldSpec("Epochs between evaluations.", "epochs", 1, 1000))
    eval_conf_threshold: float = described(0.01, FieldSpec("Lowest score that counts in an evaluation.", "", 0.0, 1.0))
    eval_nms_threshold: float = described(
        0.65, FieldSpec("IoU above which the weaker of two boxes is dropped in an evaluation.", "", 0.01, 1.0)
    )

    @property
    def input_shape(self) -> tuple[int, int]:
        """Height and width of the network input in pixels."""
        return self.image_height or self.image_size, self.image_size

    def checked(self) -> "TrainConfig":
        """The same record, if every value lies in its range; else ValueOutOfRange names the first bad field."""
        check(self)
        for low, high in (("mosaic_scale_min", "mosaic_scale_max"), ("mixup_scale_min", "mixup_scale_max")):
            if getattr(self, low) > getattr(self, high):
                raise UserError(f"{low} is above {high}.", where=low, action="Swap the two values.")
        return self

    def to_json(self) -> str:
        """The record as indented JSON, one field a line."""
        return json.dumps(asdict(self), indent=2)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "TrainConfig":
        """The record with these values; names this version does not know are ignored."""
        known = {f.name for f in fields(cls)}
        return replace(cls(), **{name: value for name, value in values.items() if name in known})


def recipe(size: str) -> TrainConfig:
    """The published recipe of a network size: input side, mosaic share and zoom, mixup (arXiv 2107.08430)."""
    base = TrainConfig(size=size)
    if size == "nano":
        return replace(base, mosaic_prob=0.5)
    if size == "tiny":
        return base
    return replace(base, image_size=640, mosaic_scale_min=0.1, mosaic_scale_max=2.0, mixup_prob=1.0, multiscale_range=5)
