"""What the hand is doing, drawn over the picture: the box being drawn, its points, its size, the crosshair."""

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter

from app.editor.hands import Hands, Pointing, Resizing
from app.editor.painting import draw_crosshair, draw_new_box, draw_points, draw_size, screen_rect
from app.editor.viewport import View
from app.theme import class_color
from yolox_core.records import Annotation, Box


def draw_gesture(
    painter: QPainter, hands: Hands, annotation: Annotation, *, view: View, at: tuple[float, float], size: QSize
) -> None:
    """Draw the gesture of `hands` with the pointer at screen point `at`, on a canvas of this size."""
    pointer = QPointF(*at)
    edges = hands.drawn_edges(view, at)
    if edges is not None:
        box = Box(hands.class_name, *edges)
        draw_new_box(painter, screen_rect(box, view), class_color(box.class_name))
        if isinstance(hands.gesture, Pointing):
            draw_points(painter, [QPointF(*view.to_screen(*point)) for point in hands.gesture.points])
        draw_size(painter, box, pointer)
    elif isinstance(hands.gesture, Resizing):
        resized = annotation.box(hands.gesture.box.key)
        if resized is not None:
            draw_size(painter, resized, pointer)
    if hands.is_drawing_mode:
        draw_crosshair(painter, pointer, size)
