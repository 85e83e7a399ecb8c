"""Plots of long runs stay light, follow theme, mouse and settings, and name only what has data."""

import csv
import io
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent, QMouseEvent, QPixmap, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from app.theme import DARK, LIGHT, apply_theme
from app.training.chart import Chart
from app.training.chart_export import save_picture, values_csv
from app.training.class_scores import ClassScores
from app.training.curve_settings import CurveSettings
from app.training.curves import Curves
from app.training.pick_button import PickButton
from app.training.run_view import outcome_text
from app.training.status import RunStatus, State
from app.training.steps import MOST_POINTS
from yolox_core.errors import FileError
from yolox_core.train.events import Evaluated, RunFinished, RunStarted, StepDone
from yolox_core.train.step_index import COLUMNS

STARTED = RunStarted("runs/a", "cpu", ("drone",), 8, 2, epochs=50, steps_per_epoch=100, parameters=1)


def step(number: int, *, l1_loss: float = 0.0, total: float | None = None) -> StepDone:
    loss = 10 + np.sin(number) if total is None else total
    epoch = (number - 1) // 100 + 1
    return StepDone(epoch, number, loss, 1.0, 2.0, 3.0, l1_loss, 0.01, 320, 4, step_time_s=1.5, load_time_s=0.5)


def evaluated(epoch: int, ap: float, per_class: dict[str, float] | None = None) -> Evaluated:
    return Evaluated(epoch, epoch * 100, ap, ap + 0.1, ap, per_class or {"drone": ap + 0.1}, 2, 3.0)


def run_of(steps: int, *, classes: int = 1, total: float | None = None) -> RunStatus:
    """A run with an evaluation after every hundred steps."""
    made = RunStatus()
    made.take(STARTED)
    for number in range(1, steps + 1):
        made.take(step(number, total=total))
        if number % 100 == 0:
            made.take(evaluated(number // 100, 0.3, {f"class {place}": place / classes for place in range(classes)}))
    return made


@pytest.fixture
def status() -> RunStatus:
    made = RunStatus()
    made.take(STARTED)
    return made


@pytest.fixture
def session() -> Session:
    return Session(SettingsStore(), Problems())


@pytest.fixture
def curves(qtbot: QtBot, session: Session) -> Curves:
    made = Curves(session)
    made.make_all()
    qtbot.addWidget(made)
    made.resize(1000, 600)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def application(qapp: QApplication) -> Iterator[QApplication]:
    palette, style = qapp.palette(), qapp.style().name()
    yield qapp
    qapp.setStyleSheet("")
    qapp.setStyle(style)
    qapp.setPalette(palette)


def _range(chart: Chart) -> tuple[float, float]:
    low, high = chart.box.viewRange()[0]
    return low, high


def _place(chart: Chart, x: float) -> QPoint:
    """Where a place on the axis is in the plot's viewport, in the middle of its height."""
    low, high = chart.box.viewRange()[1]
    return chart.plot.mapFromScene(chart.box.mapViewToScene(QPointF(x, (low + high) / 2)))


def _wheel(chart: Chart, x: float, *, notches: int) -> None:
    viewport, place = chart.plot.viewport(), QPointF(_place(chart, x))
    QApplication.sendEvent(
        viewport,
        QWheelEvent(
            place,
            QPointF(viewport.mapToGlobal(place)),
            QPoint(),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        ),
    )


def _move(chart: Chart, place: QPoint, buttons: Qt.MouseButton) -> None:
    viewport = chart.plot.viewport()
    QApplication.sendEvent(
        viewport,
        QMouseEvent(
            QEvent.Type.MouseMove,
            QPointF(place),
            QPointF(viewport.mapToGlobal(place)),
            Qt.MouseButton.NoButton,
            buttons,
            Qt.KeyboardModifier.NoModifier,
        ),
    )


def _drag(chart: Chart, start: float, end: float) -> None:
    viewport = chart.plot.viewport()
    first, last = _place(chart, start), _place(chart, end)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=first)
    for share in (0.3, 0.6, 1.0):
        _move(chart, first + (last - first) * share, Qt.MouseButton.LeftButton)
        QTest.qWait(20)  # pyqtgraph takes no two moves within 10 ms
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=last)


def test_that_many_steps_draw_as_few_points(curves: Curves, status: RunStatus) -> None:
    rows = np.ones((200_000, len(COLUMNS)), np.float32)
    rows[:, COLUMNS.index("step")] = np.arange(1, 200_001)
    rows[:, COLUMNS.index("total_loss")] = np.random.default_rng(0).normal(size=len(rows))
    status.take_steps(rows)
    curves.show_status(status)
    assert 0 < curves.drawn_points <= MOST_POINTS
    assert status.step == 200_000
    assert 200_000 - curves.charts["losses"].curves[0].trace.x[-1] < 64


def test_that_the_legend_names_what_has_data_with_its_latest_value(
    qtbot: QtBot, curves: Curves, status: RunStatus
) -> None:
    status.take(step(1))
    curves.show_status(status)
    legend = curves.charts["losses"].legend
    assert legend.entries["iou_loss"].text() == "box  1"
    assert "l1_loss" not in legend.entries
    status.take(step(2, l1_loss=1.0))
    curves.show_status(status)
    qtbot.waitUntil(lambda: "l1_loss" in legend.entries)


def test_that_an_ap_of_nought_is_shown(curves: Curves, status: RunStatus) -> None:
    status.take(step(100))
    status.take(evaluated(1, 0.0))
    curves.show_status(status)
    chart = curves.charts["figures"]
    assert [curve.key for curve in chart.curves] == ["ap50", "ap"]
    low, high = chart.box.viewRange()[1]
    assert low < 0 < high


def test_that_epochs_and_steps_are_whole_numbers_and_times_those_of_a_clock(curves: Curves) -> None:
    axis = curves.charts["figures"].axis
    assert all(spacing >= 1 for spacing, _ in axis.tickSpacing(0.6, 1.4, 400))
    axis.kind = "clock"
    assert axis.tickSpacing(0, 4000, 400) == [(1800.0, 0.0)]
    assert axis.tickStrings([0, 45, 90, 1800, 3900], 1, 1) == ["0 s", "45 s", "1 min 30", "30 min", "1 h 05"]


def test_that_plots_follow_the_theme(qtbot: QtBot, curves: Curves, application: QApplication) -> None:
    curves.show_status(run_of(3))
    chart = curves.charts["losses"]
    for colors in (DARK, LIGHT):
        apply_theme(application, colors.name)
        qtbot.waitUntil(lambda ground=colors.base: chart.plot.backgroundBrush().color().name() == ground)
        pens = [item.opts["pen"].color().name() for item in chart.box.childGroup.childItems() if hasattr(item, "opts")]
        assert colors.accent in pens


def test_that_wheel_and_drag_zoom_all_plots_and_a_double_click_shows_all(curves: Curves) -> None:
    curves.show_status(run_of(1000))
    losses, rate = curves.charts["losses"], curves.charts["rate"]
    assert _range(losses) == pytest.approx((0, 1015))
    _wheel(losses, 500, notches=3)
    low, high = _range(losses)
    assert 100 < low < 500 < high < 900
    assert _range(rate) == (low, high)
    for press in (QTest.mouseDClick, QTest.mouseRelease):
        press(losses.plot.viewport(), Qt.MouseButton.LeftButton, pos=_place(losses, 500))
    assert _range(losses) == pytest.approx((0, 1015))
    _drag(losses, 200, 400)
    np.testing.assert_allclose(_range(rate), (200, 400), atol=10)
    assert curves.bar.all.isVisible()
    QTest.mouseClick(curves.bar.all, Qt.MouseButton.LeftButton)
    assert _range(losses) == pytest.approx((0, 1015))
    assert not curves.bar.all.isVisible()


def test_that_the_end_is_followed_unless_a_part_is_shown(qtbot: QtBot, curves: Curves) -> None:
    losses, last = curves.charts["losses"], curves.charts["wait"]
    status = run_of(100)
    curves.show_status(status)
    status.take(step(101))
    curves.show_status(status)
    qtbot.waitUntil(lambda: _range(last) == pytest.approx((0, 101 * 1.015)))
    _wheel(losses, 50, notches=2)
    zoomed = _range(losses)
    status.take(step(102, total=500.0))
    curves.show_status(status)
    qtbot.waitUntil(lambda: not curves._turns.isActive())
    assert _range(losses) == _range(last) == zoomed


def test_that_the_values_under_the_mouse_are_said(curves: Curves) -> None:
    status = run_of(29)
    for number in range(30, 61):
        status.take(step(number, total=77.0 if number == 30 else 1.0))
    curves.bar.smoothing.setValue(0)
    curves.show_status(status)
    curves.overlay({"other <run>": run_of(50, total=5.0)})
    losses, rate = curves.charts["losses"], curves.charts["rate"]
    _move(losses, _place(losses, 30), Qt.MouseButton.NoButton)
    assert losses.readout.isVisible()
    text = losses.readout.text()
    assert "Step 30" in text
    assert "77" in text
    assert ">&nbsp;&nbsp;&nbsp;5<" in text
    assert not rate.readout.isVisible()
    QApplication.sendEvent(losses, QEvent(QEvent.Type.Leave))
    assert not losses.readout.isVisible()


def test_that_a_click_in_the_legend_hides_a_curve_and_the_window_remembers(
    qtbot: QtBot, curves: Curves, session: Session
) -> None:
    curves.show_status(run_of(200))
    chart = curves.charts["losses"]
    QTest.mouseClick(chart.legend.entries["total_loss"], Qt.MouseButton.LeftButton)
    assert "total_loss" not in [curve.key for curve in chart.curves]
    assert chart.box.viewRange()[1][1] < 9
    curves.bar.axis.setCurrentIndex(1)
    curves.bar.is_log.click()
    again = Curves(Session(SettingsStore(session.settings.path), Problems()))
    qtbot.addWidget(again)
    assert again.settings == curves.settings
    assert again.settings.hidden == ("losses/total_loss",)
    assert (again.settings.axis, again.settings.is_log) == ("epoch", True)
    QTest.mouseClick(chart.legend.entries["total_loss"], Qt.MouseButton.LeftButton)
    assert "total_loss" in [curve.key for curve in chart.curves]


def test_that_the_axis_is_steps_epochs_or_time(curves: Curves) -> None:
    curves.show_status(run_of(250))
    ends = []
    for row in range(3):
        curves.bar.axis.setCurrentIndex(row)
        ends.append(_range(curves.charts["figures"])[1])
        x = curves.charts["figures"].curves[0].trace.x
        assert x[0] < x[1] < ends[-1]
    assert ends == pytest.approx([1.015 * end for end in (250, 2.5, 250 * 2 + 2 * 3)])


def test_that_smoothing_draws_means_before_the_values(curves: Curves) -> None:
    curves.show_status(run_of(500))
    curves.bar.smoothing.setValue(5)
    trace = curves.charts["losses"].curves[0].trace
    assert np.ptp(trace.y[50:]) < 0.1
    assert np.ptp(trace.raw_y) > 1.9
    assert curves.bar.smoothing_text.text() == "50 steps"


def test_that_a_logarithmic_axis_passes_over_what_has_no_logarithm(curves: Curves, status: RunStatus) -> None:
    for number, value in enumerate((10.0, 0.0, -1.0, float("nan"), float("inf"), 0.1), start=1):
        status.take(step(number, total=value))
    curves.bar.smoothing.setValue(0)
    curves.bar.is_log.click()
    curves.show_status(status)
    low, high = curves.charts["losses"].box.viewRange()[1]
    assert -1.5 < low < -1
    assert 1 < high < 1.5
    assert curves.grab().width()


def test_that_the_weakest_classes_are_drawn_until_others_are_picked(qtbot: QtBot, curves: Curves) -> None:
    curves.show_status(run_of(300, classes=80))
    chart = curves.charts["classes"]
    assert [curve.key for curve in chart.curves] == [f"class {place}" for place in range(5)]
    QTest.mouseClick(curves.classes, Qt.MouseButton.LeftButton)
    assert curves.classes.list.count() == 80
    QTest.keyClicks(curves.classes.filter, "class 77")
    assert [item.text()[:8] for item in curves.classes._items() if not item.isHidden()] == ["class 77"]
    curves.classes.list.item(77).setCheckState(Qt.CheckState.Checked)
    assert [curve.key for curve in chart.curves][-1] == "class 77"
    assert len({curve.color for curve in chart.curves}) == 6
    QTest.mouseClick(curves.classes.usual, Qt.MouseButton.LeftButton)
    assert len(chart.curves) == 5
    curves.classes.popup.close()


def test_that_other_runs_lie_behind_and_can_be_hidden(curves: Curves) -> None:
    curves.show_status(run_of(100))
    curves.overlay({"longer": run_of(300), "shorter": run_of(50)})
    chart = curves.charts["losses"]
    assert _range(chart) == pytest.approx((0, 300 * 1.015))
    assert {curve.run for curve in chart.curves} == {"", "longer", "shorter"}
    assert list(curves.runs.entries) == ["longer", "shorter"]
    QTest.mouseClick(curves.runs.entries["longer"], Qt.MouseButton.LeftButton)
    assert {curve.run for curve in chart.curves} == {"", "shorter"}
    curves.show_status(RunStatus())
    assert {curve.run for curve in chart.curves} == {"shorter"}
    assert "class" in chart.legend.entries["cls_loss"].text()
    curves.show_status(run_of(100))
    curves.overlay({})
    assert not curves.runs.isVisible()
    assert _range(chart) == pytest.approx((0, 101.5))


def test_that_the_plots_on_show_are_chosen(curves: Curves) -> None:
    curves.show_status(run_of(100))
    curves.bar.settings_wished.emit(replace(curves.settings, charts=("losses", "size")))
    shown = [key for key, chart in curves.charts.items() if chart.isVisible()]
    assert shown == ["losses", "size"]
    assert curves.charts["size"].curves[0].trace.y[-1] == 320


def test_that_values_and_picture_leave_as_drawn(curves: Curves, tmp_path: Path) -> None:
    curves.bar.smoothing.setValue(0)
    curves.show_status(run_of(3))
    curves.overlay({"other": run_of(5, total=4.0)})
    rows = list(csv.reader(io.StringIO(values_csv(curves.charts["losses"]))))
    assert rows[0] == [
        "step",
        "total",
        "box",
        "object",
        "class",
        *(f"{w} (other)" for w in ("total", "box", "object", "class")),
    ]
    assert [float(row[0]) for row in rows[1:]] == [1, 2, 3, 4, 5]
    assert float(rows[2][1]) == pytest.approx(10 + np.sin(2))
    assert (rows[5][1], rows[5][5]) == ("", "4")
    save_picture(curves.charts["losses"], tmp_path / "loss.png")
    assert QPixmap(str(tmp_path / "loss.png")).width() == curves.charts["losses"].width()
    with pytest.raises(FileError, match="Could not be written"):
        save_picture(curves.charts["losses"], tmp_path / "none" / "loss.png")


def test_that_the_menu_of_a_plot_copies_its_values(qtbot: QtBot, curves: Curves) -> None:
    curves.show_status(run_of(3))
    chart = curves.charts["rate"]
    viewport = chart.plot.viewport()
    place = QPoint(60, 40)
    QApplication.sendEvent(
        viewport, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
    )
    menu = chart.findChild(QMenu)
    assert menu is not None
    assert menu.isVisible()
    next(action for action in menu.actions() if action.text() == "Copy values").trigger()
    assert QApplication.clipboard().text().splitlines()[:2] == ["step,rate", "1,0.00999999978"]
    menu.close()


def test_that_the_middle_button_pushes_the_stretch_along(curves: Curves) -> None:
    curves.show_status(run_of(1000))
    curves.show_span(200, 400)
    chart = curves.charts["losses"]
    start, end = _place(chart, 300), _place(chart, 250)
    QTest.mousePress(chart.plot.viewport(), Qt.MouseButton.MiddleButton, pos=start)
    for share in (0.5, 1.0):
        _move(chart, start + (end - start) * share, Qt.MouseButton.MiddleButton)
        QTest.qWait(20)
    QTest.mouseRelease(chart.plot.viewport(), Qt.MouseButton.MiddleButton, pos=end)
    low, high = _range(chart)
    assert 220 < low < 260
    assert high - low == pytest.approx(200, abs=5)


def test_that_colours_follow_the_classes_picked(curves: Curves) -> None:
    curves.show_status(run_of(100, classes=80))
    chart = curves.charts["classes"]
    curves.classes.picked.emit(tuple(f"class {place}" for place in range(30)))
    curves.classes.picked.emit(("class 29",))
    pens = {item.opts["pen"].color().name() for item in chart.box.childGroup.childItems() if hasattr(item, "opts")}
    assert chart._color(chart.curves[0]).name() in pens


@pytest.mark.parametrize(
    "texts", [{}, {"axis": "x", "smoothing": "3", "scale": "yes", "charts": "losse"}, {"charts": "", "later": "1"}]
)
def test_that_settings_that_cannot_be_are_as_by_default(texts: dict[str, str]) -> None:
    assert CurveSettings.from_texts(texts) == CurveSettings()


def test_that_a_pick_button_is_no_window_of_its_own(qtbot: QtBot) -> None:
    before = [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()]
    button = PickButton("Classes", reset_text="The weakest")
    qtbot.addWidget(button)
    assert [widget for widget in QApplication.topLevelWidgets() if widget.isVisible()] == before


def test_that_the_weakest_class_comes_first(qtbot: QtBot) -> None:
    scores = ClassScores()
    qtbot.addWidget(scores)
    scores.show_scores({"bird": 0.75, "a drone with quite a long name for a class": 0.5}, epoch=3)
    assert scores.texts == ["a drone with quite a long name for a class 0.500", "bird 0.750"]
    assert scores.title.text() == "AP50 per class, epoch 3"


@pytest.mark.parametrize(
    ("state", "last", "ap", "words"),
    [
        ("done", "last.pth", 0.5, ", AP50 0.600 after epoch 1"),
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
