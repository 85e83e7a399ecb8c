"""Names, scores, letters and lines of boxes: on the frame, in exported videos, from one start to the next."""

from pathlib import Path

import numpy as np

from app.player.panel import PlayerPanel
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.app.player.conftest import Theatre
from yolox_core.infer.box_look import BoxLook
from yolox_core.infer.drawing import draw_detections
from yolox_core.records import Detections

BOXES = np.array([[100, 100, 112, 112], [150, 50, 630, 430]], np.float32)
FOUND = Detections(BOXES, np.array([0.9, 0.8], np.float32), np.array([0, 0]))


def test_that_switches_change_the_frame_and_are_remembered(theatre: Theatre, clip: Path, checkpoint: Path) -> None:
    theatre.open_video(clip)
    theatre.open_checkpoint(checkpoint)
    theatre.panel.stage.thresholds.confidence.slider.setValue(5)
    theatre.wait_for_boxes()
    view = theatre.panel.stage.view

    def drawn() -> bytes:
        image = view.image_with_boxes()
        return bytes(image.constBits())

    seen = [drawn()]
    for name in ("box_names", "box_scores", "larger_letters", "box_lines"):
        theatre.panel._actions[name].trigger()
        seen.append(drawn())
    assert view.look == BoxLook(has_names=False, has_scores=False, grows=False, text_scale=1.25)
    assert seen[0] != seen[1] != seen[2]
    assert seen[2] == seen[3]  # no letters are left
    store = SettingsStore(theatre.session.settings.path)
    again = PlayerPanel(Session(store, Problems()))
    assert again.stage.view.look == view.look
    assert not again._actions["box_names"].isChecked()
    again.shut_down()


def test_that_labels_say_what_is_wanted() -> None:
    assert BoxLook().label("drone", 3, 0.876) == "drone #3 0.88"
    assert BoxLook(has_scores=False).label("drone", 0, 0.876) == "drone"
    assert BoxLook(has_names=False, has_scores=False).label("drone", 0, 0.876) == ""


def test_that_lines_grow_with_the_box() -> None:
    assert BoxLook().line_widths(BOXES, 2).tolist() == [1, 4]
    assert BoxLook(grows=False).line_widths(BOXES, 2).tolist() == [2, 2]
    assert BoxLook().line_widths(np.array([[0, 0, 96, 96]]), 2).tolist() == [2]


def test_that_files_look_the_same_way() -> None:
    image = np.full((480, 640, 3), 90, np.uint8)
    whole = draw_detections(image, FOUND, ("drone",))
    bare = draw_detections(image, FOUND, ("drone",), look=BoxLook(has_names=False, has_scores=False))
    large = draw_detections(image, FOUND, ("drone",), look=BoxLook(text_scale=2))
    changed = [(made != image).any(axis=2).sum() for made in (bare, whole, large)]
    assert changed[0] < changed[1] < changed[2]
