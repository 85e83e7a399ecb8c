"""Which plots a run has, and where the numbers of each curve come from."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from app.theme import class_color
from app.training.status import RunStatus
from app.training.steps import Trace, View
from yolox_core.train.events import Evaluated

ACCENT = ""  # the colour of a curve that takes the theme's accent


@dataclass(frozen=True, slots=True)
class Curve:
    """A curve of a plot; `color` is `#rrggbb` or ACCENT. `run` names another run than that on show, `dash` tells it."""

    key: str
    label: str
    color: str
    trace: Trace
    has_marks: bool = False
    digits: str = ".3g"
    run: str = ""
    dash: int = 0


@dataclass(frozen=True, slots=True)
class LineSpec:
    """A quantity; with `hides_zeros` a run that has nothing but zeroes of it does not show it."""

    key: str
    label: str
    color: str
    source: Callable[[RunStatus, View], Trace]
    has_marks: bool = False
    digits: str = ".3g"
    hides_zeros: bool = False

    def curve(self, status: RunStatus, view: View) -> Curve:
        """The quantity in a run."""
        trace = self.source(status, view)
        if self.hides_zeros and not np.nan_to_num(trace.raw_y).any():
            trace = Trace(*np.empty((4, 0)))
        return Curve(self.key, self.label, self.color, trace, self.has_marks, self.digits)


@dataclass(frozen=True, slots=True)
class ChartSpec:
    """A plot. `floor` is a value that its axis always shows; `lines` are none where they depend on the run."""

    key: str
    title: str
    lines: tuple[LineSpec, ...] = ()
    floor: float | None = None
    is_percent: bool = False
    has_log: bool = False


def of_steps(name: str) -> Callable[[RunStatus, View], Trace]:
    """A number of every step, smoothed."""
    return lambda status, view: status.steps.trace(name, view)


def as_set(name: str) -> Callable[[RunStatus, View], Trace]:
    """A number of every step that the run sets itself and nobody wants smoothed."""
    return lambda status, view: status.steps.trace(name, replace(view, window=1))


def of_evaluations(value: Callable[[Evaluated], float]) -> Callable[[RunStatus, View], Trace]:
    """A figure of every evaluation, over the place of its epoch's end."""
    return partial(_figures, value)


def class_lines(names: Iterable[str]) -> tuple[LineSpec, ...]:
    """AP50 of these classes, each in its colour; of classes that share one, the later are darker."""
    lines: list[LineSpec] = []
    taken: Counter[str] = Counter()
    for name in names:
        color = class_color(name)
        shade = color.darker(100 + 70 * taken[color.name()])
        taken[color.name()] += 1
        lines.append(LineSpec(name, name, shade.name(), of_evaluations(partial(_ap50_of, name)), True, ".3f"))
    return tuple(lines)


def curves_of(lines: Iterable[LineSpec], status: RunStatus, others: Mapping[str, RunStatus], view: View) -> list[Curve]:
    """The curves of a run, and after them those of other runs, by name."""
    curves = [line.curve(status, view) for line in lines]
    for dash, (name, other) in enumerate(others.items(), start=1):
        curves += [replace(line.curve(other, view), run=name, dash=dash) for line in lines]
    return curves


def _figures(value: Callable[[Evaluated], float], status: RunStatus, view: View) -> Trace:
    evaluations = status.evaluations
    if view.axis == "clock":
        x = [status.steps.place("clock", event.step) for event in evaluations]
    else:
        x = [float(getattr(event, view.axis)) for event in evaluations]
    y = np.array([value(event) for event in evaluations], float)
    return Trace(np.array(x, float), y, np.array(x, float), y)


def _ap50_of(name: str, event: Evaluated) -> float:
    return event.ap50_per_class.get(name, np.nan)


CHARTS = (
    ChartSpec(
        "losses",
        "Loss",
        (
            LineSpec("total_loss", "total", ACCENT, of_steps("total_loss")),
            LineSpec("iou_loss", "box", "#e69f00", of_steps("iou_loss")),
            LineSpec("obj_loss", "object", "#009e73", of_steps("obj_loss")),
            LineSpec("cls_loss", "class", "#cc79a7", of_steps("cls_loss")),
            LineSpec("l1_loss", "L1", "#56b4e9", of_steps("l1_loss"), hides_zeros=True),
        ),
        has_log=True,
    ),
    ChartSpec(
        "figures",
        "Average precision",
        (
            LineSpec("ap50", "AP50", "#e69f00", of_evaluations(lambda event: event.ap50), True, ".3f"),
            LineSpec("ap", "AP", ACCENT, of_evaluations(lambda event: event.ap), True, ".3f"),
        ),
        floor=0,
    ),
    ChartSpec("classes", "AP50 per class", floor=0),
    ChartSpec("rate", "Learning rate", (LineSpec("learning_rate", "rate", "#d55e00", as_set("learning_rate")),)),
    ChartSpec(
        "pace",
        "Images per second",
        (LineSpec("images_per_s", "images/s", "#009e73", of_steps("images_per_s")),),
        floor=0,
    ),
    ChartSpec(
        "wait",
        "Time waiting for images (%)",
        (LineSpec("wait_share", "share", "#cc79a7", of_steps("wait_share"), digits=".1%"),),
        floor=0,
        is_percent=True,
    ),
    ChartSpec("size", "Input size", (LineSpec("image_size", "pixels", "#56b4e9", as_set("image_size")),)),
)
