"""The row of buttons under the timeline: play, step, frame number, time, speed."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QToolButton, QWidget

from app.player.frame_box import FrameBox
from app.player.timeline import time_text
from app.theme import SPACE

BUTTON_ICON = QSize(20, 20)


class Transport(QWidget):
    """Shows where playing is and asks for changes. Frames are numbered from 1 here, from 0 everywhere else."""

    frame_requested = Signal(int)
    frame_typed = Signal()
    speed_requested = Signal(float)

    def __init__(self, speeds: Sequence[float], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._times: Sequence[float] = ()
        self._duration_s = 0.0
        self.frame = FrameBox()
        self.frame.setObjectName("frame_number")
        self.frames = QLabel()
        self.time = QLabel()
        self.time.setAccessibleName("Time")
        self.speed = QComboBox()
        self.speed.setObjectName("speed")
        self.speed.setToolTip("Speed")
        self.speed.setAccessibleName("Speed")
        self.speed.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for speed in speeds:
            self.speed.addItem(f"{speed:g}×", speed)
        self.set_speed(1.0)
        self.real_time = QCheckBox("Keep real time")
        self.real_time.setChecked(True)
        self.real_time.setObjectName("keep_real_time")
        self.real_time.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.real_time.setToolTip(
            "On: frames are left out when the network is slower than the video.\nOff: every frame is shown, slower."
        )
        self._buttons = QHBoxLayout()
        self._lay_out()
        self.frame.frame_typed.connect(self.frame_requested)
        self.frame.left.connect(self.frame_typed)
        self.speed.activated.connect(self._on_speed_chosen)

    def set_video(self, times_s: Sequence[float], duration_s: float) -> None:
        """Show another video, from its start."""
        self._times, self._duration_s = times_s, duration_s
        self.frame.set_times(times_s)
        self.frames.setText(f"/ {len(times_s)}")
        self.set_index(0)

    def set_index(self, index: int) -> None:
        """Show the number and time of a frame."""
        self.frame.show_frame(index)
        time_s = self._times[index]
        self.time.setText(f"{time_text(time_s, decimals=3)} / {time_text(self._duration_s, decimals=3)}")

    def type_frame(self) -> None:
        """Give the frame number the keyboard."""
        self.frame.setFocus()
        self.frame.selectAll()

    def set_speed(self, speed: float) -> None:
        """Show a speed."""
        self.speed.setCurrentIndex(self.speed.findData(speed))

    def set_buttons(self, buttons: Sequence[QAction]) -> None:
        """Fill the left end with buttons."""
        for action in buttons:
            button = QToolButton(autoRaise=True)
            button.setIconSize(BUTTON_ICON)
            button.setDefaultAction(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(action.text())
            self._buttons.addWidget(button)

    def _lay_out(self) -> None:
        self._buttons.setSpacing(SPACE // 2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SPACE // 2)
        layout.addLayout(self._buttons)
        layout.addSpacing(SPACE)
        layout.addWidget(QLabel("Frame"))
        layout.addWidget(self.frame)
        layout.addWidget(self.frames)
        layout.addSpacing(SPACE * 2)
        layout.addWidget(self.time)
        layout.addStretch(1)
        layout.addWidget(self.real_time)
        layout.addSpacing(SPACE)
        layout.addWidget(self.speed)

    def _on_speed_chosen(self, row: int) -> None:
        self.speed_requested.emit(self.speed.itemData(row))
