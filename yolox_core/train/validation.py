"""AP of the averaged weights in the middle of a run; each process measures its share of the images."""

from collections.abc import Generator, Iterator
from time import perf_counter

import torch

from yolox_core.dataset.folder import DataFolder
from yolox_core.evaluate import Evaluation, compare_images, measure
from yolox_core.evaluate.truth import Compared
from yolox_core.infer.detector import Detector
from yolox_core.model.yolox import YOLOX
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.diagnosis import Learning, why_nothing_was_found
from yolox_core.train.events import EvalProgress, Evaluated, Notice
from yolox_core.train.pictures import write_pictures
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.samples import TrainingData
from yolox_core.train.world import World

KIND = 30  # characters of a reason that tell it from others, whatever its numbers


class Validation:
    """The images that measure a run, and how they are measured; what is found on a few of them is kept in `run`."""

    def __init__(
        self,
        config: TrainConfig,
        folder: DataFolder,
        data: TrainingData,
        device: torch.device,
        world: World,
        run: RunFolder | None = None,
    ) -> None:
        self._run = run
        self._config = config
        self._folder = folder
        self._data = data
        self._device = device
        self._world = world
        self._kind = ""

    def is_due(self, epoch: int, last_epoch: int) -> bool:
        """Whether AP is measured after an epoch."""
        return bool(self._data.val) and (epoch % self._config.eval_interval == 0 or epoch == last_epoch)

    def events(
        self, model: YOLOX, learning: Learning, *, epoch: int
    ) -> Generator[EvalProgress | Evaluated | Notice, None, None]:
        """Progress, then the figures of a network in eval mode; every process gets the figures of all images.

        Where nothing was found, a notice says why, once for each reason.
        """
        config, world, names = self._config, self._world, self._data.class_names
        began = perf_counter()
        for record in compare_images(
            Detector(model, names, config.input_shape, self._device),
            self._folder,
            self._data.val[world.rank :: world.size],
            conf_threshold=config.eval_conf_threshold,
            nms_threshold=config.eval_nms_threshold,
        ):
            if isinstance(record, Progress):
                yield EvalProgress(epoch, min(record.done * world.size, len(self._data.val)), len(self._data.val))
            else:
                compared = [image for part in world.gathered(record.compared) for image in part]
                self._keep_pictures(compared, epoch)
                figures = measure(compared, names)
                yield _evaluated(figures, epoch, learning.steps, perf_counter() - began)
                if figures.ap50 == 0:
                    yield from self._told_why(compared, learning)

    def _told_why(self, compared: list[Compared], learning: Learning) -> Iterator[Notice]:
        reason = why_nothing_was_found(compared, self._data, self._folder, learning)
        kind = reason[:KIND]
        if kind != self._kind:
            self._kind = kind
            yield Notice(f"AP is 0 after step {learning.steps}. {reason}", "warning")

    def _keep_pictures(self, compared: list[Compared], epoch: int) -> None:
        if self._run is not None and self._world.is_main:
            wanted = {file.path for file in self._data.pictured}
            shown = [image for image in compared if image.path in wanted]
            write_pictures(self._run, epoch, shown, self._data.class_names, self._folder.root)


def _evaluated(figures: Evaluation, epoch: int, step: int, time_s: float) -> Evaluated:
    return Evaluated(
        epoch=epoch,
        step=step,
        ap=figures.ap,
        ap50=figures.ap50,
        voc_ap50=figures.voc_ap50,
        ap50_per_class=figures.ap50_per_class,
        images=figures.images,
        time_s=time_s,
    )
