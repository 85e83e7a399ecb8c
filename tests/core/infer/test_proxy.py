"""The small copy for dragging: frame by frame the same, whole or not at all, and never one that does not fit."""

import random
from pathlib import Path

import pytest

from tests.core.infer.clips import number_shown, write_clip
from yolox_core.errors import FileError
from yolox_core.infer import proxy
from yolox_core.infer.proxy import ProxyReader, make_proxy, proxy_path, proxy_size
from yolox_core.infer.video import Video


@pytest.fixture
def clip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("YOLOX_WORKBENCH_HOME", str(tmp_path / "home"))
    times_ms = [number * 40 + number % 3 * 7 for number in range(60)]
    return write_clip(tmp_path / "clip.mkv", "libx264", 60, options={"bf": "3"}, times_ms=times_ms)


def test_that_every_frame_of_a_proxy_is_that_of_the_video(clip: Path) -> None:
    progress = list(make_proxy(clip))
    assert (progress[-1].done, progress[-1].total, len(progress)) == (60, 60, 60)
    with Video.open(clip) as video:
        reader = ProxyReader(video)
        wanted = random.Random(1).choices(range(60), k=80)
        assert [number_shown(reader.frame(number)) for number in wanted] == wanted  # type: ignore[arg-type]
        reader.close()


def test_that_every_frame_of_a_proxy_can_be_decoded_by_itself(clip: Path) -> None:
    list(make_proxy(clip))
    with Video.open(proxy_path(clip)) as small:
        assert small._decoder.index.keys == tuple(range(60))


def test_that_nothing_remains_of_a_proxy_given_up(clip: Path) -> None:
    making = make_proxy(clip)
    next(making)
    making.close()
    assert list(proxy_path(clip).parent.iterdir()) == []


def test_that_a_proxy_is_used_as_soon_as_it_is_there_and_only_if_it_fits(clip: Path, tmp_path: Path) -> None:
    with Video.open(clip) as video:
        reader = ProxyReader(video)
        assert reader.frame(3) is None
        list(make_proxy(clip))
        assert reader.frame(3) is not None
        reader.close()
        proxy_path(clip).write_bytes(write_clip(tmp_path / "other.mp4", "libx264", 5).read_bytes())
        assert ProxyReader(video).frame(3) is None
        proxy_path(clip).write_bytes(b"no video")
        assert ProxyReader(video).frame(3) is None
    clip.unlink()
    with pytest.raises(FileError):
        proxy_path(clip)


def test_that_old_proxies_make_room(clip: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proxy, "MOST_CACHE_BYTES", 10)
    folder = proxy_path(clip).parent
    folder.mkdir(parents=True)
    (folder / "old.mp4").write_bytes(b"0" * 20)
    list(make_proxy(clip))
    assert list(folder.iterdir()) == [proxy_path(clip)]


@pytest.mark.parametrize(
    ("size", "small"),
    [((1920, 1080), (960, 540)), ((1080, 1920), (304, 540)), ((641, 271), (640, 272)), ((1, 1), (2, 2))],
)
def test_that_sides_are_even_and_the_shape_is_kept(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert proxy_size(*size) == small
