"""Accuracy of our defaults against the reference's behaviour: same data, start weights, epochs; several seeds.

`python -m tests.speed.accuracy FOLDER WEIGHTS --output RUNS` trains each variant with each seed, evaluates the averaged
weights of the last epoch, and prints mean and spread. Runs that are finished are read back, so it can be broken off.
"""

import argparse
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from statistics import mean, pstdev

from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.train.config import TrainConfig, recipe
from yolox_core.train.events import Evaluated
from yolox_core.train.run_folder import RunFolder, read_events
from yolox_core.train.trainer import Trainer

VARIANTS: dict[str, dict[str, object]] = {
    "reference": {"mosaic_centred": False},
    "ours": {},
}
"""What differs from our recipe of the size: `reference` sets every switch to what the reference does."""


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.speed.accuracy", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("weights", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--size", type=int, default=320)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--variants", nargs="+", choices=VARIANTS, default=list(VARIANTS))
    options = parser.parse_args()
    folder = open_folder(options.folder)
    figures: dict[str, list[Evaluated]] = {name: [] for name in options.variants}
    for seed in options.seeds:
        for name in options.variants:
            base = replace(recipe("nano"), image_size=options.size, batch_size=8, epochs=options.epochs)
            config = replace(base, seed=seed, weights=str(options.weights), eval_interval=options.epochs)
            run = options.output / f"{name}-{seed}"
            figures[name].append(_trained(replace(config, **VARIANTS[name]), folder, run))
            print(f"{name}, seed {seed}: AP50 {figures[name][-1].ap50:.4f}, AP {figures[name][-1].ap:.4f}", flush=True)
    for name, rows in figures.items():
        print(f"{name:12} AP50 {_spread([row.ap50 for row in rows])}   AP {_spread([row.ap for row in rows])}")


def _trained(config: TrainConfig, folder: DataFolder, run: Path) -> Evaluated:
    if not (run / "events.jsonl").exists():
        with closing(Trainer(config, folder, run).run()) as events:
            for _ in events:
                pass
    return [event for event in read_events(RunFolder(run)) if isinstance(event, Evaluated)][-1]


def _spread(values: list[float]) -> str:
    return f"{mean(values):.4f} ± {pstdev(values):.4f}"


if __name__ == "__main__":
    main()
