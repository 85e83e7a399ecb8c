"""Two pictures of one frame: side by side, or the second over the first, right of a divider that is dragged."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QRegion
from PySide6.QtWidgets import QLabel, QSplitter, QWidget

from app.player.frame_view import FrameView
from app.theme import SPACE, class_color

OFF, SIDE_BY_SIDE, WIPE = "off", "side by side", "wipe"
GRIP_WIDTH, KNOB_RADIUS = 16, 7.0
TITLE_LOOK = "background: rgba(0, 0, 0, 170); color: white; border-radius: 4px; padding: 3px 8px;"


class Divider(QWidget):
    """The line between the two pictures; `dragged` carries its place as a share of the width, 0 to 1."""

    dragged = Signal(float)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = parent
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setToolTip("Drag: the first checkpoint left of the line, the second right of it")
        self.setAccessibleName("Line between the two checkpoints")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the press: what lies below has its own drags."""
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the mouse."""
        x = self.mapTo(self._picture, event.position()).x()
        self.dragged.emit(min(max(x / max(self._picture.width(), 1), 0.0), 1.0))

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw a light line with a dark edge and a knob: seen on any picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.width() / 2
        for width, color in ((4, QColor(0, 0, 0, 140)), (2, QColor(Qt.GlobalColor.white))):
            painter.fillRect(QRect(round(middle - width / 2), 0, width, self.height()), color)
        painter.setPen(QColor(0, 0, 0, 140))
        painter.setBrush(QColor(Qt.GlobalColor.white))
        painter.drawEllipse(QPointF(middle, self.height() / 2), KNOB_RADIUS, KNOB_RADIUS)


class Title(QLabel):
    """A name at the foot of a picture, at its left or right; a long one is cut in the middle."""

    def __init__(self, picture: QWidget, *, is_right: bool) -> None:
        super().__init__(picture)
        self._picture = picture
        self._is_right = is_right
        self._full = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setStyleSheet(TITLE_LOOK)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_text(self, text: str) -> None:
        """Show this, or nothing."""
        self._full = text
        self.setVisible(bool(text))
        self.place()

    def place(self) -> None:
        """Go to the foot of the picture."""
        picture = self._picture
        room = picture.width() // 2 - 4 * SPACE
        self.setText(self.fontMetrics().elidedText(self._full, Qt.TextElideMode.ElideMiddle, room))
        self.adjustSize()
        x = picture.width() - self.width() - SPACE if self._is_right else SPACE
        self.move(x, picture.height() - self.height() - SPACE)


class SecondView(QObject):
    """Owns the second picture and puts it beside the first, over it, or away."""

    def __init__(self, first: FrameView, pictures: QSplitter) -> None:
        super().__init__(first)
        self._first = first
        self._pictures = pictures
        self.mode = OFF
        self.share = 0.5
        self.picture = FrameView(class_color, first)
        self.picture.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.picture.setAccessibleName("Video frame, second checkpoint")
        self.divider = Divider(first)
        self.divider.dragged.connect(self._on_dragged)
        self.titles = Title(first, is_right=False), Title(self.picture, is_right=True)
        self.picture.installEventFilter(self)
        first.installEventFilter(self)
        self.show_as(OFF)

    def show_as(self, mode: str) -> None:
        """Show the second picture OFF, SIDE_BY_SIDE or as WIPE."""
        self.mode = mode
        is_wipe = mode == WIPE
        self.picture.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, is_wipe)
        self.picture.clearMask()
        if mode == SIDE_BY_SIDE:
            self._pictures.addWidget(self.picture)
            self._pictures.setSizes([1, 1])
        else:
            self.picture.setParent(self._first)
        self.picture.setVisible(mode != OFF)
        self.divider.setVisible(is_wipe)
        self.titles[0].setVisible(mode != OFF)
        self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the pictures' size."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _on_dragged(self, share: float) -> None:
        self.share = share
        self._place()

    def _place(self) -> None:
        if self.mode == WIPE:
            area = self._first.rect()
            edge = round(area.width() * self.share)
            self.picture.setGeometry(area)
            self.picture.setMask(QRegion(edge, 0, area.width() - edge, area.height()))
            self.divider.setGeometry(edge - GRIP_WIDTH // 2, 0, GRIP_WIDTH, area.height())
            self.divider.raise_()
            self.titles[0].raise_()
        for title in self.titles:
            title.place()
