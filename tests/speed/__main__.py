"""Benchmarks: `python -m tests.speed NAME [--json]` prints what was measured against a peer in the same run."""

import argparse
import importlib
import json
import sys
from dataclasses import asdict

from tests.speed.row import Row

NAMES = {
    "engine": (
        "tests.speed.engine",
        "tests.speed.engine_samples",
        "tests.speed.engine_nms",
        "tests.speed.engine_latency",
        "tests.speed.engine_evaluation",
    ),
    "editor": (
        "tests.speed.editor",
        "tests.speed.editor_save",
        "tests.speed.editor_peer",
        "tests.speed.editor_many",
        "tests.speed.editor_folder",
        "tests.speed.editor_labels",
        "tests.speed.editor_index",
        "tests.speed.editor_pictures",
        "tests.speed.editor_review",
    ),
    "training": ("tests.speed.training", "tests.speed.training_runs", "tests.speed.training_lag"),
    "player": (
        "tests.speed.player",
        "tests.speed.player_playing",
        "tests.speed.player_whole",
        "tests.speed.player_frames",
        "tests.speed.player_models",
        "tests.speed.player_out",
    ),
    "findings": ("tests.speed.findings", "tests.speed.findings_scale"),
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.speed", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    rows: list[Row] = []
    for module in NAMES[options.name]:
        rows += importlib.import_module(module).rows()
    if options.json:
        json.dump({"name": options.name, "rows": [asdict(row) for row in rows]}, sys.stdout)
        return 0
    if not rows:
        print(f"There is nothing to measure under {options.name} yet.")
        return 0
    print(f"{'what':58} {'ours':>10} {'peer':>10} {'unit':6} {'ratio':>6}  {'target':18} holds")
    for row in rows:
        verdict = "yes" if row.holds else "NO"
        print(
            f"{row.what:58} {row.ours:10.2f} {row.peer:10.2f} {row.unit:6} {row.ratio:6.2f}  {row.target:18} {verdict}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
