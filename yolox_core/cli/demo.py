"""`yolox-workbench demo`: the whole loop on a drawn data set."""

import argparse
from contextlib import closing
from dataclasses import asdict
from typing import Any

from yolox_core.cli.console import OneBar, bars, put_json
from yolox_core.cli.train import RunReport
from yolox_core.demo import DemoDone, run_demo
from yolox_core.records import Progress
from yolox_core.user_folders import data_folder


def run(options: argparse.Namespace) -> None:
    """Make the sample, train, measure, annotate; print what was done."""
    folder = options.output or data_folder() / "demo"
    more: dict[str, Any] = {"epochs": options.epochs} if options.epochs else {}
    result: DemoDone | None = None
    with bars() as shown, closing(run_demo(folder, device=options.device, **more)) as records:
        report = RunReport(shown)
        bar = OneBar(shown)
        for record in records:
            if isinstance(record, DemoDone):
                result = record
            elif isinstance(record, Progress):
                bar.show(record)
            else:
                report.show(record)
    assert result is not None
    options.result = result
    if options.json:
        put_json(asdict(result))
    else:
        print(result.text)
