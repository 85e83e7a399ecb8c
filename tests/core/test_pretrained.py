"""Published weights over a bad line: cut connections, wrong bytes, no connection, two programs at once."""

import hashlib
import io
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import torch

from yolox_core import pretrained
from yolox_core.dataset.folder import open_folder
from yolox_core.errors import FileError, Unavailable, UserError
from yolox_core.model.yolox import SIZES, YOLOX
from yolox_core.pretrained import Fetched, fetch, published_size
from yolox_core.published import MIRROR, PUBLISHED, weights_folder
from yolox_core.records import Progress
from yolox_core.train.config import TrainConfig
from yolox_core.train.control import RunControl
from yolox_core.train.events import Notice, Preparing, RunFinished, StepDone
from yolox_core.train.run_folder import RunFolder
from yolox_core.train.trainer import Trainer

NANO = PUBLISHED["nano"]


@dataclass
class Site:
    """What the server does: `cuts` are bytes after which one connection each ends; `ranges` are the asked ones."""

    content: bytes
    etag: str = '"1"'
    has_ranges: bool = True
    status: int = 200
    moved_to: str = ""
    failures: list[int] = field(default_factory=list)
    cuts: list[int] = field(default_factory=list)
    ranges: list[str] = field(default_factory=list)
    address: str = ""


@pytest.fixture(scope="module")
def nano_bytes() -> bytes:
    torch.manual_seed(0)
    buffer = io.BytesIO()
    torch.save({"model": YOLOX(SIZES["nano"], 80).state_dict()}, buffer)
    return buffer.getvalue()


@pytest.fixture
def site(nano_bytes: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    served = Site(nano_bytes)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = self.headers.get("Range", "")
            served.ranges.append(asked)
            if served.moved_to and self.path.startswith("/release"):
                self.send_response(302)
                self.send_header("Location", served.moved_to + self.path.removeprefix("/release"))
                self.end_headers()
                return
            status = served.failures.pop(0) if served.failures else served.status
            if status != 200:
                self.send_error(status)
                return
            is_same = self.headers.get("If-Range", served.etag) == served.etag
            start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and served.has_ranges and is_same else 0
            body = served.content[start:]
            self.send_response(206 if start else 200)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("ETag", served.etag)
            if start:
                self.send_header("Content-Range", f"bytes {start}-{len(served.content) - 1}/{len(served.content)}")
            self.end_headers()
            self.wfile.write(body[: served.cuts.pop(0)] if served.cuts else body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    served.address = f"http://127.0.0.1:{server.server_port}"
    monkeypatch.setenv(MIRROR, f"{served.address}/release")
    monkeypatch.setenv("YOLOX_WORKBENCH_HOME", str(tmp_path / "home"))
    yield served
    server.shutdown()
    server.server_close()
    thread.join()


def _fetched() -> Path:
    *_, last = fetch(NANO)
    assert isinstance(last, Fetched)
    return last.path


def test_that_weights_arrive_whole_and_only_once(site: Site) -> None:
    site.moved_to = f"{site.address}/elsewhere"
    path = _fetched()
    assert path.read_bytes() == site.content
    assert _fetched() == path
    assert len(site.ranges) == 2  # the address and where it moved to


def test_that_a_download_goes_on_after_each_cut(site: Site) -> None:
    site.cuts = [1_000_000, 700_000]
    assert _fetched().read_bytes() == site.content
    assert site.ranges == ["", "bytes=1000000-", "bytes=1700000-"]


def test_that_a_cancelled_download_goes_on_in_the_next_session(site: Site) -> None:
    with closing(fetch(NANO)) as records:  # type: ignore[type-var]
        assert any(isinstance(record, Progress) and record.done for record in records)
    assert not (weights_folder() / NANO.file).exists()
    assert _fetched().read_bytes() == site.content
    assert site.ranges[-1].startswith("bytes=")


def test_that_another_version_of_the_file_is_loaded_from_its_start(site: Site) -> None:
    site.cuts = [1_000_000] + [0] * pretrained.TRIES
    with pytest.raises(Unavailable):
        _fetched()
    site.cuts, site.etag = [], '"2"'
    assert _fetched().read_bytes() == site.content


def test_that_a_server_without_ranges_is_asked_from_the_start(site: Site) -> None:
    site.has_ranges, site.cuts = False, [1_000_000]
    assert _fetched().read_bytes() == site.content


@pytest.mark.parametrize("content", [b"<html>Please log in</html>", b"PK\x03\x04 not a zip", b""])
def test_that_wrong_bytes_are_refused_and_not_kept(site: Site, content: bytes) -> None:
    site.content = content
    with pytest.raises(FileError, match="was not kept"):
        _fetched()
    assert not [path for path in weights_folder().iterdir() if path.suffix in (".pth", ".part")]


def test_that_another_size_and_another_digest_are_refused(site: Site) -> None:
    with pytest.raises(FileError, match="no network of size s"):
        list(fetch(PUBLISHED["s"]))
    with pytest.raises(FileError, match="SHA-256"):
        list(fetch(replace(NANO, sha256="0" * 64)))
    right = replace(NANO, sha256=hashlib.sha256(site.content).hexdigest())
    assert isinstance(list(fetch(right))[-1], Fetched)


@pytest.mark.parametrize("status", [404, 500])
def test_that_an_answer_of_an_error_is_said_with_what_to_do(site: Site, status: int) -> None:
    site.status = status
    with pytest.raises(Unavailable, match=rf"answer {status}.*put the file, loaded elsewhere, into .*weights"):
        _fetched()


def test_that_a_server_that_fails_for_a_moment_is_asked_again(site: Site) -> None:
    site.failures = [503, 502]
    assert _fetched().read_bytes() == site.content


def test_that_no_connection_is_said_with_what_to_do(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(MIRROR, "http://127.0.0.1:9")  # the port of "discard": nobody listens
    with pytest.raises(Unavailable, match=r"yolox_nano.pth cannot be loaded .*put the file, loaded elsewhere, into"):
        _fetched()


def test_that_a_folder_that_cannot_be_made_is_named(site: Site, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "cache").write_text("in the way")
    with pytest.raises(FileError, match="Could not be written"):
        _fetched()


def test_that_a_full_disk_and_a_file_that_cannot_be_made_are_named(site: Site) -> None:
    weights_folder().mkdir(parents=True)
    partial = weights_folder() / "yolox_nano.part"
    partial.symlink_to("/dev/full")
    with pytest.raises(FileError, match=r"No space left.*MB are free"):
        _fetched()
    partial.unlink()
    (weights_folder() / "yolox_nano.lock").unlink()
    (weights_folder() / "yolox_nano.lock").mkdir()
    with pytest.raises(FileError, match="Could not be written"):
        _fetched()


def test_that_two_programs_load_a_file_once(site: Site) -> None:
    first = fetch(NANO)
    next(first)
    waiting = fetch(NANO)
    assert next(waiting) == Progress(0, 0, f"Another program is loading {NANO.file}")
    assert isinstance(list(first)[-1], Fetched)
    assert isinstance(list(waiting)[-1], Fetched)
    assert site.ranges == [""]


def test_that_the_word_coco_names_published_weights_and_a_file_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert published_size("coco", "m") == "m"
    assert published_size("coco:s", "m") == "s"
    assert published_size("best.pth", "m") == published_size("", "m") == ""
    with pytest.raises(UserError, match="Known: coco:nano"):
        published_size("coco:xxl", "m")
    monkeypatch.chdir(tmp_path)
    Path("coco").mkdir()  # a data set
    assert published_size("coco", "m") == "m"
    Path("coco").rmdir()
    Path("coco").write_text("a file of this name")
    assert published_size("coco", "m") == ""


def test_that_a_run_starts_from_published_weights_and_resumes_without_them(
    site: Site, squares: Path, tmp_path: Path
) -> None:
    config = TrainConfig(epochs=1, batch_size=4, image_size=64, workers=1, device="cpu", weights="coco")
    run, folder = tmp_path / "run", open_folder(squares)
    events = list(Trainer(config, folder, run).run())
    assert any(isinstance(event, Preparing) and NANO.file in event.text for event in events)
    assert any(isinstance(event, Notice) and "yolox_nano.pth:" in event.text for event in events)
    assert RunFolder(run).read_config().weights == "coco"
    (weights_folder() / NANO.file).unlink()
    site.status = 404
    *_, last = Trainer(RunFolder(run).read_config(), folder, run, is_resumed=True).run()
    assert isinstance(last, RunFinished)
    assert last.state == "done"


def test_that_a_run_stopped_while_weights_load_trains_nothing_and_loads_on_the_next_time(
    site: Site, squares: Path, tmp_path: Path
) -> None:
    config = TrainConfig(epochs=1, batch_size=4, image_size=64, workers=1, device="cpu", weights="coco")
    run, control, events = RunFolder(tmp_path / "run"), RunControl(), []
    for event in Trainer(config, open_folder(squares), run.path, control=control).run():
        events.append(event)
        if isinstance(event, Preparing) and NANO.file in event.text and event.done:
            control.stop()
    assert isinstance(events[-1], RunFinished)
    assert (events[-1].state, events[-1].epochs) == ("stopped", 0)
    assert not any(isinstance(event, StepDone) for event in events)
    assert not (weights_folder() / NANO.file).exists()
    assert _fetched().read_bytes() == site.content
    assert site.ranges[-1].startswith("bytes=")
