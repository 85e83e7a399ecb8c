"""The grid of crops beside the page: opened for a class, leads to a box on the desk, fixes chosen boxes as one job."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from app.editor.crop_grid import CropGrid
from app.editor.relabelling import ClassRelabelling
from app.session import Session
from yolox_core.dataset.box_fix import BoxFix
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.index import PlacedBox
from yolox_core.dataset.relabel import Relabelled


class CropTools(QObject):
    """Makes the grid when it is first wanted. `box_wanted` carries an image and the key of a box in it."""

    box_wanted = Signal(object, int)

    def __init__(
        self, session: Session, relabelling: ClassRelabelling, *, class_name: Callable[[], str], parent: QObject
    ) -> None:
        super().__init__(parent)
        self.slots = {"crops": self.open}
        self._session = session
        self._relabelling = relabelling
        self._class_name = class_name
        self._grid: CropGrid | None = None
        relabelling.done.connect(self._on_done)

    @property
    def grid(self) -> CropGrid | None:
        """The window, once it has been opened."""
        return self._grid

    def open(self) -> None:
        """Show the boxes of the class that is being worked with."""
        if self._session.folder is None:
            return
        if self._grid is None:
            self._grid = CropGrid(self._session.index, lambda: self._relabelling.class_names)
            self._grid.fix_requested.connect(self._fix)
            self._grid.box_opened.connect(self._on_box_opened)
            self._grid.undo_requested.connect(self._relabelling.undo_last)
            self._session.folder_changed.connect(self._on_folder)
        self._grid.open_class(self._class_name())

    def stop(self) -> None:
        """Close the window and end its threads."""
        if self._grid is not None:
            self._grid.close()
            self._grid.stop()

    def _on_folder(self, folder: DataFolder | None) -> None:
        """Close for another data set; the same one may only have other images."""
        if self._grid is not None and not (folder is not None and self._grid.shows(folder)):
            self._grid.close()

    def _fix(self, fix: BoxFix) -> None:
        assert self._grid is not None
        self._relabelling.fix(fix, over=self._grid)

    def _on_box_opened(self, entry: PlacedBox) -> None:
        folder = self._session.folder
        if folder is not None:
            image: ImageFile = folder.images[entry.place]
            self.box_wanted.emit(image, entry.box.key)

    def _on_done(self, result: object, text: str, fix: object) -> None:
        if self._grid is None:
            return
        if isinstance(result, Relabelled) and isinstance(fix, BoxFix) and not result.faults:
            self._grid.forget_fixed(fix)
        self._grid.show_outcome(text, can_undo=isinstance(result, Relabelled) and result.job.files > 0)
        self._session.index.look_again()
