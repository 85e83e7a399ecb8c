"""Makes `resources/sample_nano.pth`, the demo's start: YOLOX-nano from random weights on freshly drawn images.

    uv run python -m yolox_core.demo.pretrain resources/sample_nano.pth

The committed file took two stages: from random weights, 8 epochs of 3,000 images whose objects were 14 to 165 px (AP50
0.58 on their val split), then, with objects of 24 to 220 px, `--images 1600 --epochs 6 --weights`
and the first stage's file (AP50 0.78). Objects are drawn a little larger today, from 36 px.

The images are drawn from seeds that the demo never uses, go to a temporary folder and are deleted with it.
"""

import argparse
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from yolox_core.checkpoint import load_checkpoint, save_checkpoint
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import UserError
from yolox_core.sample.dataset import draw_take, make_voc_folders, plan_takes, write_drawn, write_splits
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, Evaluated, RunStarted, StepDone
from yolox_core.train.trainer import Trainer

FIRST_SEED = 1_000_000
PART = 200  # images drawn from one seed
STEPS_PER_LINE = 25

log = logging.getLogger(__name__)


def draw_training_set(voc_root: Path, *, images: int) -> None:
    """Draw images without label mistakes into a VOC folder; every twentieth part is the val split."""
    make_voc_folders(voc_root)
    splits: dict[str, list[str]] = {"train": [], "val": []}
    for part in range(-(-images // PART)):
        seed = FIRST_SEED + part
        count = min(PART, images - part * PART)
        for take in plan_takes(np.random.default_rng([seed, 0]), count):
            for drawn in draw_take(take, seed=seed, prefix=f"part{part:03d}", is_clean=True):
                write_drawn(drawn, voc_root)
                splits["val" if part == 0 else "train"].append(drawn.name)
        log.info("%d of %d images drawn", part * PART + count, images)
    write_splits(voc_root, splits)


def pretrain_config(*, epochs: int, device: str, workers: int, weights: str = "") -> TrainConfig:
    """The settings that made the committed file: no mosaic, since new images cost less than composed ones."""
    return TrainConfig(
        size="nano",
        epochs=epochs,
        batch_size=8,
        image_size=320,
        device=device,
        workers=workers,
        weights=weights,
        base_lr=0.05,
        mosaic_prob=0.0,
        multiscale_range=2,
        no_aug_epochs=2,
        ema_decay=0.998,
        eval_interval=2,
    )


def pretrain(out: Path, *, images: int, config: TrainConfig) -> None:
    """Draw, train, and write the averaged weights of the last epoch as float16."""
    with tempfile.TemporaryDirectory(prefix="sample-pretrain-") as temporary:
        voc_root = Path(temporary) / "VOCdevkit" / "VOC2012"
        draw_training_set(voc_root, images=images)
        run = Path(temporary) / "run"
        for event in Trainer(config, open_folder(voc_root), run).run():
            match event:
                case RunStarted():
                    log.info("%d training images on %s", event.train_images, event.device)
                case StepDone() if event.step % STEPS_PER_LINE == 0:
                    log.info("step %d loss %.3f, %.2f s", event.step, event.total_loss, event.step_time_s)
                case EpochDone():
                    log.info("epoch %d loss %.3f in %.0f s", event.epoch, event.total_loss, event.time_s)
                case Evaluated():
                    log.info("epoch %d AP %.3f AP50 %.3f", event.epoch, event.ap, event.ap50)
                case _:
                    pass
        save_checkpoint(out, load_checkpoint(run / "last.pth"), half=True)
    log.info("%s: %d bytes", out, out.stat().st_size)


def main(arguments: Sequence[str]) -> int:
    """Run the command; 0 when done, 1 for a problem."""
    parser = argparse.ArgumentParser(prog="python -m yolox_core.demo.pretrain", description=__doc__)
    parser.add_argument("out", type=Path, metavar="FILE", help="checkpoint to write")
    parser.add_argument("--images", type=int, default=3000, metavar="N", help="images to draw (default 3000)")
    parser.add_argument("--epochs", type=int, default=8, metavar="N", help="passes over them (default 8)")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps (default auto)")
    parser.add_argument("--workers", type=int, default=2, metavar="N", help="threads that read images (default 2)")
    parser.add_argument(
        "--weights", default="", metavar="FILE", help="go on from this checkpoint (default: from scratch)"
    )
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", stream=sys.stderr)
    config = pretrain_config(
        epochs=options.epochs, device=options.device, workers=options.workers, weights=options.weights
    )
    try:
        pretrain(options.out, images=options.images, config=config)
    except UserError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
