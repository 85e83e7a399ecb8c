"""The frame on show with its boxes: scaled fast while it moves, smoothly once it stands still."""

from collections.abc import Callable, Sequence
from time import perf_counter

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPalette, QPixmap, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.player.overlay import OverlayPainter, Placing, fit
from yolox_core.records import Detections

STILL_AFTER_MS = 80


class FrameView(QWidget):
    """Shows one frame, fitted; `draw_ms` says how long the last painting took."""

    def __init__(self, color_of: Callable[[str], QColor], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: NDArray[np.uint8] | None = None  # the memory that _image shows
        self._image = QImage()
        self._still = QPixmap()
        self._detections: Detections | None = None
        self._class_names: Sequence[str] = ()
        self._notice = ""
        self.draw_ms = 0.0
        font = QFont(self.font())
        font.setWeight(QFont.Weight.DemiBold)
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
    def notice(self) -> str:
        """The text in the corner, if any."""
        return self._notice

    def set_frame(self, picture: NDArray[np.uint8] | None) -> None:
        """Show a frame uint8 [H, W, 4] (blue, green, red, unused) without copying it, or nothing."""
        self._picture = picture
        self._image = image_over(picture) if picture is not None else QImage()
        self._still = QPixmap()
        self._still_timer.start()
        self.update()

    def set_detections(self, detections: Detections | None, class_names: Sequence[str]) -> None:
        """Draw these boxes over the frame."""
        self._detections, self._class_names = detections, class_names
        self.update()

    def set_notice(self, text: str) -> None:
        """Show a short text in the corner of the frame, or none."""
        if text != self._notice:
            self._notice = text
            self.update()

    def image_with_boxes(self) -> QImage:
        """A copy of the frame at its own size, boxes drawn in."""
        image = self._image.copy()
        painter = QPainter(image)
        if self._detections is not None:
            placing = Placing(1, 0, 0, image.width(), image.height())
            self._overlay.paint(painter, self._detections, self._class_names, placing)
        painter.end()
        return image

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw frame, boxes and notice."""
        start_s = perf_counter()
        painter = QPainter(self)
        painter.fillRect(event.rect(), self.palette().color(QPalette.ColorRole.Base).darker(108))
        if not self._image.isNull():
            self._paint_frame(painter)
        if self._notice:
            self._paint_notice(painter)
        painter.end()
        self.draw_ms = (perf_counter() - start_s) * 1000

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scale anew once the size stands still."""
        super().resizeEvent(event)
        self._still = QPixmap()
        self._still_timer.start()

    def _placing(self) -> Placing:
        return fit(self._image.width(), self._image.height(), QRectF(self.rect()))

    def _paint_frame(self, painter: QPainter) -> None:
        placing = self._placing()
        if self._still.isNull():
            painter.drawImage(placing.rect, self._image)
        else:
            painter.drawPixmap(placing.rect.toRect(), self._still)
        if self._detections is not None and len(self._detections):
            painter.setClipRect(placing.rect)
            self._overlay.paint(painter, self._detections, self._class_names, placing)
            painter.setClipping(False)

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
        """Scale the frame smoothly, once: 10 to 50 ms, so not while it moves."""
        if self._image.isNull() or not self.isVisible():
            return
        ratio = self.devicePixelRatioF()
        size = self._placing().rect.toRect().size() * ratio
        smooth = self._image.scaled(
            size, Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        self._still = QPixmap.fromImage(smooth)
        self._still.setDevicePixelRatio(ratio)
        self.update()


def image_over(picture: NDArray[np.uint8]) -> QImage:
    """A QImage over the memory of uint8 [H, W, 4]: the array must be contiguous and outlive it."""
    height, width = picture.shape[:2]
    return QImage(picture.data, width, height, picture.strides[0], QImage.Format.Format_RGB32)
