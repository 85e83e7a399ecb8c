"""Training samples made of labelled images: mosaic, affine, mixup, colour, mirror (YOLOX, arXiv 2107.08430, section 2).

Every source image is warped once, straight to its place in the output: no canvas of twice the size is ever filled.
S is the side of the output, G the boxes of one image.
"""

import math
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from yolox_core.train.config import TrainConfig

Image = NDArray[np.uint8]
Boxes = NDArray[np.float32]
Matrix = NDArray[np.float64]

GREY = 114  # the padding that published weights expect
VISIBLE_SHARE = 0.2
SMALLEST_SIDE = 2.0  # pixels


@dataclass(frozen=True)
class Sample:
    """An image uint8 [H, W, 3] BGR, its boxes float32 [G, 4] xyxy pixels, their class ids int64 [G]."""

    image: Image
    boxes: Boxes
    class_ids: NDArray[np.int64]


def plain(source: Sample, side: int, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """One source that fits in S x S, top-left on grey, with colour and mirror."""
    if rng.random() < config.flip_prob:
        source = mirrored(source)
    image = np.full((side, side, 3), GREY, np.uint8)
    height, width = source.image.shape[:2]
    image[:height, :width] = source.image
    return Sample(_coloured(image, config, rng), source.boxes, source.class_ids)


def mosaic(sources: tuple[Sample, ...], side: int, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """Four sources about one point of a 2S x 2S canvas, turned, zoomed, sheared and shifted into S x S."""
    centre_x, centre_y = (int(value) for value in rng.uniform(0.5 * side, 1.5 * side, 2))
    canvas_to_output = random_affine(side, config, rng)
    image = np.full((side, side, 3), GREY, np.uint8)
    parts = []
    for place, source in enumerate(sources):
        height, width = source.image.shape[:2]
        left = centre_x if place % 2 else centre_x - width
        top = centre_y if place >= 2 else centre_y - height
        _paste(image, source.image, canvas_to_output, left, top, 2 * side)
        parts.append(
            _moved_boxes(source, canvas_to_output, left, top, 2 * side, side, keep_slivers=not config.mosaic_centred)
        )
    return Sample(image, np.concatenate([p.boxes for p in parts]), np.concatenate([p.class_ids for p in parts]))


def mixup(sample: Sample, other: Sample, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """Half `sample`, half `other`: zoomed, perhaps mirrored, cropped where larger than S, on black where smaller."""
    side = sample.image.shape[0]
    zoom = rng.uniform(config.mixup_scale_min, config.mixup_scale_max)
    is_mirrored = rng.random() < 0.5
    left = side - other.image.shape[1] if is_mirrored else 0
    large = int(side * zoom)
    shift_x, shift_y = (int(rng.integers(0, large - side + 1)) if large > side else 0 for _ in range(2))
    matrix = np.array([[zoom, 0, -shift_x], [0, zoom, -shift_y]], np.float64)
    image = np.zeros_like(sample.image)
    image[:large, :large] = GREY
    other = mirrored(other) if is_mirrored else other
    _paste(image, other.image, matrix, left, 0, side)
    moved = _moved_boxes(other, matrix, left, 0, side, side, keep_slivers=not config.mosaic_centred)
    return Sample(
        cv2.addWeighted(sample.image, 0.5, image, 0.5, 0).astype(np.uint8, copy=False),
        np.concatenate((sample.boxes, moved.boxes)),
        np.concatenate((sample.class_ids, moved.class_ids)),
    )


def finished(sample: Sample, config: TrainConfig, rng: np.random.Generator) -> Sample:
    """A composed sample with colour and mirror, without boxes of a side of 1 px or less."""
    sample = Sample(_coloured(sample.image, config, rng), sample.boxes, sample.class_ids)
    if rng.random() < config.flip_prob:
        sample = mirrored(sample)
    is_box = (sample.boxes[:, 2:] - sample.boxes[:, :2] > 1).all(axis=1)
    return Sample(sample.image, sample.boxes[is_box], sample.class_ids[is_box])


def mirrored(source: Sample) -> Sample:
    """The sample left to right."""
    boxes = source.boxes.copy()
    boxes[:, [0, 2]] = source.image.shape[1] - source.boxes[:, [2, 0]]
    return Sample(np.ascontiguousarray(source.image[:, ::-1]), boxes, source.class_ids)


def random_affine(side: int, config: TrainConfig, rng: np.random.Generator) -> Matrix:
    """A matrix [2, 3] from the 2S x 2S canvas to the output: shear x rotation x zoom, then a shift.

    Centred: the middle of the canvas goes to the middle of the output. Otherwise its top-left corner stays there.
    """
    angle = math.radians(rng.uniform(-config.degrees, config.degrees))
    zoom = rng.uniform(config.mosaic_scale_min, config.mosaic_scale_max)
    shear_x, shear_y = (math.tan(math.radians(rng.uniform(-config.shear, config.shear))) for _ in range(2))
    shift = rng.uniform(-config.translate, config.translate, 2) * side
    turn = zoom * np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    linear = np.array([[1, shear_y], [shear_x, 1]]) @ turn
    if config.mosaic_centred:
        shift = shift + side / 2 - linear @ np.array([side, side], np.float64)
    return np.column_stack((linear, shift))


def warped_boxes(boxes: Boxes, matrix: Matrix) -> Boxes:
    """Bounding boxes [G, 4] of boxes [G, 4] whose corners go through a matrix [2, 3]."""
    x1, y1, x2, y2 = boxes.T
    corners = np.stack((np.stack((x1, x2, x1, x2)), np.stack((y1, y2, y2, y1))), axis=-1)
    moved = corners @ matrix[:, :2].T + matrix[:, 2]
    return np.concatenate((moved.min(axis=0), moved.max(axis=0)), axis=1).astype(np.float32)


def hsv_shifted(image: Image, hue: int, saturation: int, value: int) -> Image:
    """The image with steps added on OpenCV's scales: hue modulo 180, saturation and value clipped to 0..255."""
    levels = np.arange(256, dtype=np.int16)
    table = np.stack(
        ((levels + hue) % 180, np.clip(levels + saturation, 0, 255), np.clip(levels + value, 0, 255)), axis=-1
    ).astype(np.uint8)
    hsv = cv2.LUT(cv2.cvtColor(image, cv2.COLOR_BGR2HSV), table[None])
    return cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR).astype(np.uint8, copy=False)


def _coloured(image: Image, config: TrainConfig, rng: np.random.Generator) -> Image:
    """Each of hue, saturation and value is shifted in half of the cases (share `hsv_prob` of all images)."""
    if rng.random() >= config.hsv_prob:
        return image
    gains = np.array([config.hsv_hue, config.hsv_saturation, config.hsv_value])
    hue, saturation, value = (rng.uniform(-1, 1, 3) * gains * rng.integers(0, 2, 3)).astype(int)
    return hsv_shifted(image, int(hue), int(saturation), int(value))


def _paste(image: Image, source: Image, matrix: Matrix, left: int, top: int, canvas: int) -> None:
    """Draw `source`, whose top-left corner lies at (left, top) of a square canvas, through `matrix` into `image`."""
    x1, y1 = max(left, 0), max(top, 0)
    x2, y2 = min(left + source.shape[1], canvas), min(top + source.shape[0], canvas)
    if x1 >= x2 or y1 >= y2:
        return
    visible = source[y1 - top : y2 - top, x1 - left : x2 - left]
    place = warped_boxes(np.array([[x1, y1, x2, y2]], np.float32), matrix)[0]
    low = np.clip(np.floor(place[:2]).astype(int) - 1, 0, image.shape[0])
    high = np.clip(np.ceil(place[2:]).astype(int) + 1, 0, image.shape[0])
    if (low >= high).any():
        return
    local = matrix.copy()
    half = 0.5  # OpenCV's coordinates are those of pixel centres, ours those of edges
    local[:, 2] = matrix[:, :2] @ np.array([x1 + half, y1 + half]) + matrix[:, 2] - low - half
    region = image[low[1] : high[1], low[0] : high[0]]
    size = (int(high[0] - low[0]), int(high[1] - low[1]))
    cv2.warpAffine(visible, local, size, dst=region, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT)


def _moved_boxes(
    source: Sample, matrix: Matrix, left: int, top: int, canvas: int, side: int, *, keep_slivers: bool
) -> Sample:
    """Boxes of a pasted source in the S x S output; those of which almost nothing shows are dropped unless kept."""
    placed = source.boxes + np.array([left, top, left, top], np.float32)
    boxes = warped_boxes(placed.clip(0, canvas), matrix).clip(0, side)
    if keep_slivers:
        return Sample(source.image, boxes, source.class_ids)
    whole = warped_boxes(placed, matrix)
    sides = boxes[:, 2:] - boxes[:, :2]
    share = sides.prod(axis=1) / np.maximum((whole[:, 2:] - whole[:, :2]).prod(axis=1), 1e-6)
    kept = (sides > SMALLEST_SIDE).all(axis=1) & (share > VISIBLE_SHARE)
    return Sample(source.image, boxes[kept], source.class_ids[kept])
