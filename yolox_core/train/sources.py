"""The images of a run at the size of the network input, read once where memory allows; shared by threads. No torch."""

from threading import Lock

import cv2
import numpy as np

from yolox_core.errors import FileError, UserError
from yolox_core.images import read_image
from yolox_core.train.augment import Sample
from yolox_core.train.samples import LabelledImage

MEGABYTE = 1_000_000


class Sources:
    """Labelled images at the size at which they fit into `shape` (height, width); `cache_mb` megabytes are kept.

    The cache never drops an image for another: samples are drawn evenly, so that no choice would be better.
    """

    def __init__(self, images: tuple[LabelledImage, ...], shape: tuple[int, int], cache_mb: int) -> None:
        self.faults: list[str] = []
        self._images = images
        self._shape = shape
        self._free_bytes = cache_mb * MEGABYTE
        self._kept: dict[int, Sample] = {}
        self._broken: dict[int, str] = {}
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._images)

    @property
    def kept_bytes(self) -> int:
        """Memory of the images kept so far."""
        with self._lock:
            return sum(sample.image.nbytes for sample in self._kept.values())

    def with_boxes(self) -> list[int]:
        """Places of the images that have boxes."""
        return [place for place, image in enumerate(self._images) if len(image.boxes)]

    def sample(self, place: int) -> Sample:
        """The image at `place`; the next readable one where it cannot be read, which is noted in `faults` once."""
        for step in range(len(self)):
            candidate = (place + step) % len(self)
            if candidate not in self._broken:
                try:
                    return self._kept.get(candidate) or self._read(candidate)
                except FileError as error:
                    self._leave_out(candidate, str(error))
        raise UserError("None of the training images can be read.", action=next(iter(self._broken.values())))

    def _read(self, place: int) -> Sample:
        sample = fitted(self._images[place], self._shape)
        with self._lock:
            if place not in self._kept and self._free_bytes >= sample.image.nbytes:
                self._free_bytes -= sample.image.nbytes
                self._kept[place] = sample
        return sample

    def _leave_out(self, place: int, fault: str) -> None:
        with self._lock:
            if place not in self._broken:
                self._broken[place] = fault
                self.faults.append(fault)


def fitted(labelled: LabelledImage, shape: tuple[int, int]) -> Sample:
    """The image [h, w, 4] scaled to fit into (height, width), at least 1 px a side; its boxes clipped to what is there.

    Raises FileError where it cannot be read, or where its labels are for the image turned by a quarter.
    """
    image = read_image(labelled.file.path)
    height, width = image.shape[:2]
    if labelled.size == (height, width) != (width, height):
        raise FileError(
            f"The labels are for {height} × {width} pixels, the image is stored as {width} × {height}.",
            where=labelled.file.path,
            action="Save the image turned as it was labelled, without a mark for its orientation.",
        )
    scale = min(shape[0] / height, shape[1] / width)
    size = (max(1, int(width * scale)), max(1, int(height * scale)))
    boxes = (labelled.boxes.clip(0, [width, height, width, height]) * scale).astype(np.float32)
    is_shown = (boxes[:, 2:] > boxes[:, :2]).all(axis=1)
    if size != (width, height):
        image = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
    image = cv2.cvtColor(image, cv2.COLOR_BGR2BGRA).astype(np.uint8, copy=False)
    return Sample(image, boxes[is_shown], labelled.class_ids[is_shown])
