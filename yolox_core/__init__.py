"""The engine of YOLOX Workbench: no Qt, no prints, nothing imported until it is used."""

import os

__version__ = "0.1.0"

# OpenMP reads these once, when torch is loaded. By default its threads spin while they wait: beside the loader's
# threads and a window on 2 busy cores that made a training step 10 times slower (6.7 s against 0.7 s). Without any
# spinning a step on 2 quiet cores took 440 ms against 255 ms; 10,000 turns of it (275 ms) serve both.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "10000")
