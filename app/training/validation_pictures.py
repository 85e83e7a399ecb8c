"""The Validation tab: a few validation images with labels and, beside them, what each evaluation has found."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from app.jobs import Job
from app.session import Session
from app.theme import SPACE, class_color
from app.training.picture_grid import Picture, PictureGrid
from app.training.picture_marks import Mark
from app.training.status import RunStatus, State
from yolox_core.errors import FileError
from yolox_core.images import read_image
from yolox_core.train.pictures import EpochPictures, PictureResult, pictured_epochs, read_pictures
from yolox_core.train.run_folder import RunFolder

LONGEST_SIDE = 1600
NO_RUN = "Press Start training, or choose a run: what its evaluations find on some validation images is shown here."
NOT_YET = "The pictures come with the first evaluation."
NO_SPLIT = "This run has no validation split: nothing is measured, and there are no pictures."
NONE_KEPT = "This run has kept no pictures: they are kept at each evaluation."


@dataclass(frozen=True, slots=True)
class ShownImage:
    """An image, perhaps reduced, and its own size in pixels; a null image with the reason where it cannot be read."""

    image: QImage
    width: int
    height: int
    remark: str = ""


@dataclass(frozen=True)
class _Wanted:
    """The run to read, the epoch (0 for the latest) and the folders in which its images may lie."""

    run: Path
    epoch: int
    roots: tuple[Path, ...]
    known: dict[str, ShownImage] = field(compare=False)


@dataclass(frozen=True, eq=False)
class _Found:
    wanted: _Wanted
    epochs: tuple[int, ...]
    pictures: EpochPictures | None
    remark: str = ""


class ValidationPictures(QWidget):
    """Follows the run on show; reads its folder in a job, and only while it can be seen."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._status = RunStatus()
        self._known: dict[str, ShownImage] = {}
        self._asked: tuple[Path, int, int] | None = None
        self._reading: _Wanted | None = None
        self._found: _Found | None = None
        self._epochs: tuple[int, ...] = ()
        self.grid = PictureGrid()
        self.controls = QWidget()
        self.epoch = QSlider(Qt.Orientation.Horizontal)
        self.epoch.setPageStep(1)
        self.epoch_text = QLabel()
        self.conf = QSlider(Qt.Orientation.Horizontal)
        self.conf.setRange(5, 95)
        self.conf.setValue(30)
        self.conf_text = QLabel()
        self.legend = QLabel("solid: label · dashed: prediction with score")
        self.legend.setProperty("look", "muted")
        self._lay_out()
        self.epoch.valueChanged.connect(self.refresh)
        self.conf.valueChanged.connect(self._draw)
        self._draw()

    def show_status(self, status: RunStatus) -> None:
        """Show the pictures of this run from now on, the latest first."""
        if status is not self._status:
            self._status, self._found, self._asked = status, None, None
            self._known = {}
            self._set_epochs(())
            self._draw()
        self.refresh()

    def refresh(self) -> None:
        """Read what has come since the last time."""
        path = self._status.path
        if path is None or not self.isVisible():
            return
        epoch = self._epochs[self.epoch.value()] if self._epochs and not self._is_at_end() else 0
        asked = (path, epoch, len(self._status.evaluations))
        if asked != self._asked and self._reading is None:
            self._asked = asked
            self._ask(_Wanted(path, epoch, self._roots(), self._known))

    def showEvent(self, event: QShowEvent) -> None:
        """Show what has come meanwhile."""
        super().showEvent(event)
        self.refresh()

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.controls)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE)
        self.epoch_text.setMinimumWidth(self.fontMetrics().horizontalAdvance("Epoch 000 of 000 · AP50 0.000"))
        self.conf_text.setMinimumWidth(self.fontMetrics().horizontalAdvance("Score from 0.00"))
        self.conf.setMaximumWidth(SPACE * 20)
        for widget in (self.epoch_text, self.epoch, self.conf_text, self.conf):
            row.addWidget(widget, 1 if widget is self.epoch else 0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(SPACE, SPACE, SPACE, SPACE)
        layout.addWidget(self.controls)
        layout.addWidget(self.grid, 1)
        layout.addWidget(self.legend)

    def _is_at_end(self) -> bool:
        return self.epoch.value() == self.epoch.maximum()

    def _roots(self) -> tuple[Path, ...]:
        """The data set as the run names it, else the open one: the run may come from another machine."""
        recorded = self._status.started.data if self._status.started else ""
        folder = self._session.folder
        return (*((Path(recorded),) if recorded else ()), *((folder.root,) if folder else ()))

    def _ask(self, wanted: _Wanted) -> None:
        self._reading = wanted
        job = Job(lambda: _read(wanted), self)
        job.record_ready.connect(self._on_found)
        job.finished.connect(self._on_finished)
        self._session.start(job)

    def _on_found(self, found: _Found) -> None:
        if found.wanted.run == self._status.path and found.wanted.known is self._known:
            self._found = found
            self._set_epochs(found.epochs)
            self._draw()

    def _on_finished(self) -> None:
        self._reading = None
        self.refresh()

    def _set_epochs(self, epochs: tuple[int, ...]) -> None:
        """Offer these epochs; the slider stays at its end where it was there."""
        place = len(epochs) - 1 if self._is_at_end() else self.epoch.value()
        self._epochs = epochs
        self.epoch.blockSignals(True)
        self.epoch.setRange(0, max(len(epochs) - 1, 0))
        self.epoch.setValue(place)
        self.epoch.setEnabled(len(epochs) > 1)
        self.epoch.blockSignals(False)

    def _draw(self) -> None:
        lowest = self.conf.value() / 100
        self.conf_text.setText(f"Score from {lowest:.2f}")
        found = self._found
        pictures = found.pictures if found else None
        for widget in (self.controls, self.legend):
            widget.setVisible(pictures is not None)
        if pictures is None:
            self.epoch_text.setText("")
            self.grid.show_pictures((), hint=(found.remark if found else "") or self._hint())
            return
        self.epoch_text.setText(self._epoch_text(pictures.epoch))
        self.grid.show_pictures(
            [_picture(result, pictures.class_names, self._known[result.image], lowest) for result in pictures.results]
        )

    def _epoch_text(self, epoch: int) -> str:
        figures = {event.epoch: event.ap50 for event in self._status.evaluations}
        ap50 = f" · AP50 {figures[epoch]:.3f}" if epoch in figures else ""
        epochs = f" of {self._status.started.epochs}" if self._status.started else ""
        return f"Epoch {epoch}{epochs}{ap50}"

    def _hint(self) -> str:
        status = self._status
        if status.path is None and status.state is State.READY:
            return NO_RUN
        if status.started is not None and status.started.val_images == 0:
            return NO_SPLIT
        return NONE_KEPT if status.finished is not None else NOT_YET


def _read(wanted: _Wanted) -> Iterator[_Found]:
    """The pictures of an epoch; its images are added to those that are known."""
    run = RunFolder(wanted.run)
    epochs = pictured_epochs(run)
    if not epochs:
        yield _Found(wanted, (), None)
        return
    try:
        pictures = read_pictures(run, wanted.epoch if wanted.epoch in epochs else epochs[-1])
    except FileError as problem:
        yield _Found(wanted, epochs, None, str(problem))
        return
    for result in pictures.results:
        if result.image not in wanted.known:
            wanted.known[result.image] = _shown_image(result.image, wanted.roots)
    yield _Found(wanted, epochs, pictures)


def _shown_image(name: str, roots: tuple[Path, ...]) -> ShownImage:
    paths = [root / name for root in roots]
    path = next((path for path in paths if path.is_file()), paths[0] if paths else Path(name))
    try:
        pixels = read_image(path)
    except FileError as problem:
        return ShownImage(QImage(), 4, 3, f"{path.name}: {problem.what}")
    height, width = pixels.shape[:2]
    scale = min(1.0, LONGEST_SIDE / max(height, width))
    if scale < 1:
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        pixels = np.ascontiguousarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)
    rows, columns = pixels.shape[:2]
    image = QImage(pixels.data, columns, rows, 3 * columns, QImage.Format.Format_BGR888)
    return ShownImage(image.convertToFormat(QImage.Format.Format_RGB32), width, height)


def _picture(result: PictureResult, names: tuple[str, ...], shown: ShownImage, lowest: float) -> Picture:
    """Labels and, above them, the detections from a score up."""
    found = result.detections
    labels = [
        Mark(tuple(edges), names[class_id], class_color(names[class_id]))
        for edges, class_id in zip(result.labels.tolist(), result.label_ids.tolist(), strict=True)
    ]
    shown_ones = zip(found.boxes.tolist(), found.scores.tolist(), found.class_ids.tolist(), strict=True)
    predictions = [
        Mark(tuple(edges), f"{score:.2f} {names[class_id]}", class_color(names[class_id]), is_dashed=True)
        for edges, score, class_id in shown_ones
        if score >= lowest
    ]
    title = f"{Path(result.image).name} · {len(labels)} labelled, {len(predictions)} found"
    return Picture(
        shown.image, shown.width, shown.height, marks=(*labels, *predictions), title=title, remark=shown.remark
    )
