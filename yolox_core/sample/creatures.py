"""What else flies: birds, which are labelled, and clutter (airliners, kites, balloons, leaves, insects)."""

from itertools import pairwise

import numpy as np

from yolox_core.sample.airframes import Model
from yolox_core.sample.arrays import Color, jittered, mixed
from yolox_core.sample.solid import Ball, Part, Plate, Point, Tube

_BLACK: Color = (34, 32, 32)
_FEATHERS: tuple[tuple[Color, Color], ...] = (
    ((236, 236, 234), (60, 58, 56)),  # gull: white with dark wing tips
    ((40, 38, 38), (28, 26, 26)),  # crow
    ((62, 84, 112), (38, 48, 62)),  # bird of prey
    ((128, 120, 116), (74, 70, 70)),  # pigeon
    ((84, 82, 88), (48, 46, 50)),  # swift
)
_BRIGHT: tuple[Color, ...] = (
    (40, 50, 220),
    (40, 170, 240),
    (200, 120, 40),
    (80, 180, 60),
    (180, 60, 160),
    (60, 220, 240),
)


def bird(rng: np.random.Generator) -> Model:
    """A bird beating or spreading its wings; one unit of span."""
    body, tips = _FEATHERS[rng.integers(len(_FEATHERS))]
    body, tips = jittered(rng, body, 14), jittered(rng, tips, 8)
    length, plump, chord = float(rng.uniform(0.17, 0.24)), float(rng.uniform(0.04, 0.06)), float(rng.uniform(0.1, 0.17))
    back, fan = float(rng.uniform(0.02, 0.16)), float(rng.uniform(0.05, 0.1))
    beat, depth = (float(rng.uniform(3, 7)), 0.75) if rng.random() < 0.75 else (1.0, 0.12)
    phase, dihedral = float(rng.uniform(0, 2 * np.pi)), float(rng.uniform(0.0, 0.25))
    still: list[Part] = [
        Ball((0, 0, 0), (length, plump, plump), body),
        Ball((length * 0.95, plump * 0.35, 0), (0.045, 0.037, 0.037), mixed(body, tips, 0.3)),
        Tube((length + 0.02, plump * 0.3, 0), (length + 0.08, plump * 0.15, 0), 0.012, (60, 130, 190), 0.003),
        Plate(((-length * 0.7, 0, 0), (-length - 0.14, 0.0, fan), (-length - 0.14, 0.0, -fan)), tips),
    ]

    def parts(time_s: float) -> list[Part]:
        swing = float(np.sin(phase + time_s * beat * 2 * np.pi))
        inner = dihedral + depth * swing
        outer = inner * 0.4 - 0.35 * abs(depth) + depth * 0.5 * float(np.sin(phase + time_s * beat * 2 * np.pi - 0.9))
        wings = [p for side in (-1, 1) for p in _wing(side, inner, outer, chord=chord, back=back, colors=(body, tips))]
        return still + wings

    return parts


def _wing(
    side: int, inner: float, outer: float, *, chord: float, back: float, colors: tuple[Color, Color]
) -> list[Part]:
    def along(start: tuple[float, float], angle: float, length: float) -> tuple[float, float]:
        return start[0] + length * float(np.sin(angle)), start[1] + length * float(np.cos(angle))

    elbow, tip = along((0.02, 0.02), inner, 0.2), along(along((0.02, 0.02), inner, 0.2), outer, 0.28)
    root: tuple[Point, Point] = ((0.1, 0.02, 0), (0.1 - chord, 0.02, 0))
    bend: tuple[Point, Point] = ((0.13, elbow[0], side * elbow[1]), (0.12 - chord, elbow[0], side * elbow[1]))
    end: tuple[Point, Point] = ((0.05 - back, tip[0], side * tip[1]), (-0.02 - back, tip[0] - 0.01, side * tip[1]))
    return [
        Plate((root[0], bend[0], bend[1], root[1]), colors[0]),
        Plate((bend[0], end[0], end[1], bend[1]), mixed(*colors, 0.75)),
    ]


def airliner(rng: np.random.Generator) -> Model:
    """A jet aeroplane far away: swept wings, engines, fin; one unit long."""
    hull, fin = jittered(rng, (228, 226, 224), 14), _BRIGHT[rng.integers(len(_BRIGHT))]
    wing = jittered(rng, (170, 168, 166), 12)
    parts: list[Part] = [Ball((0, 0, 0), (0.5, 0.045, 0.045), hull)]
    for side in (-1, 1):
        parts += [
            Plate(((0.13, -0.02, 0), (-0.12, 0.02, side * 0.45), (-0.17, 0.02, side * 0.45), (-0.07, -0.02, 0)), wing),
            Plate(((-0.38, 0.02, 0), (-0.49, 0.03, side * 0.16), (-0.52, 0.03, side * 0.16), (-0.47, 0.02, 0)), wing),
            Tube((0.09, -0.06, side * 0.15), (-0.02, -0.06, side * 0.15), 0.028, wing),
        ]
    parts.append(Plate(((-0.34, 0.03, 0), (-0.47, 0.19, 0), (-0.53, 0.19, 0), (-0.48, 0.02, 0)), fin))
    return lambda _: parts


def kite(rng: np.random.Generator) -> Model:
    """A diamond kite of four fields with a tail of bows; about one unit high, without its tail."""
    first, second = (_BRIGHT[i] for i in rng.choice(len(_BRIGHT), 2, replace=False))
    top, right, bottom, left, middle = (
        (0.0, 0.5, 0),
        (0.34, 0.14, 0),
        (0.0, -0.5, 0),
        (-0.34, 0.14, 0),
        (0.0, 0.14, 0.05),
    )
    sway, phase = float(rng.uniform(0.05, 0.14)), float(rng.uniform(0, 6))
    fields: list[Part] = [
        Plate((top, right, middle), first),
        Plate((right, bottom, middle), second),
        Plate((bottom, left, middle), first),
        Plate((left, top, middle), second),
    ]

    def parts(time_s: float) -> list[Part]:
        at: list[Point] = [
            (sway * step * float(np.sin(phase + step * 1.3 + time_s * 4)), -0.5 - step * 0.13, 0.0) for step in range(7)
        ]
        tail: list[Part] = [Tube(a, b, 0.006, _BLACK) for a, b in pairwise(at)]
        bows: list[Part] = [
            Plate(
                ((x - 0.05, y + 0.03, 0), (x + 0.05, y - 0.03, 0), (x + 0.05, y + 0.03, 0), (x - 0.05, y - 0.03, 0)),
                first,
            )
            for x, y, _ in at[2::2]
        ]
        return fields + tail + bows

    return parts


def balloon(rng: np.random.Generator) -> Model:
    """A toy balloon on its string, or a striped hot-air balloon; about one unit high."""
    color, other = (_BRIGHT[i] for i in rng.choice(len(_BRIGHT), 2, replace=False))
    if rng.random() < 0.6:
        toy: list[Part] = [
            Tube((0, -0.28, 0), (0.03, -0.62, 0), 0.006, (120, 120, 120)),
            Ball((0, 0.1, 0), (0.3, 0.38, 0.3), color),
            Plate(((0, -0.26, 0), (0.04, -0.33, 0), (-0.04, -0.33, 0)), color),
        ]
        return lambda _: toy
    parts: list[Part] = [
        Ball((0, 0.14, 0), (0.36, 0.36, 0.36), color),
        Ball((0, 0.14, 0.02), (0.2, 0.365, 0.36), other),
    ]
    parts += [Ball((0, 0.14, 0.04), (0.09, 0.37, 0.36), color), Tube((0, -0.16, 0), (0, -0.24, 0), 0.17, color, 0.08)]
    parts += [Tube((x, -0.24, 0), (x * 0.8, -0.38, 0), 0.006, _BLACK) for x in (-0.07, 0.07)]
    parts.append(Tube((0, -0.4, 0), (0, -0.46, 0), 0.06, (50, 80, 120)))
    return lambda _: parts


def leaf(rng: np.random.Generator) -> Model:
    """A leaf in the wind; one unit long."""
    color = jittered(rng, ((60, 140, 90), (40, 110, 190), (40, 70, 150))[rng.integers(3)], 20)
    xs = np.linspace(-0.42, 0.42, 9)
    half = 0.2 * np.cos(xs / 0.42 * np.pi / 2) ** 0.8
    upper: list[Point] = [(float(x), float(h), 0.0) for x, h in zip(xs, half, strict=True)]
    lower: list[Point] = [(float(x), -float(h), 0.0) for x, h in zip(xs[::-1], half[::-1], strict=True)]
    vein = Tube((-0.55, 0, 0.01), (0.4, 0, 0.01), 0.012, mixed(color, _BLACK, 0.4))
    parts: list[Part] = [Plate((*upper, *lower), color), vein]
    return lambda _: parts


def insect(rng: np.random.Generator) -> Model:
    """An insect close to the lens, wings a blur; about one unit long. Draw it out of focus."""
    color = jittered(rng, (36, 40, 46), 12)
    wings: list[Part] = []
    for side in (-1, 1):
        tip_z = side * 0.42
        shape: tuple[Point, ...] = ((0.05, 0.05, 0), (0.12, 0.2, tip_z), (-0.16, 0.2, tip_z), (-0.2, 0.06, 0))
        wings.append(Plate(shape, (190, 190, 190), 0.4))
    body: list[Part] = [Ball((-0.12, 0, 0), (0.28, 0.1, 0.1), color), Ball((0.2, 0.02, 0), (0.1, 0.09, 0.09), color)]
    return lambda _: body + wings
