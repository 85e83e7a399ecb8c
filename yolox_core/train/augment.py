"""Training samples made of labelled images: mosaic, affine, mixup, colour, mirror (YOLOX, arXiv 2107.08430, section 2).

Every source image is warped once, straight to its place in the sample: no canvas of twice the size is ever filled, and
the mirror is part of the warp. Sources and what is composed of them have a fourth, unused channel: OpenCV warps four of
them in a third of the time of three. `out` is the finished image to draw into, uint8 [H, W, 3], a row of the batch.
H, W: height and width of the network input; G: the boxes of one image.

`mosaic_centred=False` repeats the reference: its warp turns about the canvas' top-left corner and every box of which
anything shows is kept. These differences have no switch:
- Boxes with a side of 1 px or less never reach the loss. Where no other box is left, the reference learns from them.
- Samples without boxes are coloured and mirrored like all others; the reference leaves them as they are.
- Half of two images is rounded to the nearest level, not down.
- The reference never shows the last row and column of places where a blended image may be cropped.
"""

import math
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.ops.letterbox import PADDING_GREY
from yolox_core.train.config import TrainConfig

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]
Matrix = NDArray[np.float64]
Shape = tuple[int, int]

VISIBLE_SHARE = 0.2
SMALLEST_SIDE = 2.0  # pixels


@dataclass(frozen=True)
class Sample:
    """An image uint8 BGR, [H, W, 3] finished and [h, w, 4] before; boxes float32 [G, 4] xyxy pixels; class ids [G]."""

    image: Image
    boxes: Boxes
    class_ids: NDArray[np.int64]


def plain(source: Sample, out: Image, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """One source that fits into `out`, top-left on grey, with colour and mirror."""
    is_mirrored = rng.random() < config.flip_prob
    height, width = source.image.shape[:2]
    out[:] = PADDING_GREY
    place = out[:height, :width]
    shift = _hsv_shift(config, rng)
    shown = np.asarray(cv2.flip(source.image, 1), np.uint8) if is_mirrored else source.image
    shift_hsv(shown, place, shift)
    boxes = source.boxes.copy()
    if is_mirrored:
        boxes[:, [0, 2]] = width - source.boxes[:, [2, 0]]
    return _limited(Sample(out, boxes, source.class_ids), config)


def mosaic(
    sources: tuple[Sample, ...], shape: Shape, config: TrainConfig, rng: np.random.Generator, *, is_mirrored: bool
) -> Sample:
    """Four sources about one point of a 2H x 2W canvas, turned, zoomed, sheared and shifted into `shape` (H, W)."""
    height, width = shape
    canvas = (2 * height, 2 * width)
    centre_x = int(rng.uniform(0.5 * width, 1.5 * width))
    centre_y = int(rng.uniform(0.5 * height, 1.5 * height))
    matrix = random_affine(shape, config, rng)
    if is_mirrored:
        matrix = mirrored(matrix, width)
    image = np.full((height, width, 4), PADDING_GREY, np.uint8)
    sizes = np.array([source.image.shape[1::-1] for source in sources])
    corners = np.array([centre_x, centre_y]) - sizes * [[1, 1], [0, 1], [1, 0], [0, 0]]
    _paste(image, sources, corners, matrix, canvas)
    boxes = [source.boxes + np.tile(corner, 2) for source, corner in zip(sources, corners, strict=True)]
    class_ids = np.concatenate([source.class_ids for source in sources])
    return _moved(Sample(image, np.concatenate(boxes).astype(np.float32), class_ids), matrix, canvas, config)


def mixup(sample: Sample, other: Sample, config: TrainConfig, rng: np.random.Generator, *, is_mirrored: bool) -> Sample:
    """Half `sample`, into whose image it draws, half `other`: zoomed, perhaps mirrored, cropped where larger.

    Where `other` is smaller it lies top-left on black. `is_mirrored` says that all of the sample is mirrored.
    """
    height, width = sample.image.shape[:2]
    zoom = rng.uniform(config.mixup_scale_min, config.mixup_scale_max)
    grown_height, grown_width = int(height * zoom), int(width * zoom)
    shift_x = int(rng.integers(0, max(grown_width - width, 0) + 1))
    shift_y = int(rng.integers(0, max(grown_height - height, 0) + 1))
    matrix = np.array([[zoom, 0, 0], [0, zoom, -shift_y]], np.float64)
    if rng.random() < 0.5:
        matrix = mirrored(matrix, grown_width)
    matrix[0, 2] -= shift_x
    image = np.zeros_like(sample.image)
    image[:grown_height, max(width - grown_width, 0) if is_mirrored else 0 :][:, :grown_width] = PADDING_GREY
    if is_mirrored:
        matrix = mirrored(matrix, width)
    _paste(image, (other,), np.zeros((1, 2), int), matrix, (height, width))
    cv2.addWeighted(sample.image, 0.5, image, 0.5, 0, dst=sample.image)
    moved = _moved(Sample(sample.image, other.boxes, other.class_ids), matrix, (height, width), config)
    boxes, class_ids = (sample.boxes, moved.boxes), (sample.class_ids, moved.class_ids)
    return Sample(sample.image, np.concatenate(boxes), np.concatenate(class_ids))


def finished(sample: Sample, out: Image, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """A composed sample with its colours shifted, in `out`, without boxes of a side of 1 px or less."""
    shift_hsv(sample.image, out, _hsv_shift(config, rng))
    return _limited(Sample(out, sample.boxes, sample.class_ids), config)


def random_affine(shape: Shape, config: TrainConfig, rng: np.random.Generator) -> Matrix:
    """A matrix [2, 3] from the 2H x 2W canvas to the sample: shear x rotation x zoom, then a shift.

    Centred: the middle of the canvas goes to the middle of the sample. Otherwise its top-left corner stays there.
    """
    size = np.array([shape[1], shape[0]], np.float64)
    angle = math.radians(rng.uniform(-config.degrees, config.degrees))
    zoom = rng.uniform(config.mosaic_scale_min, config.mosaic_scale_max)
    shear_x, shear_y = (math.tan(math.radians(rng.uniform(-config.shear, config.shear))) for _ in range(2))
    shift = rng.uniform(-config.translate, config.translate, 2) * size
    turn = zoom * np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    linear = np.array([[1, shear_y], [shear_x, 1]]) @ turn
    if config.mosaic_centred:
        shift = shift + size / 2 - linear @ size
    return np.column_stack((linear, shift))


def mirrored(matrix: Matrix, width: int) -> Matrix:
    """The matrix [2, 3] followed by a mirror left to right of an image of this width."""
    return np.array([[-matrix[0, 0], -matrix[0, 1], width - matrix[0, 2]], matrix[1]])


def warped_boxes(boxes: NDArray[Any], matrix: Matrix) -> Boxes:
    """Bounding boxes [G, 4] of boxes [G, 4] whose corners go through a matrix [2, 3]."""
    along_x = boxes[:, 0::2, None] * matrix[:, 0]
    along_y = boxes[:, 1::2, None] * matrix[:, 1]
    low = along_x.min(axis=1) + along_y.min(axis=1) + matrix[:, 2]
    high = along_x.max(axis=1) + along_y.max(axis=1) + matrix[:, 2]
    return np.concatenate((low, high), axis=1).astype(np.float32)


def shift_hsv(image: Image, out: Image, shift: tuple[int, int, int]) -> None:
    """Draw an image of 4 channels into `out`, of 3, with steps of hue, saturation and value added on OpenCV's scales.

    Hue counts modulo 180, saturation and value are clipped to 0..255.
    """
    if not any(shift):
        cv2.cvtColor(image, cv2.COLOR_BGRA2BGR, dst=out)
        return
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    if shift[0]:
        table = ((np.arange(256) + shift[0]) % 180).astype(np.uint8)
        cv2.insertChannel(cv2.LUT(cv2.extractChannel(hsv, 0), table), hsv, 0)
    steps = np.array([0, *shift[1:], 0], np.float64)
    cv2.add(hsv, steps.clip(min=0), dst=hsv)
    cv2.subtract(hsv, -steps.clip(max=0), dst=hsv)
    cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR, dst=out)


def _hsv_shift(config: TrainConfig, rng: np.random.Generator) -> tuple[int, int, int]:
    """Steps of hue, saturation and value, each other than 0 in half of the cases (share `hsv_prob` of all images)."""
    if rng.random() >= config.hsv_prob:
        return 0, 0, 0
    gains = np.array([config.hsv_hue, config.hsv_saturation, config.hsv_value])
    hue, saturation, value = (rng.uniform(-1, 1, 3) * gains * rng.integers(0, 2, 3)).astype(int).tolist()
    return hue, saturation, value


def _paste(
    image: Image, sources: tuple[Sample, ...], corners: NDArray[np.int64], matrix: Matrix, canvas: Shape
) -> None:
    """Draw N sources, whose top-left corners [N, 2] lie on a canvas, through `matrix` into `image`."""
    sizes = [source.image.shape[1::-1] for source in sources]
    shown = np.concatenate((corners, corners + sizes), axis=1).clip(0, [canvas[1], canvas[0]] * 2)
    limits = [image.shape[1], image.shape[0]]
    places = warped_boxes(shown, matrix)
    low = (np.floor(places[:, :2]) - 1).clip(0, limits).astype(int)
    high = (np.ceil(places[:, 2:]) + 1).clip(0, limits).astype(int)
    half = 0.5  # OpenCV's coordinates are those of pixel centres, ours those of edges
    shifts = (shown[:, :2] + half) @ matrix[:, :2].T + matrix[:, 2] - low - half
    parts = np.concatenate((shown - np.tile(corners, 2), low, high), axis=1).tolist()
    for source, (x1, y1, x2, y2, left, top, right, bottom), shift in zip(sources, parts, shifts, strict=True):
        if x1 >= x2 or y1 >= y2 or left >= right or top >= bottom:
            continue
        cv2.warpAffine(
            source.image[y1:y2, x1:x2],
            np.column_stack((matrix[:, :2], shift)),
            (right - left, bottom - top),
            dst=image[top:bottom, left:right],
            flags=cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_TRANSPARENT,
        )


def _moved(sample: Sample, matrix: Matrix, canvas: Shape, config: TrainConfig) -> Sample:
    """The sample with its boxes moved from a canvas; centred, without those of which almost nothing shows."""
    height, width = sample.image.shape[:2]
    on_canvas = sample.boxes.clip(0, [canvas[1], canvas[0]] * 2)
    boxes = warped_boxes(on_canvas, matrix).clip(0, [width, height] * 2).astype(np.float32)
    if not config.mosaic_centred:
        return Sample(sample.image, boxes, sample.class_ids)
    sides, whole_sides = (found[:, 2:] - found[:, :2] for found in (boxes, warped_boxes(sample.boxes, matrix)))
    share = sides.prod(axis=1) / np.maximum(whole_sides.prod(axis=1), 1e-6)
    is_kept = (sides > SMALLEST_SIDE).all(axis=1) & (share > VISIBLE_SHARE)
    return Sample(sample.image, boxes[is_kept], sample.class_ids[is_kept])


def _limited(sample: Sample, config: TrainConfig) -> Sample:
    """The sample without boxes of a side of 1 px or less, and with at most `max_boxes` of the others."""
    kept = np.flatnonzero((sample.boxes[:, 2:] - sample.boxes[:, :2] > 1).all(axis=1))
    kept = kept[: config.max_boxes or None]
    return Sample(sample.image, sample.boxes[kept], sample.class_ids[kept])
