"""What is held down over the canvas beside a box: the picture, or the space key."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF

from app.editor.viewport import View, panned

PAN_FROM = 3.0


@dataclass(frozen=True, slots=True)
class Panning:
    """The picture is being dragged; `clears` drops the selection if it was only a click."""

    view: View
    pressed_at: QPointF
    clears: bool = False
    is_under_way: bool = False

    @property
    def is_held(self) -> bool:
        """Whether this is a pan already, and not perhaps a click."""
        return self.is_under_way or not self.clears

    def moved_to(self, at: QPointF) -> "Panning":
        """The pan with the pointer here: from a few pixels on it is no click any more."""
        is_far = (at - self.pressed_at).manhattanLength() >= PAN_FROM
        return replace(self, is_under_way=self.is_under_way or is_far)

    def view_at(self, at: QPointF) -> View:
        """The view with the pointer here."""
        moved = at - self.pressed_at
        return panned(self.view, moved.x(), moved.y())


@dataclass(frozen=True, slots=True)
class Space:
    """The space key is down; once it served to pan, letting it go means nothing more."""

    is_used: bool = False
