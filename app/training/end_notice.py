"""Tells the desktop how a run has ended, where the user is looking at another window."""

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget

from app.icons import icon
from app.session import Session
from app.training.run_view import outcome_text
from app.training.status import RunStatus

SHOWN_MS = 20_000


class EndNotice(QObject):
    """A message of the desktop where it has a tray, else the window asks for attention in the task bar."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._page = page
        self._tray: QSystemTrayIcon | None = None

    def tell(self, status: RunStatus) -> None:
        """Say how a run has ended, unless the window is in use or the user wants no messages."""
        window = self._page.window()
        if window.isActiveWindow() or not self._session.settings.get("notify_end"):
            return
        title = f"Training {status.state.value}"
        text = outcome_text(status) or status.activity
        if QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages():
            self._shown_tray().showMessage(title, text, icon("train"), SHOWN_MS)
        QApplication.alert(window)

    def _shown_tray(self) -> QSystemTrayIcon:
        """An icon in the tray, without which no message can be shown; a click on the message brings the window."""
        if self._tray is None:
            self._tray = QSystemTrayIcon(icon("train"), self)
            self._tray.messageClicked.connect(self._on_clicked)
        self._tray.show()
        return self._tray

    def _on_clicked(self) -> None:
        if self._tray is not None:
            self._tray.hide()
        self._page.window().raise_()
        self._page.window().activateWindow()
