"""Skies as float32 BGR images in 0..255: clear, cloudy, overcast, dusk, haze."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from yolox_core.sample.arrays import Color, Floats, color_array, fractal_noise, jittered, mixed, smooth_step
from yolox_core.sample.solid import Light


@dataclass(frozen=True)
class Weather:
    """What the sky looks like and what it does to all below it.

    `haze` (0..1) is how fast distance fades into `horizon`; `brightness` scales ground and trees.
    """

    name: str
    zenith: Color
    horizon: Color
    cloud: Color
    cover: float
    haze: float
    brightness: float
    light: Light


KINDS = ("clear", "cloudy", "cloudy", "overcast", "dusk", "haze")


def random_weather(rng: np.random.Generator, kinds: Sequence[str] = KINDS) -> Weather:
    """Weather of one of these kinds, with its colours jittered."""
    side = float(rng.uniform(-0.7, 0.7))
    sun = (side, float(np.sqrt(1 - side * side)) * 0.8, float(np.sqrt(1 - side * side)) * 0.6)
    kind = kinds[int(rng.integers(len(kinds)))]
    zenith, horizon, cloud, cover, haze, brightness, light = {
        "clear": ((196, 128, 62), (232, 206, 172), (250, 248, 246), 0.1, 0.25, 1.0, Light(sun, (0.94, 1, 1.03), 0.48)),
        "cloudy": ((186, 134, 84), (226, 210, 190), (248, 246, 244), 0.55, 0.3, 0.9, Light(sun, (1, 1, 1), 0.52)),
        "overcast": (
            (178, 172, 166),
            (214, 212, 208),
            (226, 224, 222),
            0.9,
            0.4,
            0.72,
            Light(sun, (0.8, 0.8, 0.8), 0.5),
        ),
        "dusk": ((118, 78, 62), (104, 158, 238), (116, 108, 168), 0.45, 0.3, 0.36, Light(sun, (0.5, 0.54, 0.66), 0.36)),
        "haze": ((206, 198, 188), (218, 218, 214), (226, 224, 220), 0.3, 0.8, 0.85, Light(sun, (0.9, 0.9, 0.92), 0.56)),
    }[kind]
    return Weather(
        kind,
        jittered(rng, zenith, 14),
        jittered(rng, horizon, 12),
        cloud,
        float(np.clip(cover + rng.uniform(-0.12, 0.12), 0, 0.95)),
        float(np.clip(haze + rng.uniform(-0.1, 0.15), 0.05, 0.9)),
        brightness * float(rng.uniform(0.88, 1.1)),
        light,
    )


def draw_sky(rng: np.random.Generator, weather: Weather, *, width: int, height: int, horizon: float) -> Floats:
    """The sky [height, width, 3]; its horizon colour is reached at row `horizon`."""
    steps = np.clip(np.arange(height, dtype=np.float32) / max(horizon, 1), 0, 1.2)[:, None] ** 1.15
    column = color_array(weather.zenith) * (1 - steps) + color_array(weather.horizon) * steps
    sky = np.repeat(np.clip(column, 0, 255)[:, None, :], width, axis=1)
    if weather.name == "dusk" or rng.random() < 0.2:
        _add_glow(rng, sky, weather, horizon)
    if weather.cover > 0.04:
        _add_clouds(rng, sky, weather)
    return sky


def _add_glow(rng: np.random.Generator, sky: Floats, weather: Weather, horizon: float) -> None:
    height, width = sky.shape[:2]
    x = float(rng.uniform(0, width))
    y = horizon * float(rng.uniform(0.75, 1.05)) if weather.name == "dusk" else horizon * float(rng.uniform(0.05, 0.5))
    rows, columns = np.ogrid[0:height, 0:width]
    distance = np.hypot((columns - x), (rows - y) * 1.4).astype(np.float32) / width
    tint = color_array((150, 205, 255) if weather.name == "dusk" else (235, 246, 255))
    share = (0.85 * np.exp(-distance * 5.5) + 0.3 * np.exp(-distance * 40))[:, :, None].clip(0, 1)
    sky += (tint - sky) * share


def _add_clouds(rng: np.random.Generator, sky: Floats, weather: Weather) -> None:
    height, width = sky.shape[:2]
    lump = float(rng.uniform(0.16, 0.4)) * width
    noise = fractal_noise(rng, height, width, cell=(lump * float(rng.uniform(0.3, 0.6)), lump), octaves=6)
    low, high = np.quantile(noise[::4, ::4], [max(0.0, 0.97 - weather.cover * 1.05), 0.995])
    share = smooth_step(noise, float(low), float(low + (high - low) * rng.uniform(0.6, 1.1)))
    lifted = cv2.GaussianBlur(noise, (0, 0), 5)
    drop = round(lump * 0.12)
    above = np.concatenate([np.repeat(lifted[:1], drop, axis=0), lifted[:-drop]])
    relief = np.clip((lifted - above) * 1.6, -0.5, 0.5)
    base = color_array(mixed(weather.cloud, weather.zenith, 0.12))
    shaded = base * (0.93 + 0.28 * relief - 0.1 * share)[:, :, None]
    sky += (np.clip(shaded, 0, 255) - sky) * (share * (0.92 if weather.name != "haze" else 0.5))[:, :, None]
