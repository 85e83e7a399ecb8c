"""The download of published weights into the cache.

A download goes on where it was cut off, also in a later session, and a file gets its name only after it has opened as
a checkpoint of its size.
"""

import hashlib
import http.client
import os
import shutil
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from filelock import FileLock, Timeout

from yolox_core.checkpoint import load_checkpoint
from yolox_core.dataset.coco_names import COCO
from yolox_core.errors import FileError, Unavailable, UserError
from yolox_core.published import PUBLISHED, Published, address_of, published_path, weights_folder
from yolox_core.records import Progress

CHUNK = 1 << 18
TIMEOUT_S = 20
TRIES = 4
PAUSE_S = 0.5
BROKEN_LINE = (ConnectionError, TimeoutError, ssl.SSLError)


@dataclass(frozen=True, slots=True)
class Fetched:
    """Published weights on this disk."""

    path: Path


def published_size(weights: str, size: str) -> str:
    """The size whose published weights a setting asks for; empty for a file or nothing.

    "coco" means those of the network's own size, "coco:s" those of s.

    Raises UserError for a size that was not published.
    """
    word, _, named = weights.partition(":")
    if word != COCO or Path(weights).is_file():
        return ""
    wanted = named or size
    if wanted not in PUBLISHED:
        sizes = ", ".join(f"{COCO}:{known}" for known in PUBLISHED)
        raise UserError(f"No published weights are called {weights!r}.", where="weights", action=f"Known: {sizes}.")
    return wanted


def fetch(published: Published, *, tries: int = TRIES) -> Iterator[Progress | Fetched]:
    """The file, loaded unless it is there; Progress counts MB. Closing the generator keeps what came for next time.

    It gives up after this many `tries` without a single new byte.

    Raises Unavailable where the address cannot be reached, FileError where the disk or what came is at fault.
    """
    target = published_path(published)
    try:
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            yield from _loaded(published, target, tries)
    except _DiskError as error:
        raise _not_written(target, error.cause) from error
    except OSError as error:
        raise _not_written(target, error) from error
    yield Fetched(target)


def _loaded(published: Published, target: Path, tries: int) -> Iterator[Progress]:
    """Make `target`, unless another program makes it meanwhile."""
    lock = FileLock(target.with_suffix(".lock"))
    yield from _locked(lock, published.file)
    try:
        if target.exists():
            return
        partial = target.with_suffix(".part")
        yield from _received(published, partial, tries)
        yield Progress(0, 0, f"Checking {published.file}")
        _check(published, partial)
        partial.replace(target)
        partial.with_suffix(".mark").unlink(missing_ok=True)
    finally:
        lock.release()


def _locked(lock: FileLock, name: str) -> Iterator[Progress]:
    """Wait until no other program loads the same file."""
    while True:
        try:
            lock.acquire(timeout=0.5)
        except Timeout:
            yield Progress(0, 0, f"Another program is loading {name}")
        else:
            return


def _received(published: Published, partial: Path, most_tries: int) -> Iterator[Progress]:
    """Bring `partial` to its full length, over as many connections as it takes while bytes come."""
    tries = 0
    while True:
        before = _length(partial)
        try:
            yield from _one_connection(published, partial)
        except urllib.error.HTTPError as error:
            if error.code == http.client.REQUESTED_RANGE_NOT_SATISFIABLE and before:
                partial.unlink()
                continue
            if error.code < http.client.INTERNAL_SERVER_ERROR or tries == most_tries - 1:
                raise _unreachable(published, f"answer {error.code} {error.reason}") from error
            tries += 1
            yield from _pause(published, partial, tries)
        except (urllib.error.URLError, http.client.HTTPException, *BROKEN_LINE) as error:
            tries = tries + 1 if _length(partial) <= before else 0
            if tries == most_tries:
                raise _unreachable(published, str(getattr(error, "reason", "") or error)) from error
            yield from _pause(published, partial, tries)
        else:
            return


def _pause(published: Published, partial: Path, tries: int) -> Iterator[Progress]:
    """A wait that grows with the tries in vain."""
    yield Progress(_length(partial) // 1_000_000, 0, f"{published.file}: trying again")
    time.sleep(tries * PAUSE_S)


def _one_connection(published: Published, partial: Path) -> Iterator[Progress]:
    """Append what one answer brings; raises HTTPException where it ends too early."""
    mark = partial.with_suffix(".mark")  # which version of the file was begun
    request = urllib.request.Request(address_of(published))  # noqa: S310  https, or what the user put into MIRROR
    begun = _length(partial)
    if begun and mark.exists():
        request.add_header("Range", f"bytes={begun}-")
        request.add_header("If-Range", mark.read_text())
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
        is_rest = answer.headers.get("Content-Range", "").startswith(f"bytes {begun}-")
        done = begun if is_rest else 0
        length = answer.headers.get("Content-Length")
        total = done + int(length) if length else 0
        version = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
        if version and not version.startswith("W/"):
            mark.write_text(version)
        else:
            mark.unlink(missing_ok=True)
        with partial.open("ab" if is_rest else "wb") as file:
            while chunk := answer.read(CHUNK):
                _write(file, chunk)
                done += len(chunk)
                yield Progress(done // 1_000_000, total // 1_000_000, f"{published.file}, MB")
            os.fsync(file.fileno())
    if done < total:
        raise http.client.IncompleteRead(b"", total - done)


def _write(file: IO[bytes], chunk: bytes) -> None:
    """Write, telling an error of the disk from one of the line, which is an OSError too."""
    try:
        file.write(chunk)
        file.flush()
    except OSError as error:
        raise _DiskError(error) from error


class _DiskError(Exception):
    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _check(published: Published, partial: Path) -> None:
    """Raise FileError, and drop what came, unless it is the published file."""
    try:
        if published.sha256 and _digest(partial) != published.sha256:
            raise FileError("Other bytes came than were published (SHA-256 differs).", where=partial)
        if load_checkpoint(partial).size != published.size:
            raise FileError(f"What came is no network of size {published.size}.", where=partial)
    except FileError as problem:
        partial.unlink(missing_ok=True)
        raise FileError(
            f"{published.file} was not kept: {problem.what}",
            where=address_of(published),
            action="Perhaps a login page or a proxy answered: open the address in a browser, then try again.",
        ) from problem


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _unreachable(published: Published, reason: str) -> Unavailable:
    return Unavailable(
        f"{published.file} cannot be loaded ({reason}).",
        where=address_of(published),
        action=f"Start from other weights, or put the file, loaded elsewhere, into {weights_folder()}.",
    )


def _not_written(path: Path, error: OSError) -> FileError:
    free = shutil.disk_usage(path.parent).free // 1_000_000 if path.parent.exists() else 0
    return FileError(
        f"Could not be written ({error.strerror or error}).",
        where=path,
        action=f"{free} MB are free there; YOLOX_WORKBENCH_HOME names another place.",
    )


def _length(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
