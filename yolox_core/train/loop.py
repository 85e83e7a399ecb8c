"""The training loop proper: steps, evaluations and checkpoints of one run, once its data are read."""

import math
import shutil
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from time import perf_counter

import torch
from torch.nn import functional

from yolox_core.checkpoint import Checkpoint, load_checkpoint, load_weights, save_checkpoint
from yolox_core.dataset.folder import DataFolder
from yolox_core.errors import UserError
from yolox_core.evaluate import Evaluation, evaluate_images
from yolox_core.infer.detector import Detector
from yolox_core.infer.device import device_text
from yolox_core.model.head import anchor_points
from yolox_core.model.loss import detection_loss
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import (
    CheckpointSaved,
    EpochDone,
    EvalProgress,
    Evaluated,
    Notice,
    RunStarted,
    StepDone,
    TrainEvent,
)
from yolox_core.train.loader import Batch, Loader, Sources
from yolox_core.train.optim import AveragedModel, Schedule, make_optimiser, set_learning_rate
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.samples import TrainingData

STEPS_PER_SIZE = 10
GRID = 32


class TrainingLoop:
    """The state of a run once its data are read: network, optimiser, averages, progress."""

    def __init__(
        self, config: TrainConfig, folder: DataFolder, data: TrainingData, run: RunFolder, device: torch.device
    ) -> None:
        self.best_ap = -1.0
        self.best_ap50 = 0.0
        self.epochs_done = 0
        self.steps_done = 0
        self._config = config
        self._folder = folder
        self._data = data
        self._run = run
        self._device = device
        torch.manual_seed(config.seed)
        self._model = YOLOX(SIZES[config.size], len(data.class_names))
        self._notices = [Notice(text, "warning") for text in data.notices]
        if config.weights:
            self._start_from(Path(config.weights))
        self._model.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        self._average = AveragedModel(self._model, config.ema_decay)
        self._optimiser = make_optimiser(self._model, momentum=config.momentum, weight_decay=config.weight_decay)
        self._sources = Sources(data.train, config.image_size, config.cache_mb)
        self._loader = Loader(self._sources, config)
        self._schedule = self._make_schedule()
        self._sizes = torch.Generator().manual_seed(config.seed)
        self._side = config.image_size

    def close(self) -> None:
        """End the loader's threads."""
        self._loader.close()

    def events(self) -> Iterator[TrainEvent]:
        """The run from its start to the last evaluation."""
        config = self._config
        yield RunStarted(
            run=str(self._run.path),
            device=device_text(self._device),
            class_names=self._data.class_names,
            train_images=len(self._data.train),
            val_images=len(self._data.val),
            epochs=config.epochs,
            steps_per_epoch=self._loader.steps_per_epoch,
            parameters=sum(parameter.numel() for parameter in self._model.parameters()),
            config=asdict(config),
        )
        yield from self._notices
        for epoch in range(1, config.epochs + 1):
            yield from self._train_epoch(epoch)
            self.epochs_done = epoch
            if self._data.val and (epoch % config.eval_interval == 0 or epoch == config.epochs):
                yield from self._evaluate(epoch)
            self.save_last()
            yield CheckpointSaved(str(self._run.last), "last", epoch, max(self.best_ap, 0.0))
        if not self._run.best.exists():
            shutil.copyfile(self._run.last, self._run.best)
            yield CheckpointSaved(str(self._run.best), "best", config.epochs, 0.0)

    def save_last(self) -> None:
        """Write the averaged weights of this moment."""
        self._save(self._run.last, max(self.best_ap, 0.0))

    def _start_from(self, path: Path) -> None:
        report = load_weights(self._model, load_checkpoint(path), self._data.class_names)
        fresh = sorted({key.rsplit(".", 1)[0] for key in report.missing})
        if fresh:
            text = f"{len(report.loaded)} tensors taken from {path.name}; new: {', '.join(fresh[:6])}."
            self._notices.append(Notice(text))

    def _make_schedule(self) -> Schedule:
        """The recipe's schedule, its warm-up and last phase shortened where the run is too short for them."""
        config, steps = self._config, self._loader.steps_per_epoch
        total = steps * config.epochs
        warmup = min(config.warmup_epochs * steps, total // 3)
        peak = config.base_lr * config.batch_size / 64
        return Schedule(peak, peak * config.min_lr_ratio, warmup, self._plain_epochs() * steps, total)

    def _plain_epochs(self) -> int:
        """Last epochs without mosaic and mixup; at most a third of the run, so that a short run is augmented too."""
        return min(self._config.no_aug_epochs, self._config.epochs // 3)

    def _train_epoch(self, epoch: int) -> Iterator[TrainEvent]:
        is_plain = epoch > self._config.epochs - self._plain_epochs()
        began, sum_of_losses = perf_counter(), 0.0
        self._model.train()
        for batch in self._loader.epoch(epoch, is_composed=not is_plain):
            event = self._step(epoch, batch, use_l1=is_plain)
            sum_of_losses += event.total_loss
            yield event
            yield from self._new_faults()
        steps = self._loader.steps_per_epoch
        yield EpochDone(epoch, self.steps_done, sum_of_losses / steps, perf_counter() - began)

    def _step(self, epoch: int, batch: Batch, *, use_l1: bool) -> StepDone:
        began = perf_counter()
        rate = self._schedule.learning_rate(self.steps_done + 1)
        set_learning_rate(self._optimiser, rate)
        images = batch.images.to(self._device, non_blocking=True).float()
        targets = batch.targets.to(self._device, non_blocking=True)
        if self._side != self._config.image_size:
            images = functional.interpolate(images, size=(self._side, self._side), mode="bilinear")
            targets = torch.cat((targets[..., :1], targets[..., 1:] * (self._side / self._config.image_size)), dim=2)
        raw = self._model(images)
        losses = detection_loss(raw, anchor_points(self._side, self._side, like=raw), targets, use_l1=use_l1)
        self._optimiser.zero_grad()
        losses.total.backward()  # type: ignore[no-untyped-call]
        self._optimiser.step()
        self._average.update()
        self.steps_done += 1
        total, iou, obj, cls, l1 = torch.stack((losses.total, losses.iou, losses.obj, losses.cls, losses.l1)).tolist()
        if not math.isfinite(total):
            raise UserError("The loss is no longer a number.", action="Start again with a lower base_lr.")
        side = self._side
        self._choose_side()
        return StepDone(
            epoch=epoch,
            step=self.steps_done,
            total_loss=total,
            iou_loss=iou,
            obj_loss=obj,
            cls_loss=cls,
            l1_loss=l1,
            learning_rate=rate,
            image_size=side,
            images=len(batch.images),
            step_time_s=perf_counter() - began,
            load_time_s=batch.wait_s,
        )

    def _choose_side(self) -> None:
        """Every tenth step a new input side, so that the network learns several scales."""
        reach = self._config.multiscale_range
        if reach and self.steps_done % STEPS_PER_SIZE == 0:
            change = int(torch.randint(-reach, reach + 1, (), generator=self._sizes)) * GRID
            self._side = max(GRID, self._config.image_size // GRID * GRID + change)

    def _new_faults(self) -> Iterator[Notice]:
        while self._sources.faults:
            yield Notice(f"Left out of training: {self._sources.faults.pop(0)}", "warning")

    def _evaluate(self, epoch: int) -> Iterator[TrainEvent]:
        config = self._config
        detector = Detector(self._average.model, self._data.class_names, config.image_size, self._device)
        for record in evaluate_images(
            detector,
            self._folder,
            self._data.val,
            conf_threshold=config.eval_conf_threshold,
            nms_threshold=config.eval_nms_threshold,
        ):
            if isinstance(record, Progress):
                yield EvalProgress(epoch, record.done, record.total)
            else:
                yield self._evaluated(epoch, record)
                if record.ap > self.best_ap:
                    self.best_ap, self.best_ap50 = record.ap, record.ap50
                    self._save(self._run.best, record.ap)
                    yield CheckpointSaved(str(self._run.best), "best", epoch, record.ap)

    def _evaluated(self, epoch: int, figures: Evaluation) -> Evaluated:
        return Evaluated(
            epoch=epoch,
            step=self.steps_done,
            ap=figures.ap,
            ap50=figures.ap50,
            voc_ap50=figures.voc_ap50,
            ap50_per_class=figures.ap50_per_class,
            images=figures.images,
            time_s=figures.seconds,
        )

    def _save(self, path: Path, ap: float) -> None:
        save_checkpoint(
            path,
            Checkpoint(
                size=self._config.size,
                class_names=self._data.class_names,
                image_size=self._config.image_size,
                weights=dict(self._average.model.state_dict()),
                config=asdict(self._config),
                epoch=self.epochs_done,
                ap=ap,
            ),
        )
