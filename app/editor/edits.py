"""What an edit makes of an annotation: plain functions from one frozen record to the next."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from app.editor.gestures import move_step, moved
from yolox_core.records import Annotation, Box

PASTE_STEP = 10


def with_added(annotation: Annotation, boxes: Iterable[Box]) -> Annotation:
    """The annotation with boxes after those that it has."""
    return replace(annotation, boxes=(*annotation.boxes, *boxes), is_decided=True)


def without(annotation: Annotation, keys: Iterable[int]) -> Annotation:
    """The annotation without the boxes of these keys."""
    gone = frozenset(keys)
    return replace(annotation, boxes=tuple(box for box in annotation.boxes if box.key not in gone), is_decided=True)


def with_each(annotation: Annotation, keys: Iterable[int], change: Callable[[Box], Box]) -> Annotation:
    """The annotation with `change` applied to the boxes of these keys; the others stay the same objects."""
    chosen = frozenset(keys)
    boxes = tuple(change(box) if box.key in chosen else box for box in annotation.boxes)
    return replace(annotation, boxes=boxes, is_decided=True)


def with_boxes_replaced(annotation: Annotation, boxes: Iterable[Box]) -> Annotation:
    """The annotation with each given box in the place of the one with the same key."""
    by_key = {box.key: box for box in boxes}
    return replace(annotation, boxes=tuple(by_key.get(box.key, box) for box in annotation.boxes), is_decided=True)


def with_verified_toggled(annotation: Annotation) -> Annotation:
    """The annotation with the verified mark set or cleared; a look at the image decides it."""
    return replace(annotation, is_verified=not annotation.is_verified, is_decided=True)


def chosen(annotation: Annotation, keys: Iterable[int]) -> tuple[Box, ...]:
    """The boxes of these keys, in file order."""
    wanted = frozenset(keys)
    return tuple(box for box in annotation.boxes if box.key in wanted)


def placed_copies(annotation: Annotation, boxes: tuple[Box, ...], new_key: Callable[[], int]) -> tuple[Box, ...]:
    """Copies with new keys: inside the image where they fit, a step aside from boxes that they would hide."""
    size = (annotation.width, annotation.height)
    copies = tuple(_brought_inside(box, size) for box in boxes)
    taken = {(box.x1, box.y1, box.x2, box.y2) for box in annotation.boxes}
    while any((box.x1, box.y1, box.x2, box.y2) in taken for box in copies):
        step = move_step(copies, PASTE_STEP, PASTE_STEP, size)
        if step == (0, 0):
            break
        copies = tuple(moved(box, step) for box in copies)
    return tuple(replace(box, key=new_key()) for box in copies)


def _brought_inside(box: Box, size: tuple[int, int]) -> Box:
    dx = max(min(0.0, size[0] - box.x2), -box.x1)
    dy = max(min(0.0, size[1] - box.y2), -box.y1)
    return moved(box, (round(dx), round(dy)))


def changed_keys(before: Annotation, after: Annotation) -> tuple[int, ...]:
    """Keys of the boxes of `after` that `before` lacks or has otherwise."""
    same = set(map(id, before.boxes))  # most boxes are the same objects: a drag among hundreds stays cheap
    candidates = [box for box in after.boxes if id(box) not in same]
    return tuple(box.key for box in candidates if before.box(box.key) != box)
