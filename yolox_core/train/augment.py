"""Training samples made of labelled images: mosaic, affine, mixup, colour, mirror (YOLOX, arXiv 2107.08430, section 2).

Every source image is warped once, straight to its place in the sample: no canvas of twice the size is ever filled, and
the mirror is part of the warp. Functions with `out` draw into that image, uint8 [H, W, 3], a row of the batch.
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
    """An image uint8 [H, W, 3] BGR, its boxes float32 [G, 4] xyxy pixels, their class ids int64 [G]."""

    image: Image
    boxes: Boxes
    class_ids: NDArray[np.int64]


def plain(source: Sample, out: Image, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """One source that fits into `out`, top-left on grey, with colour and mirror."""
    is_mirrored = rng.random() < config.flip_prob
    height, width = source.image.shape[:2]
    out[:] = PADDING_GREY
    place = out[:height, :width]
    place[:] = source.image[:, ::-1] if is_mirrored else source.image
    _colour(place, config, rng)
    boxes = source.boxes.copy()
    if is_mirrored:
        boxes[:, [0, 2]] = width - source.boxes[:, [2, 0]]
    return _limited(Sample(out, boxes, source.class_ids), config)


def mosaic(
    sources: tuple[Sample, ...], out: Image, config: TrainConfig, rng: np.random.Generator, *, is_mirrored: bool
) -> Sample:
    """Four sources about one point of a 2H x 2W canvas, turned, zoomed, sheared and shifted into `out`."""
    height, width = out.shape[:2]
    canvas = (2 * height, 2 * width)
    centre_x = int(rng.uniform(0.5 * width, 1.5 * width))
    centre_y = int(rng.uniform(0.5 * height, 1.5 * height))
    matrix = random_affine((height, width), config, rng)
    if is_mirrored:
        matrix = mirrored(matrix, width)
    out[:] = PADDING_GREY
    placed = []
    for place, source in enumerate(sources):
        left = centre_x if place % 2 else centre_x - source.image.shape[1]
        top = centre_y if place >= 2 else centre_y - source.image.shape[0]
        _paste(out, source.image, matrix, left=left, top=top, canvas=canvas)
        placed.append(source.boxes + np.array([left, top, left, top], np.float32))
    class_ids = np.concatenate([source.class_ids for source in sources])
    return _moved(Sample(out, np.concatenate(placed), class_ids), matrix, canvas, config)


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
    _paste(image, other.image, matrix, left=0, top=0, canvas=(height, width))
    cv2.addWeighted(sample.image, 0.5, image, 0.5, 0, dst=sample.image)
    moved = _moved(Sample(sample.image, other.boxes, other.class_ids), matrix, (height, width), config)
    boxes, class_ids = (sample.boxes, moved.boxes), (sample.class_ids, moved.class_ids)
    return Sample(sample.image, np.concatenate(boxes), np.concatenate(class_ids))


def finished(sample: Sample, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """A composed sample, its image coloured in place, without boxes of a side of 1 px or less."""
    _colour(sample.image, config, rng)
    return _limited(sample, config)


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


def warped_boxes(boxes: Boxes, matrix: Matrix) -> Boxes:
    """Bounding boxes [G, 4] of boxes [G, 4] whose corners go through a matrix [2, 3]."""
    x1, y1, x2, y2 = boxes.T
    corners = np.stack((np.stack((x1, x2, x1, x2)), np.stack((y1, y2, y2, y1))), axis=-1)
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate((moved.min(axis=0), moved.max(axis=0)), axis=1).astype(np.float32)


def shift_hsv(image: Image, hue: int, saturation: int, value: int) -> None:
    """Add steps to an image in place, on OpenCV's scales: hue modulo 180, saturation and value clipped to 0..255."""
    levels = np.arange(256, dtype=np.int16)
    table = np.empty((1, 256, 3), np.uint8)
    table[0, :, 0] = (levels + hue) % 180
    table[0, :, 1] = np.clip(levels + saturation, 0, 255)
    table[0, :, 2] = np.clip(levels + value, 0, 255)
    hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV)
    cv2.LUT(hsv, table, dst=hsv)
    cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR, dst=image)


def _colour(image: Image, config: TrainConfig, rng: np.random.Generator) -> None:
    """Shift each of hue, saturation and value in half of the cases (share `hsv_prob` of all images)."""
    if rng.random() >= config.hsv_prob:
        return
    gains = np.array([config.hsv_hue, config.hsv_saturation, config.hsv_value])
    hue, saturation, value = (rng.uniform(-1, 1, 3) * gains * rng.integers(0, 2, 3)).astype(int).tolist()
    if hue or saturation or value:
        shift_hsv(image, hue, saturation, value)


def _paste(image: Image, source: Image, matrix: Matrix, *, left: int, top: int, canvas: Shape) -> None:
    """Draw `source`, whose top-left corner lies at (left, top) of a canvas, through `matrix` into `image`."""
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + source.shape[1], canvas[1]), min(top + source.shape[0], canvas[0])
    if x1 >= x2 or y1 >= y2:
        return
    visible = source[y1 - top : y2 - top, x1 - left : x2 - left]
    place = warped_boxes(np.array([[x1, y1, x2, y2]], np.float32), matrix)[0].tolist()
    height, width = image.shape[:2]
    left, top = max(math.floor(place[0]) - 1, 0), max(math.floor(place[1]) - 1, 0)
    right, bottom = min(math.ceil(place[2]) + 1, width), min(math.ceil(place[3]) + 1, height)
    if left >= right or top >= bottom:
        return
    local = matrix.copy()
    half = 0.5  # OpenCV's coordinates are those of pixel centres, ours those of edges
    local[:, 2] += matrix[:, :2] @ np.array([x1 + half, y1 + half]) - np.array([left + half, top + half])
    region = image[top:bottom, left:right]
    size = (right - left, bottom - top)
    cv2.warpAffine(visible, local, size, dst=region, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)


def _moved(sample: Sample, matrix: Matrix, canvas: Shape, config: TrainConfig) -> Sample:
    """The sample with its boxes moved from a canvas; centred, without those of which almost nothing shows."""
    height, width = sample.image.shape[:2]
    on_canvas = sample.boxes.clip(0, [canvas[1], canvas[0]] * 2)
    boxes = warped_boxes(on_canvas, matrix).clip(0, [width, height] * 2).astype(np.float32)
    if not config.mosaic_centred:
        return Sample(sample.image, boxes, sample.class_ids)
    whole = warped_boxes(sample.boxes, matrix)
    sides = boxes[:, 2:] - boxes[:, :2]
    share = sides.prod(axis=1) / np.maximum((whole[:, 2:] - whole[:, :2]).prod(axis=1), 1e-6)
    is_kept = (sides > SMALLEST_SIDE).all(axis=1) & (share > VISIBLE_SHARE)
    return Sample(sample.image, boxes[is_kept], sample.class_ids[is_kept])


def _limited(sample: Sample, config: TrainConfig) -> Sample:
    """The sample without boxes of a side of 1 px or less, and with at most `max_boxes` of the others."""
    kept = np.flatnonzero((sample.boxes[:, 2:] - sample.boxes[:, :2] > 1).all(axis=1))
    kept = kept[: config.max_boxes or None]
    return Sample(sample.image, sample.boxes[kept], sample.class_ids[kept])
