"""The options of each command; those of training come from TrainConfig with their ranges, units and defaults."""

import argparse
import importlib
from collections.abc import Callable
from dataclasses import Field
from pathlib import Path
from typing import Any

from yolox_core.cli.help_texts import COMMANDS
from yolox_core.fields import FieldSpec, fault_of, specs
from yolox_core.train.config import TrainConfig
from yolox_core.train.presets import PRESETS
from yolox_core.train.topics import TOPICS

OPTION_NAMES = {"size": "--model", "image_size": "--size", "train_split": "--split"}
"""Fields of TrainConfig whose option has another name; all others are spelled with dashes."""

KINDS: dict[object, Callable[[str], object]] = {int: int, float: float, str: str}

SIDE = FieldSpec("", "px", 32, 2048, 32)

RECIPE = argparse.SUPPRESS
"""Options that were not given are absent, so that the recipe of the network size fills them."""


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Give the parser its commands; each sets `run`, which imports the work only when it is called."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, help_text in COMMANDS.items():
        command = commands.add_parser(
            name,
            help=help_text.line,
            description=help_text.description,
            epilog=help_text.epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        _OPTIONS[name](command)


def _add_train(parser: argparse.ArgumentParser) -> None:
    parser.usage = "%(prog)s (--data FOLDER | --resume RUN) [--model SIZE] [--epochs N] [--weights coco] [options]"
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="data set in any supported layout")
    parser.add_argument("--output", type=Path, metavar="RUN", help="run folder to make (default: runs/DATA/TIME-MODEL)")
    parser.add_argument("--resume", type=Path, metavar="RUN", help="go on with a run that was stopped or killed")
    parser.add_argument("--config", type=Path, metavar="FILE", help="settings of a run (its config.json); options win")
    parser.add_argument("--preset", choices=PRESETS, help=f"settings by name; options win. {_presets_text()}")
    _add_json(parser)
    described = specs(TrainConfig)
    for title, names in TOPICS.items():
        group = parser.add_argument_group(title)
        for name in names:
            _add_field(group, name, *described[name])
    parser.set_defaults(usage_fault=_train_fault)
    _runs(parser, "train")


def _add_field(group: argparse._ArgumentGroup, name: str, field: Field[Any], spec: FieldSpec) -> None:
    """An option that fills one field of TrainConfig."""
    option = OPTION_NAMES.get(name, f"--{name.replace('_', '-')}")
    text = f"{spec.help} Range: {spec.range_text}." if spec.range_text else spec.help
    text = f"{text} Default: {field.default if field.default != '' else 'none'}.".replace("%", "%%")
    if isinstance(field.default, bool):
        group.add_argument(option, dest=name, default=RECIPE, action=argparse.BooleanOptionalAction, help=text)
    else:
        kind = _value_of(KINDS[field.type], spec)
        group.add_argument(option, dest=name, default=RECIPE, type=kind, metavar=_metavar(spec), help=text)


def _presets_text() -> str:
    return " ".join(f"{preset.name}: {preset.summary}" for preset in PRESETS.values())


def _train_fault(options: argparse.Namespace) -> str:
    if options.preset and options.config:
        return "--preset and --config both bring settings: give one of them"
    return "" if options.data or options.resume else "one of --data FOLDER and --resume RUN is required"


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="data set in any supported layout")
    _add_json(parser)
    _runs(parser, "check")


def _add_eval(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER", help="data set in any supported layout")
    parser.add_argument("--split", default="", metavar="NAME", help="split to measure; default: all images")
    _add_inference(parser, conf=0.01, nms=0.65)
    _add_json(parser)
    _runs(parser, "evaluate")


def _add_predict(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", type=Path, metavar="SOURCE", help="video, image or folder of images")
    parser.add_argument(
        "--output",
        type=Path,
        required=True,
        metavar="PATH",
        help="for a video: .mp4 with boxes drawn, or numbers as .json, .csv, .coco.json or .txt (MOT Challenge); "
        "for images: a folder",
    )
    parser.add_argument("--tracks", action="store_true", help="number the objects of a video from frame to frame")
    _add_inference(parser, conf=0.3, nms=0.45)
    _add_json(parser)
    _runs(parser, "predict")


def _add_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path, metavar="CHECKPOINT", help="weights to export (.pth)")
    parser.add_argument("--output", type=Path, metavar="PATH", help="file to write. Default: beside the checkpoint.")
    parser.add_argument(
        "--format",
        default="onnx",
        choices=("onnx", "torchscript", "yolox"),
        help="onnx for ONNX Runtime, OpenVINO, TensorRT; torchscript for LibTorch; yolox for programs that read the "
        "published .pth files (weights alone; takes no other option but --output). Default: onnx.",
    )
    parser.add_argument(
        "--size",
        "--image-size",
        type=_input_size,
        default=0,
        metavar="PX|HxW",
        help="input: one side, or height x width, multiples of 32 px. Default: as trained.",
    )
    parser.add_argument(
        "--batch", type=_batch, default=0, metavar="N|dynamic", help="images in a batch. Default: dynamic, any number."
    )
    parser.add_argument(
        "--no-decode", action="store_true", help="leave box numbers as the network gives them. Default: input pixels."
    )
    parser.add_argument(
        "--nms",
        action="store_true",
        help="suppression inside: rows of image, x1, y1, x2, y2, class id, score. Default: all predictions.",
    )
    _add_thresholds(parser, conf=0.25, nms=0.45)
    parser.add_argument(
        "--half", action="store_true", help="float16 inside, half the size, for GPUs; input and output stay float32"
    )
    parser.add_argument(
        "--picture", type=Path, metavar="FILE", help="image to compare with torch on. Default: a drawn one."
    )
    _add_json(parser)
    parser.set_defaults(usage_fault=_export_fault)
    _runs(parser, "export")


def _export_fault(options: argparse.Namespace) -> str:
    return "--nms needs decoded boxes: leave out --no-decode" if options.nms and options.no_decode else ""


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--output", type=Path, metavar="FOLDER", help="where to put it all (default: the user data folder)"
    )
    parser.add_argument("--epochs", type=int, metavar="N", help="passes over the sample's training images")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps. Default: auto.")
    parser.add_argument("--no-window", action="store_true", help="do not open the window at the end")
    _add_json(parser)
    _runs(parser, "demo")


def _add_runs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        type=Path,
        nargs="?",
        metavar="FOLDER",
        help="where to look. Default: runs below this folder, and those of the window.",
    )
    parser.add_argument("--csv", action="store_true", help="a table for other programs on standard output")
    _add_json(parser)
    _runs(parser, "runs")


def _add_weights(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help="sizes to load: nano, tiny, s, m, l, x, darknet53")
    _add_json(parser)
    _runs(parser, "weights")


def _add_findings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="data set in any supported layout")
    parser.add_argument("--split", default="", metavar="NAME", help="split to look through; default: all images")
    parser.add_argument(
        "--weights",
        default="",
        metavar="FILE",
        help="checkpoint that judges the labels, or coco:SIZE; with --folds what each fold starts from. Default: none, "
        "which leaves the rules of geometry.",
    )
    parser.add_argument(
        "--folds",
        type=_value_of(int, FieldSpec("", "folds", 2, 20)),
        default=0,
        metavar="K",
        help="train K networks, each on the other folds, so that no network judges labels that it has learned",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="RUNS",
        help="runs of the folds; those of an earlier call are gone on with, as they learned the labels of then",
    )
    epochs = specs(TrainConfig)["epochs"]
    parser.add_argument(
        "--epochs", type=_value_of(int, epochs[1]), default=12, metavar="N", help="passes of each fold. Default: 12."
    )
    _add_judge(parser)
    parser.add_argument(
        "--unlabelled-are-empty", action="store_true", help="images without a label file have nothing in them"
    )
    parser.add_argument(
        "--least",
        type=_value_of(float, FieldSpec("", minimum=0.0, maximum=1.0)),
        default=0.3,
        metavar="0..1",
        help="lowest probability that is listed. Default: 0.3.",
    )
    parser.add_argument("--csv", action="store_true", help="a table for other programs on standard output")
    _add_json(parser)
    parser.set_defaults(usage_fault=_findings_fault)
    _runs(parser, "findings")


def _findings_fault(options: argparse.Namespace) -> str:
    fault = _map_fault(options)
    if fault:
        return fault
    return "--output is for the runs of --folds" if options.output and not options.folds else ""


def _add_next(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="data set in any supported layout")
    parser.add_argument("--weights", required=True, metavar="FILE", help="checkpoint whose doubts count, or coco:SIZE")
    parser.add_argument(
        "--most", type=_value_of(int, FieldSpec("", "images", 1)), default=50, metavar="N", help="Default: 50."
    )
    _add_judge(parser)
    _add_json(parser)
    parser.set_defaults(usage_fault=_map_fault)
    _runs(parser, "next_images")


def _add_judge(parser: argparse.ArgumentParser) -> None:
    """How the network that judges labels is run, and which of its classes is which."""
    size = specs(TrainConfig)["image_size"]
    parser.add_argument(
        "--size", type=_value_of(int, size[1]), default=0, metavar="PX", help="side of the network input"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps. Default: auto.")
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar="OURS=THEIRS",
        help="the network's name of a class; may be repeated",
    )


def _map_fault(options: argparse.Namespace) -> str:
    wrong = [text for text in options.map if not all(text.partition("="))]
    return f"--map {wrong[0]}: must be OURS=THEIRS" if wrong else ""


def _add_plant(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="data set to copy; it stays as it is")
    parser.add_argument("--output", type=Path, required=True, metavar="COPY", help="empty or new folder for the copy")
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of every random choice. Default: 0.")
    share = FieldSpec("", minimum=0.0, maximum=1.0)
    rates = {"drop": 0.1, "poor": 0.1, "swap": 0.05, "spurious": 0.05, "duplicate": 0.02}
    for name, rate in rates.items():
        parser.add_argument(
            f"--{name}", type=_value_of(float, share), default=rate, metavar="0..1", help=f"share. Default: {rate}."
        )
    _add_json(parser)
    _runs(parser, "plant")


def _add_speed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", nargs="?", type=Path, metavar="VIDEO", help="time each step on its first frames")
    parser.add_argument("--weights", metavar="FILE", default="coco:nano", help="network for VIDEO. Default: coco:nano.")
    parser.add_argument("--size", type=_value_of(int, SIDE), default=0, metavar="PX", help="input; default: the usual")
    parser.add_argument(
        "--precision", default="float32", choices=("float32", "float16", "bfloat16"), help="of the comparison of sizes"
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps. Default: auto.")
    _add_json(parser)
    _runs(parser, "speed")


def _add_inference(parser: argparse.ArgumentParser, *, conf: float, nms: float) -> None:
    parser.add_argument(
        "--weights", required=True, metavar="FILE", help="checkpoint (.pth), or coco:SIZE for the published weights"
    )
    parser.add_argument(
        "--size",
        type=_value_of(int, SIDE),
        default=0,
        metavar="PX",
        help="side of the network input, a multiple of 32 px; default: as trained",
    )
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda, cuda:N or mps. Default: auto.")
    _add_thresholds(parser, conf=conf, nms=nms)


def _add_thresholds(parser: argparse.ArgumentParser, *, conf: float, nms: float) -> None:
    share = FieldSpec("", minimum=0.0, maximum=1.0)
    for name, default, text in (
        ("--conf-threshold", conf, "lowest score that counts"),
        ("--nms-threshold", nms, "IoU above which the weaker of two boxes is dropped"),
    ):
        parser.add_argument(
            name,
            type=_value_of(float, share),
            default=default,
            metavar="0..1",
            help=f"{text}. Default: {default}.",
        )


def _add_json(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output and nothing else")


def _runs(parser: argparse.ArgumentParser, module: str) -> None:
    def run(options: argparse.Namespace) -> None:
        importlib.import_module(f"yolox_core.cli.{module}").run(options)

    parser.set_defaults(run=run)


def _metavar(spec: FieldSpec) -> str:
    if spec.choices:
        return "|".join(spec.choices)
    return spec.unit.upper() if spec.unit.isalpha() else "N" if spec.unit else "VALUE"


def _value_of(kind: Callable[[str], object], spec: FieldSpec) -> Callable[[str], object]:
    """A reader of one option's text that refuses what the specification refuses."""

    def read(text: str) -> object:
        try:
            value = kind(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
        fault = fault_of(value, spec)
        if fault:
            raise argparse.ArgumentTypeError(fault)
        return value

    return read


def _input_size(text: str) -> object:
    """A side, or height and width, of the network's input."""
    sides = [_value_of(int, SIDE)(part) for part in text.lower().split("x")]
    if len(sides) > 2:
        raise argparse.ArgumentTypeError("must be one side or HEIGHTxWIDTH")
    return sides[0] if len(sides) == 1 else tuple(sides)


def _batch(text: str) -> object:
    return 0 if text == "dynamic" else _value_of(int, FieldSpec("", "images", 1, 1024))(text)


_OPTIONS: dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "train": _add_train,
    "check": _add_check,
    "eval": _add_eval,
    "predict": _add_predict,
    "export": _add_export,
    "runs": _add_runs,
    "weights": _add_weights,
    "findings": _add_findings,
    "next": _add_next,
    "plant": _add_plant,
    "speed": _add_speed,
    "demo": _add_demo,
}
