"""The Play page and its playback over files that the test made; their threads are ended afterwards."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.player.panel import PlayerPanel
from app.player.playback import Playback
from app.problems import Problems
from app.session import Session
from app.settings import SettingsStore
from tests.app.player.clips import write_checkpoint, write_clip
from yolox_core.errors import UserError


@dataclass(frozen=True)
class Theatre:
    """The page in a session, and the problems that reached the user some other way."""

    qtbot: QtBot
    session: Session
    panel: PlayerPanel
    problems: list[UserError]

    def open_video(self, path: Path) -> None:
        """Open a video and wait for its first frame."""
        with self.qtbot.waitSignal(self.panel.playback.frame_shown, timeout=60_000):
            self.panel.open_video(path)

    def open_checkpoint(self, path: Path) -> None:
        """Load a network and wait for it."""
        with self.qtbot.waitSignal(self.panel.networks.network_changed, timeout=60_000):
            self.panel.open_files([path])

    @property
    def message(self) -> str:
        """The text in the page's message bar; empty while it is hidden."""
        return self.panel.messages.text

    def wait_for_message(self, text: str) -> None:
        """Wait until the message bar says so."""
        self.qtbot.waitUntil(lambda: text in self.message, timeout=60_000)

    def wait_for_boxes(self) -> None:
        """Wait until the frame at the playhead is on show with what the network saw in it."""
        playback = self.panel.playback

        def is_ready() -> bool:
            shown = playback.shown
            return shown is not None and shown.index == playback.index and shown.candidates is not None

        self.qtbot.waitUntil(is_ready, timeout=60_000)


@pytest.fixture
def playback(qtbot: QtBot) -> Iterator[Playback]:
    playback = Playback()
    yield playback
    playback.shut_down()


@pytest.fixture
def theatre(qtbot: QtBot) -> Iterator[Theatre]:
    session = Session(SettingsStore(), Problems())
    problems: list[UserError] = []
    session.problems.problem_shown.connect(problems.append)
    panel = PlayerPanel(session)
    qtbot.addWidget(panel)
    panel.resize(1000, 640)
    panel.show()
    qtbot.waitExposed(panel)
    yield Theatre(qtbot, session, panel, problems)
    panel.shut_down()
    session.stop_jobs()


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """30 frames of 160 x 96, each of its own grey."""
    return write_clip(tmp_path / "clip.mp4")


@pytest.fixture(scope="session")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained nano network for `drone` and `bird` at 64 px: it gives candidates of every score."""
    return write_checkpoint(tmp_path_factory.mktemp("weights") / "small.pth")
