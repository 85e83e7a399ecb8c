"""A training run on disk: `events.jsonl`, `config.json`, `last.pth`, `best.pth` in one folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from yolox_core.errors import FileError
from yolox_core.files import write_atomically
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import TrainEvent, from_line, to_line


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of a run."""

    path: Path

    @property
    def events(self) -> Path:
        """One event a line, in order."""
        return self.path / "events.jsonl"

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


class EventLog:
    """Appends events to a run's `events.jsonl`; each line reaches the disk's cache at once, so a kill loses none."""

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.events
        self._file: IO[str] | None = None

    def __enter__(self) -> "EventLog":
        self._file = self._path.open("a", encoding="utf-8")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is not None:
            self._file.close()

    def write(self, event: TrainEvent) -> None:
        """Append one event."""
        if self._file is not None:
            self._file.write(to_line(event) + "\n")
            self._file.flush()


def read_events(folder: RunFolder) -> Iterator[TrainEvent]:
    """The events of a run, finished or not; lines that a kill cut short are passed over."""
    try:
        with folder.events.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                event = from_line(line)
                if event is not None:
                    yield event
    except FileNotFoundError as error:
        raise FileError("There is no run here.", where=folder.path, action="Choose a run folder.") from error
