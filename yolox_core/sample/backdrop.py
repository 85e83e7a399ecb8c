"""Whole backgrounds: a sky and, in varied mixtures, what stands before it."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from yolox_core.sample import ground
from yolox_core.sample.arrays import Floats
from yolox_core.sample.sky import Weather, draw_sky, random_weather


@dataclass(frozen=True)
class Backdrop:
    """A background, float32 BGR [H, W, 3] in 0..255, its weather, and the row where the sky ends (H for sky alone)."""

    image: Floats
    weather: Weather
    horizon: float


def draw_backdrop(rng: np.random.Generator, *, width: int, height: int) -> Backdrop:
    """A random background: sky alone, sky over a landscape or a town, or the near side of a wood or a wall."""
    weather = random_weather(rng)
    kind = rng.random()
    if kind < 0.26:
        sky = draw_sky(rng, weather, width=width, height=height, horizon=height * float(rng.uniform(0.9, 1.6)))
        if rng.random() < 0.12:
            ground.draw_cables(rng, sky, weather)
        return Backdrop(sky, weather, float(height))
    if kind < 0.84 or weather.name == "dusk":
        return draw_landscape(rng, weather, width=width, height=height)
    weather = replace(weather, brightness=max(0.85, weather.brightness))
    image = draw_sky(rng, weather, width=width, height=height, horizon=height)
    near = ground.draw_foliage if rng.random() < 0.6 else ground.draw_facade
    near(rng, image, weather)
    return Backdrop(_blurred(image, float(rng.uniform(0.8, 2.2))), weather, 0.0)


def draw_landscape(rng: np.random.Generator, weather: Weather, *, width: int, height: int) -> Backdrop:
    """A sky over hills, fields, trees and houses in random mixtures."""
    horizon = height * float(rng.uniform(0.5, 0.92))
    image = draw_sky(rng, weather, width=width, height=height, horizon=horizon)
    if rng.random() < 0.6:
        ground.draw_hills(rng, image, weather, horizon=horizon)
    ground.draw_field(rng, image, weather, horizon=horizon + 0.03 * height)
    if rng.random() < 0.35:
        far = horizon + 0.05 * height
        ground.draw_tree_line(rng, image, weather, base=far, tall=height * float(rng.uniform(0.03, 0.06)), distance=0.6)
    if rng.random() < 0.4:
        base = horizon + float(rng.uniform(0.04, 0.1)) * height
        ground.draw_houses(rng, image, weather, base=base, tall=height * float(rng.uniform(0.15, 0.38)), distance=0.35)
    if rng.random() < 0.55:
        base, tall = horizon + float(rng.uniform(0.1, 0.2)) * height, height * float(rng.uniform(0.1, 0.28))
        ground.draw_tree_line(rng, image, weather, base=base, tall=tall, distance=0.2)
    if rng.random() < 0.12:
        ground.draw_cables(rng, image, weather)
    return Backdrop(_blurred(image, float(rng.uniform(0.4, 1.1))), weather, horizon)


def _blurred(image: Floats, sigma: float) -> Floats:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), sigma), np.float32)
