"""Live streams over a local server: the newest frame, breaks, addresses without secrets."""

import socket
from pathlib import Path
from time import monotonic, sleep

import pytest

from tests.core.infer.clips import number_shown, write_clip
from tests.core.infer.streams import served
from yolox_core.errors import FileError
from yolox_core.infer.address import shown_address
from yolox_core.infer.live import LiveStream

FRAMES, FPS = 100, 25


@pytest.fixture
def content(tmp_path: Path) -> bytes:
    return write_clip(tmp_path / "a.ts", "mpeg2video", FRAMES, options={"b": "4M"}).read_bytes()


def test_that_the_newest_frame_comes_and_others_are_passed_over(content: bytes) -> None:
    with served(content, seconds=2) as address:
        stream = LiveStream(address)
        first = stream.newest(0, wait_s=5)
        assert first is not None
        sleep(0.6)
        later = stream.newest(first.number, wait_s=5)
        assert later is not None
        assert later.number > first.number + 5
        assert number_shown(later.image) == later.number - 1
        assert monotonic() - later.came_s < 0.5
        assert stream.newest(10_000, wait_s=0.01) is None
        stream.close()


def test_that_the_end_of_a_stream_is_told_after_its_last_frame(content: bytes) -> None:
    with served(content, seconds=0.3) as address:
        stream = LiveStream(address)
        seen, problem = until_the_end(stream)
        assert seen >= FRAMES - 1  # a decoder may hold the last one back
        assert "secret" not in str(problem)
        stream.close()


def until_the_end(stream: LiveStream) -> tuple[int, FileError]:
    """The number of the last frame, and how the stream ended."""
    seen = 0
    while True:
        try:
            frame = stream.newest(seen, wait_s=5)
        except FileError as problem:
            return seen, problem
        seen = frame.number if frame is not None else seen


def test_that_a_recording_comes_at_its_own_pace(tmp_path: Path) -> None:
    clip = write_clip(tmp_path / "a.mp4", "libx264", 20)
    start_s = monotonic()
    stream = LiveStream(str(clip))
    assert until_the_end(stream)[0] == 20
    assert monotonic() - start_s > 19 / FPS * 0.8
    stream.close()


def test_that_nobody_at_the_address_is_told_without_secrets() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(FileError) as caught:
        LiveStream(f"http://me:secret@127.0.0.1:{port}/x")
    assert caught.value.where == f"http://127.0.0.1:{port}/x"
    assert "secret" not in str(caught.value)
    with pytest.raises(FileError):
        LiveStream("/dev/video99")


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("rtsp://me:pass@cam.local:554/stream?token=1", "rtsp://cam.local:554/stream"),
        ("/dev/video0", "/dev/video0"),
        ("video=Front camera", "video=Front camera"),
        ("rtsp://me:pass@cam.local:port/x", "cam.local:port/x"),
    ],
)
def test_that_addresses_are_shown_without_secrets(address: str, shown: str) -> None:
    assert shown_address(address) == shown
