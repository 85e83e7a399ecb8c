"""Predictions out of fold: every image is judged by a network that was trained without it and its near-copies."""

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.alike_groups import alike_groups
from yolox_core.dataset.folder import DataFolder
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.names import natural_key
from yolox_core.errors import FileError, UserError
from yolox_core.files import make_folder, write_atomically
from yolox_core.records import Progress
from yolox_core.review.cross_plan import OTHERS, CrossPlan, CrossState, fold_training
from yolox_core.review.dense import Dense
from yolox_core.review.predicting import Predictions, predict_images
from yolox_core.train.events import Preparing, RunFinished, RunStarted, StepDone, TrainEvent
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.trainer import Trainer


def cross_predictions(folder: DataFolder, plan: CrossPlan) -> Iterator[Progress | Predictions]:
    """Train a network for each fold on the other folds and let it look at its own; progress first.

    What was finished is not done again: closed, killed or stopped, the next call with the same plan goes on. Raises
    UserError where the folder cannot be parted or `plan.output` belongs to other images or settings.
    """
    folds: NDArray[np.int64] | None = None
    for record in _folds(folder, plan):
        if isinstance(record, Progress):
            yield record
        else:
            folds = record
    assert folds is not None
    named = replace(folder, class_names=folder.class_names or _class_names(folder))
    dense: dict[str, Dense] = {}
    parts: list[Predictions] = []
    for fold in range(plan.folds):
        for part in _fold_predictions(named, plan, folds, fold):
            if isinstance(part, Progress):
                yield part
            else:
                parts.append(part)
                dense |= part.dense
    _keep(plan, {**(plan.kept() or {}), "is_done": True})
    yield Predictions(parts[0].class_names, dense, tuple(fault for part in parts for fault in part.faults))


def fold_of_groups(groups: NDArray[np.int64], folds: int, *, seed: int) -> NDArray[np.int64]:
    """The fold of each image, by its group [N]: groups stay whole, the larger ones first into the emptiest fold."""
    members, sizes = np.unique(groups, return_counts=True)
    order = np.random.default_rng(seed).permutation(len(members))
    order = order[np.argsort(-sizes[order], kind="stable")]
    filled = np.zeros(folds, np.int64)
    fold_of = np.zeros(len(members), np.int64)
    for place in order:
        fold_of[place] = filled.argmin()
        filled[fold_of[place]] += sizes[place]
    if (filled == 0).any():
        raise UserError(
            f"{len(members)} groups of near-identical images cannot be parted into {folds} folds.",
            action="Take fewer folds, or use a checkpoint.",
        )
    return fold_of[np.searchsorted(members, groups)]


def _folds(folder: DataFolder, plan: CrossPlan) -> Iterator[Progress | NDArray[np.int64]]:
    """The fold of each image: as kept in the plan's folder, or drawn and kept now."""
    state, kept = plan.state(folder), plan.kept()
    if state is CrossState.OTHER:
        raise UserError(
            "This folder holds folds of other images or settings.", where=plan.output, action="Choose another."
        )
    if kept is not None:
        yield np.array(kept["fold_of"], np.int64)
        return
    for record in alike_groups(folder.images):
        if isinstance(record, Progress):
            yield record
        else:
            fold_of = fold_of_groups(record, plan.folds, seed=plan.config.seed)
    make_folder(plan.output)
    _keep(plan, {**plan.plain(folder), "fold_of": fold_of.tolist()})
    yield fold_of


def _keep(plan: CrossPlan, values: dict[str, object]) -> None:
    write_atomically(plan.file, json.dumps(values).encode())


def _fold_predictions(
    folder: DataFolder, plan: CrossPlan, folds: NDArray[np.int64], fold: int
) -> Iterator[Progress | Predictions]:
    others = tuple(image.name for image, of in zip(folder.images, folds, strict=True) if of != fold)
    own = tuple(image for image, of in zip(folder.images, folds, strict=True) if of == fold)
    run = RunFolder(plan.output / f"fold-{fold + 1}")
    name = f"Fold {fold + 1} of {plan.folds}"
    if not _is_done(run):
        learned = replace(folder, splits={OTHERS: others})
        trainer = Trainer(fold_training(plan), learned, run.path, is_resumed=run.events.exists())
        with closing(trainer.run()) as events:
            yield from _progress(events, name, fold, plan.folds)
    for record in predict_images(run.last, own, device=plan.config.device):
        yield replace(record, text=f"{name}: {record.text}") if isinstance(record, Progress) else record


def _progress(events: Iterator[TrainEvent], name: str, fold: int, folds: int) -> Iterator[Progress]:
    """How far the trainings of all folds are, taken for equally long."""
    steps = epochs = 0
    for event in events:
        match event:
            case RunStarted():
                epochs, steps = event.epochs, event.epochs * event.steps_per_epoch
            case Preparing():
                yield Progress(event.done, event.total, f"{name}: {event.text}")
            case StepDone():
                yield Progress(fold * steps + event.step, folds * steps, f"{name}: epoch {event.epoch} of {epochs}")
            case _:
                pass


def _is_done(run: RunFolder) -> bool:
    """Whether the training of a fold has come to its end."""
    if not run.events.exists() or not run.last.exists():
        return False
    return any(isinstance(event, RunFinished) and event.state == "done" for event in read_events(run))


def _class_names(folder: DataFolder) -> tuple[str, ...]:
    """The classes that occur anywhere in the folder, so that all folds learn the same ones."""
    found: set[str] = set()
    for image in folder.images:
        try:
            found |= {box.class_name for box in read_annotation(folder, image).boxes}
        except FileError:
            continue
    if folder.numbered_classes and found:
        return tuple(str(number) for number in range(max(map(int, found)) + 1))
    return tuple(sorted(found, key=natural_key))
