"""What a network starts from: nothing, the published COCO weights, or a checkpoint file."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from app.icons import icon
from yolox_core.dataset.coco_names import COCO

SCRATCH, PUBLISHED = "Random weights", "COCO weights"
HELP = {
    "": "The network learns from nothing; 100 epochs and more are usual.",
    COCO: "The published weights of the chosen size, loaded from the internet once: the best start for most data sets.",
}


class StartWeights(QWidget):
    """Shows what a run starts from; `weights` is that field of TrainConfig."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.weights = ""
        self._label = QLabel()
        self.choose = QToolButton(popupMode=QToolButton.ToolButtonPopupMode.InstantPopup)
        self.choose.setIcon(icon("folder"))
        self.choose.setToolTip("Choose what the network starts from")
        menu = QMenu(self.choose)
        menu.addAction(f"{PUBLISHED} (published, loaded once)", lambda: self.set_weights(COCO))
        menu.addAction("Checkpoint…", self._ask)
        menu.addAction(SCRATCH, lambda: self.set_weights(""))
        self.choose.setMenu(menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._label, 1)
        layout.addWidget(self.choose)
        self.set_weights("")

    def set_weights(self, weights: str) -> None:
        """Start from a file, from the word for published weights, or, where empty, from random ones."""
        self.weights = weights
        text = {"": SCRATCH, COCO: PUBLISHED}.get(weights, Path(weights).name)
        self._label.setText(self._label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, 150))
        self._label.setToolTip(HELP.get(weights, weights))

    def _ask(self) -> None:
        start = str(Path(self.weights).parent) if self.weights not in HELP else ""
        name, _ = QFileDialog.getOpenFileName(self, "Start from a checkpoint", start, "Checkpoints (*.pth *.pt)")
        if name:
            self.set_weights(name)
