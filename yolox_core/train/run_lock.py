"""Whether a run is going on: its process holds a lock on `run.lock`, which the system frees however it ends.

Another machine's lock may not be seen on a shared folder: there a run is going on while its events are fresh.
"""

import logging
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager

from filelock import FileLock, Timeout

from yolox_core.errors import UserError
from yolox_core.train.run_folder import RunFolder

log = logging.getLogger(__name__)

FRESH_S = 120  # an evaluation of a large set may say nothing for this long
PATIENCE_S = 2.0  # whoever looks whether a lock is held, holds it for a moment


@contextmanager
def held(run: RunFolder) -> Iterator[None]:
    """Hold the run's lock. Raises UserError where another process holds it."""
    lock = FileLock(run.lock, thread_local=False)
    try:
        lock.acquire(timeout=PATIENCE_S)
    except Timeout as error:
        raise UserError(
            "This run is going on in another process.", where=run.path, action="Attach to it, or wait for its end."
        ) from error
    except (OSError, NotImplementedError):
        log.warning("no locks in %s", run.path)  # others go by fresh events
    try:
        yield
    finally:
        lock.release()


def is_going_on(run: RunFolder, host: str) -> bool:
    """Whether a process works on a run without an end; `host` is the machine that its events name."""
    is_held = _is_held(run)
    if is_held or (is_held is not None and host == platform.node()):
        return is_held
    try:
        return time.time() - run.events.stat().st_mtime < FRESH_S
    except OSError:
        return False


def _is_held(run: RunFolder) -> bool | None:
    """Whether a process of this machine holds the lock; None where that cannot be known."""
    if not run.lock.exists():
        return None
    lock = FileLock(run.lock, timeout=0)
    try:
        with lock:
            return False
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return None
