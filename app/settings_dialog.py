"""The dialog of the settings, made from the fields of `Settings`."""

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from app.settings import Settings, SettingsStore
from app.theme import SPACE
from app.widgets.form import Form
from yolox_core.fields import specs


class SettingsDialog(QDialog):
    """Edits a copy of the settings; OK gives them to the store. Keys have a dialog of their own."""

    keys_wanted = Signal()

    def __init__(self, store: SettingsStore, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self._store = store
        self.form = Form(store.values)
        box = QDialogButtonBox.StandardButton
        self.buttons = QDialogButtonBox(box.Ok | box.Cancel | box.RestoreDefaults)
        self.keys = self.buttons.addButton("Keys…", QDialogButtonBox.ButtonRole.ResetRole)
        self.keys.clicked.connect(self.keys_wanted)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self.buttons.button(box.RestoreDefaults).clicked.connect(self._restore_defaults)
        self.buttons.button(box.Ok).setProperty("look", "primary")
        self.form.changed.connect(self._on_changed)
        place = QLabel(f"Kept in {store.path}", wordWrap=True)
        place.setProperty("look", "muted")
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.form)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3, SPACE * 3, SPACE * 3, SPACE * 2)
        layout.setSpacing(SPACE * 2)
        layout.addWidget(scroll, 1)
        layout.addWidget(place)
        layout.addWidget(self.buttons)

    def sizeHint(self) -> QSize:
        """Room for the form without scrolling, within reason."""
        form = self.form.sizeHint()
        return QSize(max(520, form.width() + 80), min(640, form.height() + 160))

    def accept(self) -> None:
        """Keep what the form says and close; a file that cannot be written is the caller's to tell of."""
        super().accept()
        values = self.form.record()
        self._store.replace(**{name: getattr(values, name) for name in specs(Settings)})

    def _restore_defaults(self) -> None:
        self.form.set_record(Settings())

    def _on_changed(self) -> None:
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(not self.form.faults)
