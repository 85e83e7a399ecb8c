"""Benchmarks."""

import yolox_core  # noqa: F401  before torch: it says how OpenMP waits
