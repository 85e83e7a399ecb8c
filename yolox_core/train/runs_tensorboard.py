"""TensorBoard files of a past run, made from its events where the run has not written them itself."""

import shutil
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from yolox_core.errors import FileError
from yolox_core.records import Progress
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.tensorboard import TensorboardLog

PROGRESS_EVERY = 500


def has_tensorboard(run: Path) -> bool:
    """Whether the run in this folder has TensorBoard files that are as new as its events."""
    folder = RunFolder(run)
    times = [file.stat().st_mtime for file in folder.tensorboard.glob("*tfevents*")]
    return bool(times) and max(times) >= folder.events.stat().st_mtime


def make_tensorboard(run: Path) -> Iterator[Progress]:
    """Write the TensorBoard files of a run, whole or not at all; progress meanwhile.

    Raises FileError where the run cannot be read or its folder not be written, Unavailable without tensorboardX.
    """
    folder = RunFolder(run)
    made = folder.tensorboard.with_name(".tensorboard.tmp")
    try:
        with closing(TensorboardLog(made)) as board:
            for done, event in enumerate(read_events(folder)):
                if done % PROGRESS_EVERY == 0:
                    yield Progress(done, 0, f"writing TensorBoard files of {run.name}")
                board.write(event)
        shutil.rmtree(folder.tensorboard, ignore_errors=True)
        made.rename(folder.tensorboard)
    except OSError as error:
        raise FileError(
            f"The TensorBoard files cannot be written ({error.strerror or error}).",
            where=run,
            action="Write permission in the run folder is needed.",
        ) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)
