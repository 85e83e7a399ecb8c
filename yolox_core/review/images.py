"""The labels of a data set as review takes them: which boxes are judged, and which images have been labelled at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from yolox_core.dataset.box_faults import wrong_with
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.errors import FileError
from yolox_core.records import Annotation, Box, Fault, Progress
from yolox_core.review.planting import Labels

PROGRESS_EVERY = 50


@dataclass(frozen=True, slots=True)
class ReadImage:
    """One image and what is known of it."""

    name: str
    annotation: Annotation


@dataclass(frozen=True)
class ReadImages:
    """The images that take part, how many were left out as not labelled yet, and what kept others out."""

    images: tuple[ReadImage, ...]
    undecided: tuple[str, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, eq=False)
class JudgedImage:
    """The boxes of an image that a network can judge, in the order of the arrays in `labels`.

    `others` float64 [B, 4] are edges of boxes that it cannot judge: of a class it does not know, or without size.
    """

    name: str
    boxes: tuple[Box, ...]
    labels: Labels
    others: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"


def read_images(
    folder: DataFolder, images: Sequence[ImageFile], *, undecided_are_empty: bool = False
) -> Iterator[Progress | ReadImages]:
    """Read the labels of these images; progress first.

    An image that nobody has labelled takes part only where `undecided_are_empty`: having no boxes then means that
    there is nothing in it.
    """
    read: list[ReadImage] = []
    undecided: list[str] = []
    faults: list[Fault] = []
    for done, image in enumerate(images):
        if done % PROGRESS_EVERY == 0:
            yield Progress(done, len(images), "Reading labels")
        try:
            annotation = read_annotation(folder, image)
        except FileError as error:
            faults.append(Fault(error.what, error.where, error.action))
            continue
        if annotation.is_decided or annotation.is_verified or undecided_are_empty:
            read.append(ReadImage(image.name, annotation))
        else:
            undecided.append(image.name)
    yield ReadImages(tuple(read), tuple(undecided), tuple(faults))


def judged(image: ReadImage, class_ids: Mapping[str, int]) -> JudgedImage:
    """The boxes of an image whose class has an id and whose numbers make sense."""
    annotation = image.annotation
    is_judged = [
        box.class_name in class_ids and not wrong_with(box, annotation.width, annotation.height)
        for box in annotation.boxes
    ]
    boxes = tuple(box for box, fits in zip(annotation.boxes, is_judged, strict=True) if fits)
    others = tuple(box for box, fits in zip(annotation.boxes, is_judged, strict=True) if not fits and box.is_proper)
    ids = np.array([class_ids[box.class_name] for box in boxes], np.int64)
    labels = Labels(annotation.width, annotation.height, edges_of(boxes), ids)
    return JudgedImage(image.name, boxes, labels, edges_of(others))


def edges_of(boxes: Sequence[Box]) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]]":
    """Edges [B, 4] xyxy of boxes."""
    return np.array([(box.x1, box.y1, box.x2, box.y2) for box in boxes], np.float64).reshape(-1, 4)
