"""What keys do on the canvas: arrows nudge and stretch, Escape steps back, space makes the left button pan."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent

from app.editor.gestures import Part
from app.editor.hands import Hands
from app.editor.held import Space

NUDGES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class CanvasKeys(QObject):
    """Keys that are pressed, held and let go over the canvas."""

    escaped = Signal()
    space_changed = Signal()
    space_tapped = Signal()

    def __init__(self, hands: Hands, has_selection: Callable[[], bool], parent: QObject) -> None:
        super().__init__(parent)
        self._hands = hands
        self._has_selection = has_selection
        self._space: Space | None = None

    @property
    def is_space_down(self) -> bool:
        """Whether the left button pans instead of taking hold of boxes."""
        return self._space is not None

    def use_space(self) -> None:
        """A pan has begun: letting space go means nothing more."""
        if self._space is not None:
            self._space = Space(is_used=True)

    def press(self, event: QKeyEvent) -> bool:
        """Act on a key that goes down; False for one that means nothing here."""
        key = Qt.Key(event.key())
        if key in NUDGES and self._has_selection():
            self._nudge(*NUDGES[key], event.modifiers())
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        elif key == Qt.Key.Key_Space:
            if not event.isAutoRepeat() and self._space is None:
                self._space = Space()
                self.space_changed.emit()
        else:
            return False
        return True

    def release(self, event: QKeyEvent) -> bool:
        """Space let go without a pan is a tap; False for every other key."""
        if event.key() != Qt.Key.Key_Space or event.isAutoRepeat():
            return False
        space, self._space = self._space, None
        self.space_changed.emit()
        if space is not None and not space.is_used:
            self.space_tapped.emit()
        return True

    def let_go(self) -> None:
        """Forget what is held: a key that goes up elsewhere must not stay down here."""
        self._space = None

    def _nudge(self, x: int, y: int, modifiers: Qt.KeyboardModifier) -> None:
        reach = 10 if modifiers & Qt.KeyboardModifier.ShiftModifier else 1
        is_inward = bool(modifiers & Qt.KeyboardModifier.AltModifier)
        if is_inward or modifiers & Qt.KeyboardModifier.ControlModifier:
            self._hands.stretch(Part((x, y)), -reach if is_inward else reach)
        else:
            self._hands.nudge(x * reach, y * reach)
