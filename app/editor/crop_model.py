"""The boxes of a class as a grid: which ones, and in which order."""

from collections.abc import Callable, Iterable, Sequence
from statistics import median

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.editor.crop_cell import CELL_ROLE, Cell, CellBox
from app.editor.crop_pictures import Key
from app.theme import class_color
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.index import PlacedBox
from yolox_core.records import Box

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
ROOT = QModelIndex()
AnyIndex = QModelIndex | QPersistentModelIndex
Entries = tuple[PlacedBox, ...]


def _area(entry: PlacedBox) -> float:
    return max(entry.x2 - entry.x1, 0) * max(entry.y2 - entry.y1, 0)


def _shape(entry: PlacedBox) -> float:
    return max(entry.x2 - entry.x1, 1e-3) / max(entry.y2 - entry.y1, 1e-3)


def _by_odd_shape(entries: Entries) -> Entries:
    usual = median(map(_shape, entries)) if entries else 1.0
    return tuple(sorted(entries, key=lambda entry: -max(_shape(entry) / usual, usual / _shape(entry))))


ORDERS: dict[str, Callable[[Entries], Entries]] = {
    "In the order of the images": lambda entries: entries,
    "Largest first": lambda entries: tuple(sorted(entries, key=lambda entry: -_area(entry))),
    "Smallest first": lambda entries: tuple(sorted(entries, key=_area)),
    "Oddest shape first": _by_odd_shape,
}


class CropModel(QAbstractListModel):
    """Boxes of one class, each with its image."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: DataFolder | None = None
        self._entries: Entries = ()

    @property
    def entries(self) -> Entries:
        """The boxes in the grid, in order."""
        return self._entries

    def show_entries(self, folder: DataFolder | None, entries: Entries) -> None:
        """List other boxes."""
        self.beginResetModel()
        self._folder, self._entries = folder, entries
        self.endResetModel()

    def image(self, entry: PlacedBox) -> ImageFile:
        """The image of a box."""
        assert self._folder is not None
        return self._folder.images[entry.place]

    def key(self, entry: PlacedBox) -> Key:
        """What names a box in the whole folder."""
        return self.image(entry).name, entry.key

    def boxes_by_image(self, rows: Iterable[int]) -> dict[str, tuple[Box, ...]]:
        """The boxes of some rows by the name of their image."""
        found: dict[str, list[Box]] = {}
        for row in rows:
            entry = self._entries[row]
            found.setdefault(self.image(entry).name, []).append(entry.box)
        return {name: tuple(boxes) for name, boxes in found.items()}

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of boxes."""
        return 0 if parent.isValid() else len(self._entries)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The box of a cell, and its image's name and its size in words."""
        if not index.isValid():
            return None
        entry = self._entries[index.row()]
        if role == ENTRY_ROLE:
            return entry
        if role == CELL_ROLE:
            return Cell(self.image(entry), entry.box, (CellBox(entry.box, class_color(entry.box.class_name)),))
        if role == Qt.ItemDataRole.DisplayRole:
            return self.image(entry).name
        if role == Qt.ItemDataRole.ToolTipRole:
            flags = [name for name in ("difficult", "truncated", "occluded") if getattr(entry.box, name)]
            words = [f"{entry.box.width:g} × {entry.box.height:g} px", *flags]
            return f"{self.image(entry).name}\n{', '.join(words)}"
        return None


def rows_of_keys(model: CropModel, keys: Sequence[Key]) -> list[int]:
    """The rows of these boxes, as far as they are still there."""
    wanted = set(keys)
    return [row for row, entry in enumerate(model.entries) if model.key(entry) in wanted]
