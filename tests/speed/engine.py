"""Rows of the engine against the reference's code as kept by `pixeltable-yolox`, on the CPU."""

import numpy as np
import torch
from yolox.config import YoloxNano
from yolox.models.yolo_head import YoloxHead
from yolox.utils.ema import ModelEMA

from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.model.head import STRIDES, anchor_points
from yolox_core.model.loss import detection_loss
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.train.optim import AveragedModel, make_optimiser, set_learning_rate


def rows() -> list[Row]:
    """SimOTA with the loss at three loads, and one whole training step with one thread and with all."""
    return [
        _loss_row(640, 234, 80, at_least=2.0),
        _loss_row(640, 48, 80, at_least=1.0),
        _loss_row(320, 48, 3, at_least=1.5),
        _step_row(threads=1),
        _step_row(threads=torch.get_num_threads()),
    ]


def _targets(side: int, boxes: int, classes: int, batch: int = 8) -> torch.Tensor:
    """Boxes of 20 px to half the side, spread over the images of a batch as a mosaic spreads them."""
    rng = np.random.default_rng(0)
    counts = np.bincount(rng.integers(0, batch, boxes), minlength=batch)
    targets = torch.zeros(batch, 120, 5)
    for row, count in enumerate(counts):
        sides = rng.uniform(20, side / 2, (count, 2))
        centres = rng.uniform(sides / 2, side - sides / 2)
        values = np.column_stack((rng.integers(0, classes, count), centres, sides))
        targets[row, :count] = torch.from_numpy(values)
    return targets


def _loss_row(side: int, boxes: int, classes: int, *, at_least: float) -> Row:
    torch.manual_seed(0)
    targets = _targets(side, boxes, classes)
    maps = [torch.randn(8, 5 + classes, side // s, side // s) * 0.5 for s in STRIDES]
    for level in maps:
        level[:, 4:] -= 3
    points = anchor_points(side, side, like=maps[0])
    head = YoloxHead(classes, 0.25, depthwise=True).train()
    images = torch.zeros(8, 3, side, side)
    longest = int((targets.sum(dim=2) > 0).sum(dim=1).max())

    def ours() -> float:
        raw = torch.cat([level.flatten(2) for level in maps], dim=2).transpose(1, 2).requires_grad_()
        losses = detection_loss(raw, points, targets[:, :longest], use_l1=False)
        losses.total.backward()
        return losses.total.item()

    def peer() -> float:
        outputs, grids, strides = [], [], []
        for place, level in enumerate(maps):
            output, grid = head.get_output_and_grid(
                level.clone().requires_grad_() * 1, place, STRIDES[place], level.type()
            )
            outputs.append(output)
            grids.append(grid)
            strides.append(torch.full((1, grid.shape[1]), float(STRIDES[place])))
        x_shifts, y_shifts = [g[:, :, 0] for g in grids], [g[:, :, 1] for g in grids]
        total = head.get_losses(images, x_shifts, y_shifts, strides, targets, torch.cat(outputs, 1), [], torch.float32)[
            0
        ]
        total.backward()
        return total.item()

    difference = abs(ours() - peer()) / abs(peer())
    assert difference < 1e-4, f"the two losses differ by {difference:.1e}"
    mine, theirs = in_turns(ours, peer, repeats=7)
    what = f"assignment + loss, batch 8, {side} px, {boxes} boxes, {classes} classes"
    return _row(what, mine, theirs, at_least)


def _step_row(*, threads: int) -> Row:
    before = torch.get_num_threads()
    torch.set_num_threads(threads)
    try:
        mine, theirs = _step_times()
    finally:
        torch.set_num_threads(before)
    return _row(f"training step, nano, batch 8, 320 px, threads: {threads}", mine, theirs, 1.4)


def _step_times() -> tuple[float, float]:
    """Milliseconds of our step and of the peer's."""
    side, classes = 320, 3
    x, targets = torch.rand(8, 3, side, side) * 255, _targets(side, 48, classes)
    longest = int((targets.sum(dim=2) > 0).sum(dim=1).max())
    model = YOLOX(SIZES["nano"], classes).train().to(memory_format=torch.channels_last)
    optimiser, average = make_optimiser(model, momentum=0.9, weight_decay=5e-4), AveragedModel(model, 0.9998)
    packed = x.to(memory_format=torch.channels_last)
    config = YoloxNano()
    config.num_classes = classes
    reference = config.get_model().train()
    their_optimiser, their_average = config.get_optimizer(8), ModelEMA(reference, 0.9998)

    def ours() -> None:
        set_learning_rate(optimiser, 1e-5)
        raw = model(packed)
        losses = detection_loss(raw, anchor_points(side, side, like=raw), targets[:, :longest], use_l1=False)
        optimiser.zero_grad()
        losses.total.backward()
        optimiser.step()
        average.update()

    def peer() -> None:
        outputs = reference(x, targets)
        their_optimiser.zero_grad()
        outputs["total_loss"].backward()
        their_optimiser.step()
        their_average.update(reference)

    return in_turns(ours, peer, repeats=9)


def _row(what: str, ours: float, peer: float, at_least: float) -> Row:
    return Row(what, ours, peer, "ms", peer / ours, f">= {at_least:g}x", peer / ours >= at_least)
