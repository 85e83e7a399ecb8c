"""Lets the control that has the keyboard keep the keys it needs, where the page uses the same ones."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent

MOVING = frozenset({Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End})
PRESSING = frozenset({Qt.Key.Key_Space})


class FocusKeys(QObject):
    """An event filter for controls reached with Tab: their own keys act on them, not on the video."""

    def __init__(self, keys: frozenset[Qt.Key], parent: QObject) -> None:
        super().__init__(parent)
        self._keys = keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Claim the keys before the page's shortcuts see them."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and event.key() in self._keys:
            event.accept()
            return True
        return super().eventFilter(watched, event)
