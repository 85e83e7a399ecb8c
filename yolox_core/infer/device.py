"""From the word in a setting to a device of this machine."""

import re

import torch

from yolox_core.errors import Unavailable, ValueOutOfRange


def pick_device(word: str) -> torch.device:
    """The device for auto, cpu, cuda, cuda:N or mps; auto is the first of cuda, mps and cpu that is there.

    Raises Unavailable where this machine or this build of torch lacks it, ValueOutOfRange for any other word.
    """
    if not re.fullmatch(r"auto|cpu|mps|cuda(:\d+)?", word):
        raise ValueOutOfRange(
            f"There is no device called {word!r}.", field="device", action="Use auto, cpu, cuda, cuda:N or mps."
        )
    if word == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "mps" if _has_mps() else "cpu")
    if word == "mps" and not _has_mps():
        raise Unavailable("There is no Apple GPU that torch can use.", where="device mps", action="Use auto or cpu.")
    if word.startswith("cuda"):
        _check_cuda(word)
    return torch.device(word)


def device_text(device: torch.device) -> str:
    """The device in words for people: `cpu`, `cuda:0 (NVIDIA H100)`."""
    return f"{device} ({torch.cuda.get_device_name(device)})" if device.type == "cuda" else str(device)


def _has_mps() -> bool:
    return torch.backends.mps.is_available()


def _check_cuda(word: str) -> None:
    if not torch.cuda.is_available():
        raise Unavailable(
            "There is no NVIDIA GPU that torch can use.",
            where=f"device {word}",
            action="Use auto or cpu, or install an NVIDIA driver and a CUDA build of torch.",
        )
    count = torch.cuda.device_count()
    number = int(word.partition(":")[2] or 0)
    if number >= count:
        raise Unavailable(
            f"There is no GPU number {number}: this machine has {count}, counted from 0.",
            where=f"device {word}",
            action="Use auto or a smaller number.",
        )
