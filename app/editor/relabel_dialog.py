"""The dialog that renames, merges and deletes classes: a table, and below it what will happen."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from app.editor.relabel_table import RelabelTable
from app.editor.relabel_words import count_text, effect_text, faults_text, job_text
from app.theme import SPACE
from yolox_core.dataset.relabel_journal import RelabelJob
from yolox_core.dataset.relabel_survey import Changes, ClassSurvey

WIDTH, HEIGHT, ROWS_IN_SIGHT, ROW = 660, 300, 10, 28
REMARK = "The whole change can be undone, also after a restart. The steps of undo made so far end with it."


class RelabelDialog(QDialog):
    """Offers the classes that were counted. When it is accepted, `changes` is what the user wants."""

    undo_requested = Signal(object)  # RelabelJob: the last change is to be undone instead

    def __init__(self, survey: ClassSurvey, last: RelabelJob | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Classes of the data set")
        self._survey = survey
        self.table = RelabelTable(survey.classes)
        self.effect = _wrapped(lines=3)
        self.faults = _wrapped(look="fault")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.apply = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.apply.setProperty("look", "primary")
        if last is not None:
            self._offer_undo(last)
        for button in self.buttons.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter ends a name and not the dialog
        self._lay_out()
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        QShortcut(QKeySequence("Ctrl+Return"), self, self.apply.click)
        self.table.classes.changes_made.connect(self._refresh)
        self._refresh()

    @property
    def changes(self) -> Changes:
        """What is to become of the classes that change."""
        return self.table.classes.changes

    def _offer_undo(self, last: RelabelJob) -> None:
        undo = self.buttons.addButton("Undo the last change", QDialogButtonBox.ButtonRole.ResetRole)
        undo.setObjectName("undo")
        what = f"{count_text(last.boxes, 'box')} in {count_text(last.files, 'image')}: {job_text(last)}"
        undo.setToolTip(what)
        undo.clicked.connect(self.reject)
        undo.clicked.connect(lambda: self.undo_requested.emit(last))

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE)
        layout.addWidget(self.table, 1)
        for label in (self.effect, self.faults, _wrapped(REMARK, look="muted")):
            layout.addWidget(label)
        layout.addSpacing(SPACE)
        layout.addWidget(self.buttons)
        self.resize(WIDTH, HEIGHT + ROW * min(len(self._survey.classes), ROWS_IN_SIGHT))

    def _refresh(self) -> None:
        effect = self._survey.effect(self.changes)
        self.effect.setText(effect_text(effect, self.table.classes.names))
        self.faults.setText(faults_text(effect.faults))
        self.faults.setVisible(bool(effect.faults))
        self.apply.setText(f"Change {count_text(effect.boxes, 'box')}" if effect.boxes else "Change")
        self.apply.setEnabled(effect.boxes > 0)


def _wrapped(text: str = "", *, look: str = "", lines: int = 0) -> QLabel:
    label = QLabel(text, wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    label.setProperty("look", look)
    label.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    label.setMinimumHeight(label.fontMetrics().lineSpacing() * lines)
    return label
