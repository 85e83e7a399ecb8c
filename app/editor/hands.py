"""What the mouse and the arrow keys do to boxes: one gesture at a time, each one step of undo."""

from dataclasses import dataclass, replace
from enum import Enum

from app.editor.document import AnnotationDocument
from app.editor.edits import chosen, with_added, with_boxes_replaced
from app.editor.gestures import (
    BoxIndex,
    Part,
    Target,
    drawn_edges,
    edges_around,
    move_step,
    moved,
    next_in_cycle,
    resized,
    target_at,
)
from app.editor.viewport import View
from yolox_core.records import Annotation, Box

DRAG_FROM = 3.0
EXTREMES = 4  # the outermost points of an object: top, left, bottom, right (Papadopoulos et al., ICCV 2017)

Point = tuple[float, float]
Edges = tuple[float, float, float, float]


class Tool(Enum):
    """What a press on the picture begins: hold a box, draw one between two corners, or around its outermost points."""

    HOLD = "hold"
    DRAW = "draw"
    POINT = "point"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A box is being drawn from `start` (image pixels); `is_by_clicks` once the button went up where it went down."""

    start: Point
    pressed_at: Point
    is_by_clicks: bool = False


@dataclass(frozen=True, slots=True)
class Pointing:
    """The outermost points of an object (image pixels) are being clicked, in any order."""

    points: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Moving:
    """Boxes are held by their middle. `cycle` is what a click without a drag selects."""

    boxes: tuple[Box, ...]
    start: Point
    pressed_at: Point
    gesture: int
    cycle: int | None = None
    is_under_way: bool = False


@dataclass(frozen=True, slots=True)
class Resizing:
    """A box is held by one of its eight handles."""

    box: Box
    part: Part
    start: Point
    pressed_at: Point
    gesture: int
    is_under_way: bool = False


@dataclass(frozen=True, slots=True)
class NudgeSeries:
    """Arrow keys in a row: the annotation that the last one left, and the gesture that they share."""

    annotation: Annotation
    gesture: int


Gesture = Drawing | Pointing | Moving | Resizing


class Hands:
    """Turns presses, drags and releases at screen points into changes of the document."""

    def __init__(self, document: AnnotationDocument) -> None:
        self._document = document
        self._gesture: Gesture | None = None
        self._nudges: NudgeSeries | None = None
        self._index = BoxIndex.of(())
        self._indexed: tuple[Box, ...] = ()
        self.tool = Tool.HOLD
        self.class_name = ""

    @property
    def is_drawing_mode(self) -> bool:
        """Whether a press draws a new box instead of taking hold of one that is there."""
        return self.tool is not Tool.HOLD

    @property
    def gesture(self) -> Gesture | None:
        """What the hand is doing now."""
        return self._gesture

    def target(self, view: View, at: Point) -> Target | None:
        """What a press at a screen point would take hold of."""
        boxes, selected = self._document.free_boxes, self._document.selected
        return target_at(self._fresh_index(), boxes, selected=selected, view=view, at=at)

    def press(self, view: View, at: Point, *, is_adding: bool = False) -> None:
        """Begin a gesture, if there is something to hold. `is_adding` adds to the selection or takes out of it."""
        self._nudges = None
        if not self._document.is_editable or not self.is_drawing_mode:
            self._press_on_box(view, at, is_adding=is_adding)
        elif self.tool is Tool.POINT:
            self._add_point(view.to_image(*at))
        elif isinstance(self._gesture, Drawing):
            self._add_box(drawn_edges(self._gesture.start, view.to_image(*at), self._size))
        else:
            self._gesture = Drawing(view.to_image(*at), at)

    def drag(self, view: View, at: Point) -> None:
        """Follow the pointer."""
        gesture = self._gesture
        if gesture is None or isinstance(gesture, Drawing | Pointing):
            return
        if not gesture.is_under_way and not _is_drag(gesture.pressed_at, at):
            return
        x, y = view.to_image(*at)
        step = (x - gesture.start[0], y - gesture.start[1])
        if isinstance(gesture, Moving):
            self._gesture = replace(gesture, is_under_way=True)
            self._move(gesture, step)
        else:
            self._gesture = replace(gesture, is_under_way=True)
            box = resized(gesture.box, gesture.part, step, self._size)
            self._replace(f"Resize {box.class_name}", (box,), gesture.gesture)

    def release(self, view: View, at: Point) -> None:
        """End a gesture; a box drawn by clicks goes on to its second click."""
        gesture = self._gesture
        if isinstance(gesture, Drawing):
            if not gesture.is_by_clicks and _is_drag(gesture.pressed_at, at):
                self._add_box(drawn_edges(gesture.start, view.to_image(*at), self._size))
            else:
                self._gesture = replace(gesture, is_by_clicks=True)
            return
        if isinstance(gesture, Pointing):
            return
        self._gesture = None
        if isinstance(gesture, Moving) and not gesture.is_under_way and gesture.cycle is not None:
            self._document.select((gesture.cycle,))

    def cancel(self) -> bool:
        """Drop the gesture and what it did so far; False when there was none."""
        gesture, self._gesture = self._gesture, None
        if isinstance(gesture, Moving):
            self._replace("Move", gesture.boxes, gesture.gesture)
        elif isinstance(gesture, Resizing):
            self._replace("Resize", (gesture.box,), gesture.gesture)
        return gesture is not None

    def step_back(self) -> bool:
        """Take the last of several clicked points back, else drop the gesture; False when there was none."""
        gesture = self._gesture
        if not isinstance(gesture, Pointing) or len(gesture.points) == 1:
            return self.cancel()
        self._gesture = Pointing(gesture.points[:-1])
        return True

    def nudge(self, dx: int, dy: int) -> None:
        """Move the selected boxes by whole pixels; a series of nudges is one step of undo."""
        boxes = self._held_by_keys()
        if boxes:
            step = move_step(boxes, dx, dy, self._size)
            self._change_by_keys(_move_text(boxes), tuple(moved(box, step) for box in boxes))

    def stretch(self, part: Part, reach: int) -> None:
        """Move one side of the selected boxes outwards by whole pixels, or inwards where `reach` is below 0."""
        boxes = self._held_by_keys()
        if boxes:
            step = (part.value[0] * reach, part.value[1] * reach)
            text = f"Resize {boxes[0].class_name}" if len(boxes) == 1 else f"Resize {len(boxes)} boxes"
            self._change_by_keys(text, tuple(resized(box, part, step, self._size) for box in boxes))

    def _held_by_keys(self) -> tuple[Box, ...]:
        """The selected boxes, none while the mouse is at work."""
        return chosen(self._document.annotation, self._document.selected) if self._gesture is None else ()

    def _change_by_keys(self, text: str, boxes: tuple[Box, ...]) -> None:
        document, series = self._document, self._nudges
        is_going_on = series is not None and series.annotation is document.annotation
        gesture = series.gesture if series is not None and is_going_on else document.new_gesture()
        self._replace(text, boxes, gesture)
        self._nudges = NudgeSeries(document.annotation, gesture)

    def drawn_edges(self, view: View, at: Point) -> Edges | None:
        """Edges in image pixels of the box that is being drawn to screen point `at`; None when none is."""
        gesture, point = self._gesture, view.to_image(*at)
        if isinstance(gesture, Pointing):
            return edges_around((*gesture.points, point), self._size)
        return drawn_edges(gesture.start, point, self._size) if isinstance(gesture, Drawing) else None

    @property
    def _size(self) -> tuple[int, int]:
        return self._document.annotation.width, self._document.annotation.height

    def _fresh_index(self) -> BoxIndex:
        boxes = self._document.free_boxes
        if boxes is not self._indexed:
            self._index, self._indexed = BoxIndex.of(boxes), boxes
        return self._index

    def _press_on_box(self, view: View, at: Point, *, is_adding: bool) -> None:
        document = self._document
        target = self.target(view, at)
        if target is None:
            return
        if is_adding:
            document.select(_toggled(document.selected, target.key))
            return
        start = view.to_image(*at)
        cycle = None
        if target.key in document.selected:
            under = self._fresh_index().at(*start, reach=0.0)
            cycle = next_in_cycle(under, document.selected[-1]) if target.part is Part.BODY else None
        else:
            document.select((target.key,))
        self._take_hold(target, start, at, cycle)

    def _take_hold(self, target: Target, start: Point, at: Point, cycle: int | None) -> None:
        document = self._document
        if not document.is_editable:
            if cycle is not None:
                document.select((cycle,))
            return
        gesture = document.new_gesture()
        if target.part is Part.BODY:
            boxes = chosen(document.annotation, document.selected)
            self._gesture = Moving(boxes, start, at, gesture, cycle)
        else:
            box = document.annotation.box(target.key)
            assert box is not None
            self._gesture = Resizing(box, target.part, start, at, gesture)

    def _move(self, gesture: Moving, step: Point) -> None:
        whole = move_step(gesture.boxes, *step, self._size)
        self._replace(_move_text(gesture.boxes), tuple(moved(box, whole) for box in gesture.boxes), gesture.gesture)

    def _replace(self, text: str, boxes: tuple[Box, ...], gesture: int) -> None:
        document = self._document
        document.change(text, with_boxes_replaced(document.annotation, boxes), gesture=gesture)

    def _add_point(self, point: Point) -> None:
        earlier = self._gesture.points if isinstance(self._gesture, Pointing) else ()
        points = (*earlier, point)
        if len(points) < EXTREMES:
            self._gesture = Pointing(points)
        else:
            self._add_box(edges_around(points, self._size))

    def _add_box(self, edges: Edges) -> None:
        self._gesture = None
        document = self._document
        box = Box(self.class_name, *edges, key=document.new_key())
        document.change(f"Draw {box.class_name}", with_added(document.annotation, (box,)))
        document.select((box.key,))


def _is_drag(start: Point, end: Point) -> bool:
    return max(abs(end[0] - start[0]), abs(end[1] - start[1])) >= DRAG_FROM


def _toggled(selected: tuple[int, ...], key: int) -> tuple[int, ...]:
    if key in selected:
        return tuple(other for other in selected if other != key)
    return (*selected, key)


def _move_text(boxes: tuple[Box, ...]) -> str:
    return f"Move {boxes[0].class_name}" if len(boxes) == 1 else f"Move {len(boxes)} boxes"
