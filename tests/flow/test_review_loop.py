"""The loop through the real window: look for faults, settle them, train on, look again with what came of it."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.editor.fold_form import Folds
from app.editor.review_loop import LOOK_AGAIN
from app.editor.search_dialog import SearchDialog
from app.training.panel import TrainingPanel
from tests.app.editor.desk import Desk
from tests.flow.test_loop import LEFT, LONG, MakeWindow, _desk, _go_to, _open, make_window
from yolox_core.dataset.folder import open_folder
from yolox_core.dataset.formats import read_annotation
from yolox_core.review.decisions import Decisions
from yolox_core.review.rounds import rounds_of

__all__ = ["make_window"]  # the fixture
KEYS = Qt.Key


def _act(desk: Desk, name: str) -> None:
    next(action for action in desk.panel.actions() if action.objectName() == name).trigger()


def test_that_faults_are_found_settled_and_looked_for_again_after_training_on(
    qtbot: QtBot, make_window: MakeWindow, squares: Path
) -> None:
    twice = squares / "Annotations" / "3.xml"
    text = twice.read_text()
    item = text[text.index("<object>") : text.index("</annotation>")]
    twice.write_text(text.replace("</annotation>", f"{item}</annotation>"))  # a doubled box
    window = make_window()
    _open(qtbot, window, squares)
    desk = _desk(qtbot, window)
    review = desk.panel.review
    desk.key(KEYS.Key_S)
    qtbot.waitUntil(lambda: desk.panel.findChild(SearchDialog) is not None)
    dialog = desk.panel.findChild(SearchDialog)
    assert dialog is not None
    dialog.folds.form.set_record(Folds(folds=2, image_size=64, epochs=2))  # nothing else can judge yet
    qtbot.mouseClick(dialog.search, LEFT)
    qtbot.waitUntil(lambda: review.queue is not None, timeout=LONG)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    queue = review.queue
    assert queue is not None
    doubled = next(one for one in queue.listed if one.image == "3" and one.proposed is None)
    assert queue.go_to(doubled)
    review._show()
    desk.key(KEYS.Key_Y)
    assert len(desk.panel.document.held_annotation("3").boxes) == 1  # type: ignore[union-attr]

    _act(desk, "review_train")
    page = window.pages.made_page("train")
    assert isinstance(page, TrainingPanel)
    assert window.pages.current == "train"
    folder = open_folder(squares)
    saved = read_annotation(folder, next(image for image in folder.images if image.name == "3"))
    assert len(saved.boxes) == 1  # before anything is trained
    page.setup.set_config(replace(page.setup.config(), epochs=1, batch_size=4, image_size=64, multiscale_range=0))
    qtbot.mouseClick(page.setup.start, LEFT)
    qtbot.waitUntil(lambda: page.view.state.text() == "Done", timeout=LONG)
    _go_to(qtbot, window, "Edit")
    assert "A training on this data set has ended: AP" in review.loop.trained.text
    qtbot.mouseClick(review.loop.trained.buttons[LOOK_AGAIN], LEFT)
    qtbot.waitUntil(lambda: len(rounds_of(squares, ())) == 2, timeout=LONG)
    first, second = rounds_of(squares, Decisions(squares))
    assert (first.accepted, first.round.ap) == (1, None)
    assert second.round.ap is not None
    assert second.round.judge.endswith(".pth")
    assert all(one.image != "3" or one.given is None for one in review.queue.listed)  # it never comes back
    _act(desk, "review_train")  # the run's own settings, from its last weights
    assert page.setup.config().weights.endswith("last.pth")
    assert page.setup.config().epochs == 1
