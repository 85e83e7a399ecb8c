"""Notices that files came to folders, went from them, or were replaced there, by another program."""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

QUIET_MS = 1000  # a program that writes many files is let finish
MOST_FOLDERS = 200  # each takes one of the few thousand watches that a system grants


class FolderWatch(QObject):
    """Watches folders; files written in place are looked for whenever the window is returned to."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._watcher: QFileSystemWatcher | None = None
        self._own: dict[str, int] = {}
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self.changed)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.applicationStateChanged.connect(self._on_application_state)

    def watch(self, folders: Iterable[Path]) -> None:
        """Watch these folders instead of others."""
        self._quiet.stop()
        self._own.clear()
        if self._watcher is not None:  # not left to Python, whose collector may run in another thread
            self._watcher.deleteLater()
            self._watcher = None
        wanted = [str(folder) for folder in folders if folder.is_dir()][:MOST_FOLDERS]
        if wanted:
            self._watcher = QFileSystemWatcher(wanted, self)
            self._watcher.directoryChanged.connect(self._on_directory_changed)

    def note_own_write(self, folder: Path) -> None:
        """Remember how a folder is after this program wrote there: that is no news."""
        self._own[str(folder)] = _changed_at(str(folder))

    def _on_directory_changed(self, folder: str) -> None:
        if self._own.get(folder) != _changed_at(folder):
            self._quiet.start()

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive and self._watcher is not None:
            self._quiet.start()


def _changed_at(folder: str) -> int:
    with suppress(OSError):
        return Path(folder).stat().st_mtime_ns
    return 0
