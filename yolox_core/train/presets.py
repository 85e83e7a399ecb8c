"""Named sets of settings, as plain data: the window's buttons and `train --preset` read the same table. No torch."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from yolox_core.train.config import TrainConfig, recipe

BEST_START = "auto"
"""The value of `weights` for the best start there is: see `yolox_core.train.start`."""


@dataclass(frozen=True)
class Preset:
    """What one click sets. `values` differ from the recipe of `size`; `purpose` says when to take it."""

    name: str
    title: str
    purpose: str
    size: str
    values: Mapping[str, object]

    def config(self, size: str = "") -> TrainConfig:
        """The settings, for this network size instead of the preset's own where one is named."""
        return replace(recipe(size or self.size), weights=BEST_START, **self.values)  # type: ignore[arg-type]

    @property
    def summary(self) -> str:
        """What the preset sets, in a sentence."""
        config = self.config()
        return (
            f"YOLOX-{config.size}, {config.epochs} epochs of {config.image_size} px images, "
            f"{config.batch_size} at a time, {_augmentation(config)}."
        )


def _augmentation(config: TrainConfig) -> str:
    """The augmentations that are switched on: `with mosaic, mixup and flips`."""
    shares = {
        "mosaic": config.mosaic_prob,
        "mixup": config.mixup_prob,
        "colour shifts": config.hsv_prob,
        "flips": config.flip_prob,
    }
    *some, last = [
        f"half {name}" if share == 0.5 and name == "mosaic" else name for name, share in shares.items() if share
    ]
    return f"with {', '.join(some)} and {last}"


QUICK = Preset(
    "quick",
    "Quick look",
    "Curves as soon as can be, on any machine: see whether the labels teach the network anything.",
    "nano",
    {"epochs": 10, "image_size": 320, "batch_size": 8, "multiscale_range": 0, "no_aug_epochs": 2},
)
BALANCED = Preset(
    "balanced",
    "Balanced",
    "A good detector for everyday use; a GPU is wanted. It ends early when AP no longer grows.",
    "s",
    {"epochs": 60, "batch_size": 16, "no_aug_epochs": 10, "patience": 12},
)
BEST = Preset(
    "best",
    "Best",
    "A large network for long: wants a large GPU and patience.",
    "l",
    {"epochs": 150, "batch_size": 16, "no_aug_epochs": 15, "patience": 25},
)
ARTICLE = Preset(
    "article",
    "From the article",
    "The settings of the article that this program follows, for comparison.",
    "m",
    {
        "epochs": 25,
        "image_size": 640,
        "batch_size": 16,
        "mosaic_prob": 1.0,
        "mixup_prob": 1.0,
        "hsv_prob": 1.0,
        "flip_prob": 0.5,
    },
)
PRESETS = {preset.name: preset for preset in (QUICK, BALANCED, BEST, ARTICLE)}


def preset_for(*, has_gpu: bool) -> Preset:
    """The preset to begin with on a machine with or without a GPU."""
    return BALANCED if has_gpu else QUICK


def changes(config: TrainConfig, since: TrainConfig) -> dict[str, tuple[object, object]]:
    """Fields whose values differ: before and now, by name."""
    before, now = vars(since), vars(config)
    return {name: (before[name], value) for name, value in now.items() if value != before[name]}
