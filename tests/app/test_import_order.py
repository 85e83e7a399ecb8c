"""OpenCV's wheel brings a Qt of its own and points Qt's variables at it; our window must open all the same."""

import os
import subprocess
import sys

import pytest

OPEN = """
from PySide6.QtWidgets import QApplication, QLabel
application = QApplication([])
label = QLabel("Qt works")
label.show()
application.sendPostedEvents()
assert not label.grab().isNull()
"""


@pytest.mark.parametrize("code", ["import cv2\n" + OPEN, OPEN + "import cv2\nQLabel('more').show()\n"])
def test_that_qt_opens_before_and_after_opencv(code: str) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
