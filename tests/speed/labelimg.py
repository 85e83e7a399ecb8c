"""Run by the interpreter of labelImg's own environment: opens a folder and prints, a line of JSON each, what takes how
long, in ms of CPU time of its GUI thread. What it cannot do it leaves out: PyQt5 aborts where a slot raises.
"""

# mypy: ignore-errors

import json
import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import thread_time

from labelImg.labelImg import get_main_app

TURNS = 15


def main() -> None:
    root, boxes = Path(sys.argv[1]), int(sys.argv[2])
    app, window = get_main_app(["labelImg", str(root / "JPEGImages"), str(root / "classes"), str(root / "Annotations")])
    window.resize(1600, 900)
    window.show()
    for _ in range(50):
        app.processEvents()
    assert len(window.canvas.shapes) == boxes
    tell(f"repaint {boxes} boxes", window.canvas.repaint)

    def show_next() -> None:
        window.open_next_image() if window.cur_img_idx < window.img_count - 1 else window.open_prev_image()
        app.processEvents()

    def save() -> None:
        window.set_dirty()
        window.save_file()

    tell(f"next image, {boxes} boxes", show_next)
    tell(f"save {boxes} boxes", save)


def tell(what: str, work: Callable[[], object]) -> None:
    times = []
    for _ in range(TURNS):
        start = thread_time()
        work()
        times.append((thread_time() - start) * 1000)
    print(json.dumps([what, median(times)]), flush=True)


main()
