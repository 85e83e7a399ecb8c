"""A list of runs as a table for other programs."""

import csv
import io
from collections.abc import Sequence
from dataclasses import asdict, fields

from yolox_core.train.config import TrainConfig
from yolox_core.train.runs import RunSummary

COLUMNS = ("path", "state", "size", "epochs_done", "epochs", "ap", "ap50", "best_epoch", "time_s", "started", "data")
OWN = ("ms_per_image", "favourite", "tags", "note")
SETTINGS = tuple(setting.name for setting in fields(TrainConfig) if setting.name not in COLUMNS)


def runs_csv(runs: Sequence[RunSummary]) -> str:
    """The runs as CSV with a line of titles: what came of them, what was written down, all settings."""
    out = io.StringIO(newline="")
    rows = csv.writer(out)
    rows.writerow((*COLUMNS, *OWN, *SETTINGS))
    for run in runs:
        settings = asdict(run.config) if run.config else {}
        rows.writerow(
            (
                *(getattr(run, name) for name in COLUMNS),
                f"{run.speed.total_ms:.3f}" if run.speed else "",
                int(run.notes.is_favourite),
                " ".join(run.notes.tags),
                run.notes.note,
                *(settings.get(name, "") for name in SETTINGS),
            )
        )
    return out.getvalue()
