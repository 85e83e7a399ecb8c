"""Notices at once when another program changes the labels of the image on the desk."""

from PySide6.QtCore import QFileSystemWatcher, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from app.editor.document import AnnotationDocument

QUIET_MS = 250  # a program that writes in several steps is let finish


class DiskWatch(QObject):
    """Watches one label file and looks again whenever the window is returned to; the document does the rest."""

    def __init__(self, document: AnnotationDocument, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._watcher = QFileSystemWatcher(self)
        self._quiet = QTimer(self, singleShot=True, interval=QUIET_MS)
        self._quiet.timeout.connect(self._look)
        self._watcher.fileChanged.connect(lambda _path: self._quiet.start())
        document.image_changed.connect(self._watch)
        document.saved.connect(lambda _image: self._look())  # during a save nothing is looked at
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.applicationStateChanged.connect(self._on_application_state)

    def _watch(self, _image: object = None) -> None:
        """A file that was replaced is another one to the watcher: it is named again."""
        image = self._document.image
        if self._watcher.files():
            self._watcher.removePaths(self._watcher.files())
        if image is not None and image.label_path.exists():
            self._watcher.addPath(str(image.label_path))

    def _on_application_state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationActive:
            self._look()

    def _look(self) -> None:
        self._document.look_at_disk()
        self._watch()
