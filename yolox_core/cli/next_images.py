"""`yolox-workbench next`: which images of a folder to label next."""

import argparse
from dataclasses import asdict

from rich.console import Console
from rich.table import Table
from rich.text import Text

from yolox_core.cli.console import followed, put_json, stderr
from yolox_core.cli.weights import weights_file
from yolox_core.dataset.folder import open_folder
from yolox_core.review.predicting import predict_images
from yolox_core.review.review import Network
from yolox_core.review.to_label import images_to_label


def run(options: argparse.Namespace) -> None:
    """List the images as the options say."""
    folder = open_folder(options.folder)
    weights = weights_file(options.weights)
    predictions = followed(predict_images(weights, folder.images, device=options.device, image_size=options.size))
    mapping = dict(text.split("=", 1) for text in options.map)
    ranked = followed(images_to_label(folder, Network(predictions.class_names, predictions.dense), mapping=mapping))
    listed = ranked[: options.most]
    if options.json:
        put_json({"images": [asdict(image) for image in listed], "unlabelled": len(ranked)})
    elif listed:
        table = Table(box=None, pad_edge=False)
        for title in ("doubt", "candidates", "images like it"):
            table.add_column(title, justify="right")
        table.add_column("image", overflow="fold")
        for image in listed:
            table.add_row(f"{image.doubt:.2f}", str(image.candidates), str(image.likes), Text(image.image))
        Console().print(table)
    else:
        stderr.print("Every image is labelled.")
