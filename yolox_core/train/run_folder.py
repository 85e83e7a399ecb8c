"""A training run on disk: `events.jsonl`, `config.json`, `last.pth`, `best.pth` in one folder."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

import numpy as np
from numpy.typing import NDArray

from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import (
    CheckpointSaved,
    EpochDone,
    EvalProgress,
    Evaluated,
    Paused,
    Preparing,
    Resumed,
    RunFinished,
    RunStarted,
    StepDone,
    TrainEvent,
    from_line,
    to_line,
)
from yolox_core.train.step_index import StepIndex, indexed_rows
from yolox_core.train.tensorboard import TensorboardLog

StepValues = NDArray[np.float32]
_PROGRESS = '{"event": "EvalProgress"'


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of a run."""

    path: Path

    @property
    def events(self) -> Path:
        """One event a line, in order."""
        return self.path / "events.jsonl"

    @property
    def steps(self) -> Path:
        """The index of the events' steps."""
        return self.path / "steps.bin"

    @property
    def config(self) -> Path:
        """The settings as given."""
        return self.path / "config.json"

    @property
    def last(self) -> Path:
        """Weights of the latest epoch."""
        return self.path / "last.pth"

    @property
    def best(self) -> Path:
        """Weights of the epoch with the highest AP."""
        return self.path / "best.pth"

    @property
    def lock(self) -> Path:
        """Held by the process that works on the run."""
        return self.path / "run.lock"

    @property
    def tensorboard(self) -> Path:
        """The folder of TensorBoard files, where they are asked for."""
        return self.path / "tensorboard"

    @property
    def pictures(self) -> Path:
        """The folder of what each evaluation found on a few images."""
        return self.path / "pictures"

    def picture(self, epoch: int) -> Path:
        """What the evaluation after an epoch found on a few images."""
        return self.pictures / f"epoch_{epoch:03d}.json"

    def history(self, epoch: int) -> Path:
        """Weights kept of an epoch."""
        return self.path / f"epoch_{epoch}.pth"

    def read_config(self) -> TrainConfig:
        """The settings of the run. Raises FileError where there are none, UserError where they cannot work."""
        return read_config(self.config)

    def prepare(self, config: TrainConfig) -> None:
        """Make the folder and write the settings. Raises FileError where it holds a run already or is not writable."""
        if self.events.exists():
            raise FileError("This folder holds a run already.", where=self.path, action="Choose another folder.")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise FileError(
                f"The run folder cannot be made ({error.strerror}).", where=self.path, action="Choose another folder."
            ) from error
        write_atomically(self.config, config.to_json().encode())

    def cut_back(self, *, epochs: int, steps: int) -> None:
        """Drop the events after this many epochs and steps, which a resumed run says again."""
        with _told(self), self.events.open(encoding="utf-8", errors="replace") as lines:
            kept = "".join(f"{line.rstrip()}\n" for line in lines if _is_kept(from_line(line), epochs, steps))
        write_atomically(self.events, kept.encode())
        for path in self.pictures.glob("epoch_*.json"):
            if int(path.stem.removeprefix("epoch_")) > epochs:
                path.unlink()


def _is_kept(event: TrainEvent | None, epochs: int, steps: int) -> bool:
    match event:
        case StepDone() | Paused() | Resumed():
            return event.step <= steps
        case EpochDone() | EvalProgress() | Evaluated() | CheckpointSaved():
            return event.epoch <= epochs
        case RunFinished() | Preparing() | None:
            return False
        case _:
            return True


def read_config(path: Path) -> TrainConfig:
    """The settings in a JSON file. Raises FileError where it is none, ValueOutOfRange where a value cannot work."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise FileError(
            f"The settings cannot be read ({error}).", where=path, action="Choose the config.json of a run."
        ) from error
    if not isinstance(values, dict):
        raise FileError("This file holds no settings.", where=path, action="Choose the config.json of a run.")
    return TrainConfig.from_dict(values).checked()


def data_of(folder: RunFolder) -> str:
    """The data set that a run was started on. Raises FileError where its events do not say."""
    for event in read_events(folder):
        if isinstance(event, RunStarted) and event.data:
            return event.data
    raise FileError("The run does not say its data set.", where=folder.path, action="Name it with --data.")


@contextmanager
def run_logs(folder: RunFolder, config: TrainConfig, *, is_main: bool) -> Iterator[Callable[[TrainEvent], None]]:
    """A function that writes an event wherever the run keeps them; it does nothing in all but the main process."""
    if not is_main:
        yield lambda _: None
        return
    with EventLog(folder) as log:
        if not config.tensorboard:
            yield log.write
            return
        with closing(TensorboardLog(folder.tensorboard)) as board:

            def write(event: TrainEvent) -> None:
                log.write(event)
                board.write(event)

            yield write


class EventLog:
    """Appends events to a run's `events.jsonl` and steps to its index; what is written survives a kill at once."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._files = ExitStack()
        self._end = 0

    def __enter__(self) -> "EventLog":
        self._index = self._files.enter_context(closing(StepIndex(self._folder.events, self._folder.steps)))
        self._file = self._files.enter_context(self._folder.events.open("ab"))
        self._end = self._file.tell()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    def write(self, event: TrainEvent) -> None:
        """Append one event."""
        start, line = self._end, to_line(event).encode() + b"\n"
        self._file.write(line)
        self._file.flush()
        self._end += len(line)
        if isinstance(event, StepDone):
            self._index.append(event, start=start, end=self._end)


def read_events(folder: RunFolder) -> Iterator[TrainEvent]:
    """The events of a run, finished or not; lines that a kill cut short are passed over."""
    with _told(folder), folder.events.open(encoding="utf-8", errors="replace") as lines:
        yield from _events(lines)


def read_log(folder: RunFolder) -> Iterator[TrainEvent | StepValues]:
    """The events of a run, with the values [N, step_index.COLUMNS] of steps in a row instead of each StepDone.

    It takes a fraction of a second for a million steps, whose progress of evaluations is left out.
    """
    with _told(folder), folder.events.open("rb") as log:
        place = 0
        for rows in indexed_rows(folder.events, folder.steps):
            for piece in np.split(rows, np.flatnonzero(rows["start"][1:] != rows["end"][:-1]) + 1):
                yield from _events_between(log, place, int(piece["start"][0]))
                yield piece["values"]
                place = int(piece["end"][-1])
        yield from _events_between(log, place, log.seek(0, 2))


def _events_between(log: IO[bytes], start: int, end: int) -> Iterator[TrainEvent]:
    log.seek(start)
    lines = log.read(end - start).decode("utf-8", errors="replace").splitlines()
    return _events(line for line in lines if not line.startswith(_PROGRESS))


def _events(lines: Iterable[str]) -> Iterator[TrainEvent]:
    return (event for event in map(from_line, lines) if event is not None)


@contextmanager
def _told(folder: RunFolder) -> Iterator[None]:
    """What keeps a log from being read, as a problem of the user."""
    try:
        yield
    except FileNotFoundError as error:
        raise FileError("There is no run here.", where=folder.path, action="Choose a run folder.") from error
    except OSError as error:
        raise FileError(
            f"The run cannot be read ({error.strerror}).", where=folder.events, action="Check who may read it."
        ) from error
