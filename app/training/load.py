"""What a run takes of the machine: processor and memory of this process, and of the GPU where one is used."""

import os
import sys
import time
from pathlib import Path

from app.training.status import RunStatus

STATM = Path("/proc/self/statm")
GIGABYTE = 1e9
INTERVAL_S = 1.0


class LoadMeter:
    """Measures at most once a second; costs some microseconds."""

    def __init__(self) -> None:
        self._text = ""
        self._wall_s, self._cpu_s = time.monotonic(), time.process_time()

    def text(self, status: RunStatus) -> str:
        """One line: share of a processor, memory, memory of the GPU, share of the time spent waiting for images."""
        wall_s, cpu_s = time.monotonic(), time.process_time()
        if wall_s - self._wall_s >= INTERVAL_S or not self._text:
            share = (cpu_s - self._cpu_s) / max(wall_s - self._wall_s, 1e-3) / (os.cpu_count() or 1)
            parts = [f"CPU {share:.0%}", _memory_text(), _gpu_text(), f"waiting for images {status.wait_share:.0%}"]
            self._text = "  ·  ".join(part for part in parts if part)
            self._wall_s, self._cpu_s = wall_s, cpu_s
        return self._text


def _memory_text() -> str:
    """Resident memory of this process, where the system tells it in a file."""
    try:
        pages = int(STATM.read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return ""
    return f"memory {pages * os.sysconf('SC_PAGE_SIZE') / GIGABYTE:.1f} GB"


def _gpu_text() -> str:
    """Memory of the GPU in use, by all programs; torch is asked only where a run has brought it in."""
    torch = sys.modules.get("torch")
    if torch is None or not hasattr(torch, "cuda") or not torch.cuda.is_initialized():
        return ""
    free, total = torch.cuda.mem_get_info()
    return f"GPU memory {(total - free) / GIGABYTE:.1f} of {total / GIGABYTE:.1f} GB"
