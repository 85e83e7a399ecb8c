import random
import struct
import wave
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.core.infer.clips import HEIGHT, WIDTH, number_shown, write_clip
from yolox_core.errors import FileError
from yolox_core.infer.video import Video

FRAMES = 100
CODECS = {
    "b_frames.mp4": ("libx264", {"bf": "3"}, "yuv420p"),
    "open_gop.mov": ("libx264", {"bf": "3", "x264-params": "open-gop=1"}, "yuv420p"),
    "open_gop.mkv": ("libx264", {"bf": "3", "x264-params": "open-gop=1"}, "yuv420p"),
    "stream.ts": ("libx264", {"bf": "3"}, "yuv420p"),
    "no_times.h264": ("libx264", {"bf": "3"}, "yuv420p"),
    "wrong_times.avi": ("libx264", {"bf": "3"}, "yuv420p"),
    "hevc.mp4": ("libx265", {"x265-params": "bframes=4:open-gop=1:keyint=12:log-level=none"}, "yuv420p"),
    "mpeg4.avi": ("mpeg4", {"bf": "2", "b": "2M"}, "yuv420p"),
    "doubled_times.mpg": ("mpeg2video", {"bf": "2", "b": "3M"}, "yuv420p"),
    "vp9.webm": ("libvpx-vp9", {"lag-in-frames": "16", "auto-alt-ref": "1", "cpu-used": "8"}, "yuv420p"),
    "mjpeg.avi": ("mjpeg", {}, "yuvj420p"),
}


def clip(path: Path, frames: int = FRAMES) -> Path:
    return write_clip(path, "libx264", frames, options={"bf": "3"})


@pytest.mark.parametrize("name", CODECS)
def test_that_every_frame_is_the_one_asked_for(tmp_path: Path, name: str) -> None:
    codec, options, pixels = CODECS[name]
    write_clip(tmp_path / name, codec, FRAMES, options=options, pixels=pixels)
    rng = random.Random(5)
    wanted = [*range(FRAMES), *(rng.randrange(FRAMES) for _ in range(80)), *reversed(range(FRAMES))]
    with Video.open(tmp_path / name, cache_bytes=500_000) as video:
        assert video.frames == FRAMES
        assert (video.width, video.height, video.fps) == (WIDTH, HEIGHT, 25.0)
        assert video.duration_s == pytest.approx(FRAMES / 25)
        assert [number_shown(video.frame(number)) for number in wanted] == wanted


@pytest.mark.parametrize(("name", "frames", "fps"), [("bikes", 250, 25), ("dance", 450, 30)])
def test_that_real_videos_give_opencvs_frames_in_order_and_the_same_on_seeks(
    shared: Path, name: str, frames: int, fps: int
) -> None:
    path = shared / "videos" / f"{name}.mp4"
    reader = cv2.VideoCapture(str(path))
    with Video.open(path) as video, Video.open(path, cache_bytes=0) as sought:
        assert (video.frames, video.fps, video.duration_s) == (frames, fps, frames / fps)
        seeks = set(random.Random(2).sample(range(frames), 12))
        for number in range(frames):
            frame = video.frame(number)
            assert np.array_equal(frame, reader.read()[1])
            if number in seeks:
                assert np.array_equal(frame, sought.frame((number + frames // 2) % frames)) is False
                assert np.array_equal(frame, sought.frame(number))


def test_that_steps_back_come_from_the_cache_within_its_bound(tmp_path: Path) -> None:
    with Video.open(clip(tmp_path / "a.mp4"), cache_bytes=300_000) as video:
        video.frame(59)
        position = video._decoder.position
        assert [number_shown(video.frame(n)) for n in (58, 57, 56, 55)] == [58, 57, 56, 55]
        assert video._decoder.position == position  # nothing was decoded again
        for number in range(FRAMES):
            video.frame(number)
        assert video._cache._bytes <= 300_000


def test_that_frame_times_of_a_variable_rate_are_kept(tmp_path: Path) -> None:
    times_ms = [0, 40, 100, 110, 400, 1000, 1020, 1500]
    path = write_clip(tmp_path / "variable.mkv", "libx264", 8, options={"bf": "2"}, times_ms=times_ms)
    with Video.open(path) as video:
        assert [video.time_s(n) for n in range(8)] == pytest.approx([t / 1000 for t in times_ms])
        assert [number_shown(video.frame(n)) for n in (7, 2, 4)] == [7, 2, 4]


def test_that_a_video_held_upright_is_shown_upright(tmp_path: Path) -> None:
    path = clip(tmp_path / "phone.mp4", 3)
    with Video.open(path) as video:
        stored = video.frame(1)
    content = path.read_bytes()
    matrix = content.index(b"tkhd") + 4 + 40  # version 0: 40 bytes of times, ids and layers before the matrix
    one = 0x10000
    clockwise = struct.pack(">9i", 0, one, 0, -one, 0, 0, 0, 0, 0x40000000)
    path.write_bytes(content[:matrix] + clockwise + content[matrix + 36 :])
    with Video.open(path) as video:
        assert (video.width, video.height) == (HEIGHT, WIDTH)
        assert np.array_equal(video.frame(1), np.rot90(stored, -1))


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.avi"])
def test_that_damaged_packets_cost_only_frames_near_them(tmp_path: Path, name: str) -> None:
    path = write_clip(tmp_path / name, "mpeg4" if name.endswith("avi") else "libx264", FRAMES, options={"bf": "2"})
    content = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [(p.pos, p.size) for p in container.demux(video=0) if p.size]
    for position, size in packets[37:41]:
        content[position + 8 : position + size] = random.Random(1).randbytes(max(size - 8, 0))
    path.write_bytes(content)
    with Video.open(path) as video:
        shown = [number_shown(video.frame(n)) for n in range(video.frames)]
        assert len(shown) == FRAMES
        assert shown[:30] == list(range(30))
        assert shown[60:] == list(range(60, FRAMES))


def test_that_a_video_cut_short_shows_what_is_there(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mkv")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with Video.open(path) as video:
        assert 20 < video.frames < FRAMES
        assert number_shown(video.frame(10)) == 10
        assert video.frame(video.frames - 1).shape == (HEIGHT, WIDTH, 3)


def test_that_frames_outside_the_video_are_refused(tmp_path: Path) -> None:
    with Video.open(clip(tmp_path / "a.mp4", 5)) as video:
        for number in (-1, 5):
            with pytest.raises(IndexError):
                video.frame(number)


def no_video(folder: Path, kind: str) -> Path:
    path = folder / f"{kind}.mp4"
    if kind == "noise":
        path.write_bytes(random.Random(1).randbytes(5000))
    elif kind == "text":
        path = folder / "notes.txt"
        path.write_text("These are notes, not a video.\n" * 50)
    elif kind == "empty":
        path.write_bytes(b"")
    elif kind == "folder":
        path.mkdir()
    elif kind == "sound":
        path = folder / "sound.wav"
        with wave.open(str(path), "wb") as sound:
            sound.setparams((1, 2, 8000, 0, "NONE", ""))
            sound.writeframes(bytes(16000))
    elif kind == "header only":
        whole = clip(folder / "whole.mkv")
        path = folder / "header.mkv"
        path.write_bytes(whole.read_bytes()[:500])
    elif kind == "no header":
        path.write_bytes(clip(folder / "whole.mp4").read_bytes()[:3000])
    return path


@pytest.mark.parametrize("kind", ["missing", "noise", "text", "empty", "folder", "sound", "header only", "no header"])
def test_that_what_is_no_video_is_refused_with_its_path(tmp_path: Path, kind: str) -> None:
    path = no_video(tmp_path, kind)
    with pytest.raises(FileError) as caught:
        Video.open(path)
    assert caught.value.where == str(path)
    assert caught.value.action
