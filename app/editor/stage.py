"""What rests on the canvas, painted once and kept: a drag or a hover repaints only the boxes that it is about."""

from dataclasses import dataclass

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QFont, QPainter, QPixmap

from app.editor.painting import BoxPainter, draw_picture
from app.editor.pictures import Picture
from app.editor.viewport import View
from app.theme import class_color
from yolox_core.records import Annotation, Box


@dataclass(frozen=True)
class Scene:
    """Everything that decides how the picture with its boxes looks; `ratio` is device pixels per logical pixel."""

    view: View
    size: QSize
    ratio: float
    ground: QColor
    font: QFont
    picture: Picture | None
    annotation: Annotation
    selected: frozenset[int] = frozenset()
    hovered: int | None = None


@dataclass(frozen=True)
class Layer:
    """A painted pixmap and what it shows: of the scene, and which boxes."""

    scene: Scene
    boxes: tuple[Box, ...]
    pixmap: QPixmap

    def shows(self, scene: Scene, boxes: tuple[Box, ...]) -> bool:
        """Whether the pixmap is what painting it anew would give."""
        old = self.scene
        return (
            (old.view, old.size, old.ratio, old.ground) == (scene.view, scene.size, scene.ratio, scene.ground)
            and old.picture is scene.picture
            and self.boxes == boxes
        )


class Stage:
    """Draws scenes. Two layers are kept: the picture at this view, and the picture with all boxes at rest."""

    def __init__(self) -> None:
        self._boxes = BoxPainter(class_color)
        self._backdrop: Layer | None = None
        self._resting: Layer | None = None

    def clear(self) -> None:
        """Forget what is painted: for another font, style or palette."""
        self._boxes.forget_chips()
        self._backdrop = self._resting = None

    def draw(self, painter: QPainter, scene: Scene) -> None:
        """Draw the picture, the boxes at rest, and on top the hovered and the selected boxes."""
        boxes = scene.annotation.boxes
        resting = tuple(box for box in boxes if box.key not in scene.selected)
        painter.drawPixmap(0, 0, self._resting_layer(scene, resting).pixmap)
        for box in boxes:
            if box.key in scene.selected or box.key == scene.hovered:
                self._draw_active(painter, box, scene)

    def _draw_active(self, painter: QPainter, box: Box, scene: Scene) -> None:
        self._boxes.draw_active(
            painter,
            box,
            view=scene.view,
            annotation=scene.annotation,
            ratio=scene.ratio,
            is_selected=box.key in scene.selected,
        )

    def _resting_layer(self, scene: Scene, resting: tuple[Box, ...]) -> Layer:
        if self._resting is not None and self._resting.shows(scene, resting):
            return self._resting
        pixmap = self._backdrop_layer(scene).pixmap.copy()
        painter = QPainter(pixmap)
        painter.setFont(scene.font)
        self._boxes.draw_boxes(painter, resting, view=scene.view, annotation=scene.annotation, ratio=scene.ratio)
        painter.end()
        self._resting = Layer(scene, resting, pixmap)
        return self._resting

    def _backdrop_layer(self, scene: Scene) -> Layer:
        if self._backdrop is not None and self._backdrop.shows(scene, ()):
            return self._backdrop
        pixmap = QPixmap(scene.size * scene.ratio)
        pixmap.setDevicePixelRatio(scene.ratio)
        pixmap.fill(scene.ground)
        if scene.picture is not None and scene.picture.levels:
            painter = QPainter(pixmap)
            draw_picture(painter, scene.picture, view=scene.view, size=scene.size, ratio=scene.ratio)
            painter.end()
        self._backdrop = Layer(scene, (), pixmap)
        return self._backdrop
