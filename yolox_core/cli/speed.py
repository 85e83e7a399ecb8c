"""`yolox-workbench speed`: what each step costs on a video, or how fast each network size is on this machine."""

import argparse
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from yolox_core.cli.console import OneBar, bars, followed, put_json
from yolox_core.cli.weights import weights_file
from yolox_core.infer.detector import Detector
from yolox_core.infer.device import device_text, pick_device
from yolox_core.infer.sources import open_source
from yolox_core.infer.speed import SizeSpeed, compare_sizes, time_steps
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Progress


def run(options: argparse.Namespace) -> None:
    """Time the steps on the video that is named, else the sizes one after the other."""
    if options.source:
        _time_video(options)
    else:
        _time_sizes(options)


def _time_video(options: argparse.Namespace) -> None:
    detector = Detector.open(weights_file(options.weights), device=options.device, image_size=options.size)
    with open_source(options.source) as video:
        steps = followed(time_steps(video, detector, Thresholds()))
    device = device_text(detector.device)
    if options.json:
        put_json({"device": device, "steps": [asdict(step) for step in steps]})
        return
    table = _empty_table("step", "mean ms", "p95 ms")
    for step in steps:
        table.add_row(step.step, f"{step.mean_ms:.2f}", f"{step.p95_ms:.2f}")
    Console().print(table)
    print(f"{device}, input {detector.image_size} px, {sum(step.mean_ms for step in steps):.1f} ms a frame in all.")


def _time_sizes(options: argparse.Namespace) -> None:
    device = pick_device(options.device)
    speeds: list[SizeSpeed] = []
    with bars() as shown:
        bar = OneBar(shown)
        for record in compare_sizes(device, image_size=options.size, precision=options.precision):
            if isinstance(record, Progress):
                bar.show(record)
            else:
                speeds.append(record)
    if options.json:
        rows = [{**asdict(speed), "images_per_s": speed.images_per_s} for speed in speeds]
        put_json({"device": device_text(device), "precision": options.precision, "sizes": rows})
        return
    Console().print(_table(speeds))
    print(f"{device_text(device)}, {options.precision}, batch 1, network alone, random weights.")


def _table(speeds: list[SizeSpeed]) -> Table:
    table = _empty_table("model", "input", "parameters", "ms", "FPS", "computed by")
    for speed in speeds:
        table.add_row(
            speed.size,
            f"{speed.image_size} px",
            f"{speed.parameters_m:.2f} M",
            f"{speed.ms:.1f}",
            f"{speed.images_per_s:.1f}",
            speed.backend,
        )
    return table


def _empty_table(first: str, *numbers: str) -> Table:
    """A table of a name and numbers."""
    table = Table(box=None, pad_edge=False)
    table.add_column(first)
    for title in numbers:
        table.add_column(title, justify="right")
    return table
