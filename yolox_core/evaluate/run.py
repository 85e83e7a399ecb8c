"""Evaluation as a stream of progress with the figures at its end. No torch here: the network is a function."""

import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.errors import FileError, UserError
from yolox_core.evaluate.coco_ap import coco_figures
from yolox_core.evaluate.details import Details, details_of
from yolox_core.evaluate.samples import Sample, Samples, read_samples
from yolox_core.evaluate.truth import Compared
from yolox_core.evaluate.voc_ap import voc_ap
from yolox_core.images import read_image
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.suppress import suppress
from yolox_core.records import Fault, Progress

if TYPE_CHECKING:
    from yolox_core.infer.detector import Detector

Image = NDArray[np.uint8]
Predict = Callable[[Sequence[Image]], list[Candidates]]

BATCH_SIZE = 8
READERS = 4


@dataclass(frozen=True)
class Evaluation:
    """How well a network finds the labelled boxes. Figures are 0..1; classes without a labelled box are left out.

    `ap` (IoU .50:.95) and `ap50` as COCO has them, `voc_ap50` the mean over classes of Pascal VOC's area AP at IoU .5,
    `ap_per_class` and `ap50_per_class` COCO's AP and AP50 by class name, `ap_per_size` the AP of small, medium and
    large boxes by class name (-1 where there are none), `stats` pycocotools' twelve figures (-1 where there is nothing
    to be found), `boxes` the labelled boxes, `faults` what kept images from being evaluated, `seconds` wall time;
    `details` are left out during training.
    """

    ap: float
    ap50: float
    voc_ap50: float
    ap50_per_class: dict[str, float]
    images: int
    boxes: int
    detections: int
    seconds: float
    stats: tuple[float, ...]
    ap_per_class: dict[str, float] = field(default_factory=dict)
    ap_per_size: dict[str, tuple[float, float, float]] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()
    details: Details | None = None

    @property
    def ap75(self) -> float:
        """COCO's AP at IoU .75; -1 where there is nothing to be found."""
        return self.stats[2]

    @property
    def ap_by_size(self) -> tuple[float, float, float]:
        """COCO's AP of small (area < 32² px), medium and large (> 96² px) boxes; -1 where there are none."""
        return self.stats[3], self.stats[4], self.stats[5]


@dataclass(frozen=True)
class ComparedImages:
    """Labels beside detections, image by image, and what kept images out; a part of a split can be joined to others."""

    compared: tuple[Compared, ...]
    faults: tuple[Fault, ...]


def evaluate_images(
    detector: "Detector",
    folder: DataFolder,
    images: Sequence[ImageFile],
    *,
    conf_threshold: float = 0.01,
    nms_threshold: float = 0.65,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Progress | Evaluation]:
    """Evaluate a detector on images of a data set: every candidate from `conf_threshold` up takes part.

    Raises UserError where labels have classes that the network lacks, or where no image can be read.
    """
    records = compare_images(
        detector, folder, images, conf_threshold=conf_threshold, nms_threshold=nms_threshold, batch_size=batch_size
    )
    yield from _measured(records, detector.class_names)


def evaluate(
    predict: Predict,
    class_names: Sequence[str],
    samples: Sequence[Sample],
    *,
    conf_threshold: float = 0.01,
    nms_threshold: float = 0.65,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Progress | Evaluation]:
    """Evaluate `predict` on samples: progress after each batch, the evaluation last.

    An image that cannot be read is left out and listed in `faults`; UserError if that is so for all of them.
    """
    records = compare(
        predict, samples, conf_threshold=conf_threshold, nms_threshold=nms_threshold, batch_size=batch_size
    )
    yield from _measured(records, class_names)


def compare_images(
    detector: "Detector",
    folder: DataFolder,
    images: Sequence[ImageFile],
    *,
    conf_threshold: float = 0.01,
    nms_threshold: float = 0.65,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Progress | ComparedImages]:
    """Detect on images of a data set and put their labels beside: progress, then the result, empty for no images."""
    read = Samples((), ())
    for record in read_samples(folder, images, detector.class_names):
        if isinstance(record, Samples):
            read = record
        else:
            yield record
    predict = detector.with_limits(floor=conf_threshold, top_k=None).predict
    for outcome in compare(
        predict, read.samples, conf_threshold=conf_threshold, nms_threshold=nms_threshold, batch_size=batch_size
    ):
        yield replace(outcome, faults=read.faults + outcome.faults) if isinstance(outcome, ComparedImages) else outcome


def compare(
    predict: Predict,
    samples: Sequence[Sample],
    *,
    conf_threshold: float,
    nms_threshold: float,
    batch_size: int = BATCH_SIZE,
) -> Iterator[Progress | ComparedImages]:
    """Put what `predict` finds beside the labels of samples: progress after each batch, the result last."""
    compared: list[Compared] = []
    faults: list[Fault] = []
    yield Progress(0, len(samples), "evaluating")
    with ThreadPoolExecutor(min(READERS, os.cpu_count() or 1)) as readers:
        for batch in _read_ahead(samples, readers, batch_size):
            readable = [(sample, image) for sample, image in batch if not isinstance(image, Fault)]
            faults += [image for _, image in batch if isinstance(image, Fault)]
            answers = predict([image for _, image in readable]) if readable else []
            for (sample, _), answer in zip(readable, answers, strict=True):
                found = suppress(answer, conf_threshold=conf_threshold, nms_threshold=nms_threshold)
                compared.append(Compared(sample.truth, found, sample.path))
            yield Progress(len(compared) + len(faults), len(samples), "evaluating")
    yield ComparedImages(tuple(compared), tuple(faults))


def _measured(
    records: Iterator[Progress | ComparedImages], class_names: Sequence[str]
) -> Iterator[Progress | Evaluation]:
    began = time.perf_counter()
    for record in records:
        if isinstance(record, Progress):
            yield record
            continue
        if not record.compared:
            first = f" The first fault: {record.faults[0].where}: {record.faults[0].what}" if record.faults else ""
            raise UserError(f"There is no image to evaluate.{first}", action="Choose another split or folder.")
        figures = measure(record.compared, class_names)
        seconds = time.perf_counter() - began
        details = details_of(
            record.compared,
            class_names,
            ap_per_class=figures.ap_per_class,
            ap50_per_class=figures.ap50_per_class,
            ap_per_size=figures.ap_per_size,
        )
        yield replace(figures, seconds=seconds, faults=record.faults, details=details)


def measure(compared: Sequence[Compared], class_names: Sequence[str]) -> Evaluation:
    """The figures of images already compared, without their details; `seconds` stays 0."""
    class_ids = sorted({int(class_id) for image in compared for class_id in image.truth.class_ids})
    coco = coco_figures(compared, class_ids)
    voc = voc_ap(compared, class_ids)
    return Evaluation(
        ap=max(coco.stats[0], 0.0),
        ap50=max(coco.stats[1], 0.0),
        voc_ap50=sum(voc.values()) / len(voc) if voc else 0.0,
        ap50_per_class={class_names[class_id]: ap for class_id, ap in coco.ap50_per_class.items()},
        images=len(compared),
        boxes=sum(len(image.truth.boxes) for image in compared),
        detections=sum(len(image.detections) for image in compared),
        seconds=0.0,
        stats=coco.stats,
        ap_per_class={class_names[class_id]: ap for class_id, ap in coco.ap_per_class.items()},
        ap_per_size={class_names[class_id]: sizes for class_id, sizes in coco.ap_per_size.items()},
    )


def _read_ahead(
    samples: Sequence[Sample], readers: ThreadPoolExecutor, batch_size: int
) -> Iterator[list[tuple[Sample, Image | Fault]]]:
    """Batches in order, the next two being read meanwhile; nothing more is read once the iterator is closed."""
    waiting: deque[tuple[Sample, Future[Image | Fault]]] = deque()
    ahead = iter(samples)
    try:
        for start in range(0, len(samples), batch_size):
            while len(waiting) < 3 * batch_size and (sample := next(ahead, None)) is not None:
                waiting.append((sample, readers.submit(_read, sample.path)))
            taken = [waiting.popleft() for _ in range(min(batch_size, len(samples) - start))]
            yield [(sample, image.result()) for sample, image in taken]
    finally:
        for _, image in waiting:
            image.cancel()


def _read(path: Path) -> Image | Fault:
    try:
        return read_image(path)
    except FileError as error:
        return Fault(error.what, error.where, error.action)
