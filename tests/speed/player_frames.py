"""Rows of moving through a long-GOP video: steps, seeks and drags against decoding with PyAV alone."""

import os
import random
import tempfile
from collections import deque
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, process_time

import av
import cv2
import numpy as np
from av.container import InputContainer
from av.video.stream import VideoStream
from PySide6.QtWidgets import QApplication

from app.player.feed import picture_of
from app.player.playback import Playback, ShownFrame
from tests.speed.event_loop import wait_until
from tests.speed.row import Row
from tests.speed.timing import timed
from yolox_core.infer.proxy import make_proxy
from yolox_core.infer.video import Video

WIDTH, HEIGHT, FRAMES, GOP = 1920, 1080, 600, 250
STEP_MS, BACK, SEEK, DRAG_MS, PREPARED_MS = 16, 1.3, 1.2, 100, 16
STEPS_BACK, SEEKS = 200, 6


def rows() -> list[Row]:
    """600 frames of 1080p, a keyframe every 250; steps and drags by the clock, whole stretches in processor time."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as folder:
        clip = write_clip(Path(folder) / "long.mp4")
        decode_ms = decoding_ms(clip)
        return [*_step_rows(clip, decode_ms), _back_row(clip), _seek_row(clip), *_drag_rows(clip, decode_ms)]


def write_clip(path: Path) -> Path:
    """Blurred noise that drifts, H.264 with B-frames."""
    noise = np.random.default_rng(0).integers(0, 255, (HEIGHT, WIDTH + FRAMES, 3), dtype=np.uint8)
    scene = cv2.GaussianBlur(noise, (0, 0), 3)
    scene = cv2.normalize(scene, scene, 0, 255, cv2.NORM_MINMAX)
    with av.open(str(path), "w") as container:
        options = {"g": str(GOP), "keyint_min": str(GOP), "sc_threshold": "0", "preset": "veryfast", "bf": "2"}
        stream = container.add_stream("libx264", rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number in range(FRAMES):
            image = np.ascontiguousarray(scene[:, number : number + WIDTH])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    return path


def decoding_ms(clip: Path) -> float:
    """Milliseconds of a frame, decoded in order by PyAV with the threads that the player gives it."""
    with av.open(str(clip)) as container:
        stream = _stream(container)
        start_s = perf_counter()
        frames = sum(1 for _ in container.decode(stream))
        return (perf_counter() - start_s) * 1000 / frames


def _step_rows(clip: Path, decode_ms: float) -> list[Row]:
    with Video.open(clip) as video:
        video.frame(GOP - 1)
        found = []
        for name, numbers in (("on", range(100)), ("back", reversed(range(100)))):
            times = [timed(lambda number=number: picture_of(video.frame(number))) for number in numbers]
            high = quantiles(times, n=20)[18]
            text = f"step one frame {name}, 1080p GOP 250 in cache, p95 / decoding it"
            found.append(Row(text, high, decode_ms, "ms", decode_ms / high, f"<= {STEP_MS} ms", high <= STEP_MS))
        return found


def _back_row(clip: Path) -> Row:
    numbers = range(2 * GOP - STEPS_BACK, 2 * GOP)
    with Video.open(clip) as video:
        video.frame(2 * GOP)
        ours = timed(lambda: deque(map(video.frame, reversed(numbers)), maxlen=0), process_time)
    peer = timed(lambda: _bare_run(clip, numbers), process_time)
    text = "200 steps back through an uncached GOP of 250 / the same frames forward by PyAV"
    return Row(text, ours, peer, "ms", peer / ours, f"<= {BACK} x", ours <= BACK * peer)


def _bare_run(clip: Path, numbers: range) -> None:
    """Decode to the end of some frames in order, from their keyframe on, and convert them."""
    with av.open(str(clip)) as container:
        stream = _stream(container)
        container.seek(_ticks(stream, numbers[0]), stream=stream)
        for frame in container.decode(stream):
            if frame.pts is not None and frame.pts >= _ticks(stream, numbers[0]):
                frame.to_ndarray(format="bgr24")
            if frame.pts == _ticks(stream, numbers[-1]):
                return


def _seek_row(clip: Path) -> Row:
    rng = random.Random(1)
    ours, peers = [], []
    for number in rng.sample(range(FRAMES), SEEKS):
        with Video.open(clip) as video:
            video.frame(0)
            ours.append(timed(lambda video=video, number=number: video.frame(number), process_time))
        peers.append(_bare_seek_ms(clip, number))
    mine, theirs = median(ours), median(peers)
    ratio = sum(ours) / sum(peers)
    text = "random seek, 1080p GOP 250, median / decoding from the nearest keyframe"
    return Row(text, mine, theirs, "ms", 1 / ratio, f"<= {SEEK} x", ratio <= SEEK)


def _bare_seek_ms(clip: Path, number: int) -> float:
    """Seek, decode to a frame and convert it, by PyAV alone."""
    with av.open(str(clip)) as container:
        stream = _stream(container)
        next(container.decode(stream))
        wanted = _ticks(stream, number)

        def seek() -> None:
            container.seek(wanted, stream=stream)
            frame = next(frame for frame in container.decode(stream) if frame.pts is not None and frame.pts >= wanted)
            frame.to_ndarray(format="bgr24")

        return timed(seek, process_time)


def _stream(container: InputContainer) -> VideoStream:
    """The pictures, decoded by as many threads as in the player."""
    stream = container.streams.video[0]
    stream.thread_type, stream.codec_context.thread_count = "AUTO", 4
    return stream


def _ticks(stream: VideoStream, number: int) -> int:
    assert stream.time_base is not None
    return round(number / 25 / stream.time_base)


def _drag_rows(clip: Path, decode_ms: float) -> list[Row]:
    """Without and with a proxy, which is made in the folder of the clip."""
    home = os.environ.get("YOLOX_WORKBENCH_HOME")
    os.environ["YOLOX_WORKBENCH_HOME"] = str(clip.parent)
    try:
        return [_drag_row(clip, decode_ms), _prepared_drag_row(clip, decode_ms)]
    finally:
        if home is None:
            del os.environ["YOLOX_WORKBENCH_HOME"]
        else:
            os.environ["YOLOX_WORKBENCH_HOME"] = home


def _drag_row(clip: Path, decode_ms: float) -> Row:
    """The wait between two pictures while the playhead is dragged over the whole bar in four seconds."""
    waits = np.diff(_drag(clip)) * 1000
    high = float(np.percentile(waits, 95))
    peer = decode_ms * GOP / 2
    text = f"dragging over 1080p GOP 250: p95 between pictures (most {waits.max():.0f}) / a seek half a GOP in"
    return Row(text, high, peer, "ms", peer / high, f"<= {DRAG_MS} ms", high <= DRAG_MS)


def _prepared_drag_row(clip: Path, decode_ms: float) -> Row:
    """The same over a proxy, which any frame is taken from: from the wish to the picture of the frame wished for."""
    for _progress in make_proxy(clip):
        pass
    waits: list[float] = []
    _drag(clip, waits)
    high = float(np.percentile(waits, 95)) * 1000
    peer = decode_ms * GOP / 2
    text = f"the same with a proxy: p95 from wish to picture (most {max(waits) * 1000:.0f}) / a seek half a GOP in"
    return Row(text, high, peer, "ms", peer / high, f"<= {PREPARED_MS} ms", high <= PREPARED_MS)


def _drag(clip: Path, waits: list[float] | None = None) -> list[float]:
    """When pictures came, in seconds; `waits` takes how long each frame wished for took to be on show."""
    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    playback = Playback()
    times: list[float] = []
    wished: dict[int, float] = {}

    def note(shown: ShownFrame) -> None:
        times.append(perf_counter())
        if waits is not None and shown.index in wished:
            waits.append(times[-1] - wished.pop(shown.index))

    playback.frame_shown.connect(note)
    playback.open_video(clip)
    wait_until(lambda: bool(times))
    playback.begin_scrub()
    begin_s = perf_counter()
    times[:] = [begin_s]
    rng, moves = random.Random(2), 120
    places = [int(FRAMES * (0.5 + 0.45 * np.sin(move / 9))) + rng.randrange(10) for move in range(moves)]
    for move, place in enumerate(places):
        wished[place] = perf_counter()
        playback.seek(place)
        wait_until(lambda until_s=begin_s + (move + 1) / 30: perf_counter() >= until_s)
    playback.end_scrub()
    playback.shut_down()
    return times


if __name__ == "__main__":
    for row in rows():
        print(row)
