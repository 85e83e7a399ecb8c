"""The findings of a review as a grid: which ones, and in which order."""

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from app.editor.crop_cell import CELL_ROLE, Cell, CellBox
from app.editor.review_overlay import GIVEN, PROPOSED
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.records import Box
from yolox_core.review.records import Finding, FindingKind

FINDING_ROLE = Qt.ItemDataRole.UserRole + 1
AROUND = 0.35  # of the longer side of what is shown, on each side: an object is judged by what is around it
LEAST_SIDE = 24.0  # px of the image
ROOT = QModelIndex()
AnyIndex = QModelIndex | QPersistentModelIndex
Findings = tuple[Finding, ...]


ORDERS: dict[str, Callable[[Iterable[Finding]], list[Finding]]] = {
    "Likeliest first": lambda findings: sorted(findings, key=lambda one: -one.probability),
    "Least likely first": lambda findings: sorted(findings, key=lambda one: one.probability),
    "By class, likeliest first": lambda findings: sorted(findings, key=lambda one: (one.class_name, -one.probability)),
}


class FindingModel(QAbstractListModel):
    """Findings that have a box, each with its image."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder: DataFolder | None = None
        self._findings: Findings = ()

    @property
    def findings(self) -> Findings:
        """The findings in the grid, in order."""
        return self._findings

    def show_findings(self, folder: DataFolder | None, findings: Sequence[Finding]) -> None:
        """List other findings."""
        self.beginResetModel()
        self._folder, self._findings = folder, tuple(findings)
        self.endResetModel()

    def rows_of(self, findings: Iterable[Finding]) -> list[int]:
        """The rows of these findings, as far as they are still there."""
        wanted = set(map(id, findings))
        return [row for row, finding in enumerate(self._findings) if id(finding) in wanted]

    def rowCount(self, parent: AnyIndex = ROOT) -> int:
        """Number of findings."""
        return 0 if parent.isValid() else len(self._findings)

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The finding of a cell, what is painted of it, and it in words."""
        if not index.isValid():
            return None
        finding = self._findings[index.row()]
        if role == FINDING_ROLE:
            return finding
        if role == CELL_ROLE:
            return _cell(self._image(finding), finding)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{finding.probability:.0%} {_words(finding)}"
        if role == Qt.ItemDataRole.ToolTipRole:
            return f"{finding.image}\n{finding.reason}"
        return None

    def _image(self, finding: Finding) -> ImageFile:
        image = self._folder.image(finding.image) if self._folder is not None else None
        assert image is not None  # the grid is closed before its folder goes
        return image


def _words(finding: Finding) -> str:
    """What is doubted; of a wrong class, both: `RBC → WBC`."""
    if finding.kind is FindingKind.WRONG_CLASS and finding.proposed is not None:
        return f"{finding.class_name} → {finding.proposed.class_name}"
    return f"{finding.kind.value} {finding.class_name}"


def _cell(image: ImageFile, finding: Finding) -> Cell:
    given, proposed = finding.given, finding.proposed
    boxes = [CellBox(proposed, PROPOSED, is_dashed=True)] if proposed is not None else []
    if given is not None:
        boxes.insert(0, CellBox(given, GIVEN))
    if finding.twin is not None:
        boxes.insert(0, CellBox(finding.twin, PROPOSED, is_dashed=True))
    return Cell(image, _around([one.box for one in boxes]), tuple(boxes))


def _around(boxes: Sequence[Box]) -> Box:
    """A square around boxes, with what is beside them."""
    left, top = min(box.x1 for box in boxes), min(box.y1 for box in boxes)
    right, bottom = max(box.x2 for box in boxes), max(box.y2 for box in boxes)
    half = max(right - left, bottom - top, LEAST_SIDE) * (0.5 + AROUND)
    x, y = (left + right) / 2, (top + bottom) / 2
    return Box("", x - half, y - half, x + half, y + half)
