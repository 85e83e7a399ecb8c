"""Two versions of one image's labels side by side: what was edited here, and what another program has written."""

from collections import Counter
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from app.editor.pictures import Picture, PictureLoader
from app.editor.stage import Scene, Stage
from app.editor.viewport import fitted
from app.theme import SPACE
from yolox_core.dataset.folder import ImageFile
from yolox_core.records import Annotation, Box

KEEP, TAKE = "Keep mine", "Take theirs"


def only_in(annotation: Annotation, other: Annotation) -> frozenset[int]:
    """Keys of the boxes that `other` does not have in the same place, with the same class and flags."""
    there = Counter(replace(box, key=0) for box in other.boxes)
    keys = set()
    for box in annotation.boxes:
        alike = replace(box, key=0)
        if there[alike]:
            there[alike] -= 1
        else:
            keys.add(box.key)
    return frozenset(keys)


class AnnotationView(QWidget):
    """Shows a whole picture with boxes that cannot be changed; `marked` ones are drawn bold."""

    def __init__(self, annotation: Annotation, marked: frozenset[int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._annotation = annotation
        self._marked = marked
        self._picture: Picture | None = None
        self._stage = Stage()
        self.setMinimumSize(240, 200)

    def show_picture(self, picture: Picture) -> None:
        """Show the pixels that the boxes belong to."""
        self._picture = picture
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture, its boxes, and the marked ones on top."""
        size = (self._annotation.width, self._annotation.height)
        scene = Scene(
            view=fitted(size, (self.width(), self.height())),
            size=self.size(),
            ratio=self.devicePixelRatioF(),
            ground=self.palette().mid().color(),
            picture=self._picture,
            annotation=self._annotation,
            selected=self._marked,
        )
        self._stage.draw(QPainter(self), scene)


class ConflictDialog(QDialog):
    """Mine at the left, theirs at the right; `choice` is the text of the button that was pressed, or empty."""

    def __init__(self, image: ImageFile, mine: Annotation, theirs: Annotation, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Two versions of {image.name}")
        self.choice = ""
        self.mine = AnnotationView(mine, only_in(mine, theirs))
        self.theirs = AnnotationView(theirs, only_in(theirs, mine))
        sides = QHBoxLayout()
        sides.setSpacing(SPACE)
        sides.addLayout(_side("Mine", mine, theirs, self.mine))
        sides.addLayout(_side("Theirs, on disk now", theirs, mine, self.theirs))
        self.buttons = QDialogButtonBox()
        for answer in (KEEP, TAKE):
            button = self.buttons.addButton(answer, QDialogButtonBox.ButtonRole.AcceptRole)
            button.clicked.connect(lambda _checked=False, chosen=answer: self._choose(chosen))
        self.buttons.addButton("Decide later", QDialogButtonBox.ButtonRole.RejectRole)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(sides, 1)
        layout.addWidget(self.buttons)
        self._pictures = PictureLoader(self)
        self._pictures.loaded.connect(self.mine.show_picture)
        self._pictures.loaded.connect(self.theirs.show_picture)
        self._pictures.show(image.path)
        self.finished.connect(self._pictures.stop)
        self.resize(self.screen().availableSize() * 0.8)

    def _choose(self, answer: str) -> None:
        self.choice = answer
        self.accept()


def difference_text(annotation: Annotation, other: Annotation) -> str:
    """How many boxes, and which of them the other side has not."""
    keys = only_in(annotation, other)
    count = len(annotation.boxes)
    boxes = "1 box" if count == 1 else f"{count} boxes"
    if not keys:
        return f"{boxes}, all of them on the other side too"
    own = [box for box in annotation.boxes if box.key in keys]
    listed = "; ".join(_described(box) for box in own[:4]) + ("; …" if len(own) > 4 else "")
    return f"{boxes}, {len(own)} only here (bold): {listed}"


def _described(box: Box) -> str:
    return f"{box.class_name} at {box.x1:g}, {box.y1:g}, {box.width:g} × {box.height:g}"


def _side(title: str, annotation: Annotation, other: Annotation, view: AnnotationView) -> QVBoxLayout:
    heading = QLabel(title)
    heading.setProperty("look", "heading")
    text = QLabel(difference_text(annotation, other), wordWrap=True, textFormat=Qt.TextFormat.PlainText)
    text.setProperty("look", "muted")
    text.setAlignment(Qt.AlignmentFlag.AlignTop)
    text.setMinimumHeight(2 * text.fontMetrics().lineSpacing())
    column = QVBoxLayout()
    column.setSpacing(SPACE // 2)
    column.addWidget(heading)
    column.addWidget(view, 1)
    column.addWidget(text)
    return column
