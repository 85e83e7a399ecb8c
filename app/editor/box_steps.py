"""From box to box by Tab, each one brought near enough to be judged."""

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence, QShortcut

from app.editor.canvas import Canvas
from app.editor.document import AnnotationDocument
from app.editor.edits import chosen
from app.editor.viewport import framed, is_easy_to_see
from app.session import Session
from yolox_core.dataset.folder import ImageFile
from yolox_core.records import Box

Edges = tuple[float, float, float, float]


class BoxSteps(QObject):
    """Selects the next or the previous box, in reading order, and zooms where the box is hard to see.

    Whether it zooms, and whether the next image is shown at the same zoom and place, the settings remember.
    """

    def __init__(self, session: Session, document: AnnotationDocument, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._session = session
        self._document = document
        self._canvas = canvas
        self._canvas.keeps_view = session.settings.get("keeps_view")
        for keys, step in (("Tab", 1), ("Shift+Tab", -1)):
            shortcut = QShortcut(QKeySequence(keys), canvas, context=Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(lambda step=step: self._go(step))

    @property
    def slots(self) -> dict[str, Callable[[], object]]:
        """What the actions of the page call."""
        return {
            "next_box": lambda: self._go(1),
            "previous_box": lambda: self._go(-1),
            "zoom_to_boxes": self._zoom,
            "keep_view": self._toggle_keeping,
            "zoom_to_small": self._toggle_zooming,
        }

    def take(self, actions: Mapping[str, QAction]) -> None:
        """Tick what the settings remember."""
        actions["keep_view"].setChecked(self._canvas.keeps_view)
        actions["zoom_to_small"].setChecked(self._zooms)

    def show_box(self, image: ImageFile, key: int) -> None:
        """Go to an image and bring one of its boxes near, selected."""
        self._document.open(image)
        self._document.select((key,))
        self._zoom()

    @property
    def _zooms(self) -> bool:
        return bool(self._session.settings.get("zooms_to_small_boxes"))

    def _go(self, step: int) -> None:
        boxes = in_reading_order(self._document.free_boxes)
        if not boxes:
            return
        keys = [box.key for box in boxes]
        selected = self._document.selected
        place = keys.index(selected[-1]) + step if selected else (0 if step > 0 else -1)
        box = boxes[place % len(boxes)]
        self._document.select((box.key,))
        if self._zooms and not is_easy_to_see(around((box,)), self._canvas.view, self._canvas.view_size):
            self._zoom()

    def _zoom(self) -> None:
        """Show the selected boxes large, all boxes where none is selected."""
        boxes = chosen(self._document.annotation, self._document.selected) or self._document.free_boxes
        if boxes:
            self._canvas.show_view(framed(around(boxes), self._canvas.view_size))

    def _toggle_keeping(self) -> None:
        self._canvas.keeps_view = not self._canvas.keeps_view
        self._session.remember(keeps_view=self._canvas.keeps_view)

    def _toggle_zooming(self) -> None:
        self._session.remember(zooms_to_small_boxes=not self._zooms)


def in_reading_order(boxes: Sequence[Box]) -> list[Box]:
    """The boxes by their top left corners: from top to bottom, side by side ones from left to right.

    A box stands in the line of the one before if its top lies above that one's middle.
    """
    lines: list[list[Box]] = []
    for box in sorted(boxes, key=lambda box: min(box.y1, box.y2)):
        first = lines[-1][0] if lines else None
        if first is not None and min(box.y1, box.y2) < (first.y1 + first.y2) / 2:
            lines[-1].append(box)
        else:
            lines.append([box])
    return [box for line in lines for box in sorted(line, key=lambda box: min(box.x1, box.x2))]


def around(boxes: Sequence[Box]) -> Edges:
    """Left, top, right and bottom of all boxes together."""
    x = [edge for box in boxes for edge in (box.x1, box.x2)]
    y = [edge for box in boxes for edge in (box.y1, box.y2)]
    return min(x), min(y), max(x), max(y)
