"""The speed report: measured in a job while playing and the passes over the video stand still."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from app.jobs import Job
from app.player.analysis import Analysis
from app.player.network import Network
from app.player.parts import Parts
from app.player.speed_window import Measurement, SpeedWindow
from yolox_core.errors import UserError
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress

if TYPE_CHECKING:
    from yolox_core.infer.speed import SizeSpeed, StepTime

PRECISIONS = ("float32", "float16", "bfloat16")


@dataclass(frozen=True)
class Machine:
    """What computed, in words."""

    text: str


class SpeedReport(QObject):
    """Makes the window when it is first asked for. `passes` are what else may be using the processor."""

    def __init__(self, parts: Parts, passes: tuple[Analysis, ...]) -> None:
        super().__init__(parts.page)
        self._parts, self._passes = parts, passes
        self._job: Job | None = None
        self._device = ""
        self.window: SpeedWindow | None = None
        self.slots: dict[str, Callable[[], object]] = {"speed_report": self.show}
        parts.playback.video_opened.connect(self._forget_steps)
        parts.networks.network_changed.connect(self._forget_steps)

    def show(self) -> None:
        """Show the window, or bring it to the front."""
        if self.window is None:
            self.window = SpeedWindow(self._parts.page)
            self.window.precision.addItems(PRECISIONS)
            self.window.steps.wanted.connect(self._time_steps)
            self.window.sizes.wanted.connect(self._time_sizes)
            for part in (self.window.steps, self.window.sizes):
                part.cancelled.connect(self.stop)
            self.window.finished.connect(self.stop)
        self._forget_steps()
        self.window.show()
        self.window.raise_()

    def stop(self) -> None:
        """End measuring; what is in the table stays."""
        if self._job is not None:
            self._job.stop()
            self._end("Cancelled.")

    def _forget_steps(self) -> None:
        self.stop()
        if self.window is None:
            return
        facts, network = self._parts.playback.facts, self._parts.networks.network
        self.window.steps.clear()
        self._show_running()
        if facts is None or network is None:
            self.window.steps.result.setText("Open a video and choose a checkpoint first.")

    def _time_steps(self) -> None:
        facts, network = self._parts.playback.facts, self._parts.networks.network
        if facts is not None and network is not None and self.window is not None:
            thresholds = self._parts.stage.thresholds.thresholds
            path = facts.source.path
            self._start(self.window.steps, lambda: timed_steps(path, network, thresholds), self._on_step_record)

    def _time_sizes(self) -> None:
        if self.window is not None:
            precision = self.window.precision.currentText()
            self._start(self.window.sizes, lambda: timed_sizes(precision), self._on_size_record)

    def _start(
        self, part: Measurement, records: Callable[[], Iterator[object]], take: Callable[[object], None]
    ) -> None:
        if self._job is not None:
            return
        self._parts.playback.pause()
        for analysis in self._passes:
            analysis.wait(is_waiting=True)
        part.clear()
        job = self._job = Job(records, self)
        job.record_ready.connect(take)
        job.failed.connect(self._on_failed)
        job.done.connect(self._on_done)
        self._show_running()
        part.show_running(is_running=True)
        self._parts.session.start(job)

    def _on_step_record(self, record: object) -> None:
        if self.window is None or self.sender() is not self._job:
            return
        part = self.window.steps
        if isinstance(record, Progress):
            part.show_progress(record)
        elif isinstance(record, Machine):
            self._device = record.text
        elif isinstance(record, tuple):
            self._show_steps(record)

    def _show_steps(self, steps: tuple["StepTime", ...]) -> None:
        assert self.window is not None
        total = sum(step.mean_ms for step in steps)
        for step in steps:
            share = f"{100 * step.mean_ms / total:.0f} %"
            self.window.steps.add_row(step.step.capitalize(), f"{step.mean_ms:.2f}", f"{step.p95_ms:.2f}", share)
        facts, network = self._parts.playback.facts, self._parts.networks.network
        if facts is None or network is None:
            return
        rate = 1000 / total
        pace = f"{rate / facts.fps:.1f} times the video's {facts.fps:.4g}"
        self._end(f"{total:.1f} ms a frame, {rate:.0f} frames/s, {pace}.\n{network.text}.")

    def _on_size_record(self, record: object) -> None:
        if self.window is None or self.sender() is not self._job:
            return
        part = self.window.sizes
        if isinstance(record, Progress):
            part.show_progress(record)
        elif isinstance(record, Machine):
            self._device = record.text
        else:
            self._show_size(record)  # type: ignore[arg-type]

    def _show_size(self, size: "SizeSpeed") -> None:
        assert self.window is not None
        numbers = f"{size.parameters_m:.2f}", f"{size.ms:.1f}", f"{size.images_per_s:.1f}"
        self.window.sizes.add_row(f"YOLOX-{size.size}", str(size.image_size), *numbers, size.backend)

    def _on_done(self) -> None:
        if self.sender() is self._job:
            self._end(f"{self._device}, batch 1, the network alone.")

    def _on_failed(self, problem: UserError) -> None:
        if self.sender() is self._job and self.window is not None:
            self._end("")
            self.window.messages.show_problem(problem)

    def _end(self, text: str) -> None:
        """Nothing is measured any more; say this beside the table that was being filled."""
        self._job = None
        for analysis in self._passes:
            analysis.wait(is_waiting=False)
        if self.window is not None:
            for part in (self.window.steps, self.window.sizes):
                if part.progress.isVisibleTo(part):
                    part.result.setText(text)
                    part.show_running(is_running=False)
        self._show_running()

    def _show_running(self) -> None:
        if self.window is None:
            return
        is_idle = self._job is None
        has_both = self._parts.playback.facts is not None and self._parts.networks.network is not None
        self.window.steps.start.setEnabled(is_idle and has_both)
        self.window.sizes.start.setEnabled(is_idle)
        self.window.precision.setEnabled(is_idle)


def timed_steps(path: Path, network: Network, thresholds: Thresholds) -> Iterator[object]:
    """Progress, and the tuple of StepTime last."""
    from yolox_core.infer.sources import open_source
    from yolox_core.infer.speed import time_steps

    with open_source(path, cache_bytes=0) as video:
        yield from time_steps(video, network.detector, thresholds)


def timed_sizes(precision: str) -> Iterator[object]:
    """The machine, then progress and a SizeSpeed for each size, on the device that `auto` takes."""
    from yolox_core.infer.device import device_text, pick_device
    from yolox_core.infer.speed import compare_sizes

    device = pick_device("auto")
    yield Machine(f"{device_text(device)}, {precision}".capitalize())
    yield from compare_sizes(device, precision=precision)
