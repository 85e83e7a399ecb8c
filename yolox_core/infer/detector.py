"""Images in, candidates out: a trained network with all that belongs to its use."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from yolox_core.checkpoint import load_checkpoint
from yolox_core.infer.backends import Backend, open_backend
from yolox_core.infer.candidates import Candidates, best_candidates
from yolox_core.infer.device import pick_device
from yolox_core.ops.letterbox import input_shape, letterbox

FLOOR = 0.01
TOP_K = 1000


@dataclass(frozen=True, eq=False)
class Prepared:
    """Images as a network takes them, float32 [B, 3, H, W] BGR 0..255, and the letterbox scale of each."""

    batch: Tensor
    scales: tuple[float, ...]


class Detector:
    """A network on a device, its class names, and the size of its input in pixels: a side, or height and width.

    `backend` maps float32 [B, 3, H, W] BGR 0..255 on `device` to decoded [B, A, 5 + C]: cx, cy, w, h in input pixels,
    objectness, class probabilities. A model passed in must be in eval mode; it is used as it is at each call.

    What is around the network is numpy's on a CPU: torch's threads spin on for a while after each small work.
    """

    def __init__(
        self,
        backend: Backend,
        class_names: tuple[str, ...],
        image_size: int | tuple[int, int],
        device: torch.device,
        *,
        floor: float = FLOOR,
        top_k: int | None = TOP_K,
    ) -> None:
        self._backend = backend
        self.class_names = class_names
        self.input_shape = input_shape(image_size)
        self.device = device
        self.floor = floor
        self.top_k = top_k

    @property
    def image_size(self) -> int:
        """Width of the network input in pixels."""
        return self.input_shape[1]

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        device: str = "auto",
        image_size: int | tuple[int, int] = 0,
        backend: str = "auto",
        may_be_half: bool = False,
    ) -> "Detector":
        """The detector in a checkpoint file. `image_size` (side, or height and width) 0 takes that of its training.

        `backend` is torch, onnxruntime (CPU only) or auto: ONNX Runtime on a CPU, as far as it works, else torch.
        `may_be_half` lets a GPU compute in float16 where that agrees with float32: to watch, not to evaluate.
        Raises FileError for the file, Unavailable for the device or a missing package, ValueOutOfRange for the size.
        """
        chosen = pick_device("cpu" if (device, backend) == ("auto", "onnxruntime") else device)
        checkpoint = load_checkpoint(path)
        shape = input_shape(image_size or checkpoint.input_shape)
        network = open_backend(backend, path, checkpoint, shape, chosen, may_be_half=may_be_half)
        return cls(network, checkpoint.class_names, shape, chosen)

    def with_limits(self, *, floor: float, top_k: int | None) -> "Detector":
        """The same network, keeping candidates of at least `floor` and at most `top_k` an image (None: all)."""
        return Detector(self._backend, self.class_names, self.input_shape, self.device, floor=floor, top_k=top_k)

    @torch.inference_mode()
    def predict(self, images: Sequence[NDArray[np.uint8]]) -> list[Candidates]:
        """The candidates of each image (uint8 [H, W, 3] BGR, any sizes), computed as one batch."""
        if not images:
            return []
        return self.look(self.prepare(images))

    def prepare(self, images: Sequence[NDArray[np.uint8]]) -> Prepared:
        """Images (at least one) fitted to the network's input, on its device."""
        fitted = [letterbox(image, self.input_shape) for image in images]
        return Prepared(self._batch_of([f.image for f in fitted]), tuple(f.scale for f in fitted))

    @torch.inference_mode()
    def look(self, prepared: Prepared) -> list[Candidates]:
        """The candidates of each prepared image."""
        scales = prepared.scales
        rows, images_of_rows = self._rows(self.decoded(prepared))
        ends = np.searchsorted(images_of_rows, np.arange(len(scales) + 1))
        return [
            best_candidates(rows[start:end], scale=scale, floor=self.floor, top_k=self.top_k)
            for scale, start, end in zip(scales, ends, ends[1:], strict=False)
        ]

    @torch.inference_mode()
    def decoded(self, prepared: Prepared) -> Tensor:
        """The decoded output [B, A, 5 + C] of prepared images."""
        return self._backend(prepared.batch)

    def _batch_of(self, pictures: Sequence[NDArray[np.uint8]]) -> Tensor:
        """Pictures of one size on the device."""
        if self.device.type == "cpu":
            channels_first = np.stack([picture.transpose(2, 0, 1) for picture in pictures])
            return torch.from_numpy(channels_first.astype(np.float32))
        return torch.from_numpy(np.stack(pictures)).to(self.device).permute(0, 3, 1, 2).float()

    def _rows(self, outputs: Tensor) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Rows [K, 6] (x1, y1, x2, y2 in input pixels, score, class id) and their images [K], ascending.

        What is no object at all is left out first, as no class can lift its score above the floor.
        """
        likely, images = self._likely(outputs)
        class_ids = likely[:, 5:].argmax(axis=1)
        scores = likely[:, 4] * likely[np.arange(len(likely)), 5 + class_ids]
        centres, halves = likely[:, :2], likely[:, 2:4] / 2
        edges = centres - halves, centres + halves
        return np.column_stack((*edges, scores, class_ids.astype(np.float32))), images

    def _likely(self, outputs: Tensor) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
        """Rows [K, 5 + C] whose objectness reaches the floor, and their images [K], ascending."""
        if self.device.type == "cpu":
            every = outputs.float().numpy()
            images, places = np.nonzero(every[..., 4] >= self.floor)
            return every[images, places], images
        found, where = torch.nonzero(outputs[..., 4] >= self.floor, as_tuple=True)
        return outputs[found, where].float().cpu().numpy(), found.cpu().numpy()
