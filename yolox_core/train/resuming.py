"""Where a run in a folder can go on: after its last checkpoint, or, if that is damaged, from the newest other one."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from yolox_core.checkpoint import Checkpoint, load_checkpoint, load_training
from yolox_core.errors import FileError
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, Evaluated
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.run_state import RunState


@dataclass(frozen=True)
class Resumption:
    """Where a run goes on. `network` is the state of its stepper, empty where only weights could be saved."""

    state: RunState
    checkpoint: Checkpoint
    network: dict[str, Any]
    shapes: Any
    notice: str


def find_resumption(run: RunFolder, config: TrainConfig) -> Resumption | None:
    """Where the run goes on; None where it has kept nothing yet. Raises FileError where no checkpoint of it opens."""
    if not run.last.exists() and not run.best.exists():
        return None
    try:
        found = _from_last(run)
    except FileError as error:
        found = _from_weights(run, config, error)
    return replace(found, state=_with_best(run, found.state))


def _from_last(run: RunFolder) -> Resumption:
    checkpoint, snapshot = load_checkpoint(run.last), load_training(run.last)
    if not {"network", "run", "shapes"} <= snapshot.keys():
        raise FileError("It holds weights only.", where=run.last)
    state = RunState.from_dict(snapshot["run"])
    network = {**snapshot["network"], "average": checkpoint.weights}
    notice = f"Resumed after {state.epochs_done} epochs and {state.batch} batches."
    return Resumption(state, checkpoint, network, snapshot["shapes"], notice)


def _from_weights(run: RunFolder, config: TrainConfig, fault: FileError) -> Resumption:
    """The newest other checkpoint that opens: momentum is lost, and what came after it is learned again."""
    found = max(_others(run), key=lambda entry: entry[1].epoch, default=None)
    if found is None:
        raise fault
    path, checkpoint = found
    state = RunState(config.batch_size, config.input_shape, epochs_done=checkpoint.epoch)
    with contextlib.suppress(FileError):
        for event in read_events(run):
            if isinstance(event, EpochDone) and event.epoch <= checkpoint.epoch:
                state.steps = event.step
                state.first_loss = state.first_loss or event.total_loss
            elif isinstance(event, Evaluated) and event.epoch <= checkpoint.epoch:
                state.note_ap(event.ap, event.ap50)
    notice = f"last.pth cannot be used ({fault.what}) Resumed from {path.name}, after {checkpoint.epoch} epochs."
    return Resumption(state, checkpoint, {}, None, notice)


def _others(run: RunFolder) -> Iterator[tuple[Path, Checkpoint]]:
    for path in (run.best, *run.path.glob("epoch_*.pth")):
        with contextlib.suppress(FileError):
            yield path, load_checkpoint(path)


def _with_best(run: RunFolder, state: RunState) -> RunState:
    """The state with the AP of the best checkpoint on disk, which a kill may have left ahead of the last one."""
    try:
        ap = load_checkpoint(run.best).ap
    except FileError:
        return replace(state, best_ap=-1.0, best_ap50=0.0)
    if ap <= state.best_ap:
        return state
    known = {event.ap: event.ap50 for event in read_events(run) if isinstance(event, Evaluated)}
    return replace(state, best_ap=ap, best_ap50=known.get(ap, 0.0))
