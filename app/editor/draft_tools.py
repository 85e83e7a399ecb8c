"""What makes drafts, and what copies boxes from the image before: the actions, their questions and their jobs."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.checkpoint_dialog import ask_checkpoint
from app.editor.canvas import Canvas
from app.editor.document import AnnotationDocument
from app.editor.draft_bar import DraftBar
from app.editor.draft_overlay import DraftOverlay
from app.editor.draft_sources import (
    DraftsFound,
    Labelling,
    Network,
    Record,
    Summary,
    carry_on,
    detect,
    fill_between,
    is_empty_on_purpose,
)
from app.editor.drafts import DraftDesk
from app.editor.edits import chosen, with_added
from app.jobs import Job
from app.session import Session
from app.widgets.message_bar import MessageBar
from app.widgets.question_bar import QuestionBar
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.drafts.draft import clipped, new_boxes
from yolox_core.records import Progress

CHOOSE = "Choose checkpoint…"
GO_ON, LEAVE_EMPTY = "Go on", "Leave it empty"
FRAMES_AT_ONCE = 10
FRAMES_BACK = 100

ANSWERS = ("accept_draft", "reject_draft", "accept_drafts", "reject_drafts", "next_draft", "previous_draft")


class DraftTools(QObject):
    """Runs one source of drafts at a time. An image that is empty by decision gets nothing before the user agrees."""

    def __init__(
        self, session: Session, document: AnnotationDocument, canvas: Canvas, *, desk: DraftDesk, parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._document = document
        self._page = parent
        self._listed: Callable[[], Sequence[ImageFile]] = tuple
        self._network = Network()
        self._job: Job | None = None
        self._waiting: Callable[[], None] | None = None
        self._actions: dict[str, QAction] = {}
        self._places_of: DataFolder | None = None
        self._places: dict[str, int] = {}
        self._leaving: ImageFile | None = None
        self.desk = desk
        self.overlay = DraftOverlay(desk, canvas)
        self.bar = DraftBar(desk)
        self.wants_checkpoint = QuestionBar(CHOOSE, look="note")
        self.wants_to_fill = QuestionBar(GO_ON, LEAVE_EMPTY, look="note")
        self.notices = MessageBar()
        self.bars: tuple[QWidget, ...] = (self.wants_checkpoint, self.wants_to_fill, self.notices, self.bar)
        self.slots: dict[str, Callable[[], object]] = {
            "accept_draft": desk.accept,
            "reject_draft": desk.reject,
            "accept_drafts": desk.accept_shown,
            "reject_drafts": desk.reject_shown,
            "next_draft": lambda: desk.go(1),
            "previous_draft": lambda: desk.go(-1),
            "detect": self.detect,
            "detect_from_here": self.detect_from_here,
            "detect_list": lambda: self._detect(self._listed()),
            "previous_boxes": self.add_previous_boxes,
            "carry_on": lambda: self.carry_on(1),
            "carry_far": lambda: self.carry_on(FRAMES_AT_ONCE),
            "between": self.fill_between,
        }
        self._connect()

    @property
    def is_busy(self) -> bool:
        """Whether drafts are being made."""
        return self._job is not None

    def take(self, actions: dict[str, QAction], listed: Callable[[], Sequence[ImageFile]]) -> None:
        """Follow these actions of the page, and `listed`, the images of its list."""
        self._actions, self._listed = actions, listed
        self.bar.set_actions(actions)
        self._refresh_actions()

    def detect(self) -> None:
        """Propose what the network sees in the image on the desk."""
        image = self._document.image
        if image is not None:
            self._unless_empty(image, lambda: self._detect((image,), fills_empty=True))

    def detect_from_here(self) -> None:
        """Propose what the network sees in the image on the desk and in those after it in the list."""
        images, image = tuple(self._listed()), self._document.image
        self._detect(images[images.index(image) :] if image in images else images)

    def add_previous_boxes(self) -> None:
        """Add the boxes of the image before this one that are not there yet, as one step."""
        image, before = self._document.image, self._nearby(-1)
        if image is not None and not before:
            self.notices.show_text("This is the first image of the folder.")
        elif image is not None and self._document.is_editable:
            self._unless_empty(image, lambda: self._add_boxes_of(before[0]))

    def carry_on(self, count: int) -> None:
        """Follow the selected boxes, or all if none is, to the next images of the folder; go to the first."""
        document, image = self._document, self._document.image
        boxes = chosen(document.annotation, document.selected) or document.annotation.boxes
        following = self._nearby(count)
        if image is None or not boxes:
            return
        if not following:
            self.notices.show_text("This is the last image of the folder.")
            return

        def start() -> None:
            self._leaving = image
            self._start(following, lambda labels: carry_on(image, following, boxes, labels, fills_empty=count == 1))

        if count == 1:
            self._unless_empty(following[0], start)
        else:
            start()

    def fill_between(self) -> None:
        """Propose boxes for the images between this one and the nearest before it that has boxes."""
        image = self._document.image
        if image is not None and self._document.annotation.boxes:
            images = (*self._nearby(-FRAMES_BACK), image)
            self._start(images, lambda labels: fill_between(images, labels))

    def cancel(self) -> None:
        """End the work that is going on; what it has found stays."""
        if self._job is not None:
            self._job.stop()
            self._end()

    def _connect(self) -> None:
        self.bar.cancel_requested.connect(self.cancel)
        self.wants_checkpoint.answered.connect(self._on_checkpoint_wanted)
        self.wants_to_fill.answered.connect(self._on_fill_answered)
        self.desk.shown_changed.connect(self._refresh_actions)
        self._document.image_changed.connect(self._on_image_changed)
        self._document.annotation_changed.connect(self._refresh_actions)
        self._document.folder_leaving.connect(self.cancel)

    def _detect(self, images: Sequence[ImageFile], *, fills_empty: bool = False) -> None:
        checkpoint = self._session.checkpoint
        if checkpoint is None:
            self._waiting = lambda: self._detect(images, fills_empty=fills_empty)
            self.wants_checkpoint.ask("No checkpoint is in use: choose one, and its network proposes boxes.")
            return
        images = tuple(images)
        self._start(images, lambda labels: detect(self._network, checkpoint, images, labels, fills_empty=fills_empty))

    def _start(self, images: Sequence[ImageFile], make_records: Callable[[Labelling], Iterator[Record]]) -> None:
        folder = self._session.folder
        if folder is None or self._job is not None:
            return
        held = ((image.name, self._document.held_annotation(image.name)) for image in images)
        labelling = Labelling(folder, {name: annotation for name, annotation in held if annotation is not None})
        job = self._job = Job(lambda: make_records(labelling), self)
        job.record_ready.connect(self._on_record)
        job.finished.connect(self._on_job_ended)
        self.notices.clear()
        self.bar.show_progress(Progress(0, 0, "Starting"))
        self._session.start(job)
        self._refresh_actions()

    def _nearby(self, step: int) -> tuple[ImageFile, ...]:
        """Up to so many images of the folder after (or, below 0, before) the one on the desk, in their order."""
        folder, image = self._session.folder, self._document.image
        if folder is None or image is None:
            return ()
        if self._places_of is not folder:
            self._places_of, self._places = folder, {each.name: place for place, each in enumerate(folder.images)}
        place = self._places[image.name]
        return folder.images[place + 1 : place + 1 + step] if step > 0 else folder.images[max(0, place + step) : place]

    def _unless_empty(self, image: ImageFile, action: Callable[[], None]) -> None:
        """Act now, or after the user agreed where the image is empty by decision."""
        held = self._document.held_annotation(image.name)
        if not is_empty_on_purpose(held if held is not None else self._document.labels_on_disk(image).saved):
            action()
            return
        self._waiting = action
        self.wants_to_fill.ask(f"{image.name} has no boxes by decision. Propose boxes for it all the same?")

    def _add_boxes_of(self, before: ImageFile) -> None:
        document = self._document
        held = document.held_annotation(before.name)
        boxes = (held if held is not None else document.labels_on_disk(before).saved).boxes
        annotation = document.annotation
        inside = [clipped(box, annotation.width, annotation.height) for box in boxes]
        added = new_boxes([box for box in inside if box.is_proper], annotation.boxes)
        if not added:
            self.notices.show_text(f"{before.name} has no box that is not here already.")
            return
        copies = [replace(box, key=document.new_key()) for box in added]
        document.change(f"Add boxes of {before.name}", with_added(annotation, copies))

    def _on_record(self, record: Record) -> None:
        if self.sender() is not self._job:
            return
        match record:
            case DraftsFound(image, drafts, annotation):
                self.desk.put(image, drafts, annotation)
                if self._leaving is not None and self._document.image == self._leaving:
                    self._document.open(image)
            case Progress():
                self.bar.show_progress(record)
            case Summary(text):
                if text:
                    self.notices.show_text(text)

    def _on_job_ended(self) -> None:
        if self.sender() is self._job:
            self._end()

    def _end(self) -> None:
        self._job = self._leaving = None
        self.bar.show_progress(None)
        self._refresh_actions()

    def _on_checkpoint_wanted(self, _answer: str) -> None:
        path = ask_checkpoint(self._page, None)
        if path is not None:
            self._session.set_checkpoint(path)
            self._act()

    def _on_fill_answered(self, answer: str) -> None:
        if answer == GO_ON:
            self._act()

    def _act(self) -> None:
        action, self._waiting = self._waiting, None
        if action is not None:
            action()

    def _on_image_changed(self, _image: object) -> None:
        self.wants_checkpoint.clear()
        self.wants_to_fill.clear()
        self._waiting = None
        self._refresh_actions()

    def _refresh_actions(self, _changed: object = None) -> None:
        can_edit = self._document.is_editable
        can_start = self._document.image is not None and self._job is None
        has_boxes = bool(self._document.annotation.boxes)
        enabled = {
            **dict.fromkeys(ANSWERS, can_edit and bool(self.desk.shown.drafts)),
            **dict.fromkeys(("detect", "detect_from_here", "detect_list"), can_start),
            **dict.fromkeys(("carry_on", "carry_far", "between"), can_start and has_boxes),
            "previous_boxes": can_edit,
        }
        for name, is_enabled in enabled.items() if self._actions else ():
            self._actions[name].setEnabled(is_enabled)
