"""The Edit page: list of images, canvas, classes and boxes, joined by the document."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from app.actions import make_action
from app.editor.actions import SHORTCUTS
from app.editor.box_list import BoxList
from app.editor.box_steps import BoxSteps
from app.editor.canvas import Canvas
from app.editor.class_list import ClassList, with_new_names
from app.editor.class_names import sampled_class_names
from app.editor.closing import can_close
from app.editor.commands import FALLBACK_CLASS, FLAGS, BoxCommands
from app.editor.conflict_bar import ConflictBar
from app.editor.convention_dialog import ConventionChooser
from app.editor.crop_tools import CropTools
from app.editor.disk_watch import DiskWatch
from app.editor.document import AnnotationDocument
from app.editor.draft_tools import DraftTools
from app.editor.drafts import DraftDesk
from app.editor.filter_form import DOUBTS, DRAFTS
from app.editor.hands import Tool
from app.editor.image_list import ImageList
from app.editor.journal import EditJournal
from app.editor.kept_drafts import KeptDraftsLoader
from app.editor.menu import box_menu
from app.editor.note import NoteWriter
from app.editor.page_layout import button_row, lay_out, stacked, titled, working_column
from app.editor.pictures import Picture, PictureLoader
from app.editor.relabelling import ClassRelabelling
from app.editor.review_tools import ReviewTools
from app.editor.save_bar import SaveBar
from app.editor.sight import Sight
from app.editor.status_line import StatusLine, state_text
from app.editor.trash import ImageTrash
from app.editor.undo_list import UndoList
from app.editor.viewport import View
from app.jobs import Job
from app.session import Session
from app.widgets.message_bar import MessageBar
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.errors import UserError
from yolox_core.records import Annotation, ImageState

ZOOM_STEP = 1.25
READ_AHEAD = (1, -1, 2)


class EditorPanel(QWidget):
    """Shows one image of the session's folder and lets the user mend its boxes."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder: DataFolder | None = None
        self.document = AnnotationDocument(lambda: bool(session.settings.get("autosave")), self)
        self.commands = BoxCommands(self.document, self)
        self._pictures = PictureLoader(self)
        self.canvas = Canvas(self.document)
        self._steps = BoxSteps(session, self.document, self.canvas)
        self.undo_list = UndoList(self.document, self)
        self.images = ImageList(self.document, session)
        self.boxes = BoxList(self.document)
        self.sight = Sight(session, self.document, self.canvas, commands=self.commands, parent=self)
        self.classes = ClassList(self.sight.marks)
        self.notices = MessageBar()
        self.image_notices = MessageBar()
        self.conflicts = ConflictBar(self.document)
        self.journal = EditJournal(self.document, self)
        self.save_bar = SaveBar(self.document)
        self._disk_watch = DiskWatch(self.document, self)
        self._conventions = ConventionChooser(session, self.document, self)
        self.trash = ImageTrash(session, self.document, self)
        self.relabelling = ClassRelabelling(session, self.document, self.classes, commands=self.commands, page=self)
        self.crops = CropTools(session, self.relabelling, class_name=lambda: self.commands.class_name, parent=self)
        self._notes = NoteWriter(self.document, self)
        self.status = StatusLine()
        desk = DraftDesk(self.document, lambda: self.classes.names, self)
        self.drafts = DraftTools(session, self.document, self.canvas, desk=desk, parent=self)
        self.review = ReviewTools(session, self.document, self.canvas, relabelling=self.relabelling, parent=self)
        self._kept_drafts = KeptDraftsLoader(session, self.document, desk, self)
        self._actions = self._make_actions()
        lay_out(
            self,
            left=titled("Images", self.images),
            middle=working_column(
                button_row(self._actions),
                self.journal.bar,
                self.conflicts,
                self.save_bar,
                self.trash.bar,
                self.relabelling.bar,
                self.notices,
                self.image_notices,
                *self.sight.bars,
                *self.drafts.bars,
                *self.review.bars,
                canvas=self.canvas,
                status=self.status,
            ),
            right=stacked(titled("Classes", self.classes), titled("Boxes", self.boxes)),
        )
        self.drafts.take(self._actions, lambda: self.images.images)
        for part in (self.images, self.sight, self._steps, self.review):
            part.take(self._actions)
        self.setFocusProxy(self.canvas)
        self.canvas.setFocus()
        self._connect_parts()
        self._connect_document()
        self._on_folder_changed(session.folder)

    def show_image(self, path: Path) -> None:
        """Show the image at this path, if the open folder has it."""
        place = self._folder.place_at(path) if self._folder is not None else None
        if self._folder is None or place is None:
            self.notices.show_problem(
                UserError("This image is not in the open folder.", where=path, action="Open its folder first.")
            )
            return
        image = self._folder.images[place]
        if self.images.model.row_of(image) is None:
            self.images.clear_filter()
        self.document.open(image)

    def can_close(self) -> bool:
        """Whether nothing would be lost: saves what is not saved, and asks where that fails or is not wanted."""
        return can_close(self, self.document, saves_itself=bool(self._session.settings.get("autosave")))

    def shut_down(self) -> None:
        """End the threads of this page."""
        self.document.stop()
        self._pictures.stop()
        self.images.stop()
        self.crops.stop()
        self.review.stop()
        self.journal.stop()

    def actions(self) -> list[QAction]:
        """The actions of this page, for a menu."""
        return list(self._actions.values())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Space toggles the verified mark in the lists too."""
        is_key = isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress
        if is_key and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Space:
            self.commands.toggle_verified()
            return True
        return super().eventFilter(watched, event)

    def _make_actions(self) -> dict[str, QAction]:
        slots: dict[str, Callable[[], object]] = {
            "next_image": lambda: self._go(1),
            "previous_image": lambda: self._go(-1),
            "draw": lambda: self.canvas.toggle_tool(Tool.DRAW),
            "draw_by_points": lambda: self.canvas.toggle_tool(Tool.POINT),
            "save": self.document.save,
            "verify": self.commands.toggle_verified,
            "decide_empty": self.commands.decide_empty,
            "undo": self.document.undo,
            "redo": self.document.redo,
            "delete": self.commands.delete,
            "duplicate": self.commands.duplicate,
            "copy": self.commands.copy,
            "paste": self.commands.paste,
            "select_all": self.commands.select_all,
            "choose_class": self.classes.start_search,
            **{flag: partial(self.commands.toggle_flag, flag) for flag in FLAGS},
            "fit": self.canvas.fit,
            "actual_size": self.canvas.show_actual_size,
            "zoom_in": lambda: self.canvas.zoom(ZOOM_STEP),
            "zoom_out": lambda: self.canvas.zoom(1 / ZOOM_STEP),
            "find_image": self.images.filter_line.setFocus,
            "filter_images": self.images.filter_button.toggle,
            **self._steps.slots,
            **self.sight.slots,
            **self.images.slots,
            **self.undo_list.slots,
            **self._conventions.slots,
            **self.trash.slots,
            **self.relabelling.slots,
            **self.crops.slots,
            **self._notes.slots,
            **self.drafts.slots,
            **self.review.slots,
        }
        return {action.name: make_action(self, action, slots[action.name]) for action in SHORTCUTS}

    def _connect_parts(self) -> None:
        self._session.folder_changed.connect(self._on_folder_changed)
        self._session.labels_rewritten.connect(self.images.read_marks_again)
        self._pictures.loaded.connect(self._on_picture_loaded)
        self.images.filter_line.returnPressed.connect(self.canvas.setFocus)
        self.images.image_chosen.connect(self.document.open)
        self.images.list_changed.connect(lambda: self._refresh_state(None))
        self.drafts.desk.images_changed.connect(lambda names: self.images.mark_images(DRAFTS, lambda: names))
        self.review.doubts_changed.connect(lambda: self.images.mark_images(DOUBTS, self.review.doubtful_images))
        self.crops.box_wanted.connect(self._steps.show_box)
        self.sight.words_changed.connect(self.status.show_look)
        self.sight.marks.changed.connect(self.boxes.viewport().update)
        self.classes.class_chosen.connect(self._on_class_chosen)
        self.classes.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self.classes.view.addAction(self._actions["relabel"])
        self.classes.search_left.connect(self.canvas.setFocus)
        self.commands.class_changed.connect(self._on_class_changed)
        self.canvas.view_changed.connect(self._on_view_changed)
        self.canvas.pointer_moved.connect(self.status.show_pointer)
        self.canvas.space_tapped.connect(self.commands.toggle_verified)
        self.canvas.tool_changed.connect(self._on_tool_changed)
        self.canvas.menu_wanted.connect(self._show_menu)
        for number in range(1, 10):
            keys = QShortcut(QKeySequence(str(number)), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            keys.activated.connect(lambda number=number: self._apply_class_number(number))
        for watched in (self.images.view, self.boxes):
            watched.installEventFilter(self)

    def _connect_document(self) -> None:
        document = self.document
        document.image_changed.connect(self._on_image_changed)
        document.annotation_changed.connect(self._on_annotation_changed)
        document.selection_changed.connect(self._on_selection_changed)
        document.sheet_changed.connect(self._refresh_state)
        document.saved.connect(self._on_saved)
        document.reloaded.connect(self._on_reloaded)
        self.journal.problem_found.connect(self.notices.show_problem)
        document.undo_stack.indexChanged.connect(self._refresh_actions)

    def _on_folder_changed(self, folder: DataFolder | None) -> None:
        old, self._folder = self._folder, folder
        if old is not None and folder is not None and _shows_the_same(old, folder):
            self._add_class_names(folder.class_names)
            return
        if old is not None and folder is not None and _is_relisted(old, folder):
            self._relist(folder)
            return
        self.document.save_all()
        shown = self.document.image
        self.notices.clear()
        self.classes.set_names(folder.class_names if folder else ())
        self.commands.set_class_name(folder.class_names[0] if folder and folder.class_names else "")
        self.document.set_folder(folder)
        self.images.set_folder(folder)
        self.status.show_convention(folder.convention if folder and folder.format_name == "voc" else None)
        self.canvas.set_hint("Open a folder of images to edit their boxes." if folder is None else "No image.")
        if folder is None:
            return
        if not folder.class_names:
            self._look_for_class_names(folder)
        if folder.images:
            self.document.open(shown if shown in folder.images else folder.images[0])

    def _relist(self, folder: DataFolder) -> None:
        self.document.relist(folder)
        self.images.set_folder(folder)
        following = self.images.image_from(self.document.image, 0)
        if self.document.image is None and following is not None:
            self.document.open(following)
        self.review.relist(folder)
        self._refresh_state(None)

    def _look_for_class_names(self, folder: DataFolder) -> None:
        job = Job(lambda: sampled_class_names(folder), self)
        job.record_ready.connect(self._on_names_sampled)
        self._session.start(job)

    def _on_names_sampled(self, names: tuple[str, ...]) -> None:
        """Number keys follow the sorted sample, the same at every start, whatever image was opened before it came."""
        self.classes.set_names(with_new_names(names, self.classes.names))
        self._add_class_names(())

    def _add_class_names(self, names: tuple[str, ...]) -> None:
        self.classes.set_names(with_new_names(self.classes.names, names))
        if not self.commands.class_name and self.classes.names:
            self.commands.set_class_name(self.classes.names[0])

    def _go(self, step: int) -> None:
        image = self.images.image_from(self.document.image, step)
        if image is not None:
            self.document.open(image)

    def _on_image_changed(self, image: ImageFile | None) -> None:
        self.images.show_current(image)
        self.image_notices.clear()
        if image is not None:
            self._pictures.show(image.path, neighbours=self._neighbours(image))
            if self.document.problem is not None:
                self.image_notices.show_problem(self.document.problem)
            elif self.document.remarks:
                self.image_notices.show_text(" ".join(self.document.remarks))
        self._on_annotation_changed(self.document.annotation)
        self._refresh_state(image)

    def _neighbours(self, image: ImageFile) -> tuple[Path, ...]:
        images, row = self.images.images, self.images.model.row_of(image)
        if row is None:
            return ()
        beside = (images[row + step].path for step in READ_AHEAD if 0 <= row + step < len(images))
        return (*self.review.ahead, *beside)

    def _on_picture_loaded(self, picture: Picture) -> None:
        image = self.document.image
        if image is None or picture.path != image.path:
            return
        self.canvas.set_picture(picture)
        if picture.problem is not None:
            self.image_notices.show_problem(picture.problem)

    def _on_tool_changed(self, tool: Tool) -> None:
        self._actions["draw"].setChecked(tool is Tool.DRAW)
        self._actions["draw_by_points"].setChecked(tool is Tool.POINT)

    def _on_view_changed(self, view: View) -> None:
        self.status.show_zoom(view.scale if self.document.image is not None else 0)

    def _on_annotation_changed(self, annotation: Annotation) -> None:
        self._add_class_names(tuple(box.class_name for box in annotation.boxes))
        self.classes.show_annotation(annotation)

    def _on_selection_changed(self, keys: tuple[int, ...]) -> None:
        self.canvas.centre_on_selection()
        box = self.document.annotation.box(keys[-1]) if keys else None
        for flag in FLAGS:
            self._actions[flag].setChecked(box is not None and getattr(box, flag))
        self._refresh_actions()

    def _on_class_chosen(self, name: str) -> None:
        self._add_class_names((name,))
        self.commands.apply_class(name)
        self.canvas.setFocus()

    def _on_class_changed(self, name: str) -> None:
        self.canvas.hands.class_name = name or FALLBACK_CLASS
        self.classes.show_current(name)

    def _apply_class_number(self, number: int) -> None:
        if number <= len(self.classes.names):
            self.commands.apply_class(self.classes.names[number - 1])

    def _show_menu(self, at: QPoint) -> None:
        selected = self.document.selected
        box = self.document.annotation.box(selected[-1]) if selected else None
        menu = box_menu(self, self.classes.names, self._actions, self.commands, box.pose if box else "")
        menu.exec(at)

    def _on_saved(self, image: ImageFile) -> None:
        self.notices.clear()
        self._session.annotation_saved.emit(image.path)

    def _on_reloaded(self, image: ImageFile) -> None:
        self.notices.show_text(
            f"Another program has changed the labels of {image.name}: they were read again, and the steps of undo "
            "that belong to the old ones are gone."
        )

    def _refresh_state(self, _image: object) -> None:
        image, annotation = self.document.image, self.document.annotation
        row = self.images.model.row_of(image)
        self.status.show_place(0 if row is None else row + 1, len(self.images.images), image.name if image else "")
        is_dirty = image is not None and self.document.is_dirty(image.name)
        text = state_text(annotation, is_dirty=is_dirty, is_read_only=self.document.problem is not None)
        self.status.show_state(text if image else "")
        self._actions["verify"].setChecked(annotation.is_verified)
        self._refresh_actions()

    def _refresh_actions(self) -> None:
        image, is_editable = self.document.image, self.document.is_editable
        has_selection = bool(self.document.selected)
        row = self.images.model.row_of(image)
        enabled = {
            "next_image": bool(self.images.images) and (row is None or row + 1 < len(self.images.images)),
            "previous_image": row is not None and row > 0,
            "delete_image": image is not None,
            "relabel": image is not None,
            "save": image is not None and self.document.is_dirty(image.name),
            "undo": self.document.undo_stack.canUndo(),
            "redo": self.document.undo_stack.canRedo(),
            "copy": has_selection,
            **dict.fromkeys(("fit", "actual_size", "zoom_in", "zoom_out"), image is not None),
            **dict.fromkeys(("draw", "draw_by_points", "verify", "paste", "note"), is_editable),
            "decide_empty": is_editable and self.document.annotation.state is ImageState.UNLABELLED,
            **dict.fromkeys(("delete", "duplicate", *FLAGS), is_editable and has_selection),
        }
        for name, is_enabled in enabled.items():
            self._actions[name].setEnabled(is_enabled)


def _is_relisted(old: DataFolder, new: DataFolder) -> bool:
    same = (old.root, old.format_name, old.convention) == (new.root, new.format_name, new.convention)
    return same and old.images != new.images


def _shows_the_same(old: DataFolder, new: DataFolder) -> bool:
    return (old.root, old.images, old.convention) == (new.root, new.images, new.convention)
