"""What rests on the canvas, painted once and kept: a drag or a hover repaints only the boxes that it is about."""

from dataclasses import dataclass, field

from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage, QPainter

from app.editor.captions import Captions
from app.editor.painting import BoxPainter
from app.editor.pictures import Picture
from app.editor.scaling import draw_picture
from app.editor.tones import Tones
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
    picture: Picture | None
    annotation: Annotation
    selected: frozenset[int] = frozenset()
    hovered: int | None = None
    captions: Captions = field(default_factory=Captions)
    tones: Tones = field(default_factory=Tones)


@dataclass(frozen=True)
class Layer:
    """A painted image and what it shows: of the scene, and which boxes."""

    scene: Scene
    boxes: tuple[Box, ...]
    pixels: QImage

    def shows(self, scene: Scene, boxes: tuple[Box, ...]) -> bool:
        """Whether its pixels are what painting it anew would give."""
        old = self.scene
        return (
            (old.view, old.size, old.ratio, old.ground) == (scene.view, scene.size, scene.ratio, scene.ground)
            and old.picture is scene.picture
            and (old.captions, old.tones) == (scene.captions, scene.tones)
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
        painter.drawImage(0, 0, self._resting_layer(scene, resting).pixels)
        for box in boxes:
            if box.key in scene.selected or box.key == scene.hovered:
                self._draw_active(painter, box, scene)

    def _draw_active(self, painter: QPainter, box: Box, scene: Scene) -> None:
        self._boxes.draw_active(
            painter,
            box,
            view=scene.view,
            annotation=scene.annotation,
            captions=scene.captions,
            is_selected=box.key in scene.selected,
            has_handles=box.key not in scene.selected or len(scene.selected) == 1,
        )

    def _resting_layer(self, scene: Scene, resting: tuple[Box, ...]) -> Layer:
        if self._resting is not None and self._resting.shows(scene, resting):
            return self._resting
        pixels = self._backdrop_layer(scene).pixels.copy()
        self._boxes.draw_boxes(pixels, resting, view=scene.view, annotation=scene.annotation, captions=scene.captions)
        self._resting = Layer(scene, resting, pixels)
        return self._resting

    def _backdrop_layer(self, scene: Scene) -> Layer:
        if self._backdrop is not None and self._backdrop.shows(scene, ()):
            return self._backdrop
        pixels = QImage(scene.size * scene.ratio, QImage.Format.Format_RGB32)
        pixels.setDevicePixelRatio(scene.ratio)
        pixels.fill(scene.ground)
        if scene.picture is not None and scene.picture.levels:
            draw_picture(pixels, scene.picture, scene.view, scene.tones)
        self._backdrop = Layer(scene, (), pixels)
        return self._backdrop
