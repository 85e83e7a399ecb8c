"""`yolox-workbench weights`: the published weights, and `--weights coco:SIZE` of the other commands."""

import argparse
from pathlib import Path

from rich.console import Console
from rich.table import Table

from yolox_core.cli.console import followed, put_json
from yolox_core.dataset.coco_names import COCO
from yolox_core.errors import UserError
from yolox_core.pretrained import fetch, published_size
from yolox_core.published import LICENCE, PUBLISHED, address_of, weights_folder


def run(options: argparse.Namespace) -> None:
    """Load the named sizes, or list what is published and what is here."""
    unknown = [size for size in options.sizes if size not in PUBLISHED]
    if unknown:
        raise UserError(
            f"No weights of size {unknown[0]!r} are published.", action=f"Published: {', '.join(PUBLISHED)}."
        )
    loaded = {size: followed(fetch(PUBLISHED[size])).path for size in options.sizes}
    if options.json:
        put_json({"folder": str(weights_folder()), "licence": LICENCE, "weights": _values()})
    elif loaded:
        for path in loaded.values():
            print(path)
    else:
        Console().print(_table())
        print(f"COCO AP in percent as published; licence {LICENCE}. Files lie in {weights_folder()}.")


def weights_file(weights: str) -> Path:
    """The file that `--weights` of eval and predict names; published weights are loaded first."""
    if weights == COCO:
        raise UserError("Which of the published weights?", where="--weights", action=f"For instance {COCO}:s.")
    size = published_size(weights, "")
    return followed(fetch(PUBLISHED[size])).path if size else Path(weights)


def _values() -> dict[str, object]:
    folder = weights_folder()
    return {
        size: {
            "address": address_of(published),
            "coco_ap": published.coco_ap,
            "sha256": published.sha256,
            "path": str(folder / published.file) if (folder / published.file).exists() else "",
        }
        for size, published in PUBLISHED.items()
    }


def _table() -> Table:
    table = Table(box=None, pad_edge=False)
    for title in ("size", "COCO AP", "here", "address"):
        table.add_column(title, justify="right" if title == "COCO AP" else "left", overflow="fold")
    for size, published in PUBLISHED.items():
        path = weights_folder() / published.file
        here = f"{path.stat().st_size / 1e6:.0f} MB" if path.exists() else "no"
        table.add_row(size, f"{published.coco_ap:.1f}", here, address_of(published))
    return table
