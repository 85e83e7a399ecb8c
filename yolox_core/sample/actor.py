"""One flying object on its way through a shot, and its picture at any moment."""

from dataclasses import dataclass, replace

import cv2
import numpy as np

from yolox_core.sample import airframes, creatures
from yolox_core.sample.airframes import Model
from yolox_core.sample.arrays import Floats
from yolox_core.sample.solid import Light, Sprite, render, tilt_to_viewer, turn

VISIBLE_ALPHA = 0.15  # opacity from which a pixel counts as part of the object when its box is drawn


@dataclass(frozen=True)
class Actor:
    """A moving object. Lengths in pixels of the frame, speeds in pixels a second, angles in radians.

    `class_name` is empty for clutter. `blur` is the width (sigma) of defocus; `exposure_s` makes the motion blur;
    `haze` (0..1) mixes in the colour of the air. `flies_ahead`: its nose points where it flies.
    """

    class_name: str
    model: Model
    size: float
    x: float = 0.0
    y: float = 0.0
    speed_x: float = 0.0
    speed_y: float = 0.0
    heading: float = 0.0
    pitch: float = 0.0
    bank: float = 0.0
    elevation: float = -0.3
    turn_rate: float = 0.0
    sway: float = 0.0
    sway_rate: float = 2.0
    blur: float = 0.5
    exposure_s: float = 0.0
    haze: float = 0.0
    flies_ahead: bool = False

    def position(self, time_s: float) -> tuple[float, float]:
        """Where the object's centre is."""
        wave = self.sway * float(np.sin(time_s * self.sway_rate + self.heading))
        lift = 0.6 * self.sway * float(np.sin(time_s * self.sway_rate * 1.3))
        return self.x + self.speed_x * time_s + wave, self.y + self.speed_y * time_s + lift

    def moved(self, x: float, y: float) -> "Actor":
        """The same object starting elsewhere."""
        return replace(self, x=x, y=y)

    def sprite(self, time_s: float, light: Light) -> Sprite:
        """The object as it looks at a moment, blurred by focus and motion."""
        rocking = 0.06 * float(np.sin(time_s * self.sway_rate * 1.7 + self.x)) if self.sway else 0.0
        attitude = turn(self.heading + self.turn_rate * time_s, self.pitch, self.bank + rocking)
        streak_x, streak_y = self.speed_x * self.exposure_s, self.speed_y * self.exposure_s
        margin = int(np.ceil(3 * self.blur + max(abs(streak_x), abs(streak_y)) / 2)) + 1
        drawn = render(
            self.model(time_s),
            rotation=tilt_to_viewer(self.elevation) @ attitude,
            scale=self.size,
            centre=self.position(time_s),
            light=light,
            margin=margin,
        )
        pixels = _streaked(drawn.pixels, streak_x, streak_y)
        if self.blur > 0.25:
            pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), self.blur), np.float32)
        return Sprite(pixels, drawn.left, drawn.top)


def _streaked(pixels: Floats, across: float, down: float) -> Floats:
    """Pixels smeared along a straight way of so many pixels."""
    length = float(np.hypot(across, down))
    if length < 1.5:
        return pixels
    side = int(np.ceil(length)) | 1
    kernel = np.zeros((side, side), np.float32)
    middle = side // 2
    step = np.array([across, down]) / length * (length / 2)
    start, end = np.round((middle - step) * 16).astype(int), np.round((middle + step) * 16).astype(int)
    cv2.line(kernel, tuple(start.tolist()), tuple(end.tolist()), (1.0,), 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.filter2D(pixels, -1, kernel / kernel.sum(), borderType=cv2.BORDER_CONSTANT), np.float32)


def _flying(rng: np.random.Generator, one: Actor, *, pace: float) -> Actor:
    """The object under way at up to `pace` of its own lengths a second, with the sharpness and haze of its size."""
    direction = float(rng.choice([0.0, np.pi]) + rng.normal(0, 0.35))
    speed = pace * one.size * float(rng.uniform(0.3, 1.0))
    goes_left = np.cos(direction) < 0
    return replace(
        one,
        speed_x=speed * float(np.cos(direction)),
        speed_y=speed * float(np.sin(direction)),
        heading=one.heading + (np.pi if goes_left and one.flies_ahead else 0.0),
        blur=0.35 + 0.008 * one.size * float(rng.random()) ** 3,
        exposure_s=float(rng.uniform(0.0, 0.025)) if rng.random() < 0.5 else 0.0,
        haze=float(np.clip(0.36 - one.size / 160 + rng.normal(0, 0.1), 0.0, 0.3)),
    )


def random_drone(rng: np.random.Generator, size: float) -> Actor:
    """A drone of about `size` pixels, seen from any heading, mostly from below or level."""
    has_wings = bool(rng.random() < 0.05)
    drone = Actor(
        "drone",
        airframes.winged(rng) if has_wings else airframes.copter(rng),
        size,
        heading=float(rng.normal(0, 0.7)) if has_wings else float(rng.uniform(0, 2 * np.pi)),
        pitch=float(rng.normal(0, 0.12)),
        bank=float(rng.normal(0, 0.16)),
        elevation=float(rng.uniform(-0.75, 0.35)) if rng.random() < 0.9 else float(rng.uniform(0.5, 1.2)),
        turn_rate=0.0 if has_wings else float(rng.normal(0, 0.4)),
        sway=size * float(rng.uniform(0.0, 0.12)),
        flies_ahead=has_wings,
    )
    return _flying(rng, drone, pace=1.2)


def random_bird(rng: np.random.Generator, size: float) -> Actor:
    """A bird of about `size` pixels of span, flying the way it looks."""
    bird = Actor(
        "bird",
        creatures.bird(rng),
        size,
        heading=float(rng.normal(0, 0.6)),
        pitch=float(rng.normal(0.0, 0.2)),
        bank=float(rng.normal(0, 0.35)),
        elevation=float(rng.uniform(-0.9, 0.5)),
        sway=size * float(rng.uniform(0.0, 0.15)),
        flies_ahead=True,
    )
    return _flying(rng, bird, pace=2.4)


def random_clutter(rng: np.random.Generator, size: float) -> Actor:
    """Something unlabelled, at most `size` pixels: an airliner, kite or balloon, or a leaf or insect in the wind."""
    if rng.random() < 0.4:
        return _in_the_wind(rng, size)
    make = (creatures.airliner, creatures.kite, creatures.kite, creatures.balloon, creatures.balloon)[rng.integers(5)]
    frontal = make is not creatures.airliner
    thing = Actor(
        "",
        make(rng),
        min(size, 130.0),
        heading=float(rng.normal(0, 0.35)),
        pitch=float(rng.normal(0.05, 0.12)),
        bank=float(rng.normal(0, 0.1)),
        elevation=float(rng.normal(-0.15, 0.1)) if frontal else float(rng.uniform(-0.6, 0.0)),
        flies_ahead=not frontal,
    )
    return _flying(rng, thing, pace=0.5)


def _in_the_wind(rng: np.random.Generator, size: float) -> Actor:
    is_insect = bool(rng.random() < 0.2)
    size = min(size, 36.0 if is_insect else 60.0)
    thing = Actor(
        "",
        creatures.insect(rng) if is_insect else creatures.leaf(rng),
        size,
        heading=float(rng.uniform(0, 2 * np.pi)),
        pitch=float(rng.uniform(-1.2, 1.2)),
        bank=float(rng.uniform(-1, 1)),
        turn_rate=float(rng.normal(0, 1.0)),
        sway=size * 0.2,
    )
    flying = _flying(rng, thing, pace=0.5)
    return replace(flying, blur=0.06 * size + 0.8) if is_insect else flying
