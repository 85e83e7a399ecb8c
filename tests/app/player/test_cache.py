import numpy as np

from app.player.cache import CandidateCache, byte_count
from yolox_core.infer.candidates import Candidates


def candidates(count: int) -> Candidates:
    return Candidates(np.zeros((count, 4), np.float32), np.zeros(count, np.float32), np.zeros(count, np.int64))


def test_that_the_frames_not_looked_at_for_longest_go_when_room_is_short() -> None:
    one = byte_count(candidates(10))
    cache = CandidateCache(max_bytes=3 * one)
    for index in range(3):
        cache.put(index, candidates(10))
    assert cache.get(0) is not None
    cache.put(3, candidates(10))
    assert cache.get(1) is None
    assert cache.get(0) is not None
    assert cache.byte_count == 3 * one


def test_that_a_frame_put_twice_counts_once() -> None:
    cache = CandidateCache()
    cache.put(5, candidates(10))
    cache.put(5, candidates(4))
    assert len(cache) == 1
    assert cache.byte_count == byte_count(candidates(4))


def test_that_candidates_larger_than_the_room_are_not_kept() -> None:
    cache = CandidateCache(max_bytes=10)
    cache.put(0, candidates(100))
    assert (len(cache), cache.byte_count) == (0, 0)


def test_that_clear_forgets_every_frame() -> None:
    cache = CandidateCache()
    cache.put(0, candidates(100))
    cache.clear()
    assert (len(cache), cache.byte_count, cache.get(0)) == (0, 0, None)
