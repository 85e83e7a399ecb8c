"""What computes a network: torch, or ONNX Runtime on a CPU, whose files are made once per checkpoint and kept."""

import contextlib
import hashlib
import logging
import os
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from yolox_core.checkpoint import Checkpoint
from yolox_core.errors import FileError, UserError, ValueOutOfRange
from yolox_core.export.metadata import FORMAT
from yolox_core.export.network import ExportedNetwork
from yolox_core.export.run import CheckedContent, checked_content
from yolox_core.export.session import OnnxSession
from yolox_core.export.settings import ExportSettings
from yolox_core.files import write_atomically
from yolox_core.infer.half import half_if_alike
from yolox_core.user_folders import cache_folder

log = logging.getLogger(__name__)

Backend = Callable[[Tensor], Tensor]

KEPT_BYTES = 1_000_000_000
"""Files that were not used for longest go when all together are larger."""


def open_backend(
    word: str,
    path: Path,
    checkpoint: Checkpoint,
    shape: tuple[int, int],
    device: torch.device,
    *,
    may_be_half: bool = False,
) -> Backend:
    """The network of a checkpoint (read from `path`) for input of `shape` on `device`, computed by torch, onnxruntime
    or auto: ONNX Runtime on a CPU unless something hinders it, which the log then tells. On a GPU float16 where
    `may_be_half` and it agrees with float32.

    Raises ValueOutOfRange for another word or onnxruntime off the CPU, Unavailable where a forced package is missing,
    UserError where the exported network differs from torch's.
    """
    if word not in ("auto", "torch", "onnxruntime"):
        raise ValueOutOfRange(
            f"There is no backend called {word!r}.", field="backend", action="Use auto, torch or onnxruntime."
        )
    if word == "onnxruntime" and device.type != "cpu":
        raise ValueOutOfRange(
            "ONNX Runtime works on the CPU here.", field="backend", action="Use torch, or device cpu."
        )
    if word == "onnxruntime" or (word == "auto" and device.type == "cpu"):
        try:
            return onnx_backend(path, checkpoint, shape)
        except UserError as problem:
            if word == "onnxruntime":
                raise
            log.info("torch computes %s: %s", path, problem)
    network: ExportedNetwork = ExportedNetwork(checkpoint, shape, is_decoded=True).to(
        device=device,
        memory_format=torch.channels_last,  # type: ignore[call-overload]
    )
    return half_if_alike(network, shape) if may_be_half and device.type == "cuda" else network


def onnx_backend(path: Path, checkpoint: Checkpoint, shape: tuple[int, int]) -> OnnxSession:
    """The network in ONNX Runtime, from the file kept for this content of `path`, or made, checked and kept now.

    A cache folder that cannot be written costs time at the next opening, nothing else.
    """
    kept = _place(path, shape)
    try:
        session = OnnxSession(kept.read_bytes())
    except (OSError, UserError):
        content = exported_content(checkpoint, shape)
        session = OnnxSession(content)
        _keep(kept, content)
    else:
        _note_use(kept)
    return session


def _place(path: Path, shape: tuple[int, int]) -> Path:
    """Where the file for this content and input lies; another version of the export has other names."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
    digest.update(f"{FORMAT} {shape}".encode())
    return cache_folder() / "onnx" / f"{digest.hexdigest()[:32]}.onnx"


def exported_content(checkpoint: Checkpoint, shape: tuple[int, int]) -> bytes:
    """Content compared with torch on one picture only: torch is slow here, and slower beside other work."""
    *_, checked = checked_content(checkpoint, ExportSettings(image_size=shape), batches=(1,))
    assert isinstance(checked, CheckedContent)
    return checked.content


def _keep(place: Path, content: bytes) -> None:
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(place, content)
        _forget_oldest(place.parent)
    except (OSError, FileError) as problem:
        log.info("an exported network is not kept: %s", problem)


def _note_use(place: Path) -> None:
    with contextlib.suppress(OSError):  # the folder may be read-only
        os.utime(place)


def _forget_oldest(folder: Path) -> None:
    """Delete files, those unused for longest first, until the folder is small enough; the newest stays."""
    newest_first = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)
    total = 0
    for place, path in enumerate(newest_first):
        total += path.stat().st_size
        if place and total > KEPT_BYTES:
            path.unlink(missing_ok=True)
