"""What a network starts from: the best that can be had, published weights, an earlier run, a file, or nothing."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from app.icons import icon
from app.runs import run_text, runs_of
from app.widgets.inputs import CustomInput
from app.widgets.menu_box import MenuBox
from yolox_core.published import PUBLISHED, published_path
from yolox_core.train.config import TrainConfig
from yolox_core.train.presets import BEST_START
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.runs_cache import RunsReader

COCO, BUILT_IN = "coco", "built-in"
TITLES = {
    BEST_START: "Best available",
    COCO: "Published COCO weights",
    BUILT_IN: "Built-in small weights",
    "": "Random weights",
}
RUNS_SHOWN = 8


class StartWeights(CustomInput):
    """Edits the field `weights`; its note says what will be loaded, how large it is and where it is kept."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._weights = ""
        self._size = TrainConfig.size
        self._root: Path | None = None
        self.box = MenuBox()
        self.box.menu.aboutToShow.connect(self.fill_menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.box)
        self.setFocusProxy(self.box)
        self.write("")

    def read(self) -> str:
        """The word or path."""
        return self._weights

    def write(self, value: str) -> None:
        """Start from a word's weights, from a file, or, where empty, from random ones."""
        is_new, self._weights = value != self._weights, value
        self._show()
        if is_new:
            self.edited.emit()

    def text_of(self, value: str) -> str:
        """The weights in a few words."""
        return TITLES.get(value) or "/".join(Path(value).parts[-2:])

    def set_size(self, size: str) -> None:
        """Speak of the published weights of this network size."""
        self._size = size
        self._show()

    def set_root(self, root: Path | None) -> None:
        """Offer the runs of the data set at `root`."""
        self._root = root

    def fill_menu(self) -> None:
        """List what there is at this moment."""
        self.box.menu.clear()
        for word, title in TITLES.items():
            if word != BUILT_IN or self._size == "nano":
                self.box.menu.addAction(title, partial(self.write, word)).setToolTip(_note(word, self._size))
        self.box.menu.addSeparator()
        runs = self.box.menu.addMenu(icon("train"), "Weights of a run")
        known = RunsReader(runs_of(self._root)).read() if self._root is not None else ()
        for run in known[:RUNS_SHOWN]:
            for kind, path in (("best", RunFolder(run.path).best), ("last", RunFolder(run.path).last)):
                if path.exists():
                    runs.addAction(f"{run_text(run)} · {kind}", partial(self.write, str(path)))
        runs.setEnabled(not runs.isEmpty())
        self.box.menu.addAction(icon("folder"), "File…", self._ask)

    def _show(self) -> None:
        self.box.show_text(self.text_of(self._weights))
        self.note = _note(self._weights, self._size)

    def _ask(self) -> None:
        start = str(Path(self._weights).parent) if self._weights not in TITLES else ""
        name, _ = QFileDialog.getOpenFileName(self, "Start from a checkpoint", start, "Checkpoints (*.pth *.pt)")
        if name:
            self.write(name)


def _note(weights: str, size: str) -> str:
    """What a start means, with the size of a download and where it goes."""
    if weights == BUILT_IN:
        return "This program's own YOLOX-nano, trained on drawn drones: 2 MB, needs no network."
    if not weights:
        return "The network begins knowing nothing: 100 epochs and more are usual."
    if weights not in TITLES:
        return str(weights) if Path(weights).is_file() else f"{weights} is not there."
    published = PUBLISHED[size]
    path = published_path(published)
    if path.exists():
        return f"Published weights of YOLOX-{size}, here already."
    download = f"Published weights of YOLOX-{size}: {published.megabytes} MB, loaded once into {_short(path.parent)}."
    instead = "the built-in ones" if size == "nano" else "random ones"
    return f"{download} Without a network: {instead}." if weights == BEST_START else download


def _short(path: Path) -> str:
    """A path with `~` for the user's home."""
    return f"~/{path.relative_to(Path.home())}" if path.is_relative_to(Path.home()) else str(path)
