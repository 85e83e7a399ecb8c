"""One file per network: weights, size, class names, settings, progress. Opening one never runs code from it.

The layout is a superset of the published YOLOX files: `{"model": state_dict, ...}`; those open too.
"""

import contextlib
import io
import pickle
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from yolox_core.dataset.coco_names import COCO_NAMES
from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.model.yolox import SIZES, YOLOX, ModelSize

FORMAT = "yolox-workbench/1"
OTHER_FILE = "Choose a checkpoint of YOLOX Workbench or a published YOLOX .pth file."


@dataclass(frozen=True)
class Checkpoint:
    """A network at rest. `weights` are the averaged ones, ready for inference; `ap` is their COCO AP, 0 if unknown.

    `image_size` is the width of its input; `image_height` 0 makes it square. `network` is what it is built of where
    that is not the `size` of the table.
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

    @property
    def input_shape(self) -> tuple[int, int]:
        """Height and width of the network input in pixels."""
        return self.image_height or self.image_size, self.image_size


@dataclass(frozen=True, slots=True)
class LoadReport:
    """Which entries of a network were taken from a checkpoint, and why the others were not."""

    loaded: tuple[str, ...]
    missing: tuple[str, ...]
    classes_kept: tuple[str, ...]


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
        "format": FORMAT,
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


def load_checkpoint(path: Path) -> Checkpoint:
    """The network in a file of ours or in a published YOLOX file, on the CPU, as float32.

    Raises FileError when the file is missing, cut short, not a checkpoint, unsafe, of an unknown size or not finite.
    """
    content = _read(path)
    weights = content.get("model", content) if isinstance(content, dict) else None
    if not isinstance(weights, dict) or "head.cls_preds.0.weight" not in weights:
        raise FileError("This file holds no YOLOX weights.", where=path, action=OTHER_FILE)
    weights = {key: value.float() if value.is_floating_point() else value for key, value in weights.items()}
    bad = next((key for key, value in weights.items() if not torch.isfinite(value).all()), "")
    if bad:
        raise FileError(f"The weights hold NaN or infinite numbers (in {bad}).", where=path, action=OTHER_FILE)
    network = ModelSize(**content["network"]) if content.get("network") else None
    size = str(content["size"]) if network else _size_of(weights, path)
    classes = len(weights["head.cls_preds.0.weight"])
    names = tuple(content.get("class_names", ())) or _default_names(classes)
    if len(names) != classes:
        raise FileError(f"{classes} classes in the weights, {len(names)} class names.", where=path, action=OTHER_FILE)
    return Checkpoint(
        size=size,
        class_names=names,
        image_size=int(content.get("image_size", SIZES[size].image_size)),
        weights=weights,
        config=dict(content.get("config", {})),
        epoch=int(content.get("epoch", content.get("start_epoch", 0))),
        ap=float(content.get("ap", 0.0)),
        image_height=int(content.get("image_height", 0)),
        network=network,
    )


def load_training(path: Path) -> dict[str, Any]:
    """What `save_checkpoint` was given as `training`; empty in files that hold weights only. Raises FileError."""
    content = _read(path)
    training = content.get("training", {}) if isinstance(content, dict) else {}
    return dict(training) if isinstance(training, dict) else {}


def build_model(checkpoint: Checkpoint) -> YOLOX:
    """The network of a checkpoint in eval mode on the CPU."""
    with torch.device("meta"):
        model = YOLOX(checkpoint.network or SIZES[checkpoint.size], len(checkpoint.class_names))
    model.load_state_dict(checkpoint.weights, assign=True)
    return model.eval()


def load_weights(model: YOLOX, checkpoint: Checkpoint, class_names: tuple[str, ...]) -> LoadReport:
    """Copy what fits into a model for other classes; predictions of classes with the same name are kept."""
    state = model.state_dict()
    common = [name for name in class_names if name in checkpoint.class_names]
    rows = [class_names.index(name) for name in common]
    source_rows = [checkpoint.class_names.index(name) for name in common]
    taken: dict[str, Tensor] = {}
    for key, target in state.items():
        source = checkpoint.weights.get(key)
        if source is None:
            continue
        if key.startswith("head.cls_preds.") and checkpoint.class_names != class_names:
            if source.shape[1:] == target.shape[1:] and rows:
                taken[key] = target.clone()
                taken[key][rows] = source[source_rows].to(target)
        elif source.shape == target.shape:
            taken[key] = source
    model.load_state_dict({**state, **taken})
    missing = tuple(key for key in state if key not in taken)
    return LoadReport(tuple(taken), missing, tuple(common))


def _read(path: Path) -> Any:
    try:
        with path.open("rb") as file:
            file.read(1)
    except OSError as error:
        raise FileError(f"Could not be read ({error.strerror or error}).", where=path, action=OTHER_FILE) from error
    try:
        with _only_known_types():
            return torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise FileError(
            "The file asks to run code or holds unknown objects; it was not opened.", where=path, action=OTHER_FILE
        ) from error
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, IndexError, zipfile.BadZipFile) as error:
        raise FileError("The file is cut short or is not a checkpoint.", where=path, action=OTHER_FILE) from error


@contextlib.contextmanager
def _only_known_types() -> Iterator[None]:
    """Published files hold one pickled numpy float (`best_ap`): admit just what that needs."""
    scalar: Any = getattr(np, "_core", np).multiarray.scalar  # its public home moved in numpy 2
    allowed: list[Any] = [
        (scalar, "numpy.core.multiarray.scalar"),
        (scalar, "numpy._core.multiarray.scalar"),
        np.dtype,
        type(np.dtype(np.float64)),
        type(np.dtype(np.float32)),
    ]
    with torch.serialization.safe_globals(allowed):
        yield


def _size_of(weights: dict[str, Tensor], path: Path) -> str:
    """The size whose width, depth and kind of convolution these weights have."""
    stem = weights.get("backbone.backbone.stem.conv.conv.weight")
    depthwise = "backbone.backbone.dark2.0.dconv.conv.weight" in weights
    repeats = sum(
        1 for key in weights if key.startswith("backbone.backbone.dark2.1.m.") and key.endswith("conv1.conv.weight")
    )
    for name, size in SIZES.items():
        same_width = stem is not None and len(stem) == int(size.width * 64)
        if same_width and repeats == max(round(size.depth * 3), 1) and depthwise == size.depthwise:
            return name
    raise FileError("The weights fit no known network size.", where=path, action=f"Known sizes: {', '.join(SIZES)}.")


def _default_names(classes: int) -> tuple[str, ...]:
    return COCO_NAMES if classes == len(COCO_NAMES) else tuple(f"class {number}" for number in range(classes))
