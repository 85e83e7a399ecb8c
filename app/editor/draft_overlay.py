"""Drafts over the canvas: dashed, with class and score; a click on one makes it the current one."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.editor.canvas import Canvas
from app.editor.drafts import DraftDesk
from app.editor.painting import SHADE, readable_on, screen_rect
from app.theme import class_color
from yolox_core.drafts.draft import Draft, Source

WIDTH = 2.0
CURRENT_WIDTH = 3.0
DASHES = (4.0, 3.0)
CHIP_FROM = 26.0
REACH = 4.0  # screen pixels around a draft within which a click means it


class DraftOverlay(QWidget):
    """Lies over the whole canvas and lets every event through, but for clicks on drafts where no box lies."""

    def __init__(self, desk: DraftDesk, canvas: Canvas) -> None:
        super().__init__(canvas)
        self._desk = desk
        self._canvas = canvas
        self._layer = QImage()
        self._layer_look: object = None
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(canvas.size())
        self.hide()
        canvas.installEventFilter(self)
        canvas.view_changed.connect(self._on_view_changed)
        desk.shown_changed.connect(self._on_shown_changed)

    def draft_at(self, at: QPointF) -> Draft | None:
        """The smallest draft under a point of the screen."""
        under = [draft for draft in self._desk.shown.drafts if self._rect(draft).contains(at)]
        return min(under, key=lambda draft: draft.box.width * draft.box.height, default=None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the canvas's size; take the clicks that mean a draft."""
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.resize(self._canvas.size())
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseButtonPress:
            draft = self._clicked(event)
            if draft is not None:
                self._desk.choose(draft)
                return True
        return False

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The other drafts, then the current one, on top and filled."""
        if self._canvas.picture is None:
            return
        painter = QPainter(self)
        painter.drawImage(0, 0, self._others())
        current = self._desk.shown.current
        if current is not None:
            self._draw(painter, current, is_current=True)

    def _others(self) -> QImage:
        """The drafts that are not current, painted anew only where that gives another image: two hundred take 20 ms."""
        shown, ratio = self._desk.shown, self.devicePixelRatio()
        look = (shown, self._canvas.view, self._canvas.look.captions, self.size(), ratio)
        if look != self._layer_look:
            self._layer_look, self._layer = look, QImage(self.size() * ratio, QImage.Format.Format_ARGB32_Premultiplied)
            self._layer.setDevicePixelRatio(ratio)
            self._layer.fill(Qt.GlobalColor.transparent)
            painter = QPainter(self._layer)
            for draft in reversed(shown.drafts):
                if draft != shown.current:
                    self._draw(painter, draft, is_current=False)
            painter.end()
        return self._layer

    def _clicked(self, event: QMouseEvent) -> Draft | None:
        hands, at = self._canvas.hands, event.position()
        is_plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        if not is_plain or hands.is_drawing_mode or hands.target(self._canvas.view, (at.x(), at.y())) is not None:
            return None
        return self.draft_at(at)

    def _rect(self, draft: Draft) -> QRectF:
        return screen_rect(draft.box, self._canvas.view).adjusted(-REACH, -REACH, REACH, REACH)

    def _draw(self, painter: QPainter, draft: Draft, *, is_current: bool) -> None:
        rect, color = screen_rect(draft.box, self._canvas.view), class_color(draft.box.class_name)
        if not rect.adjusted(-WIDTH, -CHIP_FROM, 0, WIDTH).intersects(QRectF(self.rect())):
            return
        width = CURRENT_WIDTH if is_current else WIDTH
        if is_current:
            tint = QColor(color)
            tint.setAlpha(45)
            painter.fillRect(rect, tint)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(SHADE, width + 2, j=Qt.PenJoinStyle.MiterJoin))
        painter.drawRect(rect)
        pen = QPen(color, width, c=Qt.PenCapStyle.FlatCap, j=Qt.PenJoinStyle.MiterJoin)
        pen.setDashPattern(DASHES)
        painter.setPen(pen)
        painter.drawRect(rect)
        captions = self._canvas.look.captions
        is_large = is_current or max(rect.width(), rect.height()) >= CHIP_FROM
        if is_large and captions.is_shown(is_active=is_current):
            _draw_chip(painter, draft, rect, draft_text(draft, has_score=captions.has_scores))

    def _on_view_changed(self, _view: object) -> None:
        if self.isVisible():
            self.update()

    def _on_shown_changed(self, _shown: object) -> None:
        self.setVisible(bool(self._desk.shown.drafts))
        self.update()


def draft_text(draft: Draft, *, has_score: bool = True) -> str:
    """The class of a draft and how sure its source is."""
    if not has_score:
        return draft.box.class_name
    if draft.source is Source.BETWEEN:
        return f"{draft.box.class_name} between"
    tracked = "tracked " if draft.source is Source.TRACKED else ""
    return f"{draft.box.class_name} {tracked}{draft.score:.0%}"


def _draw_chip(painter: QPainter, draft: Draft, rect: QRectF, text: str) -> None:
    font = QFont(painter.font())
    font.setPixelSize(11)
    font.setItalic(True)
    painter.setFont(font)
    metrics = QFontMetrics(font)
    text = metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, 180)
    width, height = metrics.horizontalAdvance(text) + 10, metrics.height() + 1
    top = rect.top() + 1 if rect.top() < height <= rect.bottom() else rect.top() - height - 1
    chip = QRectF(rect.left() - 1, top, width, height)
    color = class_color(draft.box.class_name)
    painter.fillRect(chip, color)
    painter.setPen(readable_on(color))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, text)
