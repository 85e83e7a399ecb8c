"""What commands show: progress on stderr, results on stdout, JSON alone where asked for."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from yolox_core.records import Progress

Result = TypeVar("Result")

stderr = Console(stderr=True, highlight=False)


def put_json(values: dict[str, Any]) -> None:
    """One JSON object on standard output."""
    json.dump(values, sys.stdout, indent=2, default=str)
    sys.stdout.write("\n")


@contextmanager
def bars(*, is_shown: bool = True) -> Iterator[Bars]:
    """Progress bars on stderr: on a terminal they move, elsewhere only the last state is printed."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, TimeRemainingColumn(), console=stderr, transient=True, disable=not is_shown) as shown:
        yield shown


class OneBar:
    """A bar whose text and length follow Progress records."""

    def __init__(self, shown: Bars) -> None:
        self._shown = shown
        self._task = shown.add_task("Starting", total=None)

    def show(self, progress: Progress) -> None:
        """Move the bar."""
        self._shown.update(
            self._task, completed=progress.done, total=progress.total or None, description=progress.text or "Working"
        )


def followed(records: Iterator[Progress | Result]) -> Result:
    """Run a piece of work to its end under a bar; its result is the one record that is no Progress."""
    results: list[Result] = []
    with bars() as shown:
        bar = OneBar(shown)
        for record in records:
            if isinstance(record, Progress):
                bar.show(record)
            else:
                results.append(record)
    return results[-1]
