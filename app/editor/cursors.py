"""The pointer's shapes: they say what a press would do."""

from PySide6.QtCore import Qt

from app.editor.gestures import Part
from app.editor.held import Panning

CURSORS = {
    Part.BODY: Qt.CursorShape.SizeAllCursor,
    Part.LEFT: Qt.CursorShape.SizeHorCursor,
    Part.RIGHT: Qt.CursorShape.SizeHorCursor,
    Part.TOP: Qt.CursorShape.SizeVerCursor,
    Part.BOTTOM: Qt.CursorShape.SizeVerCursor,
    Part.TOP_LEFT: Qt.CursorShape.SizeFDiagCursor,
    Part.BOTTOM_RIGHT: Qt.CursorShape.SizeFDiagCursor,
    Part.TOP_RIGHT: Qt.CursorShape.SizeBDiagCursor,
    Part.BOTTOM_LEFT: Qt.CursorShape.SizeBDiagCursor,
}


def cursor_shape(*, panning: Panning | None, can_pan: bool, is_drawing: bool, part: Part | None) -> Qt.CursorShape:
    """The shape over `part` of a box, or over none, while the picture is held, could be, or boxes are drawn."""
    if panning is not None and panning.is_held:
        return Qt.CursorShape.ClosedHandCursor
    if can_pan:
        return Qt.CursorShape.OpenHandCursor
    if is_drawing:
        return Qt.CursorShape.CrossCursor
    return CURSORS[part] if part is not None else Qt.CursorShape.ArrowCursor
