"""What is held down over the canvas beside a box: the picture, or the space key."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF

from app.editor.viewport import View


@dataclass(frozen=True, slots=True)
class Panning:
    """The picture is being dragged; `clears` drops the selection if it was only a click."""

    view: View
    pressed_at: QPointF
    clears: bool = False
    is_under_way: bool = False


@dataclass(frozen=True, slots=True)
class Space:
    """The space key is down; once it served to pan, letting it go means nothing more."""

    is_used: bool = False
