"""The training loop: one generator of events, which owns no thread and no window.

Closing the generator stops the run; the checkpoint of that moment is written on the way out.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import torch

from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.infer.device import pick_device
from yolox_core.train.config import TrainConfig
from yolox_core.train.control import RunControl, StopRequested
from yolox_core.train.events import Preparing, RunFinished, StepDone, TrainEvent
from yolox_core.train.loop import TrainingLoop
from yolox_core.train.resuming import Resumption, find_resumption
from yolox_core.train.run_folder import RunFolder, run_logs
from yolox_core.train.run_lock import held
from yolox_core.train.run_state import RunState
from yolox_core.train.samples import TrainingData, read_training_data
from yolox_core.train.start import Start, find_start
from yolox_core.train.world import ALONE, World


class Trainer:
    """One run of one configuration on one data set into one run folder.

    With `is_resumed` the folder holds a run already, which goes on from its last checkpoint: on the CPU with the very
    losses of an uninterrupted run. Under `torchrun`, `world` is this process's place; process 0 writes all files.
    """

    def __init__(
        self,
        config: TrainConfig,
        folder: DataFolder,
        run_folder: Path,
        *,
        world: World = ALONE,
        is_resumed: bool = False,
        control: RunControl | None = None,
    ) -> None:
        if config.batch_size % world.size:
            raise UserError(
                f"A batch of {config.batch_size} images cannot be shared by {world.size} processes.",
                where="batch_size",
                action=f"Use a multiple of {world.size}; it counts the images of all processes.",
            )
        self._config = replace(config.checked(), device=world.device_word(config.device))
        self._folder = folder
        self._run = RunFolder(run_folder)
        self._world = world
        self._is_resumed = is_resumed
        self._control = control or RunControl()
        self._resumption: Resumption | None = None

    def run(self) -> Generator[TrainEvent, None, None]:
        """Train; every event is also written to the run's `events.jsonl`. Raises UserError where it cannot go on."""
        with ExitStack() as stack:
            if self._is_resumed:
                self._resumption = find_resumption(self._run, self._config)
            if self._world.is_main:
                self._prepare_folder(stack)
            self._world.wait()
            write = stack.enter_context(run_logs(self._run, self._config, is_main=self._world.is_main))
            yield from self._run_logged(write)

    def _run_logged(self, write: Callable[[TrainEvent], None]) -> Iterator[TrainEvent]:
        began = perf_counter()
        loop: TrainingLoop | None = None
        state, reason = "failed", "The run ended by an error in the program."
        try:
            device = pick_device(self._config.device)
            for record in self._prepare():
                if isinstance(record, TrainingData):
                    loop = self._loop(record, device)
                else:
                    write(record)
                    yield record
                self._control.obey()
            assert loop is not None
            for event in loop.events():
                write(event)
                yield event
                self._obey(event)
            state, reason = "done", loop.early_end
            self._control.obey()
        except (GeneratorExit, StopRequested) as wish:
            state, reason = "stopped", "Stopped by the user."
            if isinstance(wish, GeneratorExit):
                raise
        except UserError as problem:
            reason = str(problem)
            raise
        finally:
            finished = self._finish(loop, state, reason, perf_counter() - began)
            write(finished)
        yield finished

    def _loop(self, data: TrainingData, device: torch.device) -> TrainingLoop:
        loop = TrainingLoop(self._config, self._folder, data, self._run, device, self._world, self._control)
        if self._resumption is not None:
            loop.resume(self._resumption)
        return loop

    def _obey(self, event: TrainEvent) -> None:
        """Stop where that is wished: several processes after the same step, which all of them do."""
        if self._world.size > 1 and isinstance(event, StepDone):
            if self._world.summed(torch.tensor(float(self._control.is_stopping))):
                self._control.stop()
        elif self._world.size > 1:
            return
        self._control.obey()

    def _prepare_folder(self, stack: ExitStack) -> None:
        """A new run gets a folder; a resumed one forgets what came after its last checkpoint, and does it again."""
        if not self._is_resumed:
            self._run.prepare(self._config)
        stack.enter_context(held(self._run))
        if self._is_resumed:
            done = self._resumption.state if self._resumption else RunState(0, (0, 0))
            self._run.cut_back(epochs=done.epochs_done, steps=done.steps)

    def _prepare(self) -> Iterator[Preparing | TrainingData]:
        notices: tuple[str, ...] = ()
        for start in self._find_start():
            if isinstance(start, Start):
                notices = (start.notice,) if start.notice else ()
            else:
                yield start
        for record in read_training_data(self._folder, self._config):
            if isinstance(record, TrainingData):
                yield replace(record, notices=(*notices, *record.notices))
            else:
                yield Preparing(record.text, record.done, record.total)

    def _find_start(self) -> Iterator[Preparing | Start]:
        """The weights to start from; a resumed run needs them no more."""
        if self._resumption is not None:
            self._config = replace(self._config, weights="")
        for record in find_start(self._config):
            if isinstance(record, Start):
                self._config = replace(self._config, weights=record.weights)
                yield record
            else:
                yield Preparing(record.text, record.done, record.total)

    def _finish(self, loop: TrainingLoop | None, state: str, reason: str, time_s: float) -> RunFinished:
        """Leave nothing running, keep the weights of a stopped run, and say how the run ended."""
        if loop is not None:
            loop.close()
            if state == "stopped" and loop.state.steps:
                loop.keep()
            time_s -= loop.paused_s
        return RunFinished(
            state=state,
            best=str(self._run.best) if self._run.best.exists() else "",
            last=str(self._run.last) if self._run.last.exists() else "",
            ap=loop.state.ap if loop is not None else 0.0,
            ap50=loop.state.best_ap50 if loop is not None else 0.0,
            epochs=loop.state.epochs_done if loop is not None else 0,
            time_s=time_s,
            reason=reason,
        )
