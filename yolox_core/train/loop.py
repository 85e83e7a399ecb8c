"""The training loop proper: steps, evaluations and checkpoints of one run, once its data are read."""

import platform
from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from pathlib import Path
from time import perf_counter
from typing import Any

import torch

from yolox_core.checkpoint import Checkpoint, save_checkpoint
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.files import write_atomically
from yolox_core.infer.device import device_text
from yolox_core.model.yolox import YOLOX
from yolox_core.train.config import TrainConfig
from yolox_core.train.control import RunControl
from yolox_core.train.diagnosis import Learning
from yolox_core.train.events import (
    CheckpointSaved,
    EpochDone,
    EvalProgress,
    Evaluated,
    Notice,
    Paused,
    Resumed,
    RunStarted,
    StepDone,
    TrainEvent,
)
from yolox_core.train.loader import Batch, Loader
from yolox_core.train.plan import Plan
from yolox_core.train.recovery import MOST_ROLLBACKS, SLOWER, LossNotFinite, is_out_of_memory
from yolox_core.train.resuming import Resumption
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.run_state import RunState
from yolox_core.train.samples import TrainingData
from yolox_core.train.shapes import STEPS_PER_SIZE, next_shape
from yolox_core.train.sources import Sources
from yolox_core.train.start_network import start_network
from yolox_core.train.stepper import Stepper
from yolox_core.train.validation import Validation
from yolox_core.train.world import World


class TrainingLoop:
    """A run whose data are read: what it does next, and all that a checkpoint must hold of it."""

    def __init__(
        self,
        config: TrainConfig,
        folder: DataFolder,
        data: TrainingData,
        run: RunFolder,
        device: torch.device,
        world: World,
        control: RunControl,
    ) -> None:
        self.paused_s = 0.0
        self.state = RunState(config.batch_size, config.input_shape)
        self._config = config
        self._folder = folder
        self._data = data
        self._run = run
        self._device = device
        self._world = world
        self._control = control
        self._validation = Validation(config, folder, data, device, world, run)
        self._notices = [Notice(text, "warning") for text in data.notices]
        started = start_network(config, data.class_names, Path(config.weights) if config.weights else None)
        self._size, model = started.size, started.model
        self._notices += [Notice(text) for text in started.remarks]
        self._parameters = sum(parameter.numel() for parameter in model.parameters())
        self._stepper = Stepper(model, config, device, world, classes=len(data.class_names))
        self._is_resting = False
        self._sources = Sources(data.train, config.input_shape, config.cache_mb)
        self._shapes = torch.Generator().manual_seed(config.seed)
        self._boxes_of_class = data.boxes_of_class()
        self._told_classes: set[int] = set()
        self._latest_loss = 0.0
        self._prepare_batches()

    def close(self) -> None:
        """End the loader's threads."""
        self._loader.close()

    def resume(self, at: Resumption) -> None:
        """Go on where a checkpoint was written. Raises UserError where the classes have changed."""
        if at.checkpoint.class_names != self._data.class_names:
            raise UserError(
                "The classes of the data set are no longer those of the run.",
                where=self._run.path,
                action="Start a new run from its weights.",
            )
        shapes = self._shapes.get_state() if at.shapes is None else at.shapes
        network = at.network or self._stepper.state_with(at.checkpoint.weights, updates=at.state.steps)
        self._restore({"network": network, "run": at.state.as_dict(), "shapes": shapes})
        self._notices.append(Notice(at.notice, "info" if at.network else "warning"))

    @property
    def early_end(self) -> str:
        """Why the run ended before its last epoch; empty if it did not."""
        patience = self._config.patience
        return f"No better AP for {patience} evaluations." if self.state.last_epoch else ""

    def events(self) -> Iterator[TrainEvent]:
        """The run from its start, or from where it was resumed, to the last evaluation."""
        yield self._started()
        yield from self._notices
        while self.state.epochs_done < self._plan.epochs:
            epoch = self.state.epochs_done + 1
            yield from self._whole_epoch(epoch)
            last_epoch = epoch if self._control.stops_after_epoch else self._plan.epochs
            if self._validation.is_due(epoch, last_epoch):
                yield from self._evaluate(epoch)
            yield from self._end_epoch(epoch)
            if self._control.stops_after_epoch and epoch < self._plan.epochs:
                self._control.stop()
                return
        if self._world.is_main and not self._run.best.exists():
            self.keep()
            yield CheckpointSaved(str(self._run.best), "best", self.state.epochs_done, 0.0)

    def save_last(self) -> None:
        """Write the averaged weights of this moment and all that the run needs to go on exactly."""
        if not self._is_resting:  # nothing has changed since they were written
            self._save(self._run.last, self.state.ap, self.state.epochs_done, training=self._snapshot())

    def keep(self) -> None:
        """Write the weights of this moment; they are the best ones too where none was measured."""
        self.save_last()
        if self._world.is_main and not self._run.best.exists():
            write_atomically(self._run.best, self._run.last.read_bytes())

    def _started(self) -> RunStarted:
        return RunStarted(
            run=str(self._run.path),
            device=device_text(self._device),
            class_names=self._data.class_names,
            train_images=len(self._data.train),
            val_images=len(self._data.val),
            epochs=self._plan.epochs,
            steps_per_epoch=self._plan.steps_per_epoch,
            parameters=self._parameters,
            first_epoch=self.state.epochs_done + 1,
            data=str(self._folder.root),
            processes=self._world.size,
            config=asdict(self._config),
            host=platform.node(),
        )

    def _new_network(self) -> YOLOX:
        return YOLOX(self._size, len(self._data.class_names))

    def _prepare_batches(self) -> None:
        """Make loader and plan for the present batch size."""
        config = replace(self._config, batch_size=self.state.batch_size)
        self._loader = Loader(self._sources, config, rank=self._world.rank, world_size=self._world.size)
        self._plan = Plan.of(config, batches_per_epoch=self._loader.steps_per_epoch)
        if self.state.last_epoch:
            self._plan = replace(self._plan, epochs=self.state.last_epoch)

    def _whole_epoch(self, epoch: int) -> Iterator[TrainEvent]:
        began, paused_s, is_whole = perf_counter(), self.paused_s, self.state.batch == 0
        self._stepper.taken_positives()
        yield from self._train_epoch(epoch)
        mean_loss = self.state.loss_sum / max(self.state.steps_in_epoch, 1)
        self.state.first_loss = self.state.first_loss or mean_loss
        self._latest_loss = mean_loss
        yield EpochDone(epoch, self.state.steps, mean_loss, perf_counter() - began - (self.paused_s - paused_s))
        if is_whole:
            yield from self._left_out_classes(epoch)

    def _left_out_classes(self, epoch: int) -> Iterator[Notice]:
        """Classes with training boxes that no anchor point has learned in this epoch, each told once in a run."""
        for number, positives in enumerate(self._stepper.taken_positives()):
            boxes = self._boxes_of_class[number]
            if boxes and not positives and number not in self._told_classes:
                self._told_classes.add(number)
                yield Notice(
                    f"Epoch {epoch}: nothing learned of {self._data.class_names[number]}: none of its {boxes} boxes "
                    "was given to an anchor point. Larger images or more of its boxes would help.",
                    "warning",
                )

    def _train_epoch(self, epoch: int) -> Iterator[TrainEvent]:
        """The rest of an epoch. Where memory or the numbers give out, it starts again from where it stood."""
        good = self._snapshot()
        while True:
            try:
                yield from self._steps(epoch)
                break
            except LossNotFinite:
                notice = self._roll_back(good)
            except RuntimeError as error:
                if not is_out_of_memory(error) or self._world.size > 1:
                    raise
                notice = self._halve_batch(good)
            yield notice
        self.state.rollbacks = 0

    def _steps(self, epoch: int) -> Iterator[TrainEvent]:
        is_plain = self._plan.is_plain(epoch)
        self._stepper.train_mode()
        group: list[Batch] = []
        for batch in self._loader.epoch(epoch, is_composed=not is_plain, first_step=self.state.batch):
            group.append(batch)
            is_last = self.state.batch + len(group) == self._loader.steps_per_epoch
            if is_last or len(group) == self._config.accumulate:
                yield self._step(epoch, group, use_l1=is_plain)
                group = []
                if self._control.is_pausing:
                    yield from self._rest()
                while self._sources.faults:
                    yield Notice(f"Left out of training: {self._sources.faults.pop(0)}", "warning")

    def _step(self, epoch: int, batches: list[Batch], *, use_l1: bool) -> StepDone:
        began = perf_counter()
        state, shape = self.state, self.state.shape
        rate = self._plan.learning_rate(epoch, self.state.steps + 1) * state.rate_factor
        losses = self._stepper.step(batches, rate=rate, shape=shape, use_l1=use_l1)
        if not losses.is_finite:
            raise LossNotFinite
        state.batch += len(batches)
        state.steps_in_epoch += 1
        state.steps += 1
        state.loss_sum += losses.total
        self._choose_shape()
        return StepDone(
            epoch=epoch,
            step=self.state.steps,
            total_loss=losses.total,
            iou_loss=losses.iou,
            obj_loss=losses.obj,
            cls_loss=losses.cls,
            l1_loss=losses.l1,
            learning_rate=rate,
            image_size=shape[1],
            images=sum(len(batch.images) for batch in batches) * self._world.size,
            step_time_s=perf_counter() - began,
            load_time_s=sum(batch.wait_s for batch in batches),
        )

    def _choose_shape(self) -> None:
        """Every tenth step a new input size of about the same proportions, so that it learns several scales."""
        if self.state.steps % STEPS_PER_SIZE == 0:
            self.state.shape = next_shape(self._config, self._shapes)

    def _evaluate(self, epoch: int) -> Iterator[TrainEvent]:
        self._stepper.share_statistics()
        for event in self._measured(epoch):
            yield event
            if isinstance(event, Evaluated) and self.state.note_ap(event.ap, event.ap50):
                yield self._kept(self._run.best, "best", event.ap, epoch)
        yield from self._stop_early(epoch)

    def _measured(self, epoch: int) -> Iterator[TrainEvent]:
        """An evaluation, which begins anew after a pause in its midst."""
        schedule = self._plan.schedule
        learning = Learning(self.state.steps, schedule.warmup_steps, self.state.first_loss, self._latest_loss)
        while True:
            with closing(self._validation.events(self._stepper.average.model, learning, epoch=epoch)) as events:
                for event in events:
                    yield event
                    if isinstance(event, EvalProgress) and self._control.is_pausing:
                        break
                else:
                    return
            del events
            yield from self._rest()

    def _rest(self) -> Iterator[Paused | Resumed]:
        """A pause: all is kept in memory of the CPU and on disk, and the device's memory is free until it ends."""
        self.save_last()
        network = self._stepper.release()
        self._is_resting = True
        yield Paused(self.state.steps)
        paused_s = self._control.wait()
        self.paused_s += paused_s
        yield Resumed(self.state.steps, paused_s)
        try:
            self._stepper.rebuild(self._new_network(), network)
        except RuntimeError as error:
            if is_out_of_memory(error):
                raise UserError(
                    "The memory that the run gave back for its pause is taken now.",
                    where=device_text(self._device),
                    action="End what uses the device, then resume the run from its last checkpoint.",
                ) from error
            raise
        self._is_resting = False

    def _stop_early(self, epoch: int) -> Iterator[Notice]:
        patience = self._config.patience
        if patience and self.state.stale >= patience and not self._plan.is_plain(epoch) and not self.state.last_epoch:
            self._plan = self._plan.ending_after(epoch)
            self.state.last_epoch = self._plan.epochs
            rest = self._plan.epochs - epoch
            closing = f"the last {rest} epochs, without mosaic, come now" if rest else "the run ends here"
            yield Notice(f"No better AP for {patience} evaluations: {closing}.")

    def _end_epoch(self, epoch: int) -> Iterator[CheckpointSaved]:
        self.state.epochs_done = epoch
        self.state.start_epoch()
        began = perf_counter()
        self.save_last()
        yield CheckpointSaved(str(self._run.last), "last", epoch, self.state.ap, perf_counter() - began)
        interval = self._config.history_interval
        if interval and epoch % interval == 0:
            yield self._kept(self._run.history(epoch), "history", self.state.ap, epoch)

    def _kept(self, path: Path, kind: str, ap: float, epoch: int) -> CheckpointSaved:
        """Write the averaged weights alone."""
        began = perf_counter()
        self._save(path, ap, epoch)
        return CheckpointSaved(str(path), kind, epoch, ap, perf_counter() - began)

    def _snapshot(self) -> dict[str, Any]:
        """All that the rest of the run depends on."""
        return {
            "network": self._stepper.state(),
            "run": self.state.as_dict(),
            "shapes": self._shapes.get_state(),
        }

    def _restore(self, snapshot: dict[str, Any]) -> None:
        self._stepper.restore(snapshot["network"])
        self.state = RunState.from_dict(snapshot["run"])
        self._shapes.set_state(snapshot["shapes"])
        self._loader.close()
        self._prepare_batches()

    def _roll_back(self, good: dict[str, Any]) -> Notice:
        rollbacks, factor = self.state.rollbacks + 1, self.state.rate_factor * SLOWER
        if rollbacks > MOST_ROLLBACKS:
            raise UserError(
                f"The loss is no longer a number, also at {self.state.rate_factor:g} of the learning rate.",
                where=self._run.path,
                action="Start again with a lower base_lr, or with other start weights.",
            )
        self._restore(good)
        self.state.rollbacks, self.state.rate_factor = rollbacks, factor
        return Notice(
            f"The loss was no longer a number: back to the last good weights, at {factor:g} of the learning rate.",
            "warning",
        )

    def _halve_batch(self, good: dict[str, Any]) -> Notice:
        size = self.state.batch_size
        if size == 1:
            raise UserError(
                "One image alone does not fit into memory.",
                where=device_text(self._device),
                action="Choose a smaller image_size or a smaller network.",
            )
        self._restore(good)
        self.state.batch = self.state.batch * size // (size // 2)
        self.state.batch_size = size // 2
        self._loader.close()
        self._prepare_batches()
        self.state.steps = (
            self.state.epochs_done * self._plan.steps_per_epoch + self.state.batch // self._config.accumulate
        )
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        return Notice(
            f"Out of memory: the batch is now {size // 2} instead of {size}, the learning rate in proportion.",
            "warning",
        )

    def _save(self, path: Path, ap: float, epoch: int, *, training: dict[str, Any] | None = None) -> None:
        if not self._world.is_main:
            return
        weights = training["network"].pop("average") if training else dict(self._stepper.average.model.state_dict())
        save_checkpoint(
            path,
            Checkpoint(
                size=self._config.size,
                class_names=self._data.class_names,
                image_size=self._config.image_size,
                image_height=self._config.image_height,
                network=self._size,
                weights=weights,
                config=asdict(self._config),
                epoch=epoch,
                ap=ap,
            ),
            training=training,
        )
