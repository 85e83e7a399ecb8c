"""The loop: rounds on a chart, training on from the judge, looking again with what came of it."""

from pathlib import Path

from app.editor.review_loop import LOOK_AGAIN
from app.editor.rounds_window import RoundsWindow, rounds_text
from app.session import EndedRun, PageRequest
from tests.app.editor.desk import Desk
from tests.app.editor.test_review import ALL, KEYS, current
from tests.app.player.clips import write_checkpoint
from yolox_core.review.rounds import Round, RoundFigures, begin_round


def act(desk: Desk, name: str) -> None:
    next(action for action in desk.panel.actions() if action.objectName() == name).trigger()


def rounds(desk: Desk) -> RoundsWindow:
    """The chart, once it was asked for and read."""
    act(desk, "review_rounds")
    loop = desk.panel.review.loop
    desk.qtbot.waitUntil(lambda: loop._window is not None)
    assert isinstance(loop._window, RoundsWindow)
    return loop._window


def test_that_training_goes_on_from_the_judge_with_everything_saved(desk: Desk, root: Path) -> None:
    asked: list[PageRequest] = []
    desk.session.page_requested.connect(asked.append)
    desk.session.settings.set("autosave", value=False)
    desk.session.set_checkpoint(root / "nano.pth")
    desk.panel.review.begin(ALL)
    desk.key(KEYS.Key_Y)
    assert desk.panel.document.dirty_images
    act(desk, "review_train")
    assert not desk.panel.document.dirty_images
    assert asked == [PageRequest("train", root / "nano.pth")]


def test_that_a_finished_training_is_offered_as_the_next_judge(desk: Desk, root: Path, tmp_path: Path) -> None:
    weights = write_checkpoint(tmp_path / "small.pth")
    loop = desk.panel.review.loop
    ended = EndedRun(weights, 0.5)
    desk.session.run_ended.emit(ended)
    assert loop.trained.text == ""  # nobody has reviewed these labels: no question
    begin_round(root, "nano.pth", findings=3, ap=0.4)
    desk.session.run_ended.emit(ended)
    assert "has ended: AP 0.500 after 0.400. Look for label faults" in loop.trained.text
    loop.trained.buttons[LOOK_AGAIN].click()
    assert desk.session.checkpoint == weights
    desk.qtbot.waitUntil(lambda: desk.panel.review.queue is not None, timeout=60_000)
    window = rounds(desk)
    assert window.words.text().startswith("2 rounds: 0 faults mended")
    window.grab()
    desk.session.set_folder(None)
    assert not window.isVisible()  # it is of one data set


def test_that_settling_is_counted_in_its_round(desk: Desk, root: Path) -> None:
    begin_round(root, "nano.pth", findings=3, ap=None)
    desk.panel.review.begin(ALL)
    desk.key(KEYS.Key_Y)
    desk.key(KEYS.Key_U)
    assert current(desk) is not None
    window = rounds(desk)
    assert (
        window.words.text()
        == "1 round: 1 fault mended (green), 1 label found right (grey). The last search found 3 likely faults."
    )


def test_that_rounds_are_told_in_words() -> None:
    assert "begins one" in rounds_text(())
    figures = [RoundFigures(Round("", "", 1, ap), 1, 0) for ap in (0.41, None, 0.5)]
    assert rounds_text(figures).endswith("AP of the judge from 0.410 to 0.500.")
