"""A shot: one backdrop, a moving camera and the objects flying before it; gives a frame with true boxes at any time."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from yolox_core.records import Box
from yolox_core.sample.actor import VISIBLE_ALPHA, Actor, random_bird, random_clutter, random_drone
from yolox_core.sample.arrays import Floats, Image, color_array
from yolox_core.sample.backdrop import Backdrop, draw_backdrop
from yolox_core.sample.solid import Sprite

_SMALLEST_SIDE = 4  # pixels: an object showing less of itself is neither seen nor labelled

_LEAST_CONTRAST = 36.0


@dataclass(frozen=True)
class Camera:
    """How a shot is filmed: frame size, drift in pixels a second, grain (sigma of 255), softness, exposure."""

    width: int
    height: int
    drift_x: float = 0.0
    drift_y: float = 0.0
    grain: float = 2.0
    softness: float = 0.0
    exposure: float = 1.0
    vignette: float = 0.1


@dataclass(frozen=True)
class Frame:
    """A finished picture, uint8 BGR [H, W, 3], and the true boxes of its drones and birds; keys number the objects."""

    image: Image
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Shot:
    """Everything needed to draw a frame; the same time always gives the same objects."""

    backdrop: Backdrop
    actors: tuple[Actor, ...]
    camera: Camera

    def frame(self, time_s: float, rng: np.random.Generator) -> Frame:
        """The picture at a moment. `rng` draws the sensor's grain only."""
        image = self._background(time_s)
        boxes: list[Box] = []
        for key, actor in enumerate(self.actors, start=1):
            sprite = actor.sprite(time_s, self.backdrop.weather.light)
            _paste(image, sprite, air=color_array(self.backdrop.weather.horizon), haze=actor.haze)
            box = visible_box(sprite, actor.class_name, key=key, width=self.camera.width, height=self.camera.height)
            if box is not None and actor.class_name:
                boxes.append(box)
        return Frame(_developed(image, self.camera, rng), tuple(boxes))

    def _stands_out(self, actor: Actor, time_s: float, background: Floats) -> bool:
        """Whether a person would see the object: the strongest sixth of its box differs by 36 of 255 from behind it."""
        sprite = actor.sprite(time_s, self.backdrop.weather.light)
        box = visible_box(sprite, "any", key=0, width=self.camera.width, height=self.camera.height)
        if box is None:
            return False
        rows, columns = slice(int(box.y1), int(box.y2)), slice(int(box.x1), int(box.x2))
        before = background[rows, columns]
        after = before.copy()
        shifted = Sprite(sprite.pixels, sprite.left - columns.start, sprite.top - rows.start)
        _paste(after, shifted, air=color_array(self.backdrop.weather.horizon), haze=actor.haze)
        return float(np.quantile(np.abs(after - before).max(axis=2), 0.84)) >= _LEAST_CONTRAST

    def without_the_unseen(self, time_s: float) -> "Shot":
        """The shot without objects that at this moment melt into the background or lie outside the picture."""
        background = self._background(time_s)
        seen = (actor for actor in self.actors if self._stands_out(actor, time_s, background))
        return replace(self, actors=tuple(seen))

    def _background(self, time_s: float) -> Floats:
        height, width = self.backdrop.image.shape[:2]
        middle = (width / 2 + self.camera.drift_x * time_s - 0.5, height / 2 + self.camera.drift_y * time_s - 0.5)
        part = cv2.getRectSubPix(self.backdrop.image, (self.camera.width, self.camera.height), middle)
        return np.asarray(part, np.float32)


def visible_box(sprite: Sprite, class_name: str, *, key: int, width: int, height: int) -> Box | None:
    """The tight box of what a frame of this size shows of a sprite; None for less than a sliver or a third of it."""
    bounds = sprite.bounds(VISIBLE_ALPHA)
    if bounds is None:
        return None
    x1, y1, x2, y2 = max(0, bounds[0]), max(0, bounds[1]), min(width, bounds[2]), min(height, bounds[3])
    shown = max(0, x2 - x1) * max(0, y2 - y1)
    whole = (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    if min(x2 - x1, y2 - y1) < _SMALLEST_SIDE or shown * 3 < whole:
        return None
    return Box(class_name, float(x1), float(y1), float(x2), float(y2), key=key, truncated=shown < whole)


def _paste(image: Floats, sprite: Sprite, *, air: Floats, haze: float) -> None:
    height, width = image.shape[:2]
    rows, columns = sprite.pixels.shape[:2]
    top, left = max(0, -sprite.top), max(0, -sprite.left)
    bottom, right = min(rows, height - sprite.top), min(columns, width - sprite.left)
    if bottom <= top or right <= left:
        return
    part = sprite.pixels[top:bottom, left:right]
    alpha = part[:, :, 3:]
    target = image[sprite.top + top : sprite.top + bottom, sprite.left + left : sprite.left + right]
    target *= 1 - alpha
    target += part[:, :, :3] * 255 * (1 - haze) + alpha * air * haze


def _developed(image: Floats, camera: Camera, rng: np.random.Generator) -> Image:
    """Softness, vignette, exposure and grain of a real camera, as uint8."""
    height, width = image.shape[:2]
    if camera.softness > 0.2:
        image = np.asarray(cv2.GaussianBlur(image, (0, 0), camera.softness), np.float32)
    rows = np.linspace(-1, 1, height, dtype=np.float32)[:, None] ** 2
    columns = np.linspace(-1, 1, width, dtype=np.float32)[None, :] ** 2
    gain = camera.exposure * (1 - camera.vignette * 0.5 * (rows + columns))
    image = image * gain[:, :, None]
    grain = rng.standard_normal((height, width, 3), dtype=np.float32) * camera.grain
    image += grain * 0.45
    image += grain[:, :, 1:2] * 0.8
    return np.clip(image, 0, 255).astype(np.uint8)


def _random_size(rng: np.random.Generator) -> float:
    """A span in pixels: 36 to 220, mostly between 60 and 180."""
    if rng.random() < 0.05:
        return float(rng.uniform(36, 60))
    return float(np.exp(rng.uniform(np.log(60), np.log(220))))


def _placed(
    rng: np.random.Generator, actor: Actor, others: Sequence[Actor], *, width: int, height: int, duration_s: float
) -> Actor | None:
    """The object somewhere in the frame, clear of the others at both ends of the shot; None where it does not fit."""
    cut_off = rng.random() < 0.03
    rim = actor.size * (0.1 if cut_off else 0.55)
    for _ in range(20):
        x, y = float(rng.uniform(rim, width - rim)), float(rng.uniform(rim, height - rim))
        moved = actor.moved(x - actor.speed_x * duration_s / 2, y - actor.speed_y * duration_s / 2)
        if all(_apart(moved, other, time_s) for other in others for time_s in (0.0, duration_s)):
            return moved
    return None


def _apart(one: Actor, other: Actor, time_s: float) -> bool:
    (x1, y1), (x2, y2) = one.position(time_s), other.position(time_s)
    return float(np.hypot(x1 - x2, y1 - y2)) > 0.5 * (one.size + other.size)


def random_actors(rng: np.random.Generator, *, width: int, height: int, duration_s: float) -> tuple[Actor, ...]:
    """Objects of one shot, small ones first: usually a drone or more, often birds, some clutter; sometimes nothing."""
    drones = int(rng.choice([0, 1, 2, 3, 4], p=[0.13, 0.45, 0.25, 0.12, 0.05]))
    birds = int(rng.choice([0, 1, 2, 3, 6], p=[0.42, 0.28, 0.16, 0.09, 0.05]))
    clutter = int(rng.choice([0, 1, 2], p=[0.45, 0.35, 0.2]))
    makers = [random_drone] * drones + [random_bird] * birds + [random_clutter] * clutter
    flock = float(np.exp(rng.uniform(np.log(56), np.log(100))))
    actors: list[Actor] = []
    for make in makers:
        size = _random_size(rng)
        if make is random_bird:
            size = flock * float(rng.uniform(0.8, 1.3)) if birds > 2 else min(size, 150.0)
        placed = _placed(rng, make(rng, size), actors, width=width, height=height, duration_s=duration_s)
        if placed is not None:
            actors.append(placed)
    return tuple(sorted(actors, key=lambda actor: actor.size))


def random_shot(rng: np.random.Generator, *, width: int, height: int, duration_s: float = 0.0) -> Shot:
    """A shot of this frame size; with a duration the camera drifts and the backdrop is as much larger as it needs."""
    moving = 1.0 if duration_s > 0 else 0.0
    drift_x, drift_y = (float(rng.uniform(-14, 14)) * moving for _ in range(2))
    air_x, air_y = (2 * int(np.ceil(abs(drift) * duration_s)) for drift in (drift_x, drift_y))
    backdrop = draw_backdrop(rng, width=width + air_x, height=height + air_y)
    camera = Camera(
        width,
        height,
        drift_x,
        drift_y,
        grain=float(rng.uniform(0.8, 4.0)),
        softness=float(rng.uniform(0.0, 0.55)),
        exposure=float(rng.uniform(0.94, 1.12)),
        vignette=float(rng.uniform(0.0, 0.16)),
    )
    actors = random_actors(rng, width=width, height=height, duration_s=duration_s)
    return Shot(backdrop, actors, camera).without_the_unseen(duration_s / 2)
