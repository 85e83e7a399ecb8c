"""A stream on the Play page: shown with boxes, paused, sent, broken off and connected again."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.app.editor.desk import write_folder
from tests.app.player.conftest import Theatre
from tests.core.infer.clips import write_clip
from tests.core.infer.streams import served
from yolox_core.dataset.folder import open_folder


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    content = write_clip(tmp_path / "a.ts", "mpeg2video", 200, options={"b": "4M"}).read_bytes()
    with served(content, seconds=4) as address:
        yield address


@pytest.fixture
def watching(theatre: Theatre, address: str, checkpoint: Path) -> Theatre:
    theatre.open_checkpoint(checkpoint)
    page = theatre.panel.live.page
    theatre.panel.live.open(address)
    assert page.isVisible()
    theatre.qtbot.waitUntil(lambda: page.shot is not None and page.shot.number > 3, timeout=20_000)
    return theatre


def test_that_a_stream_is_shown_with_boxes_and_stands_still_when_paused(watching: Theatre) -> None:
    page = watching.panel.live.page
    page.thresholds.confidence.slider.setValue(0)
    assert page.detections is not None
    assert len(page.detections)
    page.thresholds.confidence.slider.setValue(100)
    assert not len(page.detections)
    assert "frames/s" in page.status.text()
    watching.panel._actions["play"].trigger()
    watching.qtbot.wait(200)
    assert page.shot is not None
    number = page.shot.number
    watching.qtbot.wait(300)
    assert page.shot.number == number
    assert page.badge.text() == "Paused"
    watching.panel._actions["play"].trigger()
    watching.qtbot.waitUntil(lambda: page.shot is not None and page.shot.number > number + 3, timeout=10_000)


def test_that_its_address_is_kept_and_shown_without_secrets(watching: Theatre) -> None:
    [recent] = watching.session.settings.get("recent_streams")
    assert recent.startswith("http://127.0.0.1:")
    shown = f"{watching.panel.live.page.name.text()}{watching.panel.live.page.name.toolTip()}{recent}"
    assert "secret" not in shown
    assert "someone" not in shown


def test_that_a_frame_is_sent_to_the_data_set(watching: Theatre, tmp_path: Path) -> None:
    root = write_folder(tmp_path / "data", {"one": (("drone", 1, 1, 9, 9),)})
    watching.session.set_folder(open_folder(root))
    watching.panel._actions["play"].trigger()
    watching.panel._actions["send_frame"].trigger()
    sending = watching.panel.sending
    watching.qtbot.waitUntil(lambda: not sending.is_busy and bool(sending.done.text), timeout=20_000)
    [image] = [path for path in (root / "JPEGImages").iterdir() if path.name.startswith("127-0-0-1")]
    assert (root / "Annotations" / f"{image.stem}.xml").is_file()


def test_that_a_stream_that_breaks_off_is_told_and_can_be_opened_again(watching: Theatre, address: str) -> None:
    page = watching.panel.live.page
    watching.qtbot.waitUntil(lambda: page.badge.text() == "Ended", timeout=20_000)
    watching.wait_for_message("The stream")
    assert page.again.isVisible()
    assert page.shot is not None  # the last picture stays
    page.again.click()
    watching.qtbot.waitUntil(lambda: page.badge.text() == "Live" and page.shot is not None, timeout=20_000)
    page.exit.click()
    assert watching.panel.empty.isVisible()


def test_that_nobody_at_the_address_is_told(theatre: Theatre, clip: Path) -> None:
    theatre.panel.live.open("http://me:secret@127.0.0.1:9/x")
    theatre.wait_for_message("cannot be opened")
    assert "secret" not in theatre.message
    theatre.open_video(clip)
    assert theatre.panel.stage.isVisible()
    assert not theatre.panel.live.page.is_on
