"""Icons by name from `resources/icons`, drawn in the colour of the text beside them, so that they follow the theme."""

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QIconEngine, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer

from app.theme import RESOURCES

FOLDER = RESOURCES / "icons"


def icon(name: str) -> QIcon:
    """The icon `resources/icons/NAME.svg`. Raises FileNotFoundError where there is none."""
    return QIcon(TintedSvg(_drawing(name)))


@cache
def _drawing(name: str) -> bytes:
    return (FOLDER / f"{name}.svg").read_bytes()


class TintedSvg(QIconEngine):
    """Draws an SVG whose strokes are `currentColor` in the text colour of the application's palette of the moment.

    It has no `clone`: PySide frees the object which that returns, and the process ends in a segmentation fault. Qt asks
    for one only when pixmaps are added to an icon, which nothing here does.
    """

    def __init__(self, drawing: bytes) -> None:
        super().__init__()
        self._drawing = drawing

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Draw into `rect`, square and centred."""
        color = _color(mode, state)
        svg = QSvgRenderer(QByteArray(self._drawing.replace(b"currentColor", color.name().encode())))
        side = min(rect.width(), rect.height())
        square = QRectF(0, 0, side, side)
        square.moveCenter(QRectF(rect).center())
        svg.render(painter, square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """The icon as a pixmap of `size` device pixels."""
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        return made


def _color(mode: QIcon.Mode, state: QIcon.State) -> QColor:
    palette = QGuiApplication.palette()
    if mode == QIcon.Mode.Disabled:
        return palette.color(QPalette.ColorGroup.Disabled, QPalette.ColorRole.ButtonText)
    if state == QIcon.State.On:
        return palette.color(QPalette.ColorRole.Accent)
    return palette.color(QPalette.ColorRole.ButtonText)
