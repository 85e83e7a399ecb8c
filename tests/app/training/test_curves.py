"""Curves of long runs stay light, follow the theme, and name only what has data."""

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.theme import DARK, LIGHT, apply_theme
from app.training.class_scores import ClassScores
from app.training.curves import Curves
from app.training.run_view import outcome_text
from app.training.series import MOST_POINTS
from app.training.status import RunStatus, State
from yolox_core.train.events import Evaluated, RunFinished, RunStarted, StepDone

STARTED = RunStarted("runs/a", "cpu", ("drone",), 8, 2, epochs=50, steps_per_epoch=2000, parameters=1)


def step(number: int, *, l1_loss: float = 0.0) -> StepDone:
    loss = 10 + np.sin(number)
    return StepDone(1, number, loss, 1.0, 2.0, 3.0, l1_loss, 0.01, 320, 4, step_time_s=1.5, load_time_s=0.5)


def evaluated(epoch: int, ap: float) -> Evaluated:
    return Evaluated(epoch, epoch * 2, ap, ap + 0.1, ap, {"drone": ap + 0.1}, 2, 3.0)


@pytest.fixture
def status() -> RunStatus:
    made = RunStatus()
    made.take(STARTED)
    return made


@pytest.fixture
def curves(qtbot: QtBot) -> Curves:
    made = Curves()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    palette, style = qapp.palette(), qapp.style().name()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)


def test_that_a_hundred_thousand_steps_draw_as_few_points(curves: Curves, status: RunStatus) -> None:
    for number in range(1, 100_001):
        status.take(step(number))
    curves.show_status(status)
    assert 0 < curves.drawn_points <= MOST_POINTS
    x, _ = curves.rate.plot.listDataItems()[0].getData()
    assert len(x) <= MOST_POINTS
    assert x[-1] == 100_000


def test_that_the_legend_names_what_has_data_with_its_latest_value(curves: Curves, status: RunStatus) -> None:
    status.take(step(1))
    curves.show_status(status)
    legend = curves.losses.legend
    assert legend["iou_loss"].text.text() == "box  1"
    assert legend["l1_loss"].isHidden()
    status.take(step(2, l1_loss=1.0))
    curves.show_status(status)
    assert not legend["l1_loss"].isHidden()


def test_that_an_ap_of_nought_is_shown_on_an_axis_of_all_epochs(curves: Curves, status: RunStatus) -> None:
    status.take(evaluated(1, 0.0))
    curves.show_status(status)
    assert curves.figures.points("ap") == 1
    low, high = curves.figures.plot.viewRange()[0]
    assert low <= 1 < 50 <= high


def test_that_epochs_and_steps_are_whole_numbers(curves: Curves) -> None:
    axis = curves.figures.plot.getPlotItem().getAxis("bottom")
    assert all(spacing >= 1 for spacing, _ in axis.tickSpacing(0.6, 1.4, 400))
    assert all(spacing >= 1 for spacing, _ in axis.tickSpacing(1, 300, 400))


def test_that_plots_follow_the_theme(qtbot: QtBot, curves: Curves, application: QApplication) -> None:
    plot = curves.losses.plot
    for colors in (DARK, LIGHT):
        apply_theme(application, colors.name)
        qtbot.waitUntil(lambda ground=colors.base: plot.backgroundBrush().color().name() == ground)
        assert plot.listDataItems()[0].opts["pen"].color().name() == colors.accent


def test_that_the_weakest_class_comes_first(qtbot: QtBot) -> None:
    scores = ClassScores()
    qtbot.addWidget(scores)
    scores.show_scores({"bird": 0.75, "a drone with quite a long name for a class": 0.5}, epoch=3)
    assert scores.texts == ["a drone with quite a long name for a class 0.500", "bird 0.750"]
    assert scores.title.text() == "AP50 per class, epoch 3"


@pytest.mark.parametrize(
    ("state", "last", "ap", "words"),
    [
        ("done", "last.pth", 0.5, "Best AP50 0.600 after epoch 1"),
        ("stopped", "last.pth", None, "last weights are kept"),
        ("stopped", "", None, "No weights"),
        ("failed", "last.pth", 0.5, ""),
    ],
)
def test_that_the_outcome_says_what_is_kept(
    status: RunStatus, state: str, last: str, ap: float | None, words: str
) -> None:
    if ap is not None:
        status.take(evaluated(1, ap))
    status.take(RunFinished(state, "", last, 0.0, 0.0, 1, 2.0))
    assert status.state is State(state)
    assert words in outcome_text(status)
    assert bool(words) == bool(outcome_text(status))
