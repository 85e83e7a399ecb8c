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
    "vp8.webm": ("libvpx", {"lag-in-frames": "16", "auto-alt-ref": "1", "cpu-used": "8", "b": "1M"}, "yuv420p"),
    "av1.mp4": ("libsvtav1", {"preset": "8", "crf": "20"}, "yuv420p"),
    "av1.mkv": ("libsvtav1", {"preset": "8", "crf": "20"}, "yuv420p"),
    "interlaced.ts": ("libx264", {"bf": "2", "x264-params": "interlaced=1:tff=1"}, "yuv420p"),
    "flash.flv": ("libx264", {"bf": "3"}, "yuv420p"),
    "prores.mov": ("prores_ks", {}, "yuv422p10le"),
    "lossless.mkv": ("ffv1", {}, "yuv420p"),
    "mjpeg.avi": ("mjpeg", {}, "yuvj420p"),
}


def clip(path: Path, frames: int = FRAMES) -> Path:
    return write_clip(path, "libx264", frames, options={"bf": "3"})


@pytest.mark.parametrize("name", CODECS)
def test_that_every_frame_is_the_one_asked_for(tmp_path: Path, name: str) -> None:
    codec, options, pixels = CODECS[name]
    write_clip(tmp_path / name, codec, FRAMES, options=options, pixels=pixels)
    with Video.open(tmp_path / name, cache_bytes=500_000) as video:
        assert video.frames == FRAMES
        assert (video.width, video.height, video.fps) == (WIDTH, HEIGHT, 25.0)
        assert video.duration_s == pytest.approx(FRAMES / 25)
        assert wrong_frames(video) == []
        assert not video.damaged


def wrong_frames(video: Video, *, first: int = 0) -> list[tuple[int, int]]:
    """Numbers asked for, with those shown in their place: forward, at random, backward. `first` is shown by frame 0."""
    rng = random.Random(5)
    forward = range(video.frames)
    wanted = [*forward, *(rng.randrange(video.frames) for _ in range(80)), *reversed(forward)]
    shown = [(number, number_shown(video.frame(number)) - first) for number in wanted]
    return [(number, found) for number, found in shown if number != found]


@pytest.mark.parametrize("name", ["no_times.h264", "wrong_times.avi", "doubled_times.mpg", "no_times.hevc"])
def test_that_a_file_without_times_is_decoded_from_its_start_only_once(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    codec, options, pixels = CODECS.get(
        name, ("libx265", {"x265-params": "bframes=4:keyint=12:log-level=none"}, "yuv420p")
    )
    write_clip(tmp_path / name, codec, 600, options=options, pixels=pixels)
    with Video.open(tmp_path / name, cache_bytes=500_000) as video:
        assert [number_shown(video.frame(number)) for number in range(600)] == list(range(600))
        decoded = []
        step = video._decoder.next
        monkeypatch.setattr(video._decoder, "next", lambda: decoded.append(None) or step())
        wanted = random.Random(3).choices(range(600), k=50)
        assert [number_shown(video.frame(number)) for number in wanted] == wanted
        assert len(decoded) < 50 * 14  # a group of pictures each


def test_that_a_codec_that_nobody_knows_is_told(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes().replace(b"avc1", b"zzzz"))
    with pytest.raises(FileError, match="No decoder"):
        Video.open(path)


def test_that_frames_cut_away_by_an_edit_list_are_not_counted(tmp_path: Path) -> None:
    cut = remuxed(clip(tmp_path / "whole.mp4"), tmp_path / "cut.mp4", skipped=17)
    with Video.open(cut, cache_bytes=500_000) as video:
        assert video.frames == FRAMES - 17
        assert wrong_frames(video, first=17) == []
        assert not video.damaged


def test_that_every_frame_of_a_fragmented_file_is_the_one_asked_for(tmp_path: Path) -> None:
    movflags = {"movflags": "frag_keyframe+empty_moov"}
    with Video.open(remuxed(clip(tmp_path / "a.mp4"), tmp_path / "b.mp4", options=movflags)) as video:
        assert wrong_frames(video) == []


def test_that_one_doubled_time_among_many_costs_only_frames_near_it(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.ts", "libx264", 300, options={"bf": "3"})
    with av.open(str(path)) as source, av.open(str(tmp_path / "b.ts"), "w") as container:
        stream = source.streams.video[0]
        copy = container.add_stream_from_template(stream)
        last = None
        for place, packet in enumerate(source.demux(stream)):
            if packet.dts is not None:
                packet.pts = last if place == 50 else packet.pts
                last, packet.stream = packet.pts, copy
                container.mux(packet)
    with Video.open(tmp_path / "b.ts") as video:
        assert video.frames == 299
        shown = [number_shown(video.frame(number)) for number in range(299)]
        assert shown[:48] == list(range(48))
        assert shown[60:] == list(range(61, 300))


def test_that_frames_before_the_first_keyframe_are_marked(tmp_path: Path) -> None:
    path = clip(tmp_path / "a.mkv")
    with av.open(str(path)) as source, av.open(str(tmp_path / "b.mkv"), "w") as container:
        stream = source.streams.video[0]
        copy = container.add_stream_from_template(stream)
        for packet in [packet for packet in source.demux(stream) if packet.dts is not None][4:]:
            packet.stream = copy
            container.mux(packet)
    with Video.open(tmp_path / "b.mkv") as video:
        assert video.damaged == set(range(number_shown(video.frame(0)) - (FRAMES - video.frames)))
        assert video.damaged


def remuxed(path: Path, target: Path, *, skipped: int = 0, options: dict[str, str] | None = None) -> Path:
    """The packets of a clip in another file; of the first `skipped` frames only what later ones need, unseen."""
    with av.open(str(path)) as source, av.open(str(target), "w", options=options or {}) as container:
        stream = source.streams.video[0]
        copy = container.add_stream_from_template(stream)
        frame_ticks = round(1 / (25 * (stream.time_base or 1)))
        for packet in source.demux(stream):
            if packet.dts is not None and packet.pts is not None:
                packet.pts -= skipped * frame_ticks
                packet.dts -= skipped * frame_ticks
                packet.stream = copy
                container.mux(packet)
    return target


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


@pytest.mark.parametrize("name", ["variable.mkv", "variable.mp4"])
def test_that_frame_times_of_a_variable_rate_are_kept(tmp_path: Path, name: str) -> None:
    rng = random.Random(1)
    times_ms = np.cumsum([0, *rng.choices([10, 33, 40, 70, 500], k=59)]).tolist()
    path = write_clip(tmp_path / name, "libx264", 60, options={"bf": "3"}, times_ms=times_ms)
    with Video.open(path, cache_bytes=500_000) as video:
        assert [video.time_s(n) for n in range(60)] == pytest.approx([t / 1000 for t in times_ms])
        assert wrong_frames(video) == []


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


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.avi", "mpeg4"), ("h.mp4", "libx265"), ("a.webm", "libvpx-vp9")],
)
def test_that_damaged_packets_cost_only_frames_near_them_which_are_marked(
    tmp_path: Path, name: str, codec: str
) -> None:
    options = {"libx265": {"x265-params": "log-level=none"}, "libvpx-vp9": {"cpu-used": "8"}}.get(codec, {"bf": "2"})
    path = write_clip(tmp_path / name, codec, FRAMES, options=options)
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
        wrong = {number for number, found in enumerate(shown) if number != found}
        assert wrong <= video.damaged <= set(range(37, 48))  # the next keyframe is 48
        assert {37, 38, 39} <= video.damaged


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
