"""`python -m yolox_core COMMAND`: the commands on a machine without Qt, and what `torchrun` starts."""

import sys

from yolox_core.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
