"""`yolox-workbench speed`: how fast each network size is on this machine."""

import argparse

from rich.console import Console
from rich.table import Table

from yolox_core.cli.console import OneBar, bars, put_json
from yolox_core.infer.device import device_text, pick_device
from yolox_core.infer.speed import SizeSpeed, compare_sizes
from yolox_core.records import Progress


def run(options: argparse.Namespace) -> None:
    """Time the sizes one after the other."""
    device = pick_device(options.device)
    speeds: list[SizeSpeed] = []
    sizes = tuple(options.sizes)
    with bars() as shown:
        bar = OneBar(shown)
        for record in compare_sizes(device, image_size=options.size, precision=options.precision, sizes=sizes):
            if isinstance(record, Progress):
                bar.show(record)
            else:
                speeds.append(record)
    if options.json:
        rows = [_values(speed) for speed in speeds]
        put_json({"device": device_text(device), "precision": options.precision, "sizes": rows})
        return
    Console().print(_table(speeds))
    print(f"{device_text(device)}, {options.precision}, batch 1, network alone, random weights, computed by torch.")


def _values(speed: SizeSpeed) -> dict[str, object]:
    return {
        "size": speed.size,
        "image_size": speed.image_size,
        "parameters_m": speed.parameters_m,
        "ms": speed.ms,
        "images_per_s": speed.images_per_s,
    }


def _table(speeds: list[SizeSpeed]) -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("model", "input", "parameters", "ms", "FPS"):
        table.add_column(title, justify="left" if title == "model" else "right")
    for speed in speeds:
        table.add_row(
            speed.size,
            f"{speed.image_size} px",
            f"{speed.parameters_m:.2f} M",
            f"{speed.ms:.1f}",
            f"{speed.images_per_s:.1f}",
        )
    return table
