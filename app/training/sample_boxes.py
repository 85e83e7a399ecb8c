"""The boxes of samples with their positives: as marks and dots over pictures, and as rows of a table."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QImage

from app.theme import DARK, class_color, current_colors
from app.training.picture_grid import Picture
from app.training.picture_marks import Dot, Mark
from yolox_core.palette import COLORS
from yolox_core.train.preview_records import Preview, PreviewSample

COLUMNS = ("#", "Class", "Size", "Points", "IoU")
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class BoxRow:
    """A box of a sample: numbers of both from 0, sides in pixels, its positives and the mean of their IoUs."""

    sample: int
    box: int
    class_name: str
    width: float
    height: float
    positives: int
    iou: float


def box_rows(preview: Preview) -> list[BoxRow]:
    """All boxes of a preview, sample by sample."""
    rows = []
    for number, sample in enumerate(preview.samples):
        for box, edges in enumerate(sample.boxes):
            found = sample.positives_of(box)
            iou = float(sample.positives.ious[found].mean()) if sample.positives and len(found) else 0.0
            width, height = (edges[2:] - edges[:2]).tolist()
            name = preview.class_names[int(sample.class_ids[box])]
            rows.append(BoxRow(number, box, name, width, height, len(found), iou))
    return rows


def lonely_text(rows: list[BoxRow]) -> str:
    """How many boxes nothing learns, in a sentence; empty where there is none."""
    lonely = sum(row.positives == 0 for row in rows)
    verb = "box gets" if lonely == 1 else "boxes get"
    return f"{lonely} of {len(rows)} {verb} no positive point: too small or too close together here" if lonely else ""


def sample_picture(preview: Preview, number: int, *, strong_box: int = -1) -> Picture:
    """A sample with its boxes in class colours; with positives each box and its points have a colour of their own."""
    sample = preview.samples[number]
    height, width = sample.image.shape[:2]
    image = QImage(sample.image.data, width, height, 3 * width, QImage.Format.Format_BGR888)
    marks = tuple(_mark(preview, sample, box, is_strong=box == strong_box) for box in range(len(sample.boxes)))
    count = f"{len(marks)} box{'' if len(marks) == 1 else 'es'}"
    found = sample.positives
    title = (
        f"{number + 1} · {count}" if found is None else f"{number + 1} · {count}, {len(found.boxes)} positive points"
    )
    return Picture(
        image=image.convertToFormat(QImage.Format.Format_RGB32),
        width=width,
        height=height,
        marks=marks,
        dots=_dots(sample),
        title=title,
    )


def _mark(preview: Preview, sample: PreviewSample, box: int, *, is_strong: bool) -> Mark:
    name = preview.class_names[int(sample.class_ids[box])]
    x1, y1, x2, y2 = sample.boxes[box].tolist()
    if sample.positives is None:
        return Mark((x1, y1, x2, y2), name, class_color(name), is_strong=is_strong)
    count = len(sample.positives_of(box))
    color = box_color(box) if count else QColor(DARK.warning)
    return Mark((x1, y1, x2, y2), str(count), color, is_strong=is_strong or not count)


def _dots(sample: PreviewSample) -> tuple[Dot, ...]:
    found = sample.positives
    if found is None:
        return ()
    order = np.argsort(-found.strides, kind="stable")
    values = zip(found.centres[order].tolist(), found.strides[order].tolist(), found.boxes[order].tolist(), strict=True)
    return tuple(Dot(x, y, stride, box_color(box)) for (x, y), stride, box in values)


def box_color(box: int) -> QColor:
    """A colour that tells a box from its neighbours."""
    return QColor(*COLORS[box % len(COLORS)])


class BoxTable(QAbstractTableModel):
    """Boxes, one a row; those without a positive are marked."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[BoxRow] = []

    def show_rows(self, rows: list[BoxRow]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """The boxes."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's default
        """What is told of each."""
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The titles of the columns."""
        is_title = orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole
        return COLUMNS[section] if is_title else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A figure of a box."""
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            size = f"{row.width:.0f} × {row.height:.0f}"
            iou = f"{row.iou:.2f}" if row.positives else "–"
            return (str(row.sample + 1), row.class_name, size, str(row.positives), iou)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and not row.positives:
            return QColor(current_colors().warning)
        return None
