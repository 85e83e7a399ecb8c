"""Drones: quadcopters, hexacopters and fixed wings, each a function of time that gives the parts to draw."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from yolox_core.sample.arrays import Color, jittered, mixed
from yolox_core.sample.solid import Ball, Part, Plate, Point, Rotor, Tube

Model = Callable[[float], list[Part]]

_WHITE: Color = (232, 234, 236)
_PALE: Color = (186, 188, 190)
_GREY: Color = (112, 112, 110)
_DARK: Color = (58, 56, 54)
_BLACK: Color = (30, 29, 28)
_BODIES: tuple[Color, ...] = (_WHITE, _WHITE, _PALE, _GREY, _DARK, _DARK, _BLACK)
_ACCENTS: tuple[Color, ...] = ((40, 90, 235), (45, 45, 215), (190, 110, 30), (60, 190, 230), (90, 170, 60))


@dataclass(frozen=True)
class Paint:
    """Colours of one airframe: shell, arms and legs, accents, propellers."""

    shell: Color
    frame: Color
    accent: Color
    blade: Color


def random_paint(rng: np.random.Generator) -> Paint:
    """A plausible set of colours."""
    shell = _BODIES[rng.integers(len(_BODIES))] if rng.random() < 0.85 else _ACCENTS[rng.integers(len(_ACCENTS))]
    frame = shell if rng.random() < 0.5 else (_DARK if rng.random() < 0.7 else _PALE)
    accent = _ACCENTS[rng.integers(len(_ACCENTS))]
    blade = _PALE if rng.random() < 0.35 else _BLACK
    return Paint(jittered(rng, shell, 12), jittered(rng, frame, 10), accent, blade)


def _ring(centre: Point, radius: float, color: Color) -> list[Part]:
    angles = np.linspace(0, 2 * np.pi, 17)
    x, y, z = centre
    points: list[Point] = [(x + radius * float(np.cos(a)), y, z + radius * float(np.sin(a))) for a in angles]
    return [Tube(a, b, 0.009, color) for a, b in pairwise(points)]


def _skids(paint: Paint, *, width: float, length: float, drop: float) -> list[Part]:
    parts: list[Part] = []
    for side in (-1, 1):
        foot = side * width
        for end in (-length * 0.55, length * 0.55):
            parts.append(Tube((end * 0.6, -0.03, side * 0.06), (end, -drop, foot), 0.014, paint.frame))
        parts.append(Tube((-length, -drop, foot), (length, -drop, foot), 0.013, paint.frame))
    return parts


def _camera(paint: Paint, *, forward: float, drop: float, size: float) -> list[Part]:
    eye = forward + size * 0.75
    return [
        Tube((forward, -0.02, 0), (forward, -drop, 0), size * 0.35, paint.frame),
        Ball((forward, -drop, 0), (size, size * 0.9, size * 1.1), mixed(paint.shell, _DARK, 0.6)),
        Ball((eye, -drop, 0), (size * 0.45, size * 0.55, size * 0.55), _BLACK),
    ]


def _arm(paint: Paint, *, angle: float, length: float, rise: float, thick: float, striped: bool) -> list[Part]:
    x, z = length * float(np.cos(angle)), length * float(np.sin(angle))
    inner: Point = (x * 0.2, 0.0, z * 0.2)
    outer: Point = (x, rise, z)
    parts: list[Part] = [
        Tube(inner, outer, thick * 1.25, paint.frame, thick * 0.8),
        Tube((x, rise - 0.02, z), (x, rise + 0.05, z), thick * 1.35, paint.shell, thick * 1.1),
    ]
    if striped:
        at = (0.72, 0.84)
        near, far = ((x * share, rise * share + 0.002, z * share) for share in at)
        parts.append(Tube(near, far, thick * 1.15, paint.accent))
    return parts


def _rotors(
    paint: Paint, hubs: list[Point], *, radius: float, opacity: float, phases: list[float], time_s: float
) -> list[Part]:
    turns = [phase + time_s * (61.0 + index * 3.7) for index, phase in enumerate(phases)]
    return [
        Rotor(hub, radius, paint.blade, opacity, angle % (2 * np.pi)) for hub, angle in zip(hubs, turns, strict=True)
    ]


def multicopter(rng: np.random.Generator, arms: int) -> Model:
    """A copter with so many arms, about one unit from rotor tip to rotor tip."""
    paint = random_paint(rng)
    offset = rng.uniform(0.62, 0.9) if arms == 4 else np.pi / arms
    angles = (
        [offset, np.pi - offset, np.pi + offset, -offset]
        if arms == 4
        else list(offset + np.arange(arms) * 2 * np.pi / arms)
    )
    radius = float(rng.uniform(0.13, 0.18)) if arms == 4 else float(rng.uniform(0.11, 0.14))
    length = 0.5 - radius * 0.95
    rise, thick, opacity = (
        float(rng.uniform(0.0, 0.05)),
        float(rng.uniform(0.016, 0.03)),
        float(rng.uniform(0.16, 0.34)),
    )
    striped, lamps = bool(rng.random() < 0.5), bool(rng.random() < 0.5)
    still: list[Part] = []
    for angle in angles:
        still += _arm(paint, angle=float(angle), length=length, rise=rise, thick=thick, striped=striped)
    hubs: list[Point] = [(length * float(np.cos(a)), rise + 0.06, length * float(np.sin(a))) for a in angles]
    still += _body(rng, paint) + _underside(rng, paint)
    if arms == 4 and rng.random() < 0.2:
        still += [part for hub in hubs for part in _ring((hub[0], hub[1] - 0.02, hub[2]), radius * 1.08, paint.frame)]
    if lamps:
        still += [Ball((hub[0], rise - 0.03, hub[2]), (0.014, 0.014, 0.014), _lamp(hub), glow=True) for hub in hubs]
    phases = [float(p) for p in rng.uniform(0, 2 * np.pi, arms)]
    return lambda time_s: still + _rotors(paint, hubs, radius=radius, opacity=opacity, phases=phases, time_s=time_s)


def _lamp(hub: Point) -> Color:
    return (70, 70, 255) if hub[0] > 0 else (90, 245, 120)


def _body(rng: np.random.Generator, paint: Paint) -> list[Part]:
    long, high, wide = float(rng.uniform(0.13, 0.2)), float(rng.uniform(0.045, 0.075)), float(rng.uniform(0.075, 0.12))
    parts: list[Part] = [Ball((0, 0, 0), (long, high, wide), paint.shell)]
    if rng.random() < 0.6:
        parts.append(
            Ball((-long * 0.1, high * 0.6, 0), (long * 0.6, high * 0.7, wide * 0.65), mixed(paint.shell, _DARK, 0.3))
        )
    if rng.random() < 0.4:
        parts.append(Tube((-long * 0.5, high * 0.9, 0), (long * 0.4, high * 0.95, 0), 0.018, paint.accent))
    return parts


def _underside(rng: np.random.Generator, paint: Paint) -> list[Part]:
    parts: list[Part] = []
    if rng.random() < 0.65:
        drop = float(rng.uniform(0.13, 0.24))
        parts += _skids(paint, width=float(rng.uniform(0.1, 0.17)), length=float(rng.uniform(0.1, 0.17)), drop=drop)
    else:
        stance, drop = float(rng.uniform(0.2, 0.28)), float(rng.uniform(0.08, 0.14))
        for x in (-1, 1):
            parts += [
                Tube((x * stance, 0, z * stance), (x * stance, -drop, z * stance), 0.016, paint.frame) for z in (-1, 1)
            ]
    if rng.random() < 0.85:
        forward, drop = float(rng.uniform(0.02, 0.14)), float(rng.uniform(0.07, 0.11))
        parts += _camera(paint, forward=forward, drop=drop, size=float(rng.uniform(0.035, 0.055)))
    return parts


def fixed_wing(rng: np.random.Generator) -> Model:
    """A small unmanned aeroplane: long straight wings, boom and V or T tail, one propeller; one unit of span."""
    paint = random_paint(rng)
    chord, sweep, lift = float(rng.uniform(0.085, 0.13)), float(rng.uniform(0.0, 0.06)), float(rng.uniform(0.0, 0.05))
    long, thick = float(rng.uniform(0.2, 0.27)), float(rng.uniform(0.035, 0.05))
    tail = -float(rng.uniform(0.36, 0.46))
    parts: list[Part] = [
        Ball((0.04, 0, 0), (long, thick, thick), paint.shell),
        Tube((-0.1, 0.01, 0), (tail, 0.02, 0), thick * 0.5, paint.frame, thick * 0.25),
        Ball((0.16, -thick * 0.7, 0), (0.03, 0.03, 0.03), _BLACK),
    ]
    tip = paint.accent if rng.random() < 0.5 else paint.shell
    for side in (-1, 1):
        parts += _wing(paint, side, chord=chord, sweep=sweep, lift=lift, tip=tip, high=thick)
        parts.append(_tail_fin(paint, side, tail=tail))
    pushed = bool(rng.random() < 0.4)
    hub: Point = (-0.2, 0.02, 0) if pushed else (0.04 + long, 0, 0)
    phase, opacity = float(rng.uniform(0, 6)), float(rng.uniform(0.15, 0.3))
    return lambda time_s: [*parts, Rotor(hub, 0.1, paint.blade, opacity, (phase + time_s * 67.0) % 6.2832, axis=0)]


def _wing(paint: Paint, side: int, *, chord: float, sweep: float, lift: float, tip: Color, high: float) -> list[Part]:
    def rib(z: float, width: float) -> tuple[Point, Point]:
        front = 0.1 - sweep * z * 2
        return (front, high * 0.7 + lift * z, side * z), (front - width, high * 0.7 + lift * z, side * z)

    root, bend, end = rib(0.0, chord), rib(0.38, chord * 0.85), rib(0.5, chord * 0.55)
    return [Plate((root[0], bend[0], bend[1], root[1]), paint.shell), Plate((bend[0], end[0], end[1], bend[1]), tip)]


def _tail_fin(paint: Paint, side: int, *, tail: float) -> Part:
    outer_z, outer_y = side * 0.13, 0.1
    return Plate(
        (
            (tail + 0.07, 0.02, 0),
            (tail + 0.03, outer_y, outer_z),
            (tail - 0.03, outer_y, outer_z),
            (tail - 0.02, 0.02, 0),
        ),
        paint.frame,
    )


def flying_wing(rng: np.random.Generator) -> Model:
    """A tailless drone with swept wings, winglets and a pusher propeller; one unit of span."""
    paint = random_paint(rng)
    nose, sweep, chord = float(rng.uniform(0.2, 0.28)), float(rng.uniform(0.2, 0.32)), float(rng.uniform(0.1, 0.14))
    parts: list[Part] = [Ball((0.06, 0.01, 0), (nose - 0.06, 0.045, 0.06), paint.frame)]
    for side in (-1, 1):
        tip_front, tip_back = nose - 0.06 - sweep, nose - 0.06 - sweep - chord
        wing: tuple[Point, ...] = (
            (nose, 0, 0),
            (tip_front, 0.02, side * 0.5),
            (tip_back, 0.02, side * 0.5),
            (-0.1, 0, 0),
        )
        fin: tuple[Point, ...] = (
            (tip_front - 0.02, 0.02, side * 0.5),
            (tip_back + 0.02, 0.11, side * 0.51),
            (tip_back - 0.03, 0.11, side * 0.51),
            (tip_back - 0.02, 0.02, side * 0.5),
        )
        parts += [Plate(wing, paint.shell), Plate(fin, paint.accent)]
    phase, opacity = float(rng.uniform(0, 6)), float(rng.uniform(0.15, 0.3))
    return lambda time_s: [
        *parts,
        Rotor((-0.13, 0.01, 0), 0.09, paint.blade, opacity, (phase + time_s * 67.0) % 6.2832, axis=0),
    ]


def copter(rng: np.random.Generator) -> Model:
    """A drone that can fly any way: mostly a quadcopter, else a hexacopter."""
    return multicopter(rng, 4 if rng.random() < 0.78 else 6)


def winged(rng: np.random.Generator) -> Model:
    """A drone that flies nose first: a fixed or a flying wing."""
    return fixed_wing(rng) if rng.random() < 0.6 else flying_wing(rng)
