"""The frame on show with its boxes: scaled fast while it moves, smoothly once it stands still."""

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPainterPath, QPaintEvent, QPalette, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.player.overlay import OverlayPainter, Placing, fit
from app.player.pixels import image_over
from yolox_core.infer.box_look import BoxLook
from yolox_core.infer.thresholds import Region
from yolox_core.records import Box, Detections

STILL_AFTER_MS = 80


class FrameView(QWidget):
    """Shows one frame, fitted; `draw_ms` says how long the last painting took."""

    def __init__(self, color_of: Callable[[str], QColor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: NDArray[np.uint8] | None = None  # the memory that _image shows
        self._image = QImage()
        self._is_still = False
        self._scaled: NDArray[np.uint8] | None = None
        self._composed: NDArray[np.uint8] | None = None
        self._detections: Detections | None = None
        self._class_names: Sequence[str] = ()
        self._tracks: NDArray[np.int64] | None = None
        self._region: Region | None = None
        self._labels: Sequence[Box] = ()
        self._notice = ""
        self.draw_ms = 0.0
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
        self._color_of = color_of
        self._overlay = OverlayPainter(color_of, font)
        self._still_timer = QTimer(self, singleShot=True, interval=STILL_AFTER_MS)
        self._still_timer.timeout.connect(self._make_still)
        self.setMinimumSize(QSize(240, 160))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Video frame")

    @property
    def image(self) -> QImage:
        """The frame on show, at its own size; null before the first."""
        return self._image

    @property
    def detections(self) -> Detections | None:
        """The boxes on show; None where nothing is known of the frame."""
        return self._detections

    @property
    def tracks(self) -> NDArray[np.int64] | None:
        """The track numbers of the boxes on show; None where they are not known."""
        return self._tracks

    @property
    def notice(self) -> str:
        """The text in the corner, if any."""
        return self._notice

    def set_frame(self, picture: NDArray[np.uint8] | None) -> None:
        """Show a frame uint8 [H, W, 4] (blue, green, red, unused) without copying it, or nothing."""
        self._picture = picture
        self._image = image_over(picture) if picture is not None else QImage()
        self._scaled = self._composed = None
        self._is_still = False
        self._still_timer.start()
        self.update()

    def set_detections(
        self, detections: Detections | None, class_names: Sequence[str], tracks: NDArray[np.int64] | None = None
    ) -> None:
        """Draw these boxes over the frame, with their track numbers [N] where these are known."""
        self._detections, self._class_names, self._tracks = detections, class_names, tracks
        self._composed = None
        self.update()

    @property
    def look(self) -> BoxLook:
        """How boxes are drawn."""
        return self._overlay.look

    def set_look(self, look: BoxLook) -> None:
        """Draw boxes in another way."""
        self._overlay.look = look
        self._composed = None
        self.update()

    def set_labels(self, labels: Sequence[Box]) -> None:
        """Draw the boxes that somebody labelled, dashed, over those of the network."""
        if labels != self._labels:
            self._labels = labels
            self.update()

    def set_region(self, region: Region | None) -> None:
        """Dim what lies outside this part of the frame, or nothing."""
        if region != self._region:
            self._region = region
            self.update()

    def frame_place(self, place: QPointF) -> QPointF:
        """Which place of the frame, in its pixels, lies under a point of the widget."""
        placing = self._placing()
        return (place - placing.rect.topLeft()) / max(placing.scale, 1e-9)

    def set_notice(self, text: str) -> None:
        """Show a short text in the corner of the frame, or none."""
        if text != self._notice:
            self._notice = text
            self.update()

    def image_with_boxes(self) -> QImage:
        """A copy of the frame at its own size, boxes drawn in; null before the first frame."""
        if self._picture is None or self._detections is None:
            return self._image.copy()
        boxes = self._detections, self._class_names, self._tracks
        painted = self._overlay.painted(self._picture, *boxes, scale=1, ratio=1)
        return image_over(painted).copy()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, boxes and notice."""
        start_s = perf_counter()
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base).darker(108))
        if self._picture is not None:
            self._paint_frame(painter, self._picture)
        if self._notice:
            self._paint_notice(painter)
        painter.end()
        self.draw_ms = (perf_counter() - start_s) * 1000

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale anew."""
        super().resizeEvent(event)
        self._scaled = self._composed = None
        self._still_timer.start()

    def _placing(self) -> Placing:
        return fit(self._image.width(), self._image.height(), QRectF(self.rect()))

    def _paint_frame(self, painter: QPainter, picture: NDArray[np.uint8]) -> None:
        placing, ratio = self._placing(), self.devicePixelRatioF()
        if self._scaled is None:
            self._scaled = scaled(picture, placing.scale * ratio, is_smooth=self._is_still)
        if self._composed is None:
            self._composed = self._scaled
            if self._detections is not None and len(self._detections):
                boxes = self._detections, self._class_names, self._tracks
                self._composed = self._overlay.painted(self._scaled, *boxes, scale=placing.scale * ratio, ratio=ratio)
        image = image_over(self._composed)
        image.setDevicePixelRatio(ratio)
        painter.drawImage(placing.rect.topLeft().toPoint(), image)
        if self._labels:
            _paint_labels(painter, placing, self._labels, self._color_of)
        if self._region is not None:
            _paint_region(painter, placing, self._region)

    def _paint_notice(self, painter: QPainter) -> None:
        metrics = painter.fontMetrics()
        area = QRectF(12, 12, metrics.horizontalAdvance(self._notice) + 24, metrics.height() + 12)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 170))
        painter.drawRoundedRect(area, 6, 6)
        painter.setPen(QColor(Qt.GlobalColor.white))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, self._notice)

    def _make_still(self) -> None:
        """Scale the frame smoothly, now that it does not move."""
        self._is_still = True
        self._scaled = self._composed = None
        self.update()


def _paint_labels(
    painter: QPainter, placing: Placing, labels: Sequence[Box], color_of: Callable[[str], QColor]
) -> None:
    """White and a class's colour in turn along each edge: seen on any ground, and told from the network's boxes."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for label in labels:
        scaled = (edge * placing.scale for edge in (label.x1, label.y1, label.x2 - label.x1, label.y2 - label.y1))
        left, top, width, height = scaled
        edge = QRectF(placing.left + left, placing.top + top, width, height)
        painter.setPen(QPen(color_of(label.class_name), 2))
        painter.drawRect(edge)
        painter.setPen(QPen(QColor(255, 255, 255), 2, Qt.PenStyle.DashLine))
        painter.drawRect(edge)


def _paint_region(painter: QPainter, placing: Placing, region: Region) -> None:
    left, top, right, bottom = (edge * placing.scale for edge in region)
    inner = QRectF(placing.left + left, placing.top + top, right - left, bottom - top)
    outside = QPainterPath()
    outside.addRect(placing.rect)
    outside.addRect(inner)
    painter.fillPath(outside, QColor(0, 0, 0, 100))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, style in ((QColor(0, 0, 0), Qt.PenStyle.SolidLine), (QColor(255, 255, 255), Qt.PenStyle.DashLine)):
        painter.setPen(QPen(color, 1.5, style))
        painter.drawRect(inner)


def scaled(picture: NDArray[np.uint8], factor: float, *, is_smooth: bool) -> NDArray[np.uint8]:
    """A picture uint8 [H, W, 4] at `factor` times its size; smooth is 3 to 10 times slower, for frames that stay."""
    import cv2  # loaded with the first video

    size = max(round(picture.shape[1] * factor), 1), max(round(picture.shape[0] * factor), 1)
    smooth = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=smooth if is_smooth else cv2.INTER_LINEAR), np.uint8)
