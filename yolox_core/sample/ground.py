"""What stands below the sky: hills, fields, trees and buildings, drawn far to near on a float32 BGR image."""

import cv2
import numpy as np

from yolox_core.sample.arrays import Color, Floats, color_array, fractal_noise, jittered, mixed, profile, smooth_step
from yolox_core.sample.sky import Weather

_GREENS: tuple[Color, ...] = ((62, 104, 78), (48, 92, 84), (56, 84, 60), (70, 112, 104), (60, 110, 130), (52, 72, 58))
_FIELDS: tuple[Color, ...] = ((84, 140, 120), (92, 158, 168), (70, 118, 96), (96, 124, 140))
_WALLS: tuple[Color, ...] = (
    (178, 190, 200),
    (140, 150, 168),
    (118, 132, 172),
    (196, 200, 204),
    (150, 148, 144),
    (120, 146, 184),
)
_BARK: Color = (46, 58, 72)


def shaded(color: Color, weather: Weather, distance: float) -> Color:
    """A colour under this light, faded by `distance` (0 near .. 1 at the horizon)."""
    blue, green, red = (c * weather.brightness for c in color)
    warm = (0.92, 0.96, 1.08) if weather.name == "dusk" else (1.0, 1.0, 1.0)
    lit = (min(255, blue * warm[0]), min(255, green * warm[1]), min(255, red * warm[2]))
    return mixed(lit, weather.horizon, min(0.95, distance * (0.25 + 0.75 * weather.haze)))


def draw_hills(rng: np.random.Generator, image: Floats, weather: Weather, *, horizon: float) -> None:
    """One to three ridges, farther ones paler, each with its own texture."""
    height, width = image.shape[:2]
    ridges = int(rng.integers(1, 4))
    for ridge in range(ridges):
        distance = 1.0 - (ridge + 0.4) / (ridges + 0.6)
        rise = float(rng.uniform(0.05, 0.22)) * height * (0.4 + 0.6 * distance)
        line = horizon + ridge * 0.05 * height - profile(rng, width, cell=width * float(rng.uniform(0.3, 0.8))) * rise
        color = color_array(shaded(jittered(rng, _GREENS[rng.integers(len(_GREENS))], 14), weather, distance))
        _fill_below(rng, image, line, color, grain=0.34 * (1 - distance) + 0.05)


def _fill_below(rng: np.random.Generator, image: Floats, line: Floats, color: Floats, *, grain: float) -> None:
    height, width = image.shape[:2]
    top = max(0, int(line.min()) - 1)
    rows = np.arange(top, height, dtype=np.float32)[:, None]
    share = np.clip(rows - line[None, :] + 0.5, 0, 1)[:, :, None]
    texture = fractal_noise(rng, height - top, width, cell=(14, 46), octaves=5) - 0.5
    painted = np.clip(color * (1 + grain * 1.6 * texture)[:, :, None], 0, 255)
    image[top:] += (painted - image[top:]) * share


def draw_field(rng: np.random.Generator, image: Floats, weather: Weather, *, horizon: float) -> None:
    """A plain from the horizon to the lower edge: nearer is coarser and more colourful, now and then with furrows."""
    height, width = image.shape[:2]
    top = int(horizon)
    if top >= height - 4:
        return
    depth = np.linspace(1, 0, height - top, dtype=np.float32)[:, None, None] ** 1.5
    tone = jittered(rng, _FIELDS[rng.integers(len(_FIELDS))], 16)
    near, far = color_array(shaded(tone, weather, 0.05)), color_array(shaded(tone, weather, 0.8))
    texture = fractal_noise(rng, height - top, width, cell=(10, 60), octaves=6)[:, :, None] - 0.5
    field = (near * (1 - depth) + far * depth) * (1 + 0.55 * texture * (1 - 0.7 * depth))
    if rng.random() < 0.4:
        rows = np.arange(height - top, dtype=np.float32)[:, None] + 3
        columns = np.arange(width, dtype=np.float32)[None, :] - width * float(rng.uniform(-0.3, 1.3))
        field *= (1 + 0.07 * np.sin(columns / rows * float(rng.uniform(10, 26))))[:, :, None]
    image[top:] = np.clip(field, 0, 255)


def draw_tree_line(
    rng: np.random.Generator, image: Floats, weather: Weather, *, base: float, tall: float, distance: float
) -> None:
    """A row of trees of about `tall` pixels on row `base`, with gaps."""
    width = image.shape[1]
    x = -tall * float(rng.uniform(0, 1))
    conifers = rng.random() < 0.35
    while x < width + tall * 0.5:
        if rng.random() < 0.08:
            x += tall * float(rng.uniform(1, 4))
        height = tall * float(rng.uniform(0.65, 1.2))
        color = jittered(rng, _GREENS[rng.integers(len(_GREENS))], 10)
        draw = draw_conifer if conifers and rng.random() < 0.8 else draw_tree
        draw(rng, image, shaded(color, weather, distance), x=x, base=base, tall=height)
        x += tall * float(rng.uniform(0.3, 0.75))


def draw_tree(rng: np.random.Generator, image: Floats, color: Color, *, x: float, base: float, tall: float) -> None:
    """A broadleaf tree: a trunk and a crown of many clumps, lighter towards the top."""
    radius = tall * 0.36
    trunk = mixed(color, _BARK, 0.7)
    foot, fork = (round(x), round(base)), (round(x), round(base - tall * 0.5))
    cv2.line(image, foot, fork, trunk, max(1, round(tall * 0.07)), cv2.LINE_AA)
    clumps = int(np.clip(tall * 1.3, 14, 320))
    spots = rng.normal(0, 0.42, (clumps, 2)).clip(-1, 1)
    sizes = rng.uniform(0.1, 0.26, clumps) * float(np.clip(60 / tall, 0.45, 1.0)) ** 0.7
    tones = rng.uniform(0.72, 1.12, clumps)
    for index in np.argsort(-spots[:, 1]):
        lift = tones[index] * (1.0 - 0.3 * spots[index, 1])
        centre = (round(x + spots[index, 0] * radius), round(base - tall * 0.62 + spots[index, 1] * tall * 0.36))
        tone = (color[0] * lift, color[1] * lift, color[2] * lift)
        cv2.circle(image, centre, max(1, round(radius * sizes[index])), tone, -1, cv2.LINE_AA)


def draw_conifer(rng: np.random.Generator, image: Floats, color: Color, *, x: float, base: float, tall: float) -> None:
    """A fir: ragged tiers, narrow at the top."""
    tiers = int(np.clip(tall / 7, 5, 12))
    cv2.line(
        image,
        (round(x), round(base)),
        (round(x), round(base - tall * 0.3)),
        mixed(color, _BARK, 0.8),
        max(1, round(tall * 0.05)),
    )
    for tier in range(tiers):
        low = base - tall * (0.08 + 0.8 * tier / tiers)
        half = tall * 0.24 * (1 - tier / tiers) + tall * 0.02
        steps = np.linspace(-1, 1, 9)
        ragged = low + rng.uniform(0, 0.05, 9) * tall + np.abs(steps) * tall * 0.03
        edge = np.stack([x + steps * half, ragged], axis=1)
        outline = np.concatenate([edge, [[x, low - tall * 0.2]]])
        lift = float(rng.uniform(0.8, 1.05)) * (0.85 + 0.25 * tier / tiers)
        tone = (color[0] * lift, color[1] * lift, color[2] * lift)
        cv2.fillPoly(image, [np.round(outline * 16).astype(np.int32)], tone, cv2.LINE_AA, 4)


def draw_houses(
    rng: np.random.Generator, image: Floats, weather: Weather, *, base: float, tall: float, distance: float
) -> None:
    """A few buildings side by side: towers with windows or houses with roofs."""
    width = image.shape[1]
    towers = rng.random() < 0.55
    x = float(rng.uniform(-0.1, 0.5)) * width
    stop = x + float(rng.uniform(0.3, 0.9)) * width
    while x < min(stop, width):
        high = tall * float(rng.uniform(0.5, 1.35)) * (1.0 if towers else 0.5)
        wide = high * float(rng.uniform(0.3, 0.7)) if towers else high * float(rng.uniform(1.0, 1.8))
        wall = shaded(jittered(rng, _WALLS[rng.integers(len(_WALLS))], 18), weather, distance)
        _draw_building(rng, image, wall, weather, box=(x, base - high, x + wide, base + 4), roofed=not towers)
        x += wide * float(rng.uniform(1.0, 1.5))


def _draw_building(
    rng: np.random.Generator, image: Floats, wall: Color, weather: Weather, *, box: tuple[float, ...], roofed: bool
) -> None:
    x1, y1, x2, y2 = (round(edge) for edge in box)
    cv2.rectangle(image, (x1, y1), (x2, y2), wall, -1)
    side = round((x2 - x1) * float(rng.uniform(0.15, 0.35)))
    cv2.rectangle(image, (x2 - side, y1), (x2, y2), mixed(wall, (30, 30, 30), 0.3), -1)
    if roofed:
        peak = y1 - round((x2 - x1) * 0.28)
        tile = mixed(shaded((60, 70, 130), weather, 0.2), wall, float(rng.uniform(0, 0.5)))
        eaves = np.array([(x1 - 3, y1), (x2 + 3, y1), (x2 - side, peak), (x1 + side, peak)], np.int32)
        cv2.fillPoly(image, [eaves], tile, cv2.LINE_AA)
    else:
        cv2.rectangle(image, (x1, y1), (x2, y1 + max(1, (y2 - y1) // 60)), mixed(wall, (20, 20, 20), 0.45), -1)
    _draw_windows(rng, image, wall, weather, area=(x1, y1, x2, y2))


def _draw_windows(
    rng: np.random.Generator, image: Floats, wall: Color, weather: Weather, *, area: tuple[int, int, int, int]
) -> None:
    x1, y1, x2, y2 = area
    step_x, step_y = int(rng.integers(7, 15)), int(rng.integers(9, 18))
    pane = (max(2, round(step_x * 0.5)), max(2, round(step_y * 0.55)))
    glass, lamp = mixed(wall, (70, 60, 50), 0.6), (120, 205, 245)
    for top in range(y1 + step_y // 2, y2 - pane[1], step_y):
        for left in range(x1 + step_x // 3, x2 - pane[0], step_x):
            lit = weather.name == "dusk" and rng.random() < 0.35
            tone = lamp if lit else mixed(glass, weather.horizon, 0.35 * float(rng.random()))
            cv2.rectangle(image, (left, top), (left + pane[0], top + pane[1]), tone, -1)


def draw_cables(rng: np.random.Generator, image: Floats, weather: Weather) -> None:
    """Sagging power lines across the picture, between two masts of which one may be seen."""
    height, width = image.shape[:2]
    tone = shaded((48, 46, 44), weather, 0.25)
    mast = float(rng.uniform(-0.2, 1.2)) * width
    top, slope, sag = float(rng.uniform(0.1, 0.5)) * height, float(rng.uniform(-0.2, 0.2)), float(rng.uniform(10, 50))
    xs = np.linspace(-20, width + 20, 60)
    for cable in range(int(rng.integers(2, 5))):
        along = (xs - mast) / width
        ys = top + cable * 9 + slope * (xs - mast) + sag * (along**2 * 2 - np.abs(along) * 0.6)
        cv2.polylines(image, [np.round(np.stack([xs, ys], 1) * 16).astype(np.int32)], False, tone, 1, cv2.LINE_AA, 4)
    foot = (round(mast), height)
    cv2.line(image, foot, (round(mast), round(top - 8)), tone, 4, cv2.LINE_AA)
    for arm in (0, 14):
        cv2.line(
            image, (round(mast) - 18, round(top) + arm), (round(mast) + 18, round(top) + arm), tone, 2, cv2.LINE_AA
        )


def draw_foliage(rng: np.random.Generator, image: Floats, weather: Weather) -> None:
    """Leaves over the whole picture, as when the camera looks at the edge of a wood."""
    height, width = image.shape[:2]
    color = color_array(shaded(jittered(rng, _GREENS[rng.integers(len(_GREENS))], 12), weather, 0.15))
    lumps = fractal_noise(rng, height, width, cell=(70, 70), octaves=5)
    fine = fractal_noise(rng, height, width, cell=(11, 11), octaves=3)
    gaps = smooth_step(lumps, 0.62, 0.8)[:, :, None]
    sunlit = smooth_step(fine, 0.6, 0.85) * (0.2 + 0.8 * lumps)
    leaves = color * (0.45 + 0.85 * lumps + 0.5 * (fine - 0.5) + 0.45 * sunlit)[:, :, None]
    image += (np.clip(leaves, 0, 255) - image) * (1 - 0.55 * gaps)
    for _ in range(int(rng.integers(3, 9))):
        x, lean = float(rng.uniform(0, width)), float(rng.uniform(-30, 30))
        tone = shaded(mixed(_BARK, (90, 100, 110), float(rng.random()) * 0.6), weather, 0.1)
        cv2.line(
            image,
            (round(x), height),
            (round(x + lean), round(rng.uniform(-50, height * 0.4))),
            tone,
            int(rng.integers(3, 12)),
            cv2.LINE_AA,
        )


def draw_facade(rng: np.random.Generator, image: Floats, weather: Weather) -> None:
    """The wall of a large building over the whole picture, with rows of windows."""
    height, width = image.shape[:2]
    wall = shaded(jittered(rng, _WALLS[rng.integers(len(_WALLS))], 18), weather, 0.15)
    grain = fractal_noise(rng, height, width, cell=(40, 40), octaves=6) - 0.5
    image[:] = np.clip(color_array(wall) * (1 + 0.22 * grain)[:, :, None], 0, 255)
    step_x, step_y = int(rng.integers(60, 130)), int(rng.integers(70, 140))
    pane_x, pane_y = round(step_x * float(rng.uniform(0.4, 0.7))), round(step_y * float(rng.uniform(0.45, 0.7)))
    frame, glass = mixed(wall, (235, 235, 235), 0.5), mixed((74, 64, 54), weather.horizon, 0.2)
    for top in range(-int(rng.integers(step_y)), height, step_y):
        cv2.line(image, (0, top - step_y // 6), (width, top - step_y // 6), mixed(wall, (40, 40, 40), 0.25), 2)
        for left in range(-int(rng.integers(8)), width, step_x):
            cv2.rectangle(image, (left - 3, top - 3), (left + pane_x + 3, top + pane_y + 3), frame, -1)
            tone = mixed(glass, weather.zenith, 0.5 * float(rng.random()))
            cv2.rectangle(image, (left, top), (left + pane_x, top + pane_y), tone, -1)
            cv2.line(image, (left + pane_x // 2, top), (left + pane_x // 2, top + pane_y), frame, 2)
