"""`yolox-workbench export`: a checkpoint as an ONNX or TorchScript file compared with torch, or as others read it."""

import argparse
from dataclasses import asdict
from pathlib import Path

from yolox_core.checkpoint import load_checkpoint, save_official
from yolox_core.cli.console import followed, put_json
from yolox_core.errors import FileError
from yolox_core.export import Exported, ExportSettings, export_checkpoint
from yolox_core.images import read_image


def run(options: argparse.Namespace) -> None:
    """Export as the options say."""
    if options.format == "yolox":
        _write_published_layout(options)
        return
    settings = ExportSettings(
        kind=options.format,
        is_decoded=not options.no_decode,
        has_nms=options.nms,
        is_half=options.half,
        batch=options.batch,
        image_size=options.size,
        conf_threshold=options.conf_threshold,
        nms_threshold=options.nms_threshold,
    ).checked()
    path = _output(options, settings.suffix)
    checkpoint = load_checkpoint(options.checkpoint)
    pictures = [read_image(options.picture)] if options.picture else []
    done = followed(export_checkpoint(checkpoint, path, settings, pictures))
    if options.json:
        put_json(asdict(done))
    else:
        print(_text(done))


def _write_published_layout(options: argparse.Namespace) -> None:
    """Weights alone under the published names, read back before it is called done."""
    path = _output(options, ".yolox.pth")
    save_official(path, load_checkpoint(options.checkpoint))
    made = load_checkpoint(path)
    classes = len(made.class_names)
    if options.json:
        put_json({"path": str(path), "kind": "yolox", "size": made.size, "classes": classes})
    else:
        print(f"{path}: {made.size}, {classes} classes; their names are not part of this layout.")


def _output(options: argparse.Namespace, suffix: str) -> Path:
    path: Path = options.output or options.checkpoint.with_suffix(suffix)
    if path.is_dir():
        raise FileError("There is a folder of this name.", where=path, action="Choose another --output.")
    if path.exists() and options.checkpoint.exists() and path.samefile(options.checkpoint):
        raise FileError("This is the checkpoint itself.", where=path, action="Choose another --output.")
    return path


def _text(done: Exported) -> str:
    batches = " and ".join(map(str, done.batches))
    return (
        f"{done.path} ({done.size_mb:.1f} MB): images {_shape(done.input_shape)} to "
        f"{done.output_name} {_shape(done.output_shape)}\n"
        f"Compared with torch on a letterboxed picture, batch {batches}: largest difference {done.difference:.1e}"
    )


def _shape(shape: tuple[int, ...]) -> str:
    return " x ".join("any" if side < 0 else str(side) for side in shape)
