"""The devices of this machine, as a person chooses among them."""

import os
from dataclasses import dataclass

import torch

from yolox_core.infer.device import pick_device
from yolox_core.memory import free_memory


@dataclass(frozen=True, slots=True)
class DeviceChoice:
    """A value of the setting `device`, the device's name, and its free memory in bytes, 0 where nobody tells."""

    word: str
    name: str
    free_bytes: int = 0

    @property
    def text(self) -> str:
        """Name and free memory: `NVIDIA H100, 76.2 GB free`."""
        return f"{self.name}, {self.free_bytes / 1e9:.1f} GB free" if self.free_bytes else self.name


@dataclass(frozen=True)
class Devices:
    """All devices, best first: the first is what `auto` takes."""

    choices: tuple[DeviceChoice, ...]

    @property
    def has_gpu(self) -> bool:
        """Whether `auto` takes something faster than the CPU."""
        return self.choices[0].word != "cpu"


def list_devices() -> Devices:
    """The GPUs and the CPU of this machine; asking a GPU takes some memory of it."""
    found = [_cuda(number) for number in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    if pick_device("auto").type == "mps":
        found.append(DeviceChoice("mps", "Apple GPU", free_memory()))
    cores = os.cpu_count() or 1
    name = f"CPU, {cores} core{'s' if cores > 1 else ''}"
    return Devices((*found, DeviceChoice("cpu", name, free_memory())))


def _cuda(number: int) -> DeviceChoice:
    free, _ = torch.cuda.mem_get_info(number)
    return DeviceChoice(f"cuda:{number}", torch.cuda.get_device_name(number), free)
