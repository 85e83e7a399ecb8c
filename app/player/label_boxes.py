"""The labels of the open data set over the frames that are images of it, and where on the timeline these are."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction

from app.player.feed import VideoFacts
from app.player.playback import Playback, ShownFrame
from app.player.stage import Stage
from app.session import Session
from yolox_core.errors import UserError

if TYPE_CHECKING:
    from yolox_core.dataset.folder import DataFolder, ImageFile
    from yolox_core.records import Box


class LabelBoxes(QObject):
    """Finds the image of a frame by its name: as sending names it, or that of the image file itself."""

    def __init__(self, session: Session, playback: Playback, stage: Stage, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._playback, self._stage = session, playback, stage
        self._action: QAction | None = None
        self._images: dict[int, ImageFile] = {}
        self._boxes: dict[int, tuple[Box, ...]] = {}
        self.slots: dict[str, Callable[[], object]] = {"show_labels": self._on_toggled}
        playback.video_opened.connect(lambda _facts: self._find())
        playback.frame_shown.connect(self._on_frame_shown)
        session.folder_changed.connect(lambda _folder: self._find())
        session.annotation_saved.connect(lambda _path: self._read_again())
        session.labels_rewritten.connect(lambda _folder: self._read_again())

    def take(self, actions: dict[str, QAction]) -> None:
        """Follow this action of the page."""
        self._action = actions["show_labels"]
        self._action.setChecked(self._session.settings.get("video_labels"))

    def of(self, frame: int) -> "tuple[Box, ...]":
        """The labels of a frame; none where it is no image of the data set, or its labels cannot be read."""
        if frame not in self._boxes and frame in self._images and self._session.folder is not None:
            from yolox_core.dataset.formats import read_annotation

            try:
                self._boxes[frame] = read_annotation(self._session.folder, self._images[frame]).boxes
            except UserError:
                self._boxes[frame] = ()  # told on the page where labels are edited
        return self._boxes.get(frame, ())

    def _on_toggled(self) -> None:
        if self._action is not None:
            self._session.remember(video_labels=self._action.isChecked())
        self._show()

    def _find(self) -> None:
        facts, folder = self._playback.facts, self._session.folder
        self._images = images_of_frames(facts, folder) if facts is not None and folder is not None else {}
        self._read_again()

    def _read_again(self) -> None:
        self._boxes.clear()
        self._show()

    def _show(self) -> None:
        is_on = self._action is not None and self._action.isChecked()
        self._stage.timeline.set_labelled(self._images if is_on else ())
        shown = self._playback.shown
        self._stage.view.set_labels(self.of(shown.index) if is_on and shown is not None and not shown.is_near else ())

    def _on_frame_shown(self, shown: ShownFrame) -> None:
        is_on = self._action is not None and self._action.isChecked()
        self._stage.view.set_labels(self.of(shown.index) if is_on and not shown.is_near else ())


def images_of_frames(facts: VideoFacts, folder: "DataFolder") -> "dict[int, ImageFile]":
    """The images of a data set that are frames of a video, or of the same images, by frame."""
    if facts.names:
        found = {number: folder.image(Path(name).stem) for number, name in enumerate(facts.names)}
        return {number: image for number, image in found.items() if image is not None}
    prefix = f"{facts.source.path.stem}_"
    numbered = ((image.name.removeprefix(prefix), image) for image in folder.images if image.name.startswith(prefix))
    by_frame = {int(digits) - 1: image for digits, image in numbered if len(digits) == 6 and digits.isdecimal()}
    return {frame: image for frame, image in by_frame.items() if 0 <= frame < facts.frames}
