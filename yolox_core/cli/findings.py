"""`yolox-workbench findings`: what is probably wrong with the labels of a folder."""

import argparse
import sys
from dataclasses import asdict, replace
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from yolox_core.cli.console import followed, put_json, stderr
from yolox_core.cli.weights import weights_file
from yolox_core.dataset.folder import DataFolder, open_folder
from yolox_core.review.cross import cross_predictions
from yolox_core.review.cross_plan import fold_config, plan_for
from yolox_core.review.decisions import Decisions
from yolox_core.review.predicting import Predictions, predict_images
from yolox_core.review.records import Finding
from yolox_core.review.review import Network, Questions, Review, review
from yolox_core.review.table import findings_csv, plain_finding
from yolox_core.train.presets import BEST_START


def run(options: argparse.Namespace) -> None:
    """List the findings as the options say."""
    folder = open_folder(options.folder)
    images = folder.split_images(options.split) if options.split else folder.images
    predictions = _predictions(options, folder)
    network = Network(predictions.class_names, predictions.dense) if predictions else None
    questions = Questions(dict(text.split("=", 1) for text in options.map), options.unlabelled_are_empty)
    result = followed(review(folder, images, network, questions=questions, decisions=Decisions(folder.root)))
    for fault in (*(predictions.faults if predictions else ()), *result.faults):
        stderr.print(f"{fault.where}: {fault.what}", style="yellow", markup=False)
    _say_left_out(result)
    listed = [finding for finding in result.findings if finding.probability >= options.least]
    if options.json:
        put_json(_values(result, listed))
    elif options.csv:
        sys.stdout.write(findings_csv(listed))
    elif listed:
        Console().print(_table(listed))
    else:
        stderr.print("Nothing found.")


def _predictions(options: argparse.Namespace, folder: DataFolder) -> Predictions | None:
    if options.folds:
        weights = str(weights_file(options.weights).resolve()) if options.weights else BEST_START
        config = fold_config(size="nano", image_size=options.size, epochs=options.epochs, weights=weights)
        plan = plan_for(folder.root, replace(config, device=options.device).checked(), options.folds)
        if options.output:
            plan = replace(plan, output=Path(options.output))
        stderr.print(f"The runs of the folds lie in {plan.output}.", markup=False)
        return followed(cross_predictions(folder, plan))
    if options.weights:
        checkpoint = weights_file(options.weights)
        return followed(predict_images(checkpoint, folder.images, device=options.device, image_size=options.size))
    return None


def _say_left_out(result: Review) -> None:
    if result.undecided:
        stderr.print(f"{len(result.undecided)} images without a label file are left out: they may not be labelled yet.")
    if result.unknown_classes:
        names = ", ".join(result.unknown_classes)
        stderr.print(f"The network does not know {names}: see --map.", style="yellow", markup=False)


def _values(result: Review, listed: list[Finding]) -> dict[str, object]:
    return {
        "findings": [plain_finding(finding) for finding in listed],
        "images": [asdict(quality) for quality in result.qualities],
        "images_looked_at": result.images,
        "undecided": result.undecided,
        "unknown_classes": result.unknown_classes,
        "left_out": [f"{fault.where}: {fault.what}" for fault in result.faults],
    }


def _table(listed: list[Finding]) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("p", justify="right")
    for title in ("kind", "image", "reason"):
        table.add_column(title, overflow="fold", no_wrap=title == "kind")
    for finding in listed:
        table.add_row(f"{finding.probability:.2f}", finding.kind.value, Text(finding.image), Text(finding.reason))
    return table
