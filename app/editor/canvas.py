"""The picture with its boxes: one widget that paints everything itself and hands mouse and keys to `Hands`."""

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QInputDevice,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.editor.canvas_keys import CanvasKeys
from app.editor.cursors import cursor_shape
from app.editor.document import AnnotationDocument
from app.editor.gestures import Target
from app.editor.hands import Drawing, Hands, Moving, Pointing, Resizing, Tool
from app.editor.held import Panning
from app.editor.look import Look
from app.editor.overlay import draw_gesture
from app.editor.painting import draw_message, screen_rect
from app.editor.pictures import Picture
from app.editor.stage import Scene, Stage
from app.editor.viewport import View, fitted, kept_in_sight, panned, zoomed_at

WHEEL_STEP = 1.2


class Canvas(QWidget):
    """Shows the image on the document's desk. Zoom, pan and hover live here; boxes live in the document."""

    view_changed = Signal(object)  # View
    pointer_moved = Signal(object)  # (x, y) in image pixels, None outside the widget
    tool_changed = Signal(object)  # Tool
    menu_wanted = Signal(QPoint)  # at a point of the screen
    space_tapped = Signal()

    def __init__(self, document: AnnotationDocument, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.hands = Hands(document)
        self._document = document
        self._keys = CanvasKeys(self.hands, lambda: bool(document.selected), self)
        self._picture: Picture | None = None
        self._view = View()
        self._is_fitted = True
        self.keeps_view = False  # when another image of the same size comes
        self._last_size = (0, 0)
        self._pointer: QPointF | None = None
        self._hover: Target | None = None
        self._panning: Panning | None = None
        self._hint = ""
        self._is_menu_meant = True
        self._look = Look()
        self._stage = Stage()
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 180)
        self.setAccessibleName("Image with boxes")
        self._keys.escaped.connect(self._escape)
        self._keys.space_changed.connect(self._show_cursor)
        self._keys.space_tapped.connect(self.space_tapped)
        document.image_changed.connect(self._on_image_changed)
        document.annotation_changed.connect(self._on_boxes_changed)
        document.selection_changed.connect(self._on_boxes_changed)

    @property
    def view(self) -> View:
        """Which part of the image is on screen."""
        return self._view

    @property
    def picture(self) -> Picture | None:
        """The decoded image, None while it is being read."""
        return self._picture

    @property
    def image_size(self) -> tuple[int, int]:
        """Width and height of the image in pixels; 0 without one."""
        if self._picture is not None and self._picture.levels:
            return self._picture.width, self._picture.height
        return self._document.annotation.width, self._document.annotation.height

    def set_picture(self, picture: Picture) -> None:
        """Show the decoded image, or the problem that it has."""
        had_size = self.image_size
        self._picture = picture
        if self._is_fitted or had_size != self.image_size:
            self.fit()
        self.update()

    def set_hint(self, text: str) -> None:
        """The words that stand here while there is no image."""
        self._hint = text
        self.update()

    @property
    def look(self) -> Look:
        """How the image is shown."""
        return self._look

    def set_look(self, look: Look) -> None:
        """Show the image in another way."""
        self._look = look
        self._refresh_hover()
        self.update()

    def set_tool(self, tool: Tool) -> None:
        """Draw new boxes in one way or another, or take hold of those that are there."""
        if tool is not self.hands.tool:
            self.hands.cancel()
            self.hands.tool = tool
            self._refresh_hover()
            self.tool_changed.emit(tool)
            self.update()

    def toggle_tool(self, tool: Tool) -> None:
        """Take up a tool, or lay it down."""
        self.set_tool(Tool.HOLD if tool is self.hands.tool else tool)

    def fit(self) -> None:
        """Show the whole image, and go on doing so when the window changes."""
        self.show_view(fitted(self.image_size, self.view_size))
        self._is_fitted = True

    def show_actual_size(self) -> None:
        """Show one image pixel as one screen pixel, around the middle of what is in sight."""
        width, height = self.view_size
        self.show_view(zoomed_at(self._view, 1 / self._view.scale, width / 2, height / 2))

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Zoom in or out, with the image point under `at` (else under the pointer, else the middle) kept in place."""
        at = at or self._pointer or QPointF(self.rect().center())
        self.show_view(zoomed_at(self._view, factor, at.x(), at.y()))

    def centre_on_selection(self) -> None:
        """Bring the selected box into sight if it lies outside."""
        selected = self._document.selected
        box = self._document.annotation.box(selected[-1]) if selected else None
        if box is None or QRectF(self.rect()).intersects(screen_rect(box, self._view)):
            return
        middle = screen_rect(box, self._view).center()
        away = QPointF(self.rect().center()) - middle
        self.show_view(panned(self._view, away.x(), away.y()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Left: draw, take hold or pan with space. Middle: pan. Right: select for the menu."""
        self._pointer = event.position()
        is_left = event.button() == Qt.MouseButton.LeftButton
        if event.button() == Qt.MouseButton.MiddleButton or (is_left and self._keys.is_space_down):
            self._keys.use_space()
            self._panning = Panning(self._view, event.position())
        elif is_left:
            self._press_left(event)
        elif event.button() == Qt.MouseButton.RightButton:
            self._press_right()
        self._show_cursor()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the pointer: pan, drag, or only look what lies under it."""
        self._pointer = event.position()
        self.pointer_moved.emit(self._view.to_image(event.position().x(), event.position().y()))
        if self._panning is not None:
            self._pan_to(self._panning, event.position())
        elif self.hands.gesture is not None:
            self.hands.drag(self._view, _point(event.position()))
            self.update()
        else:
            self._refresh_hover()
            if self.hands.is_drawing_mode:
                self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the pan or the gesture."""
        if self._panning is not None:
            if self._panning.clears and not self._panning.is_under_way:
                self._document.select(())
            self._panning = None
        elif event.button() == Qt.MouseButton.LeftButton:
            self.hands.release(self._view, _point(event.position()))
        self._refresh_hover()
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press of two quick clicks is a press like any other."""
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """A wheel zooms to the pointer; a trackpad pans, with Ctrl it zooms."""
        self._pointer = event.position()
        is_trackpad = event.device().type() == QInputDevice.DeviceType.TouchPad
        if is_trackpad and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            delta = event.pixelDelta() if not event.pixelDelta().isNull() else event.angleDelta() / 4
            self.show_view(panned(self._view, delta.x(), delta.y()))
        else:
            self.zoom(WHEEL_STEP ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Everything that Qt sends; a pinch on a trackpad zooms."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom(1 + event.value(), event.position())
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows nudge or move a side, Escape leaves gesture, draw mode, selection in turn; space prepares a pan."""
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Space let go without a pan is a tap."""
        if not self._keys.release(event):
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is held without the keyboard."""
        self._keys.let_go()
        super().focusOutEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Without a pointer there is no hover and no crosshair."""
        self._pointer = None
        self._hover = None
        self.pointer_moved.emit(None)
        self.update()
        super().leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Ask for the menu of the selected boxes, unless the click took a point back."""
        if event.reason() != QContextMenuEvent.Reason.Mouse or self._is_menu_meant:
            self.menu_wanted.emit(event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted, or keep the middle in the middle."""
        if self._is_fitted:
            self.fit()
        else:
            grown = event.size() - event.oldSize()
            self.show_view(panned(self._view, grown.width() / 2, grown.height() / 2))

    def changeEvent(self, event: QEvent) -> None:
        """Another font or palette makes all ready-made pieces stale."""
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange, QEvent.Type.StyleChange):
            self._stage.clear()
        super().changeEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The layer of resting things, then what is selected, hovered or being drawn."""
        painter = QPainter(self)
        text = self._message
        if text:
            painter.fillRect(self.rect(), self._ground)
            painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
            draw_message(painter, text, self.rect())
            return
        self._stage.draw(painter, self._scene)
        if self._pointer is not None:
            at = _point(self._pointer)
            draw_gesture(painter, self.hands, self._document.annotation, view=self._view, at=at, size=self.size())

    @property
    def _message(self) -> str:
        if self._document.image is None:
            return self._hint
        problem = self._picture.problem if self._picture is not None else None
        return f"This image cannot be shown.\n\n{problem.what}\n{problem.action}".strip() if problem else ""

    @property
    def _scene(self) -> Scene:
        return Scene(
            self._view,
            self.size(),
            self.devicePixelRatioF(),
            self._ground,
            self._picture,
            self._look.marks.shown(self._document.annotation),
            frozenset(self._document.selected),
            self._hover.key if self._hover is not None else None,
            self._look.captions,
            self._look.tones,
        )

    @property
    def view_size(self) -> tuple[int, int]:
        """Width and height of the widget."""
        return self.width(), self.height()

    @property
    def _ground(self) -> QColor:
        return self.palette().color(QPalette.ColorRole.Window).darker(112)

    def show_view(self, view: View) -> None:
        """Show this part of the image, or the nearest that keeps some of it in sight."""
        self._is_fitted = False
        self._view = kept_in_sight(view, self.image_size, self.view_size)
        self.view_changed.emit(self._view)
        self._refresh_hover()
        self.update()

    def _on_image_changed(self, _image: object) -> None:
        self.hands.cancel()
        self._picture = self._hover = self._panning = None
        if not (self.keeps_view and self._last_size == self.image_size):
            self.fit()
        self._last_size = self.image_size

    def _on_boxes_changed(self, _changed: object) -> None:
        if self.hands.gesture is None:
            self._refresh_hover()
        self.update()

    def _press_left(self, event: QMouseEvent) -> None:
        if self._message or not self.image_size[0]:
            return
        is_adding = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        target = None if self.hands.is_drawing_mode else self.hands.target(self._view, _point(event.position()))
        self.hands.press(self._view, _point(event.position()), is_adding=is_adding)
        if self.hands.gesture is None and target is None and not is_adding:
            is_free = not self.hands.is_drawing_mode
            self._panning = Panning(self._view, event.position(), clears=is_free) if is_free else None

    def _press_right(self) -> None:
        self._is_menu_meant = not isinstance(self.hands.gesture, Pointing)
        if not self._is_menu_meant:
            self.hands.step_back()
            return
        if isinstance(self.hands.gesture, Drawing):
            self.hands.cancel()
        target = self.hands.target(self._view, _point(self._pointer or QPointF()))
        if target is not None and target.key not in self._document.selected:
            self._document.select((target.key,))

    def _pan_to(self, panning: Panning, at: QPointF) -> None:
        self._panning = panning.moved_to(at)
        if self._panning.is_under_way:
            self.show_view(self._panning.view_at(at))

    def _escape(self) -> None:
        if self.hands.step_back():
            self.update()
        elif self.hands.is_drawing_mode:
            self.set_tool(Tool.HOLD)
        else:
            self._document.select(())

    def _refresh_hover(self) -> None:
        is_free = self._panning is None and self.hands.gesture is None and not self.hands.is_drawing_mode
        hover = self.hands.target(self._view, _point(self._pointer)) if is_free and self._pointer is not None else None
        if hover != self._hover:
            for target in (self._hover, hover):
                self._update_around(target)
            self._hover = hover
        self._show_cursor()

    def _update_around(self, target: Target | None) -> None:
        box = self._document.annotation.box(target.key) if target is not None else None
        if box is not None:
            self.update(screen_rect(box, self._view).adjusted(-12, -28, 180, 12).toAlignedRect())

    def _show_cursor(self) -> None:
        if isinstance(self.hands.gesture, Moving | Resizing) and self._panning is None:
            return
        shape = cursor_shape(
            panning=self._panning,
            can_pan=self._keys.is_space_down,
            is_drawing=self.hands.is_drawing_mode,
            part=self._hover.part if self._hover is not None and self._document.is_editable else None,
        )
        if self.cursor().shape() != shape:
            self.setCursor(shape)


def _point(at: QPointF) -> tuple[float, float]:
    return at.x(), at.y()
