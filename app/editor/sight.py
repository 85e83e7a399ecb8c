"""What of an image is shown and how, beside zoom and place. Nothing here changes a file."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from app.editor.canvas import Canvas
from app.editor.captions import CaptionChooser
from app.editor.class_marks import ClassMarks
from app.editor.commands import BoxCommands
from app.editor.document import AnnotationDocument
from app.editor.hidden_sign import HiddenSign
from app.editor.look import Look
from app.editor.loupe import Loupe
from app.editor.tone_bar import ToneBar
from app.editor.tones import Tones, stretched
from app.session import Session


class Sight(QObject):
    """Joins the canvas with what decides how it shows an image."""

    words_changed = Signal(str)  # what is locked or adjusted, for the status line

    def __init__(
        self,
        session: Session,
        document: AnnotationDocument,
        canvas: Canvas,
        *,
        commands: BoxCommands,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._tones = Tones()
        self.marks = ClassMarks(document, lambda: commands.class_name, self)
        self.captions = CaptionChooser(session, self)
        self.sign = HiddenSign(self.marks, document, canvas)
        self.tone_bar = ToneBar()
        self.loupe = Loupe(document, canvas)
        self.bars: tuple[QWidget, ...] = (self.tone_bar,)
        self.slots: dict[str, Callable[[], object]] = {
            **self.marks.slots,
            **self.captions.slots,
            **self.loupe.slots,
            "adjust_picture": lambda: self.tone_bar.setVisible(self.tone_bar.isHidden()),
        }
        self.tone_bar.tones_wanted.connect(self._set_tones)
        self.tone_bar.stretch_wanted.connect(self._stretch)
        for part in (self.marks, self.captions):
            part.changed.connect(self._show)
        self._show()

    def take(self, actions: Mapping[str, QAction]) -> None:
        """Follow these actions of the page."""
        self.captions.take(actions)

    def _stretch(self) -> None:
        if self._canvas.picture is not None:
            self._set_tones(stretched(self._canvas.picture))

    def _set_tones(self, tones: Tones) -> None:
        self._tones = tones
        self.tone_bar.show_tones(tones)
        self._show()

    def _show(self, _changed: object = None) -> None:
        look = Look(self.marks.marks, self.captions.captions, self._tones)
        self._canvas.set_look(look)
        self.words_changed.emit(look.words)
