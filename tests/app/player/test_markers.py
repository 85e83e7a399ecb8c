"""Markers on the timeline, their notes, where they are kept; damaged frames are marked as they become known."""

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt

from app.player.marker_files import Marker, markers_path, read_markers, write_markers
from app.player.timeline_marks import stretches
from tests.app.player.clips import write_clip
from tests.app.player.conftest import Theatre
from yolox_core.errors import FileError


def press(theatre: Theatre, name: str) -> None:
    theatre.panel._actions[name].trigger()


def test_that_markers_are_set_found_again_and_taken_away(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    panel = theatre.panel
    for frame in (20, 5):
        panel.playback.seek(frame)
        press(theatre, "mark_frame")
    assert panel.markers.all == read_markers(clip) == (Marker(5), Marker(20))
    press(theatre, "next_marker")
    assert panel.playback.index == 20
    press(theatre, "next_marker")
    assert "No marker after" in theatre.message
    press(theatre, "previous_marker")
    assert panel.playback.index == 5
    press(theatre, "mark_frame")
    assert read_markers(clip) == (Marker(20),)


def test_that_notes_are_written_in_the_list_and_found_at_the_next_opening(
    theatre: Theatre, clip: Path, tmp_path: Path
) -> None:
    theatre.open_video(clip)
    markers = theatre.panel.markers
    theatre.panel.playback.seek(12)
    press(theatre, "note_on_frame")
    window = markers.window
    assert window is not None
    assert window.table.rowCount() == 1
    window.table.item(0, 2).setText("two drones, one box")  # type: ignore[union-attr]
    press(theatre, "mark_frame")  # a note is not thrown away by a key
    assert "keeps its marker" in theatre.message
    moved = tmp_path / "elsewhere" / clip.name
    moved.parent.mkdir()
    clip.rename(moved)
    theatre.open_video(moved)
    assert markers.all == (Marker(12, "two drones, one box"),)
    markers.write(tmp_path / "markers.csv")
    assert (tmp_path / "markers.csv").read_text() == 'frame,time,note\n13,0:00.480,"two drones, one box"\n'
    window.table.selectRow(0)
    window.remove.click()
    assert read_markers(moved) == ()


def test_that_a_click_on_a_marker_goes_to_its_frame(theatre: Theatre, clip: Path) -> None:
    theatre.open_video(clip)
    timeline = theatre.panel.stage.timeline
    theatre.panel.markers.set_note(17, "here")
    x = round(timeline.x_of(17)) + 4
    theatre.qtbot.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=QPoint(x, 4))
    assert theatre.panel.playback.index == 17
    timeline._hover_x = x
    assert timeline._mark_text(17) == " · here"


def test_that_unreadable_markers_are_told_and_kept(theatre: Theatre, clip: Path) -> None:
    write_markers(clip, [Marker(3)])
    markers_path(clip).write_text("{")
    with pytest.raises(FileError):
        read_markers(clip)
    theatre.open_video(clip)
    theatre.wait_for_message("markers cannot be read")
    press(theatre, "mark_frame")
    assert theatre.panel.markers.all == (Marker(0),)
    assert markers_path(clip).read_text() == "{"


def test_that_damaged_frames_are_told_and_marked(theatre: Theatre, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", frames=30)
    content = bytearray(path.read_bytes())
    import av

    with av.open(str(path)) as container:
        packet = [packet for packet in container.demux(video=0) if packet.size][10]
    content[packet.pos + 8 : packet.pos + packet.size] = b"\xff" * (packet.size - 8)
    path.write_bytes(content)
    theatre.open_video(path)
    playback, timeline = theatre.panel.playback, theatre.panel.stage.timeline
    assert timeline._damaged == []
    playback.seek(12)
    theatre.qtbot.waitUntil(lambda: playback.shown is not None and playback.shown.index == 12)
    assert "Damaged in the file" in theatre.panel.stage.view.notice
    assert timeline._damaged == [(12, 12)]
    assert "damaged" in timeline._mark_text(12)


def test_that_frames_in_a_row_are_one_stretch() -> None:
    assert stretches({7, 3, 4, 5, 9}) == [(3, 5), (7, 7), (9, 9)]
    assert stretches([]) == []
