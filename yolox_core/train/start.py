"""What a run starts from: the word in its settings, and the file that it stands for on this machine.

`coco` are the published weights of the size, `built-in` our own small nano network, `auto` the best of what can be
had: published, else built-in, else random. Anything else is a file; nothing are random weights.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from yolox_core.dataset.coco_names import COCO
from yolox_core.errors import Unavailable
from yolox_core.pretrained import Fetched, fetch, published_size
from yolox_core.published import PUBLISHED, published_path
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.presets import BEST_START

BUILT_IN = "built-in"


@dataclass(frozen=True, slots=True)
class Start:
    """The file to start from, empty for random weights; `notice` says what could not be had instead."""

    weights: str
    notice: str = ""


def built_in_start() -> Path:
    """Our own YOLOX-nano, made by `python -m yolox_core.demo.pretrain`."""
    return Path(str(files("resources") / "sample_nano.pth"))


def find_start(config: TrainConfig) -> Iterator[Progress | Start]:
    """The start that the settings ask for; published weights are loaded unless they are here.

    Raises Unavailable where they are asked for by name and cannot be reached.
    """
    if config.weights == BUILT_IN:
        yield Start(str(built_in_start()))
    elif config.weights == BEST_START:
        yield from _best_start(config)
    elif size := published_size(config.weights, config.size):
        yield from _fetched(size)
    else:
        yield Start(config.weights)


def local_start(config: TrainConfig) -> Path | None:
    """The weights that these settings would start from as far as nothing must be loaded; None for random ones."""
    size = published_size(COCO if config.weights == BEST_START else config.weights, config.size)
    path = published_path(PUBLISHED[size]) if size else Path(config.weights)
    if config.weights == BUILT_IN or (config.weights == BEST_START and config.size == "nano" and not path.exists()):
        return built_in_start()
    return path if config.weights and path.is_file() else None


def _best_start(config: TrainConfig) -> Iterator[Progress | Start]:
    if config.depth or config.width or config.activation != "default":
        yield Start("", "A network of your own proportions starts from random weights.")
        return
    try:
        yield from _fetched(config.size, tries=1)
    except Unavailable as problem:
        is_nano = config.size == "nano"
        instead = "this program's own small network" if is_nano else "random weights, which take many more epochs"
        yield Start(str(built_in_start()) if is_nano else "", f"{problem.what} The run starts from {instead}.")


def _fetched(size: str, **options: int) -> Iterator[Progress | Start]:
    for record in fetch(PUBLISHED[size], **options):
        yield Start(str(record.path)) if isinstance(record, Fetched) else record
