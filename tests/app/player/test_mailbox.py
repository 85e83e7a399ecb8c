from threading import Thread

from app.player.mailbox import Mailbox


def test_that_the_newest_item_wins() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.put(2)
    assert mailbox.is_full
    assert mailbox.take() == 2
    assert not mailbox.is_full


def test_that_closing_sends_a_waiting_taker_home() -> None:
    mailbox: Mailbox[int] = Mailbox()
    taken: list[int | None] = []
    thread = Thread(target=lambda: taken.append(mailbox.take()))
    thread.start()
    mailbox.close()
    thread.join(5)
    assert taken == [None]


def test_that_a_closed_mailbox_delivers_nothing_until_it_is_opened() -> None:
    mailbox: Mailbox[int] = Mailbox()
    mailbox.put(1)
    mailbox.close()
    assert mailbox.take() is None
    mailbox.open()
    mailbox.put(2)
    assert mailbox.take() == 2
