"""The dialog that tells of an error in the program itself."""

from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.icons import icon
from app.theme import SPACE

LINES_MAX = 2000


class BugDialog(QDialog):
    """Shows tracebacks, to be copied into a report; further ones are added while it is open."""

    def __init__(self, log_file: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("An error in the program")
        title = QLabel("Something went wrong in the program")
        title.setProperty("look", "title")
        hint = QLabel(
            "The program goes on. Your labels are kept; save them to be safe. A report with the text below helps to "
            f"mend this. The log has it too:\n{log_file}",
            wordWrap=True,
        )
        hint.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.trace = QPlainTextEdit(readOnly=True)
        self.trace.setMaximumBlockCount(LINES_MAX)
        self.trace.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.trace.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy_button = QPushButton(icon("copy"), "Copy")
        self.copy_button.clicked.connect(self._copy)
        close = QPushButton("Go on")
        close.setDefault(True)
        close.setProperty("look", "primary")
        close.clicked.connect(self.accept)
        buttons = QHBoxLayout()
        buttons.addWidget(self.copy_button)
        buttons.addStretch(1)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 3, SPACE * 3, SPACE * 3, SPACE * 2)
        layout.setSpacing(SPACE * 2)
        for widget in (title, hint):
            layout.addWidget(widget)
        layout.addWidget(self.trace, 1)
        layout.addLayout(buttons)

    def sizeHint(self) -> QSize:
        """Wide enough for a traceback."""
        return QSize(720, 440)

    def show_bug(self, trace: str) -> None:
        """Add a traceback and come to the front."""
        if not self.isVisible():
            self.trace.clear()
        self.trace.appendPlainText(trace)
        self.show()
        self.raise_()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.trace.toPlainText())
