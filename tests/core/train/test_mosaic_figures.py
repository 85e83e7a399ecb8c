"""What mosaics of real images show, against figures measured on the reference (SEMANTICS section 5)."""

from copy import deepcopy
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from yolox_core.dataset.folder import open_folder
from yolox_core.train.augment import Sample, finished, mosaic, random_affine, warped_boxes
from yolox_core.train.config import TrainConfig
from yolox_core.train.samples import TrainingData, read_training_data
from yolox_core.train.sources import Sources

SIDE = 320
SAMPLES = 250
LEAST_SHOWN = 0.01  # a tile that covers less of the sample does not count as visible
UNCOLOURED = TrainConfig(hsv_prob=0.0, flip_prob=0.0)


@dataclass(frozen=True)
class Figures:
    """Shares of padding, of boxes that show less than a fifth, of samples without boxes; tiles visible of four."""

    padding: float
    tiles: float
    slivers: float
    empty: float


@pytest.fixture(scope="module")
def sources(shared: Path) -> tuple[Sample, ...]:
    """The first hundred training images of BCCD, fitted to the input."""
    *_, found = read_training_data(open_folder(shared / "data" / "BCCD"), UNCOLOURED)
    assert isinstance(found, TrainingData)
    fitted = Sources(found.train, (SIDE, SIDE), 500)
    return tuple(fitted.sample(place) for place in range(100))


def _figures(sources: tuple[Sample, ...], config: TrainConfig) -> Figures:
    """Figures of many mosaics, whose tiles are painted in a grey of their own and boxes numbered."""
    rng = np.random.default_rng(1)
    padding, tiles, shares, empty = [], [], [], 0
    for _ in range(SAMPLES):
        four = [sources[place] for place in rng.integers(0, len(sources), 4)]
        grey = tuple(
            Sample(np.full_like(source.image, 10 * number), source.boxes, np.arange(len(source.boxes)) + 1000 * number)
            for number, source in enumerate(four, 1)
        )
        whole = _whole_areas(grey, config, deepcopy(rng))
        composed = mosaic(grey, (SIDE, SIDE), config, rng, is_mirrored=False)
        sample = finished(composed, np.empty((SIDE, SIDE, 3), np.uint8), config, rng)
        covered = [(sample.image[:, :, 0] == 10 * number).mean() for number in range(1, 5)]
        padding.append((sample.image[:, :, 0] == 114).mean())
        tiles.append(sum(share > LEAST_SHOWN for share in covered))
        areas = (sample.boxes[:, 2:] - sample.boxes[:, :2]).prod(axis=1)
        shares += [area / whole[key] for area, key in zip(areas, sample.class_ids.tolist(), strict=True)]
        empty += not len(sample.boxes)
    slivers = float(np.mean(np.array(shares) < 0.2))
    return Figures(float(np.mean(padding)), float(np.mean(tiles)), slivers, empty / SAMPLES)


def _whole_areas(sources: tuple[Sample, ...], config: TrainConfig, rng: np.random.Generator) -> dict[int, float]:
    """The area that each box, clipped to the canvas of the mosaic, would have in the sample if no more were cut off."""
    centre_x, centre_y = (int(rng.uniform(SIDE / 2, SIDE * 3 / 2)) for _ in range(2))
    matrix = random_affine((SIDE, SIDE), config, rng)
    areas: dict[int, float] = {}
    for place, source in enumerate(sources):
        height, width = source.image.shape[:2]
        corner = [centre_x if place % 2 else centre_x - width, centre_y if place >= 2 else centre_y - height]
        boxes = warped_boxes((source.boxes + np.tile(corner, 2)).clip(0, 2 * SIDE), matrix)
        sides = boxes[:, 2:] - boxes[:, :2]
        areas.update(zip(source.class_ids.tolist(), sides.prod(axis=1).tolist(), strict=True))
    return areas


@pytest.mark.parametrize(
    ("scales", "expected"),
    [((0.1, 2.0), Figures(0.547, 2.17, 0.034, 0.075)), ((0.5, 1.5), Figures(0.417, 2.40, 0.052, 0.013))],
)
def test_that_the_reference_setting_shows_what_the_reference_shows(
    sources: tuple[Sample, ...], scales: tuple[float, float], expected: Figures
) -> None:
    low, high = scales
    config = replace(UNCOLOURED, mosaic_centred=False, mosaic_scale_min=low, mosaic_scale_max=high)
    found = _figures(sources, config)
    assert found.padding == pytest.approx(expected.padding, abs=0.05)
    assert found.tiles == pytest.approx(expected.tiles, abs=0.2)
    assert found.slivers == pytest.approx(expected.slivers, abs=0.025)
    assert found.empty == pytest.approx(expected.empty, abs=0.04)


@pytest.mark.parametrize(("scales", "padding", "tiles"), [((0.1, 2.0), 0.219, 3.19), ((0.5, 1.5), 0.107, 3.51)])
def test_that_the_centred_setting_shows_most_of_the_four_images(
    sources: tuple[Sample, ...], scales: tuple[float, float], padding: float, tiles: float
) -> None:
    config = replace(UNCOLOURED, mosaic_scale_min=scales[0], mosaic_scale_max=scales[1])
    found = _figures(sources, config)
    assert found.padding == pytest.approx(padding, abs=0.05)
    assert found.tiles == pytest.approx(tiles, abs=0.2)
    assert found.slivers == 0
    assert found.empty < 0.015
