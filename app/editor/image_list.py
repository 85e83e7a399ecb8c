"""The list of images: filter, rows, how many there are and how far the folder is. The filter asks the index."""

from collections.abc import Callable, Collection, Hashable, Sequence
from random import randrange

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.editor.document import AnnotationDocument
from app.editor.filter_form import DOUBTS, FilterForm, ImageFilter
from app.editor.folder_progress import FolderProgress
from app.editor.image_rows import ImageDelegate, ImageListModel, Mark
from app.editor.row_view import RowView
from app.editor.thumbnails import Thumbnails
from app.fetcher import Answer, Fetcher
from app.folder_index import IndexReader
from app.icons import icon
from app.session import Session
from yolox_core.dataset.folder import DataFolder, ImageFile
from yolox_core.dataset.formats import read_annotation
from yolox_core.dataset.index_query import Order
from yolox_core.errors import UserError
from yolox_core.records import ImageState

MARKS_AT_ONCE = 200


class NothingListed(QWidget):
    """What stands in place of a list that the filter has emptied."""

    def __init__(self) -> None:
        super().__init__()
        text = QLabel("No image passes the filter.", wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        text.setProperty("look", "muted")
        self.show_all = QPushButton("Show all images")
        layout = QVBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(text)
        layout.addWidget(self.show_all, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(1)


class ImageList(QWidget):
    """Filter, list and progress. Emits `image_chosen` when the user goes to another row.

    A filter is asked when it changes and when files changed, not after a save: what one works on stays in the list.
    """

    image_chosen = Signal(object)  # ImageFile
    list_changed = Signal()  # other images are listed

    def __init__(self, document: AnnotationDocument, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._session = session
        self._index = index = session.index
        self._folder: DataFolder | None = None
        self._own: dict[str, Callable[[], Collection[str]]] = {}
        self._is_showing = False
        self._row = 0
        self._reader = IndexReader(index, self)
        self._states = IndexReader(index, self)
        self._marks = Fetcher(self._read_mark, self)
        self._asked: dict[str, ImageFile] = {}
        self._thumbnails = Thumbnails(self)
        self._delegate = ImageDelegate(self)
        self.model = ImageListModel()
        self.filter_line = QLineEdit(placeholderText="Filter by name", clearButtonEnabled=True)
        self.filter_form = FilterForm(index)
        self.filter_button = QToolButton()
        self.view = self._make_view()
        self.nothing = NothingListed()
        self._stage = QStackedWidget()
        self.slots: dict[str, Callable[[], object]] = {
            "thumbnails": lambda: self._show_thumbnails(is_on=self._delegate.thumbnails is None),
            "random_image": self.choose_random,
        }
        self.progress = FolderProgress(index)
        self._lay_out()
        self._connect()

    @property
    def images(self) -> Sequence[ImageFile]:
        """The images that pass the filter."""
        return self.model.images

    def set_folder(self, folder: DataFolder | None) -> None:
        """List another folder, unfiltered; or the same one, with other images, through the filter that is set."""
        is_same = folder is not None and self._folder is not None and folder.root == self._folder.root
        self._folder = folder
        self.model.forget_marks()
        if not is_same:
            self._clear_filter()
            self._thumbnails.clear()
        self.filter_form.show_folder(folder)
        self._list_all()
        self._ask()

    def clear_filter(self) -> None:
        """Let all images pass."""
        self._clear_filter()
        self._ask()

    def mark_images(self, mark: str, names: Callable[[], Collection[str]]) -> None:
        """Take up which images have one of OWN_MARKS; those of a review come in the order of their names here."""
        self._own[mark] = names
        if self._filter.own == mark:
            self._ask()

    def show_current(self, image: ImageFile | None) -> None:
        """Mark the row of the image on the desk, without choosing it again."""
        row = self.model.row_of(image)
        self._is_showing = True
        if row is None:
            self.view.clearSelection()
            self.view.setCurrentIndex(QModelIndex())
        else:
            self._row = row
            self.view.setCurrentIndex(self.model.index(row))
            self.view.scrollTo(self.model.index(row))
        self._is_showing = False

    def image_from(self, image: ImageFile | None, step: int) -> ImageFile | None:
        """The image so many rows after one (before it, below 0); after the row where it was, if it has left."""
        row = self.model.row_of(image)
        target = row + step if row is not None else self._row + min(step, 0)
        if row is None:
            target = min(max(target, 0), len(self.images) - 1)
        return self.images[target] if 0 <= target < len(self.images) else None

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        is_on = bool(self._session.settings.get("thumbnails"))
        actions["thumbnails"].setChecked(is_on)
        self._show_thumbnails(is_on=is_on)

    def choose_random(self) -> None:
        """Go to any other image of the list."""
        current = self.model.row_of(self._document.image)
        others = len(self.images) - (current is not None)
        if others:
            row = randrange(others)
            self.image_chosen.emit(self.images[row + (current is not None and row >= current)])

    def read_marks_again(self, _folder: object = None) -> None:
        """Ask for every state anew, after files were changed all over."""
        self.model.forget_marks()
        self.view.viewport().update()

    def stop(self) -> None:
        """End the threads."""
        self._states.stop()
        self._marks.stop()
        self._thumbnails.stop()
        self._reader.stop()
        self.progress.stop()
        self.filter_form.stop()

    @property
    def _filter(self) -> ImageFilter:
        return self.filter_form.filter(self.filter_line.text())

    def _show_thumbnails(self, *, is_on: bool) -> None:
        """Show a small picture beside each name, or only names."""
        self._delegate.thumbnails = self._thumbnails if is_on else None
        self.view.set_row_height(self._delegate.row_height)
        self.show_current(self._document.image)
        if is_on != self._session.settings.get("thumbnails"):
            self._session.remember(thumbnails=is_on)

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.filter_line, 1)
        row.addWidget(self.filter_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        layout.addWidget(self.filter_form)
        self._stage.addWidget(self.view)
        self._stage.addWidget(self.nothing)
        layout.addWidget(self._stage, 1)
        layout.addWidget(self.progress)
        self.filter_form.hide()
        self.filter_button.setIcon(icon("filter"))
        self.filter_button.setToolTip("Choose by state, class, split, marks; sort")
        self.filter_button.setCheckable(True)

    def _connect(self) -> None:
        self.filter_line.textChanged.connect(self._ask)
        self.filter_form.changed.connect(self._ask)
        self.filter_form.cleared.connect(self.clear_filter)
        self.nothing.show_all.clicked.connect(self.clear_filter)
        self.filter_button.toggled.connect(self.filter_form.setVisible)
        self._reader.answered.connect(self._on_places_found)
        self._index.synced.connect(self._ask)
        self.view.selectionModel().currentChanged.connect(self._on_current_changed)
        self.model.marks_wanted.connect(self._ask_for_marks, Qt.ConnectionType.QueuedConnection)
        self._states.answered.connect(self._on_states_found)
        self._states.unanswered.connect(self._read_asked)
        self._marks.fetched.connect(self._on_mark_fetched)
        self._thumbnails.arrived.connect(self.view.viewport().update)
        self._document.sheet_changed.connect(self._on_sheet_changed)

    def _make_view(self) -> RowView:
        view = RowView()
        view.setModel(self.model)
        view.setItemDelegate(self._delegate)
        view.setAccessibleName("Images")
        return view

    def _clear_filter(self) -> None:
        for widget in (self.filter_line, self.filter_form):
            widget.blockSignals(True)
        self.filter_line.clear()
        self.filter_form.clear()
        for widget in (self.filter_line, self.filter_form):
            widget.blockSignals(False)

    def _ask(self, _changed: object = None) -> None:
        wanted = self._filter
        if wanted.is_open:
            if self._folder is not None and self.images is not self._folder.images:
                self._list_all()
            self._reader.forget()
        else:
            self._reader.ask(lambda index: (wanted, index.places(wanted.filter)))
        self.filter_form.show_text(self.filter_line.text())

    def _on_places_found(self, answer: tuple[ImageFilter, Sequence[int]]) -> None:
        if self._folder is None:
            return
        wanted, places = answer
        if wanted.own:
            images, names = self._folder.images, self._own.get(wanted.own, tuple)()
            rank = {name: number for number, name in enumerate(names)}
            places = [place for place in places if images[place].name in rank]
            if wanted.own == DOUBTS and wanted.filter.order is Order.NAME:
                places.sort(key=lambda place: rank[images[place].name])
        self._list(places)

    def _list_all(self) -> None:
        self._list(None)

    def _list(self, places: Sequence[int] | None) -> None:
        before = self.images
        if places is not None and self.model.lists(self._folder, places):
            return
        scrolled = self.view.verticalScrollBar().value()
        self.model.show_images(self._folder, places)
        total = len(self._folder.images) if self._folder is not None else 0
        self.progress.show_listed(len(self.images), total)
        self._stage.setCurrentWidget(self.view if self.images or not total else self.nothing)
        self.view.verticalScrollBar().setValue(scrolled)
        self.show_current(self._document.image)
        if before != self.images:
            self.list_changed.emit()

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and not self._is_showing:
            self.image_chosen.emit(self.model.images[current.row()])

    def _ask_for_marks(self) -> None:
        newest = {image.name: image for image in self.model.take_unknown()}
        wanted = [*newest.values(), *(image for name, image in self._asked.items() if name not in newest)]
        self._asked = {image.name: image for image in wanted[:MARKS_AT_ONCE]}
        folder = self._folder
        places = [folder.place_of(name) for name in self._asked] if folder is not None else []
        known = [place for place in places if place is not None]
        self._states.ask(lambda index: index.states(known))

    def _on_states_found(self, states: dict[int, ImageState]) -> None:
        """Show what the index knows; the label files tell the rest."""
        if self._folder is not None:
            for place, state in states.items():
                self._show_mark(self._folder.images[place], Mark(state))
        self._read_asked()

    def _read_asked(self) -> None:
        self._marks.ask(tuple(self._asked.values()))

    def _show_mark(self, image: ImageFile, mark: Mark) -> None:
        self._asked.pop(image.name, None)
        if self._document.held_annotation(image.name) is None:
            self.model.set_mark(image, mark)

    def _read_mark(self, image: Hashable) -> Mark:
        assert isinstance(image, ImageFile)
        if self._folder is None:
            return Mark()
        try:
            return Mark(read_annotation(self._folder, image).state)
        except UserError as problem:
            return Mark(problem=problem.what)

    def _on_mark_fetched(self, answer: Answer) -> None:
        image, mark = answer.question, answer.value
        assert isinstance(image, ImageFile)
        assert isinstance(mark, Mark)
        self._show_mark(image, mark)

    def _on_sheet_changed(self, image: ImageFile) -> None:
        self.model.set_mark(image, self._held_mark(image))

    def _held_mark(self, image: ImageFile) -> Mark:
        problem = self._document.problem if image == self._document.image else None
        annotation = self._document.held_annotation(image.name)
        is_broken = problem is not None and annotation is not None and not annotation.boxes
        if annotation is None or is_broken:
            return Mark(problem=problem.what if problem else "")
        return Mark(annotation.state, is_dirty=self._document.is_dirty(image.name))
