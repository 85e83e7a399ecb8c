"""A cross-training as a plan: how many folds, how each is trained, where that is kept, how far it came. No torch."""

import json
import os
import zlib
from dataclasses import asdict, dataclass, replace
from enum import Enum
from pathlib import Path

from yolox_core.dataset.folder import DataFolder
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.presets import BEST_START
from yolox_core.user_folders import data_folder

FOLDS_FILE = "folds.json"
OTHERS = "other folds"
BATCH, BASE_LR = 8, 0.02  # of the trainings that the figures in the README were measured with
PLAIN_SHARE = 4  # of the epochs, one in so many is without mosaic


class CrossState(Enum):
    """How far a plan has come on a folder; OTHER where its place holds folds of other images or settings."""

    NEW = "new"
    OTHER = "other"
    BEGUN = "begun"
    DONE = "done"


@dataclass(frozen=True)
class CrossPlan:
    """How many folds, with which settings each is trained, and the folder for the runs of all folds."""

    config: TrainConfig
    output: Path
    folds: int = 2

    @property
    def file(self) -> Path:
        """Which image is in which fold, and for what plan."""
        return self.output / FOLDS_FILE

    def plain(self, folder: DataFolder) -> dict[str, object]:
        """What a file of folds must say to be of this plan and this folder."""
        images = [image.name for image in folder.images]
        return {"config": asdict(self.config), "folds": self.folds, "images": images}

    def state(self, folder: DataFolder) -> CrossState:
        """How far it has come."""
        kept = self.kept()
        if kept is None:
            return CrossState.NEW
        plain = self.plain(folder)
        if {name: kept.get(name) for name in plain} != plain:
            return CrossState.OTHER
        return CrossState.DONE if kept.get("is_done") else CrossState.BEGUN

    def kept(self) -> dict[str, object] | None:
        """What the file of folds says; None where there is none that can be read."""
        try:
            kept = json.loads(self.file.read_bytes())
        except (OSError, ValueError):
            return None
        return kept if isinstance(kept, dict) else None

    def part(self, folder: DataFolder) -> DataFolder:
        """A folder whose training split is as large as what one fold learns from: for estimates."""
        images = [image.name for image in folder.images]
        return replace(folder, splits={OTHERS: tuple(images[: len(images) - len(images) // self.folds])})


def fold_config(*, size: str, image_size: int = 0, epochs: int, weights: str = BEST_START) -> TrainConfig:
    """How a fold is trained; an `image_size` of 0 takes that of the network size."""
    base = recipe(size)
    return replace(
        base,
        weights=weights,
        epochs=epochs,
        batch_size=BATCH,
        base_lr=BASE_LR,
        no_aug_epochs=epochs // PLAIN_SHARE,
        image_size=image_size or base.image_size,
        multiscale_range=0,
    )


def fold_training(plan: CrossPlan) -> TrainConfig:
    """The settings of the training of one fold: on the others, measured by nothing."""
    return replace(plan.config, train_split=OTHERS, val_split="")


def plan_for(root: Path, config: TrainConfig, folds: int) -> CrossPlan:
    """A plan in its usual place; data sets of the same name are kept apart."""
    name = f"{root.name}-{zlib.crc32(os.fsencode(root.resolve())):08x}-{config.size}-{folds}"
    return CrossPlan(config, data_folder() / "folds" / name, folds)
