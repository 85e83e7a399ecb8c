"""A folder of images on the Play page: shown, looked at, kept, exported and sent like a video."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.app.player.conftest import Theatre
from yolox_core.infer.video import Video


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "frames"
    folder.mkdir()
    for number in range(6):
        height = 96 if number != 4 else 240  # one is three times as high as the others
        image = np.random.default_rng(number).integers(0, 255, (height, 160, 3), dtype=np.uint8)
        cv2.imwrite(str(folder / f"shot{number}.png"), image)
    return folder


def test_that_a_folder_is_gone_through_like_a_video(theatre: Theatre, images: Path, checkpoint: Path) -> None:
    theatre.open_video(images)
    theatre.open_checkpoint(checkpoint)
    panel = theatre.panel
    assert "6 images" in panel.header.video.text()
    for number in (5, 4):
        panel.playback.seek(number)
        theatre.wait_for_boxes()
        theatre.qtbot.waitUntil(lambda number=number: f"shot{number}.png" in panel.stage.status.text(), timeout=5_000)
    assert panel.playback.shown is not None
    assert panel.playback.shown.picture.shape == (240, 160, 4)
    panel._actions["prepare_dragging"].trigger()
    assert "need no preparing" in theatre.message


def test_that_all_images_are_looked_at_and_their_boxes_kept(theatre: Theatre, images: Path, checkpoint: Path) -> None:
    theatre.open_video(images)
    theatre.open_checkpoint(checkpoint)
    panel, analysis = theatre.panel, theatre.panel.whole.analysis
    theatre.qtbot.waitUntil(lambda: analysis.predictions is not None, timeout=30_000)
    panel._actions["analyse"].trigger()
    theatre.qtbot.waitUntil(lambda: analysis.is_complete and not analysis.is_running, timeout=60_000)
    assert analysis.predictions is not None
    panel.playback.seek(4)
    theatre.wait_for_boxes()
    panel.stage.thresholds.confidence.slider.setValue(6)
    kept = analysis.predictions.candidates(4)
    assert panel.networks.network is not None
    seen = panel.networks.network.detector.predict([cv2.imread(str(images / "shot4.png"))])[0]
    size = np.array((160, 240, 160, 240))
    of_kept, of_seen = (np.clip(boxes, 0, size) for boxes in (kept.boxes[:20], seen.boxes))  # far outside is cut off
    assert len(of_kept)
    apart = np.abs(of_kept[:, None] - of_seen).max(axis=2).min(axis=1)  # scores alike may change places
    assert apart.max() < 0.5


def test_that_images_are_written_as_a_video_of_one_size(
    theatre: Theatre, images: Path, checkpoint: Path, tmp_path: Path
) -> None:
    theatre.open_video(images)
    theatre.open_checkpoint(checkpoint)
    target = tmp_path / "out.mp4"
    theatre.panel.outputs.write_video(target)
    theatre.qtbot.waitUntil(target.exists, timeout=60_000)
    theatre.qtbot.waitUntil(lambda: not theatre.panel.outputs.strip.is_busy, timeout=10_000)
    with Video.open(target) as video:
        assert (video.frames, video.width, video.height) == (6, 160, 96)
