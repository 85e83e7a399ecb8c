import resource
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
import torch
from torch import Tensor

from tests.core.infer.clips import HEIGHT, WIDTH, number_shown, write_clip
from yolox_core.errors import FileError, UserError
from yolox_core.infer.annotate import AnnotatedVideo, annotate_video, draw_detections
from yolox_core.infer.candidates import Candidates
from yolox_core.infer.detector import Detector
from yolox_core.infer.predictions import VideoKey, VideoPredictions
from yolox_core.infer.thresholds import Thresholds
from yolox_core.infer.video import Video
from yolox_core.palette import COLORS, class_color, text_color
from yolox_core.records import Detections, Progress

THRESHOLDS = {"thresholds": Thresholds(0.3, 0.45)}


def sees_one_drone(images: Tensor) -> Tensor:
    """A backend that finds one box, 20..60 x 60..95 of a 160 px input, in every image."""
    return torch.tensor([40.0, 77.5, 40.0, 35.0, 1.0, 0.9]).repeat(len(images), 1, 1)


def detector() -> Detector:
    return Detector(sees_one_drone, ("drone",), 160, torch.device("cpu"))


def clip(path: Path, frames: int = 30) -> Path:
    return write_clip(path, "libx264", frames, options={"bf": "2"})


def last(records: object) -> AnnotatedVideo:
    *progress, result = records  # type: ignore[misc]
    assert all(isinstance(record, Progress) for record in progress)
    assert isinstance(result, AnnotatedVideo)
    return result


def detections(*rows: tuple[float, ...]) -> Detections:
    values = np.array(rows, np.float32).reshape(-1, 6)
    return Detections(values[:, :4], values[:, 4], values[:, 5].astype(np.int64))


def test_that_the_annotated_video_has_the_same_frames_and_times_with_boxes(tmp_path: Path) -> None:
    source, target = clip(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    result = last(annotate_video(detector(), source, target, **THRESHOLDS))
    assert result == AnnotatedVideo(target, 30, 30, 30)
    with Video.open(source) as before, Video.open(target) as after, av.open(str(target)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert (after.frames, after.fps, after.width, after.height) == (30, 25.0, WIDTH, HEIGHT)
        assert [after.time_s(n) for n in range(30)] == [before.time_s(n) for n in range(30)]
        assert after.duration_s == before.duration_s
        for number in (0, 13, 29):
            frame = after.frame(number)
            assert number_shown(frame) == number
            assert np.abs(frame[70, 20].astype(int) - class_color("drone")[::-1]).max() < 90
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]


def test_that_uneven_frame_times_are_kept(tmp_path: Path) -> None:
    times_ms = [0, 40, 100, 110, 400, 1000, 1020, 1500]
    source = write_clip(tmp_path / "in.mkv", "libx264", 8, options={"bf": "2"}, times_ms=times_ms)
    last(annotate_video(detector(), source, tmp_path / "out.mp4", **THRESHOLDS))
    with Video.open(tmp_path / "out.mp4") as video:
        assert [video.time_s(n) for n in range(8)] == pytest.approx([t / 1000 for t in times_ms])


def test_that_odd_sides_become_even(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "in.mkv"), "w") as container:
        stream = container.add_stream("mjpeg", rate=25)
        stream.width, stream.height, stream.pix_fmt = 101, 77, "yuvj444p"
        for _ in range(3):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((77, 101, 3), 90, np.uint8), "bgr24")))
        container.mux(stream.encode(None))
    last(annotate_video(detector(), tmp_path / "in.mkv", tmp_path / "out.mp4", **THRESHOLDS))
    with Video.open(tmp_path / "out.mp4") as video:
        assert (video.frames, video.width, video.height) == (3, 102, 78)


def test_that_stopping_leaves_no_file_and_keeps_the_old_one(tmp_path: Path) -> None:
    source, target = clip(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    target.write_bytes(b"an earlier video")
    records = annotate_video(detector(), source, target, **THRESHOLDS)
    assert [next(records) for _ in range(29)][-1] == Progress(29, 30, "drawing detections")
    records.close()  # type: ignore[attr-defined]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.mp4", "out.mp4"]
    assert target.read_bytes() == b"an earlier video"


def test_that_a_failing_network_leaves_no_file(tmp_path: Path) -> None:
    def fails(images: Tensor) -> Tensor:
        raise RuntimeError("no memory")

    broken = Detector(fails, ("drone",), 160, torch.device("cpu"))
    source = clip(tmp_path / "in.mp4", 3)
    with pytest.raises(RuntimeError):
        list(annotate_video(broken, source, tmp_path / "out.mp4", **THRESHOLDS))
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


@pytest.mark.parametrize(
    ("out", "expected"),
    [
        ("in.mp4", "to be read"),
        ("out.avi", ".mp4 file"),
        ("folder.mp4", "folder of this name"),
        ("no/out.mp4", "no such"),
    ],
)
def test_that_an_unusable_output_is_refused_in_words(tmp_path: Path, out: str, expected: str) -> None:
    source = clip(tmp_path / "in.mp4", 3)
    content = source.read_bytes()
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(UserError) as caught:
        list(annotate_video(detector(), source, tmp_path / out, **THRESHOLDS))
    assert expected in caught.value.what
    assert caught.value.action
    assert source.read_bytes() == content


def test_that_a_folder_that_takes_no_files_is_a_problem_in_words(tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4", 3)
    name = "x" * 240 + ".mp4"  # with the temporary file's marks this is longer than file systems allow, for root too
    with pytest.raises(FileError, match="Could not be written"):
        list(annotate_video(detector(), source, tmp_path / name, **THRESHOLDS))
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


def with_sound(path: Path, codec: str = "aac", frames: int = 30) -> Path:
    """The clip with a rising tone beside it."""
    silent = clip(path.with_name("silent.mkv"), frames)
    with av.open(str(silent)) as source, av.open(str(path), "w") as container:
        pictures = container.add_stream_from_template(source.streams.video[0])
        tone = container.add_stream(codec, rate=48_000, layout="mono")
        for packet in source.demux(source.streams.video[0]):
            if packet.size:
                packet.stream = pictures
                container.mux(packet)
        samples = np.sin(np.linspace(0, 3000, 48_000 * frames // 25) ** 1.1).astype(np.float32)[None]
        for start in range(0, samples.shape[1] - 1023, 1024):
            sound = av.AudioFrame.from_ndarray(samples[:, start : start + 1024], format="fltp", layout="mono")
            sound.sample_rate, sound.pts = 48_000, start
            container.mux(tone.encode(av.AudioResampler(tone.format, "mono", 48_000).resample(sound)[0]))
        container.mux(tone.encode(None))
    silent.unlink()
    return path


def sound_packets(path: Path) -> list[tuple[float, bytes]]:
    with av.open(str(path)) as container:
        return [(float(p.pts * p.time_base), bytes(p)) for p in container.demux(audio=0) if p.size and p.pts >= 0]


def test_that_sound_is_carried_over_byte_for_byte_at_its_times(tmp_path: Path) -> None:
    source = with_sound(tmp_path / "in.mp4")
    result = last(annotate_video(detector(), source, tmp_path / "out.mp4", **THRESHOLDS))
    before, after = sound_packets(source), sound_packets(tmp_path / "out.mp4")
    assert result.sound_left_out == ()
    assert len(before) > 50
    assert [packet for _, packet in after] == [packet for _, packet in before]
    assert [time for time, _ in after] == pytest.approx([time for time, _ in before], abs=1e-4)


def test_that_sound_which_mp4_does_not_take_is_named(tmp_path: Path) -> None:
    source = with_sound(tmp_path / "in.mkv", "pcm_s16le")
    result = last(annotate_video(detector(), source, tmp_path / "out.mp4", **THRESHOLDS))
    assert result.sound_left_out == ("pcm_s16le",)
    with av.open(str(tmp_path / "out.mp4")) as container:
        assert not container.streams.audio


def test_that_a_span_begins_at_zero_with_its_own_sound(tmp_path: Path) -> None:
    source, target = with_sound(tmp_path / "in.mp4"), tmp_path / "out.mp4"
    assert last(annotate_video(detector(), source, target, span=range(10, 20), **THRESHOLDS)).frames == 10
    with Video.open(target) as video:
        assert [number_shown(video.frame(n)) for n in range(10)] == list(range(10, 20))
        assert video.time_s(9) == pytest.approx(0.36)
    wanted = [(time - 0.4, packet) for time, packet in sound_packets(source) if 0.4 <= time < 0.8]
    assert [packet for _, packet in sound_packets(target)] == [packet for _, packet in wanted]
    assert [t for t, _ in sound_packets(target)] == pytest.approx([t for t, _ in wanted], abs=1e-3)


def test_that_known_frames_need_no_network(tmp_path: Path) -> None:
    def fails(images: Tensor) -> Tensor:
        raise AssertionError("the network was asked")

    source = clip(tmp_path / "in.mp4", 6)
    known = VideoPredictions(VideoKey("v", 1, 1, "n", 1, 1, WIDTH, HEIGHT, 6, ("drone",)))
    found = Candidates(np.array([[20, 60, 60, 95]], np.float32), np.array([0.9], np.float32), np.zeros(1, np.int64))
    nothing = Candidates(found.boxes[:0], found.scores[:0], found.class_ids[:0])
    for number in range(6):
        known.append(number, found if number % 2 else nothing)
    silent = Detector(fails, ("drone",), 160, torch.device("cpu"))
    result = last(annotate_video(silent, source, tmp_path / "out.mp4", known=known, **THRESHOLDS))
    assert (result.detections, result.frames_with_detections) == (3, 3)


def test_that_a_full_disk_is_a_problem_in_words_and_leaves_nothing(tmp_path: Path) -> None:
    source = clip(tmp_path / "in.mp4")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, limits[1]))
    try:
        with pytest.raises(FileError, match="Could not be written") as caught:
            list(annotate_video(detector(), source, tmp_path / "out.mp4", **THRESHOLDS))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert "Free space" in caught.value.action
    assert [path.name for path in tmp_path.iterdir()] == ["in.mp4"]


def test_that_drawing_leaves_the_image_alone_and_frames_the_box() -> None:
    image = np.full((200, 300, 3), 90, np.uint8)
    painted = draw_detections(image, detections((50, 80, 120, 150, 0.8, 0)), ("drone",))
    assert (image == 90).all()
    assert painted[115, 50].tolist() == list(class_color("drone")[::-1])
    assert (painted[110:120, 70:100] == 90).all()
    assert (painted[60:78, 52:100] != 90).any()


@pytest.mark.parametrize(
    "box", [(-50, -50, 400, 400), (290, 190, 299, 199), (0, 0, 5, 5), (400, 400, 500, 500), (100, 100, 100, 100)]
)
def test_that_boxes_at_and_over_the_edge_can_be_drawn(box: tuple[float, ...]) -> None:
    image = np.full((200, 300, 3), 90, np.uint8)
    names: Sequence[str] = ("a very long class name that is wider than the image itself, дрон",)
    painted = draw_detections(image, detections((*box, 0.5, 0)), names)
    assert painted.shape == image.shape
    assert (painted != image).any()


def test_that_class_colours_are_stable_and_set_common_neighbours_apart() -> None:
    assert class_color("drone") == (128, 64, 255)
    assert len({class_color(name) for name in ("drone", "bird", "airplane", "helicopter", "kite", "balloon")}) == 6
    assert len({class_color(name) for name in ("RBC", "WBC", "Platelets")}) == 3


@pytest.mark.parametrize("color", COLORS)
def test_that_text_on_a_class_colour_can_be_read(color: tuple[int, int, int]) -> None:
    def luminance(rgb: tuple[int, int, int]) -> float:
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in rgb)]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    dark, light = sorted((luminance(color), luminance(text_color(color))))
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_that_a_real_video_is_annotated_frame_by_frame(shared: Path, tmp_path: Path) -> None:
    source, target = shared / "videos" / "bikes.mp4", tmp_path / "bikes_boxes.mp4"
    network = Detector.open(shared / "weights" / "yolox_nano.pth", device="cpu")
    result = last(annotate_video(network, source, target, thresholds=Thresholds(0.35, 0.65), span=range(180, 240)))
    assert (result.frames, result.detections > 60) == (60, True)
    with Video.open(source) as plain, Video.open(target) as drawn:
        assert (drawn.frames, drawn.width, drawn.height) == (60, plain.width, plain.height)
        for number in (0, 30, 59):
            difference = np.abs(drawn.frame(number).astype(int) - plain.frame(180 + number)).max(axis=2)
            assert np.median(difference) <= 8  # the picture is the same frame
            assert (difference > 60).mean() > 0.005  # with boxes on it
