"""Arithmetic of the view: which image pixel lies under which screen pixel. Screen pixels are logical Qt pixels."""

from dataclasses import dataclass

MIN_SCALE = 0.02
MAX_SCALE = 64.0
FIT_MARGIN = 12.0
VISIBLE_REST = 48.0
SMOOTH_UP_TO = 3.0
FRAMED_SHARE = 0.4
SPECK = 48.0


@dataclass(frozen=True, slots=True)
class View:
    """Screen = image * scale + offset. `scale` is screen pixels per image pixel."""

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """The screen point of an image point."""
        return x * self.scale + self.left, y * self.scale + self.top

    def to_image(self, x: float, y: float) -> tuple[float, float]:
        """The image point, not rounded, of a screen point."""
        return (x - self.left) / self.scale, (y - self.top) / self.scale

    @property
    def is_smooth(self) -> bool:
        """Whether pixels are blended when drawn; from 300 % on each pixel stays a sharp square."""
        return self.scale < SMOOTH_UP_TO


def fitted(image_size: tuple[int, int], view_size: tuple[int, int], *, margin: float = FIT_MARGIN) -> View:
    """The view that shows the whole image, centred, at most 300 % large."""
    width, height = max(image_size[0], 1), max(image_size[1], 1)
    room_x, room_y = max(view_size[0] - 2 * margin, 1.0), max(view_size[1] - 2 * margin, 1.0)
    scale = min(room_x / width, room_y / height, SMOOTH_UP_TO)
    return centred(image_size, view_size, scale=max(scale, MIN_SCALE))


def centred(image_size: tuple[int, int], view_size: tuple[int, int], *, scale: float) -> View:
    """The view of the image's middle at this scale, its corner on a whole screen pixel."""
    left = round((view_size[0] - image_size[0] * scale) / 2)
    top = round((view_size[1] - image_size[1] * scale) / 2)
    return View(scale, left, top)


def zoomed_at(view: View, factor: float, x: float, y: float) -> View:
    """The view `factor` times larger with the image point under screen point (x, y) kept in place."""
    scale = min(max(view.scale * factor, MIN_SCALE), MAX_SCALE)
    image_x, image_y = view.to_image(x, y)
    return View(scale, x - image_x * scale, y - image_y * scale)


def panned(view: View, dx: float, dy: float) -> View:
    """The view with its picture moved by screen pixels."""
    return View(view.scale, view.left + dx, view.top + dy)


def framed(
    edges: tuple[float, float, float, float], view_size: tuple[int, int], *, share: float = FRAMED_SHARE
) -> View:
    """The view in whose middle lies the box x1, y1, x2, y2, its longer side taking this share of the room."""
    x1, y1, x2, y2 = edges
    scale = share * min(view_size[0] / max(x2 - x1, 1.0), view_size[1] / max(y2 - y1, 1.0))
    scale = min(max(scale, MIN_SCALE), MAX_SCALE)
    return View(scale, view_size[0] / 2 - scale * (x1 + x2) / 2, view_size[1] / 2 - scale * (y1 + y2) / 2)


def is_easy_to_see(edges: tuple[float, float, float, float], view: View, view_size: tuple[int, int]) -> bool:
    """Whether a box lies wholly in sight and is no speck."""
    x1, y1 = view.to_screen(edges[0], edges[1])
    x2, y2 = view.to_screen(edges[2], edges[3])
    is_inside = x1 >= 0 and y1 >= 0 and x2 <= view_size[0] and y2 <= view_size[1]
    return is_inside and max(x2 - x1, y2 - y1) >= SPECK


def kept_in_sight(view: View, image_size: tuple[int, int], view_size: tuple[int, int]) -> View:
    """The same view, moved back as far as needed so that some of the picture stays on screen."""
    left = _kept(view.left, image_size[0] * view.scale, view_size[0])
    top = _kept(view.top, image_size[1] * view.scale, view_size[1])
    return View(view.scale, left, top)


def _kept(start: float, length: float, room: float) -> float:
    rest = min(VISIBLE_REST, length)
    return min(max(start, rest - length), room - rest)
