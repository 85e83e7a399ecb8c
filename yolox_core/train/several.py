"""A run of several processes on this machine, one for each GPU, started by `torchrun`. No torch is loaded here."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from yolox_core.errors import Unavailable
from yolox_core.files import write_atomically
from yolox_core.train.config import TrainConfig

TORCHRUN = ("-m", "torch.distributed.run", "--standalone", "--nproc-per-node")


class ProcessGroup:
    """A run under way in processes of its own, which outlive this one unless they are stopped."""

    def __init__(self, config: TrainConfig, data: Path, run: Path, *, processes: int) -> None:
        """Start the processes. Raises Unavailable where none can be started."""
        self.run = run
        run.parent.mkdir(parents=True, exist_ok=True)
        settings = run.with_name(f"{run.name}.json")
        write_atomically(settings, config.to_json().encode())
        train = ["-m", "yolox_core", "train", "--config", str(settings), "--data", str(data), "--output", str(run)]
        self.log = run.with_name(f"{run.name}.log")
        self._process = _started([sys.executable, *TORCHRUN, str(processes), *train], self.log)

    @property
    def is_running(self) -> bool:
        """Whether the processes are there."""
        return self._process.poll() is None

    @property
    def has_failed(self) -> bool:
        """Whether they ended by an error."""
        return self._process.poll() not in (None, 0)

    def stop(self) -> None:
        """Let them end after the step in work and keep the weights; returns at once."""
        if self.is_running:
            self._process.send_signal(signal.SIGTERM)


def _started(command: Sequence[str], output: Path) -> "subprocess.Popen[bytes]":
    try:
        with output.open("wb") as log:
            return subprocess.Popen(  # noqa: S603 - our own program
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
            )
    except OSError as error:
        raise Unavailable(f"The processes cannot be started ({error.strerror}).", where=output) from error
