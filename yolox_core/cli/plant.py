"""`yolox-workbench plant`: a copy of a data set with known errors in its labels."""

import argparse
from collections import Counter

from yolox_core.cli.console import put_json
from yolox_core.dataset.folder import open_folder
from yolox_core.review.corrupted import LIST_NAME, write_corrupted
from yolox_core.review.planting import Rates


def run(options: argparse.Namespace) -> None:
    """Write the copy and say what was planted."""
    rates = Rates(options.drop, options.poor, options.swap, options.spurious, options.duplicate)
    errors = write_corrupted(open_folder(options.folder), options.output, rates, seed=options.seed)
    counts = Counter(error.kind.value for error in errors)
    if options.json:
        put_json({"folder": str(options.output), "list": str(options.output / LIST_NAME), "planted": counts})
    else:
        print(", ".join(f"{count} {kind}" for kind, count in counts.most_common()) or "nothing planted")
