"""`yolox-workbench eval`: COCO and VOC AP of a checkpoint on a split."""

import argparse
from dataclasses import asdict

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from yolox_core.cli.console import followed, put_json, stderr
from yolox_core.cli.weights import weights_file
from yolox_core.dataset.folder import open_folder
from yolox_core.evaluate import Evaluation, evaluate_images
from yolox_core.evaluate.details import ClassFigures, Threshold
from yolox_core.evaluate.voc_ap import RecallCurve
from yolox_core.infer.detector import Detector

CURVE_POINTS = 201  # of a precision-recall curve in JSON


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
        _print_report(result)


def _values(result: Evaluation, data: str, split: str) -> dict[str, object]:
    assert result.details is not None
    details, size = result.details, result.ap_by_size
    return {
        "data": data,
        "split": split,
        "ap": result.ap,
        "ap50": result.ap50,
        "ap75": _known(result.ap75),
        "ap_small": _known(size[0]),
        "ap_medium": _known(size[1]),
        "ap_large": _known(size[2]),
        "voc_ap50": result.voc_ap50,
        "voc_ap50_11_point": details.voc_ap50_11_point,
        "ap_per_class": result.ap_per_class,
        "ap50_per_class": result.ap50_per_class,
        "best_threshold": asdict(details.best),
        "curve": _curve_values(details.curve),
        "classes": {figures.name: _class_values(figures) for figures in details.classes},
        "confusion": {
            "score": details.confusion.score,
            "names": [*details.confusion.names, ""],
            "counts": details.confusion.counts.tolist(),
        },
        "images": result.images,
        "boxes": result.boxes,
        "detections": result.detections,
        "seconds": result.seconds,
        "coco_stats": result.stats,
        "left_out": [f"{fault.where}: {fault.what}" for fault in result.faults],
    }


def _class_values(figures: ClassFigures) -> dict[str, object]:
    return {
        "boxes": figures.boxes,
        "ap": figures.ap,
        "ap50": figures.ap50,
        "voc_ap50": figures.voc_ap50,
        "voc_ap50_11_point": figures.voc_ap50_11_point,
        "best_threshold": asdict(figures.best),
        "curve": _curve_values(figures.curve),
    }


def _curve_values(curve: RecallCurve) -> dict[str, list[float]]:
    some = np.unique(np.linspace(0, max(len(curve.scores) - 1, 0), CURVE_POINTS).astype(int))[: len(curve.scores)]
    return {
        "recall": curve.recall[some].tolist(),
        "precision": curve.precision[some].tolist(),
        "score": curve.scores[some].tolist(),
    }


def _known(figure: float) -> float | None:
    """A figure of COCO's, None where there was nothing to be found."""
    return figure if figure >= 0 else None


def _print_report(result: Evaluation) -> None:
    assert result.details is not None
    details = result.details
    table = Table(box=None, pad_edge=False)
    for title in ("class", "boxes", "AP", "AP50", "best score", "precision", "recall", "F1"):
        table.add_column(title, justify="left" if title == "class" else "right")
    for figures in details.classes:
        ap = (f"{figures.ap:.3f}", f"{figures.ap50:.3f}")
        table.add_row(Text(figures.name), str(figures.boxes), *ap, *_cells(figures.best))
    if len(details.classes) > 1:
        table.add_row("all", str(details.curve.boxes), f"{result.ap:.3f}", f"{result.ap50:.3f}", *_cells(details.best))
    console = Console()
    console.print(table)
    sizes = zip(("small", "medium", "large"), result.ap_by_size, strict=True)
    print(f"COCO  AP {result.ap:.3f}, AP50 {result.ap50:.3f}, AP75 {_text(result.ap75)}")
    print("      by size: " + ", ".join(f"{name} {_text(ap)}" for name, ap in sizes))
    print(f"VOC   AP50 {result.voc_ap50:.3f} (area), {details.voc_ap50_11_point:.3f} (11 points)")
    print(f"Confusion at score {details.confusion.score:.2f} and more, five most frequent:")
    for label, detection, count in details.confusion.most_frequent(5):
        print(f"{count} x {label} taken for {detection}")
    ms = 1000 * result.seconds / max(result.images, 1)
    print(
        f"{result.images} images, {result.boxes} boxes, {result.seconds:.1f} s ({ms:.0f} ms an image, reading included)"
    )


def _text(ap: float) -> str:
    return f"{ap:.3f}" if ap >= 0 else "none"


def _cells(best: Threshold) -> tuple[str, ...]:
    if not best.f1:
        return "-", "-", "-", "0.000"
    return f"{best.score:.2f}", f"{best.precision:.3f}", f"{best.recall:.3f}", f"{best.f1:.3f}"
