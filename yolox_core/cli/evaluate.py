"""`yolox-workbench eval`: COCO and VOC AP of a checkpoint on a split."""

import argparse

from rich.console import Console
from rich.table import Table

from yolox_core.cli.console import followed, put_json, stderr
from yolox_core.cli.weights import weights_file
from yolox_core.dataset.folder import open_folder
from yolox_core.evaluate import Evaluation, evaluate_images
from yolox_core.infer.detector import Detector


def run(options: argparse.Namespace) -> None:
    """Measure as the options say."""
    folder = open_folder(options.data)
    images = folder.split_images(options.split) if options.split else folder.images
    detector = Detector.open(weights_file(options.weights), device=options.device, image_size=options.size)
    result = followed(
        evaluate_images(
            detector,
            folder,
            images,
            conf_threshold=options.conf_threshold,
            nms_threshold=options.nms_threshold,
        )
    )
    for fault in result.faults:
        stderr.print(f"{fault.where}: {fault.what}", style="yellow")
    if options.json:
        put_json(_values(result, str(folder.root), options.split))
    else:
        _print_table(result)


def _values(result: Evaluation, data: str, split: str) -> dict[str, object]:
    return {
        "data": data,
        "split": split,
        "ap": result.ap,
        "ap50": result.ap50,
        "voc_ap50": result.voc_ap50,
        "ap50_per_class": result.ap50_per_class,
        "images": result.images,
        "boxes": result.boxes,
        "detections": result.detections,
        "seconds": result.seconds,
        "coco_stats": result.stats,
        "left_out": [f"{fault.where}: {fault.what}" for fault in result.faults],
    }


def _print_table(result: Evaluation) -> None:
    table = Table("class", "AP50", title=f"{result.images} images, {result.boxes} boxes, {result.seconds:.1f} s")
    for name, ap50 in result.ap50_per_class.items():
        table.add_row(name, f"{ap50:.3f}")
    Console().print(table)
    print(f"COCO AP {result.ap:.3f}, AP50 {result.ap50:.3f}; VOC AP50 {result.voc_ap50:.3f}")
