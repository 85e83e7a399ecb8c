"""What a training run says, as frozen records of plain values; each is also one line of the run's `events.jsonl`.

`Trainer.run()` yields them; the window, the command line and a past run read the same stream and `match` on the class.
"""

import json
from dataclasses import asdict, dataclass, field, fields
from typing import Any


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The run is set up. `device` in words, `config` as TrainConfig's fields, `run` and `data` the two folders.

    A resumed run says it again, with the epoch it goes on with as `first_epoch`; `processes` work on it together,
    the first of them on the machine called `host`.
    """

    run: str
    device: str
    class_names: tuple[str, ...]
    train_images: int
    val_images: int
    epochs: int
    steps_per_epoch: int
    parameters: int
    first_epoch: int = 1
    data: str = ""
    processes: int = 1
    config: dict[str, Any] = field(default_factory=dict)
    host: str = ""


@dataclass(frozen=True, slots=True)
class Preparing:
    """Work before the first step: `text` says what, `done` of `total` (0 when unknown)."""

    text: str
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class StepDone:
    """One optimiser step. Losses are means over the batch's positives, times are in seconds.

    `epoch` and `step` count from 1, `step` over the whole run.
    """

    epoch: int
    step: int
    total_loss: float
    iou_loss: float
    obj_loss: float
    cls_loss: float
    l1_loss: float
    learning_rate: float
    image_size: int
    images: int
    step_time_s: float
    load_time_s: float


@dataclass(frozen=True, slots=True)
class EpochDone:
    """One pass over the training images; `total_loss` is its mean, `time_s` excludes evaluation."""

    epoch: int
    step: int
    total_loss: float
    time_s: float


@dataclass(frozen=True, slots=True)
class EvalProgress:
    """Evaluation under way: `done` of `total` images."""

    epoch: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Evaluated:
    """AP figures of the averaged weights on the validation split, all in 0..1 (COCO AP .50:.95, AP50, VOC AP50)."""

    epoch: int
    step: int
    ap: float
    ap50: float
    voc_ap50: float
    ap50_per_class: dict[str, float]
    images: int
    time_s: float


@dataclass(frozen=True, slots=True)
class CheckpointSaved:
    """A checkpoint is on disk, whole. `kind` is last, best or history; writing it took `time_s`."""

    path: str
    kind: str
    epoch: int
    ap: float
    time_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the user should know, in one sentence; `level` is info or warning."""

    text: str
    level: str = "info"


@dataclass(frozen=True, slots=True)
class Paused:
    """The run rests before its next step and holds no memory of the device; `step` is the last one done."""

    step: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The pause is over, after so many seconds, which count nowhere else."""

    step: int
    paused_s: float


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The run is over. `state` is done, stopped or failed; paths are empty where no such file exists."""

    state: str
    best: str
    last: str
    ap: float
    ap50: float
    epochs: int
    time_s: float
    reason: str = ""


TrainEvent = (
    Preparing
    | RunStarted
    | StepDone
    | EpochDone
    | EvalProgress
    | Evaluated
    | CheckpointSaved
    | Notice
    | Paused
    | Resumed
    | RunFinished
)

_BY_NAME: dict[str, type[TrainEvent]] = {
    cls.__name__: cls
    for cls in (
        Preparing,
        RunStarted,
        StepDone,
        EpochDone,
        EvalProgress,
        Evaluated,
        CheckpointSaved,
        Notice,
        Paused,
        Resumed,
        RunFinished,
    )
}


def to_line(event: TrainEvent) -> str:
    """The event as one line of JSON without the line end; its class stands under `event`."""
    return json.dumps({"event": type(event).__name__, **asdict(event)})


def from_line(line: str) -> TrainEvent | None:
    """The event of one line; None for a line cut short by a kill or written by a later version."""
    try:
        values = json.loads(line)
        cls = _BY_NAME[values.pop("event")]
        if cls is RunStarted:
            values["class_names"] = tuple(values["class_names"])
        event = cls(**values)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return event if _has_right_types(event) else None


def _has_right_types(event: TrainEvent) -> bool:
    """Whether numbers are numbers and texts are texts, in a line that anybody may have written."""
    for known in fields(event):
        value = getattr(event, known.name)
        if known.type in (int, float) and (isinstance(value, bool) or not isinstance(value, int | float)):
            return False
        if known.type is str and not isinstance(value, str):
            return False
    return True
