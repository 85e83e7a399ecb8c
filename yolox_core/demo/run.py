"""The demo: make the sample, train YOLOX-nano on it, measure it, run the sample's video; one stream of records."""

from collections.abc import Generator, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from time import perf_counter
from typing import TypeVar

from yolox_core.dataset.folder import open_folder
from yolox_core.evaluate import Evaluation, evaluate_images
from yolox_core.infer.annotate import AnnotatedVideo, annotate_video
from yolox_core.infer.detector import Detector
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress
from yolox_core.sample.dataset import SampleMade, make_sample
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import RunFinished, TrainEvent
from yolox_core.train.start import built_in_start
from yolox_core.train.trainer import Trainer

DEMO_EPOCHS = 6
IMAGE_SIZE = 320
CONF_THRESHOLD = 0.4
NMS_THRESHOLD = 0.45

Step = Progress | TrainEvent
Last = TypeVar("Last")


@dataclass(frozen=True)
class DemoDone:
    """What the demo made, where it lies, how good it is (AP figures 0..1 on the val split), and seconds per stage."""

    folder: Path
    voc_root: Path
    planted_errors: Path
    run: Path
    checkpoint: Path
    start: Path
    video: Path
    annotated_video: Path
    images: int
    epochs: int
    ap: float
    ap50: float
    voc_ap50: float
    ap50_per_class: dict[str, float]
    detections_in_video: int
    sample_s: float
    training_s: float
    evaluation_s: float
    video_s: float
    is_sample_reused: bool = False

    @property
    def text(self) -> str:
        """The result for a person, some lines."""
        made = "found" if self.is_sample_reused else "drawn"
        per_class = ", ".join(f"{name} {ap50:.3f}" for name, ap50 in self.ap50_per_class.items())
        return (
            f"Sample     {self.images} images {made} in {self.sample_s:.0f} s: {self.voc_root}\n"
            f"           some training labels are wrong on purpose: {self.planted_errors}\n"
            f"Training   YOLOX-nano, {self.epochs} epochs in {self.training_s:.0f} s from {self.start.name}, "
            f"which we trained from scratch on other drawn images\n"
            f"Result     AP50 {self.ap50:.3f} ({per_class}), AP .50:.95 {self.ap:.3f} on the validation split\n"
            f"Checkpoint {self.checkpoint}\n"
            f"Video      {self.detections_in_video} boxes drawn in {self.video_s:.0f} s: {self.annotated_video}"
        )


def run_demo(
    folder: Path, *, epochs: int = DEMO_EPOCHS, device: str = "auto", images: int = 240, video_frames: int = 150
) -> Generator[Step | DemoDone, None, None]:
    """Make the sample below `folder`, train on it, measure it and annotate its video; DemoDone comes last.

    A sample that is there is used again; each call makes a run folder of its own. Raises UserError where the folder
    cannot be used, ValueOutOfRange for `epochs`, Unavailable for a device that is not there.
    """
    folder = folder.resolve()
    config = demo_config(epochs=epochs, device=device).checked()
    times = [perf_counter()]
    sample = yield from _until_last(
        make_sample(folder / "sample", images=images, video_frames=video_frames), SampleMade
    )
    times.append(perf_counter())
    run_folder = _new_run_folder(folder / "runs")
    data_set = open_folder(sample.voc_root)
    finished = yield from _until_last(Trainer(config, data_set, run_folder).run(), RunFinished)
    times.append(perf_counter())
    detector = Detector.open(Path(finished.best), device=device, image_size=IMAGE_SIZE)
    figures = yield from _until_last(evaluate_images(detector, data_set, data_set.split_images("val")), Evaluation)
    times.append(perf_counter())
    annotated = yield from _until_last(
        annotate_video(
            detector,
            sample.video,
            folder / "annotated.mp4",
            thresholds=Thresholds(CONF_THRESHOLD, NMS_THRESHOLD),
        ),
        AnnotatedVideo,
    )
    times.append(perf_counter())
    yield _summary(folder, sample, finished, figures, annotated, times)


def demo_config(*, epochs: int, device: str) -> TrainConfig:
    """The settings of the demo's training: short, so it starts from our checkpoint at a gentle rate."""
    return TrainConfig(
        size="nano",
        epochs=epochs,
        batch_size=8,
        image_size=IMAGE_SIZE,
        device=device,
        weights=str(built_in_start()),
        train_split="train",
        val_split="val",
        mosaic_prob=0.5,
        multiscale_range=0,
        warmup_epochs=1,
        no_aug_epochs=1,
    )


def _until_last(records: Iterator[Step | Last], kind: type[Last]) -> Generator[Step, None, Last]:
    """Hand on the progress of one stage and return its record of this kind; closed early, it closes the stage."""
    assert isinstance(records, Generator)
    last: Last | None = None
    with closing(records):
        for record in records:
            if isinstance(record, kind):
                last = record
            if isinstance(record, Step):
                yield record
    assert last is not None
    return last


def _new_run_folder(runs: Path) -> Path:
    taken = {path.name for path in runs.glob("demo-*")} if runs.is_dir() else set()
    return next(runs / name for name in (f"demo-{number}" for number in range(1, len(taken) + 2)) if name not in taken)


def _summary(
    folder: Path,
    sample: SampleMade,
    finished: RunFinished,
    figures: Evaluation,
    annotated: AnnotatedVideo,
    times: list[float],
) -> DemoDone:
    sample_s, training_s, evaluation_s, video_s = (end - start for start, end in pairwise(times))
    return DemoDone(
        folder=folder,
        voc_root=sample.voc_root,
        planted_errors=sample.planted_errors,
        run=Path(finished.best).parent,
        checkpoint=Path(finished.best),
        start=built_in_start(),
        video=sample.video,
        annotated_video=annotated.path,
        images=sample.images,
        epochs=finished.epochs,
        ap=figures.ap,
        ap50=figures.ap50,
        voc_ap50=figures.voc_ap50,
        ap50_per_class=figures.ap50_per_class,
        detections_in_video=annotated.detections,
        sample_s=sample_s,
        training_s=training_s,
        evaluation_s=evaluation_s,
        video_s=video_s,
        is_sample_reused=sample.is_reused,
    )
