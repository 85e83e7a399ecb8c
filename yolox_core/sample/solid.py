"""Small solid objects drawn from plates, tubes, balls and spinning rotors, seen from any side.

Object axes: x to the nose, y up, z to the right wing; lengths in units of about one span. View axes: x right, y up,
z towards the viewer (no perspective: the objects are far away).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from yolox_core.sample.arrays import Color, Floats, Image

Point = tuple[float, float, float]
_CIRCLE = np.stack([np.cos(np.linspace(0, 2 * np.pi, 40)), np.sin(np.linspace(0, 2 * np.pi, 40))]).astype(np.float32)
_SHIFT = 4  # binary digits of a pixel that OpenCV's polygons resolve
_SUBPIXELS = 1 << _SHIFT


def turn(yaw: float, pitch: float, roll: float) -> Floats:
    """Rotation [3, 3] from object to view axes; radians: heading about y, then nose up about z, then bank about x."""
    cy, sy, cp, sp, cr, sr = np.cos(yaw), np.sin(yaw), np.cos(pitch), np.sin(pitch), np.cos(roll), np.sin(roll)
    heading = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    nose = np.array([[cp, -sp, 0], [sp, cp, 0], [0, 0, 1]])
    bank = np.array([[1, 0, 0], [0, cr, -sr], [0, sr, cr]])
    return np.asarray(heading @ nose @ bank, np.float32)


def tilt_to_viewer(elevation: float) -> Floats:
    """Rotation [3, 3] of the whole scene for a viewer `elevation` radians above (or, below zero, under) the object."""
    c, s = np.cos(elevation), np.sin(elevation)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]], np.float32)


@dataclass(frozen=True)
class Light:
    """Where the light comes from (a unit vector in view axes), its colour (1 = white), and how much reaches shadows."""

    direction: Point = (-0.4, 0.75, 0.53)
    color: Color = (1.0, 1.0, 1.0)
    ambient: float = 0.55

    def on(self, color: Color, normal: Floats) -> tuple[float, float, float, float]:
        """BGRA of a surface of this colour with a unit normal in view axes; light from the sky weighs on the upside."""
        x, y, z = normal.tolist()
        sky = 0.25 * (0.5 + 0.5 * y)
        direct = max(0.0, x * self.direction[0] + y * self.direction[1] + z * self.direction[2])
        strength = self.ambient + sky + (1.05 - self.ambient) * 0.8 * direct
        blue, green, red = (min(255.0, c * tint * strength) for c, tint in zip(color, self.color, strict=True))
        return blue, green, red, 255.0


@dataclass(frozen=True)
class View:
    """A canvas [H, W, 4] of premultiplied BGRA under way, and how object points land on it."""

    canvas: Image
    rotation: Floats
    scale: float
    origin: tuple[float, float]
    light: Light

    def project(self, points: Floats) -> Floats:
        """Canvas pixels [N, 2] of object points [N, 3]."""
        seen = points @ self.rotation.T * self.scale
        return np.stack([self.origin[0] + seen[:, 0], self.origin[1] - seen[:, 1]], axis=1)

    def fill(self, pixels: Floats, color: Sequence[float]) -> None:
        """Fill a polygon of canvas pixels with a BGRA colour."""
        corners = np.round(pixels * _SUBPIXELS).astype(np.int32)
        cv2.fillPoly(self.canvas, [corners], color, lineType=cv2.LINE_8, shift=_SHIFT)

    def glaze(self, pixels: Floats, color: Sequence[float], opacity: float) -> None:
        """Lay a translucent polygon over what is on the canvas."""
        x0, y0 = np.maximum(np.floor(pixels.min(axis=0)).astype(int), 0)
        x1, y1 = np.ceil(pixels.max(axis=0)).astype(int) + 1
        part = self.canvas[y0:y1, x0:x1]
        mask = np.zeros(part.shape[:2], np.uint8)
        cv2.fillPoly(mask, [np.round(pixels - (x0, y0)).astype(np.int32)], (255,))
        share = (mask.astype(np.float32) * (opacity / 255))[:, :, None]
        part[:] = (part * (1 - share) + np.asarray(color, np.float32) * share).astype(np.uint8)


class Part(Protocol):
    """One piece of an object."""

    def reach(self) -> tuple[Floats, float]:
        """Points [N, 3] and a radius around them within which the piece lies."""
        ...

    def draw(self, view: View) -> None:
        """Paint the piece on the view's canvas."""
        ...


@dataclass(frozen=True)
class Plate:
    """A flat polygon, the same from both sides; below opacity 1 it lets the background through."""

    points: tuple[Point, ...]
    color: Color
    opacity: float = 1.0

    def reach(self) -> tuple[Floats, float]:
        """The corners."""
        return np.asarray(self.points, np.float32), 0.0

    def draw(self, view: View) -> None:
        """A polygon lit by its slant, a touch of thickness so that it never vanishes edge-on."""
        points, _ = self.reach()
        normal = view.rotation @ np.cross(points[1] - points[0], points[2] - points[0])
        normal = normal / max(float(np.linalg.norm(normal)), 1e-9)
        color = view.light.on(self.color, normal if normal[2] >= 0 else -normal)
        pixels = view.project(points)
        if self.opacity < 1:
            view.glaze(pixels, color, self.opacity)
            return
        view.fill(pixels, color)
        edge = np.round(pixels).astype(np.int32)
        cv2.polylines(view.canvas, [edge], True, color, max(1, round(view.scale * 0.008)))


@dataclass(frozen=True)
class Tube:
    """A round bar between two points, tapered from one radius to the other."""

    start: Point
    end: Point
    radius: float
    color: Color
    end_radius: float | None = None

    def reach(self) -> tuple[Floats, float]:
        """Both ends and the larger radius."""
        return np.asarray([self.start, self.end], np.float32), max(self.radius, self.end_radius or 0.0)

    def draw(self, view: View) -> None:
        """A dark bar with a lighter core towards the light."""
        ends = view.project(self.reach()[0])
        along = ends[1] - ends[0]
        length = max(float(np.hypot(*along)), 1e-6)
        across = np.array([-along[1], along[0]], np.float32) / length
        towards = np.array([view.light.direction[0], -view.light.direction[1]], np.float32)
        lit_side = across * (1.0 if float(across @ towards) >= 0 else -1.0)
        up = np.array([0, 1, 0], np.float32)
        facing = np.array([0, 0.2, 0.98], np.float32)
        end_radius = self.radius if self.end_radius is None else self.end_radius
        radii = np.array([self.radius, end_radius], np.float32) * np.float32(view.scale)
        self._bar(view, ends, across, radii, color=view.light.on(self.color, -up))
        core = np.asarray(ends + lit_side * radii[:, None] * 0.3, np.float32)
        self._bar(
            view,
            core,
            across,
            radii * np.float32(0.6),
            view.light.on(self.color, facing),
        )

    @staticmethod
    def _bar(view: View, ends: Floats, across: Floats, radii: Floats, color: Sequence[float]) -> None:
        sides = across[None, :] * np.maximum(radii, 0.6)[:, None]
        view.fill(np.concatenate([ends + sides, (ends - sides)[::-1]]), color)
        for end, radius in zip(ends, radii, strict=True):
            centre = (round(float(end[0]) * _SUBPIXELS), round(float(end[1]) * _SUBPIXELS))
            reach = round(max(float(radius), 0.6) * _SUBPIXELS)
            cv2.circle(view.canvas, centre, reach, color, -1, cv2.LINE_8, _SHIFT)


@dataclass(frozen=True)
class Ball:
    """An ellipsoid with half axes `radii` along the object's axes; `glow` draws it unlit, as a lamp."""

    centre: Point
    radii: Point
    color: Color
    glow: bool = False

    def reach(self) -> tuple[Floats, float]:
        """The centre and the longest half axis."""
        return np.asarray([self.centre], np.float32), max(self.radii)

    def draw(self, view: View) -> None:
        """Nested ellipses, brighter towards the light."""
        centre = view.project(self.reach()[0])[0]
        axes = view.rotation[:2] * np.asarray(self.radii, np.float32) * view.scale
        values, vectors = np.linalg.eigh(axes @ axes.T)
        outline = (vectors * np.sqrt(np.maximum(values, 0.3))) @ _CIRCLE
        outline[1] *= -1
        if self.glow:
            view.fill(centre + outline.T, (*self.color, 255.0))
            return
        light = np.asarray(view.light.direction, np.float32)
        lean = np.abs(outline).max(axis=1) * np.array([light[0], -light[1]])
        steps = 6 if max(self.radii) * view.scale < 60 else 14
        for step in range(steps):
            size = 1 - step / steps
            normal = np.array([0, -0.8, 0.6]) * size + light * (1 - size)
            color = view.light.on(self.color, (normal / np.linalg.norm(normal)).astype(np.float32))
            view.fill(centre + lean * 0.45 * (1 - size) + outline.T * size, color)


@dataclass(frozen=True)
class Rotor:
    """A spinning propeller: a faint disc and two denser blades; `axis` 1 turns about the vertical, 0 about the nose."""

    centre: Point
    radius: float
    color: Color
    opacity: float
    angle: float
    axis: int = 1

    def reach(self) -> tuple[Floats, float]:
        """The hub and the blade's length."""
        return np.asarray([self.centre], np.float32), self.radius

    def _points(self, angles: Floats, radius: float) -> Floats:
        first, second = [a for a in range(3) if a != self.axis]
        points = np.tile(np.asarray(self.centre, np.float32), (len(angles), 1))
        points[:, first] += np.cos(angles) * radius
        points[:, second] += np.sin(angles) * radius
        return points

    def draw(self, view: View) -> None:
        """The disc, then each blade as a smeared wedge."""
        color = (*self.color, 255.0)
        around = np.linspace(0, 2 * np.pi, 36, dtype=np.float32)
        view.glaze(view.project(self._points(around, self.radius)), color, self.opacity)
        hub = view.project(self.reach()[0])
        for start in (self.angle, self.angle + np.pi):
            arc = np.linspace(start, start + 0.5, 8, dtype=np.float32)
            wedge = np.concatenate([hub, view.project(self._points(arc, self.radius * 0.97))])
            view.glaze(wedge, color, min(0.9, self.opacity * 2.2))


@dataclass(frozen=True)
class Sprite:
    """A drawn object: premultiplied BGRA float32 [h, w, 4] in 0..1 whose top left pixel lies at (`left`, `top`)."""

    pixels: Floats
    left: int
    top: int

    def bounds(self, alpha: float) -> tuple[int, int, int, int] | None:
        """The tight box (x1, y1, x2, y2) around all pixels at least this opaque; None where there are none."""
        solid = self.pixels[:, :, 3] >= alpha
        rows, columns = np.flatnonzero(solid.any(axis=1)), np.flatnonzero(solid.any(axis=0))
        if not len(rows):
            return None
        return (
            self.left + int(columns[0]),
            self.top + int(rows[0]),
            self.left + int(columns[-1]) + 1,
            self.top + int(rows[-1]) + 1,
        )


def render(
    parts: Sequence[Part], *, rotation: Floats, scale: float, centre: tuple[float, float], light: Light, margin: int = 1
) -> Sprite:
    """The object as a sprite, `scale` pixels a unit, its origin at `centre`; `margin` pixels of air for later blur."""
    reaches = [part.reach() for part in parts]
    low = np.min([(points @ rotation.T).min(axis=0) - radius for points, radius in reaches], axis=0) * scale
    high = np.max([(points @ rotation.T).max(axis=0) + radius for points, radius in reaches], axis=0) * scale
    left, right = int(np.floor(centre[0] + low[0])) - margin, int(np.ceil(centre[0] + high[0])) + margin
    top, bottom = int(np.floor(centre[1] - high[1])) - margin, int(np.ceil(centre[1] - low[1])) + margin
    finer = 5 if scale < 60 else (4 if scale < 120 else 3)
    canvas = np.zeros(((bottom - top) * finer, (right - left) * finer, 4), np.uint8)
    origin = ((centre[0] - left) * finer, (centre[1] - top) * finer)
    view = View(canvas, rotation, scale * finer, origin, light)
    depths = [float((points @ rotation.T)[:, 2].mean()) for points, _ in reaches]
    for index in np.argsort(depths, kind="stable"):
        parts[index].draw(view)
    small = cv2.resize(canvas, (right - left, bottom - top), interpolation=cv2.INTER_AREA)
    return Sprite(np.asarray(small, np.float32) / np.float32(255), left, top)
