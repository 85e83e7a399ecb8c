"""The window from start to end: application, settings, log, session."""

import sys
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from app.garbage import GarbageCollector
from app.icons import icon
from app.main_window import MainWindow
from app.problems import Problems, start_log
from app.session import PageRequest, Session
from app.settings import SettingsStore
from app.theme import apply_theme

SWITCH_INTERVAL_S = 0.0005
"""How long the window may wait for Python's lock while workers train; Python's own 5 ms show in every drawing."""


def run_window(folder: Path | None = None, *, checkpoint: Path | None = None, video: Path | None = None) -> int:
    """Show the window until it is closed: on `folder`, else on the last one, and on the Play page with a `video`."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    QCoreApplication.setApplicationName("YOLOX Workbench")
    app.setDesktopFileName("yolox-workbench")
    start_log()
    problems = Problems()
    problems.catch_everything()
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    collector = GarbageCollector()
    window = make_window(app, Session(SettingsStore(), problems))
    window.show()
    QTimer.singleShot(0, window, lambda: begin(window, folder, checkpoint=checkpoint, video=video))
    code = app.exec()
    collector.stop()
    sys.excepthook = sys.__excepthook__
    return code


def make_window(app: QApplication, session: Session) -> MainWindow:
    """The window in the user's colours, not yet shown."""
    mode = session.settings.get("theme")
    apply_theme(app, mode)
    app.setWindowIcon(icon("edit"))
    app.styleHints().colorSchemeChanged.connect(lambda _scheme: follow_desktop(app, session))
    return MainWindow(session)


def follow_desktop(app: QApplication, session: Session) -> None:
    """Take the desktop's new colours where the user wants that."""
    if session.settings.get("theme") == "system":
        apply_theme(app, "system")


def begin(
    window: MainWindow, folder: Path | None, *, checkpoint: Path | None = None, video: Path | None = None
) -> None:
    """Open what the command line or the last time asks for."""
    settings = window.session.settings
    last = settings.get("last_folder") if settings.get("reopen_folder") else ""
    root = folder or (Path(last) if last else None)
    if checkpoint is not None:
        window.session.set_checkpoint(checkpoint)
    if root is not None and (folder is not None or root.is_dir()):
        window.open_folder(root, stays_on_page=folder is None)
    if video is not None:
        window.session.page_requested.emit(PageRequest("play", video))
