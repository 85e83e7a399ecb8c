"""Objects keep their numbers: crossing, hidden for a while, half hidden, leaving, frames left out."""

import numpy as np
from numpy.typing import NDArray

from yolox_core.infer.tracks import LOST_FRAMES, NO_TRACK, Tracker
from yolox_core.records import Detections

SURE = 0.5


def found(*boxes: tuple[float, float], score: float = 0.9, class_id: int = 0, side: float = 40) -> Detections:
    """Squares at these centres."""
    edges = [(x - side / 2, y - side / 2, x + side / 2, y + side / 2) for x, y in boxes]
    return Detections(
        np.array(edges, np.float32).reshape(-1, 4),
        np.full(len(boxes), score, np.float32),
        np.full(len(boxes), class_id, np.int64),
    )


def run(frames: list[Detections]) -> list[list[int]]:
    tracker = Tracker()
    return [tracker.update(number, one, sure_score=SURE).tolist() for number, one in enumerate(frames)]


def test_that_objects_keep_their_numbers_and_new_ones_get_new_ones() -> None:
    frames = [found((100 + 5 * t, 100), (400 - 5 * t, 300)) for t in range(20)]
    frames += [found((200, 100), (300, 300), (600, 50))]
    numbers = run(frames)
    assert numbers[:20] == [[1, 2]] * 20
    assert numbers[20] == [1, 2, 3]


def test_that_the_order_of_boxes_in_a_frame_does_not_matter() -> None:
    frames = [
        found((100 + 5 * t, 100), (400, 300)) if t % 2 else found((400, 300), (100 + 5 * t, 100)) for t in range(9)
    ]
    assert run(frames) == [[1, 2] if t % 2 == 0 else [2, 1] for t in range(9)]


def test_that_crossing_objects_are_told_apart_by_where_they_go() -> None:
    frames = [found((100 + 12 * t, 200), (340 - 12 * t, 215)) for t in range(21)]
    assert run(frames) == [[1, 2]] * 21


def test_that_an_object_hidden_for_a_while_gets_its_number_back_where_it_comes_out() -> None:
    seen = [found((100 + 6 * t, 100)) for t in range(15)]
    frames = [*seen, *[found() for _ in range(10)], found((100 + 6 * 25, 100))]
    assert run(frames)[-1] == [1]


def test_that_one_hidden_too_long_is_a_new_object() -> None:
    seen = [found((100, 100)) for _ in range(5)]
    frames = [*seen, *[found() for _ in range(LOST_FRAMES + 1)], found((100, 100))]
    assert run(frames)[-1] == [2]


def test_that_unsure_boxes_carry_a_track_on_but_start_none() -> None:
    frames = [found((100 + 3 * t, 100), score=0.9 if t < 5 or t > 40 else 0.2) for t in range(45)]
    assert run(frames) == [[1]] * 45
    assert run([found((100, 100), score=0.2)] * 3) == [[NO_TRACK]] * 3
    assert run([found((100, 100)), found((100, 100)), found((100, 100), score=0.05)])[-1] == [NO_TRACK]


def test_that_classes_do_not_mix() -> None:
    assert run([found((100, 100)), found((100, 100)), found((100, 100), class_id=1)]) == [[1], [1], [2]]


def test_that_frames_may_be_left_out() -> None:
    tracker = Tracker()
    places = {frame: 100 + 4 * frame for frame in (*range(8), 12, 16, 20)}
    numbers = [tracker.update(frame, found((x, 100)), sure_score=SURE).tolist() for frame, x in places.items()]
    assert numbers == [[1]] * len(places)


def test_that_noise_that_comes_once_leaves_no_track_behind() -> None:
    frames = [found((100, 100)), found(), found((100, 100)), found((100, 100))]
    assert run(frames) == [[1], [], [2], [2]]


def test_that_many_objects_are_followed_through_jitter() -> None:
    rng = np.random.default_rng(0)
    grid: NDArray[np.float64] = np.stack(np.meshgrid(np.arange(8), np.arange(6)), -1).reshape(-1, 2) * 80.0 + 60
    drift = rng.uniform(-2, 2, grid.shape)
    frames = [found(*(grid + drift * t + rng.normal(0, 1.5, grid.shape)).tolist()) for t in range(30)]
    numbers = run(frames)
    assert numbers == [list(range(1, 49))] * 30
