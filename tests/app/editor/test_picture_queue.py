"""Wishes of rows: newest first, dropped when too many; what is held stays within its bound."""

from app.editor.picture_queue import PictureQueue


def make(limit_bytes: int = 100, most_waiting: int = 3) -> tuple[PictureQueue[str, str, str], list[int]]:
    calls: list[int] = []
    queue: PictureQueue[str, str, str] = PictureQueue(
        limit_bytes=limit_bytes, most_waiting=most_waiting, on_first_wish=lambda: calls.append(1)
    )
    return queue, calls


def test_that_the_newest_wishes_come_first_and_the_oldest_are_dropped() -> None:
    queue, calls = make()
    for key in "abc":
        assert queue.get(key, key) is None
    assert queue.take() == ["a", "b", "c"]
    queue.get("d", "d")
    queue.get("a", "a")
    assert queue.take() == ["d", "a", "b"]
    assert calls == [1, 1]


def test_that_what_was_unused_longest_gives_way() -> None:
    queue, _ = make(limit_bytes=100)
    for key in "abc":
        queue.get(key, key)
    queue.take()
    queue.put("a", "a", "picture of a", 40)
    queue.put("b", "b", "picture of b", 40)
    assert queue.get("a", "a") == "picture of a"
    queue.put("c", "c", "picture of c", 40)
    assert [queue.get(key, key) is not None for key in "abc"] == [True, False, True]


def test_that_an_answer_to_a_wish_of_another_folder_is_not_held() -> None:
    queue, _ = make()
    queue.get("a", "old")
    queue.take()
    queue.clear()
    queue.get("a", "new")
    queue.take()
    queue.put("a", "old", "old picture", 1)
    assert queue.get("a", "new") is None
    queue.put("a", "new", "new picture", 1)
    assert queue.get("a", "new") == "new picture"
