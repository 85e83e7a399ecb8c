"""`yolox-workbench check`: what is to be known of a data set before a training."""

import argparse

from yolox_core.cli.console import OneBar, bars, put_json, stderr
from yolox_core.dataset.folder import open_folder
from yolox_core.records import Progress
from yolox_core.train.check import Concern, Weight, check_data
from yolox_core.train.config import TrainConfig


def run(options: argparse.Namespace) -> None:
    """List the concerns, gravest first."""
    concerns: list[Concern] = []
    with bars() as shown:
        bar = OneBar(shown)
        for record in check_data(open_folder(options.data), TrainConfig()):
            if isinstance(record, Progress):
                bar.show(record)
            else:
                concerns.append(record)
    concerns.sort(key=lambda concern: list(Weight).index(concern.weight))
    if options.json:
        put_json({"concerns": [_values(concern) for concern in concerns]})
        return
    for concern in concerns:
        print(f"{concern.weight.value}: {concern.text}")
    if not concerns:
        stderr.print("Nothing found.")


def _values(concern: Concern) -> dict[str, object]:
    return {"weight": concern.weight.value, "text": concern.text, "image": str(concern.image or "")}
