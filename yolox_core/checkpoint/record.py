"""One file per network: weights, size, class names, settings, progress.

The layout is a superset of the published YOLOX files: `{"model": state_dict, ...}`; those open too.
"""

import io
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from yolox_core.checkpoint.published import as_published, is_for_normalised_rgb, size_of, without_normalisation
from yolox_core.checkpoint.reading import OTHER_FILE, read_content
from yolox_core.dataset.coco_names import COCO_NAMES
from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.model.yolox import SIZES, YOLOX, ModelSize

FORMAT, VERSION = "yolox-workbench/", 1
A_CLASS_LAYER = "head.cls_preds.0.weight"


@dataclass(frozen=True)
class Checkpoint:
    """A network at rest. `weights` are the averaged ones, ready for inference; `ap` is their COCO AP, 0 if unknown.

    `image_size` is the width of its input; `image_height` 0 makes it square. `network` is what it is built of where
    that is not the `size` of the table. `remarks` say in sentences what was changed to open the file.
    """

    size: str
    class_names: tuple[str, ...]
    image_size: int
    weights: dict[str, Tensor]
    config: dict[str, Any] = field(default_factory=dict)
    epoch: int = 0
    ap: float = 0.0
    image_height: int = 0
    network: ModelSize | None = None
    remarks: tuple[str, ...] = ()

    @property
    def layers(self) -> ModelSize:
        """What the network is built of."""
        return self.network or SIZES[self.size]

    @property
    def input_shape(self) -> tuple[int, int]:
        """Height and width of the network input in pixels."""
        return self.image_height or self.image_size, self.image_size


def save_checkpoint(
    path: Path, checkpoint: Checkpoint, *, half: bool = False, training: dict[str, Any] | None = None
) -> None:
    """Write the file whole or not at all; `half` stores convolution weights as float16 (half the size, for shipping).

    Statistics stay float32: the stem's variance of pixels exceeds what float16 holds. `training` is what a run needs
    to go on exactly (tensors and plain values); `load_training` gives it back.
    """
    weights = {
        key: value.detach().cpu().half() if half and value.dim() == 4 else value.detach().cpu()
        for key, value in checkpoint.weights.items()
    }
    content = {
        "format": f"{FORMAT}{VERSION}",
        "model": weights,
        "size": checkpoint.size,
        "class_names": list(checkpoint.class_names),
        "image_size": checkpoint.image_size,
        "image_height": checkpoint.image_height,
        "network": asdict(checkpoint.network) if checkpoint.network else {},
        "config": checkpoint.config,
        "epoch": checkpoint.epoch,
        "ap": float(checkpoint.ap),
    }
    if training is not None:
        content["training"] = training
    buffer = io.BytesIO()
    torch.save(content, buffer)
    write_atomically(path, buffer.getvalue())


def save_official(path: Path, checkpoint: Checkpoint) -> None:
    """Write the network in the layout of the published files, for the programs that read those."""
    weights = {key: value.detach().cpu() for key, value in checkpoint.weights.items()}
    buffer = io.BytesIO()
    torch.save({"start_epoch": checkpoint.epoch, "model": weights, "best_ap": float(checkpoint.ap)}, buffer)
    write_atomically(path, buffer.getvalue())


def load_checkpoint(path: Path) -> Checkpoint:
    """The network in a file of ours or in a published YOLOX file, on the CPU, as float32.

    Raises FileError when the file is missing, empty, cut short, no checkpoint, unsafe, of another network, of a later
    version, of an unknown size, or when a layer has a wrong shape or numbers that are not finite.
    """
    content = read_content(path)
    content = content if isinstance(content, dict) else {}
    given = _weights_in(content, path)
    weights = as_published(given)
    remarks: tuple[str, ...] = ()
    if "format" not in content and is_for_normalised_rgb(weights):
        weights = without_normalisation(weights)
        remarks = ("A network for normalised RGB (release 0.0.1): its first layer was converted to BGR 0..255.",)
    size, network = _described(content, weights, path)
    classes = len(weights[A_CLASS_LAYER])
    names = tuple(content.get("class_names", ())) or _default_names(classes)
    if len(names) != classes:
        raise FileError(f"{classes} classes in the weights, {len(names)} class names.", where=path, action=OTHER_FILE)
    checkpoint = Checkpoint(
        size=size,
        class_names=names,
        image_size=int(content.get("image_size", SIZES[size].image_size)),
        weights=weights,
        config=dict(content.get("config", {})),
        epoch=int(content.get("epoch") or content.get("start_epoch") or 0),
        ap=float(content.get("ap", 0.0)),
        image_height=int(content.get("image_height", 0)),
        network=network,
        remarks=remarks,
    )
    _check_weights(checkpoint, path)
    return checkpoint


def load_training(path: Path) -> dict[str, Any]:
    """What `save_checkpoint` was given as `training`; empty in files that hold weights only. Raises FileError."""
    content = read_content(path)
    training = content.get("training", {}) if isinstance(content, dict) else {}
    return dict(training) if isinstance(training, dict) else {}


def build_model(checkpoint: Checkpoint) -> YOLOX:
    """The network of a checkpoint in eval mode on the CPU."""
    with torch.device("meta"):
        model = YOLOX(checkpoint.layers, len(checkpoint.class_names))
    model.load_state_dict(checkpoint.weights, assign=True)
    return model.eval()


def _weights_in(content: dict[str, Any], path: Path) -> dict[str, Tensor]:
    """The state_dict of a file. Raises FileError for other networks and later versions."""
    version = str(content.get("format", "")).removeprefix(FORMAT)
    if version.isdecimal() and int(version) > VERSION:
        raise FileError(
            "This checkpoint was made by a later version of YOLOX Workbench.", where=path, action="Update the program."
        )
    weights = content.get("model", content)
    is_network = isinstance(weights, dict) and all(isinstance(value, Tensor) for value in weights.values())
    if not is_network or A_CLASS_LAYER not in {key.removeprefix("module.") for key in weights}:
        held = ", ".join(list(map(str, weights))[:3]) if isinstance(weights, dict) else type(weights).__name__
        raise FileError(f"This file holds no YOLOX weights (but {held or 'nothing'} …).", where=path, action=OTHER_FILE)
    return dict(weights)


def _described(content: dict[str, Any], weights: dict[str, Tensor], path: Path) -> tuple[str, ModelSize | None]:
    """The size that a file names, or else the one that its layers have; with the network where that is a free one."""
    known = {entry.name for entry in fields(ModelSize)}
    described = {key: value for key, value in dict(content.get("network", {})).items() if key in known}
    size = str(content.get("size", "")) or size_of(weights)
    if size not in SIZES:
        raise FileError(
            "The weights fit no known network size.", where=path, action=f"Known sizes: {', '.join(SIZES)}."
        )
    return size, ModelSize(**described) if described else None


def _check_weights(checkpoint: Checkpoint, path: Path) -> None:
    """Raise FileError, naming the layer, where weights are not those of the network or not finite."""
    with torch.device("meta"):
        layers = YOLOX(checkpoint.layers, len(checkpoint.class_names)).state_dict()
    for key, wanted in layers.items():
        found = checkpoint.weights.get(key)
        if found is None:
            raise FileError(f"The weights lack {key} of size {checkpoint.size}.", where=path, action=OTHER_FILE)
        if found.shape != wanted.shape:
            what = f"{key} is {list(found.shape)}, but {list(wanted.shape)} in size {checkpoint.size}."
            raise FileError(what, where=path, action=OTHER_FILE)
        if not torch.isfinite(found).all():
            what = f"The weights hold NaN or infinite numbers (in {key})."
            raise FileError(what, where=path, action="Use an earlier checkpoint of its run.")
    unknown = next((key for key in checkpoint.weights if key not in layers), "")
    if unknown:
        raise FileError(f"{unknown} is no layer of size {checkpoint.size}.", where=path, action=OTHER_FILE)


def _default_names(classes: int) -> tuple[str, ...]:
    return COCO_NAMES if classes == len(COCO_NAMES) else tuple(f"class {number}" for number in range(classes))
