"""Summaries of runs kept between looks, so that a list of many long runs is there at once."""

import contextlib
import json
import zlib
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from yolox_core.errors import FileError
from yolox_core.evaluate.speed import SPEED, Speed
from yolox_core.files import write_atomically
from yolox_core.train.config import TrainConfig
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.runs import RunSummary, read_run, run_folders
from yolox_core.train.runs_notes import NOTES, RunNotes
from yolox_core.user_folders import cache_folder

VERSION = 1
Stamp = list[list[int]]
"""Size and time of change of each file that a summary is made of; 0, 0 where it is missing."""


class RunsReader:
    """Reads the runs below a folder; a run whose files are as they were is not read again.

    What it knows outlives it in one file of the cache folder, which may be deleted at any time.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = cache_folder() / "runs" / f"{zlib.crc32(str(folder).encode()):08x}.json"
        self._known: dict[Path, tuple[Stamp, RunSummary]] | None = None

    def read(self) -> tuple[RunSummary, ...]:
        """The runs, latest first; the folder of a run that cannot be read is passed over."""
        if self._known is None:
            self._known = dict(_kept(self._file))
        known = self._known
        self._known = dict(self._looked_at(known))
        if {path: stamp for path, (stamp, _) in known.items()} != {p: s for p, (s, _) in self._known.items()}:
            self._keep()
        runs = (summary.now for _, summary in self._known.values())
        return tuple(sorted(runs, key=lambda summary: summary.started, reverse=True))

    def _looked_at(
        self, known: dict[Path, tuple[Stamp, RunSummary]]
    ) -> Iterator[tuple[Path, tuple[Stamp, RunSummary]]]:
        for path in run_folders(self.folder):
            stamp = _stamp(path)
            before = known.get(path)
            with contextlib.suppress(OSError):
                yield path, before if before is not None and before[0] == stamp else (stamp, read_run(path))

    def _keep(self) -> None:
        rows = [[stamp, _values(summary)] for stamp, summary in (self._known or {}).values()]
        with contextlib.suppress(FileError, OSError):
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._file, json.dumps({"version": VERSION, "runs": rows}).encode())


def _stamp(path: Path) -> Stamp:
    run = RunFolder(path)
    return [_size_and_time(file) for file in (run.events, run.config, path / NOTES, path / SPEED)]


def _size_and_time(file: Path) -> list[int]:
    try:
        status = file.stat()
    except OSError:
        return [0, 0]
    return [status.st_size, status.st_mtime_ns]


def _kept(file: Path) -> Iterator[tuple[Path, tuple[Stamp, RunSummary]]]:
    """What an earlier reader knew; nothing where that cannot be read."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] == VERSION:
            for stamp, values in content["runs"]:
                summary = _summary(values)
                yield summary.path, (stamp, summary)


def _values(summary: RunSummary) -> dict[str, Any]:
    return {**asdict(summary), "path": str(summary.path), "started": summary.started.isoformat()}


def _summary(values: dict[str, Any]) -> RunSummary:
    config, speed = values["config"], values["speed"]
    return replace(
        RunSummary(**values),
        path=Path(values["path"]),
        started=datetime.fromisoformat(values["started"]),
        config=TrainConfig.from_dict(config) if config else None,
        notes=RunNotes.from_dict(values["notes"]),
        speed=Speed.from_dict(speed) if speed else None,
    )
