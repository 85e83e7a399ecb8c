"""How boxes are drawn on the frame: switches of the menu, remembered, followed by every file that shows boxes."""

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.player.frame_view import FrameView
from app.session import Session
from yolox_core.infer.box_look import BoxLook

SWITCHES = {"box_names": "has_names", "box_scores": "has_scores", "box_lines": "grows"}
LETTERS = (0.75, 1.0, 1.25, 1.5, 2.0)


class BoxLooks(QObject):
    """Joins the actions, the settings and both pictures."""

    def __init__(self, session: Session, first: FrameView, second: FrameView, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._pictures = session, (first, second)
        get = session.settings.get
        scale = min(LETTERS, key=lambda letters: abs(letters - get("video_letters")))
        self._look = BoxLook(get("video_names"), get("video_scores"), get("video_lines_grow"), scale)
        self._actions: dict[str, QAction] = {}
        self.slots: dict[str, Callable[[], object]] = {
            **dict.fromkeys(SWITCHES, self._switch),
            "larger_letters": lambda: self._resize(1),
            "smaller_letters": lambda: self._resize(-1),
        }
        self._apply()

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow these actions of the page."""
        self._actions = actions
        for name, field in SWITCHES.items():
            actions[name].setChecked(getattr(self._look, field))

    def _switch(self) -> None:
        self._look = replace(self._look, **{field: self._actions[name].isChecked() for name, field in SWITCHES.items()})
        self._apply()
        look = self._look
        self._session.remember(video_names=look.has_names, video_scores=look.has_scores, video_lines_grow=look.grows)

    def _resize(self, steps: int) -> None:
        place = LETTERS.index(self._look.text_scale) + steps
        self._look = replace(self._look, text_scale=LETTERS[min(max(place, 0), len(LETTERS) - 1)])
        self._apply()
        self._session.remember(video_letters=self._look.text_scale)

    def _apply(self) -> None:
        for picture in self._pictures:
            picture.set_look(self._look)
