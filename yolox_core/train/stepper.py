"""One step of training: forward, loss, gradients, optimiser, average; and its whole state, to go back to or to resume.

B images of a batch, S the input side.
"""

import inspect
import math
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.parallel import DistributedDataParallel

from yolox_core.model.head import anchor_points
from yolox_core.model.loss import Losses, detection_loss
from yolox_core.model.yolox import YOLOX
from yolox_core.train.config import TrainConfig
from yolox_core.train.loader import Batch
from yolox_core.train.network_input import network_input, raw_predictions
from yolox_core.train.optim import AveragedModel, make_optimiser, set_learning_rate
from yolox_core.train.start_network import begin_training
from yolox_core.train.sync_norm import synchronised
from yolox_core.train.world import World

_WITHOUT_BUFFERS: dict[str, Any] = {
    next(
        name
        for name in ("forward_sync_buffers", "broadcast_buffers")  # the second was renamed in torch 2.15
        if name in inspect.signature(DistributedDataParallel).parameters
    ): False
}


@dataclass(frozen=True, slots=True)
class StepLosses:
    """The losses of a step, over the batches of all processes; each is divided by the number of positives."""

    total: float
    iou: float
    obj: float
    cls: float
    l1: float

    @property
    def is_finite(self) -> bool:
        """Whether all are numbers."""
        return all(math.isfinite(value) for value in (self.total, self.iou, self.obj, self.cls, self.l1))


def precision_of(word: str, device: torch.device) -> torch.dtype:
    """The number format of the network's arithmetic for a setting: auto is bfloat16, float16 or float32 by device."""
    if word != "auto":
        dtype: torch.dtype = getattr(torch, word)
        return dtype
    if device.type != "cuda":
        return torch.float32
    return torch.bfloat16 if torch.cuda.is_bf16_supported(including_emulation=False) else torch.float16


class Stepper:
    """The network in training, its optimiser and its average."""

    def __init__(self, model: YOLOX, config: TrainConfig, device: torch.device, world: World, *, classes: int) -> None:
        self._config = config
        self._device = device
        self._world = world
        self._dtype = precision_of(config.precision, device)
        self._positives = torch.zeros(classes, dtype=torch.long, device=device)
        self._build(model)

    def train_mode(self) -> None:
        """Make the network ready to learn."""
        begin_training(self._model, self._config)

    def step(self, batches: Sequence[Batch], *, rate: float, shape: tuple[int, int], use_l1: bool) -> StepLosses:
        """One step at a learning rate on batches whose images are brought to `shape` (height, width)."""
        set_learning_rate(self._optimiser, rate)
        self._optimiser.zero_grad()
        logged = torch.zeros(5, device=self._device)
        for number, batch in enumerate(batches):
            is_last = number == len(batches) - 1
            with nullcontext() if is_last else self._without_sync():
                losses, factor = self._losses(batch, shape, use_l1=use_l1)
                self._scaler.scale(losses.total * (factor / len(batches))).backward()  # type: ignore[no-untyped-call]
            parts = (losses.total, losses.iou, losses.obj, losses.cls, losses.l1)
            logged += torch.stack(parts).detach() * (factor / (len(batches) * self._world.size))
        self._update()
        return StepLosses(*self._world.summed(logged).tolist())

    def state(self) -> dict[str, Any]:
        """All that the next step depends on, copied to the CPU; `average` holds the averaged weights."""
        return {
            "model": _copied(self._model.state_dict()),
            "average": _copied(self.average.model.state_dict()),
            "updates": self.average.updates,
            "optimiser": _copied(self._optimiser.state_dict()),
            "scaler": self._scaler.state_dict(),
        }

    def state_with(self, weights: dict[str, Tensor], *, updates: int) -> dict[str, Any]:
        """The state of a network with these averaged weights, after so many updates, without momentum."""
        return {**self.state(), "model": weights, "average": weights, "updates": updates}

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from a state as if there had been no break."""
        self._model.load_state_dict(state["model"])
        self.average.model.load_state_dict(state["average"])
        self.average.updates = state["updates"]
        self._optimiser.load_state_dict(state["optimiser"])
        if state["scaler"]:
            self._scaler.load_state_dict(state["scaler"])

    def release(self) -> dict[str, Any]:
        """The state, after which no memory of the device is held and nothing but `rebuild` works."""
        state = self.state()
        del self._model, self._network, self._optimiser, self._scaler, self.average
        if self._device.type == "cuda":
            torch.cuda.empty_cache()
        return state

    def rebuild(self, model: YOLOX, state: dict[str, Any]) -> None:
        """Go on after `release` with a network of the same size, whose weights do not matter."""
        self._build(model)
        self.restore(state)
        self.train_mode()

    def taken_positives(self) -> list[int]:
        """Anchor points that have learned each class since the last call, in all processes."""
        counts = self._world.summed(self._positives).tolist()
        self._positives.zero_()
        return [int(count) for count in counts]

    def share_statistics(self) -> None:
        """Give all processes the mean of their averaged batch-norm statistics, where they differ."""
        if self._config.sync_norm:
            return
        buffers = self.average.model.named_buffers()
        self._world.average([buffer for name, buffer in buffers if "running_" in name])

    def _build(self, model: YOLOX) -> None:
        config, world = self._config, self._world
        self._model = model.to(device=self._device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        if config.freeze_backbone:
            self._model.backbone.backbone.requires_grad_(False)
        self.average = AveragedModel(self._model, config.ema_decay)
        self._optimiser = make_optimiser(self._model, momentum=config.momentum, weight_decay=config.weight_decay)
        self._scaler = torch.amp.GradScaler(self._device.type, enabled=self._dtype == torch.float16)
        self._network: nn.Module = self._model
        if world.size > 1:
            shared = synchronised(self._model, self._device) if config.sync_norm else self._model
            self._network = DistributedDataParallel(shared, **_WITHOUT_BUFFERS)

    def _without_sync(self) -> Any:
        return self._network.no_sync() if isinstance(self._network, DistributedDataParallel) else nullcontext()

    def _losses(self, batch: Batch, shape: tuple[int, int], *, use_l1: bool) -> tuple[Losses, float]:
        """This process's losses, and the factor that makes their mean over processes the loss of the whole batch."""
        given = network_input(batch, shape, self._device)
        raw = raw_predictions(self._network, given.images, self._dtype)
        losses = detection_loss(raw, anchor_points(*shape, like=raw), given.targets, use_l1=use_l1)
        self._positives.index_add_(0, losses.class_ids, torch.ones_like(losses.class_ids))
        if self._world.size == 1:
            return losses, 1.0
        total = float(self._world.summed(torch.tensor(float(losses.positives))))
        return losses, max(losses.positives, 1) * self._world.size / max(total, 1.0)

    def _update(self) -> None:
        if self._config.clip_norm:
            self._scaler.unscale_(self._optimiser)
            nn.utils.clip_grad_norm_(self._model.parameters(), self._config.clip_norm)
        self._scaler.step(self._optimiser)
        self._scaler.update()
        self.average.update()


def _copied(value: Any) -> Any:
    """A tree of dicts, lists and tensors with every tensor copied to the CPU."""
    if isinstance(value, Tensor):
        return value.detach().to("cpu", copy=True)
    if isinstance(value, dict):
        return {key: _copied(entry) for key, entry in value.items()}
    return [_copied(entry) for entry in value] if isinstance(value, list) else value
