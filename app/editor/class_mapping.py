"""Which of the network's classes each class of the folder is, where the two have other names for the same thing."""

from collections.abc import Sequence
from difflib import get_close_matches

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from app.theme import SPACE

NONE = "not in the network"
ALIKE = 0.75  # of a name: `people` and `person` are left to the user, `Drone` and `drones` are not
EXPLANATION = (
    "The network does not know these classes by name. Say which of its classes each one is; several may be "
    "the same, and are not told apart then. Boxes of the others are judged by their geometry alone. No label is "
    "changed."
)


class ClassMappingDialog(QDialog):
    """Asks for each class; `mapping` holds the answers, without those that the network does not have."""

    def __init__(
        self, own: Sequence[str], known: Sequence[str], current: dict[str, str], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Classes of the network")
        explanation = QLabel(EXPLANATION, wordWrap=True)
        explanation.setProperty("look", "muted")
        self.boxes = {name: _chooser(known, current.get(name) or likely(name, known)) for name in own}
        rows = QWidget()
        form = QFormLayout(rows)
        form.setContentsMargins(0, 0, SPACE, 0)
        for name, box in self.boxes.items():
            box.setAccessibleName(name)
            form.addRow(QLabel(name, textFormat=Qt.TextFormat.PlainText), box)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(rows)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.search = self.buttons.addButton("Look again", QDialogButtonBox.ButtonRole.AcceptRole)
        self.search.setProperty("look", "primary")
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE * 2, SPACE * 2, SPACE * 2, SPACE * 2)
        layout.setSpacing(SPACE * 2)
        layout.addWidget(explanation)
        layout.addWidget(scroll, 1)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(440)

    @property
    def mapping(self) -> dict[str, str]:
        """The network's class by class of the folder."""
        places = ((name, box, box.findText(box.currentText())) for name, box in self.boxes.items())
        return {name: box.itemText(place) for name, box, place in places if place > 0}


def likely(name: str, known: Sequence[str]) -> str:
    """The class of the network that is probably meant; empty where none is like it."""
    by_plain = {one.casefold(): one for one in known}
    found = get_close_matches(name.casefold(), by_plain, n=1, cutoff=ALIKE)
    return by_plain[found[0]] if found else ""


def _chooser(known: Sequence[str], chosen: str) -> QComboBox:
    box = QComboBox(editable=True, insertPolicy=QComboBox.InsertPolicy.NoInsert)
    box.addItems([NONE, *known])
    box.setCurrentIndex(known.index(chosen) + 1 if chosen in known else 0)
    completer = QCompleter(box.model(), box)
    completer.setFilterMode(Qt.MatchFlag.MatchContains)
    completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
    box.setCompleter(completer)
    return box
