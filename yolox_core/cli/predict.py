"""`yolox-workbench predict`: detections of a video, drawn or as numbers; drawn into an image or a folder of them."""

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2

from yolox_core.cli.console import OneBar, bars, followed, put_json, stderr
from yolox_core.cli.weights import weights_file
from yolox_core.errors import FileError, UserError
from yolox_core.files import write_atomically
from yolox_core.images import read_image
from yolox_core.infer.annotate import annotate_video
from yolox_core.infer.detection_files import format_of, write_detections
from yolox_core.infer.detector import Detector
from yolox_core.infer.drawing import draw_detections
from yolox_core.infer.found import find_in_video
from yolox_core.infer.looks import Looks
from yolox_core.infer.suppress import suppress
from yolox_core.infer.thresholds import Thresholds
from yolox_core.records import Detections, Progress

IMAGE_SUFFIXES = {".jpg", ".jpeg", ".png", ".bmp", ".tif", ".tiff", ".webp"}


def run(options: argparse.Namespace) -> None:
    """Predict as the options say."""
    source: Path = options.source
    if not source.exists():
        raise FileError("There is no such file or folder.", where=source, action="Check the path.")
    detector = Detector.open(weights_file(options.weights), device=options.device, image_size=options.size)
    if source.is_dir() or source.suffix.lower() in IMAGE_SUFFIXES:
        result = _predict_images(detector, source, options)
    else:
        result = _predict_video(detector, source, options)
    if options.json:
        put_json(result)
    else:
        print(f"{result['detections']} detections written to {result['output']}")


def _predict_video(detector: Detector, source: Path, options: argparse.Namespace) -> dict[str, Any]:
    if options.output.suffix.lower() != ".mp4":
        return _export_detections(detector, source, options)
    done = followed(
        annotate_video(
            detector,
            source,
            options.output,
            thresholds=Thresholds(options.conf_threshold, options.nms_threshold),
            has_track_numbers=options.tracks,
        )
    )
    return {"output": str(done.path), "frames": done.frames, "detections": done.detections}


def _export_detections(detector: Detector, source: Path, options: argparse.Namespace) -> dict[str, Any]:
    format_of(options.output)
    looks = Looks(detector, Thresholds(options.conf_threshold, options.nms_threshold))
    found = followed(find_in_video(looks, source, has_track_numbers=options.tracks))
    made, *beside = map(str, write_detections(options.output, found))
    return {"output": made, "beside": beside, "frames": len(found.found), "detections": found.detections}


def _predict_images(detector: Detector, source: Path, options: argparse.Namespace) -> dict[str, Any]:
    output: Path = options.output
    if output.resolve() == (source if source.is_dir() else source.parent).resolve():
        raise UserError(
            "The output folder holds the images themselves.", where=output, action="Choose another --output."
        )
    paths = _images(source)
    try:
        output.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(
            f"The folder cannot be made ({error.strerror}).", where=output, action="Choose another --output."
        ) from error
    images: list[dict[str, Any]] = []
    with bars() as shown:
        bar = OneBar(shown)
        for path in paths:
            bar.show(Progress(len(images), len(paths), path.name))
            try:
                image = read_image(path)
            except FileError as error:
                stderr.print(str(error), style="yellow")
                continue
            found = suppress(
                detector.predict([image])[0],
                conf_threshold=options.conf_threshold,
                nms_threshold=options.nms_threshold,
            )
            drawn = draw_detections(image, found, detector.class_names)
            write_atomically(output / f"{path.stem}.png", cv2.imencode(".png", drawn)[1].tobytes())
            images.append({"image": path.name, "detections": list(_rows(found, detector.class_names))})
    count = sum(len(image["detections"]) for image in images)
    return {"output": str(output), "images": images, "detections": count}


def _images(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    paths = sorted(path for path in source.iterdir() if path.suffix.lower() in IMAGE_SUFFIXES)
    if not paths:
        raise FileError("There is no image in this folder.", where=source, action="Choose a folder of images.")
    return paths


def _rows(found: Detections, class_names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for box, score, class_id in zip(found.boxes.tolist(), found.scores.tolist(), found.class_ids.tolist(), strict=True):
        yield {"class": class_names[class_id], "score": score, "box": box}
