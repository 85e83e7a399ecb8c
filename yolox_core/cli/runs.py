"""`yolox-workbench runs`: the runs of a folder, with what came of them."""

import argparse
import sys
from dataclasses import asdict
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from yolox_core.cli.console import put_json, stderr
from yolox_core.errors import FileError
from yolox_core.train.runs import RunSummary, read_runs
from yolox_core.train.runs_csv import runs_csv
from yolox_core.user_folders import data_folder


def run(options: argparse.Namespace) -> None:
    """List the runs as the options say."""
    folders = [options.folder] if options.folder else [Path("runs"), data_folder() / "runs"]
    if options.folder and not options.folder.is_dir():
        raise FileError("There is no such folder.", where=options.folder, action="Name one that holds runs.")
    found = [summary for folder in folders for summary in read_runs(folder)]
    found.sort(key=lambda summary: summary.started, reverse=True)
    if options.json:
        put_json({"runs": [_values(summary) for summary in found]})
    elif options.csv:
        sys.stdout.write(runs_csv(found))
    elif found:
        Console().print(_table(found))
    else:
        stderr.print(f"No runs in {' or '.join(map(str, folders))}.")


def _values(summary: RunSummary) -> dict[str, object]:
    return {**asdict(summary), "size": summary.size}


def _table(found: list[RunSummary]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("run", "model", "state"):
        table.add_column(title, overflow="fold", no_wrap=title != "run")
    for title in ("epochs", "AP", "AP50", "best at", "time"):
        table.add_column(title, justify="right", no_wrap=True)
    for summary in found:
        has_figures = summary.best_epoch > 0
        table.add_row(
            Text(str(summary.path)),
            summary.size,
            summary.state,
            f"{summary.epochs_done}/{summary.epochs}",
            f"{summary.ap:.3f}" if has_figures else "",
            f"{summary.ap50:.3f}" if has_figures else "",
            str(summary.best_epoch) if has_figures else "",
            _duration(summary.time_s),
        )
    return table


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
