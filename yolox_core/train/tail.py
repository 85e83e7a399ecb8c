"""Follows the events of a run that another process writes, on this machine or over a network: by reading again."""

from dataclasses import dataclass

from yolox_core.errors import FileError
from yolox_core.train.events import TrainEvent, from_line
from yolox_core.train.run_folder import RunFolder

MARK_BYTES = 256  # the end of what was read; where it stands no longer, the log was cut back by a resume


@dataclass(frozen=True, slots=True)
class News:
    """Events since the last reading; `is_anew`: the log was replaced, and these are all of it."""

    events: tuple[TrainEvent, ...]
    is_anew: bool = False


class Tail:
    """Reads a run's `events.jsonl` piece by piece; half a line waits for its end."""

    def __init__(self, run: RunFolder) -> None:
        self._run = run
        self._offset = 0
        self._mark = b""

    def read(self) -> News:
        """What has come. Raises FileError where there is no log, or no longer."""
        try:
            with self._run.events.open("rb") as file:
                file.seek(self._offset - len(self._mark))
                is_anew = not self._offset or file.read(len(self._mark)) != self._mark
                if is_anew:
                    self._offset, self._mark = 0, b""
                file.seek(self._offset)
                content = file.read()
        except OSError as error:
            raise FileError(
                f"The run cannot be read ({error.strerror}).", where=self._run.path, action="Choose a run folder."
            ) from error
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        self._mark = (self._mark + whole)[-MARK_BYTES:]
        lines = whole.decode("utf-8", errors="replace").splitlines()
        return News(tuple(event for line in lines if (event := from_line(line)) is not None), is_anew)
