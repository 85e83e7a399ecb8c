"""The columns of the table of runs: what each shows, what it sorts by, and the settings in which runs differ."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

from app.runs import time_text
from yolox_core.dataset.coco_names import COCO
from yolox_core.dataset.names import natural_key
from yolox_core.train.config import SIZES, TrainConfig
from yolox_core.train.runs import RunSummary

STAR, NOTE, TAGS = "★", "Note", "Tags"
NAMED = ("size", "epochs", "weights")
"""Settings that have a column of their own in every table."""
SETTINGS = tuple(setting.name for setting in fields(TrainConfig) if setting.name not in NAMED)


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `usual` is what most cells say where those that differ are to be marked.

    It is shown unless all runs say the same in a column that is there to tell them apart.
    """

    title: str
    text: Callable[[RunSummary], str]
    key: Callable[[RunSummary], object]
    help: str = ""
    is_number: bool = False
    usual: str | None = None
    is_shown: bool = True

    def is_odd(self, run: RunSummary) -> bool:
        """Whether the cell of this run differs from most others."""
        return self.usual is not None and self.text(run) != self.usual


def columns_of(runs: Sequence[RunSummary]) -> tuple[Column, ...]:
    """All columns, always as many; of the settings those are shown in which these runs differ."""
    configs = [run.config for run in runs if run.config is not None]
    return (*FIXED, *(_setting_column(name, configs) for name in SETTINGS), *WRITTEN)


def weights_text(weights: str) -> str:
    """What a run started from, in a word or two."""
    if not weights:
        return "random"
    path = Path(weights)
    return "COCO" if weights == COCO else f"{path.parent.name} / {path.stem}" if path.parent.name else path.stem


def setting_text(value: object) -> str:
    """A setting as a cell shows it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value) or "–"


def _setting_column(name: str, configs: Sequence[TrainConfig]) -> Column:
    def text(run: RunSummary) -> str:
        return setting_text(getattr(run.config, name)) if run.config is not None else ""

    values = Counter(setting_text(getattr(config, name)) for config in configs)
    usual = values.most_common(1)[0][0] if values else None
    is_number = not isinstance(getattr(TrainConfig, name), str | bool)
    return Column(
        title=name.replace("_", " "),
        text=text,
        key=lambda run: (run.config is not None, getattr(run.config, name, None) if is_number else text(run)),
        help=TrainConfig.__dataclass_fields__[name].metadata["spec"].help,
        is_number=is_number,
        usual=usual,
        is_shown=len(values) > 1,
    )


def _figure(name: str) -> Callable[[RunSummary], str]:
    return lambda run: f"{getattr(run, name):.3f}" if run.is_measured else ""


def _size_place(run: RunSummary) -> int:
    return SIZES.index(run.size) if run.size in SIZES else -1


FIXED = (
    Column(STAR, lambda run: "★" if run.notes.is_favourite else "☆", lambda run: run.notes.is_favourite, "Favourite"),
    Column("Run", lambda run: run.path.name, lambda run: natural_key(run.path.name)),
    Column("State", lambda run: run.state, lambda run: run.state),
    Column("Size", lambda run: run.size, _size_place, "Network size"),
    Column("AP", _figure("ap"), lambda run: run.ap, "Best AP at IoU .50:.95", is_number=True),
    Column("AP50", _figure("ap50"), lambda run: run.ap50, "AP at IoU .50 of the same epoch", is_number=True),
    Column(
        "Epochs",
        lambda run: f"{run.epochs_done} of {run.epochs}" if run.epochs else "",
        lambda run: run.epochs_done,
        is_number=True,
    ),
    Column("Time", lambda run: time_text(run.time_s), lambda run: run.time_s, is_number=True),
    Column(
        "ms / image",
        lambda run: f"{run.speed.total_ms:.1f}" if run.speed else "",
        lambda run: run.speed.total_ms if run.speed else float("inf"),
        "Time for one image, where it has been measured",
        is_number=True,
    ),
    Column(
        "Started from",
        lambda run: weights_text(run.config.weights) if run.config else "",
        lambda run: weights_text(run.config.weights) if run.config else "",
        "Start weights",
    ),
)
WRITTEN = (
    Column(TAGS, lambda run: " ".join(run.notes.tags), lambda run: run.notes.tags, "Double-click to write tags"),
    Column(NOTE, lambda run: run.notes.note, lambda run: run.notes.note, "Double-click to write a note"),
)
