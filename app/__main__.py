"""The command `yolox-workbench`: opens the window or hands a command to the engine. Loads Qt only when that is safe."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from yolox_core import __version__
from yolox_core.cli.help_texts import COMMANDS

EXIT_CANNOT_OPEN = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command or open the window: 0 when done, 1 for a problem, 2 for wrong usage or where no window can open."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words and words[0] in COMMANDS:
        return run_command(words)
    return open_window(_parser().parse_args(words).folder)


def run_command(words: Sequence[str]) -> int:
    """Run a command of the engine; after `demo`, the window opens on what it made where it can be seen."""
    from app.preflight import find_command_problem, has_display, this_machine
    from yolox_core import cli

    options = cli.parse(words)
    problem = find_command_problem(this_machine())
    if problem:
        sys.stderr.write(problem + "\n")
        return EXIT_CANNOT_OPEN
    code = cli.run(options)
    result = getattr(options, "result", None)
    if result is None or options.no_window or options.json or not has_display(this_machine()):
        return code
    return open_window(result.voc_root, checkpoint=result.checkpoint, video=result.video)


def open_window(folder: Path | None, *, checkpoint: Path | None = None, video: Path | None = None) -> int:
    """Show the window until it is closed; where it cannot open, say why on standard error."""
    from app.preflight import find_problem, this_machine

    problem = find_problem(this_machine())
    if problem:
        sys.stderr.write(problem + "\n")
        return EXIT_CANNOT_OPEN
    from app.start import run_window

    return run_window(folder, checkpoint=checkpoint, video=video)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="yolox-workbench",
        description="Label, train, watch, label again: opens the window, on FOLDER if one is given.",
        epilog="commands without a window (each has its own --help):\n"
        + "\n".join(f"  yolox-workbench {name:8} {text.line}" for name, text in COMMANDS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="data set to open")
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    return parser


if __name__ == "__main__":
    sys.exit(main())
