"""The training loop: one generator of events, which owns no thread and no window.

Closing the generator stops the run; the checkpoint of that moment is written on the way out.
"""

from collections.abc import Generator, Iterator
from pathlib import Path
from time import perf_counter

from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.infer.device import pick_device
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import Preparing, RunFinished, TrainEvent
from yolox_core.train.loop import TrainingLoop
from yolox_core.train.run_folder import EventLog, RunFolder
from yolox_core.train.samples import TrainingData, read_training_data


class Trainer:
    """One run of one configuration on one data set into one run folder."""

    def __init__(self, config: TrainConfig, folder: DataFolder, run_folder: Path) -> None:
        self._config = config.checked()
        self._folder = folder
        self._run = RunFolder(run_folder)

    def run(self) -> Generator[TrainEvent, None, None]:
        """Train; every event is also written to the run's `events.jsonl`. Raises UserError where it cannot go on."""
        began = perf_counter()
        self._run.prepare(self._config)
        with EventLog(self._run) as log:
            loop: TrainingLoop | None = None
            state, reason = "failed", "The run ended by an error in the program."
            try:
                device = pick_device(self._config.device)
                for record in self._prepare():
                    if isinstance(record, TrainingData):
                        loop = TrainingLoop(self._config, self._folder, record, self._run, device)
                    else:
                        log.write(record)
                        yield record
                assert loop is not None
                for event in loop.events():
                    log.write(event)
                    yield event
                state, reason = "done", ""
            except GeneratorExit:
                state, reason = "stopped", "Stopped by the user."
                raise
            except UserError as problem:
                reason = str(problem)
                raise
            finally:
                finished = self._finish(loop, state, reason, perf_counter() - began)
                log.write(finished)
            yield finished

    def _prepare(self) -> Iterator[Preparing | TrainingData]:
        for record in read_training_data(self._folder, self._config):
            if isinstance(record, TrainingData):
                yield record
            else:
                yield Preparing(record.text, record.done, record.total)

    def _finish(self, loop: TrainingLoop | None, state: str, reason: str, time_s: float) -> RunFinished:
        """Leave nothing running, keep the weights of a stopped run, and say how the run ended."""
        if loop is not None:
            loop.close()
            if state == "stopped" and loop.steps_done:
                loop.save_last()
        return RunFinished(
            state=state,
            best=str(self._run.best) if self._run.best.exists() else "",
            last=str(self._run.last) if self._run.last.exists() else "",
            ap=loop.best_ap if loop is not None and loop.best_ap >= 0 else 0.0,
            ap50=loop.best_ap50 if loop is not None else 0.0,
            epochs=loop.epochs_done if loop is not None else 0,
            time_s=time_s,
            reason=reason,
        )
