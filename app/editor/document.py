"""The only place where boxes change: the annotations of the open folder, which are edited, selected, undone, saved."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import count

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from app.editor.edits import changed_keys
from app.editor.label_writer import LabelWriter
from app.editor.labels import ConflictError, Labels, is_changed, read_labels
from app.editor.undo import AnnotationCommand, forget_image, redo_step, undo_step
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.errors import UserError
from yolox_core.records import Annotation, Box

FIRST_NEW_KEY = 1_000_001  # files number their boxes from 1: a new box never takes the key of one that was deleted


@dataclass(frozen=True)
class Sheet:
    """One image on the desk: its labels on disk and its annotation here."""

    labels: Labels
    annotation: Annotation
    is_being_written: bool = False

    @property
    def is_dirty(self) -> bool:
        """Whether the annotation differs from what is safe on disk."""
        return self.is_being_written or self.annotation != self.labels.saved


class AnnotationDocument(QObject):
    """Annotations of one folder. Images that were edited stay here, so that nothing is lost by leaving them."""

    image_changed = Signal(object)  # ImageFile | None: another image is on the desk
    annotation_changed = Signal(object)  # Annotation of the image on the desk
    selection_changed = Signal(object)  # tuple of keys
    sheet_changed = Signal(object)  # ImageFile whose state or dirty mark may be another
    saved = Signal(object)  # ImageFile whose labels were written
    save_failed = Signal(UserError)
    folder_leaving = Signal()  # the sheets are still here, and go next
    folder_entered = Signal(object)  # DataFolder | None
    reloaded = Signal(object)  # ImageFile whose steps were dropped, because another program wrote its labels

    def __init__(self, saves_on_leaving: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._saves_on_leaving = saves_on_leaving
        self._writer = LabelWriter(self)
        self._writer.ended.connect(self._on_write_ended)
        self._to_write_again: set[str] = set()
        self._folder: DataFolder | None = None
        self._sheets: dict[str, Sheet] = {}
        self._image: ImageFile | None = None
        self._selected: tuple[int, ...] = ()
        self._is_free: Callable[[Box], bool] = lambda _box: True
        self._free: tuple[Box, ...] = ()
        self._free_of: tuple[Box, ...] | None = None
        self._touched: set[str] = set()
        self._new_keys = count(FIRST_NEW_KEY)
        self._gestures = count(1)

    @property
    def image(self) -> ImageFile | None:
        """The image on the desk."""
        return self._image

    @property
    def annotation(self) -> Annotation:
        """The annotation of the image on the desk; an empty one of size 0 without an image."""
        sheet = self._sheet()
        return sheet.annotation if sheet else Annotation(0, 0)

    @property
    def problem(self) -> UserError | None:
        """Why the labels on the desk cannot be changed; None when they can."""
        sheet = self._sheet()
        return sheet.labels.problem if sheet else None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is odd about the label file on the desk, in sentences."""
        sheet = self._sheet()
        return sheet.labels.remarks if sheet else ()

    @property
    def is_editable(self) -> bool:
        """Whether there is an image on the desk whose labels can be changed."""
        return self._image is not None and self.problem is None

    @property
    def selected(self) -> tuple[int, ...]:
        """Keys of the selected boxes, the one selected last at the end."""
        return self._selected

    @property
    def free_boxes(self) -> tuple[Box, ...]:
        """The boxes on the desk that can be selected, in file order."""
        boxes = self.annotation.boxes
        if boxes is not self._free_of:
            self._free, self._free_of = tuple(box for box in boxes if self._is_free(box)), boxes
        return self._free

    def can_select(self, box: Box) -> bool:
        """Whether a box of the desk can be selected, and so be changed."""
        return self._is_free(box)

    def limit_selection(self, is_free: Callable[[Box], bool]) -> None:
        """Let only such boxes be selected; others leave the selection."""
        self._is_free, self._free_of = is_free, None
        self.select(self._selected)

    def new_key(self) -> int:
        """A key that no box has had."""
        return next(self._new_keys)

    def new_gesture(self) -> int:
        """An id that makes the changes of one drag, or of one series of nudges, one step of undo."""
        return next(self._gestures)

    def is_dirty(self, name: str) -> bool:
        """Whether the image of this name has changes that are not on disk."""
        sheet = self._sheets.get(name)
        return sheet is not None and sheet.is_dirty

    @property
    def dirty_images(self) -> tuple[ImageFile, ...]:
        """Images with changes that are not on disk."""
        return tuple(sheet.labels.image for sheet in self._sheets.values() if sheet.is_dirty)

    def held_annotation(self, name: str) -> Annotation | None:
        """The annotation of an image that is held here; None for one that is only on disk."""
        sheet = self._sheets.get(name)
        return sheet.annotation if sheet else None

    def held_sheet(self, name: str) -> Sheet | None:
        """Labels and annotation of an image that is held here."""
        return self._sheets.get(name)

    def set_folder(self, folder: DataFolder | None) -> None:
        """Clear the desk for another folder; unsaved changes and all steps of undo are dropped."""
        self.wait_for_writes()
        self.folder_leaving.emit()
        self._folder = folder
        self._image = None
        self._sheets = {}
        self._touched = set()
        self._selected = ()
        self.undo_stack.clear()
        self.image_changed.emit(None)
        self.folder_entered.emit(folder)

    def relist(self, folder: DataFolder) -> None:
        """Take up that images of the folder came or went; edits and steps of undo of those that stay are kept."""
        self._folder = folder
        for name, sheet in tuple(self._sheets.items()):
            image = sheet.labels.image
            if folder.image(name) == image or sheet.is_dirty:
                continue
            self._forget_steps(image)
            del self._sheets[name]
            if image == self._image:
                self._image, self._selected = None, ()
                self.image_changed.emit(None)

    def open(self, image: ImageFile) -> None:
        """Put an image on the desk. The one that leaves is saved when that is wanted; failing to save loses nothing."""
        if self._folder is None or image == self._image:
            return
        self._leave()
        self._sheets[image.name] = self._fresh_sheet(self._folder, image)
        self._image = image
        self._selected = ()
        self.image_changed.emit(image)
        self.sheet_changed.emit(image)

    def select(self, keys: tuple[int, ...]) -> None:
        """Select these boxes, as far as they can be selected, and no others."""
        free = {box.key for box in self.free_boxes}
        keys = tuple(key for key in dict.fromkeys(keys) if key in free)
        if keys != self._selected:
            self._selected = keys
            self.selection_changed.emit(keys)

    def change(self, text: str, annotation: Annotation, *, gesture: int = 0) -> None:
        """Make one step: the image on the desk gets this annotation. Read-only labels stay."""
        if self._image is None or not self.is_editable or annotation == self.annotation:
            return
        self._touched.add(self._image.name)
        self.undo_stack.push(
            AnnotationCommand(
                text,
                self._image,
                before=self.annotation,
                after=annotation,
                gesture=gesture,
                apply=self._show_annotation,
            )
        )

    def undo(self) -> None:
        """Take back the newest step, on its own image."""
        undo_step(self.undo_stack)

    def redo(self) -> None:
        """Make the step again that was taken back last, on its own image."""
        redo_step(self.undo_stack)

    def save(self) -> None:
        """Begin to save the image on the desk if it is dirty: it stays so until `saved`, or `save_failed`, comes."""
        if self._image is not None:
            self._save(self._image.name)

    def save_all(self) -> bool:
        """Save every dirty image and wait until that is done; False when one of them failed."""
        for image in self.dirty_images:
            self._save(image.name)
        self.wait_for_writes()
        return not self.dirty_images

    def keep_mine(self, name: str) -> None:
        """Save over what another program wrote, and wait until that is done."""
        self.wait_for_writes()
        self._save(name, is_forced=True)
        self.wait_for_writes()

    def wait_for_writes(self) -> None:
        """Wait until every save that has begun is done or has failed."""
        while self._writer.under_way:
            self._take_in(self._writer.under_way[0])

    def stop(self) -> None:
        """Finish what is being written, and end the thread."""
        self.wait_for_writes()
        self._writer.stop()

    def labels_on_disk(self, image: ImageFile) -> Labels:
        """The labels of an image as they are on disk now."""
        assert self._folder is not None
        return read_labels(self._folder, image)

    def look_at_disk(self) -> None:
        """Take up what another program wrote for the image on the desk; where there are changes here, say so."""
        sheet = self._sheet()
        if sheet is None or sheet.is_being_written or not is_changed(sheet.labels):
            return
        image = sheet.labels.image
        if sheet.is_dirty:
            self.save_failed.emit(ConflictError(image))
        else:
            self.take_theirs(image.name)
            self.reloaded.emit(image)

    def take_theirs(self, name: str) -> None:
        """Drop the changes to an image, and its steps of undo, for what is on disk now."""
        self.wait_for_writes()
        sheet = self._sheets.get(name)
        if sheet is None:
            return
        image = sheet.labels.image
        self._forget_steps(image)
        labels = self.labels_on_disk(image)
        self._sheets[name] = Sheet(labels, labels.saved)
        if image == self._image:
            self._selected = ()
            self.image_changed.emit(image)
        self.sheet_changed.emit(image)

    def discard_all(self) -> None:
        """Drop every change that is not on disk."""
        for image in self.dirty_images:
            self.take_theirs(image.name)

    def restore(self, labels: Labels, annotation: Annotation) -> None:
        """Put an unsaved edit of an earlier start back, as one step that can be undone, without going to its image."""
        image = labels.image
        self._forget_steps(image)
        self._touched.add(image.name)
        self._sheets[image.name] = Sheet(labels, annotation)
        self._new_keys = count(max([next(self._new_keys), *(box.key + 1 for box in annotation.boxes)]))
        self.undo_stack.push(
            AnnotationCommand(
                "Restore unsaved edit",
                image,
                before=labels.saved,
                after=annotation,
                gesture=0,
                apply=self._show_annotation,
                is_done=True,
            )
        )
        if image == self._image:
            self._selected = ()
            self.image_changed.emit(image)
        self.sheet_changed.emit(image)

    def _sheet(self) -> Sheet | None:
        return self._sheets.get(self._image.name) if self._image else None

    def _fresh_sheet(self, folder: DataFolder, image: ImageFile) -> Sheet:
        sheet = self._sheets.get(image.name)
        if sheet is not None:
            if sheet.is_dirty or not is_changed(sheet.labels):
                return sheet
            self._forget_steps(image)
            self.reloaded.emit(image)
        labels = read_labels(folder, image)
        return Sheet(labels, labels.saved)

    def _forget_steps(self, image: ImageFile) -> None:
        self._touched.discard(image.name)
        forget_image(self.undo_stack, image)

    def _leave(self) -> None:
        image = self._image
        if image is None:
            return
        if self._saves_on_leaving():
            self._save(image.name)
        if image.name not in self._touched:
            del self._sheets[image.name]

    def _save(self, name: str, *, is_forced: bool = False) -> None:
        sheet = self._sheets[name]
        if sheet.is_being_written:
            self._to_write_again.add(name)
        elif sheet.is_dirty or is_forced:
            self._sheets[name] = replace(sheet, is_being_written=True)
            self._writer.write(sheet.labels, sheet.annotation, is_forced=is_forced)

    def _on_write_ended(self, name: str) -> None:
        """What was waited for is taken in already."""
        if self._writer.is_ended(name):
            self._take_in(name)

    def _take_in(self, name: str) -> None:
        sheet = self._sheets[name] = replace(self._sheets[name], is_being_written=False)
        is_wanted_again = name in self._to_write_again
        self._to_write_again.discard(name)
        try:
            labels = self._writer.take(name)
        except UserError as problem:
            self.save_failed.emit(problem)
            return
        self._sheets[name] = replace(sheet, labels=labels)
        self.sheet_changed.emit(labels.image)
        self.saved.emit(labels.image)
        if is_wanted_again:
            self._save(name)

    def _show_annotation(self, image: ImageFile, annotation: Annotation) -> None:
        self.open(image)
        if image.name not in self._touched:
            return
        sheet = self._sheets[image.name]
        self._sheets[image.name] = replace(sheet, annotation=annotation)
        selected = _selected_after(self._selected, sheet.annotation, annotation)
        self.annotation_changed.emit(annotation)
        self.select(selected)
        self.sheet_changed.emit(image)


def _selected_after(selected: tuple[int, ...], before: Annotation, after: Annotation) -> tuple[int, ...]:
    changed = changed_keys(before, after)
    if set(changed) <= set(selected):
        present = {box.key for box in after.boxes}
        return tuple(key for key in selected if key in present)
    return changed
