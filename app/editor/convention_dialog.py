"""How the label files of the open folder count pixels: what was found, and another choice."""

from dataclasses import replace

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QRadioButton, QVBoxLayout, QWidget

from app.editor.document import AnnotationDocument
from app.session import Session
from app.theme import SPACE
from yolox_core.dataset.convention import CONVENTIONS, Convention, Evidence, choose_convention, find_evidence
from yolox_core.errors import UserError

EXPLANATION = (
    "Labelling tools count pixels in different ways, and a wrong guess moves boxes by one pixel. Boxes that are not "
    "edited keep their numbers in any case; the choice holds for this folder and is kept on this computer."
)


class ConventionDialog(QDialog):
    """Offers the conventions; `chosen` is the one that is ticked."""

    def __init__(self, current: Convention, evidence: Evidence, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("How labels count pixels")
        self.options = {convention.name: QRadioButton(convention.title) for convention in CONVENTIONS}
        self.options[current.name].setChecked(True)
        found = QLabel(f"{evidence} This speaks for: {evidence.convention.title}.")
        explanation = QLabel(EXPLANATION)
        explanation.setProperty("look", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(SPACE)
        for text in (found, explanation):
            text.setWordWrap(True)
            text.setTextFormat(Qt.TextFormat.PlainText)
            text.setMinimumWidth(440)
        layout.addWidget(found)
        for option in self.options.values():
            layout.addWidget(option)
        layout.addWidget(explanation)
        layout.addWidget(self.buttons)

    @property
    def chosen(self) -> Convention:
        """The convention that is ticked."""
        return next(convention for convention in CONVENTIONS if self.options[convention.name].isChecked())


class ConventionChooser(QObject):
    """Asks for the convention of the open folder, and shows the folder anew with it."""

    def __init__(self, session: Session, document: AnnotationDocument, page: QWidget) -> None:
        super().__init__(page)
        self._session = session
        self._document = document
        self._page = page
        self.slots = {"pixel_convention": self.ask}

    def ask(self) -> None:
        """Show the dialog; edits are saved before the numbers get another meaning."""
        folder = self._session.folder
        if folder is None or not self._document.save_all():
            return
        evidence = find_evidence(folder.images)
        dialog = ConventionDialog(folder.convention, evidence, self._page)
        if dialog.exec() != QDialog.DialogCode.Accepted:
            return
        try:
            choose_convention(folder.root, dialog.chosen)
        except UserError as problem:
            self._session.problems.show_problem(problem)
        self._session.set_folder(replace(folder, convention=dialog.chosen))
