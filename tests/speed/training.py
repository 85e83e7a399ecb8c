"""Rows of the Train page: the plots of a run of 300 epochs of 5,000 steps, and opening such a run."""

import tempfile
from pathlib import Path
from statistics import median

import pyqtgraph as pg
from PySide6.QtWidgets import QApplication

from app.training.curve_table import CHARTS, ChartSpec
from app.training.curves import Curves
from app.training.past_run import past_run
from app.training.status import RunStatus
from app.training.steps import DRAWN, MOST_POINTS
from tests.speed.row import Row
from tests.speed.timing import in_turns, timed
from yolox_core.train.config import TrainConfig
from yolox_core.train.events import EpochDone, Evaluated, RunStarted, StepDone
from yolox_core.train.run_folder import EventLog, RunFolder, read_events

EPOCHS, STEPS = 300, 5000
PEER_LINES = ("total_loss", "iou_loss", "obj_loss", "cls_loss", "l1_loss", "learning_rate")
CLASSES = tuple(f"class {number}" for number in range(20))


def rows() -> list[Row]:
    """Drawing after a new step against pyqtgraph drawing every point, and opening against reading every line."""
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        run = RunFolder(Path(folder) / "run")
        _write(run)
        opening, status = _opening(run)
    drawing = _drawing(status)
    app.processEvents()
    memory = status.steps.nbytes / 2**20
    lists = 6 * 2 * 8 * EPOCHS * STEPS / 2**20
    what = f"memory of {EPOCHS * STEPS:,} steps, against 6 curves in float64"
    return [*drawing, *opening, Row(what, memory, lists, "MiB", lists / memory, "<= 100 MiB", memory <= 100)]


def _opening(run: RunFolder) -> tuple[list[Row], RunStatus]:
    def peer() -> None:
        status = RunStatus()
        for event in read_events(run):
            if not isinstance(event, StepDone):
                status.take(event)

    theirs = timed(peer)
    times = [timed(lambda: past_run(run.path)) for _ in range(5)]
    mine = median(times)
    run.steps.unlink()
    anew = timed(lambda: past_run(run.path))
    what = f"open a past run of {EPOCHS * STEPS:,} steps"
    return [
        Row(what, mine, theirs, "ms", theirs / mine, "<= 300 ms", mine <= 300),
        Row(f"{what}, index made anew", anew, theirs, "ms", theirs / anew, "-", True),
    ], past_run(run.path)


def _drawing(status: RunStatus) -> list[Row]:
    curves, plot = Curves(), pg.PlotWidget()
    curves.make_all()
    lines = [plot.plot() for _ in PEER_LINES]
    for widget in (curves, plot):
        widget.resize(1000, 600)
        widget.show()
    curves.show_status(status)

    def ours() -> None:
        status.take(_step(status.step + 1))
        curves.show_all()
        curves.grab()

    def peer() -> None:
        x = status.steps.column("step")
        for line, name in zip(lines, PEER_LINES, strict=True):
            line.setData(x, status.steps.column(name))
        plot.grab()

    mine, theirs = in_turns(ours, peer, repeats=3)
    longest = max(_one_plot(curves, spec) for spec in CHARTS if curves.charts[spec.key].isVisible())
    points = curves.drawn_points
    what = f"{EPOCHS * STEPS:,} steps: redraw of all plots ({len(DRAWN) + 6} curves)"
    return [
        Row(what, mine, theirs, "ms", theirs / mine, "<= 30 ms", mine <= 30),
        Row(
            "longest turn of it: plots are drawn one by one",
            longest,
            mine,
            "ms",
            mine / longest,
            "<= 16 ms",
            longest <= 16,
        ),
        Row(
            "points of the curve with the most",
            points,
            len(status.steps),
            "points",
            len(status.steps) / points,
            "<= 2000",
            points <= MOST_POINTS,
        ),
    ]


def _one_plot(curves: Curves, spec: ChartSpec) -> float:
    """Milliseconds in which the window cannot answer while one plot is drawn."""

    def draw() -> None:
        curves._draw_chart(spec)
        curves.charts[spec.key].grab()

    return median(timed(draw) for _ in range(5))


def _write(run: RunFolder) -> None:
    run.prepare(TrainConfig(epochs=EPOCHS))
    with EventLog(run) as log:
        log.write(RunStarted(str(run.path), "cpu", CLASSES, 40_000, 500, EPOCHS, STEPS, 912_000))
        for epoch in range(1, EPOCHS + 1):
            last = epoch * STEPS
            for step in range(last - STEPS + 1, last + 1):
                log.write(_step(step))
            log.write(EpochDone(epoch, last, 3.0, 2500.0))
            figures = {name: epoch / EPOCHS * place / 20 for place, name in enumerate(CLASSES)}
            log.write(Evaluated(epoch, last, 0.4 * epoch / EPOCHS, 0.6 * epoch / EPOCHS, 0.6, figures, 500, 20.0))


def _step(step: int) -> StepDone:
    loss = 10 / (1 + step / 1000) + (step * 7919 % 101) / 100
    wait = 0.3 if step % 37 == 0 else 0.01
    epoch = min((step - 1) // STEPS + 1, EPOCHS)
    return StepDone(epoch, step, loss, loss / 3, loss / 4, loss / 5, loss / 6, 10 / (1000 + step), 320, 8, 0.5, wait)
