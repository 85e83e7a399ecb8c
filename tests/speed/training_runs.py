"""The row of the table of runs: 200 of them, some very long, as when the page is opened the next day."""

import os
import tempfile
from pathlib import Path
from unittest.mock import patch

from PySide6.QtWidgets import QApplication

from app.training.runs_table import RunsTable
from tests.core.train.run_files import make_run
from tests.speed.row import Row
from tests.speed.timing import in_turns
from yolox_core.train.config import TrainConfig
from yolox_core.train.runs import read_runs
from yolox_core.train.runs_cache import RunsReader

RUNS, LONG_RUNS = 200, 20
EPOCHS, STEPS = 300, 334


def rows() -> list[Row]:
    """The table read and drawn with what is kept of earlier looks, against reading every run."""
    app = QApplication.instance() or QApplication([])
    with tempfile.TemporaryDirectory() as name, patch.dict(os.environ, YOLOX_WORKBENCH_HOME=name):
        folder = Path(name) / "runs"
        _make_runs(folder)
        RunsReader(folder).read()

        def ours() -> None:
            table = RunsTable()
            table.resize(1200, 600)
            table.show_runs(RunsReader(folder).read())
            table.grab()

        mine, theirs = in_turns(ours, lambda: read_runs(folder), repeats=3)
        app.processEvents()
    what = f"table of {RUNS} runs, {LONG_RUNS} of them of {EPOCHS * STEPS:,} steps"
    return [Row(what, mine, theirs, "ms", theirs / mine, "<= 200 ms", mine <= 200)]


def _make_runs(folder: Path) -> None:
    """Runs in many sizes; the long ones share one file of events on disk."""
    long = make_run(Path(folder.parent) / "long", aps=[0.5] * EPOCHS, steps=STEPS)
    for number in range(RUNS):
        config = TrainConfig(size=("nano", "tiny", "s")[number % 3], batch_size=4 + number % 2, epochs=30)
        run = make_run(folder / f"run {number}", config, aps=[0.3 + number / 1000] * 30)
        if number < LONG_RUNS:
            (run / "events.jsonl").unlink()
            os.link(long / "events.jsonl", run / "events.jsonl")
