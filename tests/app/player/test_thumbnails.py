"""The picture over the timeline is that of the frame under the pointer."""

from pathlib import Path

from tests.app.player.clips import grey_of, write_clip
from tests.app.player.conftest import Theatre


def grey_shown(theatre: Theatre) -> int:
    image = theatre.panel.thumbnails.card.picture.pixmap().toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).green()


def test_that_the_frame_under_the_pointer_is_shown_small(theatre: Theatre, tmp_path: Path) -> None:
    theatre.open_video(write_clip(tmp_path / "long.mp4", frames=60))
    thumbnails, timeline = theatre.panel.thumbnails, theatre.panel.stage.timeline
    theatre.panel.show()
    for frame in (40, 21, 40):
        timeline.hovered.emit(frame)
        theatre.qtbot.waitUntil(
            lambda frame=frame: thumbnails.card.isVisible() and abs(grey_shown(theatre) - grey_of(frame)) <= 3,
            timeout=10_000,
        )
        assert thumbnails.card.note.isHidden()
    timeline.hovered.emit(-1)
    assert thumbnails.card.isHidden()
    assert theatre.panel.playback.index == 0


def test_that_no_picture_is_in_the_way_of_playing(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    theatre.panel.playback.play()
    theatre.panel.stage.timeline.hovered.emit(5)
    assert theatre.panel.thumbnails.card.isHidden()
    theatre.panel.playback.pause()
