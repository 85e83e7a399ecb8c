"""What to label next: a key that goes from one image worth labelling to the next."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from app.editor.document import AnnotationDocument
from app.jobs import Job
from app.review_findings import class_mapping
from app.session import Session
from app.torch_loading import load_torch_libraries
from app.widgets.message_bar import MessageBar
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.formats import read_annotation
from yolox_core.errors import UserError
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder, ImageFile
    from yolox_core.review.next_images import NextImage

CANCEL = "Cancel"
NO_CHECKPOINT = "No checkpoint is in use: choose one on Train or Play, and its doubts rank the images."


class NextImages(QObject):
    """Ranks the images without labels once for a folder and a checkpoint; those labelled meanwhile are passed over."""

    def __init__(self, session: Session, document: AnnotationDocument, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._document = session, document
        self._job: Job | None = None
        self._ranked: list[NextImage] | None = None
        self.working, self.notices = QuestionBar(CANCEL, look="note"), MessageBar()
        self.bars: tuple[QWidget, ...] = (self.working, self.notices)
        self.slots: dict[str, Callable[[], object]] = {"label_next": self.go}
        self.working.answered.connect(lambda _answer: self.cancel())
        document.folder_leaving.connect(self._forget)
        session.checkpoint_changed.connect(lambda _path: self._forget())

    def go(self) -> None:
        """Open the next image of the ranking; make that first where there is none."""
        folder, weights = self._session.folder, self._session.checkpoint
        if folder is None or self._job is not None:
            return
        if self._ranked is not None:
            self._open_next(folder)
        elif weights is None:
            self.notices.show_text(NO_CHECKPOINT)
        else:
            mapping = class_mapping(self._session.settings, folder.root)
            job = self._job = Job(lambda: ranked_images(folder, weights, mapping), self)
            job.record_ready.connect(self._on_record)
            job.failed.connect(self._on_failed)
            self._session.start(job)

    def cancel(self) -> None:
        """End the search."""
        if self._job is not None:
            self._job.stop()
            self._job = None
        self.working.clear()

    def _forget(self) -> None:
        self.cancel()
        self._ranked = None
        self.notices.clear()

    def _open_next(self, folder: "DataFolder") -> None:
        while self._ranked:
            row = self._ranked.pop(0)
            image = folder.image(row.image)
            if image is None or self._is_labelled(folder, image):
                continue
            self._document.open(image)
            likes = f", {row.likes} more look like it" if row.likes else ""
            left = f"{len(self._ranked):,} after it."
            self.notices.show_text(f"Worth labelling: {row.candidates} doubtful objects{likes}. {left}")
            return
        self.notices.show_text("No image without labels is left in the ranking.")
        self._ranked = None

    def _is_labelled(self, folder: "DataFolder", image: "ImageFile") -> bool:
        """Whether it has been labelled since the ranking was made, here or by anything else."""
        held = self._document.held_annotation(image.name)
        try:
            now = held or read_annotation(folder, image)
        except UserError:
            return True  # what is there cannot be read: that is another matter
        return now.is_decided or bool(now.boxes)

    def _on_record(self, record: "Progress | tuple[NextImage, ...]") -> None:
        folder = self._session.folder
        if self.sender() is not self._job or folder is None:
            return
        if isinstance(record, Progress):
            count = f" {record.done:,} of {record.total:,}" if record.total > 1 else ""
            self.working.ask(f"What to label next: {record.text.lower()}…{count}")
            return
        self._job = None
        self.working.clear()
        self._ranked = list(record)
        self._open_next(folder)

    def _on_failed(self, problem: UserError) -> None:
        if self.sender() is self._job:
            self.cancel()
            self.notices.show_problem(problem)


def ranked_images(
    folder: "DataFolder", weights: Path, mapping: Mapping[str, str]
) -> "Iterator[Progress | tuple[NextImage, ...]]":
    """Progress, then the ranking; torch is imported here, in the job's thread."""
    yield Progress(0, 0, "Loading the network library")
    load_torch_libraries()
    from yolox_core.review.predicting import Predictions, predict_images
    from yolox_core.review.review import Network
    from yolox_core.review.to_label import images_to_label

    network: Network | None = None
    for record in predict_images(weights, folder.images):
        if isinstance(record, Predictions):
            network = Network(record.class_names, record.dense)
        else:
            yield record
    if network is not None:
        yield from images_to_label(folder, network, mapping=mapping)
