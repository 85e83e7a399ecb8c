"""How long a network takes for one image on this device. Torch is imported where it is measured."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.images import read_image
from yolox_core.infer.suppress import suppress
from yolox_core.records import Progress

if TYPE_CHECKING:
    from torch import Tensor

SPEED = "speed.json"
WARM_UP, ROUNDS, MOST_IMAGES = 3, 30, 8


@dataclass(frozen=True, slots=True)
class Speed:
    """Median milliseconds for one image, by itself: letterboxing it, the network, candidates with suppression.

    `device` is in words, `width` and `height` are of the network input, `rounds` how often it was timed.
    """

    preprocess_ms: float
    network_ms: float
    suppress_ms: float
    device: str
    width: int
    height: int
    rounds: int

    @property
    def total_ms(self) -> float:
        """All three together."""
        return self.preprocess_ms + self.network_ms + self.suppress_ms

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "Speed":
        """The speed with these values. Raises KeyError, TypeError or ValueError where they are no speed."""
        return cls(
            preprocess_ms=float(values["preprocess_ms"]),
            network_ms=float(values["network_ms"]),
            suppress_ms=float(values["suppress_ms"]),
            device=str(values["device"]),
            width=int(values["width"]),
            height=int(values["height"]),
            rounds=int(values["rounds"]),
        )


def read_speed(folder: Path) -> Speed | None:
    """The speed kept in a folder; None where there is none that can be read."""
    try:
        values = json.loads((folder / SPEED).read_text(encoding="utf-8"))
        return Speed.from_dict(values)
    except (OSError, ValueError, TypeError, KeyError):
        return None


def write_speed(folder: Path, speed: Speed) -> None:
    """Keep a speed. Raises FileError where the folder cannot be written."""
    write_atomically(folder / SPEED, json.dumps(asdict(speed), indent=2).encode())


def measure_speed(checkpoint: Path, images: Sequence[Path], *, device: str = "auto") -> Iterator[Progress | Speed]:
    """Time the network of a checkpoint on some of these images, one at a time; progress, then the speed.

    Raises UserError where there is no image, FileError for an unreadable one or for the checkpoint, Unavailable for the
    device.
    """
    from yolox_core.checkpoint import load_checkpoint
    from yolox_core.infer.backends import open_backend
    from yolox_core.infer.detector import Detector
    from yolox_core.infer.device import device_text, pick_device

    if not images:
        raise UserError("There is no image to time the network on.", action="Choose a split with images.")
    yield Progress(0, WARM_UP + ROUNDS, "measuring the speed")
    chosen, loaded = pick_device(device), load_checkpoint(checkpoint)
    shape = loaded.input_shape
    timed = _Timed(open_backend("auto", checkpoint, loaded, shape, chosen))
    detector = Detector(timed, loaded.class_names, shape, chosen)
    pictures = [read_image(path) for path in images[:MOST_IMAGES]]
    times: list[tuple[float, float, float]] = []
    for done in range(WARM_UP + ROUNDS):
        began = time.perf_counter()
        (found,) = detector.predict([pictures[done % len(pictures)]])
        suppress(found, conf_threshold=detector.floor, nms_threshold=0.65)
        times.append((timed.began - began, timed.ended - timed.began, time.perf_counter() - timed.ended))
        yield Progress(done + 1, WARM_UP + ROUNDS, "measuring the speed")
    preprocess, network, suppression = (1000 * median(column) for column in zip(*times[WARM_UP:], strict=True))
    yield Speed(preprocess, network, suppression, device_text(chosen), shape[1], shape[0], ROUNDS)


class _Timed:
    """A backend that notes when its latest call began and ended, work of the device included."""

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self.began = self.ended = 0.0

    def __call__(self, batch: "Tensor") -> "Tensor":
        _wait_for(batch)
        self.began = time.perf_counter()
        outputs: Tensor = self._backend(batch)
        _wait_for(outputs)
        self.ended = time.perf_counter()
        return outputs


def _wait_for(tensor: "Tensor") -> None:
    """Wait until the device has made this tensor."""
    import torch

    if tensor.device.type == "cuda":
        torch.cuda.synchronize(tensor.device)
    elif tensor.device.type == "mps":
        torch.mps.synchronize()
