"""The same work without a window, as `yolox-workbench COMMAND`.

Commands: train | check | eval | predict | export | runs | weights | findings | next | plant | speed | demo.
"""

import argparse
import sys
from collections.abc import Sequence

from yolox_core.cli.options import add_commands
from yolox_core.errors import UserError

EXIT_DONE, EXIT_PROBLEM, EXIT_INTERRUPTED = 0, 1, 130  # argparse itself exits with 2 for wrong usage


def main(arguments: Sequence[str]) -> int:
    """Run one command; exit code 0 when done, 1 for a problem (said on stderr), 2 for wrong usage, 130 for Ctrl+C."""
    return run(parse(arguments))


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """The options of one command, `run` among them; ends the process with 2 for wrong usage."""
    parser = argparse.ArgumentParser(prog="yolox-workbench", description=__doc__)
    add_commands(parser)
    options = parser.parse_args(arguments)
    fault = options.usage_fault(options) if "usage_fault" in options else ""
    if fault:
        parser.error(fault)
    return options


def run(options: argparse.Namespace) -> int:
    """Run the command of these options; `demo` leaves its DemoDone there as `result`."""
    try:
        options.run(options)
    except UserError as problem:
        print(problem, file=sys.stderr)
        return EXIT_PROBLEM
    except KeyboardInterrupt:
        print("Stopped; what was finished so far is kept.", file=sys.stderr)
        return EXIT_INTERRUPTED
    return EXIT_DONE
